import fc from 'fast-check';
import { expect, test } from 'vitest';
import { importsOf, readSource } from './source-text.ts';

/* Goal: what the checkers of the house call code is code, and every import in it is seen. */

/** What begins a hole in a template. */
const HOLE = '$' + '{';

test.each([
  ['// Date.now()\na', ' \na'],
  ['/* Date.now() */ a', '  a'],
  ["const a = 'Date.now() // not a comment';", 'const a = "0";'],
  ["const a = 'it\\'s'; b()", 'const a = "0"; b()'],
  ["const glob = '**/*.ts'; Date.now(); // */", 'const glob = "0"; Date.now();  '],
  ['const a = /[/"\']/g.test(b) // c', 'const a = /pattern/.test(b)  '],
  ['const a = b / c; // d / e', 'const a = b / c;  '],
  ['return /a b/;', 'return /pattern/;'],
  [`\`a${HOLE}Date.now()}b\``, '`0`Date.now()`1`'],
  [`\`a${HOLE}{ b: \`c${HOLE}d}\` }.b}e\` + f`, '`0`{ b: `1`d`2` }.b`3` + f'],
  ["an unclosed ' quote\nDate.now()", "an unclosed ' quote\nDate.now()"],
])('%s is read as %s', (text, code) => {
  expect(readSource(text).code).toBe(code);
});

test('texts are kept by their numbers', () => {
  expect(readSource(`f('a', "b", \`c${HOLE}d}e\`)`).texts).toEqual(['a', 'b', 'c', 'e']);
});

test.each([
  ["import 'a';", [{ from: 'a', values: ['*'] }]],
  ["import b from 'a';", [{ from: 'a', values: ['*'] }]],
  ["import * as b from 'a';", [{ from: 'a', values: ['*'] }]],
  ["import b, { c } from 'a';", [{ from: 'a', values: ['*', 'c'] }]],
  ["import { b, type C, d as e } from 'a';", [{ from: 'a', values: ['b', 'd'] }]],
  ["import {\n  b,\n  c,\n} from 'a';", [{ from: 'a', values: ['b', 'c'] }]],
  ["import type { B } from 'a';", [{ from: 'a', values: [] }]],
  ["import type B from 'a';", [{ from: 'a', values: [] }]],
  ["export * from 'a';", [{ from: 'a', values: ['*'] }]],
  ["export * as b from 'a';", [{ from: 'a', values: ['*'] }]],
  ["export { b } from 'a';", [{ from: 'a', values: ['b'] }]],
  ["export type { B } from 'a';", [{ from: 'a', values: [] }]],
  ["await import('a');", [{ from: 'a', values: ['*'] }]],
  ["await import('a', { with: { type: 'json' } });", [{ from: 'a', values: ['*'] }]],
  ["type B = import('a').B;", [{ from: 'a', values: ['*'] }]],
  ['await import(name);', [{ from: '', values: ['*'] }]],
  ["await import('a' + name);", [{ from: '', values: ['*'] }]],
  ['await import(`a`);', [{ from: '', values: ['*'] }]],
  ["Array.from('a'); import.meta.dirname; text.from; ['import', 'b']", []],
  ["// import 'a';\nconst b = \"import 'a';\";", []],
  ["export interface B {}\nexport { c } from 'a';", [{ from: 'a', values: ['c'] }]],
])('imports of %s', (text, imports) => {
  expect(importsOf(readSource(text))).toEqual(imports);
});

test('whatever is read, reading ends, and every text has its number', () => {
  const fragment = fc.constantFrom(
    ...['`', HOLE, '}', '{', "'", '"', '/', '//', '/*', '*/', '\\', '\n', 'a', ' ', "import 'a'"],
  );
  fc.assert(
    fc.property(fc.array(fragment, { maxLength: 40 }), (fragments) => {
      const { code, texts } = readSource(fragments.join(''));
      const numbers = [...code.matchAll(/["`](\d+)["`]/g)].map((found) => Number(found[1]));
      expect(numbers.every((number) => number < texts.length)).toBe(true);
    }),
  );
});
