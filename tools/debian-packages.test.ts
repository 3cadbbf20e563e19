import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ensureDebianPackages } from './debian-packages.ts';

/*
 * Goal: what is missing is installed without a question, as root or through sudo, and what cannot be
 * is named. Method: stand-ins for Debian's programs, first in the path, that write down how they were
 * called and keep a list of what is "installed".
 */

let folder: string;
let said: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-debian-'));
  said = '';
  standIn(
    'dpkg-query',
    `if (installed.includes(args.at(-1))) console.log('install ok installed');`,
  );
  standIn(
    'apt-get',
    `if (args.includes('install') && works) install(args.slice(args.indexOf('install') + 4));`,
  );
  standIn(
    'sudo',
    `process.exitCode = spawnSync(args[1], args.slice(2), { stdio: 'inherit', env: { PATH: process.env.PATH } }).status;`,
  );
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text;
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

test('nothing is run when nothing is missing', () => {
  installed('tshark', 'openssl');
  expect(ensureDebianPackages(['tshark', 'openssl'])).toBe(true);
  expect([calls(), said]).toEqual([[], '']);
});

test('root installs what is missing, and nothing asks', () => {
  as(0);
  installed('openssl');
  expect(ensureDebianPackages(['tshark', 'openssl', 'gcc'])).toBe(true);
  expect(calls()).toEqual([
    'noninteractive apt-get -oDPkg::Lock::Timeout=300 update -qq',
    'noninteractive apt-get -oDPkg::Lock::Timeout=300 install -y -qq --no-install-recommends tshark gcc',
  ]);
});

test('others go through sudo, which neither asks for a password nor passes the environment on', () => {
  as(1000);
  expect(ensureDebianPackages(['tshark'])).toBe(true);
  expect(calls().filter((call) => call.includes(' sudo '))).toHaveLength(2);
  expect(
    calls()
      .filter((call) => call.includes(' sudo '))
      .join(),
  ).toMatch(/ sudo -n env /);
  expect(calls().at(-1)).toMatch(/^noninteractive apt-get .* install .* tshark$/);
});

test('what cannot be installed is named', () => {
  as(0);
  installed('gcc');
  writeFileSync(join(folder, 'broken'), '');
  expect(ensureDebianPackages(['tshark', 'gcc', 'openssl'])).toBe(false);
  expect(said).toMatch(/apt-get install --no-install-recommends tshark openssl\n$/);
});

test('without Debian’s programs the packages are named too', () => {
  as(0);
  vi.stubEnv('PATH', join(folder, 'nowhere'));
  expect(ensureDebianPackages(['tshark'])).toBe(false);
  expect(said).toContain('tshark');
});

function standIn(name: string, code: string): void {
  const file = join(folder, name);
  writeFileSync(
    file,
    `#!/usr/bin/env node
    const { spawnSync } = require('node:child_process');
    const { appendFileSync, existsSync, readFileSync } = require('node:fs');
    const list = ${JSON.stringify(join(folder, 'installed'))};
    const installed = existsSync(list) ? readFileSync(list, 'utf8').split('\\n') : [];
    const install = (names) => appendFileSync(list, names.join('\\n') + '\\n');
    const works = !existsSync(${JSON.stringify(join(folder, 'broken'))});
    const args = process.argv.slice(2);
    if (${name !== 'dpkg-query'}) {
      const words = [process.env.DEBIAN_FRONTEND ?? '-', ${JSON.stringify(name)}, ...args];
      appendFileSync(${JSON.stringify(join(folder, 'calls'))}, words.join(' ') + '\\n');
    }
    ${code}\n`,
  );
  chmodSync(file, 0o755);
}

function installed(...names: readonly string[]): void {
  writeFileSync(join(folder, 'installed'), `${names.join('\n')}\n`);
}

/** How Debian's programs were called, with what was set for their questions. */
function calls(): readonly string[] {
  const file = join(folder, 'calls');
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
}

function as(userId: number): void {
  vi.spyOn(process, 'getuid').mockReturnValue(userId);
}
