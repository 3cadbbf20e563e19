/**
 * The legs of a large house, with what every step asks of them: those of one device, those that are more than a
 * part of a plain call, and which was connected first. A step costs what it changes, not what there is.
 *
 * It reads and iterates as a `Map` would. It is written to only by the step that made it (`fork`), and never once a
 * state has it. A few legs are in a plain `Map`, in which everything is looked for.
 */
import { LayeredMap } from './layered-map.ts';
import type { Leg, LegId } from './state.ts';

type Legs = ReadonlyMap<LegId, Leg>;
type Writable<K, V> = Map<K, V> | LayeredMap<K, V>;

/** So many legs are worth an index; with half as many it is given up. */
const INDEXED_MIN = 64;

export class LegTable implements ReadonlyMap<LegId, Leg> {
  readonly #legs: Writable<LegId, Leg>;
  readonly #ofDevice: Writable<string, readonly LegId[]>;
  /** Since when, in the order of becoming connected. */
  readonly #connected: Writable<LegId, number>;
  /** They are few. */
  readonly #special: Set<LegId>;
  #latestMs: number;
  /** The clock was never set back while legs were connected. */
  #isOrdered: boolean;

  private constructor(from: LegTable | undefined) {
    this.#legs = from ? LayeredMap.fork(from.#legs) : new Map();
    this.#ofDevice = from ? LayeredMap.fork(from.#ofDevice) : new Map();
    this.#connected = from ? LayeredMap.fork(from.#connected) : new Map();
    this.#special = new Set(from ? from.#special : []);
    this.#latestMs = from ? from.#latestMs : 0;
    this.#isOrdered = from ? from.#isOrdered : true;
  }

  /** A copy that may be written to. */
  static fork(legs: Legs): Map<LegId, Leg> | LegTable {
    if (legs instanceof LegTable) {
      return legs.size < INDEXED_MIN / 2 ? new Map(legs) : new LegTable(legs);
    }
    return legs.size < INDEXED_MIN ? new Map(legs) : LegTable.of(legs);
  }

  static of(legs: Legs): LegTable {
    const table = new LegTable(undefined);
    const byAge = [...legs.values()].sort((a, b) => (a.connectedMs ?? 0) - (b.connectedMs ?? 0));
    for (const { id, connectedMs } of byAge) {
      if (connectedMs !== undefined) table.#connect(id, connectedMs);
    }
    for (const leg of legs.values()) table.set(leg.id, leg);
    return table;
  }

  get size(): number {
    return this.#legs.size;
  }

  get(id: LegId): Leg | undefined {
    return this.#legs.get(id);
  }

  has(id: LegId): boolean {
    return this.#legs.has(id);
  }

  set(id: LegId, leg: Leg): void {
    const before = this.#legs.get(id);
    this.#legs.set(id, leg);
    if (before?.device !== leg.device) {
      if (before) this.#part(before);
      this.#ofDevice.set(leg.device, [...(this.#ofDevice.get(leg.device) ?? []), id]);
    }
    if (leg.connectedMs === undefined) this.#connected.delete(id);
    else if (this.#connected.get(id) !== leg.connectedMs) this.#connect(id, leg.connectedMs);
    if (isSpecial(leg)) this.#special.add(id);
    else this.#special.delete(id);
  }

  delete(id: LegId): void {
    const before = this.#legs.get(id);
    if (!before) return;
    this.#legs.delete(id);
    this.#part(before);
    this.#connected.delete(id);
    this.#special.delete(id);
  }

  entries(): MapIterator<[LegId, Leg]> {
    return this.#legs.entries();
  }

  keys(): MapIterator<LegId> {
    return this.#legs.keys();
  }

  values(): MapIterator<Leg> {
    return this.#legs.values();
  }

  forEach(take: (leg: Leg, id: LegId, map: Legs) => void): void {
    for (const [id, leg] of this) take(leg, id, this);
  }

  [Symbol.iterator](): MapIterator<[LegId, Leg]> {
    return this.entries();
  }

  /** For dumps, which know how to write a `Map`. */
  toJSON(): Legs {
    return new Map(this);
  }

  /** In the order of their beginning. */
  legsOf(device: string): readonly Leg[] {
    return this.#named(this.#ofDevice.get(device) ?? []);
  }

  specialLegs(): readonly Leg[] {
    return this.#named(this.#special);
  }

  /** When the first of those that are connected was; undefined: none is. */
  firstConnectedMs(): number | undefined {
    if (!this.#isOrdered) return earliest(this.#connected.values());
    for (const sinceMs of this.#connected.values()) return sinceMs;
    return undefined;
  }

  #named(ids: Iterable<LegId>): readonly Leg[] {
    const legs: Leg[] = [];
    for (const id of ids) {
      const leg = this.#legs.get(id);
      if (leg) legs.push(leg);
    }
    return legs;
  }

  #connect(id: LegId, sinceMs: number): void {
    if (sinceMs < this.#latestMs) this.#isOrdered = false;
    this.#latestMs = sinceMs;
    this.#connected.delete(id);
    this.#connected.set(id, sinceMs);
  }

  #part({ id, device }: Leg): void {
    const rest = (this.#ofDevice.get(device) ?? []).filter((each) => each !== id);
    if (rest.length > 0) this.#ofDevice.set(device, rest);
    else this.#ofDevice.delete(device);
  }
}

/** All legs of a device, in the order of their beginning. */
export function legsOfDevice(legs: Legs, device: string): readonly Leg[] {
  if (legs instanceof LegTable) return legs.legsOf(device);
  return found(legs, (leg) => leg.device === device);
}

/** Legs that wait for a digit, stand in for or wait for another leg, barge or are barged, or that no phone shows. */
export function specialLegs(legs: Legs): readonly Leg[] {
  return legs instanceof LegTable ? legs.specialLegs() : found(legs, isSpecial);
}

/** When the first of those that are connected was; undefined: none is. */
export function firstConnectedMs(legs: Legs): number | undefined {
  if (legs instanceof LegTable) return legs.firstConnectedMs();
  return earliest(found(legs, () => true).map(({ connectedMs }) => connectedMs));
}

function isSpecial(leg: Leg): boolean {
  return (
    leg.digitDeadlineMs !== undefined ||
    leg.consultFor !== undefined ||
    leg.transferFor !== undefined ||
    leg.inviteTo !== undefined ||
    leg.detached !== undefined ||
    leg.barge !== undefined ||
    leg.bargesLeaving !== undefined ||
    leg.bargeToneUntilMs !== undefined
  );
}

function found(legs: Legs, isWanted: (leg: Leg) => boolean): readonly Leg[] {
  const wanted: Leg[] = [];
  for (const leg of legs.values()) if (isWanted(leg)) wanted.push(leg);
  return wanted;
}

function earliest(times: Iterable<number | undefined>): number | undefined {
  let first: number | undefined;
  for (const ms of times) if (ms !== undefined && ms < (first ?? Infinity)) first = ms;
  return first;
}
