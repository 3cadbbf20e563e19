/**
 * Number patterns: digits, `*`, `#`, `X` for any digit, and `[0-57]` for one of a set (MML-03).
 */

export type PatternMatch = 'no' | 'partial' | 'complete';

const ELEMENT = /\[(?<set>[\d-]+)\]|(?<any>[Xx])|(?<one>[\d*#+])/y;

/** Whether `digits` match `pattern` wholly, could still come to match, or never will. */
export function matchPattern(pattern: string, digits: string): PatternMatch {
  const elements = elementsOf(pattern);
  if (!elements || digits.length > elements.length) return 'no';
  for (let index = 0; index < digits.length; index += 1) {
    if (!elements[index]?.includes(digits[index] ?? '')) return 'no';
  }
  return digits.length === elements.length ? 'complete' : 'partial';
}

/** All numbers of a pattern, in order; none of a malformed one. */
export function numbersOf(pattern: string): readonly string[] {
  const elements = elementsOf(pattern);
  if (!elements) return [];
  return elements.reduce<readonly string[]>(
    (numbers, set) => numbers.flatMap((number) => [...set].map((digit) => number + digit)),
    [''],
  );
}

/** How many numbers a pattern stands for: the narrower of two matches is meant. */
export function breadthOf(pattern: string): number {
  return (elementsOf(pattern) ?? []).reduce((product, set) => product * set.length, 1);
}

/** For each place the characters allowed there; undefined when the pattern is malformed. */
function elementsOf(pattern: string): readonly string[] | undefined {
  const elements: string[] = [];
  ELEMENT.lastIndex = 0;
  while (ELEMENT.lastIndex < pattern.length) {
    const found = ELEMENT.exec(pattern)?.groups;
    if (!found) return undefined;
    if (found.any) elements.push('0123456789');
    else elements.push(found.one ?? expand(found.set ?? ''));
  }
  return elements.length > 0 ? elements : undefined;
}

function expand(set: string): string {
  return set.replace(/(\d)-(\d)/g, (_, from: string, to: string) =>
    Array.from({ length: Math.max(0, Number(to) - Number(from) + 1) }, (_unused, index) =>
      String(Number(from) + index),
    ).join(''),
  );
}
