import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONCEALED_MS_MAX, Concealment } from './concealment.ts';

/*
 * Goal: a gap in a voice is filled with what the voice was like, without a click at either end, and is never
 * louder than what was heard. Method: sines of many pitches, which tell where a sample would have been.
 */

const AMPLITUDE = 8000;

describe.each([8000, 16_000])('at %i Hz', (rateHz) => {
  const frame = rateHz / 50;

  test.each([70, 100, 140, 190, 330, 500, 1004])('a sine of %i Hz goes on as it was', (pitchHz) => {
    const concealment = new Concealment(rateHz);
    const sine = (start: number) => sineAt(rateHz, pitchHz, { start, length: frame });
    for (let index = 0; index < 3; index++) concealment.hear(sine(index * frame));
    const filled = new Int16Array(frame);
    concealment.fill(filled);
    // In the first 10 ms nothing fades.
    const half = frame / 2;
    const wanted = sine(3 * frame).subarray(0, half);
    const error = wanted.map((sample, index) => sample - (filled[index] ?? 0));
    expect(energy(error)).toBeLessThan(0.06 * energy(wanted));
  });

  test.each([1, 2, 3, 5])(
    '%i frames are missing: no step is larger than those of the sine',
    (count) => {
      const concealment = new Concealment(rateHz);
      const heard: number[] = [];
      for (let index = 0; index < 6 + count; index++) {
        const samples = sineAt(rateHz, 200, { start: index * frame, length: frame });
        if (index < 3 || index >= 3 + count) concealment.hear(samples);
        else concealment.fill(samples);
        heard.push(...samples);
      }
      const largest = (2 * Math.PI * 200 * AMPLITUDE) / rateHz;
      const steps = heard.slice(1).map((sample, index) => Math.abs(sample - (heard[index] ?? 0)));
      expect(Math.max(...steps)).toBeLessThan(1.5 * largest);
    },
  );

  test('after 60 ms there is silence', () => {
    const concealment = new Concealment(rateHz);
    concealment.hear(sineAt(rateHz, 200, { start: 0, length: 3 * frame }));
    const filled = new Int16Array((CONCEALED_MS_MAX * rateHz) / 1000 + frame);
    concealment.fill(filled);
    expect(concealment.isOver).toBe(true);
    expect(energy(filled.subarray(-frame))).toBe(0);
    expect(energy(filled)).toBeGreaterThan(0);
  });

  test('whatever was heard, what is filled in is not much louder than it', () => {
    fc.assert(
      fc.property(fc.int16Array({ minLength: 3 * frame, maxLength: 3 * frame }), (samples) => {
        const concealment = new Concealment(rateHz);
        concealment.hear(samples);
        const filled = new Int16Array(frame);
        concealment.fill(filled);
        expect(energy(filled)).toBeLessThanOrEqual(2 * energy(samples) + frame);
      }),
      { numRuns: 50 },
    );
  });
});

function sineAt(
  rateHz: number,
  hz: number,
  { start, length }: { readonly start: number; readonly length: number },
): Int16Array {
  return Int16Array.from({ length }, (_, index) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hz * (start + index)) / rateHz)),
  );
}

function energy(samples: Int16Array): number {
  return samples.reduce((sum, sample) => sum + sample ** 2, 0);
}
