/**
 * Builds the pages into `dist`, when they are not there or older than their sources: one document, and files
 * whose names change with their content. Plain JavaScript, so that it can run before anything else is there.
 *
 *   node apps/web/build.mjs
 *
 * They are built beside their place and moved there, so that nobody is served half of them.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const folder = import.meta.dirname;
const target = join(folder, 'dist');
const stamp = stampOf();

if (!isBuilt()) await build();

function isBuilt() {
  const file = join(target, 'stamp');
  return existsSync(file) && readFileSync(file, 'utf8') === stamp;
}

async function build() {
  // Whoever asks for it, such as a test: React is quick in this way only.
  process.env.NODE_ENV = 'production';
  const vite = await import('vite');
  const half = `${target}.${process.pid}`;
  await vite.build({
    root: folder,
    configFile: false,
    base: '/admin/',
    logLevel: 'error',
    build: {
      outDir: half,
      emptyOutDir: true,
      target: 'es2023',
      // No file inside another: the policy of the pages lets nothing inline run.
      assetsInlineLimit: 0,
      chunkSizeWarningLimit: 1_000,
      modulePreload: { polyfill: false },
    },
  });
  writeFileSync(join(half, 'stamp'), stamp);
  // Somebody else may have built them meanwhile.
  if (isBuilt()) return rmSync(half, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  try {
    renameSync(half, target);
  } catch (error) {
    rmSync(half, { recursive: true });
    if (!isBuilt()) throw error;
  }
}

/** Of all sources, and of the libraries' versions. */
function stampOf() {
  const hash = createHash('sha256');
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((name) => !/^(?:dist|node_modules)\b/.test(relative(folder, name)))
    .filter((name) => !name.endsWith('.test.ts'));
  for (const name of [...sources.sort(), join(folder, '..', '..', 'package-lock.json')]) {
    hash.update(relative(folder, name).split(sep).join('/')).update(readFileSync(name));
  }
  return hash.digest('hex');
}
