/**
 * One connection to the call manager and all that depends on it: the session that says what to do,
 * and the conferences. When the connection ends, so do the conferences, at once: nobody would be left
 * to tell the truth about them.
 *
 * Commands are carried out strictly in the order in which they came, each only after the one before
 * is done. So an audit that was asked after a drop shows the conference after the drop.
 */
import { DeadlineTimer, dial, nowMs, type StreamConnection, type TlsIdentity } from '@conclave/net';
import {
  type BridgeCommand,
  type BridgeIdentity,
  type BridgeInput,
  type BridgeOutput,
  type BridgeSession,
  deadlineOf,
  decodeMessage,
  encodeMessage,
  FrameReader,
  handleBridge,
  newBridgeSession,
} from '@conclave/sccp';
import { MediaPlane } from './media-plane.ts';

/** Commands that may wait: the call manager sets up the largest conference at once and some. */
const WAITING_COMMANDS_MAX = 4096;

export interface RegistrationOptions extends Omit<BridgeIdentity, 'address'> {
  readonly host: string;
  readonly port: number;
  /** Present for an encrypted bridge. */
  readonly tls?: TlsIdentity;
  /** Address for media; absent means that of the signalling connection. */
  readonly mediaAddress?: string;
}

export interface RegistrationHandlers {
  registered(version: number): void;
  /** Conferences begin or end: the clock is needed, or not any more. */
  conferencesChanged(count: number): void;
  /** Exactly once. */
  ended(end: RegistrationEnd): void;
  /** One line about something that failed in the world. */
  trouble(text: string): void;
}

export interface RegistrationEnd {
  readonly reason: string;
  /** The other side closed the connection, or it broke; otherwise we did. */
  readonly byPeer: boolean;
  readonly wasRegistered: boolean;
  /** What the call manager said when it refused. */
  readonly rejection: string | undefined;
  readonly conferencesEnded: number;
}

export class Registration {
  readonly plane: MediaPlane;
  readonly #connection: StreamConnection;
  readonly #handlers: RegistrationHandlers;
  readonly #reader = new FrameReader();
  readonly #timer: DeadlineTimer;
  #session: BridgeSession;
  /** The last command that was begun, and with it all before. */
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #malformedMessages = 0;
  #wasRegistered = false;
  #rejection: string | undefined;
  #conferencesEnded = 0;
  #ended = false;

  private constructor(
    connection: StreamConnection,
    options: RegistrationOptions,
    handlers: RegistrationHandlers,
  ) {
    const { name, conferencesMax, partiesMax, protocolVersion, mediaAddress } = options;
    const address = connection.localAddress;
    this.#connection = connection;
    this.#handlers = handlers;
    this.plane = new MediaPlane({
      conferencesMax,
      partiesMax,
      address: mediaAddress ?? address,
      onTrouble: (text) => handlers.trouble(text),
    });
    const identity = { name, address, conferencesMax, partiesMax, protocolVersion };
    this.#session = newBridgeSession(identity, nowMs());
    this.#timer = new DeadlineTimer(() => this.#handle({ type: 'clock' }));
  }

  /**
   * Connects and begins to register. Rejects with an Error that has a `code` when nobody answers or
   * the call manager is not trusted.
   */
  static async open(
    options: RegistrationOptions,
    handlers: RegistrationHandlers,
  ): Promise<Registration> {
    const { host, port, tls } = options;
    const connection = await dial({ host, port, ...(tls && { tls }) });
    return new Registration(connection, options, handlers);
  }

  /** Begins to talk; called once. */
  start(): void {
    this.#connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => {
        this.#handle({ type: 'disconnected' });
        this.#end(reason, true);
      },
    });
    this.#handle({ type: 'connected' });
  }

  /** Messages that the bridge had no use for or could not read. */
  get ignoredMessages(): number {
    return this.#session.ignored + this.#malformedMessages;
  }

  /** Lets the call manager know of legs whose packets fail; may be called as often as one likes. */
  reportFailures(): void {
    for (const failures of this.plane.failures()) {
      this.#handle({ type: 'authentication-failures', ...failures });
    }
  }

  /** Says goodbye and closes. */
  unregister(): void {
    this.#handle({ type: 'unregister' });
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.#close(`the call manager sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      if (this.#ended) return;
      const decoded = decodeMessage(frame, this.#wasRegistered ? this.#session.client.version : 0);
      if (decoded.ok) this.#handle({ type: 'message', message: decoded.value });
      else this.#onMalformed(decoded.detail ?? decoded.error);
    }
  }

  /** The stream is still in step, so it is no reason to end conferences; told once. */
  #onMalformed(what: string): void {
    this.#malformedMessages += 1;
    if (this.#malformedMessages > 1) return;
    this.#handlers.trouble(`the call manager sent a message that cannot be read: ${what}`);
  }

  #handle(input: BridgeInput): void {
    if (this.#ended) return;
    const { session, outputs } = handleBridge(this.#session, input, nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    if (!this.#ended) this.#timer.set(deadlineOf(session));
  }

  #carryOut(output: BridgeOutput): void {
    switch (output.type) {
      case 'send': {
        const { version } = this.#session.client;
        this.#connection.send(encodeMessage(output.name, output.body as never, version));
        return;
      }
      case 'registered':
        this.#wasRegistered = true;
        return this.#handlers.registered(output.version);
      case 'rejected':
        this.#rejection = output.text;
        return;
      case 'end-conferences':
        return this.#endConferences();
      case 'close':
        return this.#close(output.reason);
      default:
        return this.#enqueue(output);
    }
  }

  #enqueue(command: BridgeCommand): void {
    if (this.#waiting >= WAITING_COMMANDS_MAX) {
      return this.#close('the call manager asks for more than can be done');
    }
    this.#waiting += 1;
    this.#work = this.#work.then(() => this.#perform(command));
  }

  async #perform(command: BridgeCommand): Promise<void> {
    this.#waiting -= 1;
    if (this.#ended) return;
    try {
      const answer = await this.plane.carryOut(command);
      if (this.#ended) return;
      this.#handlers.conferencesChanged(this.plane.conferenceCount);
      if (answer) this.#handle(answer);
    } catch (error) {
      // Our own mistake. Rather no conference than one that may not be what we say it is.
      this.#close(`internal error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #endConferences(): void {
    this.#conferencesEnded += this.plane.close();
    this.#handlers.conferencesChanged(0);
  }

  #close(reason: string): void {
    this.#connection.end(reason);
    this.#end(reason, false);
  }

  #end(reason: string, byPeer: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.set(undefined);
    this.#endConferences();
    this.#handlers.ended({
      reason,
      byPeer,
      wasRegistered: this.#wasRegistered,
      rejection: this.#rejection,
      conferencesEnded: this.#conferencesEnded,
    });
  }
}
