/**
 * One step in the making: reads and changes a draft of the state and collects effects in order.
 *
 * The state that came in is never touched; `seal` gives the next one. Tables that were not written are
 * shared with it.
 */
import { assert } from '@conclave/base';
import type { PhoneConfiguration } from './configuration.ts';
import type { Effect } from './effect.ts';
import { LayeredMap } from './layered-map.ts';
import { LegTable, legsOfDevice, specialLegs } from './leg-table.ts';
import type { BridgeRegistration, MusicRegistration, PhoneRegistration } from './registration.ts';
import { isGateway } from './security/endpoint-limit.ts';
import {
  type Appearance,
  type Call,
  type CallId,
  type Conference,
  type ConferenceId,
  type Connection,
  type ConnectionId,
  type Counters,
  type Leg,
  type LegId,
  type Parked,
  REFUSALS_MAX,
  type Refusal,
  type State,
} from './state.ts';

/** What a copy of a table can do: all that reads it, and changes. */
type Writable<K, V> = ReadonlyMap<K, V> & {
  set(key: K, value: V): unknown;
  delete(key: K): unknown;
};

/** A map that is copied at the first write. */
class Draft<K, V extends object> {
  readonly #base: ReadonlyMap<K, V>;
  readonly #copy: (base: ReadonlyMap<K, V>) => Writable<K, V>;
  #own: Writable<K, V> | undefined;

  constructor(
    base: ReadonlyMap<K, V>,
    copy: (base: ReadonlyMap<K, V>) => Writable<K, V> = (each) => new Map(each),
  ) {
    this.#base = base;
    this.#copy = copy;
  }

  get view(): ReadonlyMap<K, V> {
    return this.#own ?? this.#base;
  }

  set(key: K, value: V): void {
    this.#writable().set(key, value);
  }

  delete(key: K): void {
    this.#writable().delete(key);
  }

  #writable(): Writable<K, V> {
    this.#own ??= this.#copy(this.#base);
    return this.#own;
  }
}

export class Transaction {
  readonly nowMs: number;
  readonly effects: Effect[] = [];
  configuration: State['configuration'];
  captures: State['captures'];
  announcements: State['announcements'];
  #refusals: readonly Refusal[];
  readonly #phones: Draft<string, PhoneRegistration>;
  readonly #bridges: Draft<string, BridgeRegistration>;
  readonly #musics: Draft<string, MusicRegistration>;
  readonly #legs: Draft<LegId, Leg>;
  readonly #calls: Draft<CallId, Call>;
  readonly #conferences: Draft<ConferenceId, Conference>;
  readonly #connections: Draft<ConnectionId, Connection>;
  readonly #appearances: Draft<string, Appearance>;
  readonly #parked: Draft<string, Parked>;
  #counters: Counters;
  #nextId: number;
  #nextCallId: CallId;

  constructor(state: State, nowMs: number) {
    this.nowMs = nowMs;
    this.configuration = state.configuration;
    // Phones, legs, calls and connections are many; a step changes few of them, and goes through none.
    this.#phones = new Draft(state.phones, LayeredMap.fork);
    this.#bridges = new Draft(state.bridges);
    this.#musics = new Draft(state.musics);
    this.#legs = new Draft(state.legs, LegTable.fork);
    this.#calls = new Draft(state.calls, LayeredMap.fork);
    this.#conferences = new Draft(state.conferences);
    this.#connections = new Draft(state.connections, LayeredMap.fork);
    this.#appearances = new Draft(state.appearances);
    this.#parked = new Draft(state.parked);
    this.captures = state.captures;
    this.announcements = state.announcements;
    this.#refusals = state.refusals;
    this.#counters = state.counters;
    this.#nextId = state.nextId;
    this.#nextCallId = state.nextCallId;
  }

