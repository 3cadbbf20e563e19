/**
 * Runs a soak: a search for faults that goes on for as long as it is asked to. `npm run soak -- sip
 * --minutes 10` runs `sip.soak.ts`, wherever it is, with what follows the name, and ends as it ends:
 * status 1 when a fault was found. Without a name it says which there are.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const [name, ...options] = process.argv.slice(2);
const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.soak.ts'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '');
const file = files.find((each) => basename(each) === `${name}.soak.ts`);

if (file === undefined) {
  const names = files.map((each) => basename(each, '.soak.ts'));
  process.stderr.write(`npm run soak -- NAME [OPTION ...], where NAME is: ${names.join(', ')}\n`);
  process.exitCode = 2;
} else {
  const { status } = spawnSync(process.execPath, [join(root, file), ...options], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
}
