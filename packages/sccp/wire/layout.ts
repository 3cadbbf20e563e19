/**
 * What the table says about one message in one version: which fields, how long, which header.
 *
 * Pure look-ups; no bytes are touched here. Source: see `messages.ts`; header versions [observed] in
 * fixtures/sccp and in a public driver's sources.
 */
import { MESSAGES } from './messages.ts';
import { STRUCTS } from './structs.ts';
import type {
  Field,
  FieldList,
  FieldOptions,
  ListShape,
  MessageName,
  MessageSpec,
  NumberType,
  StructName,
} from './types.ts';

/** Header versions that analysers know; between them the layouts do not change. */
const HEADER_VERSIONS = [22, 21, 20, 19, 18, 17, 16, 15, 11, 10] as const;

/** The header version of the basic layout. */
export const BASIC_VERSION = 0;

/** Sent with header version 0 whatever was negotiated: their layouts are the same in all versions. */
const ALWAYS_BASIC: ReadonlySet<MessageName> = new Set<MessageName>([
  'RegisterReq',
  'RegisterAck',
  'RegisterReject',
  'RegisterTokenReq',
  'RegisterTokenAck',
  'RegisterTokenReject',
  'UnregisterAck',
  'KeepAliveAck',
  'Alarm',
]);

/** From this version on addresses carry their kind and have room for IPv6. */
const LONG_ADDRESS_VERSION = 17;

const SHORT_ADDRESS_SIZE = 4;
const LONG_ADDRESS_SIZE = 4 + 16;

/** From this version on directory numbers have one byte more. */
const LONG_DIRNUM_VERSION = 18;

const NUMBER_SIZES: Readonly<Record<NumberType, number>> = { u8: 1, u16: 2, u32: 4, i32: 4 };

const SPECS = MESSAGES as unknown as Readonly<Record<MessageName, MessageSpec>>;

const FIELDS_BY_STRUCT = STRUCTS as unknown as Readonly<Record<StructName, FieldList>>;

const NAMES_BY_ID: ReadonlyMap<number, MessageName> = new Map(
  (Object.keys(MESSAGES) as MessageName[]).map((name) => [SPECS[name].id, name]),
);

/** The table's entry of a message. */
export function specOf(name: MessageName): MessageSpec {
  return SPECS[name];
}

/** Undefined for an identifier that is not in the table. */
export function nameOfId(id: number): MessageName | undefined {
  return NAMES_BY_ID.get(id);
}

/** Fields given in place or by the name of their struct. */
export function fieldsOf(reference: StructName | FieldList): FieldList {
  return typeof reference === 'string' ? FIELDS_BY_STRUCT[reference] : reference;
}

/**
 * The version word to send: 0 below version 10 and for messages that are always basic, otherwise the
 * negotiated version, or the next lower one that analysers know. The layout follows this word and
 * not the negotiated version, so that what is sent can be read by its header alone.
 */
export function headerVersionOf(name: MessageName, negotiated: number): number {
  if (ALWAYS_BASIC.has(name)) return BASIC_VERSION;
  return HEADER_VERSIONS.find((version) => version <= negotiated) ?? BASIC_VERSION;
}

export function optionsOf(field: Field): FieldOptions {
  switch (field[1]) {
    case 'text':
    case 'bytes':
    case 'sized':
    case 'blob':
    case 'struct':
    case 'list':
      return field[3] ?? {};
    default:
      return field[2] ?? {};
  }
}

/** Whether the layout of `version` has the field. */
export function applies(field: Field, version: number): boolean {
  const { since = 0, until = Number.POSITIVE_INFINITY } = optionsOf(field);
  return version >= since && version <= until;
}

export function hasLongAddresses(version: number): boolean {
  return version >= LONG_ADDRESS_VERSION;
}

export function dirnumSizeOf(version: number): number {
  return version >= LONG_DIRNUM_VERSION ? 25 : 24;
}

export function numberSizeOf(type: NumberType): number {
  return NUMBER_SIZES[type];
}

export function isNumberType(type: ListShape['of']): type is NumberType {
  return typeof type === 'string' && Object.hasOwn(NUMBER_SIZES, type);
}

/** Bytes of one entry of a list. Lists hold no fields of variable length. */
export function entrySizeOf(of: ListShape['of'], version: number): number {
  return isNumberType(of) ? NUMBER_SIZES[of] : (fixedSizeOf(fieldsOf(of), version) ?? 0);
}

/**
 * The body sizes that a message may have in `version`: with every tail, and without them from each
 * one on. Empty when some field varies, as all fields of dynamic messages do.
 */
export function bodySizesOf(spec: MessageSpec, version: number): readonly number[] {
  if (spec.dynamic) return [];
  const sizes: number[] = [];
  let size = 0;
  for (const field of fieldsOf(spec.fields)) {
    if (!applies(field, version)) continue;
    if (optionsOf(field).tail) sizes.push(padded(size));
    const more = fieldSizeOf(field, version);
    if (more === undefined) return [];
    size += more;
  }
  return [...sizes, padded(size)];
}

/** The next multiple of 4: bodies are sent in whole words. */
export function padded(size: number): number {
  return (size + 3) & ~3;
}

function fixedSizeOf(fields: FieldList, version: number): number | undefined {
  let size = 0;
  for (const field of fields) {
    const more = applies(field, version) ? fieldSizeOf(field, version) : 0;
    if (more === undefined) return undefined;
    size += more;
  }
  return size;
}

/** Undefined when the length depends on the value. */
function fieldSizeOf(field: Field, version: number): number | undefined {
  switch (field[1]) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i32':
      return NUMBER_SIZES[field[1]];
    case 'text':
    case 'bytes':
      return field[2];
    case 'sized':
      return field[2].max;
    case 'dirnum':
      return dirnumSizeOf(version);
    case 'ipv4':
      return SHORT_ADDRESS_SIZE;
    case 'address':
      return hasLongAddresses(version) ? LONG_ADDRESS_SIZE : SHORT_ADDRESS_SIZE;
    case 'struct':
      return fixedSizeOf(fieldsOf(field[2]), version);
    case 'list':
      return entrySizeOf(field[2].of, version) * field[2].max;
    case 'blob':
    case 'rest':
      return undefined;
  }
}
