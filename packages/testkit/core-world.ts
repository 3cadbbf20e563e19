/**
 * A world for the pure core: phones and bridges that do as they are told, at once or when asked, and a
 * witness that checks the promise after every single effect.
 */
import {
  type CallDetailRecord,
  type Configuration,
  DEFAULT_PARAMETERS,
  type Effect,
  type Event,
  initialState,
  type KnownLevel,
  type Level,
  type Parameters,
  type PhoneAction,
  type PhoneConfiguration,
  type Signalling,
  type Softkey,
  type State,
  step,
} from '@conclave/core';
import { Witness } from './witness.ts';

export interface PhoneSpec {
  readonly name: string;
  readonly mode: KnownLevel;
  readonly model?: string;
  readonly firmware?: string;
  /** Its line; absent: one of its own. Phones with the same number share it. */
  readonly number?: string;
  /** Anything else that the configuration says of it. */
  readonly settings?: Partial<PhoneConfiguration>;
}

export interface WorldSpec {
  readonly phones: readonly PhoneSpec[];
  /** Names of bridges that are configured and registered at the start. */
  readonly bridges?: readonly { readonly name: string; readonly secure: boolean }[];
  readonly parameters?: Partial<Parameters>;
  /** For benchmarks: the witness looks at everybody after every effect. */
  readonly isUnwitnessed?: boolean;
}

/** What one phone shows of one call. */
export interface ShownLeg {
  state: string;
  level: Level | undefined;
  conference: boolean;
  prompt: string | undefined;
  other: string;
}

const SIGNALLING: Record<KnownLevel, Signalling> = {
  nonsecure: 'clear',
  authenticated: 'tls-authenticated',
  encrypted: 'tls-encrypted',
};

/** Where party 0 would listen: each party has a port of its own. */
const FIRST_PORT = 20_000;

export class CoreWorld {
  state: State;
  readonly records: CallDetailRecord[] = [];
  readonly log: Effect[] = [];
  readonly notices: string[] = [];
  /** Screens by device and leg. */
  readonly screens = new Map<string, Map<number, ShownLeg>>();
  /** The last conference list each phone was sent. */
  readonly lists = new Map<string, Extract<Effect, { type: 'conference-list' }>['list']>();
  /** Answers of phones and bridges that are still to come, oldest first. */
  readonly pending: Event[] = [];
  nowMs = 1_000_000;
  /** False: answers wait in `pending` until somebody takes them from there. */
  answersAtOnce = true;
  readonly #members = new Map<number, Set<number>>();
  #witness: Witness | undefined;

  constructor(spec: WorldSpec) {
    this.state = initialState(configurationOf(spec), 1001);
    if (!spec.isUnwitnessed) this.#witness = new Witness((port) => port - FIRST_PORT);
    for (const { name, mode } of spec.phones) this.registerPhone(name, mode);
    for (const bridge of spec.bridges ?? []) this.registerBridge(bridge.name, bridge.secure);
  }

