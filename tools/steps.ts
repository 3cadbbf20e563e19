/** Steps of a check, one after the other; the first that fails ends it and is named. */
import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT: string = dirname(dirname(fileURLToPath(import.meta.url)));

export interface Step {
  readonly title: string;
  /** False when the step has failed; it has said why by then. */
  readonly run: () => boolean | Promise<boolean>;
}

/** The title of the step that failed, which is also printed. */
export async function firstFailure(steps: readonly Step[]): Promise<string | undefined> {
  for (const { title, run } of steps) {
    process.stdout.write(`\n== ${title}\n`);
    if (await run()) continue;
    process.stdout.write(`\nStopped: ${title} failed.\n`);
    return title;
  }
  return undefined;
}

/** Runs a program of `node_modules/.bin` with its output shown as it comes; true when it ends with 0. */
export async function runPackaged(name: string, args: readonly string[]): Promise<boolean> {
  const program = join(ROOT, 'node_modules', '.bin', name);
  const child = spawn(program, [...args], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'] });
  // Who ends the check ends the program too. A terminal's Ctrl-C reaches it by itself.
  const end = (signal: NodeJS.Signals): boolean => child.kill(signal);
  const wait = (): void => {};
  process.on('SIGTERM', end).on('SIGHUP', end).on('SIGINT', wait);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  child.on('error', (error) => {
    process.stdout.write(`${error.message}\n`);
    resolve(false);
  });
  child.on('exit', (status) => resolve(status === 0));
  const passed = await promise;
  process.off('SIGTERM', end).off('SIGHUP', end).off('SIGINT', wait);
  return passed;
}

/** The pages know a browser and no Node, so they are looked at by themselves. */
export const TYPES: Step = {
  title: 'types',
  run: async () =>
    (await runPackaged('tsc', ['--noEmit'])) && (await runPackaged('tsc', ['-p', 'apps/web'])),
};

export const FORMAT_AND_LINT: Step = {
  title: 'format and lint',
  run: () => runPackaged('biome', ['check', '--error-on-warnings', '.']),
};
