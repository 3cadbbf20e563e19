/** `conclave why`: the proof of every level and of every refusal, as a tree. */
import type { SystemReport, WhyReport } from '@conclave/callmanager';
import { ask } from './status.ts';

const HELP = `conclave why [--data DIR] [--json] [WHAT]

  WHAT  a meet-me number, a device name or number, or one of: conferences, calls, refusals
        (left away: everything)

Each line of the tree is one limit: the rule (an id of the ledger), the highest level that it allows,
the fact, since when, and what would change it. The limits marked with * decided.`;

type Limit = WhyReport['limits'][number];

interface Subject {
  readonly title: string;
  readonly kind: 'conferences' | 'calls' | 'refusals';
  /** Devices and numbers that it can be asked for by. */
  readonly names: readonly string[];
  readonly why: WhyReport;
}

export async function whyCommand(argv: readonly string[]): Promise<void> {
  const asked = await ask(argv, '/status', HELP);
  if (!asked) return;
  const report = asked as SystemReport;
  const what = argv.find((each, index) => !each.startsWith('-') && argv[index - 1] !== '--data');
  const subjects = subjectsOf(report).filter(
    ({ kind, names }) => what === undefined || kind === what || names.includes(what),
  );
  process.stdout.write(
    subjects.length > 0
      ? `${subjects.map(formatSubject).join('\n')}`
      : `There is nothing to explain${what === undefined ? '' : ` of ${what}`} now.\n`,
  );
}

function subjectsOf({ conferences, calls, refusals }: SystemReport): readonly Subject[] {
  return [
    ...conferences.map(
      ({ kind, number, bridge, parties, why }): Subject => ({
        title: `${kind} conference${number === undefined ? '' : ` ${number}`} on ${bridge}`,
        kind: 'conferences',
        names: [...(number === undefined ? [] : [number]), ...parties.flatMap(namesOf)],
        why,
      }),
    ),
    ...calls.flatMap(({ parties, why }): readonly Subject[] =>
      why
        ? [
            {
              title: `call ${parties.map((each) => each.number).join(' - ')}`,
              kind: 'calls',
              names: parties.flatMap(namesOf),
              why,
            },
          ]
        : [],
    ),
    ...refusals.map(
      ({ atMs, device, operation, cause, why }): Subject => ({
        title:
          `${new Date(atMs).toISOString()} ${device}: ${operation} refused` +
          `${cause === undefined ? '' : ` (cause ${cause})`}`,
        kind: 'refusals',
        names: [device],
        why,
      }),
    ),
  ];
}

function namesOf({ device, number }: { device: string; number: string }): readonly string[] {
  return [device, number];
}

/** The title, the sentence, the tree, and what would help. */
export function formatSubject({ title, why }: Pick<Subject, 'title' | 'why'>): string {
  const lines = [`${title}: ${why.level}`, `  ${why.sentence}`, ...tree(why.limits, why, '  ')];
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
