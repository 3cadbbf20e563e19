import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askAdmin, type SystemReport } from '@conclave/callmanager';
import { type RunningSystem, startSystem } from '@conclave/conclave';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { SAMPLE_CONFIGURATION } from '@conclave/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { call, cdrRows, confer, dial, hangUp, hearing, icons, isIn, until } from './house.ts';

/*
 * Goal: a process that is killed at the worst moment takes nothing with it but what was in its hands:
 * calls end with records, finished records stay, everything comes back, nothing is left running.
 * Method: real processes, killed with SIGKILL in mid-conference.
 */

const MAIN = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  'apps/conclave/main.ts',
);
const CAUSE_NORMAL = '16';
const CAUSE_OUT_OF_ORDER = '27';
const CAUSE_TEMPORARY_FAILURE = '41';
let data: string;
let system: RunningSystem | undefined;
let lines: string[];
let phones: Phone[];
const strangers: ChildProcess[] = [];

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'conclave-kill-'));
  lines = [];
  phones = [];
  process.env.CM_HOST = '127.0.0.1';
  // Free ones, that stay the same over a restart of the call manager.
  const port = await freePorts(2);
  process.env.CM_SCCP_PORT = String(port);
  process.env.CM_SCCP_TLS_PORT = String(port + 1);
  process.env.CM_SIP_PORT = '0';
  process.env.CM_API_PORT = '0';
  process.env.CM_SIP_TLS_PORT = '0';
});

afterEach(async () => {
  for (const phone of phones) await phone.stop();
  await system?.stop();
  system = undefined;
  for (const child of strangers.splice(0)) child.kill('SIGKILL');
  await until(() => processesOn(data).length === 0, 'the end of every process');
  rmSync(data, { recursive: true });
});

test('the secure bridge is killed: all are released, cause 41, and the next conference works', async () => {
  const running = await start();
  phones = await registered('1001', '1002', '1003');
  await confer(...phones);
  await hearing(phones);
  kill(running.pids()['CFB-SECURE']);
  for (const phone of phones) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'its release');
    expect(phone.closedBecause).toBeUndefined();
  }
  await until(() => rowsOf(CAUSE_TEMPORARY_FAILURE).length === 3, 'a record for every party');
  expect(devicesOf(rowsOf(CAUSE_TEMPORARY_FAILURE))).toEqual(phones.map(({ name }) => name));
  expect(lines.join('\n')).toMatch(/ALARM BridgeOutOfService: CFB-SECURE/);
  await bridgeIs('CFB-SECURE', true);
  await confer(...phones);
  await icons(phones, 'lock');
  await hearing(phones);
});

