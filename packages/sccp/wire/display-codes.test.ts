import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DisplayCode, renderDisplayText } from './display-codes.ts';

/* Goal: a phone of ours shows words for every code that we send, and leaves other text alone. */

test.each([
  ['', ''],
  ['Hello', 'Hello'],
  ['\x80\x20', 'Enter Number'],
  ['\x1e\x26', 'Device Not Authorized'],
  ['\x80\x17 1001', 'From 1001'],
  ['\x80\x34\x80\x18', 'ConferenceConnected'],
  // A code that is not known, and a prefix at the very end, show nothing.
  ['a\x80\xffb', 'ab'],
  ['a\x80', 'a'],
  ['caf\xc3\xa9', 'caf\xc3\xa9'],
])('%j is shown as %j', (wire, shown) => {
  expect(renderDisplayText(wire)).toBe(shown);
});

test('every code that we send has its words', () => {
  for (const [name, code] of Object.entries(DisplayCode)) {
    const words = renderDisplayText(code).toLowerCase().replaceAll(' ', '');
    expect(words, name).not.toBe('');
    expect(words).toBe(name.toLowerCase());
  }
});

test('no prefix of a code is ever shown', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(255), fc.constantFrom(0x80, 0x1e))), (bytes) => {
      const shown = renderDisplayText(String.fromCharCode(...bytes));
      expect(shown.includes('\x80') || shown.includes('\x1e')).toBe(false);
    }),
  );
});
