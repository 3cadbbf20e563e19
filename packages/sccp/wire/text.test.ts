import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeText, utf8ToWire, wireToUtf8 } from './text.ts';

/* Goal: bytes survive, and a cut leaves only whole characters. Method: tables, then properties. */

describe('cutting', () => {
  test.each([
    // text, max, what stays
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab\x80\x0d', 3, 'ab'],
    ['abc\x80\x0d', 3, 'abc'],
    ['\x80\x0d\x1e\x26', 3, '\x80\x0d'],
    [utf8ToWire('aé'), 2, 'a'],
    [utf8ToWire('a€'), 3, 'a'],
    [utf8ToWire('a😀'), 4, 'a'],
    [utf8ToWire('😀😀'), 7, utf8ToWire('😀')],
    // No UTF-8, so every byte stands alone.
    ['\xe9\xe9\xe9', 2, '\xe9\xe9'],
    ['abc', 0, ''],
  ])('%j in %i bytes', (text, max, kept) => {
    expect(decodeText(encodeText(text, max), true)).toBe(kept);
  });

  test('what is UTF-8 stays UTF-8, and no more is lost than one character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(20), (text, max) => {
        const wire = utf8ToWire(text);
        const kept = decodeText(encodeText(wire, max), true);
        expect(kept.length).toBeLessThanOrEqual(max);
        expect(kept.length).toBeGreaterThan(Math.min(max, wire.length) - 4);
        expect(utf8ToWire(wireToUtf8(kept))).toBe(kept);
        expect(wire.startsWith(kept)).toBe(true);
      }),
    );
  });
});

describe('conversion', () => {
  test('any name comes back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wireToUtf8(utf8ToWire(text))).toBe(text);
      }),
    );
  });

  test('what is no UTF-8 stays as it is', () => {
    expect(wireToUtf8('\x80\x0d')).toBe('\x80\x0d');
    expect(wireToUtf8('caf\xe9')).toBe('caf\xe9');
  });

  test('characters that were not converted are seen, and never end the text', () => {
    expect(decodeText(encodeText('\u0100bc', 9), true)).toBe('?bc');
  });
});
