import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { faultsOfFile, importsOf } from './imports.ts';

/*
 * Goal: the house stays as ARCHITECTURE.md draws it: directions of imports, purity of the core, sizes,
 * headers, links. Method: every file that git knows is read as text; the checker itself is shown to
 * fail on small bad files.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && existsSync(join(root, name)));

test('every file keeps the directions, sizes and habits of the house', () => {
  const sources = files.filter((name) => /\.(ts|mjs)$/.test(name));
  expect(sources.length).toBeGreaterThan(50);
  expect(sources.flatMap((name) => faultsOfFile(name, read(name)))).toEqual([]);
});

test.each([
  ['packages/core/x.ts', "/** X. */\nimport { readFileSync } from 'node:fs';", 'imports node:fs'],
  ['packages/core/x.ts', '/** X. */\nexport const now = Date.now();', 'time is an argument'],
  ['packages/core/x.ts', '/** X. */\nexport async function f() {}', 'does not wait'],
  [
    'packages/core/x.ts',
    "/** X. */\nimport { A } from '@conclave/sccp';",
    'imports @conclave/sccp',
  ],
  ['packages/core/x.ts', "/** X. */\nconst a = await import('node:net');", 'imports node:net'],
  [
    'packages/sccp/wire/x.ts',
    "/** X. */\nimport { a } from '../machine/a.ts';",
    'knows no machine',
  ],
  ['packages/net/x.ts', "/** X. */\nimport { A } from '@conclave/core';", 'imports @conclave/core'],
  ['apps/bridge/x.ts', "/** X. */\nimport { A } from '@conclave/core';", 'imports @conclave/core'],
  ['apps/bridge/x.ts', "/** X. */\nimport { A } from '@conclave/testkit';", 'test kit'],
  ['packages/core/x.ts', 'export const a = 1;', 'no header comment'],
  ['packages/core/x.ts', '/** X. */\nexport default 1;', 'default export'],
  ['packages/core/x.ts', `/** X. */${'\n'.repeat(501)}`, 'lines'],
])('the checker fails %s: %s', (path, text, fault) => {
  expect(faultsOfFile(path, text).join()).toContain(fault);
});

test('imports are found in every form, and not in comments', () => {
  expect(importsOf("import 'a'; import b from 'b'; export * from 'c'; await import('d');")).toEqual(
    ['a', 'b', 'c', 'd'],
  );
  expect(
    faultsOfFile('packages/core/x.ts', "/** import 'node:fs' */\nexport const a = 1;"),
  ).toEqual([]);
});

test('no file names a path of one machine', () => {
  const pattern = new RegExp(['/wor' + 'k/', '/roo' + 't/', '/hom' + 'e/'].join('|'));
  const texts = files.filter((name) => !/\.(png|wav|pcapng)$/.test(name));
  expect(texts.filter((name) => pattern.test(read(name)))).toEqual([]);
});

test('relative links in the documentation lead somewhere', () => {
  const broken = files
    .filter((name) => name.endsWith('.md'))
    .flatMap((name) =>
      [...read(name).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map((match) => match[1] ?? '')
        .filter((link) => !existsSync(join(root, dirname(name), link)))
        .map((link) => `${name}: ${link}`),
    );
  expect(broken).toEqual([]);
});

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}
