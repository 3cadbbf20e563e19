/**
 * Throws mutated SIP messages at our stack for as long as asked. Exit code 1, and the bytes of every
 * failure in a file, when something does not hold. The same seed gives the same messages.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect, parseArgs } from 'node:util';
import { type Campaign, type Failure, fuzz } from './fuzz.ts';
import { CODEC, DESCRIPTIONS, LINES, USER_AGENT } from './sip-campaigns.ts';

const HELP = `npm run soak -- sip [--minutes N] [--seed N] [--out FOLDER]

Mutates the messages of fixtures/sip for N minutes (default 1) in all, beginning with seed N (default
1). What fails is written to FOLDER (default fuzz-failures): put it into fixtures/sip/found once it is
mended, and every run begins with it.
`;

/** A message that costs more CPU than this is listed: parsing should never be the way to stop us. */
const SLOW_MS = 50;

const FAILURES_MAX = 20;

const CAMPAIGNS = [CODEC, DESCRIPTIONS, USER_AGENT, LINES];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'fuzz-failures' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help) process.stdout.write(HELP);
else await main(60_000 * Number(values.minutes), Number(values.seed), values.out);

async function main(forMs: number, seed: number, folder: string): Promise<void> {
  for (const campaign of CAMPAIGNS) {
    const failures = await soak(campaign, seed, forMs / CAMPAIGNS.length);
    for (const failure of failures) report(campaign, failure, folder);
    if (failures.length > 0) process.exitCode = 1;
  }
}

async function soak(campaign: Campaign, seed: number, forMs: number): Promise<readonly Failure[]> {
  const startMs = performance.now();
  const slow: string[] = [];
  let count = 0;
  const failures = await fuzz(campaign, {
    seed,
    goesOn: () => performance.now() - startMs < forMs,
    failuresMax: FAILURES_MAX,
    onDone: (message, mutation, tookMs) => {
      count += 1;
      if (tookMs < SLOW_MS) return;
      slow.push(`seed ${mutation}: ${message.length} bytes took ${tookMs.toFixed(0)} ms`);
    },
  });
  const tookS = (performance.now() - startMs) / 1000;
  process.stdout.write(
    `${campaign.name}: ${count} messages in ${tookS.toFixed(0)} s from seed ${seed}\n`,
  );
  for (const line of slow.slice(0, FAILURES_MAX)) process.stdout.write(`  slow: ${line}\n`);
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
