/**
 * Tells everybody who looks on what has changed. Changes are gathered, and worked out once for all; who does not
 * take what he is sent, or may not look on any more, is sent nothing further.
 */

/** Where events go: the answer to a request that never ends. */
export interface LiveReader {
  write(text: string): unknown;
  /** At once: who takes nothing would not take a farewell either. */
  destroy(): unknown;
  /** What was written and not taken yet. */
  readonly writableLength: number;
}

export interface LiveBoardOptions {
  conferences(): readonly { readonly id: number }[];
  onChange(changed: () => void): () => void;
}

/** Changes within this time are told together: five times a second is as live as people see. */
const GATHER_MS = 200;

/** A comment now and then, so that nothing between takes the silence for the end. */
const ALIVE_MS = 15_000;

/** How soon who may not look on any more is shut out, when nothing happens that could be told. */
const CHECK_MS = 5_000;

/** More than a hundred conferences at once, a few times over. */
const UNTAKEN_BYTES_MAX = 4 * 1024 * 1024;

export const READERS_MAX = 100;

interface Watching {
  readonly reader: LiveReader;
  /** Whether it may still look on. */
  readonly may: () => Promise<boolean>;
}

export class LiveBoard {
  readonly #options: LiveBoardOptions;
  readonly #watching = new Set<Watching>();
  /** What was told last, by conference. */
  #told = new Map<number, string>();
  #waiting: NodeJS.Timeout | undefined;
  #stop: (() => void) | undefined;
  #timers: readonly NodeJS.Timeout[] = [];

  constructor(options: LiveBoardOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#watching.size >= READERS_MAX;
  }

  /** Tells all there is, and from then on what changes. The result ends it. */
  add(reader: LiveReader, may: () => Promise<boolean>): () => void {
    const watching = { reader, may };
    if (this.#watching.size === 0) this.#begin();
    this.#tell();
    this.#watching.add(watching);
    for (const text of this.#told.values()) reader.write(conferenceEvent(text));
    // Who has heard everything knows that he has, even if it is nothing.
    reader.write('event: ready\ndata: {}\n\n');
    return () => this.#remove(watching);
  }

  #begin(): void {
    this.#stop = this.#options.onChange(() => {
      this.#waiting ??= setTimeout(() => this.#tell(), GATHER_MS);
    });
    this.#timers = [
      setInterval(() => this.#write(':\n\n'), ALIVE_MS),
      setInterval(() => void this.#check(), CHECK_MS),
    ];
  }

  #remove(watching: Watching): void {
    this.#watching.delete(watching);
    if (this.#watching.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    for (const timer of this.#timers) clearInterval(timer);
    this.#timers = [];
    this.#told = new Map();
  }

  #tell(): void {
    clearTimeout(this.#waiting);
    this.#waiting = undefined;
    const now = new Map(this.#options.conferences().map((each) => [each.id, JSON.stringify(each)]));
    const events: string[] = [];
    for (const [id, text] of now) {
      if (this.#told.get(id) !== text) events.push(conferenceEvent(text));
    }
    for (const id of this.#told.keys()) {
      if (!now.has(id)) events.push(`event: ended\ndata: ${JSON.stringify({ id })}\n\n`);
    }
    this.#told = now;
    if (events.length > 0) this.#write(events.join(''));
  }

  #write(text: string): void {
    for (const watching of [...this.#watching]) {
      if (watching.reader.writableLength > UNTAKEN_BYTES_MAX) this.#end(watching);
      else watching.reader.write(text);
    }
  }

  async #check(): Promise<void> {
    for (const watching of [...this.#watching]) {
      if (!(await watching.may().catch(() => false))) this.#end(watching);
    }
  }

  #end(watching: Watching): void {
    watching.reader.destroy();
    this.#remove(watching);
  }
}

function conferenceEvent(text: string): string {
  return `event: conference\ndata: ${text}\n\n`;
}
