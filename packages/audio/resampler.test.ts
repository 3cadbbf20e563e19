import { describe, expect, test } from 'vitest';
import { RESAMPLER_DELAY_SAMPLES, Resampler } from './resampler.ts';

/*
 * Goal: what both rates can carry comes through unchanged, what they cannot does not come back at a
 * wrong frequency, and the delay is known. Method: sines and a click, in frames of 20 ms.
 */

const RATES = [
  [8000, 16_000],
  [16_000, 8000],
  [8000, 48_000],
  [48_000, 8000],
  [16_000, 48_000],
  [48_000, 16_000],
] as const;
const AMPLITUDE = 20_000;

describe.each(RATES)('%i Hz to %i Hz', (from, to) => {
  const lower = Math.min(from, to);

  test('passband: level within 0.05 dB, all else 60 dB below, up to 0.85 of half the lower rate', () => {
    for (const share of [0.02, 0.1, 0.25, 0.5, 0.75, 0.85]) {
      const hertz = Math.round((share * lower) / 2 / 50) * 50;
      const heard = resampled(sine(hertz, from), from, to).subarray(to / 10);
      const { level, rest } = measured(heard, hertz, to);
      expect(Math.abs(decibels(level / AMPLITUDE)), `${hertz} Hz`).toBeLessThan(0.05);
      expect(decibels(rest / AMPLITUDE), `${hertz} Hz`).toBeLessThan(-60);
    }
  });

  test('delay: a click arrives 16 samples of the lower rate later', () => {
    const click = new Int16Array(from / 10);
    const unit = from / lower;
    click.fill(AMPLITUDE, 40 * unit, 41 * unit);
    const heard = resampled(click, from, to);
    const centre = heard.reduce((sum, sample, index) => sum + index * sample, 0);
    const weight = heard.reduce((sum, sample) => sum + sample, 0);
    const expected = ((40 * unit + (unit - 1) / 2) / unit + RESAMPLER_DELAY_SAMPLES) * (to / lower);
    expect(Math.abs(centre / weight - expected)).toBeLessThan(0.05);
  });

  test('full scale is clipped and never wraps: away from its edges a square keeps its sign', () => {
    const square = Int16Array.from({ length: from }, (_, index) =>
      index % (from / 100) < from / 200 ? 32_767 : -32_768,
    );
    const heard = resampled(square, from, to);
    for (let index = to / 10; index < heard.length; index++) {
      const phaseMs = (1000 * (index / to - RESAMPLER_DELAY_SAMPLES / lower)) % 10;
      if (phaseMs % 5 < 1 || phaseMs % 5 > 4) continue;
      expect(Math.sign(heard[index] ?? 0)).toBe(phaseMs < 5 ? 1 : -1);
    }
  });
});

test.each(RATES.filter(([from, to]) => from > to))(
  '%i Hz to %i Hz: from 1.15 of half the lower rate on, 60 dB down',
  (from, to) => {
    for (let hertz = (1.15 * to) / 2; hertz < from / 2; hertz += to / 20) {
      const heard = resampled(sine(hertz, from), from, to).subarray(to / 10);
      const power = heard.reduce((sum, sample) => sum + sample ** 2, 0) / heard.length;
      expect(decibels(Math.sqrt(2 * power) / AMPLITUDE), `${hertz} Hz`).toBeLessThan(-60);
    }
  },
);

test('the size of the frames changes nothing', () => {
  const whole = new Int16Array(16_000);
  const parts = new Int16Array(16_000);
  const samples = sine(1234, 8000);
  new Resampler(8000, 16_000, 8000).resample(samples, whole);
  const resampler = new Resampler(8000, 16_000, 160);
  for (let start = 0; start < 8000; ) {
    const end = Math.min(8000, start + 1 + ((start * 7) % 160));
    resampler.resample(samples.subarray(start, end), parts.subarray(2 * start));
    start = end;
  }
  expect(parts).toEqual(whole);
});

test('rates that are no multiples, and frames too large, are our mistake', () => {
  expect(() => new Resampler(16_000, 44_100, 320)).toThrow('multiples');
  const resampler = new Resampler(8000, 16_000, 160);
  expect(() => resampler.resample(new Int16Array(161), new Int16Array(322))).toThrow('largest');
  expect(() => resampler.resample(new Int16Array(160), new Int16Array(319))).toThrow('room');
});

function resampled(samples: Int16Array, from: number, to: number): Int16Array {
  const resampler = new Resampler(from, to, from / 50);
  const heard = new Int16Array((samples.length * to) / from);
  for (let start = 0; start < samples.length; start += from / 50) {
    const frame = samples.subarray(start, start + from / 50);
    resampler.resample(frame, heard.subarray((start * to) / from));
  }
  return heard;
}

function sine(hertz: number, rate: number): Int16Array {
  return Int16Array.from({ length: rate }, (_, index) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * hertz * index) / rate)),
  );
}

/** The amplitude of that frequency, and of a sine as strong as all the rest. */
function measured(heard: Int16Array, hertz: number, rate: number): { level: number; rest: number } {
  let inPhase = 0;
  let across = 0;
  let power = 0;
  for (const [index, sample] of heard.entries()) {
    const angle = (2 * Math.PI * hertz * index) / rate;
    inPhase += (2 * sample * Math.cos(angle)) / heard.length;
    across += (2 * sample * Math.sin(angle)) / heard.length;
    power += sample ** 2 / heard.length;
  }
  const level = Math.hypot(inPhase, across);
  return { level, rest: Math.sqrt(Math.max(0, 2 * power - level ** 2)) };
}

function decibels(ratio: number): number {
  return 20 * Math.log10(ratio);
}
