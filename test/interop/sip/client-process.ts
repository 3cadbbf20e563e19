/**
 * Other people's programs, each in a folder of its own, with what it prints, and an end: `timeout` kills
 * it after its deadline even when nothing of ours is left to do so.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How long a program may live, whatever its test does. */
export const LIFE_S = 180;

/** How long a test waits for something to happen. */
export const WAIT_MS = 15_000;
const POLL_MS = 20;

/** More of what a program prints is not kept. */
const OUTPUT_MAX = 8 * 1024 * 1024;

/** Programs and folders of one test file; `close` ends and removes them all. */
export class Bench {
  readonly folder: string = mkdtempSync(join(tmpdir(), 'conclave-clients-'));
  readonly #running: ClientProcess[] = [];
  readonly #closing: (() => Promise<unknown>)[] = [];
  #folders = 0;

  /** A fresh folder. */
  room(name: string): string {
    this.#folders += 1;
    const room = join(this.folder, `${this.#folders}-${name}`);
    mkdirSync(room);
    return room;
  }

  run(program: string, args: readonly string[], options: RunOptions): ClientProcess {
    const started = new ClientProcess(program, args, options);
    this.#running.push(started);
    return started;
  }

  /** Closed after the programs. */
  onClose(close: () => Promise<unknown>): void {
    this.#closing.push(close);
  }

  /** Ends the programs; their folders stay. */
  async stopAll(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((each) => each.stop()));
  }

  async close(): Promise<void> {
    await this.stopAll();
    await Promise.all(this.#closing.splice(0).map((close) => close()));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface RunOptions {
  /** Its working directory and home. */
  readonly folder: string;
  readonly lifeSeconds?: number;
}

export class ClientProcess {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number>;
  /** Standard output and errors, as they came. */
  output = '';
  /** Undefined while it runs; -1 when a signal ended it. */
  exitCode: number | undefined;

  constructor(program: string, args: readonly string[], options: RunOptions) {
    const { folder, lifeSeconds = LIFE_S } = options;
    this.#child = spawn('timeout', ['-k', '1', String(lifeSeconds), program, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HOME: folder, LANG: 'C.UTF-8', TERM: 'dumb', TZ: 'UTC' },
      stdio: 'pipe',
    });
    const keep = (chunk: Buffer): void => {
      if (this.output.length < OUTPUT_MAX) this.output += chunk.toString();
    };
    this.#child.stdout?.on('data', keep);
    this.#child.stderr?.on('data', keep);
    this.#child.stdin?.on('error', () => {});
    this.#ended = new Promise((resolve) => {
      const end = (code: number): void => {
        this.exitCode ??= code;
        resolve(this.exitCode);
      };
      this.#child.once('error', () => end(-1));
      this.#child.once('close', (code) => end(code ?? -1));
    });
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  async ended(): Promise<number> {
    return await this.#ended;
  }

  /** `timeout` that runs it passes no SIGKILL on: its child is killed, and so it ends. */
  async die(): Promise<void> {
    const { pid } = this.#child;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').match(/\d+/g);
    for (const each of children ?? []) process.kill(Number(each), 'SIGKILL');
    await this.#ended;
  }

  /** Ends it now; harmless when it has ended. */
  async stop(): Promise<void> {
    if (this.exitCode === undefined) this.#child.kill('SIGTERM');
    const hard = setTimeout(() => this.#child.kill('SIGKILL'), 2_000);
    await this.#ended;
    clearTimeout(hard);
  }
}

/** Resolves with what `look` gives once it is neither undefined nor false. */
export async function until<T>(
  look: () => T | undefined | false,
  what: string,
  explain: () => string = () => '',
): Promise<T> {
  const deadline = performance.now() + WAIT_MS;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) {
      throw new Error(`waited in vain for ${what}\n${explain().slice(-4_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Whether some program has this port of 127.0.0.1; to try it could take it from under its feet. */
export function isTaken(port: number): boolean {
  const place = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} `;
  return ['udp', 'tcp'].some((kind) =>
    readFileSync(`/proc/net/${kind}`, 'utf8')
      .split('\n')
      .some((line) => line.includes(`: ${place}`)),
  );
}
