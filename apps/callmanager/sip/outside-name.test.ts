import { rawText } from '@conclave/sip';
import { expect, test } from 'vitest';
import { outsideName } from './outside-name.ts';

/*
 * Goal: no caller from outside can write our word on security into its own name (PHN-08, TRK-03). Method:
 * names that try.
 */

test.each([
  ['Bob', 'Bob'],
  ['Bob (Sales)', 'Bob (Sales)'],
  ['Zoë O’Neill', 'Zoë O’Neill'],
  ['Bob (encrypted)', 'Bob'],
  ['Bob [Authenticated]', 'Bob'],
  ['(ENCRYPTED) Bob', 'Bob'],
  ['Bob encrypted', 'Bob'],
  ['Bob (ｅｎｃｒｙｐｔｅｄ)', 'Bob'],
  ['Bob (encr\u200bypted)', 'Bob'],
  ['Secure Bob', 'Bob'],
  ['Securitas AG', 'Securitas AG'],
  ['🔒 Bob 🛡', 'Bob'],
  [rawText('\x804'), '4'],
  ['Bob\u202e)detpyrcne(', 'Bob)detpyrcne('],
  ['a\r\nb\0', 'ab'],
  ['', ''],
])('%j is shown as %j', (said, shown) => {
  expect(outsideName(said)).toBe(shown);
});

test('a long name does not push what stands behind it off the screen', () => {
  expect(outsideName(`${'x'.repeat(500)}`)).toHaveLength(40);
  expect(outsideName('🎉'.repeat(500))).toBe('🎉'.repeat(40));
});
