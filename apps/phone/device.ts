/**
 * One phone, tied together: the SCCP machine, its connection, its clock and its media. It carries out
 * what the machine says, in order, and tells what changed; what a user wants is in `phone.ts`.
 */
import { DeadlineTimer, dial, nowMs, type StreamConnection } from '@conclave/net';
import {
  type AnyMessage,
  BLANK_SCREEN,
  type BodyInput,
  decodeMessage,
  encodeMessage,
  type Frame,
  FrameReader,
  handlePhone,
  type MessageName,
  newPhoneSession,
  type PhoneChannel,
  type PhoneCommand,
  type PhoneEndpoint,
  type PhoneInput,
  type PhoneOutput,
  type PhoneSession,
  phoneDeadlineMs,
  type ReceiveRequest,
  type RegistrationState,
  runCommand,
  type Screen,
  type TransmitRequest,
} from '@conclave/sccp';
import { PhoneMedia } from './media.ts';
import { NO_COUNTERS } from './media-counters.ts';
import type { PhoneSettings } from './options.ts';
import type { PhoneAudio } from './phone-audio.ts';
import { PhoneError } from './phone-error.ts';

/** Messages that carry keys: their bytes are wiped as soon as they are read. */
const WITH_KEYS = new Set<AnyMessage['name']>(['OpenReceiveChannel', 'StartMediaTransmission']);

/** A stream was opened, closed, or could not be opened. No key is ever in it. */
export interface PhoneMediaEvent extends PhoneChannel {
  readonly direction: 'receive' | 'transmit';
  readonly state: 'open' | 'closed' | 'failed';
  readonly codec?: string;
  readonly secure?: boolean;
  /** Our own. */
  readonly port?: number;
  readonly remote?: PhoneEndpoint;
  /** Why it failed. */
  readonly reason?: string;
}

/** Why a phone does not do what it is told. */
export interface Refusal {
  readonly error: string;
  readonly detail: string;
}

export interface DeviceHandlers {
  registered(version: number): void;
  screen(screen: Screen): void;
  media(event: PhoneMediaEvent): void;
  /** Exactly once; `rejection` is the call manager's text when it refused. */
  closed(reason: string, rejection: string | undefined): void;
  /** Something changed that waiters may wait for. */
  changed(): void;
}

export class PhoneDevice {
  readonly media: PhoneMedia;
  readonly #connection: StreamConnection;
  readonly #handlers: DeviceHandlers;
  readonly #reader = new FrameReader();
  readonly #timer = new DeadlineTimer(() => this.#handle({ type: 'clock' }));
  #session: PhoneSession;
  #shown: Screen = BLANK_SCREEN;
  #ended = false;
  #rejection: string | undefined;
  /** Keep-alives sent and acknowledged: one after the other, so counting tells which is which. */
  readonly #keepAlives = { sent: 0, answered: 0 };

