/**
 * The header fields of one SIP message, in the order of the wire. Immutable: a change gives a new value.
 *
 * Names are kept in their long form with the spelling of `header-name.ts`; values are unfolded and
 * trimmed, otherwise as the peer wrote them; `text.ts` says what becomes of bytes that are no UTF-8. Source: [rfc] RFC 3261 §7.3.
 */
import { canonicalName } from './header-name.ts';

export interface HeaderField {
  /** Such as `Via`; never a compact form. */
  readonly name: string;
  readonly value: string;
}

export class Headers implements Iterable<HeaderField> {
  readonly #fields: readonly HeaderField[];
  /** What was read of them before: they never change. */
  #read: Map<string, unknown> | undefined;

  /** `fields` have canonical names already: the parser and this class see to it. */
  private constructor(fields: readonly HeaderField[]) {
    this.#fields = fields;
  }

  /** Names may be in any case or compact form. */
  static of(fields: Iterable<readonly [name: string, value: string]>): Headers {
    return new Headers(
      Array.from(fields, ([name, value]) => ({ name: canonicalName(name), value })),
    );
  }

  /** For the parser: the names are canonical already, and nobody else keeps the array. */
  static ofCanonical(fields: readonly HeaderField[]): Headers {
    return new Headers(fields);
  }

  /** Fields, however many values each of them lists. */
  get size(): number {
    return this.#fields.length;
  }

  /** The first field of this name. */
  get(name: string): string | undefined {
    const wanted = canonicalName(name);
    for (const field of this.#fields) if (field.name === wanted) return field.value;
    return undefined;
  }

  /** What `read` makes of these fields; asked for again under the same word it is not read again. */
  once<T>(word: string, read: (headers: Headers) => T): T {
    this.#read ??= new Map();
    const known = this.#read.get(word);
    if (known !== undefined || this.#read.has(word)) return known as T;
    const value = read(this);
    this.#read.set(word, value);
    return value;
  }

  /** Every field of this name, one entry a field: lists within a field are not taken apart. */
  all(name: string): readonly string[] {
    const wanted = canonicalName(name);
    const values: string[] = [];
    for (const field of this.#fields) if (field.name === wanted) values.push(field.value);
    return values;
  }

  /** How many fields have this name. */
  count(name: string): number {
    const wanted = canonicalName(name);
    return this.#fields.reduce((sum, each) => (each.name === wanted ? sum + 1 : sum), 0);
  }

  has(name: string): boolean {
    return this.get(name) !== undefined;
  }

  /** With this one field in place of all of that name, where the first of them stood, or at the end. */
  with(name: string, value: string): Headers {
    const wanted = canonicalName(name);
    const at = this.#fields.findIndex((each) => each.name === wanted);
    if (at < 0) return this.append(name, value);
    const rest = this.#fields.filter((each, index) => index <= at || each.name !== wanted);
    return new Headers(rest.with(at, { name: wanted, value }));
  }

  without(name: string): Headers {
    const wanted = canonicalName(name);
    return new Headers(this.#fields.filter((each) => each.name !== wanted));
  }

  append(name: string, value: string): Headers {
    return new Headers([...this.#fields, { name: canonicalName(name), value }]);
  }

  /** Before every other field: for Via and Record-Route. */
  prepend(name: string, value: string): Headers {
    return new Headers([{ name: canonicalName(name), value }, ...this.#fields]);
  }

  [Symbol.iterator](): Iterator<HeaderField> {
    return this.#fields[Symbol.iterator]();
  }
}
