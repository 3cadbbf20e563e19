import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMessage, encodeMessage } from './codec.ts';
import type { Frame } from './frame-reader.ts';
import { FrameReader } from './frame-reader.ts';
import {
  applies,
  dirnumSizeOf,
  fieldsOf,
  headerVersionOf,
  isNumberType,
  specOf,
} from './layout.ts';
import { MESSAGES } from './messages.ts';
import type { Field, FieldList, ListShape, MessageName, StructName } from './types.ts';

/*
 * Goal: what we encode we decode to the same, in every version; nothing that arrives makes us throw;
 * what does not fit is cut or refused as documented. Method: values generated from the table itself,
 * and a second, plain account of what a decoder must give for them.
 */

const VERSIONS = [3, 8, 10, 11, 15, 16, 17, 18, 19, 20, 21, 22] as const;
const NAMES = Object.keys(MESSAGES) as MessageName[];

type Values = Record<string, unknown>;

describe('round trip', () => {
  test.each(VERSIONS)('every message in version %i, whatever fields are given', (version) => {
    for (const name of NAMES) {
      const layout = headerVersionOf(name, version);
      const body = bodyOf(specOf(name).fields, layout);
      fc.assert(
        fc.property(body, (given) => {
          const decoded = decodeMessage(frameOf(encodeMessage(name, given as never, version)));
          const expected = normalised(specOf(name).fields, given, layout);
          expect(decoded).toEqual({ ok: true, value: { name, body: expected } });
        }),
        { numRuns: 25 },
      );
    }
  });

  test('headers name no version that the layout is not of', () => {
    for (const name of NAMES) {
      for (const version of VERSIONS) {
        const bytes = encodeMessage(name, {}, version);
        const view = new DataView(bytes.buffer, bytes.byteOffset);
        expect(view.getUint32(0, true)).toBe(bytes.length - 8);
        expect(view.getUint32(4, true)).toBe(headerVersionOf(name, version));
        expect(bytes.length % 4).toBe(0);
      }
    }
  });

  test('a version that analysers do not know is sent as the next lower one', () => {
    const versionOf = (negotiated: number) => headerVersionOf('CallState', negotiated);
    expect([3, 9, 10, 12, 14, 15, 22, 23].map(versionOf)).toEqual([0, 0, 10, 11, 11, 15, 22, 22]);
    expect(headerVersionOf('RegisterAck', 22)).toBe(0);
  });

  test('identifiers are unique', () => {
    expect(new Set(NAMES.map((name) => specOf(name).id)).size).toBe(NAMES.length);
  });
});

