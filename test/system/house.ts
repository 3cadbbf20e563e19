/**
 * A whole system in one process for tests: call manager, bridges and phones on real sockets and free
 * ports, with the words of a conference story. It asserts nothing that a story does not need.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, startBridge } from '@conclave/bridge';
import { type CallManager, type CallManagerOptions, startCallManager } from '@conclave/callmanager';
import { type MusicServer, startMusicServer } from '@conclave/music';
import { Phone, type PhoneOptions, type SecurityMode } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { SAMPLE_CONFIGURATION, Store, type StoredConfiguration } from '@conclave/store';

const WAIT_MS = 20_000;
const POLL_MS = 10;

/** What each phone of the sample configuration plays, by its number: told apart by ear. */
const TONES: Readonly<Record<string, number>> = {
  '1001': 400,
  '1002': 600,
  '1003': 800,
  '1004': 1000,
  '1005': 1200,
  '1006': 1400,
  '1007': 1600,
  '1008': 1800,
};

export const ALL_TONES_HZ: readonly number[] = Object.values(TONES);

/** One line of a call detail record file, by column name. */
export type CdrRow = Readonly<Record<string, string>>;

export interface HouseOptions {
  /** Service parameters other than those of the sample. */
  readonly parameters?: Readonly<Record<string, string>>;
  readonly configuration?: Partial<StoredConfiguration>;
  readonly onKeyLog?: CallManagerOptions['onKeyLog'];
  /** Puts into the data directory what is to be there before the first start. */
  readonly prepare?: (data: string) => void;
}

export class House {
  readonly data: string;
  readonly keys: KeyStore;
  readonly manager: CallManager;
  readonly #phones: Phone[] = [];
  readonly #bridges: Bridge[] = [];
  readonly #musicServers: MusicServer[] = [];

  private constructor(data: string, manager: CallManager) {
    this.data = data;
    this.keys = new KeyStore(data);
    this.manager = manager;
  }

  static async open(options: HouseOptions = {}): Promise<House> {
    const data = mkdtempSync(join(tmpdir(), 'conclave-house-'));
    options.prepare?.(data);
    if (options.parameters || options.configuration) {
      const store = await Store.open(join(data, 'conclave.sqlite'));
      await store.writeConfiguration({
        ...SAMPLE_CONFIGURATION,
        ...options.configuration,
        serviceParameters: { ...SAMPLE_CONFIGURATION.serviceParameters, ...options.parameters },
      });
      await store.close();
    }
    const manager = await startCallManager({
      dataDirectory: data,
      host: '127.0.0.1',
      sccpPort: 0,
      sccpTlsPort: 0,
      sip: { port: 0, tlsPort: 0 },
      apiPort: 0,
      logLevel: 'silent',
      news: () => {},
      ...(options.onKeyLog && { onKeyLog: options.onKeyLog }),
    });
    const house = new House(data, manager);
    return house;
  }

  /** A bridge of the sample configuration, registered for the rules too. */
  async bridge(name: 'CFB-SECURE' | 'CFB-PLAIN' = 'CFB-SECURE'): Promise<Bridge> {
    const secure = name === 'CFB-SECURE';
    const bridge = await startBridge({
      name,
      host: '127.0.0.1',
      port: secure ? this.manager.sccpTlsPort : this.manager.sccpPort,
      ...(secure && { tls: this.keys.readDevice('bridges', name) }),
      sessions: 8,
      parties: 16,
      protocolVersion: 20,
    });
    this.#bridges.push(bridge);
    await until(() => this.manager.engine.state.bridges.has(name), name);
    return bridge;
  }

  /** The music server of the sample configuration, which plays the file of the data directory. */
  async music(): Promise<MusicServer> {
    const name = 'MOH-1';
    const server = await startMusicServer({
      name,
      host: '127.0.0.1',
      port: this.manager.sccpTlsPort,
      tls: this.keys.readDevice('music-servers', name),
      protocolVersion: 20,
      streamsMax: 10,
      file: this.musicFile,
    });
    this.#musicServers.push(server);
    await until(() => this.manager.engine.state.musics.has(name), name);
    return server;
  }

  get musicFile(): string {
    return join(this.data, 'music', 'sample.wav');
  }

  /** A phone of the sample configuration in its own mode, registered for the rules too. */
  async phone(number: string, options: Partial<PhoneOptions> = {}): Promise<Phone> {
    const name = `SEP00000000${number}`;
    const sample = SAMPLE_CONFIGURATION.phones.find((each) => each.name === name);
    if (!sample) throw new Error(`${name} is no phone of the sample`);
    const mode: SecurityMode = options.mode ?? sample.securityMode;
    const toneHz = TONES[number];
    const phone = await Phone.start({
      name,
      model: sample.model,
      mode,
      host: '127.0.0.1',
      port: mode === 'nonsecure' ? this.manager.sccpPort : this.manager.sccpTlsPort,
      ...(mode !== 'nonsecure' && { tls: this.keys.readDevice('phones', name) }),
      ...(toneHz !== undefined && { toneHz }),
      ...options,
    });
    this.#phones.push(phone);
    await until(() => this.manager.engine.state.phones.has(name), name);
    return phone;
  }

