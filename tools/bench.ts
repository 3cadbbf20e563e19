/**
 * Runs benchmarks: every `*.bench.ts`, or those that are named (`npm run bench -- mixer icon`). They
 * print figures and judge nothing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureDebianPackages } from './debian-packages.ts';

/** Other people's programs that benchmarks drive. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  'sip-calls.bench.ts': ['sip-tester'],
};

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const names = process.argv.slice(2);
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.bench.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '')
  .filter((file) => names.length === 0 || names.some((name) => basename(file).includes(name)));

for (const file of files) {
  process.stdout.write(`\n== ${file}\n`);
  if (!ensureDebianPackages(PACKAGES[basename(file)] ?? [])) continue;
  spawnSync(process.execPath, [join(root, file)], { stdio: 'inherit' });
}
