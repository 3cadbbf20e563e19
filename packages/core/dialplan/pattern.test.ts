import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchPattern } from './pattern.ts';

/* Goal: a pattern stands for exactly the numbers that its author means (MML-03). */

test.each([
  ['5000', '5000', 'complete'],
  ['5000', '500', 'partial'],
  ['5000', '', 'partial'],
  ['5000', '50000', 'no'],
  ['5000', '5001', 'no'],
  ['5000', '51', 'no'],
  ['10[0-5]0', '1000', 'complete'],
  ['10[0-5]0', '1050', 'complete'],
  ['10[0-5]0', '1060', 'no'],
  ['10[0-5]0', '106', 'no'],
  ['10[0-5]0', '105', 'partial'],
  ['[0-57]', '5', 'complete'],
  ['[0-57]', '6', 'no'],
  ['[0-57]', '7', 'complete'],
  ['[13][24]', '34', 'complete'],
  ['[13][24]', '33', 'no'],
  ['5X', '59', 'complete'],
  ['5x', '50', 'complete'],
  ['5X', '5*', 'no'],
  ['5X', '5#', 'no'],
  ['*5#', '*5#', 'complete'],
  ['+49X', '+491', 'complete'],
  ['X', '12', 'no'],
])('MML-03: %s and the digits %j: %s', (pattern, digits, match) => {
  expect(matchPattern(pattern, digits)).toBe(match);
});

test.each(['', '50[', '50]', '50[]', '50[a]', '5.0', '5000!', '50 0'])(
  'the malformed pattern %j matches nothing, not even its own text',
  (pattern) => {
    expect(matchPattern(pattern, pattern)).toBe('no');
    expect(matchPattern(pattern, '')).toBe('no');
    expect(matchPattern(pattern, '5000')).toBe('no');
  },
);

const element = fc.oneof(
  fc.constantFrom(...'0123456789*#').map((one) => ({ text: one, allowed: one })),
  fc.constant({ text: 'X', allowed: '0123456789' }),
  fc
    .tuple(fc.nat({ max: 9 }), fc.nat({ max: 9 }))
    .map(([one, other]) => [Math.min(one, other), Math.max(one, other)] as const)
    .map(([from, to]) => ({
      text: `[${from}-${to}]`,
      allowed: '0123456789'.slice(from, to + 1),
    })),
);
const digits = fc.string({ unit: fc.constantFrom(...'0123456789*#'), maxLength: 6 });

test('a number matches when each of its digits is allowed at its place', () => {
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 5 }), digits, (elements, dialled) => {
      const pattern = elements.map((each) => each.text).join('');
      const fits = [...dialled].every((digit, index) => elements[index]?.allowed.includes(digit));
      const whole = dialled.length === elements.length ? 'complete' : 'partial';
      expect(matchPattern(pattern, dialled)).toBe(fits ? whole : 'no');
    }),
  );
});

test('what begins no match is never completed by more digits', () => {
  fc.assert(
    fc.property(
      fc.array(element, { minLength: 1, maxLength: 5 }),
      digits,
      digits,
      (elements, one, more) => {
        const pattern = elements.map((each) => each.text).join('');
        if (matchPattern(pattern, one) === 'no') {
          expect(matchPattern(pattern, one + more)).toBe('no');
        }
        if (matchPattern(pattern, one + more) !== 'no') {
          expect(matchPattern(pattern, one)).not.toBe('no');
        }
      },
    ),
  );
});

test('no text is too odd for a pattern or for digits', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), fc.string(), (pattern, dialled) => {
      expect(['no', 'partial', 'complete']).toContain(matchPattern(pattern, dialled));
    }),
  );
});
