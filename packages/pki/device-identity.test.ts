import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonNameOf, matchesDeviceName } from './index.ts';

/* Goal: a certificate is a device's when its first label is the device's name, and never otherwise. */

const STRICT = { literalPrefix: false };
const LITERAL = { literalPrefix: true };

test.each([
  ['TIP-15', 'example', 'example', true],
  ['TIP-15', 'example.cisco.com', 'example', true],
  ['D-24', 'example.cisco.com', 'examp', false],
  ['D-24', 'examp.cisco.com', 'example', false],
  ['D-24', 'EXAMPLE.Cisco.Com', 'example', true],
  ['D-24', 'example.cisco.com', 'EXAMPLE', true],
  ['D-24: a trailing dot', 'example.', 'example', true],
  ['D-24: a leading dot', '.example', 'example', false],
  ['D-24: the name further on', 'cisco.example', 'example', false],
  ['an empty common name', '', 'example', false],
  ['an empty device name', 'example', '', false],
  ['both empty', '', '', false],
  ['only a dot and no name', '.', '', false],
  ['NUL cuts nothing off', 'example\0.evil.com', 'example', false],
  ['NUL cuts nothing off', 'example.cisco.com\0evil', 'example', false],
  ['a line feed', 'example\n.cisco.com', 'example', false],
  ['a space', 'example ', 'example', false],
  ['several names in one', 'example,CN=other', 'example', false],
  ['several names in one', 'other/CN=example', 'example', false],
  ['a look-alike', '\u0435xample', 'example', false],
  ['a look-alike further on', 'example.cis\u0441o.com', 'example', false],
  ['a sign that folds to k', '\u212aiwi', 'kiwi', false],
  ['a wildcard', '*', 'example', false],
  ['a name too long to be one', `example.${'a'.repeat(121)}`, 'example', false],
  ['the longest', `example.${'a'.repeat(120)}`, 'example', true],
  ['a factory certificate', 'CP-7961G-SEP000000001001', 'SEP000000001001', true],
  ['a factory certificate', 'CP-7961G-GE-SEP0000000010aF', 'SEP0000000010AF', true],
  ['the factory certificate of another', 'CP-7961G-SEP000000001002', 'SEP000000001001', false],
  ['too few digits', 'CP-7961G-SEP00000000100', 'SEP00000000100', false],
  ['something after it', 'CP-7961G-SEP000000001001-x', 'SEP000000001001', false],
  ['something before it', 'xCP-7961G-SEP000000001001', 'SEP000000001001', false],
  ['a bridge has no factory form', 'CP-7961G-example', 'example', false],
])('%s: common name %j, device %j: %s', (_rule, commonName, deviceName, expected) => {
  expect(matchesDeviceName(commonName, deviceName, STRICT)).toBe(expected);
});

test('TIP-15 to the letter: only by parameter does any beginning count (D-24)', () => {
  expect(matchesDeviceName('example2.cisco.com', 'example', STRICT)).toBe(false);
  expect(matchesDeviceName('example2.cisco.com', 'example', LITERAL)).toBe(true);
  expect(matchesDeviceName('EXAMPLE2', 'example', LITERAL)).toBe(true);
  expect(matchesDeviceName('my-example', 'example', LITERAL)).toBe(false);
  expect(matchesDeviceName('example\0', 'example', LITERAL)).toBe(false);
  expect(matchesDeviceName('example', '', LITERAL)).toBe(false);
});

const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'];
const label = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 15 });

test('D-24: without the parameter two different labels never match, with or without a domain', () => {
  fc.assert(
    fc.property(label, label, label, (one, other, domain) => {
      fc.pre(!one.startsWith('CP-'));
      const same = one.toLowerCase() === other.toLowerCase();
      expect(matchesDeviceName(one, other, STRICT)).toBe(same);
      expect(matchesDeviceName(`${one}.${domain}`, other, STRICT)).toBe(same);
      expect(matchesDeviceName(`${one}.${domain}`, one.toUpperCase(), STRICT)).toBe(true);
    }),
  );
});

test('the parameter only adds matches, and all of them are prefixes', () => {
  fc.assert(
    fc.property(fc.string(), label, (commonName, deviceName) => {
      const literal = matchesDeviceName(commonName, deviceName, LITERAL);
      if (matchesDeviceName(commonName, deviceName, STRICT)) expect(literal).toBe(true);
      const begins = commonName.toLowerCase().startsWith(deviceName.toLowerCase());
      if (literal) expect(begins).toBe(true);
    }),
  );
});

test('the common name is the one there is; of none or several there is none (TIP-16)', () => {
  expect(commonNameOf({ subject: { CN: 'example' } })).toBe('example');
  expect(commonNameOf({ subject: {} })).toBeUndefined();
  expect(commonNameOf({ subject: { CN: ['example', 'other'] } })).toBeUndefined();
});
