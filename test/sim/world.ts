/**
 * One run of the world from one seed: the call manager's exchange, phones and bridges on a simulated
 * network, users who press keys at random, wires that break, phones that stop reading, bridges that
 * die. After everything that happens the promise is checked at the phones' own screens.
 *
 * What a phone shows may lag behind by what is still on the way to it, as no message to a screen is
 * acknowledged: a run fails when a screen shows more than the truth, and would still do so had the
 * phone read everything that was sent to it. How long screens lag is counted.
 */
import { AlarmLimit, ENGLISH, Exchange, NO_SIP_DIRECTORY } from '@conclave/callmanager';
import { type CallDetailRecord, type KnownLevel, openRecords, type State } from '@conclave/core';
import { type PeerProof, UNSENT_MAX } from '@conclave/net';
import { decodeMessage, FrameReader, type Screen } from '@conclave/sccp';
import { configurationOf, Prng, SimClock, SimWire } from '@conclave/testkit';
import { SimBridge } from './bridge.ts';
import { Media, rankOf } from './media.ts';
import { SimPhone } from './phone.ts';
import { press, putDown } from './user.ts';

export interface RunResult {
  readonly seed: number;
  /** Why the run failed; undefined when it did not. */
  readonly failure: string | undefined;
  readonly trace: readonly string[];
  /** Moments at which a phone showed a lock or shield in a call or conference. */
  readonly secureMoments: number;
  readonly conferences: number;
  readonly records: number;
  /** How long a screen was above the truth because what lowers it was still on its way. */
  readonly laggedMs: number;
  readonly longestLagMs: number;
}

const START_MS = Date.UTC(2026, 0, 1);

/** Users' and fate's doings in one run. */
const DOINGS = 120;

const BRIDGES = [
  { name: 'CFB-SECURE', secure: true },
  { name: 'CFB-PLAIN', secure: false },
];

const MODES: readonly KnownLevel[] = [
  'encrypted',
  'encrypted',
  'encrypted',
  'authenticated',
  'nonsecure',
];
const VERSIONS = [3, 11, 15, 17, 20, 22];

/** Of the wires of one device: most are quick, some take seconds. */
const DELAYS: readonly (readonly [number, number])[] = [
  [1, 5],
  [1, 40],
  [1, 40],
  [20, 300],
  [50, 2500],
];

const LEVEL_OF_STATUS: readonly (KnownLevel | undefined)[] = [
  undefined,
  'nonsecure',
  'authenticated',
  'encrypted',
];

