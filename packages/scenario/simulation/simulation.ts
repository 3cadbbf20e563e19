/** The driver that plays a scenario in the pure core, with ideal devices and a virtual clock. */
import { unreachable } from '@conclave/base';
import {
  type Event,
  formatCdrLine,
  initialState,
  type KnownLevel,
  type Level,
  type PhoneAction,
  type Signalling,
  type State,
} from '@conclave/core';
import type { Cluster } from '../cluster.ts';
import type { Action, ScenarioDriver } from '../driver.ts';
import { conferenceOf, refusalOf, withFacts } from '../observe.ts';
import { recordOfLine } from '../records.ts';
import type { PhoneSnapshot, Snapshot } from '../snapshot.ts';
import { IdealWorld, type WordsOf } from './ideal-world.ts';
import { clusterOfState, restoreScreens } from './restore.ts';

/** When a scenario begins; any time would do. */
const START_MS = 1_000_000;
const FIRST_CALL_ID = 1001;

const SIGNALLING: Readonly<Record<KnownLevel, Signalling>> = {
  nonsecure: 'clear',
  authenticated: 'tls-authenticated',
  encrypted: 'tls-encrypted',
};

/** Streams of a music server; no scenario asks for more. */
const MUSIC_STREAMS = 100;

/** What is in no trace. */
const CDR_FACTS = { clusterId: '', nodeId: 1, pkid: '' };

export class Simulation implements ScenarioDriver {
  #world: IdealWorld | undefined;
  #cluster: Cluster | undefined;
  readonly #wordsOf: WordsOf | undefined;

  /** Without `wordsOf` every phone is English. */
  constructor(wordsOf?: WordsOf) {
    this.#wordsOf = wordsOf;
  }

