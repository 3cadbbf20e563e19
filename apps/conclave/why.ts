/** `conclave why`: the proof of every level and of every refusal, as a tree, or as JSON (docs/reference/why.md). */
import type { SystemReport, WhyReport } from '@conclave/callmanager';
import { ask } from './status.ts';

const HELP = `conclave why [--data DIR] [--json] [WHAT]

  WHAT  a meet-me number, a device name or number, or one of: conferences, calls, legs, refusals
        (left away: conferences, calls and refusals)

Each line of the tree is one limit: the rule (an id of the ledger), the highest level that it allows,
the fact and since when. The limits marked with * decided. --json: docs/reference/why.md.`;

type Limit = WhyReport['limits'][number];
type Kind = 'conferences' | 'calls' | 'legs' | 'refusals';

/** Something that can be explained: an entry of the JSON. */
export interface Subject {
  readonly kind: Kind;
  readonly title: string;
  /** Devices and numbers that it can be asked for by. */
  readonly names: readonly string[];
  readonly why: WhyReport;
}

export async function whyCommand(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  const asked = await ask(
    argv.filter((each) => each !== '--json'),
    '/status',
    HELP,
  );
  if (!asked) return;
  const what = argv.find((each, index) => !each.startsWith('-') && argv[index - 1] !== '--data');
  const subjects = subjectsOf(asked as SystemReport, what);
  if (json) {
    process.stdout.write(`${JSON.stringify(subjects, null, 2)}\n`);
    return;
  }
  process.stdout.write(
    subjects.length > 0
      ? `${subjects.map(formatSubject).join('\n')}`
      : `There is nothing to explain${what === undefined ? '' : ` of ${what}`} now.\n`,
  );
}

/** What is asked for, or everything but single legs: those are in the proofs of what they are in. */
export function subjectsOf(report: SystemReport, what?: string): readonly Subject[] {
  const subjects = [
    ...conferencesOf(report),
    ...callsOf(report),
    ...legsOf(report),
    ...refusalsOf(report),
  ];
  return what === undefined
    ? subjects.filter(({ kind }) => kind !== 'legs')
    : subjects.filter(({ kind, names }) => kind === what || names.includes(what));
}

function conferencesOf({ conferences, legs }: SystemReport): readonly Subject[] {
  return conferences.map(({ id, kind, number, bridge, parties, why }) => ({
    kind: 'conferences',
    title: `${kind} conference${number === undefined ? '' : ` ${number}`} on ${bridge}`,
    names: namesOf([
      ...(number === undefined ? [] : [{ device: bridge, number }]),
      ...parties,
      ...legs.filter((each) => each.conference === id),
    ]),
    why,
  }));
}

function callsOf({ calls, legs }: SystemReport): readonly Subject[] {
  return calls.flatMap(({ id, parties, why }): readonly Subject[] => {
    const title = `call ${parties.map((each) => each.number).join(' - ')}`;
    const names = namesOf([...parties, ...legs.filter((each) => each.call === id)]);
    return why ? [{ kind: 'calls', title, names, why }] : [];
  });
}

function legsOf({ legs }: SystemReport): readonly Subject[] {
  return legs.map(({ device, number, state, parkedAt, barged, told, own }) => {
    const doing = barged === undefined ? state : `has barged ${barged}`;
    const where = parkedAt === undefined ? '' : ` at ${parkedAt}`;
    const shows = told === undefined ? 'is told no level' : `was told ${told}`;
    const title = `leg of ${device} (${number}), ${doing}${where}, ${shows}; by itself`;
    return { kind: 'legs', title, names: [device, number], why: own };
  });
}

function refusalsOf({ refusals }: SystemReport): readonly Subject[] {
  return refusals.map(({ atMs, device, operation, cause, why }) => {
    const reason = cause === undefined ? '' : ` (cause ${cause})`;
    const title = `${new Date(atMs).toISOString()} ${device}: ${operation} refused${reason}`;
    return { kind: 'refusals', title, names: [device], why };
  });
}

function namesOf(parties: readonly { device: string; number: string }[]): readonly string[] {
  return [...new Set(parties.flatMap(({ device, number }) => [device, number]))];
}

/** The title, the sentence, the tree, and what would help. The level of a refusal is in its limits. */
export function formatSubject({ kind, title, why }: Omit<Subject, 'names'>): string {
  const level = kind === 'refusals' ? '' : `: ${why.level}`;
  const lines = [`${title}${level}`, `  ${why.sentence}`, ...tree(why.limits, why, '  ')];
  for (const fix of why.fixes) lines.push(`  fix: ${fix}`);
  return `${lines.join('\n')}\n`;
}

/** One line a limit, indented below what it is a reason of. */
function tree(limits: readonly Limit[], why: WhyReport, indent: string): readonly string[] {
  return limits.flatMap((limit) => {
    const { rule, level, fact, sinceMs, because = [] } = limit;
    const mark = why.rules.includes(rule) && level === why.level ? '*' : ' ';
    const since = sinceMs === undefined ? '' : ` (since ${new Date(sinceMs).toISOString()})`;
    return [
      `${indent}${mark} ${rule.padEnd(7)} ${level.padEnd(13)} ${fact}${since}`,
      ...tree(because, why, `${indent}  `),
    ];
  });
}
