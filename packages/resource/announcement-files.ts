/** The clips of one language, read from disk. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { decodeWav } from '@conclave/audio';
import { ANNOUNCEMENTS, type AnnouncementName } from '@conclave/sccp';

export type Clips = ReadonlyMap<AnnouncementName, Int16Array>;

export const LANGUAGES = ['en', 'es'] as const;

export type Language = (typeof LANGUAGES)[number];

/** A bridge that registers again says the same. */
const read = new Map<Language, Clips>();

/** Throws an Error that has a `code` for a file that cannot be read, and one that says which is bad. */
export function readClips(language: Language): Clips {
  const known = read.get(language);
  if (known) return known;
  const clips = new Map(
    ANNOUNCEMENTS.map((name) => {
      const file = fileURLToPath(new URL(`announcements/${language}/${name}.wav`, import.meta.url));
      const samples = decodeWav(readFileSync(file));
      if (!samples.ok) throw new Error(`${language}/${name}.wav cannot be used: ${samples.error}`);
      return [name, samples.value];
    }),
  );
  read.set(language, clips);
  return clips;
}