export function runWorld(seed: number): RunResult {
  const world = new World(seed);
  let failure: string | undefined;
  try {
    world.run();
  } catch (error) {
    failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  return { seed, failure, ...world.result() };
}

class World {
  readonly #prng: Prng;
  readonly #clock = new SimClock(START_MS);
  readonly #media: Media;
  readonly #exchange: Exchange;
  readonly #phones: readonly SimPhone[];
  readonly #bridges: readonly SimBridge[];
  readonly #trace: string[] = [];
  readonly #records: CallDetailRecord[] = [];
  /** Legs that had a record to come. */
  readonly #owed = new Set<string>();
  readonly #conferences = new Set<number>();
  readonly #lags = new Map<string, number>();
  #secureMoments = 0;
  #laggedMs = 0;
  #longestLagMs = 0;
  #isCalm = false;

  constructor(seed: number) {
    const prng = new Prng(seed);
    this.#prng = prng;
    const phones = Array.from({ length: prng.between(3, 6) }, (_, index) => ({
      name: `SEP00000000${1001 + index}`,
      mode: prng.pick(MODES) ?? 'encrypted',
      number: String(1001 + index),
    }));
    // Two phones may share a line, so that barge and resume elsewhere come about.
    const last = phones.at(-1);
    if (last && prng.chance(0.4)) last.number = '1001';
    const levels = new Map<string, KnownLevel>([
      ...phones.map(({ name, mode }) => [name, mode] as const),
      ...BRIDGES.map(({ name, secure }) => [name, secure ? 'encrypted' : 'nonsecure'] as const),
    ]);
    this.#media = new Media(levels, new Set(BRIDGES.map(({ name }) => name)));
    const parameters = {
      advancedAdHocConference: prng.chance(0.5),
      nonLinearLinking: prng.chance(0.3),
      partyEntranceTone: prng.chance(0.5),
      computeStatusForNonsecureMeetMe: prng.chance(0.5),
    };
    this.#exchange = new Exchange({
      clock: this.#clock,
      random: (size) => prng.bytes(size),
      configuration: configurationOf({ phones, bridges: BRIDGES, parameters }),
      token: () => Buffer.from(prng.bytes(12)).toString('hex'),
      sipDirectory: NO_SIP_DIRECTORY,
      firstCallId: 1001,
      literalPrefix: () => false,
      phrasesOf: () => ENGLISH,
      limit: new AlarmLimit(),
      log: (facts, text) => this.#note(`cm: ${text} ${JSON.stringify(facts)}`),
      raise: ({ name, device, text }) => this.#note(`alarm ${name} ${device ?? ''}: ${text}`),
      news: () => {},
      quality: () => {},
      record: (record) => {
        this.#records.push(record);
        this.#note(`record ${keyOf(record)}`);
      },
      settled: (state) => this.#settled(state),
    });
    const trace = (text: string): void => this.#note(text);
    const shared = { clock: this.#clock, media: this.#media, trace };
    this.#phones = phones.map(({ name, mode }, index) => {
      const version = prng.pick(VERSIONS) ?? 20;
      const address = `10.0.0.${index + 1}`;
      const phone: SimPhone = new SimPhone({
        ...{ ...shared, name, model: '7961G', version, address },
        dial: () => this.#dialPhone(phone, mode, address, version),
        workMs: () => this.#workMs(),
      });
      return phone;
    });
    this.#bridges = BRIDGES.map(({ name, secure }, index) => {
      const address = `10.0.1.${index + 1}`;
      return new SimBridge({
        ...{ ...shared, name, address },
        dial: () => this.#dial(name, secure ? proofOf(name) : undefined, address),
        workMs: () => this.#workMs(),
      });
    });
  }

  result(): Omit<RunResult, 'seed' | 'failure'> {
    return {
      trace: this.#trace,
      secureMoments: this.#secureMoments,
      conferences: this.#conferences.size,
      records: this.#records.length,
      laggedMs: this.#laggedMs,
      longestLagMs: this.#longestLagMs,
    };
  }

  run(): void {
    const prng = this.#prng;
    this.#reconnect();
    this.#pass(15_000);
    for (let count = 0; count < DOINGS; count += 1) {
      if (prng.chance(0.05)) this.#misfortune();
      else this.#user();
      // Mostly people wait for what comes of it; at times they do not.
      this.#pass(prng.chance(0.3) ? prng.between(0, 100) : prng.between(100, 3000));
      if (prng.chance(0.2)) this.#reconnect();
      if (prng.chance(0.02)) this.#pass(prng.between(20_000, 150_000));
    }
    this.#end();
  }

  #user(): void {
    const phone = this.#prng.pick(this.#phones);
    if (!phone?.isRegistered) return;
    const numbers = [
      ...this.#phones.map((_, index) => String(1001 + index)),
      '5000',
      '5001',
      '5002',
    ];
    for (const command of press(phone.screen, this.#prng, numbers)) {
      this.#note(`${phone.name} presses ${JSON.stringify(command)}`);
      phone.press(command);
    }
  }

  #misfortune(): void {
    const prng = this.#prng;
    const what = prng.pick(['cut', 'silent', 'stall', 'stall', 'kill', 'freeze'] as const);
    const device = prng.pick([...this.#phones, ...this.#phones, ...this.#bridges]);
    this.#note(`fate: ${what} ${device?.name}`);
    switch (what) {
      case 'cut':
      case 'silent':
        return device?.wire?.cut(what === 'silent');
      case 'stall':
        return device?.wire?.client.stall(prng.between(500, 30_000));
      case 'kill':
        return prng.pick(this.#bridges)?.die();
      default:
        return device?.wire?.server.stall(prng.between(500, 8000));
    }
  }

  #reconnect(): void {
    for (const device of [...this.#bridges, ...this.#phones]) device.connect();
  }

  #dialPhone(phone: SimPhone, mode: KnownLevel, address: string, version: number): SimWire {
    const wire = this.#dial(
      phone.name,
      mode === 'nonsecure' ? undefined : proofOf(phone.name),
      address,
    );
    const reader = new FrameReader();
    let agreed = 0;
    wire.server.witness = (bytes) => {
      const read = reader.push(new Uint8Array(bytes));
      for (const frame of read.ok ? read.value : []) {
        const decoded = decodeMessage(frame, agreed);
        if (!decoded.ok) throw new Error(`the call manager sends nonsense: ${decoded.error}`);
        if (decoded.value.name === 'RegisterAck') {
          agreed = Math.min(version, decoded.value.body.maxProtocolVer || version);
        }
        if (phone.wire === wire) phone.tell(decoded.value);
      }
    };
    return wire;
  }

  #dial(name: string, proof: PeerProof | undefined, from: string): SimWire {
    const delayMs = this.#isCalm ? DELAYS[0] : this.#prng.pick(DELAYS);
    // Few messages fit some wires, as if much had been waiting already.
    const unsentMax = this.#prng.chance(0.2) ? 1024 : UNSENT_MAX;
    this.#note(`${name} dials, delay ${delayMs?.join(' to ')} ms`);
    const wire = new SimWire(this.#clock, this.#prng, {
      ...{ from, to: '10.0.2.1', delayMs: delayMs ?? [1, 1], unsentMax },
      ...(proof && { proof }),
    });
    this.#exchange.accept(wire.server);
    return wire;
  }

  #workMs(): number {
    return this.#prng.chance(0.02) && !this.#isCalm
      ? this.#prng.between(1000, 7000)
      : this.#prng.between(0, 30);
  }

  #pass(ms: number): void {
    this.#clock.runUntil(this.#clock.nowMs() + ms, () => this.#check());
    this.#check();
  }

  /** Fate rests, everybody comes back and hangs up: nothing may be left of any call. */
  #end(): void {
    this.#isCalm = true;
    this.#note('everybody hangs up');
    this.#pass(200_000);
    for (let round = 0; round < 60; round += 1) {
      this.#reconnect();
      this.#pass(3000);
      for (const phone of this.#phones) {
        for (const command of putDown(phone.screen)) {
          this.#note(`${phone.name} puts down ${JSON.stringify(command)}`);
          phone.press(command);
        }
      }
    }
    this.#pass(20_000);
    this.#nothingLeft();
  }

  #nothingLeft(): void {
    const { state } = this.#exchange.engine;
    const left = {
      legs: state.legs.size,
      calls: state.calls.size,
      conferences: state.conferences.size,
      connections: state.connections.size,
      appearances: state.appearances.size,
      parked: state.parked.size,
      keys: this.#exchange.keys.size,
      streams: this.#media.streams,
      mixes: this.#bridges.reduce((sum, { conferences }) => sum + conferences.size, 0),
      shown: this.#phones.flatMap(shownOn).length,
    };
    const found = Object.entries(left).filter(([, count]) => count > 0);
    const shown = this.#phones.flatMap(shownOn).join('; ');
    if (found.length > 0) {
      throw new Error(`left after all hung up: ${found.join(' ')} ${shown}`);
    }
    const written = this.#records.map(keyOf);
    const missing = [...this.#owed].filter((key) => !written.includes(key));
    if (missing.length > 0) throw new Error(`no record of ${missing.join(' ')}`);
    const twice = written.filter((key, index) => written.indexOf(key) !== index);
    if (twice.length > 0) throw new Error(`several records of ${twice.join(' ')}`);
  }

  #settled(state: State): void {
    // A conference that its bridge never made has no records of its own.
    const begun = [...state.conferences].filter(([, each]) => each.state !== 'creating');
    const owing = openRecords({ ...state, conferences: new Map(begun) }, this.#clock.nowMs());
    for (const record of owing) this.#owed.add(keyOf(record));
    for (const id of state.conferences.keys()) this.#conferences.add(id);
  }

  #check(): void {
    const shown = new Set<string>();
    for (const { name, screen, told } of this.#phones) {
      for (const { reference, security, remote } of screen.calls.values()) {
        const level = LEVEL_OF_STATUS[security];
        if (remote || level === undefined || level === 'nonsecure') continue;
        this.#secureMoments += 1;
        const [truth, why] = this.#media.truth(name, reference);
        if (rankOf(level) <= rankOf(truth)) continue;
        const coming = levelOn(told, reference);
        if (coming !== undefined && rankOf(coming) > rankOf(truth)) {
          throw new Error(`${name} shows ${level} in call ${reference}, but ${why} is ${truth}`);
        }
        shown.add(`${name}/${reference}`);
      }
    }
    this.#countLags(shown);
  }

  #countLags(lagging: ReadonlySet<string>): void {
    const nowMs = this.#clock.nowMs();
    for (const each of lagging) if (!this.#lags.has(each)) this.#lags.set(each, nowMs);
    for (const [each, sinceMs] of this.#lags) {
      if (lagging.has(each)) continue;
      this.#lags.delete(each);
      this.#laggedMs += nowMs - sinceMs;
      this.#longestLagMs = Math.max(this.#longestLagMs, nowMs - sinceMs);
    }
  }

  #note(text: string): void {
    this.#trace.push(`${this.#clock.nowMs() - START_MS} ${text}`);
  }
}

function levelOn({ calls }: Screen, reference: number): KnownLevel | undefined {
  return LEVEL_OF_STATUS[calls.get(reference)?.security ?? 0];
}

function proofOf(name: string): PeerProof {
  return {
    authorized: true,
    authorizationError: undefined,
    certificate: { subject: { CN: name } } as unknown as NonNullable<PeerProof['certificate']>,
    protocol: 'TLSv1.3',
    cipher: 'TLS_AES_256_GCM_SHA384',
  };
}

function keyOf({ globalCallId, originating, destination }: CallDetailRecord): string {
  return `${globalCallId}/${originating.leg}/${destination.conversationId}`;
}

function shownOn({ name, screen }: SimPhone): readonly string[] {
  return [...screen.calls.values()].map(
    ({ reference, state, prompt }) => `${name} ${reference} ${state} ${prompt}`,
  );
}
