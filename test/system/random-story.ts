/**
 * For tests: scenario files of people who press keys at random, on phones of every security mode, with
 * a shared line, music and one or two bridges. The same seed gives the same file.
 */

const PHONES = ['A', 'B', 'C', 'D', 'S', 'N'] as const;
const MEET_ME = ['5000', '5001', '5002'] as const;

type Pick = <T>(choices: readonly [T, ...T[]]) => T;

interface Three {
  readonly who: string;
  readonly other: string;
  readonly third: string;
}

/** What somebody may do; a line stands here as often as it is likely. */
const DEEDS: readonly [(three: Three, pick: Pick) => string, ...((t: Three, p: Pick) => string)[]] =
  [
    ({ who, other }) => `${who}: call ${other}`,
    ({ who, other }) => `${who}: call ${other}`,
    ({ who, other, third }) => `${who}: conference ${other}, ${third}`,
    ({ who, other, third }) => `${who}: conference ${other}, ${third}`,
    ({ who, other }) => `${who}: conference ${other}`,
    ({ who }, pick) => `${who}: call ${pick(MEET_ME)}`,
    ({ who }, pick) => `${who}: meet-me ${pick(MEET_ME)}`,
    ({ who }) => `${who}: hold`,
    ({ who }) => `${who}: resume`,
    ({ who }) => `${who}: hang up`,
    ({ who }) => `${who}: answer`,
    ({ who }) => `${who}: off hook`,
    ({ who, other }) => `${who}: transfer ${other}`,
    ({ who, other }) => `${who}: blind transfer ${other}`,
    ({ who }) => `${who}: direct transfer`,
    ({ who }) => `${who}: select`,
    ({ who }) => `${who}: join`,
    ({ who }) => `${who}: join conference 1`,
    ({ who }) => `${who}: park`,
    ({ who }) => `${who}: retrieve`,
    ({ who }) => `${who}: list`,
    ({ who, other }) => `${who}: remove ${other}`,
    ({ who }) => `${who}: remove last`,
    (_, pick) => `${pick(['S', 'A'])}: barge`,
    (_, pick) => `${pick(['S', 'A'])}: cbarge`,
    ({ who }, pick) => `${who}: press ${pick(['Confrn', 'Transfer', 'Select', 'Join', 'Hold'])}`,
    ({ who }) => `${who}: fails`,
    () => 'SB: fails',
  ];

/** The text of a scenario without expectations. */
export function randomStory(seed: number, steps: number): string {
  const random = randomOf(seed);
  const pick: Pick = (choices) => choices[Math.floor(random() * choices.length)] ?? choices[0];
  const level = (): string => pick(['encrypted', 'encrypted', 'authenticated', 'nonsecure']);
  const three = (): Three => {
    const who = pick(PHONES);
    const others = PHONES.filter((each) => each !== who);
    const other = others[Math.floor(random() * others.length)] ?? 'B';
    const rest = others.filter((each) => each !== other);
    return { who, other, third: rest[Math.floor(random() * rest.length)] ?? 'C' };
  };
  const lines = Array.from({ length: steps }, () => {
    const deed = pick(DEEDS)(three(), pick);
    // Who is gone comes back, so that something goes on.
    return deed.endsWith('fails') ? [deed, deed.replace('fails', 'returns')] : [deed];
  });
  return [
    `name: seed ${seed}`,
    `parameters: { advancedAdHocConference: ${pick([true, true, false])} }`,
    `bridges: { SB: secure${pick([', NB: nonsecure', ', SC: secure', ''])} }`,
    ...pick([['music: { MOH: secure }'], []]),
    'phones:',
    `  A: { number: '2001', security: ${level()} }`,
    `  S: { number: '2001', security: ${level()} }`,
    ...['B', 'C', 'D', 'N'].map((name) => `  ${name}: ${level()}`),
    'steps:',
    ...lines.flat().map((line) => `  - ${line}`),
    '',
  ].join('\n');
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
