/** Connects to a call manager over TCP or TLS. */
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { StreamConnection } from './stream-connection.ts';
import type { TlsIdentity } from './stream-listener.ts';

/** A call manager that has not answered by then is given up. */
const CONNECT_TIMEOUT_MS = 10_000;

export interface DialOptions {
  readonly host: string;
  readonly port: number;
  /** Present for TLS: our own certificate, and whom we trust (BRG-05, TIP-13). */
  readonly tls?: TlsIdentity;
  /** Dotted address to connect from; absent lets the system choose. */
  readonly localAddress?: string;
}

/**
 * Resolves with an open connection; rejects with an Error that has a `code` when the other side does
 * not answer or, on TLS, does not prove to be trusted. The server's name is not checked: a call
 * manager is trusted by its certificate's chain, whatever its address.
 */
export async function dial(options: DialOptions): Promise<StreamConnection> {
  const { host, port, tls, localAddress } = options;
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
            checkServerIdentity: () => undefined,
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
