/**
 * One scripted phone: it registers, presses keys, shows what its screen would show, plays, listens and
 * records. It does exactly what the call manager tells it, as a desk phone would.
 */
import { EventEmitter } from 'node:events';
import { MediaChannel, type MediaStatistics, SccpClient } from '@conclave/device';
import { MediaClock, type TlsIdentity } from '@conclave/net';
import {
  type AnyMessage,
  BLANK_SCREEN,
  type ClientIdentity,
  deviceTypeOf,
  type Icon,
  iconOf,
  KeyPadButton,
  liveSoftkeys,
  type Message,
  type Screen,
  type ShownCall,
  screenAfter,
  userCallData,
} from '@conclave/sccp';
import { PhoneAudio, type PhoneAudioOptions } from './phone-audio.ts';

const G711_ULAW = 4;
const G711_ALAW = 2;

export const WAIT_MS = 10_000;

/** How long a key press waits for its key to become live: a person waits for it too. */
const KEY_WAIT_MS = 3_000;

export type SecurityMode = 'nonsecure' | 'authenticated' | 'encrypted';

export interface PhoneOptions extends PhoneAudioOptions {
  readonly name: string;
  readonly model?: string;
  readonly firmware?: string;
  readonly mode: SecurityMode;
  readonly host: string;
  readonly port?: number;
  /** For the modes authenticated and encrypted. */
  readonly tls?: TlsIdentity;
  readonly protocolVersion?: number;
  readonly autoAnswer?: boolean;
  /** Which G.711 first. */
  readonly codec?: 'pcmu' | 'pcma';
  /** Dotted address for media; absent means that of the signalling connection. */
  readonly mediaAddress?: string;
}

/** What the user did could not be done, or what was waited for did not come. */
export class PhoneError extends Error {
  override readonly name = 'PhoneError';
  readonly code = 'PHONE';
}

export interface PhoneEvents {
  screen: [screen: Screen];
  key: [key: string];
  registered: [version: number];
  closed: [reason: string, rejection: string | undefined];
}

export class Phone extends EventEmitter<PhoneEvents> {
  readonly options: PhoneOptions;
  readonly model: string;
  #client: SccpClient | undefined;
  #screen: Screen = BLANK_SCREEN;
  readonly #media = new Map<number, MediaChannel>();
  readonly #pastMedia = new Map<number, MediaStatistics>();
  readonly #clock = new MediaClock(() => this.audio.tick(this.#media.values()));
  readonly audio: PhoneAudio;
  #closedBecause: string | undefined;
  #version: number | undefined;

  private constructor(options: PhoneOptions) {
    super();
    this.options = options;
    this.model = options.model ?? '7961G';
    this.audio = new PhoneAudio(options);
  }