describe('hostile input', () => {
  test('no bytes make a decoder throw, for any identifier', () => {
    const payloads = fc.oneof(
      fc.uint8Array({ maxLength: 700 }),
      fc.uint8Array({ maxLength: 700 }).map((bytes) => bytes.fill(0xff)),
    );
    const versions = fc.constantFrom(0, ...VERSIONS, 0xffff_ffff);
    for (const messageId of [...NAMES.map((name) => specOf(name).id), 0x7777]) {
      fc.assert(
        fc.property(payloads, versions, versions, (payload, version, negotiated) => {
          decodeMessage({ messageId, version, payload }, negotiated);
        }),
        { numRuns: 100 },
      );
    }
  });

  test('each message cut anywhere gives a value or an error, never garbage past its end', () => {
    for (const name of NAMES) {
      const whole = frameOf(encodeMessage(name, {}, 22));
      for (let size = 0; size < Math.min(whole.payload.length, 300); size += 1) {
        const decoded = decodeMessage({ ...whole, payload: whole.payload.subarray(0, size) });
        if (!decoded.ok) expect(decoded.error).toBe('short');
      }
    }
  });

  test('a payload that ends before its layout is an error, a longer one is not', () => {
    const whole = frameOf(encodeMessage('SoftKeyEvent', { softKeyEvent: 13 }, 20));
    const short = { ...whole, payload: whole.payload.subarray(0, 11) };
    expect(decodeMessage(short)).toMatchObject({ ok: false, error: 'short' });
    const long = { ...whole, payload: new Uint8Array(40) };
    expect(decodeMessage(long).ok).toBe(true);
  });

  test('tails may be absent, as old phones leave them, and are then undefined', () => {
    const whole = frameOf(encodeMessage('RegisterReq', { maxStreams: 5 }, 3));
    const body = (size: number) => {
      const decoded = decodeMessage({ ...whole, payload: whole.payload.subarray(0, size) });
      return decoded.ok && decoded.value.name === 'RegisterReq' ? decoded.value.body : undefined;
    };
    expect(body(35)).toBeUndefined();
    expect(body(36)).toMatchObject({ maxStreams: 5 });
    expect(body(36)).not.toHaveProperty('protocolVer');
    expect(body(48)).toHaveProperty('maxConferences', 0);
    expect(body(48)).not.toHaveProperty('firmwareLoadName');
    expect(body(124)).toHaveProperty('firmwareLoadName', '');
    expect(body(124)).not.toHaveProperty('configVersionStamp');
    expect(body(172)).toHaveProperty('configVersionStamp', '');
  });

  test('unknown identifiers are messages, not errors', () => {
    const frame = { messageId: 0x7777, version: 20, payload: new Uint8Array(3) };
    expect(decodeMessage(frame)).toEqual({
      ok: true,
      value: { name: 'Unknown', id: 0x7777, payload: frame.payload },
    });
  });

  test('a key longer than its room is refused, not shortened', () => {
    const frame = frameOf(encodeMessage('OpenReceiveChannel', {}, 20));
    // keylen stands after five words, the qualifier's second one, callReference and algorithmID.
    new DataView(frame.payload.buffer).setUint16(32, 32, true);
    expect(decodeMessage(frame)).toMatchObject({ ok: false, error: 'bad-size' });
  });

  test('data that claims more than a message carries is refused', () => {
    const frame = frameOf(encodeMessage('DeviceToUserData', {}, 20));
    const payload = new Uint8Array(4096);
    new DataView(payload.buffer).setUint32(16, 2001, true);
    expect(decodeMessage({ ...frame, payload })).toMatchObject({ ok: false, error: 'bad-size' });
    new DataView(payload.buffer).setUint32(16, 2000, true);
    expect(decodeMessage({ ...frame, payload }).ok).toBe(true);
  });

  test('a list that claims more entries than its room has as many as its room', () => {
    const frame = frameOf(encodeMessage('ButtonTemplateRes', {}, 20));
    const payload = new Uint8Array(12 + 2 * 56);
    new DataView(payload.buffer).setUint32(8, 0xffff_ffff, true);
    const decoded = decodeMessage({ ...frame, payload });
    const { value } = decoded.ok ? decoded : { value: undefined };
    expect(
      value?.name === 'ButtonTemplateRes' && value.body.buttonTemplate.definition,
    ).toHaveLength(42);
  });

  test('a list may go without the room behind its entries', () => {
    const whole = frameOf(
      encodeMessage('CapabilitiesRes', { caps: [{ payloadCapability: 4 }] }, 20),
    );
    const decoded = decodeMessage({ ...whole, payload: whole.payload.subarray(0, 4 + 16) });
    expect(decoded).toMatchObject({ ok: true, value: { body: { caps: [{}] } } });
  });
});

describe('header version and negotiated version', () => {
  const body = { ipAddr: '10.1.2.3', portNumber: 4000, passThroughPartyId: 9, callReference: 7 };
  const long = frameOf(encodeMessage('OpenReceiveChannelAck', body, 20));
  const short = frameOf(encodeMessage('OpenReceiveChannelAck', body, 3));
  const read = { ok: true, value: { body } };

  test('a header that names a version wins over the negotiated one', () => {
    expect(decodeMessage(long, 11)).toMatchObject(read);
    expect(decodeMessage({ ...short, version: 11 }, 22)).toMatchObject(read);
  });

  test('header 0 is the basic layout, also after a higher version was negotiated', () => {
    expect(decodeMessage(short, 22)).toMatchObject(read);
    const withoutTail = { ...short, payload: short.payload.subarray(0, 16) };
    expect(decodeMessage(withoutTail, 22)).toMatchObject({
      ok: true,
      value: { body: { ipAddr: '10.1.2.3', portNumber: 4000 } },
    });
  });

  test('header 0 with exactly the length of the negotiated layout is the negotiated layout', () => {
    expect(decodeMessage({ ...long, version: 0 }, 20)).toMatchObject(read);
    expect(decodeMessage({ ...long, version: 0 }, 0)).not.toMatchObject(read);
    // One byte more is neither, and what the header says holds.
    const longer = { ...long, version: 0, payload: Uint8Array.of(...long.payload, 0) };
    expect(decodeMessage(longer, 20)).not.toMatchObject(read);
  });

  test('the negotiated layout may go without its tail', () => {
    const payload = long.payload.subarray(0, 32);
    const decoded = decodeMessage({ ...long, version: 0, payload }, 20);
    expect(decoded).toMatchObject({ ok: true, value: { body: { passThroughPartyId: 9 } } });
  });

  test('a length that both layouts have is the basic layout', () => {
    const start = frameOf(
      encodeMessage('StartMediaTransmission', { qualifierOut: { g723BitRate: 2 } }, 3),
    );
    expect(decodeMessage(start, 11)).toMatchObject({
      ok: true,
      value: { body: { qualifierOut: { g723BitRate: 2 } } },
    });
    // 24 bytes and a line are as long as 25 bytes and their padding.
    const call = frameOf(encodeMessage('EnblocCall', { calledParty: '5001', lineInstance: 2 }, 3));
    expect(decodeMessage(call, 22)).toMatchObject({
      ok: true,
      value: { body: { calledParty: '5001', lineInstance: 2 } },
    });
  });

  test('for every message: our own frames with header 0 put in read as before or as basic', () => {
    for (const name of NAMES) {
      const frame = frameOf(encodeMessage(name, {}, 22));
      expect(decodeMessage({ ...frame, version: 0 }, 22).ok).toBe(true);
    }
  });
});