  /** A world in the same state that goes its own way from here. Its log, records and notices are empty. */
  fork(): CoreWorld {
    const copy = new CoreWorld({ phones: [] });
    copy.state = this.state;
    copy.nowMs = this.nowMs;
    copy.answersAtOnce = this.answersAtOnce;
    copy.pending.push(...this.pending);
    copy.#witness = this.#witness?.fork();
    for (const [device, legs] of this.screens) {
      copy.screens.set(device, new Map([...legs].map(([leg, shown]) => [leg, { ...shown }])));
    }
    for (const [id, members] of this.#members) copy.#members.set(id, new Set(members));
    for (const [device, list] of this.lists) copy.lists.set(device, list);
    return copy;
  }

  registerPhone(name: string, mode: KnownLevel): void {
    this.happen({
      type: 'phone-registered',
      registration: {
        name,
        signalling: SIGNALLING[mode],
        sinceMs: this.nowMs,
        address: '127.0.0.1',
        codecs: ['pcmu', 'pcma'],
      },
    });
  }

  registerBridge(name: string, secure: boolean, conferencesMax = 8): void {
    this.happen({
      type: 'bridge-registered',
      registration: {
        name,
        secure,
        sinceMs: this.nowMs,
        address: '127.0.0.1',
        conferencesMax,
        partiesMax: 32,
        streamsMax: 128,
      },
    });
  }

  /** One event and its effects, without the world's answers. */
  happen(event: Event): void {
    this.#witness?.event(event);
    if (event.type === 'phone-registered') this.screens.delete(event.registration.name);
    const { state, effects } = step(this.state, event, this.nowMs);
    this.state = state;
    for (const effect of effects) {
      this.log.push(effect);
      this.#carryOut(effect);
      this.#witness?.effect(effect);
    }
    if (event.type === 'device-unregistered') this.screens.delete(event.device);
  }

  /** Lets phones and bridges answer until nothing is left to answer. */
  settle(): void {
    for (let event = this.pending.shift(); event; event = this.pending.shift()) this.happen(event);
  }

  /** The oldest answer of this device arrives: devices answer in order, but not each other's. */
  answerOf(device: string): void {
    const index = this.pending.findIndex((event) => answererOf(event) === device);
    const [event] = index < 0 ? [] : this.pending.splice(index, 1);
    if (event) this.happen(event);
  }

  act(device: string, action: PhoneAction): void {
    this.nowMs += 10;
    this.happen({ type: 'phone', device, action });
    if (this.answersAtOnce) this.settle();
  }

  press(device: string, key: Softkey, leg?: number): void {
    this.act(device, { type: 'softkey', key, line: 1, ...(leg !== undefined && { leg }) });
  }

  dial(device: string, digits: string): void {
    this.act(device, { type: 'dial', digits });
  }

  /** `from` calls `to` (by device), who answers. */
  call(from: string, to: string): void {
    this.act(from, { type: 'off-hook' });
    this.dial(from, this.numberOf(to));
    this.press(to, 'answer');
  }

  /** `host` brings `others` into one conference, one by one. */
  confer(host: string, ...others: readonly string[]): void {
    const [first, ...rest] = others;
    if (first === undefined) return;
    this.call(host, first);
    for (const other of rest) this.add(host, other);
  }

  /** `host` adds `other` to the call or conference it is in. */
  add(host: string, other: string): void {
    this.press(host, 'confrn');
    this.dial(host, this.numberOf(other));
    this.press(other, 'answer');
    this.press(host, 'confrn');
  }

  /** Everybody hangs up; the sizes of what is left, also on screens, all of which should be 0. */
  everybodyLeaves(): Record<string, number> {
    for (const { id } of this.state.legs.values()) {
      const leg = this.state.legs.get(id);
      if (leg) this.press(leg.device, 'end-call', id);
    }
    const { legs, calls, conferences, connections, appearances, parked } = this.state;
    const tables = { legs, calls, conferences, connections, appearances, parked };
    const sizes = Object.entries(tables).map(([name, { size }]) => [name, size]);
    const screens = [...this.screens.values()].reduce((sum, { size }) => sum + size, 0);
    return { ...Object.fromEntries(sizes), screens };
  }

  numberOf(device: string): string {
    return this.state.configuration.phones.get(device)?.lines[0]?.directoryNumber ?? '';
  }

  /** The level of the phone's only connected call, as told; `none` when there is no such call. */
  icon(device: string): Level | 'untold' | 'none' {
    const shown = [...(this.screens.get(device)?.values() ?? [])].filter(
      (leg) => leg.state === 'connected' || leg.state === 'hold',
    );
    const [leg] = shown.toSorted((a) => (a.state === 'connected' ? -1 : 1));
    return leg ? (leg.level ?? 'untold') : 'none';
  }

  screen(device: string): readonly ShownLeg[] {
    return [...(this.screens.get(device)?.values() ?? [])];
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'call-state': {
        const screen = this.#leg(effect.device, effect.leg);
        screen.state = effect.state;
        if (effect.state === 'on-hook') this.screens.get(effect.device)?.delete(effect.leg);
        return;
      }
      case 'call-info': {
        const screen = this.#leg(effect.device, effect.leg);
        screen.level = effect.level;
        screen.conference = effect.conference;
        screen.other =
          effect.direction === 'outbound' ? effect.called.number : effect.calling.number;
        return;
      }
      case 'prompt':
        this.#leg(effect.device, effect.leg).prompt = effect.text;
        return;
      case 'notify':
        this.notices.push(`${effect.device}:${effect.text}`);
        return;
      case 'conference-list':
        this.lists.set(effect.device, effect.list);
        return;
      case 'record':
        this.records.push(effect.record);
        return;
      case 'open-receive':
        this.pending.push({
          type: 'receive-opened',
          device: effect.end.device,
          party: effect.end.party,
          address: { host: '127.0.0.1', port: FIRST_PORT + effect.end.party },
        });
        return;
      case 'audit-media':
        this.pending.push({
          type: 'media-audited',
          device: effect.end.device,
          party: effect.end.party,
        });
        return;
      default:
        this.#carryOutOnBridge(effect);
    }
  }

