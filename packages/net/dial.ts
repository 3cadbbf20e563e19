/** Connects to a call manager, or to a SIP peer, over TCP or TLS. */
import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect as connectTls } from 'node:tls';
import type { TlsIdentity } from './socket-listener.ts';
import { StreamConnection } from './stream-connection.ts';

/** A call manager that has not answered by then is given up. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** Present for TLS: our own certificate, and whom we trust (BRG-05, TIP-13). */
  readonly tls?: TlsIdentity;
  /**
   * The name that the server's certificate must bear (RFC 5922). Absent trusts a server by its chain
   * alone, whatever its address, as devices trust a call manager.
   */
  readonly serverName?: string;
  /** Dotted address to connect from; absent lets the system choose. */
  readonly localAddress?: string;
}

/**
 * Resolves with an open connection; rejects with an Error that has a `code` when the other side does
 * not answer or, on TLS, does not prove to be trusted.
 */
export async function dial(options: DialOptions): Promise<StreamConnection> {
  const { host, port, tls, serverName, localAddress } = options;
  const from = localAddress === undefined ? {} : { localAddress };
  return await new Promise<StreamConnection>((resolve, reject) => {
    const socket: Socket = tls
      ? connectTls(
          {
            host,
            port,
            ...from,
            cert: tls.certificate,
            key: tls.key,
            ca: [...tls.trust],
            minVersion: 'TLSv1.2',
            ...nameCheck(serverName),
          },
          () => done(),
        )
      : connectTcp({ host, port, ...from }, () => done());
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    }, CONNECT_TIMEOUT_MS);
    socket.once('error', fail);
    function done(): void {
      clearTimeout(timer);
      socket.off('error', fail);
      resolve(new StreamConnection(socket));
    }
    function fail(error: Error): void {
      clearTimeout(timer);
      reject(error);
    }
  });
}

function nameCheck(serverName: string | undefined): ConnectionOptions {
  if (serverName === undefined) return { checkServerIdentity: () => undefined };
  return {
    // An address is no name to ask a server for (RFC 6066 §3).
    ...(isIP(serverName) === 0 && { servername: serverName }),
    checkServerIdentity: (_, certificate) => checkServerIdentity(serverName, certificate),
  };
}
