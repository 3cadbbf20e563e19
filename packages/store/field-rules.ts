/** Rules of single fields that several kinds of objects share. Pure. */

/** Devices that are no phones: what CUCM takes for a media resource. */
export const RESOURCE_NAME: RegExp = /^[A-Za-z0-9_.-]{1,15}$/;

const PARTITION = /^[A-Za-z0-9 _-]{0,50}$/;
const DIGITS = '0123456789';
const PATTERN_MAX = 32;

/** Reports a fault of a field of one object. */
export type Report = (field: string, rule: string) => void;

/** Whether some number matches both patterns. */
export function overlap(one: string, other: string): boolean {
  const [ones, others] = [one, other].map(placesOf) as [string[], string[]];
  return (
    ones.length === others.length &&
    ones.every((digits, place) => [...digits].some((digit) => others[place]?.includes(digit)))
  );
}

/** Digits, `X`, and sets of digits and rising ranges in brackets. */
export function isPattern(pattern: string): boolean {
  if (pattern.length > PATTERN_MAX) return false;
  if (!/^(?:[0-9*#X]|\[(?:\d-\d|\d)+\])+$/.test(pattern)) return false;
  const ranges = pattern.matchAll(/(\d)-(\d)/g);
  return [...ranges].every(([, from = '', to = '']) => from < to);
}

export function partitionFault(partition: string, report: (rule: string) => void): void {
  if (PARTITION.test(partition)) return;
  report('must be at most 50 letters, digits, spaces or dashes; empty means none');
}

export function textFault(
  text: string,
  { min = 0, max }: { readonly min?: number; readonly max: number },
  report: (rule: string) => void,
): void {
  if (text.length < min) report('must not be empty');
  if (text.length > max) report(`must be at most ${max} characters`);
}

/** Those that are there more than once. */
export function repeated(keys: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const key of keys) {
    if (seen.has(key)) twice.add(key);
    seen.add(key);
  }
  return [...twice];
}

/** The digits that each place of a pattern may have. */
function placesOf(pattern: string): string[] {
  return (pattern.match(/\[[^\]]*\]|./g) ?? []).map((place) => {
    if (place === 'X') return DIGITS;
    return place
      .replace(/[[\]]/g, '')
      .replace(/(\d)-(\d)/g, (_, from: string, to: string) =>
        DIGITS.slice(Number(from), Number(to) + 1),
      );
  });
}
