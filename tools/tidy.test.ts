import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { faultsOfFile, LONG_FILES, undeclaredImports, ZONES } from './house.ts';

/*
 * Goal: the house stays as ARCHITECTURE.md draws it: directions of imports, purity of the core, sizes,
 * headers. Method: every file that git knows is read as text; the checker itself is shown to fail on
 * small bad files, and not to fail on good ones that look alike.
 */

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((name) => name !== '' && existsSync(join(root, name)));
const sources = files.filter((name) => /\.(tsx?|mjs)$/.test(name));

describe('the tree', () => {
  test('every file keeps the directions, sizes and habits of the house', () => {
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.flatMap((name) => faultsOfFile(name, read(name)))).toEqual([]);
  });

  test('every workspace names what it imports in its package.json', () => {
    const workspaces = files.filter((name) => /^(packages|apps)\/[^/]+\/package\.json$/.test(name));
    expect(workspaces.length).toBeGreaterThan(10);
    const faults = workspaces.flatMap((name) => {
      const { dependencies, devDependencies } = JSON.parse(read(name));
      const declared = Object.keys({ ...dependencies, ...devDependencies });
      return sources
        .filter((source) => source.startsWith(`${dirname(name)}/`))
        .flatMap((source) => undeclaredImports(source, read(source), declared));
    });
    expect(faults).toEqual([]);
  });

  test('no file names a path of one machine', () => {
    const texts = files.filter((name) => !/\.(png|wav|pcapng)$/.test(name));
    expect(texts.filter((name) => MACHINE_PATH.test(read(name)))).toEqual([]);
  });

  test('rules about folders and files are about ones that exist', () => {
    const folders = ZONES.map((zone) => zone.folder);
    expect(folders.filter((folder) => !files.some((name) => name.startsWith(folder)))).toEqual([]);
    expect(LONG_FILES.filter((name) => !files.includes(name))).toEqual([]);
  });
});

/** The header that every file has. */
const H = '/** X. */\n';

