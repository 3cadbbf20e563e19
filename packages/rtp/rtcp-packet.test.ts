import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeRtcp, encodeRtcp } from './rtcp-packet.ts';

/* Goal: what we report is read as it was meant, and no bytes do harm (RFC 3550 §6). */

test('RFC 3550 §6.4.1, §6.5, §6.6: the layout, byte by byte', () => {
  const bytes = encodeRtcp({
    ssrc: 0x01020304,
    sent: { ntpSeconds: 5, ntpFraction: 6, rtpTimestamp: 7, packets: 8, octets: 9 },
    received: [
      {
        ssrc: 10,
        fractionLost: 11,
        packetsLost: -1,
        highestSequence: 12,
        jitter: 13,
        lastReport: 14,
        delaySinceLast: 15,
      },
    ],
    cname: 'ab',
    bye: true,
  });
  expect(bytes.toHex().match(/.{8}/g)).toEqual([
    '81c8000c',
    '01020304',
    '00000005',
    '00000006',
    '00000007',
    '00000008',
    '00000009',
    '0000000a',
    '0bffffff',
    '0000000c',
    '0000000d',
    '0000000e',
    '0000000f',
    '81ca0003',
    '01020304',
    '01026162',
    '00000000',
    '81cb0001',
    '01020304',
  ]);
});

test('what is encoded is decoded again', () => {
  fc.assert(
    fc.property(compounds(), (compound) => {
      expect(decodeRtcp(encodeRtcp(compound))).toEqual({ ok: true, value: compound });
    }),
  );
});

test('RFC 3550 §A.2: bytes of any kind and every cut of a compound never throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void decodeRtcp(bytes)));
  fc.assert(
    fc.property(compounds(), fc.nat(), fc.nat(255), (compound, at, value) => {
      const bytes = encodeRtcp(compound);
      bytes[at % bytes.length] = value;
      decodeRtcp(bytes);
      decodeRtcp(bytes.subarray(0, at % bytes.length));
    }),
  );
});

test.each([
  ['too short', '80c90000'],
  ['not RTCP', '00c9000101020304'],
  ['not RTCP', '81ca000301020304010261620000000a'.slice(0, 32)],
  ['length', '80c9000201020304'],
  ['length', '81c9000101020304'],
  ['length', `a0c9000101020304${'80cb0000'}`],
])('RFC 3550 §A.2: %s: %s', (error, hex) => {
  expect(decodeRtcp(Uint8Array.fromHex(hex))).toEqual({ ok: false, error });
});

test('packets of other types are passed over, the goodbye of another source is none', () => {
  const hex = `80c9000101020304${'80cc000201020304'}${'41424344'}${'81cb000109090909'}`;
  const value = { ssrc: 0x01020304, received: [], bye: false };
  expect(decodeRtcp(Uint8Array.fromHex(hex))).toEqual({ ok: true, value });
});

function compounds(): fc.Arbitrary<Parameters<typeof encodeRtcp>[0]> {
  const word = fc.integer({ min: 0, max: 0xffff_ffff });
  const sent = fc.record({
    ntpSeconds: word,
    ntpFraction: word,
    rtpTimestamp: word,
    packets: word,
    octets: word,
  });
  const block = fc.record({
    ssrc: word,
    fractionLost: fc.nat(255),
    packetsLost: fc.integer({ min: -0x80_0000, max: 0x7f_ffff }),
    highestSequence: word,
    jitter: word,
    lastReport: word,
    delaySinceLast: word,
  });
  return fc
    .record(
      {
        ssrc: word,
        sent,
        received: fc.array(block, { maxLength: 31 }),
        cname: fc.string({ unit: 'grapheme-ascii', maxLength: 255 }),
        bye: fc.boolean(),
      },
      { requiredKeys: ['ssrc', 'received', 'bye'] },
    )
    .map((compound) => ({ ...compound }));
}
