/**
 * Throws mutated SIP messages at our stack for as long as asked. Exit code 1, and the bytes of every
 * failure in a file, when something does not hold. The same seed gives the same messages.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { type Campaign, type Failure, fuzz } from './fuzz.ts';
import { CODEC, DESCRIPTIONS, LINES, USER_AGENT } from './sip-campaigns.ts';

const CAMPAIGNS = [CODEC, DESCRIPTIONS, USER_AGENT, LINES];

const HELP = `npm run soak -- sip [--minutes N] [--seed N] [--only NAME] [--out FOLDER]

Mutates the messages of fixtures/sip for N minutes (default 1) in all, beginning with seed N (default
1). What fails is told with its seed, and its bytes are written to FOLDER (default fuzz-failures). Once it
is mended, put bytes that broke the codec into fixtures/sip/found: every run begins with them. NAME is
one of ${CAMPAIGNS.map(({ name }) => name).join(', ')}; all of them share the time otherwise.
`;

/** The slowest that are listed: no message should be the way to stop us. */
const SLOWEST = 3;

const FAILURES_MAX = 20;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    out: { type: 'string', default: 'fuzz-failures' },
    help: { type: 'boolean', default: false },
  },
});

const campaigns = CAMPAIGNS.filter(({ name }) => name === (values.only ?? name));
const forMs = (60_000 * Number(values.minutes)) / campaigns.length;
const seed = Number(values.seed);

if (values.help) process.stdout.write(HELP);
else if (!(forMs > 0 && forMs < Number.POSITIVE_INFINITY) || !Number.isSafeInteger(seed)) {
  process.stderr.write(HELP);
  process.exitCode = 2;
} else {
  for (const campaign of campaigns) {
    const failures = await soak(campaign);
    for (const failure of failures) report(campaign, failure, values.out);
    if (failures.length > 0) process.exitCode = 1;
  }
}

async function soak(campaign: Campaign): Promise<readonly Failure[]> {
  const startMs = performance.now();
  let slowest: readonly { readonly tookMs: number; readonly what: string }[] = [];
  let count = 0;
  const failures = await fuzz(campaign, {
    seed,
    goesOn: () => performance.now() - startMs < forMs,
    failuresMax: FAILURES_MAX,
    onDone: (message, mutation, tookMs) => {
      count += 1;
      if (tookMs <= (slowest[SLOWEST - 1]?.tookMs ?? 0)) return;
      const what = `seed ${mutation}, ${message.length} bytes: ${tookMs.toFixed(0)} ms`;
      const all = [...slowest, { tookMs, what }];
      slowest = all.toSorted((a, b) => b.tookMs - a.tookMs).slice(0, SLOWEST);
    },
  });
  const tookS = (performance.now() - startMs) / 1000;
  process.stdout.write(
    `${campaign.name}: ${count} messages in ${tookS.toFixed(0)} s from seed ${seed}\n`,
  );
  for (const { what } of slowest) process.stdout.write(`  slowest: ${what}\n`);
  return failures;
}

function report({ name }: Campaign, failure: Failure, folder: string): void {
  const { seedName, seed, message, error } = failure;
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}-${seed}.sip`);
  writeFileSync(file, message);
  process.stdout.write(
    `\n${name} failed: ${seedName}, seed ${seed}, bytes in ${file}\n${inspect(error)}\n`,
  );
}