  /** Goes on from a state: there is nothing to `start` then. */
  static from(state: State, nowMs: number): Simulation {
    const simulation = new Simulation();
    simulation.#cluster = clusterOfState(state);
    simulation.#world = new IdealWorld(state, nowMs);
    restoreScreens(simulation.#world);
    return simulation;
  }

  /** What it plays on. */
  get cluster(): Cluster {
    if (!this.#cluster) throw new Error('the simulation has not started');
    return this.#cluster;
  }

  /** The rules' own state, for those who look behind the screens. */
  get state(): State {
    return this.#theWorld.state;
  }

  async start(cluster: Cluster): Promise<void> {
    this.#cluster = cluster;
    const world = new IdealWorld(
      initialState(cluster.configuration, FIRST_CALL_ID),
      START_MS,
      this.#wordsOf,
    );
    this.#world = world;
    const { phones, bridges, musics } = cluster;
    for (const { name, remote } of phones) if (remote) world.remotes.set(name, remote);
    for (const { name, registered } of [...bridges, ...musics, ...phones]) {
      if (registered) world.happen(this.#registration(name));
    }
    world.settle();
  }

  async perform(action: Action): Promise<void> {
    const world = this.#theWorld;
    switch (action.type) {
      case 'lose':
        return world.lose(action.device);
      case 'register':
        // A device that comes again has lost what it had.
        if (isRegistered(world.state, action.device)) world.lose(action.device);
        return world.happen(this.#registration(action.device));
      case 'capture':
        return world.happen(action);
      case 'announcement':
        return world.happen({ ...action, device: action.phone });
      case 'remote-level':
        return this.#remoteLevel(action.phone, action.level);
      case 'configure': {
        const { configuration } = world.state;
        const parameters = { ...configuration.parameters, ...action.parameters };
        return world.happen({
          type: 'configuration',
          configuration: { ...configuration, parameters },
        });
      }
      default: {
        const phoneAction = this.#phoneAction(action);
        if (phoneAction) world.happen({ type: 'phone', device: action.phone, action: phoneAction });
      }
    }
  }

  async settle(): Promise<void> {
    this.#theWorld.settle();
  }

  async advance(milliseconds: number): Promise<void> {
    this.#theWorld.advance(milliseconds);
  }

  async observe(): Promise<Snapshot> {
    const world = this.#theWorld;
    const { state } = world;
    return {
      phones: (this.#cluster?.phones ?? []).map(({ name }) => this.#phone(name)),
      conferences: [...state.conferences.values()].map((each) => conferenceOf(state, each)),
      records: world.records.map((record) => recordOfLine(formatCdrLine(record, CDR_FACTS))),
      refusals: world.refusals.map(refusalOf),
    };
  }

  async close(): Promise<void> {
    this.#world = undefined;
  }

  get #theWorld(): IdealWorld {
    if (!this.#world) throw new Error('the simulation has not started');
    return this.#world;
  }

  #registration(name: string): Event {
    const { nowMs } = this.#theWorld;
    const { configuration } = this.#theWorld.state;
    const base = { name, sinceMs: nowMs, address: '127.0.0.1' };
    const bridge = this.#cluster?.bridges.find((each) => each.name === name);
    if (bridge) {
      const { secure, conferencesMax, partiesMax, streamsMax } = bridge;
      const limits = { secure, conferencesMax, partiesMax, streamsMax };
      return { type: 'bridge-registered', registration: { ...base, ...limits } };
    }
    const music = this.#cluster?.musics.find((each) => each.name === name);
    if (music) {
      const registration = { ...base, secure: music.secure, streamsMax: MUSIC_STREAMS };
      return { type: 'music-registered', registration };
    }
    const mode = configuration.phones.get(name)?.securityMode ?? 'nonsecure';
    const signalling = configuration.mixedMode ? SIGNALLING[mode] : 'clear';
    return {
      type: 'phone-registered',
      registration: { ...base, signalling, codecs: ['pcmu', 'pcma'] },
    };
  }

  #remoteLevel(device: string, level: Level): void {
    const world = this.#theWorld;
    world.remotes.set(device, level);
    for (const leg of [...world.state.legs.values()].filter((each) => each.device === device)) {
      world.happen({ type: 'remote-status', device, leg: leg.id, level });
    }
  }

  #phoneAction(action: Extract<Action, { phone: string }>): PhoneAction | undefined {
    switch (action.type) {
      case 'press': {
        const line = this.#lineOf(action.phone, action.ref);
        return {
          type: 'softkey',
          key: action.key,
          line,
          ...(action.ref !== undefined && { leg: action.ref }),
        };
      }
      case 'off-hook':
        return { type: 'off-hook', ...(action.line !== undefined && { line: action.line }) };
      case 'on-hook':
        return { type: 'on-hook', ...(action.ref !== undefined && { leg: action.ref }) };
      case 'dial':
        return { type: 'dial', digits: action.digits };
      case 'remove-row': {
        const { list } = this.#theWorld.screenOf(action.phone);
        const row = list?.rows[action.row];
        if (!list || !row) return undefined;
        return { type: 'list-choice', conference: list.conference, remove: row.leg };
      }
      case 'announcement':
      case 'remote-level':
        return undefined;
      default:
        return unreachable(action);
    }
  }

  #lineOf(phone: string, ref: number | undefined): number {
    const calls = this.#theWorld.screenOf(phone).calls(this.#theWorld.nowMs);
    return calls.find((call) => call.ref === ref)?.line ?? 1;
  }

  #phone(name: string): PhoneSnapshot {
    const world = this.#theWorld;
    const screen = world.screenOf(name);
    const list = screen.listSnapshot();
    return {
      name,
      registered: world.state.phones.has(name),
      calls: screen.calls(world.nowMs).map((call) => withFacts(world.state, name, call)),
      ...(list && { list }),
      texts: [...screen.texts],
      tones: [...screen.tones],
    };
  }
}

function isRegistered({ phones, bridges, musics }: State, device: string): boolean {
  return phones.has(device) || bridges.has(device) || musics.has(device);
}
