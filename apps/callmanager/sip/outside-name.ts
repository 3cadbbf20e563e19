/**
 * Names that strangers give themselves. On some phones our word on security stands beside the name
 * (PHN-08), and display codes in a name are replaced by the phone's own words: nobody from outside may write
 * what only we say.
 */

/** Longer ones would push what stands behind them off the screen. */
const LENGTH_MAX = 40;

/** Controls, marks of direction, bytes that are no text. */
const UNSEEN = /\p{C}/gu;

/** Padlocks, keys and shields. */
const SYMBOLS = /[\u{1F50F}-\u{1F513}\u{1F5DD}\u{1F6E1}]/gu;

const LEVELS = /[[({<]?\b(?:un|non)?-?(?:encrypted|authenticated|secured?)\b[\])}>]?/gi;

export function outsideName(said: string): string {
  const plain = said.normalize('NFKC').replace(UNSEEN, '').replace(SYMBOLS, '');
  const name = plain.replace(LEVELS, ' ').replace(/\s+/g, ' ').trim();
  return Array.from(name).slice(0, LENGTH_MAX).join('').trim();
}
