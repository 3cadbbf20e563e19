/** Alarms: what an administrator must know, kept in a bounded list and written to the log. */
import type { Log } from './log.ts';

/** Alarms kept; older ones are in the log. */
export const ALARMS_MAX = 1000;

export interface Alarm {
  readonly atMs: number;
  readonly severity: 'error' | 'warning' | 'notice';
  readonly name: string;
  readonly device?: string;
  /** Stable word for metrics and filters. */
  readonly reason: string;
  /** A sentence for people. */
  readonly text: string;
}

export class AlarmLog {
  readonly #log: Log;
  readonly #alarms: Alarm[] = [];
  readonly #listeners: ((alarm: Alarm) => void)[] = [];
  /** Alarms that left the list. */
  dropped = 0;

  constructor(log: Log) {
    this.#log = log;
  }

  raise(alarm: Alarm): void {
    this.#alarms.push(alarm);
    if (this.#alarms.length > ALARMS_MAX) {
      this.#alarms.shift();
      this.dropped += 1;
    }
    const { atMs: _time, severity, text, ...facts } = alarm;
    const level = severity === 'notice' ? 'info' : severity === 'warning' ? 'warn' : 'error';
    this.#log[level]({ alarm: facts }, text);
    for (const listener of this.#listeners) listener(alarm);
  }

  /** Oldest first. */
  list(): readonly Alarm[] {
    return [...this.#alarms];
  }

  onAlarm(listener: (alarm: Alarm) => void): void {
    this.#listeners.push(listener);
  }
}
