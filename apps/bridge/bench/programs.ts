/** The C programs of the mixer's benchmark, compiled into a folder that goes when we end. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE: string = dirname(fileURLToPath(import.meta.url));
const NATIVE: string = join(HERE, '..', '..', '..', 'packages', 'media-io', 'native');
const HEADERS: string = join(dirname(dirname(process.execPath)), 'include', 'node');

export interface Programs {
  readonly load: string;
  readonly yardstick: string;
}

/** Throws when there is no C compiler: without one there is nothing to measure with. */
export function buildPrograms(): Programs {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true }));
  const build = (name: string): string => {
    const program = join(folder, name);
    const sources = [join(HERE, `${name}.c`), join(NATIVE, 'srtp.c'), join(NATIVE, 'aes.c')];
    const options = ['-O3', '-Wall', '-Wextra', `-I${NATIVE}`, `-I${HEADERS}`, '-o', program];
    const libraries = ['-l:libcrypto.so.3', '-lpthread', '-lm'];
    execFileSync('cc', [...options, ...sources, ...libraries], { stdio: 'inherit' });
    return program;
  };
  return { load: build('load'), yardstick: build('yardstick') };
}
