/**
 * A phone as it stands on a desk: it registers, shows, plays and sends exactly what the call manager
 * tells it, and has keys. What a user wants with it is in `phone.ts`.
 */
import { EventEmitter } from 'node:events';
import {
  type BodyInput,
  focusOf,
  type Icon,
  iconOf,
  liveSoftkeys,
  type MessageName,
  ownCallsOf,
  type PhoneCommand,
  type RegistrationState,
  type Screen,
  type ShownCall,
  SoftKeyEvent,
  type Stimulus,
} from '@conclave/sccp';
import { PhoneDevice, type PhoneMediaEvent } from './device.ts';
import type { CallStatistics } from './media.ts';
import { type MediaCounters, NO_COUNTERS } from './media-counters.ts';
import { type PhoneOptions, type PhoneSettings, settingsOf } from './options.ts';
import { type HeardTone, PhoneAudio } from './phone-audio.ts';
import { PhoneError, type PhoneErrorCode } from './phone-error.ts';
import { describePhone, formatPhone } from './screen-text.ts';
import { Waiters } from './waiters.ts';

/** How long a wait lasts that does not say. */
export const WAIT_MS = 10_000;

/** A registration takes this long at most: TLS, and a call manager that is just starting. */
const REGISTER_MS = 10_000;

export interface PhoneEvents {
  screen: [screen: Screen];
  /** A key was pressed, a number dialled, a row chosen. */
  key: [key: string];
  media: [event: PhoneMediaEvent];
  registered: [version: number];
  /** `rejection` is the call manager's text when it refused. */
  closed: [reason: string, rejection: string | undefined];
}

export interface PressOptions {
  /** The call whose key it is; absent takes the one in focus, then any other. */
  readonly call?: number;
  /** Sends the key although it is not live, as a hostile phone would. */
  readonly force?: boolean;
  /** How long to wait for the key to become live; a person waits for it too. */
  readonly timeoutMs?: number;
}

export class PhoneSet extends EventEmitter<PhoneEvents> {
  /** As they were given. */
  readonly options: PhoneOptions;
  /** With every default. */
  readonly settings: PhoneSettings;
  readonly audio: PhoneAudio;
  readonly #waiters = new Waiters();
  readonly #answered = new Set<number>();
  #device: PhoneDevice | undefined;
  #connecting: Promise<void> | undefined;
  #stopped = false;

  /** A phone that is not connected yet; see `connect`. Throws a PhoneError for senseless options. */
  constructor(options: PhoneOptions) {
    super();
    this.options = options;
    this.settings = settingsOf(options);
    this.audio = new PhoneAudio(this.settings.sound, this.settings.record);
  }

  /**
   * Connects and registers, also again after the connection was lost or the phone was stopped. Rejects
   * with a PhoneError: unreachable, rejected or out of time.
   */
  async connect(timeoutMs: number = REGISTER_MS): Promise<void> {
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    await this.#connecting;
    await this.#registered(timeoutMs);
  }

  /** Unregisters, ends all media and wipes all keys. Twice is harmless. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#device?.stop();
    this.#waiters.end(() => this.error('PHONE_CLOSED', 'was stopped'));
  }

  /** Cuts the connection without a word, as a phone does that loses its power. */
  drop(): void {
    this.#device?.drop();
  }

  // What is seen and heard.

  /** Device name. */
  get name(): string {
    return this.settings.identity.name;
  }

  get model(): string {
    return this.settings.model;
  }

  /** SCCP version: offered before the registration, negotiated after it. */
  get version(): number {
    return this.#device?.version ?? this.settings.identity.protocolVersion;
  }

  /** Throws a PhoneError before the first connection. */
  get screen(): Screen {
    return this.#theDevice().screen;
  }

  get registration(): RegistrationState {
    return this.#device?.registration ?? 'off';
  }

  /** Why the phone is not registered any more; undefined while it is. */
  get closedBecause(): string | undefined {
    return this.#device?.ended ? this.#device.reason : undefined;
  }

  /** The call that keys belong to: the one that is going on, else one that rings, else any. */
  get focus(): ShownCall | undefined {
    return focusOf(this.screen);
  }

  /** The security icon of the call in focus. */
  get icon(): Icon {
    const { focus } = this;
    return focus ? this.iconOf(focus) : 'none';
  }

