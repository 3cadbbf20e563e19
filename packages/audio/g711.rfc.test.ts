import { describe, expect, test } from 'vitest';
import { type G711Codec, PCMA, PCMU } from './g711.ts';
import { levelsOf } from './tone-detector.ts';

/*
 * ITU-T G.711 (11/1988): the decision and output values of tables 1a and 2a (positive values; the
 * negative ones are the same with the sign bit), and the 1 kHz test sequences of tables 5 and 6.
 *
 * The tables count from 0 to 8159 (µ-law) and 4096 (A-law); 16-bit samples are 4 and 8 times that.
 */

describe('table 2a, µ-law', () => {
  test.each([
    //  code  output  first and last sample of the interval, in table units
    [0xff, 0, 0, 0],
    [0xfe, 2, 1, 2],
    [0xf0, 30, 29, 30],
    [0xef, 33, 31, 34],
    [0xe0, 93, 91, 94],
    [0xdf, 99, 95, 102],
    [0xcf, 231, 223, 238],
    [0xbf, 495, 479, 510],
    [0xaf, 1023, 991, 1054],
    [0x9f, 2079, 2015, 2142],
    [0x8f, 4191, 4063, 4318],
    [0x81, 7775, 7647, 7902],
    [0x80, 8031, 7903, 8158],
  ])('%i is %i, from %i to %i', (code, output, first, last) => {
    expect(decodeOne(PCMU, code)).toBe(4 * output);
    expect(encodeOne(PCMU, 4 * first)).toBe(code);
    expect(encodeOne(PCMU, 4 * last + 3)).toBe(code);
  });
});

describe('table 1a, A-law; the character signals of the table, with even bits inverted', () => {
  test.each([
    //  signal  output  first and last sample of the interval, in table units
    [0b1000_0000, 1, 0, 1],
    [0b1000_0001, 3, 2, 3],
    [0b1001_0000, 33, 32, 33],
    [0b1001_1111, 63, 62, 63],
    [0b1010_0000, 66, 64, 67],
    [0b1011_0000, 132, 128, 135],
    [0b1100_0000, 264, 256, 271],
    [0b1101_0000, 528, 512, 543],
    [0b1110_0000, 1056, 1024, 1087],
    [0b1111_0000, 2112, 2048, 2175],
    [0b1111_1111, 4032, 3968, 4095],
  ])('%i is %i, from %i to %i', (signal, output, first, last) => {
    const code = signal ^ 0x55;
    expect(decodeOne(PCMA, code)).toBe(8 * output);
    expect(encodeOne(PCMA, 8 * first)).toBe(code);
    expect(encodeOne(PCMA, 8 * last + 7)).toBe(code);
  });
});

describe('tables 5 and 6: 1 kHz at 0 dBm0', () => {
  // 0 dBm0 lies 3.17 dB (µ-law) and 3.14 dB (A-law) below a full-scale sine, which is -3.01 dBov.
  test.each([
    [PCMU, '1e0b0b1e9e8b8b9e', -6.18],
    [PCMA, '34212134b4a1a1b4', -6.15],
  ] as const)('$name', (codec, hex, levelDbov) => {
    const period = Uint8Array.fromHex(hex);
    const codes = Uint8Array.from({ length: 800 }, (_, index) => period[index % 8] ?? 0);
    const samples = new Int16Array(800);
    codec.decode(codes, samples);
    const [level] = levelsOf(samples, [1000]);
    expect(level).toBeCloseTo(levelDbov, 1);
    const again = new Uint8Array(800);
    codec.encode(samples, again);
    expect(again).toEqual(codes);
  });
});

function decodeOne(codec: G711Codec, code: number): number | undefined {
  const target = new Int16Array(1);
  codec.decode(Uint8Array.of(code), target);
  return target[0];
}

function encodeOne(codec: G711Codec, sample: number): number | undefined {
  const target = new Uint8Array(1);
  codec.encode(Int16Array.of(sample), target);
  return target[0];
}
