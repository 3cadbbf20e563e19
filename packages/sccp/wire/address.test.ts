import { isIP, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatAddress, parseAddress } from './address.ts';

/* Goal: addresses come back in the form of RFC 5952; what is none is refused. */

test.each([
  ['10.1.2.3', '10.1.2.3'],
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['fe80::1%eth0', 'fe80::1'],
  ['64:ff9b::10.1.2.3', '64:ff9b::a01:203'],
  ['::ffff:10.1.2.3', '10.1.2.3'],
  ['::FFFF:a01:203', '10.1.2.3'],
])('%s is %s', (text, canonical) => {
  const bytes = parseAddress(text);
  expect(bytes && formatAddress(bytes)).toBe(canonical);
});

test.each([
  '',
  'localhost',
  '1.2.3',
  '1.2.3.4.5',
  '1..2.3',
  '256.1.1.1',
  '010.1.1.1',
  '1.2.3.x',
  ' 1.2.3.4',
  ':',
  ':::',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6:7::8',
  '12345::',
  'g::',
  '1.2.3.4::',
])('%j is no address', (text) => {
  expect(parseAddress(text)).toBeUndefined();
});

test('every sixteen bytes have one text, which others read', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 0, 1, 255), { minLength: 16, maxLength: 16 }),
      (all) => {
        const bytes = Uint8Array.from(all);
        const text = formatAddress(bytes);
        expect(isIPv6(text)).toBe(true);
        const again = parseAddress(text);
        expect(again?.length === 4 ? Uint8Array.of(...all.slice(0, 12), ...again) : again).toEqual(
          bytes,
        );
      },
    ),
  );
});

test('what node takes for an address we do too, and nothing else', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.stringMatching(/^[0-9a-f:.]{0,20}$/)),
      (text) => {
        fc.pre(!text.includes('%'));
        expect(parseAddress(text) !== undefined).toBe(isIP(text) !== 0);
      },
    ),
    { numRuns: 2000 },
  );
});
