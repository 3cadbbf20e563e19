import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeRtpPacket,
  encodeRtpHeader,
  encodeRtpPacket,
  RTP_PACKET_SIZE_MAX,
  type RtpPacket,
  sequenceNumberOf,
  ssrcOf,
  timestampOf,
} from './rtp-packet.ts';

/*
 * Goal: what is encoded is decoded again; whatever comes off the wire gives a packet or an error
 * word, and never a throw or a view outside of the datagram.
 */

test('a voice packet, byte by byte', () => {
  const packet = decodeRtpPacket(bytesOf('80 80 04d2 00000320 deadbeef d5d5d5'));
  expect(packet).toEqual({
    ok: true,
    value: {
      marker: true,
      payloadType: 0,
      sequenceNumber: 1234,
      timestamp: 800,
      ssrc: 0xdeadbeef,
      csrcs: [],
      extension: undefined,
      payload: bytesOf('d5d5d5'),
      paddingSize: 0,
    },
  });
});

test('everything at once: two CSRC, an extension of one word, three bytes of padding', () => {
  const packet = decodeRtpPacket(
    bytesOf('b2 08 0001 00000002 00000003 0000000a ffffffff bede0001 10ff0000 d5d5 000003'),
  );
  expect(packet).toEqual({
    ok: true,
    value: {
      marker: false,
      payloadType: 8,
      sequenceNumber: 1,
      timestamp: 2,
      ssrc: 3,
      csrcs: [10, 0xffffffff],
      extension: { profile: 0xbede, data: bytesOf('10ff0000') },
      payload: bytesOf('d5d5'),
      paddingSize: 3,
    },
  });
});

describe('RFC 3550 appendix A.1: what is no RTP packet is refused', () => {
  test.each([
    //  bytes                                                 error
    ['', 'too-short'],
    ['80 00 0001 00000002 000000', 'too-short'],
    ['40 00 0001 00000002 00000003', 'wrong-version'],
    ['00 00 0001 00000002 00000003', 'wrong-version'],
    ['c0 00 0001 00000002 00000003', 'wrong-version'],
    ['81 00 0001 00000002 00000003 000000', 'csrc-cut'],
    ['8f 00 0001 00000002 00000003 00000000', 'csrc-cut'],
    ['90 00 0001 00000002 00000003 bede00', 'extension-cut'],
    ['90 00 0001 00000002 00000003 bede0001', 'extension-cut'],
    ['90 00 0001 00000002 00000003 bedeffff 00000000', 'extension-cut'],
    ['a0 00 0001 00000002 00000003 d500', 'bad-padding'],
    ['a0 00 0001 00000002 00000003 d503', 'bad-padding'],
    ['a0 00 0001 00000002 00000000', 'bad-padding'],
    // The last byte of the header is not padding, though there is nothing else.
    ['a0 00 0001 00000002 00000001', 'bad-padding'],
  ] as const)('%s: %s', (hex, error) => {
    expect(decodeRtpPacket(bytesOf(hex))).toEqual({ ok: false, error });
  });

  test('a datagram past the bound', () => {
    const bytes = new Uint8Array(RTP_PACKET_SIZE_MAX + 1);
    bytes[0] = 0x80;
    expect(decodeRtpPacket(bytes)).toEqual({ ok: false, error: 'too-long' });
    expect(decodeRtpPacket(bytes.subarray(1)).ok).toBe(false);
    expect(decodeRtpPacket(bytes.subarray(0, RTP_PACKET_SIZE_MAX)).ok).toBe(true);
  });
});

test('decode(encode(packet)) is the packet', () => {
  fc.assert(
    fc.property(packets(), (packet) => {
      expect(decodeRtpPacket(encodeRtpPacket(packet))).toEqual({ ok: true, value: packet });
    }),
  );
});

test('whatever decodes encodes to the same bytes, save the content of the padding', () => {
  fc.assert(
    fc.property(anyBytes(), (bytes) => {
      const decoded = decodeRtpPacket(bytes);
      if (!decoded.ok) return;
      const { paddingSize } = decoded.value;
      const expected = bytes.slice();
      if (paddingSize > 0) expected.fill(0, bytes.length - paddingSize, bytes.length - 1);
      expect(encodeRtpPacket(decoded.value)).toEqual(expected);
    }),
    { numRuns: 2000 },
  );
});

test('a plain header is the header of the whole packet', () => {
  fc.assert(
    fc.property(packets(), (packet) => {
      const plain: RtpPacket = { ...packet, csrcs: [], extension: undefined, paddingSize: 0 };
      const target = new Uint8Array(12 + plain.payload.length);
      expect(encodeRtpHeader(plain, target)).toBe(12);
      target.set(plain.payload, 12);
      expect(target).toEqual(encodeRtpPacket(plain));
      expect(sequenceNumberOf(target)).toBe(plain.sequenceNumber);
      expect(timestampOf(target)).toBe(plain.timestamp);
      expect(ssrcOf(target)).toBe(plain.ssrc);
    }),
  );
});

test('fields out of range are our mistake', () => {
  const packet = { ...PLAIN };
  expect(() => encodeRtpPacket({ ...packet, payloadType: 128 })).toThrow('7 bits');
  expect(() => encodeRtpPacket({ ...packet, sequenceNumber: 65536 })).toThrow('16 bits');
  expect(() => encodeRtpPacket({ ...packet, timestamp: -1 })).toThrow('32 bits');
  expect(() => encodeRtpPacket({ ...packet, ssrc: 2 ** 32 })).toThrow('32 bits');
  expect(() => encodeRtpPacket({ ...packet, ssrc: 0.5 })).toThrow('32 bits');
  expect(() => encodeRtpPacket({ ...packet, csrcs: new Array(16).fill(0) })).toThrow('15 CSRC');
  expect(() => encodeRtpPacket({ ...packet, paddingSize: 256 })).toThrow('255 bytes');
  expect(() => encodeRtpPacket({ ...packet, payload: new Uint8Array(2048) })).toThrow('refuse');
  const extension = { profile: 0, data: new Uint8Array(3) };
  expect(() => encodeRtpPacket({ ...packet, extension })).toThrow('whole words');
});

const PLAIN: RtpPacket = {
  marker: false,
  payloadType: 0,
  sequenceNumber: 0,
  timestamp: 0,
  ssrc: 0,
  csrcs: [],
  extension: undefined,
  payload: new Uint8Array(0),
  paddingSize: 0,
};

function packets(): fc.Arbitrary<RtpPacket> {
  const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const words = fc
    .integer({ min: 0, max: 6 })
    .chain((count) => fc.uint8Array({ minLength: 4 * count, maxLength: 4 * count }));
  return fc.record({
    marker: fc.boolean(),
    payloadType: fc.integer({ min: 0, max: 127 }),
    sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
    timestamp: uint32,
    ssrc: uint32,
    csrcs: fc.array(uint32, { maxLength: 15 }),
    extension: fc.option(fc.record({ profile: fc.integer({ min: 0, max: 0xffff }), data: words }), {
      nil: undefined,
    }),
    payload: fc.uint8Array({ maxLength: 200 }),
    paddingSize: fc.integer({ min: 0, max: 255 }),
  });
}

/** Half of them with the right version, or nothing else would be tried. */
function anyBytes(): fc.Arbitrary<Uint8Array> {
  return fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 120 })).map(([isRtp, bytes]) => {
    const [first] = bytes;
    if (isRtp && first !== undefined) bytes[0] = (first & 0x3f) | 0x80;
    return bytes;
  });
}

function bytesOf(hex: string): Uint8Array {
  return Uint8Array.fromHex(hex.replaceAll(' ', ''));
}
