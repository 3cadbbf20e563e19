import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

/* Goal: `conclave scenario` tells by its exit code and its last line how it went. */

const folder = dirname(fileURLToPath(import.meta.url));
const main = join(folder, '../../apps/conclave/main.ts');
const TRIO = 'phones: {A: encrypted, B: encrypted, C: nonsecure}\nsteps:\n  - A: conference B, C\n';

describe('conclave scenario', () => {
  test('as expected: 0, and a line for each step', () => {
    const { status, stdout } = run(`${TRIO}    expect: {all: none}`, '--simulate');
    expect(status).toBe(0);
    expect(stdout).toContain('  1  A: conference B, C\n');
    expect(stdout).toContain('ad-hoc nonsecure on SB: A, B, C');
    expect(stdout.trim().endsWith('\nas expected')).toBe(true);
  });

  test('not as expected: 1, with what was seen and why', () => {
    const { status, stdout } = run(`${TRIO}    expect: {B: lock}`, '--simulate');
    expect(status).toBe(1);
    expect(stdout).toMatch(/FAILED -:4 expected B: lock\n +seen +B has .*\n +because +C signals/);
  });

  test('a file that cannot be used: 2, and what is allowed', () => {
    const { status, stdout, stderr } = run('phones: {A: secret}\nsteps: []', '--simulate');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^-:1:13: phones\.A: "secret": must be one of encrypted, authenticated/);
  });

  test('a file that is not there: 2', () => {
    const { status, stderr } = run('', 'no-such-file.yaml', '--simulate');
    expect([status, stderr.includes('no-such-file.yaml')]).toEqual([2, true]);
  });

  test('several files: the worst of them counts', () => {
    const good = join(folder, 'sec-01-all-encrypted.yaml');
    const { status, stdout } = run('', good, 'no-such-file.yaml', good, '--simulate');
    expect(status).toBe(2);
    expect(stdout.match(/^as expected$/gm)).toHaveLength(2);
  });

  test('TIP-01: a phone with a Spanish user reads what the server words in Spanish', () => {
    const { status, stdout } = run(
      `phones: {A: encrypted, S: {security: authenticated, model: 7911G, locale: es}}
steps:
  - A: meet-me 5002
  - S: dial 5002
    expect: {refused: No cumple el nivel de seguridad, S: {text: No cumple}}`,
      '--simulate',
    );
    expect([status, stdout]).toEqual([0, expect.stringContaining('as expected')]);
  });

  test.each(['kind: sip-trunk', 'protocol: SIP'])('no such device on the wire: 3 (%s)', (what) => {
    const { status, stderr } = run(`phones: {A: {${what}}}\nsteps: []`, '--wire');
    expect(status).toBe(3);
    expect(stderr).toMatch(/^A: .*simulat/);
  });

  test('--json is the trace; --check only reads; --schema is the schema', () => {
    const trace = JSON.parse(run(TRIO, '--simulate', '--json').stdout) as { ok: boolean };
    expect(trace.ok).toBe(true);
    expect(run(TRIO, '--check').stdout).toContain('is a scenario of 1 steps');
    expect(JSON.parse(run('', '--schema').stdout)).toHaveProperty('properties.phones');
  });
});

function run(
  input: string,
  ...words: readonly string[]
): { status: number | null; stdout: string; stderr: string } {
  const file = words.some((word) => word.endsWith('.yaml')) ? [] : ['-'];
  return spawnSync(process.execPath, [main, 'scenario', ...file, ...words], {
    input,
    encoding: 'utf8',
  });
}