test('the call manager is killed: finished records stay, numbers go on, conferences work again', async () => {
  const running = await start();
  phones = await registered('1001', '1002', '1003');
  const [ada, alan] = phones;
  if (!ada || !alan) throw new Error('the cast is complete');
  await call(ada, alan);
  await hangUp(ada);
  await alan.waitFor(({ screen }) => screen.calls.size === 0, 'the end of the call');
  await confer(...phones);
  await hearing(phones);
  const finished = cdrRows(data);
  expect(finished.some((row) => row.origCause_value === CAUSE_NORMAL)).toBe(true);
  await until(() => inProgress() === 3, 'the snapshot of the conference');
  kill(running.pids()['call manager']);
  for (const phone of phones) {
    await phone.waitFor(({ closedBecause }) => closedBecause !== undefined, 'the loss');
  }
  await bridgeIs('CFB-SECURE', true);
  // Whatever was there is there, byte by byte, and every line has all of its fields.
  const recovered = cdrRows(data);
  expect(recovered.slice(0, finished.length)).toEqual(finished);
  expect(devicesOf(rowsOf(CAUSE_TEMPORARY_FAILURE))).toEqual(phones.map(({ name }) => name));
  phones = await registered('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
  await hearing(phones);
  await hangUp(phones[2] ?? neverCame());
  await until(() => cdrRows(data).length > recovered.length, 'the record');
  // No number of a call is used twice.
  const later = cdrRows(data).slice(recovered.length);
  const first = Math.min(...later.map((row) => Number(row.globalCallID_callId)));
  expect(first).toBeGreaterThan(
    Math.max(...recovered.map((row) => Number(row.globalCallID_callId))),
  );
});

test('the call manager is killed: a call that ended just before the kill has one record, not two', async () => {
  const running = await start();
  phones = await registered('1001', '1002');
  const [ada, alan] = phones;
  if (!ada || !alan) throw new Error('the cast is complete');
  await call(ada, alan);
  await until(() => inProgress() === 1, 'the snapshot of the call');
  await hangUp(ada);
  kill(running.pids()['call manager']);
  // Almost always the snapshot on disk still has the call.
  await ada.waitFor(({ closedBecause }) => closedBecause !== undefined, 'the loss');
  await bridgeIs('CFB-SECURE', true);
  expect(cdrRows(data).map((row) => row.origCause_value)).toEqual([CAUSE_NORMAL]);
});

test('stop() leaves no process; a second start has its data, its keys and its numbers', async () => {
  const running = await start();
  const pids = Object.values(running.pids());
  expect(pids).toHaveLength(4);
  phones = await registered('1001', '1002', '1003');
  await confer(...phones);
  await askAdmin(data, 'POST', '/configuration', {
    ...SAMPLE_CONFIGURATION,
    meetMeNumbers: [
      { pattern: '5555', partition: '', description: '', minimumSecurityLevel: 'encrypted' },
    ],
  });
  await running.stop();
  system = undefined;
  expect(pids.filter((pid) => pid !== undefined && isAlive(pid))).toEqual([]);
  expect(processesOn(data)).toEqual([]);
  for (const phone of phones) {
    await phone.waitFor(({ closedBecause }) => closedBecause !== undefined, 'the end');
  }
  const records = cdrRows(data);
  expect(devicesOf(rowsOf(CAUSE_TEMPORARY_FAILURE))).toEqual(phones.map(({ name }) => name));
  const certificate = readFileSync(join(data, 'pki', 'callmanager', 'CallManager.pem'), 'utf8');

  await start();
  expect(cdrRows(data)).toEqual(records);
  expect(readFileSync(join(data, 'pki', 'callmanager', 'CallManager.pem'), 'utf8')).toBe(
    certificate,
  );
  phones = await registered('1001', '1002');
  const [ada] = phones;
  if (!ada) throw new Error('the cast is complete');
  await ada.press('MeetMe');
  await ada.waitFor((phone) => isIn(phone, 'OffHook'), 'dial tone');
  ada.dial('5555');
  await icons([ada], 'lock');
});

test('the supervisor is killed: its children end, and the data can be used again', async () => {
  const supervisor = spawn(process.execPath, [MAIN, 'start', '--data', data], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  strangers.push(supervisor);
  let text = '';
  supervisor.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  await until(() => text.includes('Ready after'), 'the start');
  phones = await registered('1001', '1002', '1003');
  await confer(...phones);
  // Supervisor, call manager, two bridges, the music.
  expect(processesOn(data)).toHaveLength(5);
  kill(supervisor.pid);
  await until(() => processesOn(data).length === 0, 'the end of the children');
  await start();
  // Written at the end, or at the next start; whether bridges or phones were gone first is chance.
  const ended = [CAUSE_TEMPORARY_FAILURE, CAUSE_OUT_OF_ORDER].flatMap((cause) => rowsOf(cause));
  expect(devicesOf(ended)).toEqual(phones.map(({ name }) => name));
  phones = await registered('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
});

test('a call manager whose port another program has says so and ends; the start fails', async () => {
  const other = createServer();
  await new Promise<void>((resolve) =>
    other.listen(Number(process.env.CM_SCCP_TLS_PORT), '127.0.0.1', resolve),
  );
  try {
    await expect(start()).rejects.toThrow('could not start');
    expect(lines.join('\n')).toMatch(/EADDRINUSE.*:\d+/);
  } finally {
    other.close();
  }
});

test('a bridge that is killed again and again does not keep the other one from its work', async () => {
  const running = await start();
  for (let round = 0; round < 3; round += 1) {
    kill(running.pids()['CFB-SECURE']);
    await bridgeIs('CFB-SECURE', false);
    await bridgeIs('CFB-SECURE', true);
  }
  await bridgeIs('CFB-PLAIN', true);
  phones = await registered('1001', '1005');
  const [ada, hedy] = phones;
  if (!ada || !hedy) throw new Error('the cast is complete');
  await dial(ada, '1005');
  await hedy.waitFor((phone) => isIn(phone, 'RingIn'), 'ringing');
});

async function start(): Promise<RunningSystem> {
  lines = [];
  system = startSystem({ dataDirectory: data, print: (line) => lines.push(line) });
  await system.ready;
  return system;
}

async function registered(...numbers: readonly string[]): Promise<Phone[]> {
  const keys = new KeyStore(data);
  const started: Phone[] = [];
  for (const number of numbers) {
    const name = `SEP00000000${number}`;
    const nonsecure = number === '1005';
    started.push(
      await Phone.start({
        name,
        mode: nonsecure ? 'nonsecure' : 'encrypted',
        host: '127.0.0.1',
        port: Number(nonsecure ? process.env.CM_SCCP_PORT : process.env.CM_SCCP_TLS_PORT),
        ...(!nonsecure && { tls: keys.readDevice('phones', name) }),
        toneHz: 400 + 200 * started.length,
      }),
    );
  }
  return started;
}

function kill(pid: number | undefined): void {
  if (pid === undefined) throw new Error('there is a process');
  process.kill(pid, 'SIGKILL');
}

/** Waits until the call manager, which may be away, says so. */
async function bridgeIs(name: string, here: boolean): Promise<void> {
  let found: boolean | undefined;
  const ask = async (): Promise<void> => {
    const answer = await askAdmin(data, 'GET', '/status').catch(() => undefined);
    const report = answer?.body as SystemReport | undefined;
    found = report?.devices.find((device) => device.name === name)?.registered;
  };
  await until(
    () => {
      void ask();
      return found === here;
    },
    `${name} to be ${here ? 'registered' : 'gone'}`,
  );
}

function rowsOf(cause: string): readonly Readonly<Record<string, string>>[] {
  return cdrRows(data).filter((row) => row.origCause_value === cause);
}

function devicesOf(rows: readonly Readonly<Record<string, string>>[]): readonly string[] {
  return rows.map((row) => row.origDeviceName ?? '').toSorted();
}

/** How many legs the snapshot of calls in progress has. */
function inProgress(): number {
  const file = join(data, 'cdr', 'calls-in-progress.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as unknown[]).length : 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Ids of processes whose command line names this directory, or this test's ports. */
function processesOn(directory: string): readonly number[] {
  const words = [directory, `--port\0${process.env.CM_SCCP_PORT}\0`];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        const line = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return words.some((word) => line.includes(word));
      } catch {
        return false;
      }
    })
    .map(Number);
}

function neverCame(): never {
  throw new Error('the cast is complete');
}
