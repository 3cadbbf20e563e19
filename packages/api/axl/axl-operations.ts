/**
 * What AXL does with objects: found and shown, added, changed and removed in one edit of the configuration,
 * which is stored whole or not at all. Pure; the guard and the store are outside.
 */
import type { Configuration } from '../ports.ts';
import { AxlFault, invalid, notFound } from './axl-fault.ts';
import type { AxlField, AxlObject, AxlSource } from './axl-object.ts';
import {
  keyOf,
  keyOfUuid,
  objectsOf,
  othersOf,
  renamed,
  type Stored,
  type Texts,
  uuidOf,
  withNewIdentifier,
  withOthers,
} from './configured.ts';
import { isNil } from './soap.ts';
import { child, element, localName, type XmlElement } from './xml.ts';

/** Past them a tool has to ask in parts, as it has to of CUCM: calls wait while an answer is made. */
const ROWS_MAX = 2_000;

/** What names an object in a request, and what gives it another name. */
const IDENTITY = ['uuid', 'name', 'pattern', 'routePartitionName'];
const NEW_IDENTITY: Readonly<Record<string, string>> = {
  newName: 'name',
  newPattern: 'pattern',
  newRoutePartitionName: 'partition',
};

export interface Edited {
  readonly configuration: Configuration;
  /** Of the object, also when it is gone. */
  readonly uuid: string;
}

export function listed(
  object: AxlObject,
  request: XmlElement,
  configuration: Configuration,
): readonly XmlElement[] {
  const criteria = child(request, 'searchCriteria')?.children ?? [];
  const unknown = criteria.find((each) => !object.search.includes(localName(each)));
  if (unknown) throw invalid('searchCriteria', `${localName(unknown)} cannot be searched for`);
  const found = sourceOf(object)
    .list(configuration)
    .filter((each) => criteria.every((one) => matches(object, each, one, configuration)))
    .toSorted((one, other) => (keyOf(one) < keyOf(other) ? -1 : 1));
  const skip = countOf(request, 'skip') ?? 0;
  const wanted = found.slice(skip, skip + (countOf(request, 'first') ?? found.length));
  if (wanted.length > ROWS_MAX) {
    throw new AxlFault(
      'invalid',
      `Query request too large. Total rows matched: ${wanted.length} rows. Suggestive Row Fetch: less than ${ROWS_MAX} rows`,
    );
  }
  const tags = child(request, 'returnedTags')?.children.map(localName);
  return wanted.map((each) => shown(object, each, { configuration, tags, isListed: true }));
}

export function got(
  object: AxlObject,
  request: XmlElement,
  configuration: Configuration,
): XmlElement {
  const found = find(object, request, configuration);
  const asked = child(request, 'returnedTags')?.children.map(localName) ?? [];
  const tags = asked.length > 0 ? asked : undefined;
  return shown(object, found, { configuration, tags });
}

export function added(
  object: AxlObject,
  request: XmlElement,
  configuration: Configuration,
): Edited {
  const given = child(request, object.element);
  if (!given) throw invalid(object.element, 'is missing');
  const elements = given.children.filter((each) => !isNil(each));
  const { stored, others } = taken(object, object.blank, { elements, configuration });
  const key = keyOf(stored);
  const { kind } = object;
  const source = sourceOf(object);
  if (source.list(configuration).some((each) => keyOf(each) === key)) {
    throw new AxlFault(
      'duplicate',
      `Could not insert new row - duplicate value in a UNIQUE INDEX column (${object.name} ${key}).`,
    );
  }
  const owner = { kind, key };
  const stale = withOthers(configuration, owner, emptied(configuration, owner));
  const fresh = withNewIdentifier(source.add(stale, stored), owner);
  const after = withOthers(fresh, owner, others);
  return { configuration: after, uuid: uuidOf(after, kind, key) };
}

export function updated(
  object: AxlObject,
  request: XmlElement,
  configuration: Configuration,
): Edited {
  const before = find(object, request, configuration);
  const elements = request.children.filter((each) => !IDENTITY.includes(localName(each)));
  const { stored, others } = taken(object, before, { elements, configuration });
  const [from, to] = [keyOf(before), keyOf(stored)];
  const { kind } = object;
  const source = sourceOf(object);
  if (to !== from && source.list(configuration).some((each) => keyOf(each) === to)) {
    throw new AxlFault('duplicate', `${object.name} ${to} is there already.`);
  }
  const replaced = source.replace(configuration, before, stored);
  const moved = renamed(replaced, { kind, from, to });
  const after = withOthers(moved, { kind, key: to }, others);
  return { configuration: after, uuid: uuidOf(after, kind, to) };
}

export function removed(
  object: AxlObject,
  request: XmlElement,
  configuration: Configuration,
): Edited {
  const found = find(object, request, configuration);
  const uuid = uuidOf(configuration, object.kind, keyOf(found));
  return { configuration: sourceOf(object).remove(configuration, found), uuid };
}