  /** What this model draws for the security of a call. */
  iconOf(call: ShownCall): Icon {
    return iconOf(this.model, call.security);
  }

  /** Labels of the keys that are live for a call. */
  softkeysOf(call: ShownCall): readonly string[] {
    return liveSoftkeys(this.screen, call).map(({ label }) => label);
  }

  /** Those of the given tones that sound now (in the last half second), with their levels. */
  heard(frequenciesHz: readonly number[], windowMs?: number): readonly HeardTone[] {
    return this.audio.heard(frequenciesHz, windowMs);
  }

  /** All that was heard while media was open, at 8 kHz; empty when the phone does not record. */
  get recording(): Int16Array {
    return this.audio.recording;
  }

  /** Media of a call, also after its end; of the one in focus unless told. */
  statistics(reference: number = this.focus?.reference ?? 0): CallStatistics | undefined {
    return this.#theDevice().media.statisticsOf(reference);
  }

  /** Media of one stream, by the call manager's number for it, while it is open. */
  statisticsOfParty(party: number): CallStatistics | undefined {
    return this.#theDevice().media.statisticsOfParty(party);
  }

  /** Media of all calls since the last connect. */
  counters(): MediaCounters {
    return this.#device?.media.counters() ?? NO_COUNTERS;
  }

  /** The screen in one line. */
  describe(): string {
    return this.#device ? describePhone(this, this.name) : `${this.name} is not connected`;
  }

  /** The screen as a box of text. */
  screenText(): string {
    return this.#device ? formatPhone(this) : this.describe();
  }

