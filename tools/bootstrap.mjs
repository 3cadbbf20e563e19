/**
 * Runs a script on the Node that this repository pins, installing the npm packages first when they
 * are absent or older than the lock file. It is plain JavaScript, because it must run on whatever Node
 * came with the machine's npm.
 *
 *   node tools/bootstrap.mjs SCRIPT.ts [ARGUMENT ...]
 *   node tools/bootstrap.mjs --bin NAME [ARGUMENT ...]     a command of node_modules/.bin
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, 'node_modules', '.bin');
const packagedNode = `node-${process.platform}-${process.arch}`;
const stamp = join(root, 'node_modules', '.installed');

install();
linkNode();
buildNative();
buildPages();
run(process.argv.slice(2));

function install() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  process.stderr.write('Installing npm packages (first start, or the lock file changed) ...\n');
  // Whole, whatever NODE_ENV, npm's settings and its Node leave out: ours is an optional package.
  const whole = ['--include=dev', '--include=optional'];
  const result = spawnSync('npm', ['ci', ...whole, '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    env: { ...process.env, ...asOurNode() },
    // What npm prints is progress, not output of the command that was asked for.
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write('npm ci failed: nothing was started.\n');
    process.exit(1);
  }
  writeFileSync(stamp, lock);
}

/**
 * npm leaves out optional packages that are not for the Node it runs on, such as the compiled part of
 * the test runner on Node 18. They run on ours, so npm is told ours.
 */
function asOurNode() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const version = optionalDependencies[packagedNode];
  if (version === undefined) return {};
  const preload = JSON.stringify(join(root, 'tools', 'node-version.cjs'));
  return {
    CONCLAVE_NODE_VERSION: `v${version}`,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --require=${preload}`,
  };
}

/** The link to this Node, which npm 9 and 10 leave out. */
function linkNode() {
  const packaged = join('..', packagedNode, 'bin', 'node');
  if (existsSync(join(bin, 'node')) || !existsSync(join(bin, packaged))) return;
  symlinkSync(packaged, join(bin, 'node'));
}

/** The part of the media path in C: quick when it is there, harmless when it cannot be built. */
function buildNative() {
  const script = join(root, 'packages', 'media-io', 'build.mjs');
  spawnSync(process.execPath, [script, ourNode()], { stdio: ['ignore', 2, 2] });
}

/** The pages of the administration, from their sources; without them everything else runs. */
function buildPages() {
  const script = join(root, 'apps', 'web', 'build.mjs');
  const { status } = spawnSync(ourNode(), [script], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.stderr.write('The pages of the administration could not be built.\n');
}

function ourNode() {
  const local = join(bin, 'node');
  return existsSync(local) ? local : process.execPath;
}

function run(words) {
  const node = ourNode();
  if (node === process.execPath && Number(process.versions.node.split('.')[0]) < 24) {
    process.stderr.write(
      `Conclave needs Node 24.15 or later; this is ${process.version}, and no packaged Node exists ` +
        `for ${process.platform}-${process.arch}.\n`,
    );
    process.exit(1);
  }
  const args =
    words[0] === '--bin'
      ? [join(bin, words[1]), ...words.slice(2)]
      : [join(root, words[0]), ...words.slice(1)];
  const command = words[0] === '--bin' ? args.shift() : node;
  const child = spawn(command, args, {
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}:${process.env.PATH ?? ''}` },
  });
  // A terminal's Ctrl-C reaches the child by itself; this process only waits for its end.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    process.exit(signal ? 128 + (constants.signals[signal] ?? 0) : (code ?? 1));
  });
}