describe('encoding', () => {
  test('texts that are too long are cut between characters, and keep their NUL', () => {
    const shown = (text: string) => {
      const decoded = decodeMessage(frameOf(encodeMessage('DisplayText', { text }, 20)));
      return decoded.ok && decoded.value.name === 'DisplayText' && decoded.value.body.text;
    };
    expect(shown('a'.repeat(40))).toBe('a'.repeat(31));
    expect(shown(`${'a'.repeat(30)}\x80\x0d`)).toBe('a'.repeat(30));
    expect(shown('\xc3\xa9'.repeat(20))).toBe('\xc3\xa9'.repeat(15));
  });

  test('what cannot be said is an error of ours', () => {
    const key = new Uint8Array(32);
    expect(() => encodeMessage('CallState', { callState: -1 }, 20)).toThrow('callState is a u32');
    expect(() => encodeMessage('CallState', { callState: 1.5 }, 20)).toThrow('callState is a u32');
    expect(() =>
      encodeMessage('OpenReceiveChannel', { mRxMediaEncryptionKeyInfo: { key } }, 20),
    ).toThrow('keylen counts key');
    expect(() =>
      encodeMessage('AuditParticipantRes', { participantEntry: Array(257).fill(1) }, 20),
    ).toThrow('numberOfEntries counts participantEntry');
    expect(() => encodeMessage('StartAnnouncement', { AnnList: Array(33).fill({}) }, 20)).toThrow(
      'AnnList fits',
    );
    expect(() =>
      encodeMessage('UserToDeviceData', { userToDeviceData: { xmldata: 'x'.repeat(2001) } }, 20),
    ).toThrow('xmldata fits');
    expect(() =>
      encodeMessage('UserToDeviceData', { userToDeviceData: { dataLength: 3, xmldata: 'x' } }, 20),
    ).toThrow('dataLength counts xmldata');
    expect(() => encodeMessage('PortRes', { ipAddr: 'localhost' }, 20)).toThrow(
      'ipAddr is an address',
    );
  });

  test('an IPv6 address is sent where there is room for it, and as none where there is not', () => {
    const addressOf = (version: number, ipAddr: string) => {
      const decoded = decodeMessage(frameOf(encodeMessage('PortRes', { ipAddr }, version)));
      return decoded.ok && decoded.value.name === 'PortRes' && decoded.value.body.ipAddr;
    };
    expect(addressOf(17, '2001:db8::1')).toBe('2001:db8::1');
    expect(addressOf(16, '2001:db8::1')).toBe('0.0.0.0');
    expect(addressOf(22, '::ffff:10.1.2.3')).toBe('10.1.2.3');
    expect(addressOf(11, '::ffff:10.1.2.3')).toBe('10.1.2.3');
  });

  test('the type of a message is known from its name', () => {
    const decoded = decodeMessage(frameOf(encodeMessage('CallState', { callReference: 7 }, 20)));
    if (!decoded.ok || decoded.value.name !== 'CallState') throw new Error('not a CallState');
    const reference: number = decoded.value.body.callReference;
    const level: number = decoded.value.body.precedence.precedenceLevel;
    expect([reference, level]).toEqual([7, 0]);
  });
});

