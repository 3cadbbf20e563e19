/**
 * `npm run mutate`: changes the rules one little thing at a time and counts how many changes the tests
 * notice. Its packages are many and used by nothing else, so they are installed here at the first run.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const HELP = `npm run mutate -- [--concurrency N] [FILE ...]

Mutates these files (default: all rules, packages/core) and runs the tests of the rules on each mutant. All of it takes hours; one file takes minutes. Prints the survivors and the score.
`;

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..');
/** The tests of the rules and the scenarios, and a few random days: all of it may run for every mutant. */
const TESTS = {
  test: {
    include: ['packages/core/**/*.test.ts', 'test/scenario/examples.test.ts'],
    exclude: ['**/node_modules/**'],
    env: { CONCLAVE_RUNS: '20' },
    testTimeout: 60_000,
  },
};

const ALL = ['packages/core/**/*.ts', '!packages/core/**/*.test.ts', '!packages/core/index.ts'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { concurrency: { type: 'string', default: '3' }, help: { type: 'boolean' } },
});
if (values.help) process.stdout.write(HELP);
else process.exitCode = mutate(positionals.length > 0 ? positionals : ALL);

function mutate(files: readonly string[]): number {
  const packages = join(HERE, 'node_modules', '@stryker-mutator');
  if (!existsSync(packages)) {
    const installed = spawnSync(
      'npm',
      ['install', '--no-package-lock', '--no-audit', '--no-fund'],
      { cwd: HERE, stdio: 'inherit' },
    );
    if (installed.status !== 0) return 1;
  }
  const work = mkdtempSync(join(tmpdir(), 'conclave-mutate-'));
  const tests = join(work, 'vitest.config.mjs');
  // The links of the workspace lead out of the sandbox, past the mutants.
  const aliases =
    '{ alias: [{ find: /^@conclave\\/([a-z]+)$/, ' +
    "replacement: process.cwd() + '/packages/$1/index.ts' }] }";
  writeFileSync(tests, `export default { ...${JSON.stringify(TESTS)}, resolve: ${aliases} };\n`);
  const config = join(work, 'stryker.config.json');
  writeFileSync(
    config,
    JSON.stringify({
      testRunner: 'vitest',
      plugins: [join(packages, 'vitest-runner', 'dist', 'src', 'index.js')],
      mutate: files,
      vitest: { configFile: tests, related: false },
      coverageAnalysis: 'perTest',
      reporters: ['clear-text', 'progress-append-only'],
      clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
      concurrency: Number(values.concurrency),
      tempDirName: join(work, 'sandbox'),
      ignorePatterns: ['apps', 'docs', 'fixtures'],
      // The compiler has no interface for programs that Stryker knows; it needs none here.
      tsconfigFile: 'none.json',
    }),
  );
  const program = join(HERE, 'node_modules', '.bin', 'stryker');
  const { status } = spawnSync(process.execPath, [program, 'run', config], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  rmSync(work, { recursive: true, force: true });
  return status ?? 1;
}
