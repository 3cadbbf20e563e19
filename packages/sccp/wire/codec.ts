/**
 * Encodes and decodes SCCP messages by the table in `messages.ts`.
 *
 *   byte  0        4        8            12
 *         +--------+--------+------------+----------- - -
 *         | length | header | message id | fields
 *         +--------+--------+------------+----------- - -     everything little endian
 *
 * `length` counts from the message id on. The header version is 0 for messages in the basic layout and
 * the negotiated version otherwise; analysers choose the layout by it alone, so we send the basic
 * layout wherever we send 0.
 *
 * Decoders never throw. A body longer than its layout is normal: newer peers append fields. A shorter
 * one is an error unless what is missing is a tail.
 */
import { assert, fail, ok, type Result } from '@conclave/base';
import type { Frame } from './frame-reader.ts';
import { MESSAGES } from './messages.ts';
import { decodeText, encodeText } from './text.ts';
import type {
  AnyMessage,
  BodyInput,
  Field,
  FieldList,
  FieldOptions,
  ListShape,
  Message,
  MessageName,
  MessageSpec,
  NumberType,
  SizedShape,
} from './types.ts';

/** Bytes of length and header version, which `length` does not count. */
export const FRAME_HEADER_SIZE = 8;

const ID_SIZE = 4;

/** From this version on the header carries it [observed]; below, everything is basic. */
const HEADER_VERSION_MIN = 11;

/** From this version on addresses carry their kind. */
const LONG_ADDRESS_VERSION = 17;

/** Before negotiation, and whenever the negotiation itself is spoken, the layout is basic [observed]. */
const BASIC = new Set<MessageName>([
  'RegisterReq',
  'RegisterAck',
  'RegisterReject',
  'RegisterTokenReq',
  'RegisterTokenAck',
  'RegisterTokenReject',
  'UnregisterAck',
  'Alarm',
]);

const SPECS = MESSAGES as unknown as Readonly<Record<MessageName, MessageSpec>>;

const BY_ID: ReadonlyMap<number, MessageName> = new Map(
  (Object.keys(MESSAGES) as MessageName[]).map((name) => [SPECS[name].id, name]),
);

const NUMBER_SIZES: Readonly<Record<NumberType, number>> = { u8: 1, u16: 2, u32: 4, i32: 4 };

export type DecodeError = 'short';

/** Values by field name, before types are put on them. */
type Values = Record<string, unknown>;

/** The table's entry of a message. */
export function specOf(name: MessageName): MessageSpec {
  return SPECS[name];
}

/**
 * A whole frame. `version` is the negotiated one; fields that are left away are zero or empty. Tails
 * are always written: analysers take a message for a long one by its length alone.
 */
export function encodeMessage<N extends MessageName>(
  name: N,
  body: BodyInput<N>,
  version: number,
): Uint8Array {
  const spec = SPECS[name];
  const basic = version < HEADER_VERSION_MIN || BASIC.has(name);
  const writer = new Writer(basic ? 0 : version, spec.dynamic === true);
  writer.fields(spec.fields, body as Values, true);
  return writer.finish(spec.id, basic ? 0 : version);
}

/**
 * The message of a frame. The header's version decides the layout. When it says basic although
 * another version was negotiated, the basic layout still holds: analysers read it so, and so did
 * every peer observed.
 */
export function decodeMessage(frame: Frame): Result<AnyMessage, DecodeError> {
  const name = BY_ID.get(frame.messageId);
  if (name === undefined) {
    return ok({ name: 'Unknown', id: frame.messageId, payload: frame.payload });
  }
  const spec = SPECS[name];
  const reader = new Reader(frame.payload, frame.version, spec.dynamic === true);
  const body = reader.fields(spec.fields, true);
  if (!body) return fail('short', `${name}: ${frame.payload.length} bytes`);
  return ok({ name, body } as unknown as Message);
}

function optionsOf(field: Field): FieldOptions | undefined {
  const last = field.at(-1);
  return typeof last === 'object' && !Array.isArray(last) && field.length > 2
    ? (last as FieldOptions)
    : undefined;
}

function applies(field: Field, version: number): boolean {
  const options = optionsOf(field);
  return version >= (options?.since ?? 0) && version <= (options?.until ?? Number.MAX_SAFE_INTEGER);
}