/** The object that a request names. Throws an AxlFault when there is none. */
export function find(object: AxlObject, request: XmlElement, configuration: Configuration): Stored {
  const objects = sourceOf(object).list(configuration);
  const uuid = child(request, 'uuid')?.text;
  const [identity] = object.fields;
  const named = child(request, identity?.tag ?? '')?.text;
  if (!uuid && !named) throw invalid(identity?.tag ?? 'name', 'is missing, and so is uuid');
  const partition = child(request, 'routePartitionName')?.text;
  const key = uuid
    ? keyOfUuid(configuration, { kind: object.kind, keys: objects.map(keyOf) }, uuid)
    : keyOf({ [identity?.field ?? '']: named, partition });
  const found = objects.find((each) => keyOf(each) === key);
  if (!found) throw notFound(`${object.name} ${uuid || key}`);
  return found;
}

function sourceOf({ kind, source }: AxlObject): AxlSource {
  if (source) return source;
  const edited = (
    configuration: Configuration,
    edit: (objects: readonly Stored[]) => readonly Stored[],
  ): Configuration => ({ ...configuration, [kind]: edit(objectsOf(configuration, kind)) });
  return {
    list: (configuration) => objectsOf(configuration, kind),
    add: (configuration, object) => edited(configuration, (objects) => [...objects, object]),
    replace: (configuration, before, after) =>
      edited(configuration, (objects) => objects.map((each) => (each === before ? after : each))),
    remove: (configuration, object) =>
      edited(configuration, (objects) => objects.filter((each) => each !== object)),
  };
}

/** `stored` with what the elements say; what only AXL knows apart. */
function taken(
  object: AxlObject,
  stored: Stored,
  given: { readonly elements: readonly XmlElement[]; readonly configuration: Configuration },
): { readonly stored: Stored; readonly others: Texts } {
  let after = stored;
  const others: Record<string, string> = {};
  for (const each of given.elements) {
    if (isSkeleton(each)) continue;
    const tag = localName(each);
    const identity = NEW_IDENTITY[tag];
    const field = fieldOf(object, tag, identity);
    if (field) after = field.take(after, each, given.configuration);
    else if (Object.hasOwn(object.fixed, tag)) checkFixed(object, tag, each);
    else if (object.tags.includes(tag) && each.children.length === 0) others[tag] = each.text;
    else if (!object.forgotten.includes(tag) && !isNil(each)) {
      throw invalid(tag, `is not served for ${object.name}`);
    }
  }
  return { stored: after, others };
}

function fieldOf(
  object: AxlObject,
  tag: string,
  identity: string | undefined,
): AxlField | undefined {
  return object.fields.find(
    (each) =>
      each.tag === tag ||
      each.alsoTaken?.includes(tag) ||
      (identity !== undefined && each.field === identity),
  );
}

function checkFixed(object: AxlObject, tag: string, { text }: XmlElement): void {
  const values = object.fixed[tag] ?? [];
  if (text === '' || values.includes(text)) return;
  throw invalid(tag, `can only be ${values.join(' or ')} here`);
}

/** Elements and no value in any of them: clients make such of the schema, and fill in what they know. */
function isSkeleton({ text, children }: XmlElement): boolean {
  const isEmpty = (each: XmlElement): boolean => each.text === '' && each.children.every(isEmpty);
  return text === '' && children.length > 0 && children.every(isEmpty);
}

function emptied(
  configuration: Configuration,
  { kind, key }: { readonly kind: string; readonly key: string },
): Texts {
  const before = othersOf(configuration, kind, key);
  return Object.fromEntries(Object.keys(before).map((field) => [field, '']));
}

function shown(
  object: AxlObject,
  stored: Stored,
  how: {
    readonly configuration: Configuration;
    /** Undefined: all that there are. */
    readonly tags: readonly string[] | undefined;
    readonly isListed?: boolean;
  },
): XmlElement {
  const { configuration, tags, isListed = false } = how;
  const key = keyOf(stored);
  const others = othersOf(configuration, object.kind, key);
  const elements = object.tags.flatMap((tag) => {
    if (tags && !tags.includes(tag)) return [];
    const field = object.fields.find((each) => each.tag === tag);
    if (field?.long && isListed) return [];
    // Not nil: the schema's answers have no such thing.
    if (field) return [field.show(stored, configuration) ?? element(tag)];
    const text = object.fixed[tag]?.[0] ?? others[tag];
    return text === undefined ? [] : [element(tag, text)];
  });
  return element(object.element, elements, { uuid: uuidOf(configuration, object.kind, key) });
}

/** As SQL's LIKE has it: `%` stands for any text; case does not count. Nothing asked for is in all. */
function matches(
  object: AxlObject,
  stored: Stored,
  criterion: XmlElement,
  configuration: Configuration,
): boolean {
  const tag = localName(criterion);
  const wanted = criterion.text.toLowerCase();
  if (wanted === '') return true;
  const field = object.fields.find((each) => each.tag === tag);
  const others = othersOf(configuration, object.kind, keyOf(stored));
  const found = field ? field.show(stored, configuration)?.text : others[tag];
  return isLike((found ?? '').toLowerCase(), wanted.split('%'));
}

/** Without a regular expression: a hostile one would take for ever. */
function isLike(text: string, [begin = '', ...parts]: readonly string[]): boolean {
  const end = parts.pop();
  if (end === undefined) return text === begin;
  if (!text.startsWith(begin)) return false;
  let from = begin.length;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return text.length - end.length >= from && text.endsWith(end);
}

function countOf(request: XmlElement, tag: string): number | undefined {
  const text = child(request, tag)?.text ?? '';
  if (text === '') return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalid(tag, 'must be a whole number');
  return Number(text);
}
