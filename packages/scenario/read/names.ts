/** Names that a scenario gives to its devices, groups and lists. */
import type { Configuration } from '@conclave/core';

export const NAME = {
  allowed:
    "a name of at most 15 letters, digits, `-`, `_` or `'`, beginning with a letter, that is no " +
    'word of the format',
  pattern:
    /^(?!(?:all|conferences?|refused|cause|record|why|wait|expect|note|set|latest|last|idle)$)[A-Za-z][\w'-]{0,14}$/,
} as const;

/** Digits as on a keypad. */
export const NUMBER = /^[0-9*#]{1,24}$/;

/** A number, or a range of numbers as in CUCM. */
export const NUMBER_PATTERN = /^[0-9*#X[\]-]{1,24}$/;

/** What the steps and expectations of a file may speak of. */
export interface Names {
  readonly phones: readonly string[];
  readonly bridges: readonly string[];
  readonly musics: readonly string[];
  readonly numbers: ReadonlyMap<string, string>;
}

/** `numbers` has the first line of each phone. */
export function namesOf(configuration: Configuration, musics: readonly string[]): Names {
  const phones = [...configuration.phones.values()];
  return {
    phones: phones.map((phone) => phone.name),
    bridges: [...configuration.bridges.keys()],
    musics,
    numbers: new Map(phones.map(({ name, lines }) => [name, lines[0]?.directoryNumber ?? ''])),
  };
}
