/**
 * One process of the system, kept running: started again when it ends by itself, ended when we end.
 * The child learns of our end by the closing of its IPC channel, even when we are killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { nowMs } from '@conclave/net';

/** Pause before a process that ended is started again; doubles up to the limit. */
const RESTART_MS = 500;
const RESTART_MAX_MS = 10_000;

/** A process that has run this long had a good start: the next pause is short again. */
const GOOD_RUN_MS = 30_000;

/** A process that has not ended by then is killed. */
const STOP_MS = 5_000;

export interface ChildOptions {
  readonly title: string;
  /** Script and arguments for this Node, asked for at every start. */
  readonly words: () => readonly string[];
  readonly onLine: (title: string, line: string) => void;
  readonly onMessage?: (message: unknown) => void;
  /** Called at each end that nobody asked for; `restarts` is false for a faulty start. */
  readonly onEnd: (title: string, how: string) => void;
  /** Called when the state has changed. */
  readonly onState?: () => void;
}

/** `ended`: by itself. */
export type ChildState = 'running' | 'stopped' | 'ended';

/** Exit code of a process that found its settings unusable: starting it again would not help. */
export const EXIT_UNUSABLE = 78;

export class Child {
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = RESTART_MS;
  #wanted = false;
  /** A restart is under way. */
  #again = false;
  #closed = false;
  #state: ChildState = 'stopped';
  #sinceMs = 0;
  /** It has said something over IPC once: its settings are usable, what stops it now may pass. */
  #hasWorked = false;

  constructor(options: ChildOptions) {
    this.#options = options;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  get state(): { readonly state: ChildState; readonly sinceMs: number } {
    return { state: this.#state, sinceMs: this.#sinceMs };
  }

  /** Does nothing while it runs, or once closed. */
  start(): void {
    if (this.#closed) return;
    this.#wanted = true;
    clearTimeout(this.#timer);
    if (this.#process) return;
    const startedMs = performance.now();
    const child = spawn(process.execPath, [...this.#options.words()], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // A terminal's Ctrl-C goes to this process alone, which ends its children in order.
      detached: true,
    });
    this.#process = child;
    this.#enter('running');
    for (const stream of [child.stdout, child.stderr]) this.#forward(stream);
    child.on('message', (message) => {
      this.#hasWorked = true;
      this.#options.onMessage?.(message);
    });
    child.on('exit', (code, signal) => {
      this.#process = undefined;
      this.#enter(this.#wanted ? 'ended' : 'stopped');
      if (!this.#wanted) return;
      this.#options.onEnd(this.#options.title, signal ?? `exit ${code}`);
      if (code === EXIT_UNUSABLE && !this.#hasWorked) return;
      if (performance.now() - startedMs > GOOD_RUN_MS) this.#pauseMs = RESTART_MS;
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, RESTART_MAX_MS);
    });
  }

  /** To the process; lost when it is gone. */
  send(message: object): void {
    if (this.#process?.connected) this.#process.send(message, () => {});
  }

  /** One that is stopped meanwhile stays stopped. */
  async restart(): Promise<void> {
    const stopped = this.stop();
    this.#again = true;
    await stopped;
    if (this.#again) this.start();
  }

  /** Stops it for good. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.stop();
  }

  /** Asks the process to end, and sees to it. */
  async stop(): Promise<void> {
    this.#wanted = false;
    this.#again = false;
    clearTimeout(this.#timer);
    const child = this.#process;
    if (!child) {
      if (this.#state === 'ended') this.#enter('stopped');
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      child.kill('SIGTERM');
    });
  }

  #enter(state: ChildState): void {
    this.#state = state;
    this.#sinceMs = nowMs();
    this.#options.onState?.();
  }

  #forward(stream: NodeJS.ReadableStream | null): void {
    let rest = '';
    stream?.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#options.onLine(this.#options.title, line);
    });
  }
}
