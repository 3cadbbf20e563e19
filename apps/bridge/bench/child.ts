/** A program of the benchmark: lines in, lines out, and what it costs. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Linux counts CPU time for users in hundredths of a second, whatever the kernel was built with. */
const CLOCK_TICK_US = 10_000;

/** Ahead of what else the machine does, where that is allowed. */
const PRIORITY: readonly string[] = process.getuid?.() === 0 ? ['chrt', '--rr', '1'] : [];

export interface CpuTime {
  readonly userUs: number;
  readonly systemUs: number;
}

export class Child {
  readonly pid: number;
  readonly #process: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: AsyncIterator<string>;

  constructor(command: readonly string[], env: NodeJS.ProcessEnv = {}) {
    const [program = '', ...words] = [...PRIORITY, ...command];
    this.#process = spawn(program, words, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
    });
    this.pid = this.#process.pid ?? 0;
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
  }

  async line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.#process.spawnfile} ended early`);
    return value;
  }

  async numbers(count: number): Promise<readonly number[]> {
    const numbers: number[] = [];
    while (numbers.length < count) numbers.push(Number(await this.line()));
    return numbers;
  }

  write(lines: readonly string[]): void {
    this.#process.stdin.write(lines.map((line) => `${line}\n`).join(''));
  }

  /** Of all its threads, the kernel's work for it included. */
  cpuTime(): CpuTime {
    const stat = readFileSync(`/proc/${this.pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return {
      userUs: Number(fields[11]) * CLOCK_TICK_US,
      systemUs: Number(fields[12]) * CLOCK_TICK_US,
    };
  }

  /** Ends its input, and waits for its end. */
  async end(): Promise<void> {
    const ended = once(this.#process, 'exit');
    this.#process.stdin.end();
    this.#process.kill();
    await ended;
  }
}
