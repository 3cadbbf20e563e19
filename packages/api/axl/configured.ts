/**
 * The configuration as AXL sees it: objects with identifiers of their own and with fields that mean nothing
 * here, and names that other objects refer to. Pure.
 */
import { createHash } from 'node:crypto';
import type { Configuration } from '../ports.ts';

export type Stored = Readonly<Record<string, unknown>>;

/** Elements with their texts. */
export type Texts = Readonly<Record<string, string>>;

interface OtherField {
  readonly kind: string;
  readonly key: string;
  readonly field: string;
  readonly value: string;
}

/** Where an identifier is kept that is not the one made of kind and key. */
const IDENTIFIER = 'uuid';

const NO_FIELDS: readonly OtherField[] = [];
const NO_TEXTS: Texts = {};

/** Which fields of which kinds name objects of a kind. */
const REFERENCES: Readonly<Record<string, readonly (readonly [kind: string, field: string])[]>> = {
  devicePools: devices('devicePool'),
  locations: devices('location'),
  commonDeviceConfigurations: devices('commonDeviceConfiguration'),
  bridges: [['mediaResourceGroups', 'members']],
  mediaResourceGroups: [['mediaResourceLists', 'groups']],
  mediaResourceLists: [
    ['phones', 'mediaResourceList'],
    ['devicePools', 'mediaResourceList'],
  ],
  sipTrunks: [['routes', 'trunk']],
};

export function objectsOf(configuration: Configuration, kind: string): readonly Stored[] {
  return (configuration[kind] ?? []) as readonly Stored[];
}

/** As the API's paths have it: the name, or the pattern and its partition unless that is none. */
export function keyOf({ name, pattern, partition }: Stored): string {
  if (pattern === undefined) return String(name);
  return partition ? `${String(pattern)}/${String(partition)}` : String(pattern);
}

/** In braces, as CUCM writes it. It stays the same while the object is there, whatever its name. */
export function uuidOf(configuration: Configuration, kind: string, key: string): string {
  return otherTexts(configuration, kind, key)[IDENTIFIER] ?? madeOf(kind, key, 0);
}

/** Undefined when no object has it. */
export function keyOfUuid(
  configuration: Configuration,
  { kind, keys }: { readonly kind: string; readonly keys: readonly string[] },
  uuid: string,
): string | undefined {
  const wanted = `{${uuid.replace(/[{}]/g, '').toUpperCase()}}`;
  const kept = keptIdentifiers(configuration, kind);
  return keys.find((key) => (kept.get(key) ?? madeOf(kind, key, 0)) === wanted);
}

/** Of one object, without its identifier's. */
export function othersOf(configuration: Configuration, kind: string, key: string): Texts {
  const { [IDENTIFIER]: _identifier, ...others } = otherTexts(configuration, kind, key);
  return others;
}

/** An empty text takes a field away. */
export function withOthers(
  configuration: Configuration,
  { kind, key }: { readonly kind: string; readonly key: string },
  texts: Texts,
): Configuration {
  const otherFields = fieldsOf(configuration).filter(
    (each) => each.kind !== kind || each.key !== key || !Object.hasOwn(texts, each.field),
  );
  const added = Object.entries(texts).flatMap(([field, value]) =>
    value === '' ? [] : [{ kind, key, field, value }],
  );
  return { ...configuration, otherFields: [...otherFields, ...added] };
}

/** A new object may have the name that one had which is called otherwise now. */
export function withNewIdentifier(
  configuration: Configuration,
  { kind, key }: { readonly kind: string; readonly key: string },
): Configuration {
  const taken = new Set(keptIdentifiers(configuration, kind).values());
  let count = 0;
  while (taken.has(madeOf(kind, key, count))) count += 1;
  if (count === 0) return configuration;
  return withOthers(configuration, { kind, key }, { [IDENTIFIER]: madeOf(kind, key, count) });
}

/** Whatever names the object of key `from` names `to`; its identifier stays. */
export function renamed(
  configuration: Configuration,
  { kind, from, to }: { readonly kind: string; readonly from: string; readonly to: string },
): Configuration {
  if (from === to) return configuration;
  const texts = { [IDENTIFIER]: uuidOf(configuration, kind, from) };
  const kept = withOthers(configuration, { kind, key: from }, texts);
  const otherFields = fieldsOf(kept).map((each) =>
    each.kind === kind && each.key === from ? { ...each, key: to } : each,
  );
  const referring = (REFERENCES[kind] ?? []).map(([other, field]) => {
    const objects = objectsOf(configuration, other);
    return [other, objects.map((each) => withName(each, field, { from, to }))] as const;
  });
  return { ...kept, ...Object.fromEntries(referring), otherFields };
}

function withName(
  object: Stored,
  field: string,
  { from, to }: { readonly from: string; readonly to: string },
): Stored {
  const named = object[field];
  if (named === from) return { ...object, [field]: to };
  if (!Array.isArray(named) || !named.includes(from)) return object;
  return { ...object, [field]: named.map((name) => (name === from ? to : name)) };
}

function fieldsOf(configuration: Configuration): readonly OtherField[] {
  return (configuration.otherFields ?? NO_FIELDS) as readonly OtherField[];
}

/** By kind, then by key. Lists ask for each of ten thousand objects, so it is made once. */
const indexes = new WeakMap<readonly OtherField[], ReadonlyMap<string, ByKey>>();

type ByKey = ReadonlyMap<string, Texts>;

function otherTexts(configuration: Configuration, kind: string, key: string): Texts {
  const fields = fieldsOf(configuration);
  const index = indexes.get(fields) ?? indexOf(fields);
  indexes.set(fields, index);
  return index.get(kind)?.get(key) ?? NO_TEXTS;
}

function indexOf(fields: readonly OtherField[]): ReadonlyMap<string, ByKey> {
  const index = new Map<string, Map<string, Record<string, string>>>();
  for (const { kind, key, field, value } of fields) {
    const byKey = index.get(kind) ?? new Map<string, Record<string, string>>();
    const texts = byKey.get(key) ?? {};
    texts[field] = value;
    index.set(kind, byKey.set(key, texts));
  }
  return index;
}

function keptIdentifiers(configuration: Configuration, kind: string): ReadonlyMap<string, string> {
  return new Map(
    fieldsOf(configuration)
      .filter((each) => each.kind === kind && each.field === IDENTIFIER)
      .map(({ key, value }) => [key, value]),
  );
}

/** RFC 9562 §5.8: a version 8, of our own making. */
function madeOf(kind: string, key: string, count: number): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([kind, key, count]))
    .digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `{${parts.join('-').toUpperCase()}}`;
}

function devices(field: string): readonly (readonly [string, string])[] {
  return ['phones', 'bridges', 'musicServers', 'sipTrunks'].map((kind) => [kind, field] as const);
}
