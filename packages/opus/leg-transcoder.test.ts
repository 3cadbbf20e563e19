import {
  type AudioCodec,
  FRAME_SAMPLES,
  g711AudioCodec,
  g722AudioCodec,
  LegTranscoder,
  PCMA,
  PCMU,
} from '@conclave/audio';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { OPUS_PACKET_SIZE_MAX, openOpusCodec } from './opus-codec.ts';

/*
 * Goal: any codec and packet time on one side, the mixer's frames on the other, and the sine that goes
 * in comes out as loud. Method: two transcoders back to back, each codec and packet time with each
 * other's mixer.
 */

/** Opus has no packets of 30 and 50 ms of one frame. */
const OPUS_TIMES = [10, 20, 40, 60] as const;
const FRAMES = 60;
const AMPLITUDE = 8000;

const opus = await Promise.all(
  ([8000, 16_000, 48_000] as const).flatMap((sampleRateHz) =>
    OPUS_TIMES.map(async (packetMs) => ({
      name: `opus at ${sampleRateHz} Hz`,
      packetMs,
      codec: await openOpusCodec({ sampleRateHz, packetMs }),
    })),
  ),
);
const waveforms: readonly (readonly [string, () => AudioCodec])[] = [
  ['PCMU', () => g711AudioCodec(PCMU)],
  ['PCMA', () => g711AudioCodec(PCMA)],
  ['G722', g722AudioCodec],
];
const legs = [
  ...waveforms.flatMap(([name, open]) =>
    [10, 20, 30, 40, 50, 60].map((packetMs) => ({ name, packetMs, codec: open() })),
  ),
  ...opus,
];

afterAll(() => {
  for (const { codec } of opus) codec.close();
});

describe.each(legs)('$name in packets of $packetMs ms', ({ codec, packetMs }) => {
  test('mixer to participant and back: every frame, as loud', () => {
    const leg = new LegTranscoder(codec, packetMs);
    const packet = new Uint8Array(OPUS_PACKET_SIZE_MAX);
    const frame = new Int16Array(FRAME_SAMPLES);
    let frames = 0;
    let power = 0;
    for (let index = 0; index < FRAMES; index++) {
      leg.say(sineFrame(index));
      for (let size = leg.takePacket(packet); size > 0; size = leg.takePacket(packet)) {
        expect(leg.hear(packet.subarray(0, size))).toBe(true);
      }
      while (leg.takeFrame(frame)) {
        frames += 1;
        power = frame.reduce((sum, sample) => sum + sample ** 2, 0) / FRAME_SAMPLES;
      }
    }
    expect(frames).toBeGreaterThanOrEqual(FRAMES - 5);
    expect(Math.abs(20 * Math.log10(Math.sqrt(2 * power) / AMPLITUDE))).toBeLessThan(1);
  });

  test('a missing packet leaves no hole: as many frames as with it', () => {
    const leg = new LegTranscoder(codec, packetMs);
    const frame = new Int16Array(FRAME_SAMPLES);
    let frames = 0;
    for (let count = 0; count < 6; count++) {
      leg.hearNothing();
      while (leg.takeFrame(frame)) frames += 1;
    }
    expect(frames).toBe(Math.floor((6 * packetMs) / 20));
  });
});

test('packets of any bytes are heard or refused, never thrown', () => {
  const transcoders = legs.map(({ codec, packetMs }) => new LegTranscoder(codec, packetMs));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), fc.nat(), (payload, any) => {
      const leg = transcoders[any % transcoders.length];
      expect(typeof leg?.hear(payload)).toBe('boolean');
    }),
    { numRuns: 1000 },
  );
});

function sineFrame(index: number): Int16Array {
  return Int16Array.from({ length: FRAME_SAMPLES }, (_, place) =>
    Math.round(AMPLITUDE * Math.sin((2 * Math.PI * 500 * (index * FRAME_SAMPLES + place)) / 8000)),
  );
}
