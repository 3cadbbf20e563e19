/** The one line that says how the tests went, from the runner's report. */

/** What is read of the runner's JSON report. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Skipped. */
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/**
 * `N passed, N failed, N skipped`. A file that fails outside its tests counts as one failure, and so
 * does a run that fails although no test did: the line never says that nothing failed when something
 * has. `report` is undefined when the runner ended without one.
 */
export function testSummary(report: TestReport | undefined, runPassed: boolean): string {
  const files = report?.testResults ?? [];
  const brokenFiles = files.filter(
    (file) =>
      file.status === 'failed' && file.assertionResults.every((each) => each.status !== 'failed'),
  );
  const failures = (report?.numFailedTests ?? 0) + brokenFiles.length;
  const failed = runPassed ? failures : Math.max(failures, 1);
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  return `${report?.numPassedTests ?? 0} passed, ${failed} failed, ${skipped} skipped`;
}