describe('the checker fails', () => {
  test.each([
    ['packages/base/x.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
    [
      'packages/base/x.ts',
      "import type { State } from '@conclave/core';",
      'imports @conclave/core',
    ],
    ['packages/core/x.ts', "import { readFileSync } from 'node:fs';", 'imports node:fs'],
    ['packages/core/x.ts', "import type { A } from '@conclave/sccp';", 'imports @conclave/sccp'],
    ['packages/core/x.ts', "import { A } from '@conclave/base/a.ts';", '@conclave/base/a.ts'],
    ['packages/core/x.ts', "const a = await import('node:net');", 'imports node:net'],
    ['packages/core/x.ts', 'const a = import(name);', 'whose name is computed'],
    ['packages/core/x.ts', "export * from 'node:fs';", 'imports node:fs'],
    ['packages/core/x.ts', "import { a } from '../sccp/index.ts';", 'reaches packages/sccp'],
    ['packages/core/a/b/x.ts', "import { a } from '../../c.ts';", 'reaches up twice'],
    ['packages/core/x.ts', 'export const now = Date.now();', 'time is an argument'],
    ['packages/core/x.ts', 'export const at = new Date(0);', 'dates'],
    ['packages/core/x.ts', 'export const now = performance.now();', 'time is an argument'],
    ['packages/core/x.ts', 'export const a = Math.random();', 'chance is an argument'],
    ['packages/core/x.ts', 'export const a = crypto.randomUUID();', 'chance is an argument'],
    ['packages/core/x.ts', 'setTimeout(() => {}, 1);', 'a deadline is a return value'],
    ['packages/core/x.ts', 'setInterval(() => {}, 1);', 'a deadline is a return value'],
    ['packages/core/x.ts', 'export async function f() {}', 'a pure step never waits'],
    ['packages/core/x.ts', 'export type A = Promise<void>;', 'a pure step never waits'],
    ['packages/core/x.ts', 'export const a = process.env.A;', 'the world is outside'],
    ['packages/core/x.ts', 'const a = `$' + '{Date.now()}`;', 'time is an argument'],
    ['packages/core/x.ts', "const a = '/*'; Date.now(); // */", 'time is an argument'],
    ['packages/core/x.ts', "const a = /'/; Date.now(); // '", 'time is an argument'],
    ['packages/sccp/wire/x.ts', "import { a } from '../machine/a.ts';", 'reaches packages/sccp/m'],
    ['packages/sccp/wire/x.ts', "import { a } from '../index.ts';", 'reaches packages/sccp/index'],
    ['packages/sccp/wire/x.ts', "import { a } from 'node:buffer';", 'imports node:buffer'],
    ['packages/sccp/wire/x.ts', 'const a = Buffer.from([]);', 'the world is outside'],
    ['packages/sccp/machine/x.ts', "import type { A } from '@conclave/core';", '@conclave/core'],
    ['packages/sccp/machine/x.ts', 'setTimeout(f, 1);', 'a deadline is a return value'],
    ['packages/rtp/x.ts', "import { createSocket } from 'node:dgram';", 'imports node:dgram'],
    ['packages/rtp/x.ts', "import { randomBytes } from 'node:crypto';", 'chance is an argument'],
    ['packages/audio/x.ts', "import { hash } from 'node:crypto';", 'imports node:crypto'],
    ['packages/pki/x.ts', "import { connect } from 'node:tls';", 'opens sockets with node:tls'],
    ['packages/pki/x.ts', "import * as net from 'node:net';", 'opens sockets with node:net'],
    ['packages/pki/x.ts', "import { dial } from '@conclave/net';", 'imports @conclave/net'],
    ['packages/net/x.ts', "import { A } from '@conclave/core';", 'imports @conclave/core'],
    ['packages/net/x.ts', "import { A } from '@conclave/sccp';", 'imports @conclave/sccp'],
    ['packages/store/x.ts', "import { A } from '@conclave/core';", 'imports @conclave/core'],
    ['packages/telemetry/x.ts', "import { A } from 'kysely';", 'imports kysely'],
    ['packages/testkit/x.ts', "import { A } from '@conclave/phone';", 'imports @conclave/phone'],
    ['packages/new/x.ts', "import { a } from './a.ts';", 'belongs to no zone'],
    ['apps/bridge/x.ts', "import { A } from '@conclave/core';", 'imports @conclave/core'],
    ['apps/bridge/x.ts', "import { A } from '@conclave/testkit';", 'imports @conclave/testkit'],
    ['apps/bridge/x.ts', "import { A } from '../phone/phone.ts';", 'reaches apps/phone/phone.ts'],
    ['apps/bridge/x.ts', "import { A } from '@conclave/phone';", 'imports @conclave/phone'],
    ['apps/conclave/x.ts', "import { A } from '@conclave/phone/phone.ts';", '/phone.ts'],
    ['apps/conclave/x.ts', "import { connect } from 'node:net';", 'opens sockets with node:net'],
    ['apps/callmanager/adapters/x.ts', "import { Store } from '@conclave/store';", 'imports'],
    ['apps/callmanager/x.ts', "import { Store } from '@conclave/store';", 'for wiring.ts'],
    ['packages/net/x.test.ts', "import { a } from '../core/step.ts';", 'reaches packages/core'],
    ['packages/core/x.ts', 'export default 1;', 'default export'],
    ['packages/core/x.ts', 'const a = 1;\nexport { a as default };', 'default export'],
    ['packages/core/x.ts', "export * from './a.ts';", 're-exports a whole module'],
    ['packages/core/someFile.ts', 'export const a = 1;', 'kebab-case'],
    ['packages/core/x.ts', '\n'.repeat(500), 'has 501 lines'],
    ['packages/core/x.test.ts', '\n'.repeat(500), 'has 501 lines'],
  ])('%s: %s', (path, text, fault) => {
    expect(faultsOfFile(path, H + text).join()).toContain(fault);
  });

  test('a file without a header comment', () => {
    expect(faultsOfFile('packages/core/x.ts', 'export const a = 1;\n')).toEqual([
      'packages/core/x.ts: has no header comment',
    ]);
  });

  test('an import that the package file does not name', () => {
    const text = "import { A } from 'pino';\nimport 'node:fs';\nimport { b } from './b.ts';";
    expect(undeclaredImports('packages/telemetry/x.ts', text, ['pino'])).toEqual([]);
    expect(undeclaredImports('packages/telemetry/x.ts', text, [])).toEqual([
      'packages/telemetry/x.ts: its package.json does not name pino',
    ]);
  });

  test('a path of one machine', () => {
    const folder = ['ho', 'me'].join('');
    expect(MACHINE_PATH.test(`see /${folder}/ada/notes`)).toBe(true);
    expect(MACHINE_PATH.test(`see https://example.org/${folder}/ada`)).toBe(false);
  });

  test('biome, with our settings, refuses `any` and `!`', () => {
    const folder = mkdtempSync(join(tmpdir(), 'conclave-tidy-'));
    try {
      const { files: _, $schema: __, ...settings } = JSON.parse(read('biome.json'));
      const ours = { ...settings, vcs: { enabled: false } };
      writeFileSync(join(folder, 'biome.json'), JSON.stringify(ours));
      writeFileSync(join(folder, 'x.ts'), 'export const f = (a: any): string => a.b!;\n');
      const biome = join(root, 'node_modules', '.bin', 'biome');
      const options = { cwd: folder, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(biome, ['lint', '.'], options);
      expect(status).toBe(1);
      expect(stdout + stderr).toContain('noExplicitAny');
      expect(stdout + stderr).toContain('noNonNullAssertion');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('the checker lets pass', () => {
  test.each([
    ['packages/core/x.ts', "/** import 'node:fs'; Date.now() */\nexport const a = 'setTimeout()';"],
    [
      'packages/core/x.ts',
      `${H}import { assert } from '@conclave/base';\nassert(/Promise/.test(''));`,
    ],
    ['packages/core/a/x.ts', `${H}import { a } from '../b/a.ts';`],
    ['packages/core/x.ts', `${H}${'\n'.repeat(499)}`],
    ['packages/core/index.ts', "export { a } from './a.ts';"],
    ['packages/core/x.test.ts', "import { CoreWorld } from '@conclave/testkit';\nawait f();"],
    ['packages/base/x.ts', `${H}import assert from 'node:assert';`],
    ['packages/sccp/machine/x.ts', `${H}import { a } from '../wire/a.ts';\nnew Date(nowMs);`],
    ['packages/rtp/x.ts', `${H}import { type Cipheriv, hash } from 'node:crypto';`],
    ['packages/pki/x.ts', `${H}import type { PeerCertificate } from 'node:tls';`],
    ['packages/pki/x.ts', `${H}import { isIP } from 'node:net';`],
    ['apps/conclave/x.ts', `${H}import { Phone } from '@conclave/phone';`],
    ['apps/callmanager/wiring.ts', `${H}import { Store } from '@conclave/store';`],
    ['apps/callmanager/x.ts', `${H}import type { Store } from '@conclave/store';`],
    ['vitest.config.ts', 'export default 1;'],
  ])('%s: %s', (path, text) => {
    expect(faultsOfFile(path, text)).toEqual([]);
  });
});

/** Built from parts, as this file is read too. */
const MACHINE_PATH = new RegExp(
  `(?<![\\w./-])/(?:${['wo' + 'rk', 'ro' + 'ot', 'ho' + 'me', 'Use' + 'rs'].join('|')})/`,
);

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}
