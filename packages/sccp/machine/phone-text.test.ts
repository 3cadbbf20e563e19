import fc from 'fast-check';
import { expect, test } from 'vitest';
import { utf8ToWire } from '../wire/text.ts';
import { renderPhoneText } from './phone-text.ts';

/* Goal: people read names and texts as they were meant, whatever display codes stand between them. */

test.each([
  ['\x80\x34', 'Conference'],
  ['\x1e\x26', 'Device Not Authorized'],
  ['\x80\x17 1002', 'From 1002'],
  [`${utf8ToWire('À la carte')} \x80\x34`, 'À la carte Conference'],
  [utf8ToWire('Zoë Ā 東京 🔒'), 'Zoë Ā 東京 🔒'],
  ['caf\xe9', 'café'],
  ['\xc3', 'Ã'],
  ['a\x00b\x07c', 'abc'],
  ['\x80', ''],
])('%j is read as %j', (wire, text) => {
  expect(renderPhoneText(wire)).toBe(text);
});

test('a name without control characters is read as it was written', () => {
  const name = fc
    .string({ unit: 'binary' })
    .map((text) => text.replace(/[^\x20-\u{10ffff}]/gu, ''));
  fc.assert(
    fc.property(name, (text) => {
      expect(renderPhoneText(utf8ToWire(text))).toBe(text);
    }),
  );
});

test('no bytes make it throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      renderPhoneText(String.fromCharCode(...bytes));
    }),
  );
});
