/** TLS for a program that has only TCP, as Debian's sipp: one connection in, one out, bytes unchanged. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, createServer as createTlsServer, type TLSSocket } from 'node:tls';

export interface TunnelIdentity {
  /** PEM of the authority that it trusts. */
  readonly trust: string;
  readonly certificate: string;
  readonly key: string;
}

const HOST = '127.0.0.1';

export class TlsTunnel {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;

  constructor(server: Server, sockets: Set<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    this.port = (server.address() as AddressInfo).port;
  }

  /** The program connects to the tunnel's `port`, and gets a server that demands TLS. */
  static async toServer(port: number, identity: TunnelIdentity): Promise<TlsTunnel> {
    const { trust: ca, certificate: cert, key } = identity;
    const sockets = new Set<Socket>();
    const server = createServer((inner) => {
      // The names in the server's certificate are not what is examined here.
      const checkServerIdentity = (): undefined => undefined;
      join(inner, connectTls({ host: HOST, port, ca, cert, key, checkServerIdentity }), sockets);
    });
    return await listen(server, sockets);
  }

  /** Whoever connects to the tunnel's `port` with TLS gets the program's TCP port. */
  static async toProgram(port: number, identity: TunnelIdentity): Promise<TlsTunnel> {
    const { trust: ca, certificate: cert, key } = identity;
    const sockets = new Set<Socket>();
    const server = createTlsServer({ ca, cert, key, requestCert: true }, (outer: TLSSocket) =>
      join(connect({ host: HOST, port }), outer, sockets),
    );
    return await listen(server, sockets);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

async function listen(server: Server, sockets: Set<Socket>): Promise<TlsTunnel> {
  server.listen({ port: 0, host: HOST });
  await once(server, 'listening');
  return new TlsTunnel(server, sockets);
}

/** The end or fault of one is the end of the other. */
function join(one: Socket, other: Socket, sockets: Set<Socket>): void {
  for (const [from, to] of [
    [one, other],
    [other, one],
  ] as const) {
    sockets.add(from);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
    from.pipe(to);
  }
}
