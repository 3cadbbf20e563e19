/** One running system per data directory. */
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** Another system runs on this data directory. */
export class LockError extends Error {
  override readonly name = 'LockError';
  readonly code = 'LOCKED';
}

/** Takes the lock; a lock whose process is gone is taken over. Returns what gives it back. */
export function acquireLock(dataDirectory: string): () => void {
  const folder = join(dataDirectory, 'run');
  const file = join(folder, 'conclave.pid');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      const descriptor = openSync(file, 'wx', 0o600);
      writeSync(descriptor, String(process.pid));
      closeSync(descriptor);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = Number(readFileSync(file, 'utf8'));
      if (isAlive(owner)) {
        throw new LockError(`Conclave already runs on ${dataDirectory} (process ${owner}).`);
      }
      rmSync(file, { force: true });
    }
  }
  throw new LockError(`${file} cannot be taken.`);
}

function isAlive(owner: number): boolean {
  if (!Number.isInteger(owner) || owner <= 0 || owner === process.pid) return false;
  try {
    process.kill(owner, 0);
    return !isOther(owner);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** After a crash the number may belong to some other program. Only Linux can tell. */
function isOther(owner: number): boolean {
  try {
    return !readFileSync(`/proc/${owner}/cmdline`, 'utf8').includes('conclave');
  } catch {
    return false;
  }
}
