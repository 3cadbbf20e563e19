/**
 * What `npm run check` runs before a commit, in less than a minute: types, format, lint, and the tests
 * that need neither other programs nor a running system.
 */
import { FORMAT_AND_LINT, firstFailure, runPackaged, TYPES } from './steps.ts';

const failure = await firstFailure([
  TYPES,
  FORMAT_AND_LINT,
  {
    title: 'tests',
    run: () => runPackaged('vitest', ['run', '--exclude', 'test/**', ...process.argv.slice(2)]),
  },
]);
process.exitCode = failure === undefined ? 0 : 1;