function frameOf(bytes: Uint8Array): Frame {
  const read = new FrameReader().push(bytes);
  if (!read.ok || read.value.length !== 1 || !read.value[0]) throw new Error('not one frame');
  return read.value[0];
}

/** One byte a character, none of them NUL: display codes and broken UTF-8 among them. */
function wireText(max: number): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 1, max: 255 }), { maxLength: Math.min(max, 60) })
    .map((codes) => String.fromCharCode(...codes));
}

/** Any of the fields that this layout has, counters left to the codec. */
function bodyOf(reference: StructName | FieldList, version: number): fc.Arbitrary<Values> {
  const fields = fieldsOf(reference);
  const counters = new Set(fields.map(counterOf));
  const values = fields
    .filter((field) => applies(field, version) && !counters.has(field[0]))
    .map((field) => [field[0], valueFor(field, version)] as const);
  return fc.record(Object.fromEntries(values), { requiredKeys: [] });
}

function counterOf(field: Field): string | undefined {
  if (field[1] === 'list') return field[2].count;
  return field[1] === 'sized' || field[1] === 'blob' ? field[2].length : undefined;
}

function valueFor(field: Field, version: number): fc.Arbitrary<unknown> {
  switch (field[1]) {
    case 'u8':
      return fc.nat(0xff);
    case 'u16':
      return fc.nat(0xffff);
    case 'i32':
      return fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
    case 'u32':
      return fc.nat(0xffff_ffff);
    case 'text':
      return wireText(field[2] - 1);
    case 'dirnum':
      return wireText(dirnumSizeOf(version) - 1);
    case 'blob':
      return fc
        .array(fc.nat(255), { maxLength: Math.min(field[2].max, 100) })
        .map((codes) => String.fromCharCode(...codes));
    case 'bytes':
      return fc.uint8Array({ minLength: field[2], maxLength: field[2] });
    case 'sized':
      return fc.uint8Array({ maxLength: field[2].max });
    case 'rest':
      return fc.uint8Array({ maxLength: 16 }).map((bytes) => bytes.slice(0, bytes.length & ~3));
    case 'ipv4':
      return fc.ipV4();
    case 'address':
      return version >= 17 ? fc.oneof(fc.ipV4(), fc.constantFrom(...IPV6)) : fc.ipV4();
    case 'struct':
      return bodyOf(field[2], version);
    case 'list':
      return fc.array(entryOf(field, field[2], version), { maxLength: Math.min(field[2].max, 4) });
  }
}

const IPV6 = ['2001:db8::1', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8'] as const;

function entryOf(field: Field, { of }: ListShape, version: number): fc.Arbitrary<unknown> {
  return isNumberType(of) ? valueFor([field[0], of], version) : bodyOf(of, version);
}

/** What decoding must give: everything of the layout, counted, and empty what it does not have. */
function normalised(reference: StructName | FieldList, given: Values, version: number): Values {
  const fields = fieldsOf(reference);
  const values: Values = {};
  for (const field of fields) {
    const [name] = field;
    if (applies(field, version)) values[name] = expectedFor(field, given[name], version);
    else values[name] ??= emptyOf(field);
  }
  for (const field of fields) {
    const counter = counterOf(field);
    if (counter === undefined) continue;
    values[counter] = ((given[field[0]] ?? []) as { length: number }).length;
  }
  return values;
}

function expectedFor(field: Field, given: unknown, version: number): unknown {
  switch (field[1]) {
    case 'text':
    case 'dirnum':
    case 'blob':
      return given ?? '';
    case 'ipv4':
    case 'address':
      return given ?? '0.0.0.0';
    case 'bytes':
      return given ?? new Uint8Array(field[2]);
    case 'sized':
    case 'rest':
      return given ?? new Uint8Array(0);
    case 'struct':
      return normalised(field[2], (given ?? {}) as Values, version);
    case 'list': {
      const { of, count, max } = field[2];
      const entries = (given ?? []) as readonly unknown[];
      const size = count === undefined ? max : entries.length;
      return Array.from({ length: size }, (_, index) =>
        isNumberType(of)
          ? (entries[index] ?? 0)
          : normalised(of, (entries[index] ?? {}) as Values, version),
      );
    }
    default:
      return given ?? 0;
  }
}

function emptyOf(field: Field): unknown {
  switch (field[1]) {
    case 'text':
    case 'dirnum':
    case 'address':
      return '';
    case 'struct':
      return Object.fromEntries(fieldsOf(field[2]).map((each) => [each[0], emptyOf(each)]));
    case 'list':
      return [];
    default:
      return 0;
  }
}
