/** Deletes records that are older than they are to be kept: files of calls and of quality by the stamp in their names. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const DAY_MS = 86_400_000;

/** `cdr_<cluster>_<node>_<yyyymmddhhmm>_<n>`; calls-in-progress and counters have other names. */
const RECORDS = /^(?:cdr|cmr)_.*_(\d{12})_\d+$/;

/** Before which time everything may go; undefined: all of it is kept. */
export function retentionEndMs(days: number, nowMs: number): number | undefined {
  return days === 0 ? undefined : nowMs - days * DAY_MS;
}

/** A file that is being written is never older than a minute, and so is never touched. Throws what the disk says. */
export function deleteRecordsBefore(directory: string, endMs: number): readonly string[] {
  const names = existsSync(directory) ? readdirSync(directory) : [];
  const end = stampOf(endMs);
  const old = names.filter((name) => (RECORDS.exec(name)?.[1] ?? end) < end);
  for (const name of old) rmSync(join(directory, name), { force: true });
  return old;
}

/** `202611231200`, UTC: stamps compare as texts. */
function stampOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\D/g, '').slice(0, 12);
}
