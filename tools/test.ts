/**
 * What `npm test` runs: Debian packages that the tests need, types, format and lint, then all tests.
 * Arguments are passed to the test runner, such as a folder. The last line counts the tests.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureDebianPackages } from './debian-packages.ts';
import { FORMAT_AND_LINT, firstFailure, runPackaged, type Step, TYPES } from './steps.ts';
import { type TestReport, testSummary } from './test-summary.ts';

/** Other people's programs that judge ours, a browser, and a compiler for libsrtp's. */
const PACKAGES = [
  ...['tshark', 'libsrtp2-dev', 'libspandsp-dev', 'libopus-dev', 'gcc', 'libc6-dev', 'openssl'],
  ...['baresip-core', 'linphone-cli', 'sip-tester', 'chromium', 'libxml2-utils'],
];

const folder = mkdtempSync(join(tmpdir(), 'conclave-test-'));
const results = join(folder, 'results.json');

const TESTS: Step = {
  title: 'tests',
  run: () =>
    runPackaged('vitest', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${results}`,
      ...process.argv.slice(2),
    ]),
};

const failure = await firstFailure([
  { title: 'Debian packages', run: () => ensureDebianPackages(PACKAGES) },
  TYPES,
  FORMAT_AND_LINT,
  TESTS,
]);
if (failure === undefined || failure === TESTS.title) {
  process.stdout.write(`\n${testSummary(readReport(), failure === undefined)}\n`);
}
rmSync(folder, { recursive: true });
process.exitCode = failure === undefined ? 0 : 1;

/** Undefined when the runner ended before it could report. */
function readReport(): TestReport | undefined {
  try {
    return JSON.parse(readFileSync(results, 'utf8')) as TestReport;
  } catch {
    return undefined;
  }
}
