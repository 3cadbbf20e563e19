/**
 * A large map that is changed a little at every step: what changed lies over a base that many states
 * share, so that a step costs what it changes, not what there is. It reads and iterates, if slower, as
 * a `Map` with the same history would: what was set first comes first, what was deleted and set again
 * last.
 *
 * It is written to only by the step that made it (`fork`), and never once a state has it.
 */

/** Smaller maps are quicker copied whole. */
const LAYERED_MIN = 64;

export class LayeredMap<K, V> implements ReadonlyMap<K, V> {
  readonly #base: ReadonlyMap<K, V>;
  /** Newer values, of keys of the base in its order or, behind it, of others. */
  readonly #changes: Map<K, V>;
  /** Keys of the base that have lost their place there. */
  readonly #removed: Set<K>;
  #size: number;

  private constructor(base: ReadonlyMap<K, V>, changes: Map<K, V>, removed: Set<K>, size: number) {
    this.#base = base;
    this.#changes = changes;
    this.#removed = removed;
    this.#size = size;
  }

  /** A copy that may be written to. */
  static fork<K, V>(map: ReadonlyMap<K, V>): Map<K, V> | LayeredMap<K, V> {
    if (map.size < LAYERED_MIN) return new Map(map);
    if (!(map instanceof LayeredMap)) return new LayeredMap(map, new Map(), new Set(), map.size);
    return map.#fork();
  }

  get size(): number {
    return this.#size;
  }

  get(key: K): V | undefined {
    const value = this.#changes.get(key);
    if (value !== undefined || this.#removed.has(key)) return value;
    return this.#base.get(key);
  }

  has(key: K): boolean {
    return this.#changes.has(key) || this.#isInBase(key);
  }

  set(key: K, value: V & {}): void {
    if (!this.has(key)) this.#size += 1;
    this.#changes.set(key, value);
  }

  delete(key: K): void {
    if (!this.has(key)) return;
    this.#size -= 1;
    this.#changes.delete(key);
    if (this.#base.has(key)) this.#removed.add(key);
  }

  *entries(): MapIterator<[K, V]> {
    const changes = this.#changes;
    for (const [key, value] of this.#base) {
      if (!this.#removed.has(key)) yield [key, changes.get(key) ?? value];
    }
    for (const entry of changes) if (!this.#isInBase(entry[0])) yield entry;
  }

  *keys(): MapIterator<K> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): MapIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  forEach(take: (value: V, key: K, map: ReadonlyMap<K, V>) => void): void {
    for (const [key, value] of this.entries()) take(value, key, this);
  }

  [Symbol.iterator](): MapIterator<[K, V]> {
    return this.entries();
  }

  /** For dumps, which know how to write a `Map`. */
  toJSON(): ReadonlyMap<K, V> {
    return new Map(this);
  }

  #isInBase(key: K): boolean {
    return this.#base.has(key) && !this.#removed.has(key);
  }

  #fork(): Map<K, V> | LayeredMap<K, V> {
    const layer = this.#changes.size + this.#removed.size;
    // Copying the layer at every step and all of it now and then cost about the same.
    if (layer * layer > this.#base.size) {
      return new LayeredMap(new Map(this), new Map(), new Set(), this.#size);
    }
    const [changes, removed] = [new Map(this.#changes), new Set(this.#removed)];
    return new LayeredMap(this.#base, changes, removed, this.#size);
  }
}