class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #used = FRAME_HEADER_SIZE + ID_SIZE;
  readonly #version: number;
  readonly #dynamic: boolean;

  constructor(version: number, dynamic: boolean) {
    this.#version = version;
    this.#dynamic = dynamic;
  }

  finish(id: number, version: number): Uint8Array {
    if (this.#dynamic) this.#room(-this.#used & 3);
    const length = (this.#used - FRAME_HEADER_SIZE + 3) & ~3;
    this.#room(length + FRAME_HEADER_SIZE - this.#used);
    this.#view.setUint32(0, length, true);
    this.#view.setUint32(4, version, true);
    this.#view.setUint32(8, id, true);
    return this.#bytes.subarray(0, this.#used);
  }

  fields(fields: FieldList, values: Values, top: boolean): void {
    const counted = countsOf(fields, values);
    for (const field of fields) {
      if (!applies(field, this.#version)) continue;
      this.#field(field, counted.get(field[0]) ?? values[field[0]], top);
    }
  }

  #field(field: Field, value: unknown, top: boolean): void {
    switch (field[1]) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
        return this.#number(field[1], (value as number | undefined) ?? 0);
      case 'text':
        return this.#text((value as string | undefined) ?? '', field[2], top && this.#dynamic);
      case 'dirnum': {
        const size = this.#version >= 18 ? 25 : 24;
        return this.#text((value as string | undefined) ?? '', size, top && this.#dynamic);
      }
      case 'bytes':
        return this.#bytesOf(value as Uint8Array | undefined, field[2]);
      case 'sized':
        return this.#bytesOf(value as Uint8Array | undefined, field[2].max);
      case 'blob': {
        const data = (value as string | undefined) ?? '';
        assert(data.length <= field[2].max, `${field[0]} fits`);
        return this.#text(data, data.length, false, true);
      }
      case 'rest': {
        const data = (value as Uint8Array | undefined) ?? new Uint8Array(0);
        return this.#bytesOf(data, data.length);
      }
      case 'ipv4':
        return this.#ipv4((value as string | undefined) ?? '');
      case 'address':
        return this.#address((value as string | undefined) ?? '');
      case 'struct':
        return this.fields(field[2], (value as Values | undefined) ?? {}, false);
      case 'list':
        return this.#list(field[2], (value as readonly unknown[] | undefined) ?? []);
    }
  }

  #list(shape: ListShape, entries: readonly unknown[]): void {
    assert(entries.length <= shape.max, 'a list fits its room');
    for (let index = 0; index < shape.max; index += 1) {
      const entry = entries[index];
      if (typeof shape.of === 'string') this.#number(shape.of, (entry as number | undefined) ?? 0);
      else this.fields(shape.of, (entry as Values | undefined) ?? {}, false);
    }
  }

  #number(type: NumberType, value: number): void {
    const at = this.#room(NUMBER_SIZES[type]);
    if (type === 'u8') this.#view.setUint8(at, value);
    else if (type === 'u16') this.#view.setUint16(at, value, true);
    else this.#view.setUint32(at, value, true);
  }

  /** `open` texts end with a NUL, others fill their room; `raw` ones need none. */
  #text(text: string, size: number, open: boolean, raw = false): void {
    const bytes = encodeText(text, raw ? size : size - 1);
    const at = this.#room(open ? bytes.length + 1 : size);
    this.#bytes.set(bytes, at);
  }

  #bytesOf(value: Uint8Array | undefined, size: number): void {
    const at = this.#room(size);
    if (!value) return;
    assert(value.length <= size, 'bytes fit their room');
    this.#bytes.set(value, at);
  }

  #ipv4(address: string): void {
    const at = this.#room(4);
    for (const [index, part] of octetsOf(address).entries()) this.#bytes[at + index] = part;
  }

  #address(address: string): void {
    if (this.#version < LONG_ADDRESS_VERSION) {
      this.#ipv4(address);
      return;
    }
    this.#number('u32', 0);
    this.#ipv4(address);
    this.#room(12);
  }

  /** Makes room and returns where it begins; it is zero. */
  #room(size: number): number {
    const at = this.#used;
    this.#used += size;
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#used));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Counters and lengths follow from what they count unless the caller sets them. */
function countsOf(fields: FieldList, values: Values): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const field of fields) {
    const value = values[field[0]];
    const counter = counterOf(field);
    if (counter === undefined || values[counter] !== undefined) continue;
    if (value !== undefined) counts.set(counter, (value as { length: number }).length);
  }
  return counts;
}

function counterOf(field: Field): string | undefined {
  if (field[1] === 'list') return field[2].count;
  return field[1] === 'sized' || field[1] === 'blob' ? field[2].length : undefined;
}

/** Thrown inside the reader only, and caught there: the payload ended too early. */
class Short extends Error {}

const ABSENT = Symbol('absent');

class Reader {
  readonly #payload: Uint8Array;
  readonly #view: DataView;
  readonly #version: number;
  readonly #dynamic: boolean;
  #at = 0;

  constructor(payload: Uint8Array, version: number, dynamic: boolean) {
    this.#payload = payload;
    this.#view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
    this.#version = version;
    this.#dynamic = dynamic;
  }

  /** Undefined when the payload is too short. */
  fields(fields: FieldList, top: boolean): Values | undefined {
    try {
      return this.#struct(fields, top);
    } catch (error) {
      if (error instanceof Short) return undefined;
      throw error;
    }
  }

  #struct(fields: FieldList, top: boolean): Values {
    const values: Values = {};
    for (const field of fields) {
      const [name] = field;
      if (!applies(field, this.#version)) {
        if (!(name in values)) values[name] = emptyOf(field);
        continue;
      }
      const value = this.#valueOrAbsent(field, values, top);
      if (value === ABSENT) return values;
      values[name] = value;
    }
    return values;
  }

