/** The phones of one run: made from declarations, told about, stopped together. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeWav, encodeWav } from '@conclave/audio';
import type { TlsIdentity } from '@conclave/net';
import { readIdentity, readTrust } from '@conclave/pki';
import { liveSoftkeys } from '@conclave/sccp';
import { Phone, PhoneError, type PhoneOptions } from './phone.ts';
import { ALL, type Declaration } from './script.ts';

export interface CastOptions {
  readonly dataDirectory: string;
  readonly host: string;
  /** Ports of the call manager, unless a declaration says otherwise. */
  readonly sccpPort: number;
  readonly sccpTlsPort: number;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

export class Cast {
  readonly #options: CastOptions;
  readonly #declared = new Map<string, Declaration>();
  readonly #phones = new Map<string, Phone>();

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

  async register(name: string): Promise<void> {
    const declaration = this.#declared.get(name);
    if (!declaration) throw new PhoneError(`${name} is not declared`);
    const phone = await Phone.start(phoneOptions(declaration, this.#options));
    this.#phones.set(name, phone);
    this.say({ event: 'registered', phone: name, version: phone.version }, `${name} registered`);
    let shown = '';
    phone.on('key', (key) => this.say({ event: 'key', phone: name, key }));
    phone.on('screen', () => {
      const line = phone.describe();
      if (line !== shown) this.show(name);
      shown = line;
    });
    phone.on('closed', (reason, rejection) =>
      this.say({ event: 'closed', phone: name, reason, rejection }, `${name} closed: ${reason}`),
    );
  }

  /** Registers and expects to be refused with this text. */
  async refused(name: string, text: string): Promise<void> {
    try {
      await this.register(name);
    } catch (error) {
      if (!(error instanceof PhoneError)) throw error;
      if (error.message.toLowerCase().includes(text.toLowerCase())) return;
      throw new PhoneError(`${name} was refused, but otherwise: ${error.message}`);
    }
    throw new PhoneError(`${name} was not refused`);
  }

  /** One phone, or all that are registered. */
  phones(who: string): readonly Phone[] {
    if (who === ALL) return [...this.#phones.values()];
    const phone = this.#phones.get(who);
    if (!phone) throw new PhoneError(`${who} is not registered`);
    return [phone];
  }

  /** Prints the phone's screen. */
  show(name: string): void {
    const phone = this.#phones.get(name);
    if (phone) this.say({ event: 'screen', phone: name, ...screenOf(phone) }, phone.describe());
  }

  showStatistics(name: string): void {
    const phone = this.#phones.get(name);
    if (!phone) return;
    const statistics = phone.statistics();
    this.say({ event: 'statistics', phone: name, statistics }, JSON.stringify(statistics));
  }

  /** One line: for programs with --json, else for people if there is a text for them. */
  say(facts: Readonly<Record<string, unknown>>, text?: string): void {
    if (this.#options.json) this.#options.print(JSON.stringify(facts));
    else if (text !== undefined) this.#options.print(text);
  }

  async stop(): Promise<void> {
    for (const [name, phone] of this.#phones) {
      this.say({ event: 'statistics', phone: name, statistics: phone.statistics() });
      const file = this.#declared.get(name)?.options.record;
      if (file !== undefined) writeFileSync(file, encodeWav(phone.audio.recording));
      await phone.stop();
    }
    this.#phones.clear();
  }
}

function screenOf(phone: Phone): Readonly<Record<string, unknown>> {
  const { screen } = phone;
  return {
    icon: phone.icon,
    calls: [...screen.calls.values()].map((call) => ({
      reference: call.reference,
      state: call.state,
      icon: phone.iconOf(call),
      security: call.security,
      name: call.otherName,
      number: call.otherNumber,
      prompt: call.prompt,
      softkeys: liveSoftkeys(screen, call).map((key) => key.label),
    })),
    softkeys: liveSoftkeys(screen).map((key) => key.label),
    notify: screen.notify,
    ringing: screen.ringing,
    ...(screen.list && { list: screen.list }),
  };
}

function phoneOptions({ device, mode, options }: Declaration, cast: CastOptions): PhoneOptions {
  const tls = mode === 'nonsecure' ? undefined : identityOf(device, options, cast.dataDirectory);
  const port = mode === 'nonsecure' ? cast.sccpPort : cast.sccpTlsPort;
  return {
    name: device,
    mode,
    host: options.host ?? cast.host,
    port: options.port === undefined ? port : Number(options.port),
    ...(tls && { tls }),
    ...(options.model !== undefined && { model: options.model }),
    ...(options.firmware !== undefined && { firmware: options.firmware }),
    ...(options.version !== undefined && { protocolVersion: Number(options.version) }),
    ...(options.tone !== undefined && { toneHz: Number(options.tone) }),
    ...(options.play !== undefined && { play: samplesOf(options.play) }),
    ...(options.answer === 'auto' && { autoAnswer: true }),
    ...(options.codec === 'pcma' && { codec: 'pcma' }),
    ...(options['media-address'] !== undefined && { mediaAddress: options['media-address'] }),
    record: options.record !== undefined,
  };
}

/** Files that are named, else those of the data directory. */
function identityOf(
  device: string,
  options: Readonly<Record<string, string>>,
  dataDirectory: string,
): TlsIdentity {
  const folder = join(dataDirectory, 'pki', 'phones', device);
  return {
    ...readIdentity({
      certificate: options.certificate ?? join(folder, `${device}.pem`),
      key: options.key ?? join(folder, `${device}.key`),
    }),
    trust: readTrust(options.trust ?? join(folder, 'trust')),
  };
}

function samplesOf(file: string): Int16Array {
  const decoded = decodeWav(readFileSync(file));
  if (!decoded.ok) throw new PhoneError(`${file}: ${decoded.error}; WAV, mono, 8 kHz is needed`);
  return decoded.value;
}
