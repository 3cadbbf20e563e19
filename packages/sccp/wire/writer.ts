/**
 * Writes the fields of one message. What is left away is zero or empty; numbers out of range, lists
 * and bytes that do not fit, and counts that contradict what they count are errors of ours.
 */
import { assert } from '@conclave/base';
import { parseAddress } from './address.ts';
import { FRAME_HEADER_SIZE, MESSAGE_ID_SIZE } from './frame-reader.ts';
import {
  applies,
  dirnumSizeOf,
  entrySizeOf,
  fieldsOf,
  hasLongAddresses,
  isNumberType,
  numberSizeOf,
  padded,
} from './layout.ts';
import { encodeText } from './text.ts';
import type { Field, FieldList, ListShape, MessageSpec, NumberType } from './types.ts';

/** Most messages fit; larger ones double it. */
const ROOM_MIN = 256;

const IPV4_SIZE = 4;
const IPV6_SIZE = 16;

const KIND_IPV4 = 0;
const KIND_IPV6 = 1;

const NUMBER_RANGES: Readonly<Record<NumberType, readonly [min: number, max: number]>> = {
  u8: [0, 0xff],
  u16: [0, 0xffff],
  u32: [0, 0xffff_ffff],
  i32: [-0x8000_0000, 0x7fff_ffff],
};

/** Values by field name, before types are put on them. */
export type Values = Readonly<Record<string, unknown>>;

/** A whole frame whose header says `version` and whose layout is that of `version`. */
export function writeFrame(spec: MessageSpec, values: Values, version: number): Uint8Array {
  const writer = new Writer(version, spec.dynamic === true);
  writer.fields(fieldsOf(spec.fields), values, true);
  return writer.finish(spec.id);
}

class Writer {
  #bytes = new Uint8Array(ROOM_MIN);
  #view = new DataView(this.#bytes.buffer);
  #used = FRAME_HEADER_SIZE + MESSAGE_ID_SIZE;
  readonly #version: number;
  readonly #dynamic: boolean;

  constructor(version: number, dynamic: boolean) {
    this.#version = version;
    this.#dynamic = dynamic;
  }

  finish(id: number): Uint8Array {
    this.#take(padded(this.#used) - this.#used);
    this.#view.setUint32(0, this.#used - FRAME_HEADER_SIZE, true);
    this.#view.setUint32(4, this.#version, true);
    this.#view.setUint32(FRAME_HEADER_SIZE, id, true);
    return this.#bytes.slice(0, this.#used);
  }

  /** `top` fields of a dynamic message run to their NUL; those of structs keep their room. */
  fields(fields: FieldList, values: Values, top: boolean): void {
    const counts = countsOf(fields, values);
    for (const field of fields) {
      if (!applies(field, this.#version)) continue;
      this.#field(field, counts.get(field[0]) ?? values[field[0]], top);
    }
  }

  #field(field: Field, value: unknown, top: boolean): void {
    switch (field[1]) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
        return this.#number(field[0], field[1], (value as number | undefined) ?? 0);
      case 'text':
        return this.#text((value as string | undefined) ?? '', field[2], top);
      case 'dirnum':
        return this.#text((value as string | undefined) ?? '', dirnumSizeOf(this.#version), top);
      case 'bytes':
        return this.#bytesOf(field[0], value as Uint8Array | undefined, field[2]);
      case 'sized':
        return this.#bytesOf(field[0], value as Uint8Array | undefined, field[2].max);
      case 'blob': {
        const data = (value as string | undefined) ?? '';
        assert(data.length <= field[2].max, `${field[0]} fits`);
        return this.#bytesOf(field[0], encodeText(data, data.length), data.length);
      }
      case 'rest': {
        const data = (value as Uint8Array | undefined) ?? new Uint8Array(0);
        return this.#bytesOf(field[0], data, data.length);
      }
      case 'ipv4':
      case 'address':
        return this.#address(field, (value as string | undefined) ?? '');
      case 'struct':
        return this.fields(fieldsOf(field[2]), (value as Values | undefined) ?? {}, false);
      case 'list':
        return this.#list(field[0], field[2], (value as readonly unknown[] | undefined) ?? []);
    }
  }

  /** The room behind the entries stays zero. */
  #list(name: string, shape: ListShape, entries: readonly unknown[]): void {
    assert(entries.length <= shape.max, `${name} fits`);
    for (const entry of entries) {
      if (isNumberType(shape.of)) this.#number(name, shape.of, entry as number);
      else this.fields(fieldsOf(shape.of), entry as Values, false);
    }
    this.#take((shape.max - entries.length) * entrySizeOf(shape.of, this.#version));
  }

  #number(name: string, type: NumberType, value: number): void {
    const [min, max] = NUMBER_RANGES[type];
    assert(Number.isInteger(value) && value >= min && value <= max, `${name} is a ${type}`);
    const at = this.#take(numberSizeOf(type));
    if (type === 'u8') this.#view.setUint8(at, value);
    else if (type === 'u16') this.#view.setUint16(at, value, true);
    else if (type === 'u32') this.#view.setUint32(at, value, true);
    else this.#view.setInt32(at, value, true);
  }

  /** Texts that are too long are cut; the NUL is always there. */
  #text(text: string, size: number, top: boolean): void {
    const bytes = encodeText(text, size - 1);
    const at = this.#take(top && this.#dynamic ? bytes.length + 1 : size);
    this.#bytes.set(bytes, at);
  }

  #bytesOf(name: string, value: Uint8Array | undefined, size: number): void {
    const at = this.#take(size);
    if (!value) return;
    assert(value.length <= size, `${name} fits`);
    this.#bytes.set(value, at);
  }

  /**
   * No address is all zero. So is an IPv6 address in a layout without room for one: which peers can
   * reach each other is not known here.
   */
  #address(field: Field, text: string): void {
    const bytes = text === '' ? new Uint8Array(IPV4_SIZE) : parseAddress(text);
    assert(bytes !== undefined, `${field[0]} is an address`);
    if (field[1] === 'address' && hasLongAddresses(this.#version)) {
      this.#number(field[0], 'u32', bytes.length === IPV4_SIZE ? KIND_IPV4 : KIND_IPV6);
      this.#bytes.set(bytes, this.#take(IPV6_SIZE));
    } else {
      const at = this.#take(IPV4_SIZE);
      if (bytes.length === IPV4_SIZE) this.#bytes.set(bytes, at);
    }
  }

  /** Takes room, which is zero, and returns where it begins; `#bytes` may be another afterwards. */
  #take(size: number): number {
    const at = this.#used;
    this.#used += size;
    if (this.#used > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#used));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

/** Counts follow from what they count. A caller may set them, but not to more than there is room. */
function countsOf(fields: FieldList, values: Values): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const field of fields) {
    const counter = counterOf(field);
    if (counter === undefined) continue;
    const given = values[counter.name] as number | undefined;
    const { length } = (values[field[0]] ?? '') as { readonly length: number };
    const count = given ?? length;
    const most = field[1] === 'blob' ? length : counter.max;
    assert(count <= most, `${counter.name} counts ${field[0]}`);
    counts.set(counter.name, count);
  }
  return counts;
}

function counterOf(field: Field): { readonly name: string; readonly max: number } | undefined {
  switch (field[1]) {
    case 'list':
      return field[2].count === undefined ? undefined : { name: field[2].count, max: field[2].max };
    case 'sized':
    case 'blob':
      return { name: field[2].length, max: field[2].max };
    default:
      return undefined;
  }
}
