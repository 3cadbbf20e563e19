import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeWav, encodeWav, SAMPLE_RATE_HZ } from '@conclave/audio';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { melody } from './melody.ts';
import { MusicFile } from './music-file.ts';

/*
 * Goal: the operator's file is played as soon as it is whole, and nothing he puts there ever ends the
 * music. Method: real files; the test looks itself, so that no time passes.
 */

let folder: string;
let path: string;
let told: string[];
let file: MusicFile;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-music-'));
  path = join(folder, 'music', 'sample.wav');
  told = [];
  file = new MusicFile(path, {
    changed: () => told.push('changed'),
    unusable: (complaint) => told.push(complaint),
  });
});

afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

describe('the first start', () => {
  test('makes the file, which is our melody and can be read by others', async () => {
    await file.open();
    const decoded = decodeWav(readFileSync(path));
    expect(decoded.ok && decoded.value).toEqual(melody());
    expect(file.samples).toEqual(melody());
    expect(told).toEqual(['changed']);
  });

  test('leaves a file alone that is there', async () => {
    await file.open();
    write(100);
    const again = new MusicFile(path, { changed: () => {}, unusable: () => {} });
    await again.open();
    again.close();
    expect(again.samples).toEqual(tone(100));
    expect(existsSync(path)).toBe(true);
  });

  test.each<[string, Uint8Array, string]>([
    ['no WAV file', Buffer.from('MP3 or so'), 'no WAV file'],
    ['an empty file', new Uint8Array(0), 'no WAV file'],
    ['a file cut off', encodeWav(tone(1)).subarray(0, 1000), 'is cut off'],
    ['another rate', withRate(44_100), 'not mono, 8 kHz, 16-bit PCM or G.711'],
    ['hardly a sound', encodeWav(new Int16Array(159)), 'is shorter than 20 ms'],
  ])('with %s plays the melody, and says why', async (_, bytes, why) => {
    await file.open();
    writeFileSync(path, bytes);
    const again = new MusicFile(path, {
      changed: () => told.push('changed again'),
      unusable: (complaint) => told.push(complaint),
    });
    await again.open();
    again.close();
    expect(again.samples).toEqual(melody());
    expect(told).toEqual(['changed', `sample.wav ${why}; the former music goes on`]);
  });
});

describe('a file that is replaced', () => {
  test('is played once it has stopped changing', async () => {
    await file.open();
    write(300);
    await file.look();
    expect(file.samples).toEqual(melody());
    write(400);
    await file.look();
    expect(file.samples).toEqual(melody());
    await file.look();
    expect(file.samples).toEqual(tone(400));
    await file.look();
    expect(told).toEqual(['changed', 'changed']);
  });

  test('by a bad one: a complaint, once, and the former music goes on until a good one comes', async () => {
    await file.open();
    write(400);
    await settle();
    writeFileSync(path, 'noise');
    await settle();
    await settle();
    expect(file.samples).toEqual(tone(400));
    expect(told).toEqual([
      'changed',
      'changed',
      'sample.wav no WAV file; the former music goes on',
    ]);
    write(500);
    await settle();
    expect(file.samples).toEqual(tone(500));
  });

  test('by nothing: the same', async () => {
    await file.open();
    rmSync(path);
    await settle();
    await settle();
    expect(file.samples).toEqual(melody());
    expect(told).toEqual(['changed', 'sample.wav is missing; the former music goes on']);
  });

  test('by a folder: the same', async () => {
    const blocked = new MusicFile(folder, {
      changed: () => {},
      unusable: (complaint) => told.push(complaint),
    });
    await blocked.open();
    blocked.close();
    expect(told[0]).toMatch(/cannot be read \(EISDIR\)/);
    expect(blocked.samples.length).toBeGreaterThan(SAMPLE_RATE_HZ);
  });
});

test('the melody is never clipped, never silent for long, and ends where it begins', () => {
  const samples = melody();
  const peaks = Array.from({ length: Math.floor(samples.length / SAMPLE_RATE_HZ) }, (_, second) =>
    samples
      .subarray(second * SAMPLE_RATE_HZ, (second + 1) * SAMPLE_RATE_HZ)
      .reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0),
  );
  expect(Math.max(...peaks)).toBeLessThan(20_000);
  expect(Math.min(...peaks)).toBeGreaterThan(1_000);
  const seam = Math.abs((samples.at(-1) ?? 0) - (samples[0] ?? 0));
  expect(seam).toBeLessThan(3_000);
});

async function settle(): Promise<void> {
  await file.look();
  await file.look();
}

/** A second of something that tells its value. */
function tone(value: number): Int16Array {
  return new Int16Array(SAMPLE_RATE_HZ + value).fill(value);
}

function write(value: number): void {
  writeFileSync(path, encodeWav(tone(value)));
}

function withRate(rateHz: number): Uint8Array {
  const bytes = encodeWav(tone(1));
  new DataView(bytes.buffer).setUint32(24, rateHz, true);
  return bytes;
}
