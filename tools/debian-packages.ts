/** Installs Debian packages that are missing, as root or through sudo; says what to do when it cannot. */
import { spawnSync } from 'node:child_process';

/** At a machine's start another installation often holds the lock for a while. */
const LOCK_WAIT_S = 300;

/** tshark asks who may capture; the tests only read files. */
const WITHOUT_QUESTIONS = 'DEBIAN_FRONTEND=noninteractive';

/** True when all packages are there in the end; otherwise the missing ones have been named. */
export function ensureDebianPackages(packages: readonly string[]): boolean {
  const missing = packages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return true;
  process.stdout.write(`Installing ${missing.join(' ')} ...\n`);
  // One broken source of packages is no reason not to try: the installation decides.
  apt(['update', '-qq']);
  apt(['install', '-y', '-qq', '--no-install-recommends', ...missing]);
  const absent = missing.filter((name) => !isInstalled(name));
  if (absent.length === 0) return true;
  process.stdout.write(
    `Could not install them. Run as root:\n` +
      `  apt-get update && apt-get install --no-install-recommends ${absent.join(' ')}\n`,
  );
  return false;
}

function isInstalled(name: string): boolean {
  const found = spawnSync('dpkg-query', ['-W', '-f', '$' + '{Status}', name], { encoding: 'utf8' });
  return found.stdout?.includes('install ok installed') ?? false;
}

/** sudo passes no environment on, so it is given as a command. */
function apt(words: readonly string[]): void {
  const isRoot = process.getuid?.() === 0;
  const command = ['env', WITHOUT_QUESTIONS, 'apt-get', `-oDPkg::Lock::Timeout=${LOCK_WAIT_S}`];
  const [program = '', ...args] = [...(isRoot ? [] : ['sudo', '-n']), ...command, ...words];
  spawnSync(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