  /**
   * Resolves as soon as `condition` holds. It is asked at every change and, because sound changes
   * without a message, every 50 ms. Rejects in time, with what was waited for and the screen.
   */
  async waitFor(
    condition: (phone: this) => boolean,
    what: string,
    timeoutMs: number = WAIT_MS,
  ): Promise<void> {
    await this.#waiters.wait(
      () => condition(this),
      timeoutMs,
      () => this.error('PHONE_TIMEOUT', `waited ${timeoutMs / 1000} s for ${what}`),
    );
  }

  /**
   * Resolves when the call manager has heard all that the phone said, and the phone shows all that it
   * was told until then.
   */
  async roundTrip(timeoutMs: number = this.settings.timeoutMs): Promise<void> {
    const device = this.#openDevice();
    const number = device.ask();
    await this.waitFor(() => device.answered >= number, 'a sign of life', timeoutMs);
  }

  // Keys, one by one. These do not wait for what the call manager makes of them.

  /** Presses a softkey by its label or event name, such as `Confrn`, as soon as it is live. */
  async press(label: string, options: number | PressOptions = {}): Promise<void> {
    const {
      call,
      force = false,
      timeoutMs = this.settings.timeoutMs,
    } = typeof options === 'number' ? { timeoutMs: options } : options;
    const at = call === undefined ? {} : { call };
    const command: PhoneCommand = { type: 'softkey', key: label, force, ...at };
    const isLive = (): boolean => this.#openDevice().refusalOf(command)?.error !== 'key-not-live';
    await this.#waiters.wait(isLive, timeoutMs, () => this.#notPossible(label, command));
    if (this.#openDevice().run(command)) throw this.#notPossible(label, command);
    this.emit('key', label);
  }

  /** Sends a softkey event whether it is live or not: for tests of what phones should not do. */
  forceSoftkey(event: number, reference?: number): void {
    const at = reference === undefined ? {} : { call: reference };
    this.perform({ type: 'softkey', key: String(event), force: true, ...at }, `event ${event}`);
  }

  /** Presses keys `0`-`9`, `*`, `#`, now. */
  dial(digits: string): void {
    for (const digit of digits) this.perform({ type: 'digit', digit }, digit);
  }

  /** Sends the whole number in one message, as a phone does that was dialled while idle. */
  enbloc(digits: string): void {
    this.perform({ type: 'enbloc', digits }, `enbloc ${digits}`);
  }

  /** Lifts the handset. */
  offHook(line?: number): void {
    this.perform({ type: 'off-hook', ...(line !== undefined && { line }) }, 'off-hook');
  }

  /** Puts the handset down. */
  onHook(): void {
    this.perform({ type: 'on-hook' }, 'on-hook');
  }

  /** Presses a line button. */
  line(line: number): void {
    this.perform({ type: 'line', line }, `line ${line}`);
  }

  /** Presses a button beside the screen. */
  button(button: keyof typeof Stimulus, line?: number): void {
    this.perform(
      { type: 'button', button, ...(line !== undefined && { line }) },
      `button ${button}`,
    );
  }

  /**
   * Chooses Remove for a party of the list on the screen, by its name or the beginning of it, or by
   * its place from 0.
   */
  removeFromList(name: string | number, options: { readonly force?: boolean } = {}): void {
    this.perform({ type: 'list-row', row: name, force: options.force ?? false }, `Remove ${name}`);
  }

  /** Presses a key of the list on the screen, such as Update or Exit. */
  listKey(key: string): void {
    this.perform({ type: 'list-key', key }, `list ${key}`);
  }

  /** Sends a message that no key sends: for tests of hostile phones. */
  send<N extends MessageName>(name: N, body: BodyInput<N>): void {
    this.#theDevice().send(name, body);
  }

  /** Sends bytes as they are. */
  sendBytes(bytes: Uint8Array): void {
    this.#theDevice().sendBytes(bytes);
  }

  async #connect(): Promise<void> {
    if (this.#device && !this.#device.ended) return;
    this.#stopped = false;
    this.#answered.clear();
    const device = await PhoneDevice.open(this.settings, this.audio, {
      screen: (screen) => this.emit('screen', screen),
      media: (event) => this.emit('media', event),
      registered: (version) => this.emit('registered', version),
      closed: (reason, rejection) => this.emit('closed', reason, rejection),
      changed: () => this.#changed(),
    });
    this.#device = device;
    // Stopped while it connected: a phone that nobody wants must not register.
    if (this.#stopped) device.drop();
    else device.start();
  }

  async #registered(timeoutMs: number): Promise<void> {
    await this.waitFor(
      ({ registration, closedBecause }) =>
        registration === 'registered' || closedBecause !== undefined,
      'the registration',
      timeoutMs,
    );
    const { registration } = this;
    const { reason } = this.#theDevice();
    if (registration === 'registered') return;
    throw registration === 'rejected'
      ? this.error('PHONE_REJECTED', `could not register: the call manager says: ${reason}`)
      : this.error('PHONE_CLOSED', `could not register: ${reason}`);
  }

  #theDevice(): PhoneDevice {
    if (!this.#device) throw this.error('PHONE_CLOSED', 'is not connected');
    return this.#device;
  }

  /** The call in focus if it is in this state, else the newest of the phone's own that is. */
  protected inState(state: string): ShownCall | undefined {
    const { focus } = this;
    if (focus?.state === state && !focus.remote) return focus;
    return ownCallsOf(this.screen).findLast((call) => call.state === state);
  }

  protected perform(command: PhoneCommand, key: string): void {
    if (this.#openDevice().run(command)) throw this.#notPossible(key, command);
    this.emit('key', key);
  }

  #openDevice(): PhoneDevice {
    const device = this.#theDevice();
    if (!device.ended) return device;
    throw this.error('PHONE_CLOSED', `is not registered: ${device.reason}`);
  }

  #notPossible(key: string, command: PhoneCommand): PhoneError {
    const { detail = '' } = this.#device?.refusalOf(command) ?? {};
    return this.error('PHONE_REFUSED', `cannot press ${key}: ${detail}`);
  }

  #changed(): void {
    if (this.settings.autoAnswer) this.#answerRinging();
    this.#waiters.check();
  }

  /** Once for each call, as soon as it can be answered. */
  #answerRinging(): void {
    const call = this.#device?.ended ? undefined : this.inState('RingIn');
    if (!call || this.#answered.has(call.reference)) return;
    if (!this.hasKey(call, SoftKeyEvent.Answer)) return;
    this.#answered.add(call.reference);
    this.perform({ type: 'softkey', key: 'Answer', call: call.reference }, 'Answer');
  }

  protected hasKey(call: ShownCall, event: number): boolean {
    return liveSoftkeys(this.screen, call).some((key) => key.event === event);
  }

  protected error(code: PhoneErrorCode, what: string): PhoneError {
    return new PhoneError(code, `${this.name} ${what}`, this.screenText());
  }
}
