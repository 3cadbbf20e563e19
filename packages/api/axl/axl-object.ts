/**
 * What an object of AXL is: its elements, each with the stored field behind it. What CUCM's object has and
 * nothing here obeys is kept to be given back if it is one text, has one value only if it would promise
 * what is not done, and is refused by name if it has parts.
 */
import type { Configuration } from '../ports.ts';
import { invalid, notFound } from './axl-fault.ts';
import { keyOf, keyOfUuid, objectsOf, type Stored, uuidOf } from './configured.ts';
import { element, type XmlElement } from './xml.ts';

export type Action = 'list' | 'get' | 'add' | 'update' | 'remove' | 'apply' | 'reset' | 'restart';

export interface AxlField {
  /** Its element. */
  readonly tag: string;
  /** In the store, for faults; `tag` where it is called the same. */
  readonly field: string;
  /** Undefined: it has no value. */
  show(object: Stored, configuration: Configuration): XmlElement | undefined;
  /** The object with what is given; throws an AxlFault if that cannot be. */
  take(object: Stored, given: XmlElement, configuration: Configuration): Stored;
  /** Of parts: left away in lists. */
  readonly long?: true;
  /** Elements beside its own that change it, such as `addMembers`. */
  readonly alsoTaken?: readonly string[];
}

export interface AxlObject {
  /** In operations: `listPhone`. */
  readonly name: string;
  /** In answers: `phone`. */
  readonly element: string;
  /** In the configuration. */
  readonly kind: string;
  readonly actions: readonly Action[];
  /** What `searchCriteria` may have. */
  readonly search: readonly string[];
  /**
   * The elements that are served, in the schema's order. Those that are no field and have no fixed value
   * are texts that are kept to be given back.
   */
  readonly tags: readonly string[];
  /** The first one is what the object is called by. */
  readonly fields: readonly AxlField[];
  /** Those that have these values only; the first is shown. */
  readonly fixed: Readonly<Record<string, readonly string[]>>;
  /** Taken, and forgotten: they have parts, and CUCM demands them. */
  readonly forgotten: readonly string[];
  /** What a new one begins with. */
  readonly blank: Stored;
  /** Absent: the objects of the kind, each as it is stored. */
  readonly source?: AxlSource;
}

/** Where the objects are when they are no list of the configuration. */
export interface AxlSource {
  list(configuration: Configuration): readonly Stored[];
  add(configuration: Configuration, object: Stored): Configuration;
  replace(configuration: Configuration, before: Stored, after: Stored): Configuration;
  remove(configuration: Configuration, object: Stored): Configuration;
}

/** Words parted by spaces or lines. */
export function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** A text; empty means `preset`, or that it is absent when there is none. */
export function textField(tag: string, field = tag, preset?: string): AxlField {
  return {
    tag,
    field,
    show: (object) => shownText(tag, object[field]),
    take: (object, { text }) => withField(object, field, text === '' ? preset : text),
  };
}

/** One of `values`: AXL's words by ours. Empty means `preset`. */
export function choiceField(
  tag: string,
  field: string,
  {
    values,
    preset,
    absent,
  }: {
    readonly values: Readonly<Record<string, string | boolean>>;
    readonly preset?: string | boolean;
    /** What is shown when it is absent. */
    readonly absent?: string;
  },
): AxlField {
  const shown = (value: unknown): string | undefined =>
    Object.entries(values).find(([, ours]) => ours === value)?.[0] ?? absent;
  return {
    tag,
    field,
    show: (object) => shownText(tag, shown(object[field])),
    take: (object, { text }) => {
      if (text === '' || text === absent) return withField(object, field, preset);
      if (!Object.hasOwn(values, text)) {
        throw invalid(tag, `must be one of: ${Object.keys(values).join(', ')}`);
      }
      return withField(object, field, values[text]);
    },
  };
}

/** `true` or `false`; false is left away unless it is always there. */
export function flagField(tag: string, field: string, always: boolean): AxlField {
  return {
    tag,
    field,
    show: (object) => element(tag, String(object[field] === true)),
    take: (object, { text }) =>
      withField(object, field, isTrue(tag, text) || (always ? false : undefined)),
  };
}

/** The name of an object of another kind, with its identifier. Empty means `preset`. */
export function referenceField(
  tag: string,
  {
    field,
    kind,
    preset,
  }: { readonly field: string; readonly kind: string; readonly preset?: string },
): AxlField {
  return {
    tag,
    field,
    show: (object, configuration) =>
      shownReference(tag, { kind, name: object[field] }, configuration),
    take: (object, given, configuration) => {
      const name = referred(given, [kind], configuration);
      return withField(object, field, name === '' ? preset : name);
    },
  };
}

export function shownReference(
  tag: string,
  { kind, name }: { readonly kind: string; readonly name: unknown },
  configuration: Configuration,
): XmlElement | undefined {
  if (typeof name !== 'string' || name === '') return undefined;
  return element(tag, name, { uuid: uuidOf(configuration, kind, name) });
}

/** The name that an element refers to, by text or by identifier; empty if it has neither. */
export function referred(
  { text, attributes }: XmlElement,
  kinds: readonly string[],
  configuration: Configuration,
): string {
  const { uuid = '' } = attributes;
  if (text !== '' || uuid === '') return text;
  for (const kind of kinds) {
    const keys = objectsOf(configuration, kind).map(keyOf);
    const key = keyOfUuid(configuration, { kind, keys }, uuid);
    if (key !== undefined) return key;
  }
  throw notFound(uuid);
}

export function isTrue(tag: string, text: string): boolean {
  if (/^(true|t|1)$/i.test(text)) return true;
  if (/^(false|f|0)?$/i.test(text)) return false;
  throw invalid(tag, 'must be true or false');
}

export function withField(object: Stored, field: string, value: unknown): Stored {
  const { [field]: _before, ...rest } = object;
  return value === undefined ? rest : { ...rest, [field]: value };
}

function shownText(tag: string, value: unknown): XmlElement | undefined {
  return typeof value === 'string' && value !== '' ? element(tag, value) : undefined;
}