  private constructor(
    settings: PhoneSettings,
    audio: PhoneAudio,
    connection: StreamConnection,
    handlers: DeviceHandlers,
  ) {
    const address = settings.mediaAddress ?? connection.localAddress;
    this.#connection = connection;
    this.#handlers = handlers;
    this.media = new PhoneMedia(address, audio);
    this.#session = newPhoneSession(
      { ...settings.identity, address: connection.localAddress },
      nowMs(),
      settings.keepsTexts,
    );
  }

  /** Connects. Rejects with a PhoneError when nobody is to be reached. */
  static async open(
    settings: PhoneSettings,
    audio: PhoneAudio,
    handlers: DeviceHandlers,
  ): Promise<PhoneDevice> {
    const { host, port, tls, identity } = settings;
    let connection: StreamConnection;
    try {
      connection = await dial({ host, port, ...(tls && { tls }) });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      const text = `${identity.name} could not reach ${host}:${port}: ${message || code}`;
      throw new PhoneError('PHONE_UNREACHABLE', text);
    }
    return new PhoneDevice(settings, audio, connection, handlers);
  }

  /** Begins to register; called once. */
  start(): void {
    this.#connection.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => this.#end(reason),
    });
    this.#handle({ type: 'connected' });
  }

  get screen(): Screen {
    return this.#session.screen;
  }

  get registration(): RegistrationState {
    return this.#session.registration;
  }

  /** The call manager's text for a rejection, or why the connection ended. */
  get reason(): string {
    return this.#session.reason;
  }

  /** Offered before the registration, negotiated after it. */
  get version(): number {
    return this.#session.client.version;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Why a command could not be carried out now; undefined when it could. */
  refusalOf(command: PhoneCommand): Refusal | undefined {
    const done = runCommand(this.screen, command);
    return done.ok ? undefined : { error: done.error, detail: done.detail ?? '' };
  }

  /** Carries a command out. Undefined when that was possible, otherwise why it was not. */
  run(command: PhoneCommand): Refusal | undefined {
    const refusal = this.refusalOf(command);
    if (!refusal) this.#handle({ type: 'command', command });
    return refusal;
  }

  /** Sends a message that no key of a phone sends: for tests of hostile phones. */
  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.sendBytes(encodeMessage(name, body, this.version));
  }

  /**
   * Asks for a sign of life. The call manager answers in order: once `answered` has come this far,
   * everything that the phone said before has been heard, and what was said to it is on the screen.
   */
  ask(): number {
    this.send('KeepAliveReq', {});
    this.#keepAlives.sent += 1;
    return this.#keepAlives.sent;
  }

  /** The number of the newest keep-alive that was acknowledged. */
  get answered(): number {
    return this.#keepAlives.answered;
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#connection.send(bytes);
  }

  /** Says goodbye and closes. */
  stop(): void {
    this.#handle({ type: 'unregister' });
    this.#end('stopped');
  }

  /** Closes without a word, as a phone does that loses its power. */
  drop(): void {
    this.#connection.destroy('dropped');
    this.#end('dropped');
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) return this.#fail(`the call manager sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      if (this.#ended) return;
      this.#onFrame(frame);
    }
  }

  #onFrame(frame: Frame): void {
    const { phase, version } = this.#session.client;
    const decoded = decodeMessage(frame, phase === 'registered' ? version : 0);
    if (!decoded.ok) {
      return this.#fail(`the call manager sent a bad message: ${decoded.detail ?? decoded.error}`);
    }
    const message = decoded.value;
    if (message.name === 'KeepAliveAck') this.#keepAlives.answered += 1;
    this.#handle({ type: 'message', message });
    if (!WITH_KEYS.has(message.name)) return;
    frame.payload.fill(0);
    wipeKeyOf(message);
  }

  #handle(input: PhoneInput): void {
    if (this.#ended && input.type !== 'disconnected') return;
    const { session, outputs } = handlePhone(this.#session, input, nowMs());
    this.#session = session;
    for (const output of outputs) this.#carryOut(output);
    const deadlineMs = phoneDeadlineMs(this.#session);
    this.#timer.set(this.#ended || !Number.isFinite(deadlineMs) ? undefined : deadlineMs);
    this.#show();
  }

  #carryOut(output: PhoneOutput): void {
    switch (output.type) {
      case 'send':
        if (output.message.name === 'KeepAliveReq') this.#keepAlives.sent += 1;
        this.#connection.send(
          encodeMessage(output.message.name, output.message.body as never, this.version),
        );
        return;
      case 'registered':
        return this.#handlers.registered(output.version);
      case 'rejected':
        this.#rejection = output.text;
        return;
      case 'reset':
        // The connection ends with its reason; whether to come back is for the user to say.
        return;
      case 'refused':
        // `run` has asked before.
        return;
      case 'close':
        this.#connection.end(output.reason);
        return this.#end(output.reason);
      default:
        return this.#carryOutMedia(output);
    }
  }

  #carryOutMedia(
    output: Exclude<
      PhoneOutput,
      { type: 'send' | 'registered' | 'rejected' | 'reset' | 'refused' | 'close' }
    >,
  ): void {
    switch (output.type) {
      case 'open-receive':
        void this.#openReceive(output.request);
        return;
      case 'start-transmit':
        return this.#startTransmit(output.request);
      case 'close-receive':
        this.media.closeReceive(output.channel);
        return this.#tell('receive', 'closed', output.channel);
      case 'stop-transmit':
        this.media.stopTransmit(output.channel);
        return this.#tell('transmit', 'closed', output.channel);
      case 'media-refused': {
        const { direction, reason } = output.refusal;
        return this.#tell(direction, 'failed', output.refusal, { reason });
      }
      case 'statistics-asked': {
        const { callReference } = output.asked;
        const counters =
          this.media.statisticsOf(callReference) ??
          this.media.statisticsOfParty(callReference) ??
          NO_COUNTERS;
        return this.#handle({ type: 'statistics', asked: output.asked, counters });
      }
    }
  }

  async #openReceive(request: ReceiveRequest): Promise<void> {
    const { codec, key } = request;
    const secure = key !== undefined;
    const channel = channelOf(request);
    try {
      const endpoint = await this.media.openReceive(request);
      if (!endpoint || this.#ended) return;
      this.#tell('receive', 'open', channel, { codec, secure, port: endpoint.port });
      this.#handle({ type: 'receive-opened', channel, endpoint });
    } catch (error) {
      this.#tell('receive', 'failed', channel, { reason: textOf(error) });
      this.#handle({ type: 'receive-failed', channel });
    } finally {
      wipe(key);
    }
  }

  #startTransmit(request: TransmitRequest): void {
    const { codec, key, remote } = request;
    const secure = key !== undefined;
    const channel = channelOf(request);
    try {
      const endpoint = this.media.startTransmit(request);
      this.#tell('transmit', 'open', channel, { codec, secure, port: endpoint.port, remote });
      this.#handle({ type: 'transmit-started', channel, endpoint });
    } catch (error) {
      this.#tell('transmit', 'failed', channel, { reason: textOf(error) });
      this.#handle({ type: 'transmit-failed', channel });
    } finally {
      wipe(key);
    }
  }

  #tell(
    direction: PhoneMediaEvent['direction'],
    state: PhoneMediaEvent['state'],
    channel: PhoneChannel,
    facts: Partial<PhoneMediaEvent> = {},
  ): void {
    this.#handlers.media({ direction, state, ...channelOf(channel), ...facts });
  }

  #show(): void {
    const { screen } = this;
    if (screen !== this.#shown) {
      this.#shown = screen;
      this.#handlers.screen(screen);
    }
    this.#handlers.changed();
  }

  #fail(reason: string): void {
    this.#connection.destroy(reason);
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.set(undefined);
    this.media.close();
    this.#handle({ type: 'disconnected', reason });
    this.#handlers.closed(this.reason || reason, this.#rejection);
    this.#handlers.changed();
  }
}

function channelOf({ conference, party, call }: PhoneChannel): PhoneChannel {
  return { conference, party, call };
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function wipe(key: { readonly key: Uint8Array; readonly salt: Uint8Array } | undefined): void {
  key?.key.fill(0);
  key?.salt.fill(0);
}

function wipeKeyOf(message: AnyMessage): void {
  if (message.name === 'OpenReceiveChannel') wipe(message.body.mRxMediaEncryptionKeyInfo);
  if (message.name === 'StartMediaTransmission') wipe(message.body.mTxMediaEncryptionKeyInfo);
}