  #carryOutOnBridge(effect: Effect): void {
    switch (effect.type) {
      case 'create-conference':
        this.#members.set(effect.conference, new Set());
        this.pending.push({ ...pick(effect), type: 'conference-created', ok: true });
        return;
      case 'add-participant':
        this.#members.get(effect.conference)?.add(effect.leg);
        this.pending.push({
          ...pick(effect),
          type: 'participant-added',
          leg: effect.leg,
          ok: true,
        });
        return;
      case 'drop-participant':
        this.#members.get(effect.conference)?.delete(effect.leg);
        return;
      case 'audit-participants':
        this.pending.push({
          ...pick(effect),
          type: 'participants-audited',
          legs: [...(this.#members.get(effect.conference) ?? [])],
        });
        return;
      case 'delete-conference':
        this.#members.delete(effect.conference);
        return;
      default:
    }
  }

  #leg(device: string, leg: number): ShownLeg {
    const screens = this.screens.get(device) ?? new Map<number, ShownLeg>();
    this.screens.set(device, screens);
    const screen = screens.get(leg) ?? {
      state: 'off-hook',
      level: undefined,
      conference: false,
      prompt: undefined,
      other: '',
    };
    screens.set(leg, screen);
    return screen;
  }
}

/** Whose answer an event is; undefined for what is none. */
export function answererOf(event: Event): string | undefined {
  if ('bridge' in event) return event.bridge;
  return 'device' in event ? event.device : undefined;
}

function pick(effect: { readonly bridge: string; readonly conference: number }): {
  bridge: string;
  conference: number;
} {
  return { bridge: effect.bridge, conference: effect.conference };
}

export function configurationOf(spec: WorldSpec): Configuration {
  const bridges = spec.bridges ?? [];
  return {
    clusterId: 'TestCluster',
    mixedMode: true,
    phones: new Map(
      spec.phones.map((phone, index) => [
        phone.name,
        {
          name: phone.name,
          model: phone.model ?? '7961G',
          firmware: phone.firmware ?? '9.4(2)',
          protocol: 'SCCP',
          securityMode: phone.mode,
          mediaResourceList: 'LIST',
          lines: [
            {
              index: 1,
              directoryNumber: phone.number ?? String(1001 + index),
              partition: '',
              displayName: phone.name,
              label: '',
            },
          ],
          ...phone.settings,
        },
      ]),
    ),
    bridges: new Map(
      bridges.map(({ name, secure }) => [
        name,
        {
          name,
          type: 'Cisco IOS Enhanced Conference Bridge',
          securityMode: secure ? 'encrypted' : 'nonsecure',
        },
      ]),
    ),
    groups: new Map([['GROUP', bridges.map(({ name }) => name)]]),
    lists: new Map([['LIST', ['GROUP']]]),
    meetMeNumbers: [
      { pattern: '5000', minimum: 'nonsecure' },
      { pattern: '5001', minimum: 'authenticated' },
      { pattern: '5002', minimum: 'encrypted' },
    ],
    parkNumbers: ['710[0-9]'],
    parameters: {
      ...DEFAULT_PARAMETERS,
      maximumAdHocConference: 8,
      // No deadline is pending unless a test asks for one.
      maximumCallDurationMinutes: 0,
      ...spec.parameters,
    },
  };
}
