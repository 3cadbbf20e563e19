/**
 * Reads the fields of one message. It never throws: what is missing or cannot be is an error value,
 * and every number from the wire is bounded before it is used as a size.
 */
import { fail, ok, type Result } from '@conclave/base';
import { formatAddress } from './address.ts';
import {
  applies,
  dirnumSizeOf,
  entrySizeOf,
  fieldsOf,
  hasLongAddresses,
  isNumberType,
  numberSizeOf,
  optionsOf,
} from './layout.ts';
import { decodeText } from './text.ts';
import type { Field, FieldList, ListShape, MessageSpec, NumberType, SizedShape } from './types.ts';

const IPV4_SIZE = 4;
const IPV6_SIZE = 16;

const KIND_IPV4 = 0;

/**
 * `short`: the payload ends before its layout. `bad-size`: a length says more than its field can
 * hold, as a 32-byte key in a room of 16 would; what is there would be wrong, so nothing is given.
 */
export type DecodeError = 'short' | 'bad-size';

type Values = Record<string, unknown>;

/** The body of a payload in the layout of `version`. */
export function readBody(
  spec: MessageSpec,
  payload: Uint8Array,
  version: number,
): Result<Values, DecodeError> {
  const reader = new Reader(payload, version, spec.dynamic === true);
  const values = reader.struct(fieldsOf(spec.fields), true);
  return reader.error ? fail(reader.error) : ok(values);
}

class Reader {
  /** Once set, what is read is meaningless; reading on does no harm. */
  error: DecodeError | undefined;
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

  /** A tail that cannot be read is one that the peer left away; what remains is padding. */
  struct(fields: FieldList, top: boolean): Values {
    const values: Values = {};
    for (const field of fields) {
      const [name] = field;
      if (!applies(field, this.#version)) {
        if (!(name in values)) values[name] = emptyOf(field);
        continue;
      }
      const value = this.#value(field, values, top);
      if (this.error) {
        if (optionsOf(field).tail) this.error = undefined;
        return values;
      }
      values[name] = value;
    }
    return values;
  }

  #value(field: Field, values: Values, top: boolean): unknown {
    switch (field[1]) {
      case 'u8':
      case 'u16':
      case 'u32':
      case 'i32':
        return this.#number(field[1]);
      case 'text':
        return this.#text(field[2], top);
      case 'dirnum':
        return this.#text(dirnumSizeOf(this.#version), top);
      case 'bytes':
        return new Uint8Array(this.#take(field[2]));
      case 'sized': {
        const length = this.#lengthOf(field[2], values);
        return new Uint8Array(this.#take(field[2].max).subarray(0, length));
      }
      case 'blob':
        return decodeText(this.#take(this.#lengthOf(field[2], values)), true);
      case 'rest':
        return new Uint8Array(this.#take(this.#left));
      case 'ipv4':
        return formatAddress(this.#take(IPV4_SIZE));
      case 'address':
        return this.#address();
      case 'struct':
        return this.struct(fieldsOf(field[2]), false);
      case 'list':
        return this.#list(field[2], values);
    }
  }

  get #left(): number {
    return this.#payload.length - this.#at;
  }

  /** A list that claims more entries than it has room for has as many as its room. */
  #list(shape: ListShape, values: Values): readonly unknown[] {
    const claimed = shape.count === undefined ? shape.max : Number(values[shape.count] ?? 0);
    const count = Math.min(claimed, shape.max);
    const entries: unknown[] = [];
    for (let index = 0; index < count && !this.error; index += 1) {
      entries.push(
        isNumberType(shape.of) ? this.#number(shape.of) : this.struct(fieldsOf(shape.of), false),
      );
    }
    // Peers may leave away the room behind the entries that count.
    this.#at += Math.min((shape.max - count) * entrySizeOf(shape.of, this.#version), this.#left);
    return entries;
  }

  #lengthOf(shape: SizedShape, values: Values): number {
    const length = Number(values[shape.length] ?? 0);
    if (length <= shape.max) return length;
    this.error ??= 'bad-size';
    return 0;
  }

  #number(type: NumberType): number {
    const at = this.#at;
    this.#take(numberSizeOf(type));
    if (this.error) return 0;
    if (type === 'u8') return this.#view.getUint8(at);
    if (type === 'u16') return this.#view.getUint16(at, true);
    return type === 'u32' ? this.#view.getUint32(at, true) : this.#view.getInt32(at, true);
  }

  #text(size: number, top: boolean): string {
    if (!top || !this.#dynamic) return decodeText(this.#take(size), false);
    // The last text of a message may go without its NUL.
    const nul = this.#payload.indexOf(0, this.#at);
    const text = decodeText(this.#take((nul < 0 ? this.#payload.length : nul) - this.#at), true);
    if (nul >= 0) this.#take(1);
    return text;
  }

  /** Kind 2, "both", has no layout of its own: IPv4 when nothing follows its four bytes. */
  #address(): string {
    if (!hasLongAddresses(this.#version)) return formatAddress(this.#take(IPV4_SIZE));
    const kind = this.#number('u32');
    const bytes = this.#take(IPV6_SIZE);
    const isIpv6 = kind !== KIND_IPV4 && bytes.subarray(IPV4_SIZE).some((byte) => byte !== 0);
    return formatAddress(isIpv6 ? bytes : bytes.subarray(0, IPV4_SIZE));
  }

  /** The next bytes, or as many zeros with the error set. */
  #take(size: number): Uint8Array {
    if (size > this.#left) {
      this.error ??= 'short';
      return new Uint8Array(size);
    }
    const bytes = this.#payload.subarray(this.#at, this.#at + size);
    this.#at += size;
    return bytes;
  }
}

/** The value of a field that the layout does not have. */
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
      return Object.fromEntries(fieldsOf(field[2]).map((each) => [each[0], emptyOf(each)]));
    default:
      return 0;
  }
}
