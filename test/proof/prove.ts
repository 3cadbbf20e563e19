/**
 * `npm run prove`: explores the small clusters as far as asked, on all cores, and prints how far that
 * was. Exit code 1 and the shortest scenario when an invariant is broken.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { type Bounds, type Exploration, explore } from '@conclave/testkit';
import { BEGINNINGS, clusters } from './clusters.ts';

const HELP = `npm run prove -- [--states N] [--answers at-once|interleaved|both]

Explores each of the 81 clusters (four phones of every level, two bridges) from each beginning, up to N
states (default 3000), and checks every invariant in every state. 10000 takes minutes.
`;

interface Job {
  readonly cluster: number;
  readonly beginning: string;
  readonly statesMax: number;
  readonly answers: NonNullable<Bounds['answers']>;
}

interface Outcome extends Job {
  readonly exploration: Exploration;
}

if (isMainThread) await main();
else work(workerData as readonly Job[]);

function work(jobs: readonly Job[]): void {
  const specs = clusters();
  for (const job of jobs) {
    const { cluster, beginning, statesMax, answers } = job;
    const spec = specs[cluster];
    const prelude = BEGINNINGS[beginning]?.prelude;
    if (!spec || !prelude) continue;
    const exploration = explore(spec, { statesMax, prelude, answers });
    parentPort?.postMessage({ ...job, exploration } satisfies Outcome);
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      states: { type: 'string', default: '3000' },
      answers: { type: 'string', default: 'both' },
      help: { type: 'boolean' },
    },
  });
  const statesMax = Number(values.states);
  if (values.help || !Number.isSafeInteger(statesMax) || statesMax < 1) {
    process.stdout.write(HELP);
    process.exitCode = values.help ? 0 : 2;
    return;
  }
  const modes = (['at-once', 'interleaved'] as const).filter(
    (each) => values.answers === 'both' || values.answers === each,
  );
  const jobs = modes.flatMap((answers) =>
    Object.keys(BEGINNINGS).flatMap((beginning) =>
      clusters().map((_, cluster): Job => ({ cluster, beginning, statesMax, answers })),
    ),
  );
  const started = performance.now();
  const outcomes = await onAllCores(jobs);
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  report(outcomes, modes, seconds);
}

function onAllCores(jobs: readonly Job[]): Promise<readonly Outcome[]> {
  const cores = availableParallelism();
  const outcomes: Outcome[] = [];
  const workers = Array.from({ length: cores }, (_, core) => {
    const share = jobs.filter((_job, index) => index % cores === core);
    return new Promise<void>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: share, argv: [] });
      worker.on('message', (outcome: Outcome) => outcomes.push(outcome));
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  });
  return Promise.all(workers).then(() => outcomes);
}

function report(outcomes: readonly Outcome[], modes: readonly string[], seconds: string): void {
  let states = 0;
  let transitions = 0;
  for (const answers of modes) {
    for (const beginning of Object.keys(BEGINNINGS)) {
      const of = outcomes.filter(
        (each) => each.answers === answers && each.beginning === beginning,
      );
      const sum = (what: (each: Exploration) => number): number =>
        of.reduce((total, each) => total + what(each.exploration), 0);
      const deepest = Math.max(...of.map((each) => each.exploration.depth));
      states += sum((each) => each.states);
      transitions += sum((each) => each.transitions);
      process.stdout.write(
        `answers ${answers}, from ${beginning}: ${of.length} clusters, ` +
          `${sum((each) => each.states)} states, ${sum((each) => each.transitions)} transitions, ` +
          `up to ${deepest} steps\n`,
      );
    }
  }
  process.stdout.write(`${states} states, ${transitions} transitions, ${seconds} s\n`);
  const broken = outcomes
    .filter(({ exploration }) => exploration.violation)
    .toSorted((a, b) => stepsOf(a) - stepsOf(b));
  const [shortest] = broken;
  if (!shortest) return;
  process.exitCode = 1;
  process.stdout.write(`\n${broken.length} explorations found a violation. The shortest:\n\n`);
  process.stdout.write(scenarioOf(shortest));
}

function stepsOf({ exploration }: Outcome): number {
  return exploration.violation?.steps.length ?? 0;
}

/** The violation as a scenario file. A scenario has no late answers: those are comments. */
function scenarioOf({ cluster, beginning, answers, exploration }: Outcome): string {
  const { message = '', steps = [] } = exploration.violation ?? {};
  const phones = clusters()[cluster]?.phones ?? [];
  return [
    `name: ${JSON.stringify(message)}`,
    `# Found from ${beginning}, answers of devices ${answers}.`,
    'parameters: { Advanced Ad Hoc Conference Enabled: true }',
    'bridges: { SB: secure, NB: nonsecure }',
    'phones:',
    ...phones.map(({ name, mode, number = '', settings }) => {
      const bridge = settings?.builtInBridge ?? false;
      return `  ${name}: { security: ${mode}, number: ${number}, builtInBridge: ${bridge} }`;
    }),
    'steps:',
    ...[...(BEGINNINGS[beginning]?.steps ?? []), ...steps].map((step) =>
      step.includes('(answers)') ? `  # ${step}` : `  - ${step}`,
    ),
    '',
  ].join('\n');
}
