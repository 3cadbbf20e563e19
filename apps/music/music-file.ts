/**
 * The file that is played. The operator may replace it at any time: it is looked at every second, and
 * taken once it has stopped changing. A file that cannot be played is complained of, and what was
 * played before goes on; at the very beginning that is our own melody, which also becomes the file
 * where there is none.
 */
import { link, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { decodeWav, encodeWav, FRAME_SAMPLES, WAV_SIZE_MAX, type WavError } from '@conclave/audio';
import { melody } from './melody.ts';

const LOOK_MS = 1_000;

const MISSING = 'missing';

const COMPLAINTS: Readonly<Record<WavError, string>> = {
  'too-large': `over ${WAV_SIZE_MAX / 1024 / 1024} MB`,
  'not-wav': 'no WAV file',
  'no-format': 'says nothing of its format',
  unsupported: 'not mono, 8 kHz, 16-bit PCM or G.711',
  'no-data': 'has no sound in it',
  truncated: 'is cut off',
};

export interface MusicFileHandlers {
  /** Something else is played from now on. */
  changed(): void;
  /** One line for an administrator; the music goes on. */
  unusable(complaint: string): void;
}

export class MusicFile {
  readonly #path: string;
  readonly #handlers: MusicFileHandlers;
  #samples: Int16Array | undefined;
  /** The file at the last look, and the one that was taken or refused last, by their marks. */
  #seen: string | undefined;
  #tried: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(path: string, handlers: MusicFileHandlers) {
    this.#path = path;
    this.#handlers = handlers;
  }

  /** 8 kHz, at least one frame; another array once something else is played. */
  get samples(): Int16Array {
    this.#samples ??= melody();
    return this.#samples;
  }

  /** Takes the file as it is, or makes it. */
  async open(): Promise<void> {
    await this.#makeMissing();
    this.#seen = await markOf(this.#path);
    await this.look();
  }

  /** Looks at the file from now on, until `close`. */
  watch(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => void this.look().then(() => this.watch()), LOOK_MS);
  }

  /** Takes the file if it is another one than before and the same as at the last look. */
  async look(): Promise<void> {
    const mark = await markOf(this.#path);
    const isSettled = mark === this.#seen;
    this.#seen = mark;
    if (!isSettled || mark === this.#tried) return;
    this.#tried = mark;
    const taken = mark === MISSING ? 'is missing' : await read(this.#path);
    if (this.#closed) return;
    if (typeof taken === 'string') {
      // Computed now if nothing was played before, and not when somebody listens.
      void this.samples;
      this.#handlers.unusable(`${basename(this.#path)} ${taken}; the former music goes on`);
      return;
    }
    this.#samples = taken;
    this.#handlers.changed();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Never over a file that is there, and never half. */
  async #makeMissing(): Promise<void> {
    if ((await markOf(this.#path)) !== MISSING) return;
    const draft = `${this.#path}.${process.pid}.new`;
    try {
      await mkdir(dirname(this.#path), { recursive: true });
      await writeFile(draft, encodeWav(this.samples));
      await link(draft, this.#path);
    } catch {
      // Somebody else was faster, or there is no room: looking at it will tell.
    } finally {
      await rm(draft, { force: true });
    }
  }
}

/** Tells one state of a file from another. */
async function markOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return MISSING;
  }
}

/** The samples, or what is wrong with the file. */
async function read(path: string): Promise<Int16Array | string> {
  try {
    const { size } = await stat(path);
    if (size > WAV_SIZE_MAX) return COMPLAINTS['too-large'];
    const decoded = decodeWav(await readFile(path));
    if (!decoded.ok) return COMPLAINTS[decoded.error];
    return decoded.value.length < FRAME_SAMPLES ? 'is shorter than 20 ms' : decoded.value;
  } catch (error) {
    const { code = 'error' } = error as NodeJS.ErrnoException;
    return `cannot be read (${code})`;
  }
}
