import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './codec.ts';
import { FRAME_SIZE_MAX, type Frame, FrameReader } from './frame-reader.ts';
import { fieldsOf, isNumberType, specOf } from './layout.ts';
import { MESSAGES } from './messages.ts';
import type { Field, FieldList, MessageName, StructName } from './types.ts';

/*
 * Goal: what we encode we decode to the same, in every version; nothing that arrives makes us throw;
 * where TCP cuts does not matter. Method: values generated from the table itself.
 */

const VERSIONS = [3, 8, 10, 11, 15, 17, 20, 22] as const;
const NAMES = Object.keys(MESSAGES) as MessageName[];

describe('round trip', () => {
  test.each(VERSIONS)('every message in version %i', (version) => {
    for (const name of NAMES) {
      fc.assert(
        fc.property(bodyOf(specOf(name).fields, version, specOf(name).dynamic === true), (body) => {
          const frame = frameOf(encodeMessage(name, body as never, version));
          const decoded = decodeMessage(frame);
          if (!decoded.ok) throw new Error(`${name}: ${decoded.error}`);
          expect(decoded.value.name).toBe(name);
          expect((decoded.value as { body: unknown }).body).toMatchObject(body);
        }),
        { numRuns: 10 },
      );
    }
  });

  test('a body may be empty: everything is zero', () => {
    for (const version of VERSIONS) {
      for (const name of NAMES) {
        expect(decodeMessage(frameOf(encodeMessage(name, {}, version))).ok).toBe(true);
      }
    }
  });
});

describe('hostile input', () => {
  test('no bytes make a decoder throw', () => {
    const ids = NAMES.map((name) => specOf(name).id);
    fc.assert(
      fc.property(
        fc.oneof(fc.constantFrom(...ids), fc.nat(0xffff)),
        fc.constantFrom(0, ...VERSIONS, 0xffff_ffff),
        fc.uint8Array({ maxLength: 700 }),
        (messageId, version, payload) => {
          decodeMessage({ messageId, version, payload });
        },
      ),
      { numRuns: 20_000 },
    );
  });

  test('a payload that ends before its layout is an error, a longer one is not', () => {
    const whole = frameOf(encodeMessage('SoftKeyEvent', { softKeyEvent: 13 }, 20));
    const short = { ...whole, payload: whole.payload.subarray(0, 11) };
    expect(decodeMessage(short)).toMatchObject({ ok: false, error: 'short' });
    const long = { ...whole, payload: new Uint8Array(40) };
    expect(decodeMessage(long).ok).toBe(true);
  });

  test('tails of registration may be absent, as old phones do', () => {
    const whole = frameOf(encodeMessage('RegisterReq', { sid: { DeviceName: 'SEP1' } }, 3));
    const old = { ...whole, payload: whole.payload.subarray(0, 36) };
    const decoded = decodeMessage(old);
    expect(decoded).toMatchObject({ ok: true, value: { body: { maxStreams: 0 } } });
    expect(
      decoded.ok && decoded.value.name === 'RegisterReq' && decoded.value.body.protocolVer,
    ).toBe(undefined);
  });

  test('unknown identifiers are messages, not errors', () => {
    const frame = { messageId: 0x7777, version: 20, payload: new Uint8Array(3) };
    expect(decodeMessage(frame)).toMatchObject({
      ok: true,
      value: { name: 'Unknown', id: 0x7777 },
    });
  });
});

describe('framing', () => {
  test('any split of any sequence gives the same frames', () => {
    const frames = NAMES.slice(0, 30).map((name) => encodeMessage(name, {}, 20));
    const stream = Uint8Array.from(frames.flatMap((frame) => [...frame]));
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: stream.length - 1 })), (cuts) => {
        const reader = new FrameReader();
        const read: Frame[] = [];
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        for (const [index, from] of places.slice(0, -1).entries()) {
          const result = reader.push(stream.subarray(from, places[index + 1]));
          if (result.ok) read.push(...result.value);
        }
        expect(read.map((frame) => frame.messageId)).toEqual(
          NAMES.slice(0, 30).map((name) => specOf(name).id),
        );
      }),
    );
  });

  test.each([
    [3, 'frame-too-small'],
    [0, 'frame-too-small'],
    [FRAME_SIZE_MAX, 'frame-too-large'],
    [0xffff_ffff, 'frame-too-large'],
  ])('length %i is refused, and the reader stays in error', (length, error) => {
    const header = new Uint8Array(12);
    new DataView(header.buffer).setUint32(0, length, true);
    const reader = new FrameReader();
    expect(reader.push(header)).toMatchObject({ ok: false, error });
    expect(reader.push(encodeMessage('KeepAliveReq', {}, 20))).toMatchObject({ ok: false, error });
  });
});

function frameOf(bytes: Uint8Array): Frame {
  const read = new FrameReader().push(bytes);
  if (!read.ok || read.value.length !== 1 || !read.value[0]) throw new Error('not one frame');
  return read.value[0];
}

const wireText = (max: number): fc.Arbitrary<string> =>
  fc
    .array(fc.integer({ min: 1, max: 127 }), { maxLength: Math.max(0, max) })
    .map((codes) => String.fromCharCode(...codes));

/** Values for the fields that this version has, without the tail. */
function bodyOf(
  reference: StructName | FieldList,
  version: number,
  dynamic: boolean,
): fc.Arbitrary<Record<string, unknown>> {
  const fields = fieldsOf(reference);
  const used = new Map<string, fc.Arbitrary<unknown>>();
  const counted = new Set(
    fields.flatMap((field) => {
      if (field[1] === 'list') return field[2].count ?? [];
      return field[1] === 'sized' || field[1] === 'blob' ? field[2].length : [];
    }),
  );
  const basic = version < 11;
  for (const field of fields) {
    const options = field.at(-1) as { since?: number; until?: number; tail?: boolean };
    const bound = typeof options === 'object' && !Array.isArray(options) && field.length > 2;
    const now = basic ? 0 : version;
    if (bound && (options.since ?? 0) > now) continue;
    if (bound && (options.until ?? 99) < now) continue;
    if (bound && options.tail) break;
    if (!counted.has(field[0])) used.set(field[0], fieldValue(field, version, dynamic));
  }
  return fc.record(Object.fromEntries(used));
}

function fieldValue(field: Field, version: number, dynamic: boolean): fc.Arbitrary<unknown> {
  switch (field[1]) {
    case 'u8':
      return fc.nat(0xff);
    case 'u16':
      return fc.nat(0xffff);
    case 'i32':
      return fc.integer();
    case 'u32':
      return fc.nat(0xffff_ffff);
    case 'text':
      return wireText(field[2] - 1);
    case 'dirnum':
      return wireText(23);
    case 'blob':
      return wireText(200);
    case 'bytes':
      return fc.uint8Array({ minLength: field[2], maxLength: field[2] });
    case 'sized':
      return fc.uint8Array({ maxLength: field[2].max });
    case 'rest':
      return fc.uint8Array({ maxLength: 8 }).map((bytes) => bytes.subarray(0, bytes.length & ~3));
    case 'ipv4':
    case 'address':
      return fc.ipV4();
    case 'struct':
      return bodyOf(field[2], version, dynamic);
    case 'list': {
      const { of, max, count } = field[2];
      const entry = isNumberType(of)
        ? fieldValue(['entry', of], version, dynamic)
        : bodyOf(of, version, dynamic);
      const size = Math.min(max, 3);
      return fc.array(entry, { minLength: count ? 0 : max, maxLength: count ? size : max });
    }
  }
}
