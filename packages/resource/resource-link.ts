/**
 * The connection of a media resource to its call manager, and the session that speaks on it. What only
 * one kind of resource does is handed to it; the link knows connections, frames and time.
 */
import { DeadlineTimer, nowMs, type StreamConnection } from '@conclave/net';
import {
  deadlineOf,
  decodeMessage,
  encodeMessage,
  FrameReader,
  type LinkOutput,
  type ResourceInput,
  type ResourceSession,
} from '@conclave/sccp';

/** How a connection ended. */
export interface LinkEnd {
  readonly reason: string;
  /** The other side closed the connection, or it broke; otherwise we did. */
  readonly byPeer: boolean;
  readonly wasRegistered: boolean;
  /** What the call manager said when it refused. */
  readonly rejection: string | undefined;
}

export interface LinkOptions<Session extends ResourceSession, Input, Output> {
  readonly connection: StreamConnection;
  readonly session: Session;
  /** Takes what happened and the time, and gives the next session and what to do, in order. */
  readonly step: (
    session: Session,
    input: Input | ResourceInput,
    nowMs: number,
  ) => { readonly session: Session; readonly outputs: readonly (Output | LinkOutput)[] };
  /** What the link does not do by itself. */
  readonly carryOut: (output: Output) => void;
  readonly registered: (version: number) => void;
  /** Exactly once. */
  readonly ended: (end: LinkEnd) => void;
  /** One line about something that failed in the world. */
  readonly trouble: (text: string) => void;
}

export class ResourceLink<
  Session extends ResourceSession,
  Input extends { readonly type: string },
  Output extends { readonly type: string },
> {
  readonly #options: LinkOptions<Session, Input, Output>;
  readonly #reader = new FrameReader();
  readonly #timer: DeadlineTimer;
  #session: Session;
  #malformedMessages = 0;
  #wasRegistered = false;
  #rejection: string | undefined;
  #ended = false;

  /** Does nothing yet. */
  constructor(options: LinkOptions<Session, Input, Output>) {
    this.#options = options;
    this.#session = options.session;
    this.#timer = new DeadlineTimer(() => this.handle({ type: 'clock' }));
  }

  /** Begins to talk; called once. */
  start(): void {
    this.#options.connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => {
        this.handle({ type: 'disconnected' });
        this.#end(reason, true);
      },
    });
    this.handle({ type: 'connected' });
  }

  get hasEnded(): boolean {
    return this.#ended;
  }

  /** Messages that the resource had no use for or could not read. */
  get ignoredMessages(): number {
    return this.#session.ignored + this.#malformedMessages;
  }

  /** Lets the session know of something, and does what it says. */
  handle(input: Input | ResourceInput): void {
    if (this.#ended) return;
    const { session, outputs } = this.#options.step(this.#session, input, nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    if (!this.#ended) this.#timer.set(deadlineOf(session));
  }

  close(reason: string): void {
    this.#options.connection.end(reason);
    this.#end(reason, false);
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.close(`the call manager sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      if (this.#ended) return;
      const decoded = decodeMessage(frame, this.#wasRegistered ? this.#session.client.version : 0);
      if (decoded.ok) this.handle({ type: 'message', message: decoded.value });
      else this.#onMalformed(decoded.detail ?? decoded.error);
    }
  }

  /** The stream is still in step, so it is no reason to end anything; told once. */
  #onMalformed(what: string): void {
    this.#malformedMessages += 1;
    if (this.#malformedMessages > 1) return;
    this.#options.trouble(`the call manager sent a message that cannot be read: ${what}`);
  }

  #carryOut(output: Output | LinkOutput): void {
    if (!isLinkOutput(output)) return this.#options.carryOut(output);
    switch (output.type) {
      case 'send': {
        const { version } = this.#session.client;
        const bytes = encodeMessage(output.name, output.body as never, version);
        this.#options.connection.send(bytes);
        return;
      }
      case 'registered':
        this.#wasRegistered = true;
        return this.#options.registered(output.version);
      case 'rejected':
        this.#rejection = output.text;
        return;
      case 'close':
        return this.close(output.reason);
    }
  }

  #end(reason: string, byPeer: boolean): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.set(undefined);
    this.#options.ended({
      reason,
      byPeer,
      wasRegistered: this.#wasRegistered,
      rejection: this.#rejection,
    });
  }
}

function isLinkOutput(output: { readonly type: string }): output is LinkOutput {
  return ['send', 'registered', 'rejected', 'close'].includes(output.type);
}
