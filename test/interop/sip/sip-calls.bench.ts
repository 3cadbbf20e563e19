/**
 * What the call manager costs with phones that speak SIP: memory of a house of 10 000 registered phones,
 * processor time of a registration and of an answered call, at rising rates.
 *
 *   npm run bench -- sip-calls
 *   node [OPTION ...] test/interop/sip/sip-calls.bench.ts [PHONES] [RATE ...]     (Debian's sip-tester is there)
 *
 * Options of Node are the call manager's, too.
 *
 * Method: the real call manager as a process of its own, Debian's sipp as the phones, over UDP on the
 * loopback. Phones register with a digest, but for those that call and are called: sipp makes digests
 * for one URI only. A call has two legs: a phone calls another one, which is asked for its offer; both
 * descriptions are exchanged, they talk for a second and the caller hangs up. A leg is half of it.
 * Processor time is the process's own, user and system, as the kernel counts it, from before the first
 * call until after the last one, after a round to warm up; lost and repeated messages are as sipp
 * counts them. Several addresses of the loopback are used, as the call manager bounds what one address
 * may send.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import {
  digestOf,
  SAMPLE_CONFIGURATION,
  Store,
  type StoredConfiguration,
  type StoredDigest,
  type StoredPhone,
} from '@conclave/store';
import { freePorts } from '../../free-ports.ts';
import { type SippFigures, SippLoad } from './sipp-load.ts';

const MAIN = fileURLToPath(new URL('../../../apps/conclave/main.ts', import.meta.url));
const HOST = '127.0.0.1';

/** sipp knows no SHA-256: it says that it is one of those to which only MD5 is offered. */
const AGENT = 'baresip v1.0.0 (sipp)';

/**
 * Phones that call, and as many that are called, for each pair of sipps: more than talk at one time. They
 * share an address, in which the call manager has to look for the one that it is.
 */
const LINES = 160;
const TALK_MS = 1_000;
const SECONDS_PER_RATE = 10;
/** No calls: what the registered phones cost by being there. */
const REST_MS = 10_000;
/** Calls per second that one pair makes: its messages stay below what one address may send. */
const PAIR_RATE_MAX = 100;
const REGISTRATIONS_PER_SECOND = 400;

const [, , phonesArgument = '10000', ...rateArguments] = process.argv;
const phones = Number(phonesArgument);
const rates = rateArguments.length > 0 ? rateArguments.map(Number) : [25, 50, 100, 200, 400];
const pairs = Math.ceil(Math.max(...rates) / PAIR_RATE_MAX);
/** Phones that call and are called come first. */
const busy = 2 * LINES * pairs;
const folder = mkdtempSync(join(tmpdir(), 'conclave-sip-calls-'));
const ports = await freePorts(2);
let sipps = 0;
const manager = await startManager();
try {
  await bench();
} finally {
  const gone = once(manager.process, 'exit');
  manager.process.kill();
  await gone;
  rmSync(folder, { recursive: true });
}

async function bench(): Promise<void> {
  report('at the start', memory());
  const before = cpuMs();
  const results: SippFigures[] = [];
  // The phones that call and are called share the addresses of their sipp, all others have their own.
  for (let pair = 0; pair < pairs; pair++) {
    for (const side of ['caller', 'callee'] as const) {
      results.push(await register(linesOf(pair, side), { pair, side }));
    }
  }
  const others = Array.from({ length: Math.max(phones - busy, 0) }, (_, index) => busy + index);
  for (let from = 0; from < others.length; from += 2_000) {
    results.push(await register(others.slice(from, from + 2_000), undefined));
  }
  const registered = results.reduce((sum, { successful }) => sum + successful, 0);
  const cost = (cpuMs() - before) / registered;
  report(`${registered} phones registered`, `${cost.toFixed(2)} ms each, ${troubles(results)}`);
  await delay(2_000);
  report('  memory', memory());
  const rested = cpuMs();
  await delay(REST_MS);
  const share = ((cpuMs() - rested) / REST_MS) * 100;
  report('  at rest', `${share.toFixed(1)} % of a processor`);
  // Warming up: what runs often is compiled first.
  await callsAt(PAIR_RATE_MAX, 'first, to warm up, ');
  for (const rate of rates) await callsAt(rate);
  report('  memory', memory());
}

async function callsAt(rate: number, note = ''): Promise<void> {
  const pairs = Array.from({ length: Math.ceil(rate / PAIR_RATE_MAX) }, (_, pair) => pair);
  const perSecond = Math.round(rate / pairs.length);
  const calls = perSecond * SECONDS_PER_RATE;
  const callees = pairs.map((pair) =>
    sipp('load-answer', { pair, side: 'callee' }, { calls, perSecond, rows: [] }),
  );
  await delay(500);
  const before = cpuMs();
  const callers = pairs.map((pair) => {
    const [from, to] = [linesOf(pair, 'caller'), linesOf(pair, 'callee')];
    const rows = from.map((phone, at) => `${rowOf(phone)};${numberOf(to[at] ?? 0)}`);
    return sipp('load-call', { pair, side: 'caller' }, { calls, perSecond, rows });
  });
  const results = await Promise.all(callers.map((each) => each.ended()));
  const cost = cpuMs() - before;
  await delay(1_000);
  for (const each of callees) each.stop();
  const answered = results.reduce((sum, { successful }) => sum + successful, 0);
  const all = [...results, ...(await Promise.all(callees.map((each) => each.ended())))];
  const leg = (cost / answered / 2).toFixed(2);
  report(
    `${rate} calls a second`,
    `${note}${leg} ms per leg, ${answered} answered, ${troubles(all)}`,
  );
}

