/**
 * A device of a few lines for tests: a socket, the client session, and a clock. What it says and
 * answers is up to the test; it can also say what no device should.
 */
import { DeadlineTimer, type DialOptions, dial, nowMs, type StreamConnection } from '@conclave/net';
import {
  type AnyMessage,
  type BodyInput,
  type ClientIdentity,
  type ClientInput,
  type ClientOutput,
  type ClientSession,
  decodeMessage,
  encodeMessage,
  FrameReader,
  handleClient,
  type MessageName,
  newClientSession,
} from '@conclave/sccp';

export interface SccpClientHandlers {
  registered(version: number): void;
  message(message: AnyMessage): void;
  /** Exactly once; `rejection` is the call manager's text when it refused. */
  closed(reason: string, rejection: string | undefined): void;
}

export class SccpClient {
  readonly localAddress: string;
  readonly remoteAddress: string;
  readonly #connection: StreamConnection;
  readonly #handlers: SccpClientHandlers;
  readonly #reader = new FrameReader();
  readonly #timer: DeadlineTimer;
  #session: ClientSession;
  #rejection: string | undefined;
  #closed = false;

  private constructor(
    connection: StreamConnection,
    identity: ClientIdentity,
    handlers: SccpClientHandlers,
  ) {
    this.#connection = connection;
    this.localAddress = connection.localAddress;
    this.remoteAddress = connection.remoteAddress;
    this.#handlers = handlers;
    this.#session = newClientSession(identity, nowMs());
    this.#timer = new DeadlineTimer(() => this.#handle({ type: 'clock' }));
    connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => this.#end(reason),
    });
    this.#handle({ type: 'connected' });
  }

  /**
   * Connects and begins to register. `identityAt` makes the identity once our own address is known.
   * Rejects when nobody answers or the call manager is not trusted.
   */
  static async open(
    options: DialOptions,
    identityAt: (localAddress: string) => ClientIdentity,
    handlers: SccpClientHandlers,
  ): Promise<SccpClient> {
    const connection = await dial(options);
    return new SccpClient(connection, identityAt(connection.localAddress), handlers);
  }

  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    if (!this.#closed) this.#connection.send(encodeMessage(name, body, this.#session.version));
  }

  /** Sends bytes as they are: for tests of what hostile devices do. */
  sendRaw(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }

  /** Says goodbye and closes. */
  unregister(): void {
    this.#handle({ type: 'unregister' });
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.#close(`the call manager sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      if (this.#closed) return;
      const decoded = decodeMessage(frame, this.#session.version);
      if (!decoded.ok) return this.#close(`the call manager sent a bad message: ${decoded.detail}`);
      this.#handle({ type: 'message', message: decoded.value });
    }
  }

  #handle(input: ClientInput): void {
    if (this.#closed) return;
    const { session, outputs } = handleClient(this.#session, input, nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    if (!this.#closed) this.#timer.set(this.#session.deadlineMs);
  }

  #carryOut(output: ClientOutput): void {
    switch (output.type) {
      case 'send':
        this.#connection.send(
          encodeMessage(output.name, output.body as never, this.#session.version),
        );
        return;
      case 'registered':
        return this.#handlers.registered(output.version);
      case 'rejected':
        this.#rejection = output.text;
        return;
      case 'message':
        return this.#handlers.message(output.message);
      case 'close':
        return this.#close(output.reason);
    }
  }

  #close(reason: string): void {
    this.#connection.end(reason);
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#timer.set(undefined);
    this.#handlers.closed(reason, this.#rejection);
  }
}
