/**
 * What the bridge costs: CPU time of its whole process, kernel included, per participant and tick of
 * 20 ms, with SRTP AES_CM_128_HMAC_SHA1_80 in and out, G.711, on loopback; beside a program in C that
 * does the unavoidable work alone (bench/yardstick.c).
 *
 *   node apps/bridge/mixer.bench.ts [--participants N --size N --talkers N] [--seconds N]
 *     [--workers N] [--portable] [--no-yardstick]
 *
 * Method: the bridge is the process that `conclave bridge` runs, on the last processor (with workers, on
 * as many of the last ones); the load (bench/load.c) is another on the first ones, where each
 * participant has its own moment of the 20 ms. The call manager is a fake one. CPU time is what the
 * kernel says of the process, over the measured seconds after a warm-up; gaps and latency are by the
 * kernel's time stamps of what participants receive. Without named participants, a list of shapes runs.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Ticks } from './bench/bridge-process.ts';
import { Child } from './bench/child.ts';
import { buildPrograms } from './bench/programs.ts';
import {
  planOf,
  type Shape,
  type Subject,
  startBridgeProcess,
  startYardstick,
} from './bench/subject.ts';

const TICK_US = 20_000;

/** The last one is about what one core of ours carries. */
const SHAPES: readonly Shape[] = [
  { participants: 1000, conferenceSize: 5, talkers: 1 },
  { participants: 1000, conferenceSize: 5, talkers: 5 },
  { participants: 1000, conferenceSize: 250, talkers: 1 },
  { participants: 1000, conferenceSize: 250, talkers: 250 },
  { participants: 1600, conferenceSize: 5, talkers: 1 },
];

/** What the load tells at the end. */
interface Heard {
  readonly sent: number;
  readonly received: number;
  readonly gaps: number;
  /** Gaps above 40 ms. */
  readonly late: number;
  readonly failed: number;
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly worstGapMs: number;
  /** How far the load itself fell behind: with much of it, its figures are its own. */
  readonly ownLagMs: number;
}

interface Figures extends Heard {
  readonly costUs: number;
  readonly userUs: number;
  readonly systemUs: number;
  readonly coreShare: number;
  readonly ticks: string;
}

const { values } = parseArgs({
  options: {
    participants: { type: 'string' },
    size: { type: 'string', default: '5' },
    talkers: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '10' },
    workers: { type: 'string', default: '1' },
    portable: { type: 'boolean', default: false },
    'no-yardstick': { type: 'boolean', default: false },
  },
});
const seconds = Number(values.seconds);
const workers = Number(values.workers);
const cores = availableParallelism();
const programs = buildPrograms();
const shapes =
  values.participants === undefined
    ? SHAPES
    : [
        {
          participants: Number(values.participants),
          conferenceSize: Number(values.size),
          talkers: Number(values.talkers),
        },
      ];

for (const shape of shapes) await compare(shape);

async function compare(shape: Shape): Promise<void> {
  const { participants, conferenceSize, talkers } = shape;
  console.log(
    `\n${participants} participants, conferences of ${conferenceSize}, ${talkers} talking; ` +
      `load of the machine ${loadavg()[0]?.toFixed(1)}`,
  );
  const cpus = lastCpus(workers);
  const env = values.portable ? { CONCLAVE_MEDIA: 'portable' } : {};
  const words = workers > 1 ? ['--workers', String(workers)] : [];
  const bridge = await measure(await startBridgeProcess(cpus, shape, { env, words }), shape);
  print('bridge', bridge);
  if (values['no-yardstick']) return;
  const yardstick = await measure(startYardstick(programs.yardstick, lastCpus(1), shape), shape);
  print('yardstick', yardstick);
  console.log(`  ratio to the yardstick: ${(bridge.costUs / yardstick.costUs).toFixed(2)}`);
}

async function measure(subject: Subject, shape: Shape): Promise<Figures> {
  const { participants, conferenceSize, talkers } = shape;
  const threads = Math.max(1, Math.min(cores - workers, Math.ceil(participants / 1200)));
  const load = new Child(
    [programs.load, participants, conferenceSize, talkers, seconds, threads, 0].map(String),
  );
  const plans = (await load.numbers(participants)).map(planOf);
  const ports = await subject.open(plans);
  load.write(
    plans.map(({ send, hear }, index) => `${ports[index]} ${send.toHex()} ${hear.toHex()}`),
  );
  await load.line();
  const startMs = performance.now();
  const before = subject.child.cpuTime();
  const ticksBefore = await subject.ticks();
  const heard = JSON.parse(await load.line()) as Heard;
  const after = subject.child.cpuTime();
  const perTickUs = ((performance.now() - startMs) * 1000) / TICK_US;
  const ticksAfter = await subject.ticks();
  await load.end();
  await subject.end();
  const per = (us: number): number => us / perTickUs / participants;
  const userUs = after.userUs - before.userUs;
  const systemUs = after.systemUs - before.systemUs;
  return {
    ...heard,
    costUs: per(userUs + systemUs),
    userUs: per(userUs),
    systemUs: per(systemUs),
    coreShare: (userUs + systemUs) / perTickUs / TICK_US,
    ticks: ticksAfter && ticksBefore ? latenessText(ticksBefore, ticksAfter) : '',
  };
}

function lastCpus(count: number): string {
  return count === 1 ? String(cores - 1) : `${cores - count}-${cores - 1}`;
}

function latenessText(before: Ticks, after: Ticks): string {
  const classes = after.lateness
    .map(({ underMs, ticks }, index) => ({
      name: underMs === undefined ? 'more' : `<${underMs}`,
      ticks: ticks - (before.lateness[index]?.ticks ?? 0),
    }))
    .filter(({ ticks }) => ticks > 0);
  const text = classes.map(({ name, ticks }) => `${name} ms: ${ticks}`).join(', ');
  return `ticks by lateness: ${text}; skipped: ${after.skipped - before.skipped}`;
}

function print(name: string, figures: Figures): void {
  const { received, sent, late, gaps, failed } = figures;
  const onTime = gaps === 0 ? 0 : (received / sent) * (1 - late / gaps);
  console.log(
    `  ${name}: ${figures.costUs.toFixed(2)} us per participant and tick ` +
      `(user ${figures.userUs.toFixed(2)}, system ${figures.systemUs.toFixed(2)}), ` +
      `${(100 * figures.coreShare).toFixed(0)} % of a core; ` +
      `${(100 * Math.min(1, onTime)).toFixed(2)} % on time, worst gap ${figures.worstGapMs} ms, ` +
      `${failed} failed; latency p50 ${figures.latencyP50Ms} ms, p99 ${figures.latencyP99Ms} ms; ` +
      `load behind by ${figures.ownLagMs} ms at worst`,
  );
  if (figures.ticks) console.log(`  ${figures.ticks}`);
}
