import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { anchorsOf, brokenLinks, linksOf, type MarkdownTree } from './markdown-links.ts';

/* Goal: who follows a link in our documents arrives. Only files that git knows count as there. */

const root = dirname(dirname(fileURLToPath(import.meta.url)));

test('relative links in the documents lead somewhere', () => {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((name) => name !== '' && existsSync(join(root, name)));
  const tree = { files, read: (name: string) => readFileSync(join(root, name), 'utf8') };
  const documents = files.filter((name) => name.endsWith('.md'));
  expect(documents).toContain('README.md');
  expect(linksOf(tree.read('README.md')).length).toBeGreaterThan(3);
  expect(documents.flatMap((name) => brokenLinks(name, tree))).toEqual([]);
});

const TREE: Readonly<Record<string, string>> = {
  'README.md': '# Title\n',
  'docs/guide.md':
    '# The guide\n\n## Who, and why?\n\n## Who, and why?\n\n```\n# no heading\n```\n',
  'docs/reference/cli.md': '',
};

test.each([
  ['[a](gone.md)', 'no such file'],
  ['[a](../README.md)', 'leads out of the repository'],
  ['[a](/README.md)', 'leads out of the repository'],
  ['[a](docs/guide.md#gone)', 'no such heading'],
  ['[a](docs/guide.md#no-heading)', 'no such heading'],
  ['[a](#gone)', 'no such heading'],
  ['![a](picture.png)', 'no such file'],
  ['[a][b]\n\n[b]: gone.md', 'no such file'],
  ['[![badge](gone.svg)](README.md)', 'no such file'],
  ['[a](gone.md "title")', 'no such file'],
  ['[a](Readme.md)', 'no such file'],
])('%j is a broken link: %s', (markdown, why) => {
  expect(brokenLinks('x.md', treeWith(markdown)).join()).toContain(why);
});

test.each([
  ['[a](README.md)'],
  ['[a](README.md#title)'],
  ['[a](docs/guide.md#who-and-why)'],
  ['[a](docs/guide.md#who-and-why-1)'],
  ['[a](docs)'],
  ['[a](docs/reference/)'],
  ['[a](https://example.org/gone.md)'],
  ['[a](mailto:ada@example.org)'],
  ['`[a](gone.md)`'],
  ['```\n[a](gone.md)\n```'],
  ['## A heading\n\n[a](#a-heading)'],
  ['an array[0] (not a link)'],
])('%j is none', (markdown) => {
  expect(brokenLinks('x.md', treeWith(markdown))).toEqual([]);
});

test('links are resolved from where their file is', () => {
  const tree = treeWith('');
  const read = (): string => '[a](../README.md) [b](reference/cli.md) [c](docs/guide.md)';
  expect(brokenLinks('docs/guide.md', { ...tree, read })).toEqual([
    'docs/guide.md: docs/guide.md: no such file',
  ]);
});

test('headings are named without their marks', () => {
  expect(anchorsOf('# `start` and [stop](x.md): the *end*\n')).toEqual(['start-and-stop-the-end']);
});

function treeWith(markdown: string): MarkdownTree {
  const all = { ...TREE, 'x.md': markdown };
  return {
    files: Object.keys(all),
    read: (name) => (all as Readonly<Record<string, string>>)[name] ?? '',
  };
}
