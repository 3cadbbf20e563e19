/**
 * Alarms: what an administrator must know, kept in a bounded list and written to the log.
 *
 * The list is for a console and for tests; the log is the lasting record. What each name means and
 * what to do about it is in `alarm-catalogue.ts`.
 */
import type { Log, LogLevel } from './log.ts';

/** Alarms kept: some hours of a bad day. Older ones are in the log only, and counted. */
export const ALARMS_MAX = 1_000;

/** Most severe first, in the words of syslog as far as CUCM uses them. */
export type AlarmSeverity = 'critical' | 'error' | 'warning' | 'notice' | 'informational';

export interface Alarm {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly severity: AlarmSeverity;
  /** From the catalogue, such as `TlsPeerRejected`. */
  readonly name: string;
  /** Name of the device it is about; absent when it is about none, or none is known. */
  readonly device?: string;
  /** Stable word for metrics and filters. */
  readonly reason: string;
  /** A sentence for people: what happened, to whom, and why. */
  readonly text: string;
  /** What the sentence is made of, for programs. Never a key. */
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

const LEVELS: Readonly<Record<AlarmSeverity, Exclude<LogLevel, 'silent'>>> = {
  critical: 'fatal',
  error: 'error',
  warning: 'warn',
  notice: 'info',
  informational: 'info',
};

export class AlarmLog {
  readonly #log: Log;
  readonly #alarms: Alarm[] = [];
  readonly #listeners = new Set<(alarm: Alarm) => void>();
  readonly #counts = new Map<string, number>();
  /** Alarms that left the list for newer ones. */
  dropped = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Keeps the alarm, writes it to the log, tells listeners. Never throws for what they do. */
  raise(alarm: Alarm): void {
    this.#alarms.push(alarm);
    if (this.#alarms.length > ALARMS_MAX) {
      this.#alarms.shift();
      this.dropped += 1;
    }
    this.#counts.set(alarm.name, (this.#counts.get(alarm.name) ?? 0) + 1);
    const { atMs: _time, text, ...facts } = alarm;
    this.#log[LEVELS[alarm.severity]]({ alarm: facts }, text);
    for (const listener of this.#listeners) this.#tell(listener, alarm);
  }

  /** What is kept, oldest first. */
  list(): readonly Alarm[] {
    return [...this.#alarms];
  }

  /** How often each name was raised since the start, those that left the list included. */
  counts(): ReadonlyMap<string, number> {
    return this.#counts;
  }

  /** Calls `listener` for every alarm from now on; the returned function ends that. */
  onAlarm(listener: (alarm: Alarm) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One console that fails must not keep an alarm from the others. */
  #tell(listener: (alarm: Alarm) => void, alarm: Alarm): void {
    try {
      listener(alarm);
    } catch (error) {
      this.#log.error({ err: error }, 'a listener of alarms failed');
    }
  }
}
