/**
 * Security levels and their order: unknown < nonsecure < authenticated < encrypted (ledger, Part 1).
 *
 * `unknown` stays distinct inside (D-08); people see it as nonsecure.
 */
export const LEVELS = ['unknown', 'nonsecure', 'authenticated', 'encrypted'] as const;

export type Level = (typeof LEVELS)[number];

/** A level that an administrator can demand or a person can see. */
export type KnownLevel = Exclude<Level, 'unknown'>;

/** Position in the order: a higher rank satisfies every lower one. */
export function rank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** The lowest of the given levels; `encrypted` for none, since nothing limits it. */
export function lowest(levels: Iterable<Level>): Level {
  let result: Level = 'encrypted';
  for (const level of levels) if (rank(level) < rank(result)) result = level;
  return result;
}

/** The highest of two levels. */
export function highest(one: Level, other: Level): Level {
  return rank(one) >= rank(other) ? one : other;
}

/** Whether `level` satisfies the demand `minimum` (MTM-01, MTM-02). */
export function meets(level: Level, minimum: Level): boolean {
  return rank(level) >= rank(minimum);
}

/** What people and records are told: unknown is nonsecure (D-08, ICO-10). */
export function shown(level: Level): KnownLevel {
  return level === 'unknown' ? 'nonsecure' : level;
}
