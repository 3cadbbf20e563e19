/**
 * `npm run world -- --seed=N` prints the trace of one run; `--seeds=N` (and `--from=M`) runs many and
 * prints those that fail. The exit status is 1 when any fails.
 */
import { createHash } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runWorld } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
  },
});

if (values.seed === undefined) runMany(Number(values.from), Number(values.seeds));
else runOne(Number(values.seed));

function runOne(seed: number): void {
  const { trace, failure, ...counts } = runWorld(seed);
  for (const line of trace) console.log(line);
  console.log(JSON.stringify({ ...counts, trace: hashOf(trace) }));
  if (failure === undefined) return;
  console.log(`FAILED: ${failure}`);
  process.exitCode = 1;
}

function runMany(from: number, count: number): void {
  const startMs = performance.now();
  const totals = { conferences: 0, records: 0, secureMoments: 0, laggedMs: 0, longestLagMs: 0 };
  let failed = 0;
  for (let seed = from; seed < from + count; seed += 1) {
    const run = runWorld(seed);
    totals.conferences += run.conferences;
    totals.records += run.records;
    totals.secureMoments += run.secureMoments;
    totals.laggedMs += run.laggedMs;
    totals.longestLagMs = Math.max(totals.longestLagMs, run.longestLagMs);
    if (run.failure === undefined) continue;
    failed += 1;
    console.log(`seed ${seed}: ${run.failure.split('\n')[0]}`);
  }
  const seconds = Math.round((performance.now() - startMs) / 100) / 10;
  console.log(JSON.stringify({ seeds: count, failed, seconds, ...totals }));
  if (failed > 0) process.exitCode = 1;
}

function hashOf(trace: readonly string[]): string {
  return createHash('sha256').update(trace.join('\n')).digest('hex').slice(0, 16);
}
