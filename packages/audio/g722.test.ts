import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { G722Decoder, G722Encoder } from './g722.ts';

/*
 * Goal: G.722 sounds as it should, and survives what the network does to it. Method: measurements on
 * sines, with the known frequency and its delay fitted out. That the bytes are the right ones is proven in
 * test/interop against another's implementation.
 */

const RATE = 16_000;
/** Of encoder and decoder together: both mirror filters. */
const DELAY_SAMPLES = 22;
const SECOND: number = RATE;

describe('quality', () => {
  test.each([
    [200, 55],
    [1000, 42],
    [3000, 37],
    [6000, 22],
  ])(
    'a sine of %i Hz at -10 dBov: its level is kept, the rest is %i dB below',
    (hertz, ratioMin) => {
      const { gain, ratioDb } = measured(hertz, 10_000);
      expect(20 * Math.log10(gain)).toBeCloseTo(0, 0);
      expect(ratioDb).toBeGreaterThan(ratioMin);
    },
  );

  test('speech frequencies pass alike: within 1 dB from 50 Hz to 6.4 kHz', () => {
    for (let hertz = 50; hertz <= 6400; hertz *= 1.3) {
      const decibels = 20 * Math.log10(measured(hertz, 10_000).gain);
      if (Math.abs(decibels) > 1) expect.fail(`${hertz} Hz: ${decibels} dB`);
    }
  });

  test('the noise follows the level: 33 dB below the sine over 40 dB of level', () => {
    for (const amplitude of [300, 3000, 30_000]) {
      expect(measured(1000, amplitude).ratioDb).toBeGreaterThan(33);
    }
  });

  test('silence stays silent: at most 4 of 32767', () => {
    expect(loudest(throughBoth(new Int16Array(SECOND)))).toBeLessThanOrEqual(4);
  });

  test('full scale is clipped and never wraps: a sign is never wrong by much', () => {
    const square = Int16Array.from({ length: SECOND }, (_, n) => (n % 160 < 80 ? 32_767 : -32_768));
    const heard = throughBoth(square);
    for (let index = 1000; index < SECOND; index++) {
      // Away from the edges, where the filter rings.
      const phase = (index - DELAY_SAMPLES) % 80;
      if (phase < 30 || phase > 50) continue;
      expect(Math.sign(at(heard, index))).toBe(Math.sign(at(square, index - DELAY_SAMPLES)));
    }
  });
});

describe('what the network does', () => {
  test('wrong bits do no harm: a second later the decoder is as if nothing had been', () => {
    const bytes = encoded(sine(440, 8000, 2 * SECOND));
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), (noise) => {
        const damaged = bytes.slice();
        damaged.set(noise, 100);
        const heard = decoded(damaged).subarray(SECOND);
        const undamaged = decoded(bytes).subarray(SECOND);
        // Two decoders that forget meet within rounding.
        expect(loudest(heard.map((sample, index) => sample - at(undamaged, index)))).toBeLessThan(
          400,
        );
      }),
      { numRuns: 20 },
    );
  });

  test('any bytes decode, and frames of any size decode as one stream', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), fc.nat(2000), (bytes, anyCut) => {
        const cut = Math.min(anyCut, bytes.length);
        const decoder = new G722Decoder();
        const heard = new Int16Array(2 * bytes.length);
        decoder.decode(bytes.subarray(0, cut), heard.subarray(0, 2 * cut));
        decoder.decode(bytes.subarray(cut), heard.subarray(2 * cut));
        expect(heard).toEqual(decoded(bytes));
      }),
    );
  });

  test('a target without room is our mistake, as is half a pair', () => {
    expect(() => new G722Decoder().decode(new Uint8Array(2), new Int16Array(3))).toThrow('room');
    expect(() => new G722Encoder().encode(new Int16Array(4), new Uint8Array(1))).toThrow('room');
    expect(() => new G722Encoder().encode(new Int16Array(3), new Uint8Array(9))).toThrow('pairs');
  });
});

/** Fits a sine of the known frequency to what is heard; the first tenth of a second adapts. */
function measured(hertz: number, amplitude: number): { gain: number; ratioDb: number } {
  const heard = throughBoth(sine(hertz, amplitude, SECOND)).subarray(1600);
  let inPhase = 0;
  let across = 0;
  let power = 0;
  for (const [index, sample] of heard.entries()) {
    const angle = (2 * Math.PI * hertz * index) / RATE;
    inPhase += (2 * sample * Math.cos(angle)) / heard.length;
    across += (2 * sample * Math.sin(angle)) / heard.length;
    power += sample ** 2 / heard.length;
  }
  const signal = (inPhase ** 2 + across ** 2) / 2;
  return {
    gain: Math.hypot(inPhase, across) / amplitude,
    ratioDb: 10 * Math.log10(signal / Math.max(power - signal, 1e-9)),
  };
}

function sine(hertz: number, amplitude: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) =>
    Math.round(amplitude * Math.sin((2 * Math.PI * hertz * index) / RATE)),
  );
}

function throughBoth(samples: Int16Array): Int16Array {
  return decoded(encoded(samples));
}

function encoded(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length / 2);
  new G722Encoder().encode(samples, bytes);
  return bytes;
}

function decoded(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(2 * bytes.length);
  new G722Decoder().decode(bytes, samples);
  return samples;
}

function loudest(samples: Int16Array): number {
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

function at(values: Int16Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}`);
  return value;
}
