import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  allProofs,
  COVERAGE_FILE,
  coverageDocument,
  idsIn,
  proofsInScenario,
  proofsInTests,
  unknownIds,
} from './ledger-coverage.ts';
import { LEDGER } from './ledger-ids.ts';

/* Goal: docs/coverage.md says which tests prove which rule, as they are today. */

describe('the repository', () => {
  const proofs = allProofs();

  test('docs/coverage.md is up to date; if not, npm run coverage makes it so', () => {
    const written = readFileSync(join(import.meta.dirname, '..', COVERAGE_FILE), 'utf8');
    // Lines that a merge has put into another order do no harm.
    const lines = (text: string): readonly string[] => text.split('\n').sort();
    expect(lines(written)).toEqual(lines(coverageDocument(proofs)));
  });

  test('no test names a rule that there is not', () => {
    expect(proofs.length).toBeGreaterThan(300);
    expect(unknownIds(proofs)).toEqual([]);
  });

  test('every rule has its own id and a few words', () => {
    const rules = LEDGER.flatMap(({ rules }) => Object.entries(rules));
    expect(new Set(rules.map(([id]) => id)).size).toBe(rules.length);
    expect(rules.filter(([, title]) => title === '' || title.length > 70)).toEqual([]);
  });
});

test.each([
  ['SEC-06 ... SEC-08, D-03: a text', ['SEC-06', 'SEC-07', 'SEC-08', 'D-03']],
  ['TIP-15 … 17 with D-24.', ['TIP-15', 'TIP-16', 'TIP-17', 'D-24']],
  ['PHN-01, PHN-06: no range', ['PHN-01', 'PHN-06']],
  ['AES-128, RFC 3711, 7942-G', []],
])('%j names %j', (text, ids) => {
  expect(idsIn(text)).toEqual(ids);
});

describe('what a file of tests proves', () => {
  test.each([
    ["test('SEC-01: a', () => {});", [['SEC-01: a', 'SEC-01']]],
    ['test(`SEC-01: $' + '{x}`, () => {});', [['SEC-01:', 'SEC-01']]],
    [
      "describe('BRG-09: keys', () => { test('a', f); test('D-20: b', f); });\ntest('c', f);",
      [
        ['BRG-09: keys › a', 'BRG-09'],
        ['BRG-09: keys › D-20: b', 'BRG-09,D-20'],
      ],
    ],
    ["test.each([['PHN-06, D-18', 1], ['other', 2]])('%s: x', f);", [['%s: x', 'D-18,PHN-06']]],
    ["const ROWS = [['TIP-07: a']];\ntest.each(ROWS)('%s', f);", [['%s', 'TIP-07']]],
    ["test.skipIf(x)('SEC-02: a', f);", [['SEC-02: a', 'SEC-02']]],
    ["test.skip('SEC-02: a', f); test.todo('SEC-03');", []],
    ["// test('SEC-01: a', f)\nexpect(test('SEC')).toBe('SEC-04');", []],
  ])('%j', (text, proofs) => {
    const found = proofsInTests('x.test.ts', text);
    expect(found.map(({ title, ids }) => [title, ids.join()])).toEqual(proofs);
  });
});

test.each(['proves: [SEC-11, D-04]', 'proves:\n  - SEC-11\n  - D-04'])(
  'a scenario proves what it says in %j',
  (proves) => {
    const text = `name: A title\n${proves}\nsteps:\n  - expect: { why: SEC-09 }\n`;
    expect(proofsInScenario('x.yaml', text)).toEqual([
      { file: 'x.yaml', title: 'A title', ids: ['SEC-11', 'D-04'] },
    ]);
  },
);

test('the document lists a rule with its tests, or as open', () => {
  const document = coverageDocument([
    { file: 'packages/a/b.test.ts', title: 'SEC-01: [x]', ids: ['SEC-01'] },
  ]);
  expect(document).toContain(
    '\n  - [b.test.ts](../packages/a/b.test.ts): SEC-01: \\[x\\]\n- **SEC-02**',
  );
  expect(document.match(/\*\*SEC-01\*\*/g)).toHaveLength(1);
  expect(document.match(/\*\*SEC-02\*\*/g)).toHaveLength(2);
});

test('a rule that there is not is named with its test', () => {
  expect(
    unknownIds([{ file: 'b.test.ts', title: 'SEC-77: x', ids: ['SEC-77', 'SEC-01'] }]),
  ).toEqual(['b.test.ts: SEC-77: x: there is no SEC-77']);
});
