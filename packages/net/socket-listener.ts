/**
 * Accepts TCP connections, does TLS where it is asked for, and hands over sockets that are ready. What
 * a source may cost is bounded here, before a handshake is begun with it.
 *
 * TLS clients are asked for a certificate and need not have one: what they proved is for others to
 * judge, with an alarm that names the device.
 */
import { constants } from 'node:crypto';
import { createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { plainAddress } from './stream-connection.ts';

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

export interface SocketListenerOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** Address to bind; absent means all. */
  readonly host?: string;
  /** Present for TLS. */
  readonly tls?: TlsIdentity;
  /** Connections that one address may have open here; absent means as many as there are. */
  readonly connectionsPerSourceMax?: number;
  /** Gets lines in the NSS key log format, for decoding captures in tests. */
  readonly onKeyLog?: (line: Buffer) => void;
  /** A TLS handshake failed; there is no connection. */
  readonly onHandshakeError?: (remoteAddress: string, reason: string) => void;
  /** A source has as many connections as it may have; the new one was closed unread. */
  readonly onTooMany?: (remoteAddress: string) => void;
}

export class SocketListener {
  readonly #server: Server = createTcpServer();
  readonly #sockets = new Set<Socket>();
  /** How many sockets each address has. */
  readonly #sources = new Map<string, number>();
  readonly #options: SocketListenerOptions;
  readonly #hand: (socket: Socket) => void;

  /** `onSocket` gets a connected socket, a `TLSSocket` after its handshake when there is TLS. */
  constructor(options: SocketListenerOptions, onSocket: (socket: Socket) => void) {
    this.#options = options;
    this.#hand = options.tls ? this.#throughTls(options.tls, onSocket) : onSocket;
    this.#server.maxConnections = CONNECTIONS_MAX;
    this.#server.on('connection', (socket) => this.#accept(socket));
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

  #accept(socket: Socket): void {
    // Until somebody opens the connection, an error must not end the process.
    socket.on('error', () => {});
    const source = plainAddress(socket.remoteAddress);
    const count = (this.#sources.get(source) ?? 0) + 1;
    const { connectionsPerSourceMax = Number.POSITIVE_INFINITY, onTooMany } = this.#options;
    if (count > connectionsPerSourceMax) {
      socket.destroy();
      onTooMany?.(source);
      return;
    }
    this.#sources.set(source, count);
    this.#sockets.add(socket);
    socket.once('close', () => this.#forget(socket, source));
    this.#hand(socket);
  }

  #forget(socket: Socket, source: string): void {
    this.#sockets.delete(socket);
    const left = (this.#sources.get(source) ?? 1) - 1;
    if (left > 0) this.#sources.set(source, left);
    else this.#sources.delete(source);
  }

  /** A TLS server that does not listen itself: it is handed accepted sockets. */
  #throughTls(identity: TlsIdentity, onSocket: (socket: Socket) => void): (socket: Socket) => void {
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
    const server = createTlsServer(options, (socket) => {
      // The socket underneath has the listener above; errors of TLS itself come here.
      socket.on('error', () => {});
      onSocket(socket);
    });
    server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
      this.#options.onHandshakeError?.(
        plainAddress(socket.remoteAddress),
        error.code ?? error.message,
      );
      socket.destroy();
    });
    server.on('keylog', (line: Buffer) => this.#options.onKeyLog?.(line));
    return (socket) => server.emit('connection', socket);
  }
}
