/** Installs Debian packages that are missing, as root or through sudo; says what to do when it cannot. */
import { spawnSync } from 'node:child_process';

/** True when all packages are there in the end. */
export function ensureDebianPackages(packages: readonly string[]): boolean {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  process.stdout.write(`Installing ${missing.join(' ')} ...\n`);
  const ready =
    apt(['update', '-qq']) && apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  if (ready && missing.every(isInstalled)) return true;
  process.stdout.write(
    `Could not install them. Run as root: apt-get install --no-install-recommends ${missing.join(' ')}\n`,
  );
  return false;
}

function isInstalled(name: string): boolean {
  const found = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Status}', name], { encoding: 'utf8' });
  return found.stdout?.includes('install ok installed') ?? false;
}

function apt(words: readonly string[]): boolean {
  const root = process.getuid?.() === 0;
  const [command, ...args] = root ? ['apt-get', ...words] : ['sudo', '-n', 'apt-get', ...words];
  if (command === undefined) return false;
  const result = spawnSync(command, args, {
    stdio: ['ignore', 'ignore', 'inherit'],
    // tshark asks who may capture; the tests only read files.
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return result.status === 0;
}
