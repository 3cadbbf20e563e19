/** Listens on TCP or TLS and hands over connections. TLS clients are asked for a certificate. */
import { constants } from 'node:crypto';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { StreamConnection } from './stream-connection.ts';

/** Connections on one listener: several times the phones of one call manager node. */
export const CONNECTIONS_MAX = 20_000;

/** A client that has not finished its TLS handshake by then is cut off. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

export interface TlsIdentity {
  /** PEM: the leaf first, then its intermediates. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** PEM of each trusted certificate. */
  readonly trust: readonly string[];
}

export interface ListenerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Address to bind; absent means all. */
  readonly host?: string;
  /** Present for TLS. */
  readonly tls?: TlsIdentity;
  /** Gets lines in the NSS key log format, for decoding captures in tests. */
  readonly onKeyLog?: (line: Buffer) => void;
  readonly onConnection: (connection: StreamConnection) => void;
  /** A TLS handshake failed; there is no connection. */
  readonly onHandshakeError?: (remoteAddress: string, reason: string) => void;
}

export class StreamListener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #options: ListenerOptions;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#server = options.tls ? this.#tlsServer(options.tls) : createTcpServer();
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('connection', (socket) => this.#track(socket));
    const ready = options.tls ? 'secureConnection' : 'connection';
    this.#server.on(ready, (socket: Socket) => {
      options.onConnection(new StreamConnection(socket));
    });
  }

  /** Binds; resolves with the port. Rejects when the port is taken or not allowed. */
  async listen(): Promise<number> {
    const { port, host } = this.#options;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ port, ...(host !== undefined && { host }) }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : port;
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    // Until somebody opens the connection, an error must not end the process.
    socket.on('error', () => {});
  }

  #tlsServer(identity: TlsIdentity): Server {
    const options: TlsOptions = {
      cert: identity.certificate,
      key: identity.key,
      ca: [...identity.trust],
      minVersion: 'TLSv1.2',
      requestCert: true,
      // The verdict is ours to speak, with an alarm that names the device.
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      // A resumed session would skip the certificate.
      secureOptions: constants.SSL_OP_NO_TICKET,
    };
    const server = createTlsServer(options);
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      const from = (socket.remoteAddress ?? '').replace(/^::ffff:/, '');
      this.#options.onHandshakeError?.(from, error.code ?? error.message);
      socket.destroy();
    });
    server.on('keylog', (line: Buffer) => this.#options.onKeyLog?.(line));
    return server;
  }
}
