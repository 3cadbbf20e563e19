/** Listens on TCP or TLS and hands over connections. TLS clients are asked for a certificate. */
import { SocketListener, type SocketListenerOptions } from './socket-listener.ts';
import { StreamConnection } from './stream-connection.ts';

export interface ListenerOptions extends SocketListenerOptions {
  readonly onConnection: (connection: StreamConnection) => void;
}

export class StreamListener {
  readonly #listener: SocketListener;

  constructor(options: ListenerOptions) {
    this.#listener = new SocketListener(options, (socket) => {
      options.onConnection(new StreamConnection(socket));
    });
  }

  /** Binds; resolves with the port. Rejects when the port is taken or not allowed. */
  listen(): Promise<number> {
    return this.#listener.listen();
  }

  /** Stops listening and drops every connection. */
  close(): Promise<void> {
    return this.#listener.close();
  }
}
