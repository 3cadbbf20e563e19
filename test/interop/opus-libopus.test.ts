import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPUS_PACKET_SIZE_MAX, type OpusCodec, openOpusCodec } from '@conclave/opus';
import { afterAll, describe, expect, test } from 'vitest';

/*
 * Goal: the Opus that we send is understood by the system's libopus, and the reverse. Method:
 * opus-libopus.c is compiled against Debian's libopus-dev. Two decoders of the same packets agree nearly
 * sample by sample (RFC 6716 §6 leaves them a little room), and both give back the sine.
 *
 * Without gcc or libopus-dev the tests are skipped, and say so.
 */

const FRAME = 960;
const FRAMES = 50;
/** Until the codec has found its way. */
const SETTLED: number = 10 * FRAME;
const folder: string = mkdtempSync(join(tmpdir(), 'opus-libopus-'));
const program: string | undefined = compile(join(folder, 'opus-libopus'));
const SINE: Int16Array = Int16Array.from({ length: FRAMES * FRAME }, (_, index) =>
  Math.round(8000 * Math.sin((2 * Math.PI * 440 * index) / 48_000)),
);

afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(program === undefined)('against libopus', () => {
  test('libopus decodes what we encode, as we do', async () => {
    await withCodec((codec) => {
      const packets = encoded(codec);
      const theirs = samplesOf(drive('decode', joined(packets)));
      expect(ratioDb(decoded(codec, packets), theirs)).toBeGreaterThan(40);
      expectSine(theirs);
    });
  });

  test('we decode what libopus encodes, as it does', async () => {
    await withCodec((codec) => {
      const stream = drive('encode', bytesOf(SINE));
      const ours = decoded(codec, cut(stream));
      expect(ratioDb(ours, samplesOf(drive('decode', stream)))).toBeGreaterThan(40);
      expectSine(ours);
    });
  });
});

async function withCodec(use: (codec: OpusCodec) => void): Promise<void> {
  const codec = await openOpusCodec({ sampleRateHz: 48_000, packetMs: 20 });
  try {
    use(codec);
  } finally {
    codec.close();
  }
}

function encoded(codec: OpusCodec): readonly Uint8Array[] {
  const packet = new Uint8Array(OPUS_PACKET_SIZE_MAX);
  return Array.from({ length: FRAMES }, (_, index) => {
    const frame = SINE.subarray(index * FRAME, (index + 1) * FRAME);
    return packet.slice(0, codec.encode(frame, packet));
  });
}

function decoded(codec: OpusCodec, packets: readonly Uint8Array[]): Int16Array {
  const samples = new Int16Array(packets.length * FRAME);
  for (const [index, packet] of packets.entries()) {
    expect(codec.decode(packet, samples.subarray(index * FRAME))).toBe(FRAME);
  }
  return samples;
}

function expectSine(heard: Int16Array): void {
  expect(heard.length).toBe(SINE.length);
  const settled = heard.subarray(SETTLED);
  let inPhase = 0;
  let across = 0;
  let power = 0;
  for (const [index, sample] of settled.entries()) {
    const angle = (2 * Math.PI * 440 * index) / 48_000;
    inPhase += (2 * sample * Math.cos(angle)) / settled.length;
    across += (2 * sample * Math.sin(angle)) / settled.length;
    power += sample ** 2 / settled.length;
  }
  const signal = (inPhase ** 2 + across ** 2) / 2;
  expect(Math.sqrt(2 * signal) / 8000).toBeCloseTo(1, 1);
  expect(10 * Math.log10(signal / (power - signal))).toBeGreaterThan(20);
}

/** How far below the first the difference of both is. */
function ratioDb(first: Int16Array, second: Int16Array): number {
  expect(second.length).toBe(first.length);
  let signal = 0;
  let noise = 0;
  for (let index = SETTLED; index < first.length; index++) {
    signal += (first[index] ?? 0) ** 2;
    noise += ((first[index] ?? 0) - (second[index] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / Math.max(noise, 1));
}

function joined(packets: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    packets.flatMap((packet) => [Uint8Array.of(packet.length & 0xff, packet.length >> 8), packet]),
  );
}

function cut(stream: Uint8Array): readonly Uint8Array[] {
  const packets: Uint8Array[] = [];
  for (let at = 0; at < stream.length; ) {
    const end = at + 2 + ((stream[at] ?? 0) | ((stream[at + 1] ?? 0) << 8));
    packets.push(stream.subarray(at + 2, end));
    at = end;
  }
  return packets;
}

function bytesOf(samples: Int16Array): Uint8Array {
  return new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
}

function samplesOf(bytes: Uint8Array): Int16Array {
  return new Int16Array(Uint8Array.from(bytes).buffer);
}

function drive(verb: 'encode' | 'decode', input: Uint8Array): Uint8Array {
  if (program === undefined) throw new Error('skipped without the program');
  return execFileSync(program, [verb], { input });
}

function compile(target: string): string | undefined {
  const source = join(import.meta.dirname, 'opus-libopus.c');
  try {
    execFileSync('gcc', ['-O2', '-o', target, source, '-lopus'], { stdio: 'ignore' });
    return target;
  } catch {
    return undefined;
  }
}
