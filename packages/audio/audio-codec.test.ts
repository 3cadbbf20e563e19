import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type AudioCodec, g711AudioCodec, g722AudioCodec } from './audio-codec.ts';
import { PCMA, PCMU } from './g711.ts';

/*
 * Goal: whoever sends and hears through `AudioCodec` need not know which codec it is. Method: the
 * same expectations of each.
 */

const CODECS: readonly (readonly [string, () => AudioCodec])[] = [
  ['PCMU', () => g711AudioCodec(PCMU)],
  ['PCMA', () => g711AudioCodec(PCMA)],
  ['G722', () => g722AudioCodec()],
];

describe.each(CODECS)('%s', (name, open) => {
  test('RFC 3551 §4.5.2: the clock runs at 8 kHz, also that of G.722', () => {
    expect(open().payloadName).toBe(name);
    expect(open().clockRateHz).toBe(8000);
  });

  test.each([10, 20, 30, 40, 50, 60])(
    'a packet of %i ms: 64 kbit/s, and the sine comes back',
    (ms) => {
      const codec = open();
      const size = (ms * codec.sampleRateHz) / 1000;
      const payload = new Uint8Array(size);
      const heard = new Int16Array(size);
      let loudest = 0;
      for (let packet = 0; packet < 20; packet++) {
        expect(codec.encode(sine(codec, packet * size, size), payload)).toBe(8 * ms);
        expect(codec.decode(payload.subarray(0, 8 * ms), heard)).toBe(size);
        loudest = heard.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
      }
      expect(loudest).toBeGreaterThan(7500);
      expect(loudest).toBeLessThan(8500);
    },
  );

  test('a packet that is too long is refused and changes nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 161, maxLength: 400 }), (payload) => {
        const target = new Int16Array(160).fill(7);
        expect(open().decode(payload, target)).toBe(0);
        expect(target).toEqual(new Int16Array(160).fill(7));
      }),
    );
  });

  test('what is missing goes on for 10 ms and fades to nothing in 60; nothing before anything', () => {
    const codec = open();
    const size = codec.sampleRateHz / 50;
    const target = new Int16Array(size).fill(7);
    codec.conceal(target);
    expect(energy(target)).toBe(0);
    const payload = new Uint8Array(160);
    for (let packet = 0; packet < 5; packet++) {
      codec.encode(sine(codec, packet * size, size), payload);
      codec.decode(payload, target);
    }
    const before = energy(target);
    const shares = [0, 1, 2, 3].map(() => {
      codec.conceal(target);
      return energy(target) / before;
    });
    const [first = 0, second = 0, third = 0, last] = shares;
    expect([first > 0.8, first < 1.1, second < first / 1.5, third < second / 3]).toEqual(
      Array(4).fill(true),
    );
    expect(last).toBe(0);
  });
});

function sine({ sampleRateHz }: AudioCodec, start: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 500 * (start + index)) / sampleRateHz)),
  );
}

function energy(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample ** 2, 0);
}
