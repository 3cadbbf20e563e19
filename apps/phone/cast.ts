/** The phones of one run: made from declarations, told about, stopped together. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWav } from '@conclave/audio';
import type { PhoneOptions } from './options.ts';
import { Phone } from './phone.ts';
import { PhoneError } from './phone-error.ts';
import { describePhone, screenFacts } from './screen-text.ts';
import { ALL, type Declaration } from './script.ts';
import { readSamples } from './sound.ts';

export interface CastOptions {
  readonly dataDirectory: string;
  readonly host: string;
  /** Ports of the call manager, unless a declaration says otherwise. */
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
  readonly json: boolean;
  /** Shows screens as boxes after every change, for somebody at the keyboard. */
  readonly boxes?: boolean;
  readonly print: (line: string) => void;
}

/** A burst of messages is shown once: a person sees no faster. */
const SHOW_DELAY_MS = 40;

export class Cast {
  readonly #options: CastOptions;
  readonly #declared = new Map<string, Declaration>();
  readonly #phones = new Map<string, Phone>();
  #stopped = false;

  constructor(options: CastOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return [...this.#declared.keys()];
  }

  async declare(name: string, declaration: Declaration): Promise<void> {
    this.#declared.set(name, declaration);
    if (declaration.options.register !== 'no') await this.register(name);
  }

  /** Registers a declared phone, anew when it was stopped or lost. */
  async register(name: string): Promise<void> {
    const known = this.#phones.get(name);
    const phone = known ?? this.#make(name);
    await phone.connect();
    this.#phones.set(name, phone);
    const { version } = phone;
    this.say({ event: 'registered', phone: name, version }, `${name} registered`);
  }

  /** Registers and expects to be refused with this text. */
  async refused(name: string, text: string): Promise<void> {
    try {
      await this.register(name);
    } catch (error) {
      if (!(error instanceof PhoneError)) throw error;
      if (error.sentence.toLowerCase().includes(text.toLowerCase())) return;
      const sentence = `${name} was refused, but otherwise: ${error.sentence}`;
      throw new PhoneError(error.code, sentence, error.screen);
    }
    throw new PhoneError('PHONE_REFUSED', `${name} was not refused`);
  }

  /** Names, where `all` stands for all that are declared. */
  namesOf(who: readonly string[]): readonly string[] {
    return [...new Set(who.flatMap((each) => (each === ALL ? this.names : [each])))];
  }

  /** Phones, where `all` stands for all that are registered; at least one. */
  phones(who: readonly string[]): readonly Phone[] {
    const phones = who.flatMap((name): readonly Phone[] => {
      if (name === ALL) return [...this.#phones.values()].filter(isOpen);
      const phone = this.#phones.get(name);
      if (!phone) throw new PhoneError('PHONE_CLOSED', `${name} is not registered`);
      return [phone];
    });
    if (phones.length === 0) throw new PhoneError('PHONE_CLOSED', 'no phone is registered');
    return [...new Set(phones)];
  }

  /** Prints the phone's screen. */
  show(name: string): void {
    const phone = this.#phones.get(name);
    if (phone) this.#show(name, phone, phone.screenText());
  }

  showStatistics(name: string): void {
    const phone = this.#phones.get(name);
    if (!phone) return;
    const facts = { call: phone.statistics(), total: phone.counters() };
    this.say({ event: 'statistics', phone: name, ...facts }, `${name} ${JSON.stringify(facts)}`);
  }

  /** One line: for programs with --json, else for people if there is a text for them. */
  say(facts: Readonly<Record<string, unknown>>, text?: string): void {
    if (this.#options.json) this.#options.print(JSON.stringify(facts));
    else if (text !== undefined) this.#options.print(text);
  }

  async stop(): Promise<void> {
    for (const [name, phone] of this.#phones) {
      this.say({ event: 'statistics', phone: name, total: phone.counters() });
      const file = this.#declared.get(name)?.options.record;
      if (file !== undefined) writeFileSync(file, encodeWav(phone.recording));
      await phone.stop();
    }
    this.#phones.clear();
    this.#stopped = true;
  }

  #make(name: string): Phone {
    const declaration = this.#declared.get(name);
    if (!declaration) throw new PhoneError('PHONE_OPTIONS', `${name} is not declared`);
    const phone = new Phone(phoneOptions(declaration, this.#options));
    phone.on('key', (key) => this.say({ event: 'key', phone: name, key }));
    phone.on('media', (event) => this.say({ event: 'media', phone: name, ...event }));
    phone.on('screen', this.#screenTeller(name, phone));
    phone.on('closed', (reason, rejection) =>
      this.say({ event: 'closed', phone: name, reason, rejection }, `${name} closed: ${reason}`),
    );
    return phone;
  }

  /** JSON tells every change, a terminal what a person can follow. */
  #screenTeller(name: string, phone: Phone): () => void {
    const { json, boxes = false } = this.#options;
    let shown = '';
    let waits = false;
    const show = (): void => {
      waits = false;
      if (this.#stopped) return;
      const text = boxes ? phone.screenText() : describePhone(phone, name);
      if (json || text !== shown) this.#show(name, phone, text);
      shown = text;
    };
    return () => {
      if (json || !boxes) return show();
      if (!waits) setTimeout(show, SHOW_DELAY_MS);
      waits = true;
    };
  }

  #show(name: string, phone: Phone, text: string): void {
    this.say({ event: 'screen', phone: name, ...screenFacts(phone) }, text);
  }
}

function isOpen(phone: Phone): boolean {
  return phone.closedBecause === undefined;
}

function phoneOptions({ device, mode, options }: Declaration, cast: CastOptions): PhoneOptions {
  const folder = join(cast.dataDirectory, 'pki', 'phones', device);
  const port = mode === 'nonsecure' ? cast.sccpPort : cast.sccpTlsPort;
  return {
    name: device,
    mode,
    host: options.host ?? cast.host,
    port: options.port === undefined ? port : Number(options.port),
    ...(mode !== 'nonsecure' && {
      certificate: options.certificate ?? join(folder, `${device}.pem`),
      key: options.key ?? join(folder, `${device}.key`),
      trust: options.trust ?? join(folder, 'trust'),
    }),
    ...(options.model !== undefined && { model: options.model }),
    ...(options.firmware !== undefined && { firmware: options.firmware }),
    ...(options.version !== undefined && { protocolVersion: Number(options.version) }),
    ...(options.lines !== undefined && { lines: Number(options.lines) }),
    ...(options.tone !== undefined && { toneHz: Number(options.tone) }),
    ...(options.level !== undefined && { levelDbov: Number(options.level) }),
    ...(options.play !== undefined && { play: readSamples(options.play) }),
    ...(options.answer === 'auto' && { autoAnswer: true }),
    ...((options.codec === 'pcma' || options.codec === 'g722') && { codec: options.codec }),
    ...(options['media-address'] !== undefined && { mediaAddress: options['media-address'] }),
    record: options.record !== undefined,
  };
}
