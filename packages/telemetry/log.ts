/**
 * The log: one JSON object a line (pino), to standard error unless told otherwise.
 *
 * Whatever is named like a key, and whatever is bytes, is blotted out before a line exists; private
 * keys and SDES keys inside sentences are blotted out of the finished line. This is the second
 * fence: the first is that no caller hands keys to a log (STYLE, Secrets).
 */
import { type DestinationStream, type Logger, pino } from 'pino';
import { redact, scrub } from './redaction.ts';

/** Lines a MemoryLog keeps: more than any one test writes. */
export const MEMORY_LOG_LINES_MAX = 1_000;

export type Log = Logger;

/** Least severe first; `silent` writes nothing. */
export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export function isLogLevel(word: string): word is LogLevel {
  return (LOG_LEVELS as readonly string[]).includes(word);
}

/** One line, parsed. */
export interface LogRecord {
  readonly level: LogLevel;
  /** Milliseconds since 1970, UTC. */
  readonly time: number;
  /** Who writes: the process or part of it. */
  readonly name: string;
  /** The sentence; absent when only facts were logged. */
  readonly msg?: string;
  readonly [fact: string]: unknown;
}

/** `destination` gets whole lines with their line feed; absent means standard error, unbuffered. */
export function createLog(name: string, level: LogLevel, destination?: DestinationStream): Log {
  const log: Log = pino(
    {
      name,
      level,
      formatters: {
        level: (label) => ({ level: label }),
        bindings: ({ hostname: _hostname, ...bindings }) => redact(bindings),
        log: redact,
      },
      // An error has become a plain object by the time pino's own serialiser would see it.
      serializers: { err: (error: unknown) => error },
      hooks: { streamWrite: scrub },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
  // Pino formats what a child is bound to only by formatters that the child brings along.
  const child = log.child;
  log.child = function (this: Log, bindings, options) {
    return child.call(this, redact(bindings), options);
  } as Log['child'];
  return log;
}

/** A destination that keeps the latest lines in memory, for tests. */
export class MemoryLog implements DestinationStream {
  readonly #lines: string[] = [];
  /** Lines that made room for newer ones. */
  dropped = 0;

  write(line: string): void {
    this.#lines.push(line);
    if (this.#lines.length <= MEMORY_LOG_LINES_MAX) return;
    this.#lines.shift();
    this.dropped += 1;
  }

  /** Everything kept, as written. */
  get text(): string {
    return this.#lines.join('');
  }

  /** Oldest first. */
  records(): readonly LogRecord[] {
    return this.#lines.map((line) => JSON.parse(line) as LogRecord);
  }
}
