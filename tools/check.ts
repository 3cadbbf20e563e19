/** What `npm run check` runs before a commit: types, format, lint and the tests without other programs. */
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const STEPS = [
  ['tsc', '--noEmit'],
  ['biome', 'check', '.'],
  ['vitest', 'run', '--exclude', 'test/**'],
] as const;

for (const [command, ...args] of STEPS) {
  const program = join(root, 'node_modules', '.bin', command);
  const { status } = spawnSync(program, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    process.stdout.write(`Stopped: ${command} failed.\n`);
    process.exit(1);
  }
}
