import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import {
  OPUS_PACKET_SIZE_MAX,
  type OpusCodec,
  type OpusOptions,
  openOpusCodec,
} from './opus-codec.ts';

/*
 * Goal: the library behind our interface does what the bridge relies on. Method: a sine at each rate
 * and packet time; any bytes at all as a packet. That others understand its packets is proven in
 * test/interop.
 */

const RATES = [8000, 16_000, 48_000] as const;
const TIMES = [10, 20, 40, 60] as const;
const opened: OpusCodec[] = [];

afterAll(() => {
  for (const codec of opened) codec.close();
});

describe.each(RATES)('at %i Hz', (sampleRateHz) => {
  test.each(TIMES)('packets of %i ms: the sine comes back as loud', async (packetMs) => {
    const codec = await open({ sampleRateHz, packetMs });
    const size = (packetMs * sampleRateHz) / 1000;
    const packet = new Uint8Array(OPUS_PACKET_SIZE_MAX);
    const heard = new Int16Array(size);
    let power = 0;
    for (let count = 0; count < 20; count++) {
      const length = codec.encode(sine(sampleRateHz, count * size, size), packet);
      expect(codec.decode(packet.subarray(0, length), heard)).toBe(size);
      power = heard.reduce((sum, sample) => sum + sample ** 2, 0) / size;
    }
    expect(Math.abs(20 * Math.log10(Math.sqrt(2 * power) / 8000))).toBeLessThan(1);
  });

  test('a missing packet is filled from what was heard', async () => {
    const codec = await open({ sampleRateHz, packetMs: 20 });
    const size = sampleRateHz / 50;
    const packet = new Uint8Array(OPUS_PACKET_SIZE_MAX);
    const heard = new Int16Array(size);
    for (let count = 0; count < 10; count++) {
      const length = codec.encode(sine(sampleRateHz, count * size, size), packet);
      codec.decode(packet.subarray(0, length), heard);
    }
    codec.conceal(heard);
    expect(Math.max(...heard)).toBeGreaterThan(2000);
  });
});

test('RFC 7587 §4.1: the clock runs at 48 kHz at any rate of samples', async () => {
  expect((await open({ sampleRateHz: 8000, packetMs: 20 })).clockRateHz).toBe(48_000);
});

test('any bytes: decoded or refused, never thrown; no bytes are refused', async () => {
  const codec = await open({ sampleRateHz: 8000, packetMs: 20 });
  const target = new Int16Array(960);
  expect(codec.decode(new Uint8Array(0), target)).toBe(0);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1500 }), (payload) => {
      const count = codec.decode(payload, target);
      expect(count).toBeGreaterThanOrEqual(0);
      expect(count).toBeLessThanOrEqual(960);
    }),
    { numRuns: 500 },
  );
});

async function open(options: OpusOptions): Promise<OpusCodec> {
  const codec = await openOpusCodec(options);
  opened.push(codec);
  return codec;
}

function sine(rate: number, start: number, length: number): Int16Array {
  return Int16Array.from({ length }, (_, index) =>
    Math.round(8000 * Math.sin((2 * Math.PI * 500 * (start + index)) / rate)),
  );
}
