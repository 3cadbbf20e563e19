/**
 * Builds the native part from the sources beside it, when there is a C compiler; without one nothing
 * happens, and media goes through Node's own sockets and ciphers. Plain JavaScript: it runs on the
 * Node that installs.
 *
 *   node packages/media-io/build.mjs [the Node that the module is for]
 *
 * The headers are those that come with that Node, so nothing is fetched. The module is built beside
 * its place and moved there, so that nobody loads half of one.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const sources = ['aes.c', 'srtp.c', 'legs.c', 'addon.c'].map((name) =>
  join(folder, 'native', name),
);
const headers = ['aes.h', 'srtp.h', 'legs.h'].map((name) => join(folder, 'native', name));
const node = realpathSync(process.argv[2] ?? process.execPath);
const include = join(dirname(dirname(node)), 'include', 'node');
const target = join(folder, 'build', `media-io-${process.platform}-${process.arch}.node`);

const hash = createHash('sha256').update(node);
for (const file of [...sources, ...headers]) hash.update(readFileSync(file));
const stamp = hash.digest('hex');

if (process.platform === 'linux' && !isBuilt()) build();

function isBuilt() {
  return (
    existsSync(target) &&
    existsSync(`${target}.stamp`) &&
    readFileSync(`${target}.stamp`, 'utf8') === stamp
  );
}

function build() {
  rmSync(target, { force: true });
  if (!existsSync(join(include, 'node_api.h'))) return say(`no Node headers in ${include}`);
  mkdirSync(dirname(target), { recursive: true });
  const half = `${target}.${process.pid}`;
  const options = ['-O3', '-fPIC', '-shared', '-Wall', '-Wextra', `-I${include}`];
  const { status, error, stderr } = spawnSync('cc', [...options, ...sources, '-o', half], {
    encoding: 'utf8',
  });
  if (status !== 0) return say(error ? 'no C compiler' : `the compiler refused it:\n${stderr}`);
  renameSync(half, target);
  writeFileSync(`${target}.stamp`, stamp);
}

function say(reason) {
  process.stderr.write(
    `Media goes by the portable path, which needs more of the processor: ${reason}.\n`,
  );
}
