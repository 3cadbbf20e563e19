import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { PCMA, PCMU } from './g711.ts';
import { decodeWav, encodeWav } from './wav.ts';

/*
 * Goal: what is written is read again; other people's files are read or refused with a word;
 * nothing throws, whatever the bytes.
 */

test('a file of two samples, byte by byte', () => {
  expect(encodeWav(Int16Array.of(1, -2)).toHex()).toBe(
    [
      '52494646', // RIFF
      '28000000', // 40 bytes follow
      '57415645', // WAVE
      '666d7420', // fmt
      '10000000', // 16 bytes
      '0100', // PCM
      '0100', // mono
      '401f0000', // 8000 per second
      '803e0000', // 16000 bytes per second
      '0200', // 2 bytes per sample
      '1000', // 16 bits
      '64617461', // data
      '04000000', // 4 bytes
      '0100feff',
    ].join(''),
  );
});

test('decode(encode(samples)) is the samples', () => {
  fc.assert(
    fc.property(fc.int16Array({ maxLength: 500 }), (samples) => {
      expect(decodeWav(encodeWav(samples))).toEqual({ ok: true, value: samples });
    }),
  );
});

test.each([
  [7, PCMU],
  [6, PCMA],
] as const)('format %i is G.711', (format, codec) => {
  const codes = Uint8Array.from({ length: 256 }, (_, code) => code);
  const expected = new Int16Array(256);
  codec.decode(codes, expected);
  const bytes = wavOf([
    formatChunk({ format, bits: 8 }),
    chunk('fact', '00010000'),
    dataChunk(codes),
  ]);
  expect(decodeWav(bytes)).toEqual({ ok: true, value: expected });
});

test('a view into the middle of a larger buffer', () => {
  const file = encodeWav(Int16Array.of(1, 2, 3));
  const shifted = new Uint8Array(file.length + 3);
  shifted.set(file, 3);
  expect(decodeWav(shifted.subarray(3))).toEqual({ ok: true, value: Int16Array.of(1, 2, 3) });
});

test('other chunks are passed over, odd ones with their padding', () => {
  const samples = Uint8Array.of(1, 0, 2, 0);
  const bytes = wavOf([
    chunk('LIST', '414243'),
    formatChunk({}),
    chunk('cue ', '00'),
    dataChunk(samples),
  ]);
  expect(decodeWav(bytes)).toEqual({ ok: true, value: Int16Array.of(1, 2) });
});

describe('what is refused', () => {
  const data = dataChunk(new Uint8Array(4));
  test.each([
    ['nothing', 'not-wav', new Uint8Array(0)],
    ['another file', 'not-wav', new Uint8Array(100).fill(0x41)],
    ['RIFF, but AVI', 'not-wav', Uint8Array.fromHex('524946460400000041564920')],
    ['no chunk', 'no-format', wavOf([])],
    ['data without format', 'no-format', wavOf([data])],
    ['format without data', 'no-data', wavOf([formatChunk({})])],
    ['stereo', 'unsupported', wavOf([formatChunk({ channels: 2 }), data])],
    ['16 kHz', 'unsupported', wavOf([formatChunk({ rateHz: 16_000 }), data])],
    ['24 bits', 'unsupported', wavOf([formatChunk({ bits: 24 }), data])],
    ['MP3', 'unsupported', wavOf([formatChunk({ format: 0x55 }), data])],
    ['a short format', 'unsupported', wavOf([chunk('fmt ', '0100'), data])],
    ['data cut off', 'truncated', encodeWav(new Int16Array(9)).subarray(0, 60)],
    ['a chunk of 4 GB', 'truncated', wavOf([Uint8Array.fromHex('64617461ffffffff')])],
    ['more than the bound', 'too-large', new Uint8Array(64 * 1024 * 1024 + 1)],
  ] as const)('%s: %s', (_, error, bytes) => {
    const answer = decodeWav(bytes);
    expect(answer.ok ? 'ok' : answer.error).toBe(error);
  });
});

test('never throws: damaged files', () => {
  const file = wavOf([formatChunk({}), dataChunk(new Uint8Array(40))]);
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.integer({ min: 0, max: 255 })), {
        maxLength: 6,
      }),
      fc.nat(file.length),
      (damages, length) => {
        const damaged = file.slice(0, length);
        for (const [offset, byte] of damages) if (offset < length) damaged[offset] = byte;
        const answer = decodeWav(damaged);
        if (answer.ok) expect(answer.value.length).toBeLessThanOrEqual(40);
      },
    ),
    { numRuns: 2000 },
  );
});

function wavOf(chunks: readonly Uint8Array[]): Uint8Array {
  const body = chunks.map((bytes) => bytes.toHex()).join('');
  return Uint8Array.fromHex(`52494646${uint32(4 + body.length / 2)}57415645${body}`);
}

function formatChunk(fields: {
  readonly format?: number;
  readonly channels?: number;
  readonly rateHz?: number;
  readonly bits?: number;
}): Uint8Array {
  const { format = 1, channels = 1, rateHz = 8000, bits = 16 } = fields;
  const sampleSize = bits / 8;
  const sizes = uint32(rateHz * sampleSize) + uint16(sampleSize) + uint16(bits);
  return chunk('fmt ', uint16(format) + uint16(channels) + uint32(rateHz) + sizes);
}

function dataChunk(data: Uint8Array): Uint8Array {
  return chunk('data', data.toHex());
}

function chunk(name: string, hex: string): Uint8Array {
  const nameHex = [...name].map((letter) => letter.charCodeAt(0).toString(16)).join('');
  const padding = hex.length % 4 === 0 ? '' : '00';
  return Uint8Array.fromHex(nameHex + uint32(hex.length / 2) + hex + padding);
}

function uint16(value: number): string {
  return Uint8Array.of(value, value >> 8).toHex();
}

function uint32(value: number): string {
  return Uint8Array.of(value, value >> 8, value >> 16, value >>> 24).toHex();
}
