import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PCMA, PCMU } from './g711.ts';
import { SINE_LEVEL_MAX_DBOV, ToneGenerator } from './tone.ts';
import {
  detectTones,
  LEVEL_FLOOR_DBOV,
  levelsOf,
  loudnessOf,
  resolutionOf,
} from './tone-detector.ts';

/*
 * Goal: what the generator writes the detector finds, with its level, and nothing else; through
 * either law of G.711 as well. Method: three tones of eight, at any frequencies that the window can
 * tell apart.
 */

const WINDOW_SAMPLES = 1600;

describe('generator', () => {
  test('frames follow on each other without a break', () => {
    fc.assert(
      fc.property(frequencies(3), fc.array(fc.integer({ min: 0, max: 200 })), (tones, sizes) => {
        const options = { frequenciesHz: tones, levelDbov: -20 };
        const inFrames = new ToneGenerator(options);
        const frames = sizes.flatMap((size) => {
          const frame = new Int16Array(size);
          inFrames.write(frame);
          return [...frame];
        });
        const atOnce = new Int16Array(frames.length);
        new ToneGenerator(options).write(atOnce);
        expect(frames).toEqual([...atOnce]);
      }),
    );
  });

  test('the loudest sine fills the scale and is not clipped', () => {
    const samples = new Int16Array(8000);
    new ToneGenerator({ frequenciesHz: [997], levelDbov: SINE_LEVEL_MAX_DBOV }).write(samples);
    expect(Math.max(...samples)).toBeGreaterThan(32_760);
    expect(loudnessOf(samples)).toBeCloseTo(-3.01, 2);
  });

  test('several loud tones are clipped, not wrapped around', () => {
    const samples = new Int16Array(8000);
    new ToneGenerator({ frequenciesHz: [500, 501], levelDbov: -4 }).write(samples);
    expect(Math.max(...samples)).toBe(32_767);
    expect(Math.min(...samples)).toBe(-32_768);
    for (let index = 1; index < samples.length; index++) {
      expect(Math.abs((samples[index] ?? 0) - (samples[index - 1] ?? 0))).toBeLessThan(30_000);
    }
  });

  test('no tone at all is silence', () => {
    const samples = new Int16Array(160).fill(5);
    new ToneGenerator({ frequenciesHz: [], levelDbov: -20 }).write(samples);
    expect(loudnessOf(samples)).toBe(LEVEL_FLOOR_DBOV);
  });

  test('too loud, too high, too many: our mistakes', () => {
    expect(() => new ToneGenerator({ frequenciesHz: [440], levelDbov: 0 })).toThrow('full scale');
    expect(() => new ToneGenerator({ frequenciesHz: [4000], levelDbov: -20 })).toThrow('half');
    expect(() => new ToneGenerator({ frequenciesHz: [0], levelDbov: -20 })).toThrow('half');
    const many = Array.from({ length: 17 }, (_, index) => 100 + index);
    expect(() => new ToneGenerator({ frequenciesHz: many, levelDbov: -40 })).toThrow('bounded');
  });
});

describe('levels', () => {
  test('a steady tone has the level it was made with', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 3900 }),
        fc.integer({ min: -50, max: -4 }),
        (frequencyHz, levelDbov) => {
          const samples = new Int16Array(WINDOW_SAMPLES);
          new ToneGenerator({ frequenciesHz: [frequencyHz], levelDbov }).write(samples);
          const [level = 0] = levelsOf(samples, [frequencyHz]);
          expect(Math.abs(level - levelDbov)).toBeLessThan(0.1);
          expect(Math.abs(loudnessOf(samples) - levelDbov)).toBeLessThan(0.1);
        },
      ),
    );
  });

  test('nothing is at the floor', () => {
    expect(levelsOf(new Int16Array(160), [440, 1000])).toEqual([-127, -127]);
    expect(levelsOf(new Int16Array(0), [440])).toEqual([-127]);
    expect(loudnessOf(new Int16Array(0))).toBe(-127);
  });

  test('the rate of the samples counts', () => {
    const samples = new Int16Array(WINDOW_SAMPLES);
    new ToneGenerator({ frequenciesHz: [500], levelDbov: -20 }).write(samples);
    const [level = 0] = levelsOf(samples, [1000], 16_000);
    expect(level).toBeCloseTo(-20, 1);
  });
});

describe('detection', () => {
  test('silence and a whisper are no tone', () => {
    expect(detectTones(new Int16Array(WINDOW_SAMPLES), [440, 880])).toEqual([]);
    const whisper = new Int16Array(WINDOW_SAMPLES);
    new ToneGenerator({ frequenciesHz: [440], levelDbov: -60 }).write(whisper);
    expect(detectTones(whisper, [440])).toEqual([]);
    expect(detectTones(whisper, [440], { minimumDbov: -65, belowLoudestDb: 20 })).toEqual([440]);
  });

  test('what is far below the loudest is absent, unless asked for', () => {
    const samples = new Int16Array(WINDOW_SAMPLES);
    new ToneGenerator({ frequenciesHz: [440], levelDbov: -10 }).write(samples);
    const quiet = new Int16Array(WINDOW_SAMPLES);
    new ToneGenerator({ frequenciesHz: [880], levelDbov: -40 }).write(quiet);
    for (const [index, sample] of quiet.entries()) samples[index] = (samples[index] ?? 0) + sample;
    expect(detectTones(samples, [440, 880])).toEqual([440]);
    const thresholds = { minimumDbov: -45, belowLoudestDb: 40 };
    expect(detectTones(samples, [440, 880], thresholds)).toEqual([440, 880]);
  });

  test.each([
    ['linear', undefined],
    ['µ-law', PCMU],
    ['A-law', PCMA],
  ])('three tones of eight, not one more or less: %s', (_, codec) => {
    fc.assert(
      fc.property(
        frequencies(8),
        fc.integer({ min: -38, max: -14 }),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7], { minLength: 3, maxLength: 3 }),
        (candidatesHz, levelDbov, chosen) => {
          const presentHz = candidatesHz.filter((_, index) => chosen.includes(index));
          const samples = new Int16Array(WINDOW_SAMPLES);
          new ToneGenerator({ frequenciesHz: presentHz, levelDbov }).write(samples);
          if (codec !== undefined) {
            const codes = new Uint8Array(WINDOW_SAMPLES);
            codec.encode(samples, codes);
            codec.decode(codes, samples);
          }
          expect(detectTones(samples, candidatesHz)).toEqual(presentHz);
        },
      ),
      { numRuns: 300 },
    );
  });
});

/** So many frequencies, rising, at least 1.5 times the resolution of the window apart. */
function frequencies(count: number): fc.Arbitrary<readonly number[]> {
  const apartHz = 1.5 * resolutionOf(WINDOW_SAMPLES);
  const slack = (3400 - 200) / count - apartHz;
  return fc
    .array(fc.double({ min: 0, max: slack, noNaN: true }), { minLength: count, maxLength: count })
    .map((gaps) => {
      let frequencyHz = 200;
      return gaps.map((gap) => {
        frequencyHz += apartHz + gap;
        return frequencyHz;
      });
    });
}
