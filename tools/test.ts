/**
 * What `npm test` runs: Debian packages that the tests need, types, format and lint, then all tests.
 * Arguments are passed to the test runner, such as a folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDebianPackages } from './debian-packages.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'conclave-test-'));
const results = join(folder, 'results.json');

/** Other people's programs that judge ours, and a compiler for libsrtp's. */
const PACKAGES = ['tshark', 'libsrtp2-dev', 'gcc', 'libc6-dev', 'openssl'];

step('Debian packages', () => ensureDebianPackages(PACKAGES));
step('types', () => run('tsc', ['--noEmit']));
step('format and lint', () => run('biome', ['check', '.']));
const passed = run('vitest', [
  'run',
  '--reporter=default',
  '--reporter=json',
  `--outputFile=${results}`,
  ...process.argv.slice(2),
]);
summary();
rmSync(folder, { recursive: true });
process.exitCode = passed ? 0 : 1;

function step(title: string, work: () => boolean): void {
  process.stdout.write(`\n== ${title}\n`);
  if (work()) return;
  process.stdout.write(`\nStopped: ${title} failed.\n`);
  process.exit(1);
}

function run(command: string, args: readonly string[]): boolean {
  const program = join(root, 'node_modules', '.bin', command);
  return (
    spawnSync(program, [...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }).status ===
    0
  );
}

function summary(): void {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(
    readFileSync(results, 'utf8'),
  ) as Readonly<Record<string, number>>;
  process.stdout.write(
    `\n${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped\n`,
  );
}
