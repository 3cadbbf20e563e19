/** The SIP messages that fuzzing begins with, and those that once broke something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Seed {
  /** Such as `rfc4475/wsinv.dat`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FOLDER = join(import.meta.dirname, '../../fixtures/sip');

/** In the order of their names, the same everywhere. */
export function sipCorpus(): readonly Seed[] {
  return readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(?:dat|sip)$/.test(name))
    .toSorted()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(FOLDER, name))) }));
}