/** Where a sipp is; undefined: each of its phones has a port of its own. */
type Place = { readonly pair: number; readonly side: 'caller' | 'callee' } | undefined;

async function register(lines: readonly number[], place: Place): Promise<SippFigures> {
  const rows = lines.map(rowOf);
  const pace = { calls: lines.length, perSecond: REGISTRATIONS_PER_SECOND, rows };
  return await sipp('load-register', place, pace).ended();
}

function sipp(
  scenario: string,
  place: Place,
  pace: Pick<ConstructorParameters<typeof SippLoad>[0], 'calls' | 'perSecond' | 'rows'>,
): SippLoad {
  sipps += 1;
  const third = place === undefined ? 1 : place.side === 'caller' ? 2 : 3;
  return new SippLoad({
    ...pace,
    ...{ scenario, folder, number: sipps, server: `${HOST}:${manager.sipPort}` },
    address: `127.0.${third}.${1 + (place?.pair ?? sipps % 200)}`,
    port: place && ports + (place.side === 'caller' ? 0 : 1),
    values: { agent: AGENT, talk_ms: String(TALK_MS) },
  });
}

function rowOf(phone: number): string {
  const number = numberOf(phone);
  return `${number};[authentication username=${number} password=pw${number}]`;
}

function troubles(results: readonly SippFigures[]): string {
  const sum = (of: (figures: SippFigures) => number): number =>
    results.reduce((total, each) => total + of(each), 0);
  const [failed, repeated] = [sum((each) => each.failed), sum((each) => each.repeated)];
  return `${failed} failed, ${repeated} repetitions, ${sum((each) => each.unexpected)} unexpected`;
}

/** Indices of the phones of one sipp. */
function linesOf(pair: number, side: 'caller' | 'callee'): readonly number[] {
  const first = 2 * LINES * pair + (side === 'caller' ? 0 : LINES);
  return Array.from({ length: LINES }, (_, index) => first + index);
}

function numberOf(phone: number): string {
  return String(200_000 + phone);
}

function phoneOf(index: number): StoredPhone {
  const number = numberOf(index);
  return {
    name: `SEP${number.padStart(12, '0')}`,
    model: index < busy ? '8851' : 'Third-party SIP Device',
    firmware: '',
    protocol: 'SIP',
    securityMode: 'nonsecure',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    ...(index >= busy && { standardClient: true, digest: digestFor(number) }),
    lines: [
      {
        index: 1,
        directoryNumber: number,
        partition: '',
        displayName: `Phone ${number}`,
        label: number,
      },
    ],
  };
}

function digestFor(number: string): StoredDigest {
  return digestOf({ user: number, realm: 'conclave', password: `pw${number}` });
}

async function startManager(): Promise<{
  readonly process: ChildProcess;
  readonly pid: number;
  readonly sipPort: number;
}> {
  const configuration: StoredConfiguration = {
    ...SAMPLE_CONFIGURATION,
    phones: [
      ...SAMPLE_CONFIGURATION.phones,
      ...Array.from({ length: phones }, (_, n) => phoneOf(n)),
    ],
  };
  const store = await Store.open(join(folder, 'conclave.sqlite'));
  await store.seedConfiguration(configuration);
  await store.close();
  const child = spawn(
    process.execPath,
    [
      ...process.execArgv,
      ...[MAIN, 'callmanager', '--data', folder, '--listen', HOST, '--json'],
      ...['--sccp-port', '0', '--sccp-tls-port', '0', '--sip-port', '0', '--sip-tls-port', '0'],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const sipPort = await new Promise<number>((resolve, reject) => {
    child.once('exit', () => reject(new Error('the call manager has ended')));
    let text = '';
    child.stdout.on('data', (chunk) => {
      text = `${text}${chunk}`.slice(-10_000);
      const found = /"type":"listening".*?"sipPort":(\d+)/.exec(text)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
  });
  return { process: child, pid: child.pid ?? 0, sipPort };
}

/** Of the call manager so far, user and system. */
function cpuMs(): number {
  const fields = readFileSync(`/proc/${manager.pid}/stat`, 'latin1').split(') ')[1]?.split(' ');
  const ticks = Number(fields?.[11] ?? 0) + Number(fields?.[12] ?? 0);
  return ticks * 10;
}

function memory(): string {
  const kib = /VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${manager.pid}/status`, 'latin1'))?.[1];
  return `${Math.round(Number(kib ?? 0) / 1024)} MB resident`;
}

function report(what: string, figures: string): void {
  process.stdout.write(`${what.padEnd(26)} ${figures}\n`);
}
