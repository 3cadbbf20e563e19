/** What `npm run screenshots` runs: the browser is installed, then the pictures are taken into docs/images. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ensureDebianPackages } from './debian-packages.ts';
import { ROOT } from './steps.ts';

const script = join(ROOT, 'test', 'browser', 'screenshots.ts');
const isDone =
  ensureDebianPackages(['chromium']) &&
  spawnSync(process.execPath, [script], { stdio: 'inherit' }).status === 0;
process.exitCode = isDone ? 0 : 1;
