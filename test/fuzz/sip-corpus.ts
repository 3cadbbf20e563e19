/** The SIP messages that fuzzing begins with, and those that once broke something. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDescription } from '@conclave/sdp';
import { parseMessage, partsOf } from '@conclave/sip';

export interface Seed {
  /** Such as `rfc4475/wsinv.dat`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

const FIXTURES = join(import.meta.dirname, '../../fixtures');

/** In the order of their names, the same everywhere. */
export function sipCorpus(): readonly Seed[] {
  return filesIn('sip', /\.(?:dat|sip)$/);
}

/** Offers of real clients, and the session descriptions in SIP messages. */
export function sdpCorpus(): readonly Seed[] {
  const inMessages = sipCorpus().flatMap(({ name, bytes }) => {
    const message = parseMessage(bytes);
    const parts = message.ok ? partsOf(message.value) : undefined;
    const found = parts?.ok ? parts.value.find(({ body }) => parseDescription(body).ok) : undefined;
    return found ? [{ name, bytes: found.body }] : [];
  });
  return [...filesIn('sdp', /\.sdp$/), ...inMessages];
}

function filesIn(folder: string, wanted: RegExp): readonly Seed[] {
  const path = join(FIXTURES, folder);
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => wanted.test(name))
    .toSorted()
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(join(path, name))) }));
}
