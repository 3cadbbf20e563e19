/** A phone on the simulated network: the real device-side machine, with a media model for its ears. */
import {
  type AnyMessage,
  BLANK_SCREEN,
  decodeMessage,
  deviceTypeOf,
  encodeMessage,
  FrameReader,
  handlePhone,
  newPhoneSession,
  type PhoneCommand,
  type PhoneInput,
  type PhoneMediaKey,
  type PhoneOutput,
  type PhoneSession,
  phoneDeadlineMs,
  type Screen,
  screenAfter,
} from '@conclave/sccp';
import type { SimClock, SimEnd, SimWire } from '@conclave/testkit';
import type { Media } from './media.ts';

export interface SimPhoneOptions {
  readonly name: string;
  readonly model: string;
  readonly version: number;
  readonly address: string;
  readonly clock: SimClock;
  readonly media: Media;
  readonly dial: () => SimWire;
  /** How long the phone takes to open a stream. */
  readonly workMs: () => number;
  readonly trace: (text: string) => void;
}

export class SimPhone {
  readonly name: string;
  readonly model: string;
  #session: PhoneSession;
  /** What the screen will be once everything on the way has been read. */
  #told: Screen = BLANK_SCREEN;
  #wire: SimWire | undefined;
  #reader = new FrameReader();
  readonly #options: SimPhoneOptions;
  #timer: { set(deadlineMs: number | undefined): void };
  /** Answers wait for this: a phone does one thing after the other. */
  #busyUntilMs = 0;

  constructor(options: SimPhoneOptions) {
    this.#options = options;
    this.name = options.name;
    this.model = options.model;
    this.#session = this.#fresh();
    this.#timer = options.clock.timer(() => this.handle({ type: 'clock' }));
  }

  get screen(): Screen {
    return this.#session.screen;
  }

  get told(): Screen {
    return this.#told;
  }

  get isRegistered(): boolean {
    return this.#session.registration === 'registered';
  }

  get wire(): SimWire | undefined {
    return this.#wire;
  }

  connect(): void {
    if (this.#wire && !this.#wire.client.isClosed) return;
    const wire = this.#options.dial();
    this.#wire = wire;
    this.#reader = new FrameReader();
    this.#session = this.#fresh();
    this.#told = BLANK_SCREEN;
    wire.client.open({
      onData: (chunk) => this.#onData(wire.client, chunk),
      onClose: (reason) => {
        if (this.#wire === wire) this.#lost(reason);
      },
    });
    this.handle({ type: 'connected' });
  }

  press(command: PhoneCommand): void {
    this.handle({ type: 'command', command });
  }

  /** The call manager's side has written this for the phone. */
  tell(message: AnyMessage): void {
    this.#told = screenAfter(this.#told, message, this.#options.clock.nowMs());
  }

  handle(input: PhoneInput): void {
    const step = handlePhone(this.#session, input, this.#options.clock.nowMs());
    this.#session = step.session;
    for (const output of step.outputs) this.#carryOut(output);
    this.#timer.set(phoneDeadlineMs(this.#session));
  }

  #fresh(): PhoneSession {
    const { name, model, version, address, clock } = this.#options;
    const identity = {
      name,
      deviceType: deviceTypeOf(model),
      firmware: '9.4(2)',
      protocolVersion: version,
      lines: 1,
      codecs: ['pcmu', 'pcma'] as const,
      address,
    };
    return newPhoneSession(identity, clock.nowMs());
  }

  #onData(end: SimEnd, chunk: Uint8Array): void {
    if (this.#wire?.client !== end) return;
    const read = this.#reader.push(chunk);
    if (!read.ok) throw new Error(`${this.name} was sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      const { phase, version } = this.#session.client;
      const decoded = decodeMessage(frame, phase === 'registered' ? version : 0);
      if (!decoded.ok) throw new Error(`${this.name} was sent a bad message: ${decoded.error}`);
      this.#options.trace(`${this.name} < ${describe(decoded.value)}`);
      this.handle({ type: 'message', message: decoded.value });
    }
  }

  #carryOut(output: PhoneOutput): void {
    const { media, name: device } = { media: this.#options.media, name: this.name };
    switch (output.type) {
      case 'send': {
        const { name, body } = output.message;
        this.#options.trace(`${device} > ${name}`);
        this.#wire?.client.send(encodeMessage(name, body as never, this.#session.client.version));
        return;
      }
      case 'open-receive': {
        const { conference, party, call, key } = output.request;
        const channel = { conference, party, call };
        const port = media.listen({ device, ...channel, key: textOf(key) });
        const endpoint = { address: this.#options.address, port };
        return this.#answer({ type: 'receive-opened', channel, endpoint });
      }
      case 'start-transmit': {
        const { conference, party, call, key, remote } = output.request;
        const channel = { conference, party, call };
        media.send({ device, ...channel, key: textOf(key), remote: remote.port });
        const endpoint = { address: this.#options.address, port: 1 };
        return this.#answer({ type: 'transmit-started', channel, endpoint });
      }
      case 'close-receive':
        return media.deafen({ device, party: output.channel.party });
      case 'stop-transmit':
        return media.silence({ device, party: output.channel.party });
      case 'statistics-asked':
        return this.#answer({ type: 'statistics', asked: output.asked, counters: NO_COUNTERS });
      case 'close':
        this.#wire?.client.end(output.reason);
        return this.#lost(output.reason);
      default:
        return;
    }
  }

  /** Answers go out one after the other, each after the work that it tells of. */
  #answer(input: PhoneInput): void {
    const { clock, workMs } = this.#options;
    const wire = this.#wire;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, clock.nowMs()) + workMs();
    clock.at(this.#busyUntilMs, () => {
      if (this.#wire === wire) this.handle(input);
    });
  }

  #lost(reason: string): void {
    if (!this.#wire) return;
    this.#wire = undefined;
    this.#told = BLANK_SCREEN;
    this.#options.trace(`${this.name} lost its call manager: ${reason}`);
    this.handle({ type: 'disconnected', reason });
    this.#options.media.drop(({ device }) => device === this.name);
  }
}

const NO_COUNTERS = {
  packetsSent: 0,
  octetsSent: 0,
  packetsReceived: 0,
  octetsReceived: 0,
  packetsLost: 0,
  jitterMs: 0,
};

/** What matters of a message when a run is read. */
function describe(message: AnyMessage): string {
  switch (message.name) {
    case 'CallState':
      return `CallState ${message.body.callState} of ${message.body.callReference}`;
    case 'CallInfo':
    case 'CallInfoV2':
      return `CallInfo ${message.body.callSecurityStatus} of ${message.body.callReference}`;
    case 'OpenReceiveChannel':
    case 'StartMediaTransmission':
      return `${message.name} ${message.body.passThroughPartyId} of ${message.body.callReference}`;
    default:
      return message.name;
  }
}

export function textOf(key: Pick<PhoneMediaKey, 'key'> | undefined): string {
  return key ? Buffer.from(key.key).toString('hex') : '';
}
