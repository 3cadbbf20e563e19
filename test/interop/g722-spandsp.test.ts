import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { G722Decoder, G722Encoder, SAMPLE_MAX } from '@conclave/audio';
import { afterAll, describe, expect, test } from 'vitest';

/*
 * Goal: our G.722 is everybody's, bit by bit. Method: g722-spandsp.c is compiled against Debian's
 * libspandsp-dev; both encode the same sounds, both decode the same bytes, also bytes that no encoder
 * would send.
 *
 * Without gcc or libspandsp-dev the tests are skipped, and say so.
 */

const SAMPLES = 32_000;
const folder: string = mkdtempSync(join(tmpdir(), 'g722-spandsp-'));
const program: string | undefined = compile(join(folder, 'g722-spandsp'));

const SOUNDS: Readonly<Record<string, Int16Array>> = {
  silence: new Int16Array(SAMPLES),
  'a whisper of noise': noise(20),
  noise: noise(8000),
  'noise at full scale': noise(32_767),
  'a sweep from 50 Hz to 7 kHz': sound((time) => 12_000 * Math.sin(sweepPhase(time))),
  'a sweep at full scale': sound((time) => 32_767 * Math.sin(sweepPhase(time))),
  'a square wave at full scale': sound((time) => (time % 0.01 < 0.005 ? 32_767 : -32_768)),
  'bursts of a tone': sound((time) =>
    time % 0.2 < 0.1 ? 9000 * Math.sin(2 * Math.PI * 1000 * time) : 0,
  ),
};

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(program === undefined)('against spandsp', () => {
  test.each(Object.entries(SOUNDS))('both encode %s to the same bytes', (_name, samples) => {
    expect(Buffer.compare(encoded(samples), drive('encode', bytesOf(samples)))).toBe(0);
  });

  test.each(Object.entries(SOUNDS))('both decode %s to the same samples', (_name, samples) => {
    expectSameDecoded(encoded(samples));
  });

  test('both decode bytes at random to the same samples', () => {
    const random = noise(32_767);
    expectSameDecoded(Uint8Array.from(random, (sample) => sample >> 3));
  });
});

/** Too loud a sample is clipped here and wraps around there; all others are equal. */
function expectSameDecoded(bytes: Uint8Array): void {
  const ours = new Int16Array(2 * bytes.length);
  new G722Decoder().decode(bytes, ours);
  const theirs = new Int16Array(Uint8Array.from(drive('decode', bytes)).buffer);
  expect(theirs.length).toBe(ours.length);
  const different = ours.findIndex(
    (sample, index) => Math.abs(sample + 0.5) < SAMPLE_MAX && sample !== theirs[index],
  );
  expect(different).toBe(-1);
}

function encoded(samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length / 2);
  new G722Encoder().encode(samples, bytes);
  return bytes;
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function sound(amplitudeAt: (time: number) => number): Int16Array {
  return Int16Array.from({ length: SAMPLES }, (_, index) =>
    Math.round(amplitudeAt(index / 16_000)),
  );
}

/** Quadratic in time, so that the frequency rises evenly over two seconds. */
function sweepPhase(time: number): number {
  return 2 * Math.PI * (50 * time + (6950 / 4) * time ** 2);
}

/** The same on every run. */
function noise(amplitude: number): Int16Array {
  let state = 1;
  return sound(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (amplitude * state) / 0x8000_0000;
  });
}

function drive(verb: 'encode' | 'decode', input: Uint8Array): Uint8Array {
  if (program === undefined) throw new Error('skipped without the program');
  return execFileSync(program, [verb], { input });
}

function compile(target: string): string | undefined {
  const source = join(import.meta.dirname, 'g722-spandsp.c');
  try {
    execFileSync('gcc', ['-O2', '-o', target, source, '-lspandsp'], { stdio: 'ignore' });
    return target;
  } catch {
    return undefined;
  }
}
