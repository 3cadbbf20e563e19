/**
 * What 20 ms of one stream cost in each codec and direction, and in each resampler.
 *
 *   node packages/opus/codecs.bench.ts
 *
 * Method: rounds of 500 frames of noise that comes and goes like syllables, the first for warming up; the
 * median round is printed, and the fastest and the slowest.
 */

import {
  type AudioCodec,
  g711AudioCodec,
  g722AudioCodec,
  PCMA,
  PCMU,
  Resampler,
} from '@conclave/audio';
import { OPUS_PACKET_SIZE_MAX, openOpusCodec } from './opus-codec.ts';

const FRAMES = 500;
const ROUNDS = 11;

benchCodec('PCMU', g711AudioCodec(PCMU));
benchCodec('PCMA', g711AudioCodec(PCMA));
benchCodec('G722', g722AudioCodec());
for (const sampleRateHz of [8000, 16_000, 48_000] as const) {
  const codec = await openOpusCodec({ sampleRateHz, packetMs: 20 });
  benchCodec(`opus at ${sampleRateHz / 1000} kHz`, codec);
  codec.close();
}
for (const [from, to] of [
  [8000, 16_000],
  [16_000, 8000],
  [8000, 48_000],
  [48_000, 8000],
] as const) {
  benchResampler(from, to);
}

function benchCodec(name: string, codec: AudioCodec): void {
  const speech = speechAt(codec.sampleRateHz);
  const size = codec.sampleRateHz / 50;
  const target = new Uint8Array(OPUS_PACKET_SIZE_MAX);
  const packets = Array.from({ length: FRAMES }, () => target.slice(0));
  const lengths = new Array<number>(FRAMES).fill(0);
  const heard = new Int16Array(size);
  report(`${name} encode`, (index) => {
    const packet = packets[index] ?? target;
    lengths[index] = codec.encode(speech.subarray(index * size, (index + 1) * size), packet);
  });
  const views = packets.map((packet, index) => packet.subarray(0, lengths[index]));
  report(`${name} decode`, (index) => codec.decode(views[index] ?? target, heard));
}

function benchResampler(from: number, to: number): void {
  const speech = speechAt(from);
  const size = from / 50;
  const resampler = new Resampler(from, to, size);
  const heard = new Int16Array(to / 50);
  report(`${from} Hz to ${to} Hz`, (index) =>
    resampler.resample(speech.subarray(index * size, (index + 1) * size), heard),
  );
}

function report(name: string, work: (index: number) => void): void {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    for (let index = 0; index < FRAMES; index++) work(index);
    if (round > 0) rounds.push((1000 * (performance.now() - startMs)) / FRAMES);
  }
  const sorted = rounds.toSorted((a, b) => a - b);
  const [median = 0] = sorted.slice(ROUNDS >> 1);
  console.log(
    `${name.padEnd(24)} ${median.toFixed(1).padStart(7)} us per frame ` +
      `(${sorted.at(0)?.toFixed(1)} to ${sorted.at(-1)?.toFixed(1)})`,
  );
}

/** Ten seconds, as loud as a voice. */
function speechAt(rate: number): Int16Array {
  let state = 1;
  let smooth = 0;
  return Int16Array.from({ length: (FRAMES * rate) / 50 }, (_, index) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    smooth += 0.2 * (state / 0x8000_0000 - smooth);
    return 12_000 * smooth * Math.sin((2 * Math.PI * 2 * index) / rate) ** 2;
  });
}