  seal(): State {
    return {
      configuration: this.configuration,
      phones: this.#phones.view,
      bridges: this.#bridges.view,
      musics: this.#musics.view,
      legs: this.#legs.view,
      calls: this.#calls.view,
      conferences: this.#conferences.view,
      connections: this.#connections.view,
      appearances: this.#appearances.view,
      parked: this.#parked.view,
      captures: this.captures,
      announcements: this.announcements,
      refusals: this.#refusals,
      counters: this.#counters,
      nextId: this.#nextId,
      nextCallId: this.#nextCallId,
    };
  }

  emit(...effects: readonly Effect[]): void {
    for (const effect of effects) {
      // No phone shows a detached leg of its own; others of the line may be told that it has gone.
      if ('device' in effect && 'leg' in effect) {
        const leg = this.leg(effect.leg);
        if (leg?.detached && leg.device === effect.device) continue;
      }
      this.effects.push(effect);
    }
  }

  /** A fresh number for a leg, conference, connection, party or key. */
  takeId(): number {
    const id = this.#nextId;
    this.#nextId += 1;
    return id;
  }

  takeCallId(): CallId {
    const id = this.#nextCallId;
    this.#nextCallId += 1;
    return id;
  }

  count(counter: keyof Counters): void {
    this.#counters = { ...this.#counters, [counter]: this.#counters[counter] + 1 };
  }

  /** Keeps the refusal for the explanation, and tells of it. */
  refuse(refusal: Omit<Refusal, 'atMs'>): void {
    const kept = { atMs: this.nowMs, ...refusal };
    this.#refusals = [...this.#refusals, kept].slice(-REFUSALS_MAX);
    this.emit({ type: 'refusal', refusal: kept });
  }

  // Devices.

  phoneConfiguration(device: string): PhoneConfiguration | undefined {
    return this.configuration.phones.get(device);
  }

  phone(device: string): PhoneRegistration | undefined {
    return this.#phones.view.get(device);
  }

  get phones(): ReadonlyMap<string, PhoneRegistration> {
    return this.#phones.view;
  }

  get bridges(): ReadonlyMap<string, BridgeRegistration> {
    return this.#bridges.view;
  }

  bridge(name: string): BridgeRegistration | undefined {
    return this.#bridges.view.get(name);
  }

  putPhone(registration: PhoneRegistration): void {
    this.#phones.set(registration.name, registration);
  }

  putBridge(registration: BridgeRegistration): void {
    this.#bridges.set(registration.name, registration);
  }

  music(name: string): MusicRegistration | undefined {
    return this.#musics.view.get(name);
  }

  get musics(): ReadonlyMap<string, MusicRegistration> {
    return this.#musics.view;
  }

  putMusic(registration: MusicRegistration): void {
    this.#musics.set(registration.name, registration);
  }