  async phones(...numbers: readonly string[]): Promise<Phone[]> {
    const phones: Phone[] = [];
    for (const number of numbers) phones.push(await this.phone(number));
    return phones;
  }

  /** Stops what is registered, and waits until nobody is. */
  async empty(): Promise<void> {
    for (const phone of this.#phones.splice(0)) await phone.stop();
    for (const bridge of this.#bridges.splice(0)) bridge.close();
    for (const server of this.#musicServers.splice(0)) server.close();
    const { engine } = this.manager;
    await until(
      () => engine.state.phones.size + engine.state.bridges.size + engine.state.musics.size === 0,
      'the end of every registration',
    );
  }

  async close(): Promise<void> {
    await this.empty();
    await this.manager.close();
    rmSync(this.data, { recursive: true });
  }

  cdr(): readonly CdrRow[] {
    return cdrRows(this.data);
  }
}

/** All call detail or call management records in a data directory, in the order of writing. */
export function cdrRows(data: string, kind: 'cdr' | 'cmr' = 'cdr'): readonly CdrRow[] {
  const folder = join(data, 'cdr');
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${kind}_`))
    .toSorted((a, b) => sequenceOf(a) - sequenceOf(b))
    .flatMap((name) => {
      const [header = '', types = '', ...lines] = readFileSync(join(folder, name), 'utf8')
        .trimEnd()
        .split('\n')
        .map((line) => line.split(','));
      for (const line of [types, ...lines]) {
        if (line.length !== header.length) throw new Error(`${name}: ${line.length} fields`);
      }
      const names = [...header].map(bare);
      return lines.map((line) =>
        Object.fromEntries(names.map((column, index) => [column, bare(line[index] ?? '')])),
      );
    });
}

export function isIn(phone: Phone, state: string): boolean {
  return phone.focus?.state === state;
}

/** Lifts the handset and dials. */
export async function dial(phone: Phone, number: string): Promise<void> {
  phone.offHook();
  await phone.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  phone.dial(number);
}

export async function answer(phone: Phone): Promise<void> {
  await phone.waitFor((p) => isIn(p, 'RingIn'), 'ringing');
  await phone.press('Answer');
  await phone.waitFor((p) => isIn(p, 'Connected'), 'the call');
}

export async function call(from: Phone, to: Phone): Promise<void> {
  await dial(from, numberOf(to));
  await answer(to);
  await from.waitFor((p) => isIn(p, 'Connected'), 'the answer');
}

/** Confrn, the number, the answer: what comes before the second Confrn. */
export async function consult(host: Phone, guest: Phone): Promise<void> {
  await host.press('Confrn');
  await host.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  host.dial(numberOf(guest));
  await answer(guest);
  await host.waitFor((p) => isIn(p, 'Connected'), 'the answer');
}

/** Confrn, the number, the answer, Confrn again. */
export async function add(host: Phone, guest: Phone): Promise<void> {
  await consult(host, guest);
  await host.press('Confrn');
  for (const phone of [host, guest]) await phone.waitFor(inConference, 'the conference');
}

/** The first calls the second and adds all the others. */
export async function confer(...phones: readonly Phone[]): Promise<void> {
  const [host, first, ...others] = phones;
  if (!host || !first) throw new Error('a conference has parties');
  await call(host, first);
  for (const other of others) await add(host, other);
  for (const phone of phones) await phone.waitFor(inConference, 'the conference');
}

export async function meetMe(phone: Phone, number: string): Promise<void> {
  await phone.press('MeetMe');
  await phone.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  phone.dial(number);
}

export async function hangUp(phone: Phone): Promise<void> {
  await phone.press('EndCall');
  await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end of the call');
}

export async function icons(phones: readonly Phone[], icon: string): Promise<void> {
  for (const phone of phones) await phone.waitFor((p) => p.icon === icon, `the icon ${icon}`);
}

/** Each of these hears exactly all the others. */
export async function hearing(phones: readonly Phone[]): Promise<void> {
  for (const phone of phones) {
    await hears(
      phone,
      phones.filter((other) => other !== phone),
    );
  }
}

/** The phone hears exactly these. */
export async function hears(phone: Phone, others: readonly Phone[]): Promise<void> {
  const tones = others.map((other) => other.options.toneHz ?? 0).toSorted((a, b) => a - b);
  await phone.waitFor(
    ({ audio }) =>
      audio
        .hears(ALL_TONES_HZ)
        .toSorted((a, b) => a - b)
        .join() === tones.join(),
    `the tones ${tones.join(', ') || 'of nobody'}`,
  );
}

export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string,
): Promise<void> {
  const deadline = performance.now() + WAIT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

export function numberOf(phone: Phone): string {
  return phone.name.slice(-4);
}

function inConference({ focus, screen }: Phone): boolean {
  return screen.calls.size === 1 && focus?.otherName === 'Conference';
}

function sequenceOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('_') + 1));
}

function bare(field: string): string {
  return field.replace(/^"|"$/g, '');
}