  /** Connects and registers. Throws a PhoneError with the call manager's text when it refuses. */
  static async start(options: PhoneOptions): Promise<Phone> {
    const phone = new Phone(options);
    const registered = Promise.withResolvers<void>();
    const { host, tls, mode, name } = options;
    const port = options.port ?? (mode === 'nonsecure' ? 2000 : 2443);
    try {
      phone.#client = await SccpClient.open(
        { host, port, ...(tls && mode !== 'nonsecure' && { tls }) },
        (localAddress) => phone.#identity(localAddress),
        {
          registered: (version) => {
            phone.#version = version;
            phone.#ask();
            phone.emit('registered', version);
            registered.resolve();
          },
          message: (message) => phone.#onMessage(message),
          closed: (reason, rejection) => {
            phone.#onClosed(rejection === undefined ? reason : `rejected: ${rejection}`);
            phone.emit('closed', reason, rejection);
            const why = rejection === undefined ? reason : `the call manager says: ${rejection}`;
            registered.reject(new PhoneError(`${name} could not register: ${why}`));
          },
        },
      );
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      throw new PhoneError(`${name} could not reach ${host}:${port}: ${message || code}`);
    }
    await registered.promise;
    return phone;
  }

  get name(): string {
    return this.options.name;
  }

  /** The negotiated protocol version. */
  get version(): number | undefined {
    return this.#version;
  }

  get screen(): Screen {
    return this.#screen;
  }

  /** Why the phone is not registered any more; undefined while it is. */
  get closedBecause(): string | undefined {
    return this.#closedBecause;
  }

  /** The call that the user is in: talking, else ringing, else any. */
  get focus(): ShownCall | undefined {
    const calls = [...this.#screen.calls.values()];
    return (
      calls.findLast((call) => call.state !== 'Hold' && call.state !== 'RingIn') ??
      calls.findLast((call) => call.state === 'RingIn') ??
      calls.at(-1)
    );
  }

  get icon(): Icon {
    return this.focus ? this.iconOf(this.focus) : 'none';
  }

  iconOf(call: ShownCall): Icon {
    return iconOf(this.model, call.security);
  }

  // Keys.

  /** Presses a softkey by its label, such as `Confrn`, as soon as it is live on some call. */
  async press(label: string, timeoutMs = KEY_WAIT_MS): Promise<void> {
    await this.waitFor(() => this.#liveKey(label) !== undefined, `the key ${label}`, timeoutMs);
    const found = this.#liveKey(label);
    if (!found) return;
    this.emit('key', found.label);
    this.#send('SoftKeyEvent', {
      softKeyEvent: found.event,
      lineInstance: found.call?.line ?? 1,
      callReference: found.call?.reference ?? 0,
    });
  }

  /** Sends a softkey event whether it is live or not: for tests of what phones should not do. */
  forceSoftkey(event: number, reference = this.focus?.reference ?? 0): void {
    this.emit('key', `event ${event}`);
    this.#send('SoftKeyEvent', {
      softKeyEvent: event,
      lineInstance: 1,
      callReference: reference,
    });
  }

  offHook(): void {
    this.emit('key', 'off-hook');
    this.#send('OffHook', { lineInstance: 0, callReference: 0 });
  }

  onHook(): void {
    this.emit('key', 'on-hook');
    this.#send('OnHook', { lineInstance: 0, callReference: 0 });
  }

  /** Keys `0`-`9`, `*`, `#`. */
  dial(digits: string): void {
    for (const digit of digits) {
      const kpButton =
        digit === '*' ? KeyPadButton.Star : digit === '#' ? KeyPadButton.Pound : Number(digit);
      if (!Number.isInteger(kpButton)) throw new PhoneError(`there is no key ${digit}`);
      this.emit('key', digit);
      this.#send('KeypadButton', {
        kpButton,
        lineInstance: this.focus?.line ?? 1,
        callReference: this.focus?.reference ?? 0,
      });
    }
  }

  /** Chooses Remove for the party of this name or number prefix on the conference list. */
  removeFromList(name: string): void {
    const wanted = name.toLowerCase();
    const row = this.#screen.list?.rows.find((each) => each.name.toLowerCase().includes(wanted));
    if (!row) throw new PhoneError(`${this.name} has no ${name} on its list; ${this.describe()}`);
    if (!this.#screen.list?.softkeys.some((key) => key.name === 'Remove')) {
      throw new PhoneError(`${this.name} has no Remove key on its list`);
    }
    this.#answerList(row.url);
    this.emit('key', `Remove ${row.name}`);
  }

  updateList(): void {
    const key = this.#screen.list?.softkeys.find((each) => each.name === 'Update');
    if (!key) throw new PhoneError(`${this.name} shows no list`);
    this.#answerList(key.url);
  }

  // Waiting.

  /** Resolves when `condition` holds; throws with the screen when it does not in time. */
  async waitFor(
    condition: (phone: Phone) => boolean,
    what: string,
    timeoutMs = WAIT_MS,
  ): Promise<void> {
    if (condition(this)) return;
    const done = Promise.withResolvers<void>();
    const look = (): void => {
      if (condition(this)) done.resolve();
    };
    const timer = setTimeout(() => {
      done.reject(new PhoneError(`${this.name}: waited in vain for ${what}; ${this.describe()}`));
    }, timeoutMs);
    // What is heard changes without the screen.
    const poll = setInterval(look, 50);
    this.on('screen', look);
    this.on('closed', look);
    try {
      await done.promise;
    } finally {
      clearTimeout(timer);
      clearInterval(poll);
      this.off('screen', look);
      this.off('closed', look);
    }
  }

  /** The screen in one line. */
  describe(): string {
    const calls = [...this.#screen.calls.values()].map((call) => {
      const other = call.otherName || call.otherNumber;
      const prompt = call.prompt ? ` "${call.prompt}"` : '';
      return `${call.state}${other ? ` ${other}` : ''} [${this.iconOf(call)}]${prompt}`;
    });
    const notify = this.#screen.notify ? `, says "${this.#screen.notify}"` : '';
    const state = this.#closedBecause ? `not registered (${this.#closedBecause})` : 'registered';
    return `${this.name} ${state}: ${calls.join('; ') || 'idle'}${notify}`;
  }

  // Media.

  /** Media figures of a call, also after its end; of the focus without a reference. */
  statistics(reference = this.focus?.reference ?? 0): MediaStatistics | undefined {
    return this.#media.get(reference)?.statistics() ?? this.#pastMedia.get(reference);
  }

  /** Unregisters and closes. */
  async stop(): Promise<void> {
    if (this.#closedBecause === undefined) this.#client?.unregister();
    this.#onClosed('stopped');
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.#client?.sendRaw(new Uint8Array([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]));
    this.#onClosed('dropped');
  }

  get client(): SccpClient | undefined {
    return this.#client;
  }

  #identity(localAddress: string): ClientIdentity {
    const { name, firmware, protocolVersion = 20, codec } = this.options;
    const capabilities = codec === 'pcma' ? [G711_ALAW, G711_ULAW] : [G711_ULAW, G711_ALAW];
    return {
      registration: {
        sid: { DeviceName: name, instance: 1 },
        stationIpAddr: localAddress,
        deviceType: deviceTypeOf(this.model),
        maxStreams: 5,
        protocolVer: protocolVersion,
        firmwareLoadName: firmware ?? '9.4(2)',
      },
      capabilities,
    };
  }

  /** Where a key is live: on the call in focus, on another, or on the idle phone. */
  #liveKey(
    label: string,
  ): { readonly label: string; readonly event: number; readonly call?: ShownCall } | undefined {
    const wanted = label.toLowerCase();
    const { focus } = this;
    const calls = [...(focus ? [focus] : []), ...this.#screen.calls.values()];
    for (const call of [...calls, undefined]) {
      const keys = liveSoftkeys(this.#screen, call);
      const key = keys.find((each) => each.label.toLowerCase() === wanted);
      if (key) return { ...key, ...(call && { call }) };
    }
    return undefined;
  }

  /** The questions a phone asks after registration (sccp.md). */
  #ask(): void {
    this.#send('ButtonTemplateReq', {});
    this.#send('SoftKeyTemplateReq', {});
    this.#send('SoftKeySetReq', {});
    this.#send('ConfigStatReq', {});
    this.#send('LineStatReq', { lineNumber: 1 });
    this.#send('RegisterAvailableLines', { maxNumOfAvailLines: 1 });
    this.#send('TimeDateReq', {});
  }

  #onMessage(message: AnyMessage): void {
    switch (message.name) {
      case 'OpenReceiveChannel':
        void this.#openReceive(message.body);
        break;
      case 'StartMediaTransmission':
        this.#startTransmit(message.body);
        break;
      case 'CloseReceiveChannel':
        this.#media.get(message.body.callReference)?.closeReceive();
        this.#sweep(message.body.callReference);
        break;
      case 'StopMediaTransmission':
        this.#media.get(message.body.callReference)?.stopTransmit();
        this.#sweep(message.body.callReference);
        break;
      default:
    }
    const before = this.#screen;
    this.#screen = screenAfter(before, message);
    if (this.#screen === before) return;
    this.emit('screen', this.#screen);
    if (this.options.autoAnswer && message.name === 'SelectSoftKeys') this.#answerRinging();
  }

  #answerRinging(): void {
    if (this.focus?.state === 'RingIn') void this.press('Answer').catch(() => {});
  }

  async #openReceive(body: Message<'OpenReceiveChannel'>['body']): Promise<void> {
    const media = this.#mediaOf(body.callReference);
    const ipAddr = this.options.mediaAddress ?? this.#client?.localAddress ?? '127.0.0.1';
    let portNumber = 0;
    try {
      portNumber = await media.openReceive(
        body.compressionType,
        body.mRxMediaEncryptionKeyInfo,
        ipAddr,
      );
    } catch {
      portNumber = 0;
    }
    this.#send('OpenReceiveChannelAck', {
      mediaReceptionStatus: portNumber === 0 ? 1 : 0,
      ipAddr,
      portNumber,
      passThroughPartyId: body.passThroughPartyId,
      callReference: body.callReference,
    });
  }

  #startTransmit(body: Message<'StartMediaTransmission'>['body']): void {
    let mediaTransmissionStatus = 0;
    try {
      this.#mediaOf(body.callReference).startTransmit(
        body.compressionType,
        body.mTxMediaEncryptionKeyInfo,
        { address: body.remoteIpAddr, port: body.remotePortNumber },
      );
    } catch {
      mediaTransmissionStatus = 1;
    }
    this.#send('StartMediaTransmissionAck', {
      conferenceId: body.conferenceId,
      passThroughPartyId: body.passThroughPartyId,
      callReference: body.callReference,
      mediaTransmissionStatus,
    });
  }

  #mediaOf(reference: number): MediaChannel {
    const known = this.#media.get(reference);
    if (known) return known;
    const media = new MediaChannel();
    this.#media.set(reference, media);
    this.#clock.start();
    return media;
  }

  #sweep(reference: number): void {
    const media = this.#media.get(reference);
    if (!media || media.open) return;
    this.#pastMedia.set(reference, media.statistics());
    this.#media.delete(reference);
    if (this.#media.size > 0) return;
    this.#clock.stop();
    this.audio.hush();
  }

  #answerList(url: string): void {
    const answer = userCallData(url);
    if (!answer) return;
    const { data, ...place } = answer;
    this.#send('DeviceToUserDataVersion1', {
      deviceToUserDataVersion1: { ...place, sequenceFlag: 2, xmldata: data },
    });
  }

  #send: SccpClient['send'] = (name, body) => {
    if (this.#closedBecause !== undefined) {
      throw new PhoneError(`${this.name} is not registered: ${this.#closedBecause}`);
    }
    this.#client?.send(name, body);
  };

  #onClosed(reason: string): void {
    if (this.#closedBecause !== undefined) return;
    this.#closedBecause = reason;
    this.#clock.stop();
    for (const media of this.#media.values()) media.close();
    this.#media.clear();
  }
}
