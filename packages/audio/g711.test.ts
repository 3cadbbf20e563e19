import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codecOf, decodePcma, decodePcmu, encodePcma, encodePcmu, PCMA, PCMU } from './g711.ts';

/*
 * Goal: both laws do what ITU-T G.711 says, for every code and for every 16-bit sample. Method: all
 * 256 codes and all 65 536 samples, against the definition of the law in decision values.
 */

const ALL_CODES: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) => code);
const ALL_SAMPLES: Int16Array = Int16Array.from({ length: 0x1_0000 }, (_, index) => index - 0x8000);

describe.each([PCMU, PCMA])('$name', (codec) => {
  const decoded = new Int16Array(256);
  codec.decode(ALL_CODES, decoded);
  const encoded = new Uint8Array(0x1_0000);
  codec.encode(ALL_SAMPLES, encoded);
  const roundTrip = new Int16Array(0x1_0000);
  codec.decode(encoded, roundTrip);

  test('idempotent: every code encodes back from its sample, negative zero as positive', () => {
    const again = new Uint8Array(256);
    codec.encode(decoded, again);
    const expected = ALL_CODES.slice();
    if (codec === PCMU) expected[0x7f] = 0xff;
    expect(again).toEqual(expected);
  });

  test('monotonic: a larger sample never decodes to a smaller one', () => {
    for (let index = 1; index < roundTrip.length; index++) {
      if (at(roundTrip, index) < at(roundTrip, index - 1)) expect.fail(`at ${index - 0x8000}`);
    }
  });

  test('every sample comes back to within half a step, and a step is a 16th of its segment', () => {
    // Half of 1/16 of at least half the magnitude; µ-law counts from its bias, A-law is linear
    // below.
    const bias = codec === PCMU ? 132 : 0;
    const floor = codec === PCMU ? 4 : 16;
    for (const sample of ALL_SAMPLES) {
      const error = Math.abs(at(roundTrip, sample + 0x8000) - sample);
      const bound = Math.max(16, (Math.abs(sample) + bias) / 32) + floor;
      if (error > bound) expect.fail(`${sample} is ${error} off, more than ${bound}`);
    }
  });

  test('both signs are alike: the code of -x differs from that of x in the sign bit only', () => {
    for (let code = 0; code < 128; code++) {
      expect(at(decoded, code) + at(decoded, code | 0x80)).toBe(0);
    }
  });

  test('silence is quiet, and clipping keeps the sign', () => {
    expect(Math.abs(at(decoded, codec.silence))).toBeLessThanOrEqual(8);
    expect(at(roundTrip, 0)).toBeLessThan(-32_000);
    expect(at(roundTrip, 0xffff)).toBeGreaterThan(32_000);
  });

  test('signal to noise is above 33 dB over 30 dB of level, as a law of 8 bits gives', () => {
    for (const amplitude of [1000, 3000, 10_000, 30_000]) {
      const samples = Int16Array.from({ length: 4000 }, (_, index) =>
        Math.round(amplitude * Math.sin(index * 0.7713)),
      );
      const codes = new Uint8Array(4000);
      const back = new Int16Array(4000);
      codec.encode(samples, codes);
      codec.decode(codes, back);
      let signal = 0;
      let noise = 0;
      for (const [index, sample] of samples.entries()) {
        signal += sample ** 2;
        noise += (at(back, index) - sample) ** 2;
      }
      expect(10 * Math.log10(signal / noise)).toBeGreaterThan(33);
    }
  });

  test('encodes and decodes as much as the source has, and leaves the rest alone', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (codes) => {
        const samples = new Int16Array(50).fill(99);
        codec.decode(codes, samples);
        expect([...samples.subarray(codes.length)]).toEqual(new Array(50 - codes.length).fill(99));
        const back = new Uint8Array(50).fill(99);
        codec.encode(samples.subarray(0, codes.length), back);
        expect([...back.subarray(codes.length)]).toEqual(new Array(50 - codes.length).fill(99));
      }),
    );
  });

  test('a target without room is our mistake', () => {
    expect(() => codec.decode(new Uint8Array(2), new Int16Array(1))).toThrow('room');
    expect(() => codec.encode(new Int16Array(2), new Uint8Array(1))).toThrow('room');
  });
});

test('the payload types of RFC 3551', () => {
  expect(codecOf(0)).toBe(PCMU);
  expect(codecOf(8)).toBe(PCMA);
  expect([PCMU.payloadType, PCMA.payloadType]).toEqual([0, 8]);
});

test('the codecs are the functions', () => {
  expect([PCMU.decode, PCMU.encode]).toEqual([decodePcmu, encodePcmu]);
  expect([PCMA.decode, PCMA.encode]).toEqual([decodePcma, encodePcma]);
});

function at(values: Int16Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}`);
  return value;
}