  removeDevice(device: string): void {
    if (this.#musics.view.has(device)) this.#musics.delete(device);
    if (this.#phones.view.has(device)) this.#phones.delete(device);
    if (this.#bridges.view.has(device)) this.#bridges.delete(device);
  }

  isRegistered(device: string): boolean {
    return (
      this.#phones.view.has(device) ||
      this.#bridges.view.has(device) ||
      this.#musics.view.has(device)
    );
  }

  // Legs.

  get legs(): ReadonlyMap<LegId, Leg> {
    return this.#legs.view;
  }

  leg(id: LegId): Leg | undefined {
    return this.#legs.view.get(id);
  }

  /** The leg, which must exist: for references that our own state holds. */
  theLeg(id: LegId): Leg {
    const leg = this.#legs.view.get(id);
    assert(leg !== undefined, 'a leg that the state refers to exists');
    return leg;
  }

  /** What the phone shows: not the legs that it parked or transferred away. */
  legsOf(device: string): readonly Leg[] {
    return legsOfDevice(this.#legs.view, device).filter((leg) => !leg.detached);
  }

  /** See `specialLegs`; as each of them is when its turn comes. */
  *specialLegs(): Iterable<Leg> {
    for (const { id } of specialLegs(this.#legs.view)) {
      const leg = this.leg(id);
      if (leg) yield leg;
    }
  }

  /** Those of the same user: on a trunk or gateway each line is another one's. */
  legsOfUser(device: string, line: number | undefined): readonly Leg[] {
    const configuration = this.phoneConfiguration(device);
    const legs = this.legsOf(device);
    if (!configuration || !isGateway(configuration)) return legs;
    return legs.filter((leg) => line === undefined || line === 0 || leg.line === line);
  }

  putLeg(leg: Leg): Leg {
    this.#legs.set(leg.id, leg);
    return leg;
  }

  patchLeg(id: LegId, patch: Partial<Leg>): Leg {
    return this.putLeg({ ...this.theLeg(id), ...patch });
  }

  /** Takes the named optional fields off the leg. */
  clearLeg(id: LegId, ...fields: readonly OptionalLegField[]): Leg {
    const leg = { ...this.theLeg(id) };
    for (const field of fields) delete leg[field];
    return this.putLeg(leg);
  }

  deleteLeg(id: LegId): void {
    this.#legs.delete(id);
  }

  // Calls.

  get calls(): ReadonlyMap<CallId, Call> {
    return this.#calls.view;
  }

  call(id: CallId | undefined): Call | undefined {
    return id === undefined ? undefined : this.#calls.view.get(id);
  }

  putCall(call: Call): Call {
    this.#calls.set(call.id, call);
    return call;
  }

  deleteCall(id: CallId): void {
    this.#calls.delete(id);
  }

  // Shared lines.

  get appearances(): ReadonlyMap<string, Appearance> {
    return this.#appearances.view;
  }

  putAppearance(key: string, appearance: Appearance): void {
    this.#appearances.set(key, appearance);
  }

  deleteAppearance(key: string): void {
    this.#appearances.delete(key);
  }

  // Parked calls.

  get parked(): ReadonlyMap<string, Parked> {
    return this.#parked.view;
  }

  park(parked: Parked): void {
    this.#parked.set(parked.number, parked);
  }

  unpark(number: string): void {
    this.#parked.delete(number);
  }

  // Conferences.

  get conferences(): ReadonlyMap<ConferenceId, Conference> {
    return this.#conferences.view;
  }

  conference(id: ConferenceId | undefined): Conference | undefined {
    return id === undefined ? undefined : this.#conferences.view.get(id);
  }

  theConference(id: ConferenceId): Conference {
    const conference = this.#conferences.view.get(id);
    assert(conference !== undefined, 'a conference that the state refers to exists');
    return conference;
  }

  putConference(conference: Conference): Conference {
    this.#conferences.set(conference.id, conference);
    return conference;
  }

  patchConference(id: ConferenceId, patch: Partial<Conference>): Conference {
    return this.putConference({ ...this.theConference(id), ...patch });
  }

  deleteConference(id: ConferenceId): void {
    this.#conferences.delete(id);
  }

  // Connections.

  get connections(): ReadonlyMap<ConnectionId, Connection> {
    return this.#connections.view;
  }

  connection(id: ConnectionId | undefined): Connection | undefined {
    return id === undefined ? undefined : this.#connections.view.get(id);
  }

  putConnection(connection: Connection): Connection {
    this.#connections.set(connection.id, connection);
    return connection;
  }

  deleteConnection(id: ConnectionId): void {
    this.#connections.delete(id);
  }
}

type OptionalLegField =
  | 'starCode'
  | 'inviteTo'
  | 'offer'
  | 'barge'
  | 'bargesLeaving'
  | 'bargeToneUntilMs'
  | 'joining'
  | 'detached'
  | 'remote'
  | 'remoteSinceMs'
  | 'selected'
  | 'transferFor'
  | 'consultFor'
  | 'call'
  | 'conference'
  | 'digitDeadlineMs'
  | 'told';