  /** A tail that does not fit is a tail that the peer left away; what remains is padding. */
  #valueOrAbsent(field: Field, values: Values, top: boolean): unknown {
    try {
      return this.#value(field, values, top);
    } catch (error) {
      if (error instanceof Short && optionsOf(field)?.tail) return ABSENT;
      throw error;
    }
  }

  #value(field: Field, values: Values, top: boolean): unknown {
    switch (field[1]) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
        return this.#number(field[1]);
      case 'text':
        return this.#text(field[2], top && this.#dynamic);
      case 'dirnum':
        return this.#text(this.#version >= 18 ? 25 : 24, top && this.#dynamic);
      case 'bytes':
        return this.#take(field[2]).slice();
      case 'sized':
        return this.#take(field[2].max).slice(0, this.#count(field[2], values));
      case 'blob':
        return decodeText(this.#take(this.#count(field[2], values)), true);
      case 'rest':
        return this.#take(this.#payload.length - this.#at).slice();
      case 'ipv4':
        return this.#take(4).join('.');
      case 'address':
        return this.#address();
      case 'struct':
        return this.#struct(field[2], false);
      case 'list':
        return this.#list(field[2], values);
    }
  }

  #list(shape: ListShape, values: Values): readonly unknown[] {
    const counted = shape.count === undefined ? shape.max : Number(values[shape.count] ?? 0);
    const size = Math.min(counted, shape.max);
    const entries: unknown[] = [];
    for (let index = 0; index < size; index += 1) {
      entries.push(
        typeof shape.of === 'string' ? this.#number(shape.of) : this.#struct(shape.of, false),
      );
    }
    // Peers may leave away the room behind the entries that count.
    const room = (shape.max - size) * this.#sizeOf(shape);
    this.#at = Math.min(this.#at + room, this.#payload.length);
    return entries;
  }

  #sizeOf(shape: ListShape): number {
    if (typeof shape.of === 'string') return NUMBER_SIZES[shape.of];
    return shape.of.reduce((size, field) => size + fixedSizeOf(field, this.#version), 0);
  }

  #count(shape: SizedShape, values: Values): number {
    return Math.min(Number(values[shape.length] ?? 0), shape.max);
  }

  #number(type: NumberType): number {
    const at = this.#at;
    this.#take(NUMBER_SIZES[type]);
    if (type === 'u8') return this.#view.getUint8(at);
    if (type === 'u16') return this.#view.getUint16(at, true);
    return type === 'u32' ? this.#view.getUint32(at, true) : this.#view.getInt32(at, true);
  }

  #text(size: number, open: boolean): string {
    if (!open) return decodeText(this.#take(size), false);
    const end = this.#payload.indexOf(0, this.#at);
    // The last text of a message may go without its NUL.
    const bytes = this.#take((end < 0 ? this.#payload.length : end) - this.#at);
    if (end >= 0) this.#at += 1;
    return decodeText(bytes, false);
  }

  #address(): string {
    if (this.#version < LONG_ADDRESS_VERSION) return this.#take(4).join('.');
    const kind = this.#number('u32');
    const bytes = this.#take(16);
    return kind === 1 ? ipv6Of(bytes) : bytes.subarray(0, 4).join('.');
  }

  #take(size: number): Uint8Array {
    if (size > this.#payload.length - this.#at) throw new Short();
    const bytes = this.#payload.subarray(this.#at, this.#at + size);
    this.#at += size;
    return bytes;
  }
}

function emptyOf(field: Field): unknown {
  switch (field[1]) {
    case 'text':
    case 'dirnum':
    case 'blob':
    case 'ipv4':
    case 'address':
      return '';
    case 'bytes':
    case 'sized':
    case 'rest':
      return new Uint8Array(0);
    case 'list':
      return [];
    case 'struct':
      return Object.fromEntries(field[2].map((each) => [each[0], emptyOf(each)]));
    default:
      return 0;
  }
}

function fixedSizeOf(field: Field, version: number): number {
  if (!applies(field, version)) return 0;
  switch (field[1]) {
    case 'u8':
    case 'u16':
    case 'u32':
    case 'i32':
      return NUMBER_SIZES[field[1]];
    case 'text':
    case 'bytes':
      return field[2];
    case 'ipv4':
      return 4;
    case 'struct':
      return field[2].reduce((size, each) => size + fixedSizeOf(each, version), 0);
    case 'list': {
      const { of, max } = field[2];
      const size =
        typeof of === 'string'
          ? NUMBER_SIZES[of]
          : of.reduce((sum, each) => sum + fixedSizeOf(each, version), 0);
      return size * max;
    }
    default:
      return 0;
  }
}

function octetsOf(address: string): readonly number[] {
  const parts = address.split('.').map(Number);
  const valid = parts.length === 4 && parts.every((part) => part >= 0 && part <= 255);
  return valid ? parts : [0, 0, 0, 0];
}

function ipv6Of(bytes: Uint8Array): string {
  const groups: string[] = [];
  for (let index = 0; index < 16; index += 2) {
    groups.push((((bytes[index] ?? 0) << 8) | (bytes[index + 1] ?? 0)).toString(16));
  }
  return groups.join(':');
}
