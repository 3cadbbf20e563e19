import { expect, test } from 'vitest';
import { type TestReport, testSummary } from './test-summary.ts';

/* Goal: the last line of `npm test` agrees with its exit code, whatever failed. */

const passed = { status: 'passed', assertionResults: [{ status: 'passed' }] };
const failed = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] };
const broken = { status: 'failed', assertionResults: [] };

test.each([
  ['all passed', report(3, 0, { testResults: [passed] }), true, '3 passed, 0 failed, 0 skipped'],
  ['one failed', report(3, 1, { testResults: [failed] }), false, '3 passed, 1 failed, 0 skipped'],
  [
    'a file did not load',
    report(3, 1, { testResults: [failed, broken, passed] }),
    false,
    '3 passed, 2 failed, 0 skipped',
  ],
  ['an error outside tests', report(3, 0, {}), false, '3 passed, 1 failed, 0 skipped'],
  [
    'skipped and to do',
    report(3, 0, { numPendingTests: 2, numTodoTests: 1 }),
    true,
    '3 passed, 0 failed, 3 skipped',
  ],
  ['no report', undefined, false, '0 passed, 1 failed, 0 skipped'],
])('%s', (_what, given, runPassed, line) => {
  expect(testSummary(given, runPassed)).toBe(line);
});

function report(
  numPassedTests: number,
  numFailedTests: number,
  rest: Partial<TestReport>,
): TestReport {
  return {
    numPassedTests,
    numFailedTests,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...rest,
  };
}
