/**
 * Shapes of a file's values: each both reads a value, with faults that say what is allowed, and is a
 * JSON schema, so that the two cannot tell different stories.
 */
import type { Fault, Node, Place } from './tree.ts';

export type JsonSchema = { readonly [key: string]: unknown };

export interface Shape<T> {
  /** Undefined, and a fault, for a value that does not fit. */
  read(node: Node, at: string, faults: Fault[]): T | undefined;
  readonly schema: JsonSchema;
  /** What is allowed, to follow the word "must be". */
  readonly allowed: string;
}

export function wrong(place: Place, key: string, rule: string, faults: Fault[]): undefined {
  faults.push({ line: place.line, column: place.column, key, rule });
}

/** A text, or a number as it was written. */
export function text(allowed = 'a text', pattern?: RegExp): Shape<string> {
  const found = {
    type: ['string', 'number'],
    ...(pattern && { pattern: pattern.source }),
  };
  return {
    allowed,
    schema: found,
    read(node, at, faults) {
      if (node.kind !== 'text' || typeof node.value === 'boolean') {
        return wrong(node, at, `must be ${allowed}`, faults);
      }
      if (pattern && !pattern.test(node.text)) {
        return wrong(node, at, `${quote(node.text)}: must be ${allowed}`, faults);
      }
      return node.text;
    },
  };
}

export const flag: Shape<boolean> = {
  allowed: 'true or false',
  schema: { enum: [true, false, 'True', 'False', 'On', 'Off', 'on', 'off', 'yes', 'no'] },
  read(node, at, faults) {
    const word = node.kind === 'text' ? node.text.toLowerCase() : '';
    if (word === 'true' || word === 'on' || word === 'yes') return true;
    if (word === 'false' || word === 'off' || word === 'no') return false;
    return wrong(node, at, 'must be true or false', faults);
  },
};

export function wholeNumber(min: number, max: number): Shape<number> {
  const allowed = `a whole number from ${min} to ${max}`;
  return {
    allowed,
    schema: { type: 'integer', minimum: min, maximum: max },
    read(node, at, faults) {
      const value = node.kind === 'text' && /^\d{1,9}$/.test(node.text) ? Number(node.text) : -1;
      if (value >= min && value <= max) return value;
      return wrong(node, at, `must be ${allowed}`, faults);
    },
  };
}

/** One of some words, in either case, with spaces or hyphens; each stands for a value. */
export function choice<T>(words: Readonly<Record<string, T>>): Shape<T> {
  const names = Object.keys(words);
  const known = new Map(names.map((name) => [plainWord(name), words[name] as T]));
  const allowed = names.length > 1 ? `one of ${names.join(', ')}` : (names[0] ?? '');
  return {
    allowed,
    schema: { enum: names },
    read(node, at, faults) {
      const word = node.kind === 'text' ? plainWord(node.text) : '';
      if (known.has(word)) return known.get(word);
      const given = node.kind === 'text' ? `${quote(node.text)}: ` : '';
      return wrong(node, at, `${given}must be ${allowed}`, faults);
    },
  };
}

/** A list; a single value may stand for a list of one. */
export function listOf<T>(item: Shape<T>): Shape<readonly T[]> {
  const allowed = `a list, each ${item.allowed}`;
  return {
    allowed,
    schema: { anyOf: [{ type: 'array', items: item.schema }, item.schema] },
    read(node, at, faults) {
      const nodes = node.kind === 'list' ? node.items : [node];
      const found = nodes.map((each) => item.read(each, at, faults));
      return found.every((each) => each !== undefined) ? (found as T[]) : undefined;
    },
  };
}

/**
 * Names that are chosen by the file, each with a value. `otherwise` stands for a value that is wrong, so
 * that whoever speaks of its name is not told that there is none.
 */
export function namedMap<T>(
  keys: { readonly allowed: string; readonly pattern: RegExp },
  value: Shape<T>,
  otherwise?: T,
): Shape<ReadonlyMap<string, T>> {
  const allowed = `names, each with a value that is ${value.allowed}`;
  return {
    allowed,
    schema: {
      type: 'object',
      patternProperties: { [keys.pattern.source]: value.schema },
      additionalProperties: false,
    },
    read(node, at, faults) {
      if (node.kind === 'nothing') return new Map();
      if (node.kind !== 'map') return wrong(node, at, `must be ${allowed}`, faults);
      const found = new Map<string, T>();
      for (const entry of node.entries) {
        const here = join(at, entry.key);
        if (!keys.pattern.test(entry.key)) {
          wrong(entry, here, `a name here must be ${keys.allowed}`, faults);
          continue;
        }
        const read = value.read(entry.value, here, faults) ?? otherwise;
        if (read !== undefined) found.set(entry.key, read);
      }
      return found;
    },
  };
}

/** Keys that are known, each with its own shape; all may be left away. */
export function fields<T extends object>(
  shapes: {
    readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>>;
  },
): Shape<Partial<T>> {
  const keys = Object.keys(shapes) as (keyof T & string)[];
  const allowed = `keys and values; keys are ${keys.join(', ')}`;
  return {
    allowed,
    schema: {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, shapes[key].schema])),
      additionalProperties: false,
    },
    read(node, at, faults) {
      if (node.kind !== 'map') return wrong(node, at, `must be ${allowed}`, faults);
      const found: Partial<T> = {};
      for (const entry of node.entries) {
        const key = keys.find((each) => each === entry.key);
        if (key === undefined) {
          const hint = entry.value.kind === 'nothing' ? COMMA_HINT : '';
          wrong(
            entry,
            join(at, entry.key),
            `is no key; keys are ${keys.join(', ')}${hint}`,
            faults,
          );
          continue;
        }
        const value = shapes[key].read(entry.value, join(at, key), faults);
        if (value !== undefined) found[key] = value as T[typeof key];
      }
      return found;
    },
  };
}

/** In braces a comma begins another key. */
export const COMMA_HINT = ' (in braces, put quotes around a text with commas)';

/** A short form, a text that stands for the whole, or the whole. */
export function shortOr<T>(short: Shape<T>, whole: Shape<T>): Shape<T> {
  return {
    allowed: `${short.allowed}, or ${whole.allowed}`,
    schema: { anyOf: [short.schema, whole.schema] },
    read(node, at, faults) {
      return node.kind === 'map' ? whole.read(node, at, faults) : short.read(node, at, faults);
    },
  };
}

export function mapped<A, B>(shape: Shape<A>, convert: (value: A) => B): Shape<B> {
  return {
    allowed: shape.allowed,
    schema: shape.schema,
    read(node, at, faults) {
      const value = shape.read(node, at, faults);
      return value === undefined ? undefined : convert(value);
    },
  };
}

export function join(at: string, key: string): string {
  return at === '' ? key : `${at}.${key}`;
}

export function quote(word: string): string {
  return JSON.stringify(word);
}

/** `Non Secure`, `non-secure` and `nonsecure` are one word. */
export function plainWord(word: string): string {
  return word
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '');
}
