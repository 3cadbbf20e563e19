import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningSystem, startSystem } from '@conclave/conclave';
import { CDR_COLUMNS } from '@conclave/core';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { afterEach, beforeEach, expect, test } from 'vitest';

/*
 * Goal: whatever process is killed in the middle of a conference, phones learn of it, the records say
 * what happened to everybody, finished calls are all there, and the system comes back by itself.
 * Method: real processes, SIGKILL, and the files on disk.
 */

let data: string;
let system: RunningSystem;
let ports: { readonly sccpPort: number; readonly sccpTlsPort: number };
let phones: Phone[] = [];

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'conclave-kill-'));
  process.env.CM_HOST = '127.0.0.1';
  process.env.CM_SCCP_PORT = '0';
  process.env.CM_SCCP_TLS_PORT = '0';
  system = startSystem({ dataDirectory: data, print: () => {} });
  ports = await system.ready;
  phones = await confer();
});

afterEach(async () => {
  for (const phone of phones) await phone.stop();
  await system.stop();
  rmSync(data, { recursive: true });
});

test('the bridge is killed: everybody is released with cause 41, and it comes back', async () => {
  kill('CFB-SECURE');
  for (const phone of phones) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end of the call');
    expect(phone.closedBecause).toBeUndefined();
    expect(phone.screen.notices).not.toHaveLength(0);
  }
  const rows = await records((all) => all.filter(inConference).length === 3);
  expect(rows.filter(inConference)).toMatchObject(
    Array.from({ length: 3 }, () => ({ origCause_value: '41', conferenceSecuredStatus: '2' })),
  );
  await until(() => system.pids()['CFB-SECURE'] !== undefined, 'the new bridge process');
  const [host] = phones;
  if (!host) throw new Error('there is a host');
  // The bridge registers again within its retry pause; until then the key says what is missing.
  await until(
    () => {
      if (host.focus) return host.icon === 'lock';
      void host.press('MeetMe').then(async () => {
        await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
        host.dial('5002');
        await host.waitFor(
          ({ icon, focus }) => icon === 'lock' || focus?.state === 'Congestion',
          'an answer',
        );
        if (host.focus?.state === 'Congestion') await host.press('EndCall');
      });
      return false;
    },
    'a new conference',
    500,
  );
});

test('the call manager is killed: the records of everybody are there after its restart', async () => {
  const finished = await records((rows) => rows.length >= 2);
  kill('call manager');
  for (const phone of phones) {
    await phone.waitFor((each) => each.closedBecause !== undefined, 'the loss of the call manager');
  }
  const all = await records((rows) => rows.filter(inConference).length === 3);
  const lost = all.filter((row) => row.origCause_value === '41');
  expect(lost.map((row) => row.origDeviceName).sort()).toEqual(phones.map((phone) => phone.name));
  // What was finished before is there, once, and every line of every file is whole.
  for (const before of finished) {
    expect(all.filter((row) => row.pkid === before.pkid)).toHaveLength(1);
  }
  const ids = all.map((row) => row.pkid);
  expect(new Set(ids).size).toBe(ids.length);
  // It listens where its bridges and phones look for it.
  let again: Phone | undefined;
  await until(
    () => {
      void Phone.start({ ...phones[0]?.options, ...ADA, port: ports.sccpTlsPort }).then(
        (phone) => {
          again = phone;
        },
        () => {},
      );
      return again !== undefined;
    },
    'the call manager to listen again',
    500,
  );
  await again?.stop();
});

const ADA = { name: 'SEP000000001001', mode: 'encrypted', host: '127.0.0.1' } as const;

/** Three encrypted phones in one conference. */
async function confer(): Promise<Phone[]> {
  const keys = new KeyStore(data);
  const started: Phone[] = [];
  for (const number of ['1001', '1002', '1003']) {
    const name = `SEP00000000${number}`;
    started.push(
      await Phone.start({
        name,
        mode: 'encrypted',
        host: '127.0.0.1',
        port: ports.sccpTlsPort,
        tls: keys.readDevice('phones', name),
        autoAnswer: number !== '1001',
      }),
    );
  }
  const [host] = started;
  if (!host) throw new Error('there is a host');
  host.offHook();
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1002');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.press('Confrn');
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1003');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.press('Confrn');
  for (const phone of started) {
    await phone.waitFor(
      ({ icon, focus }) => icon === 'lock' && focus?.otherName === 'Conference',
      'in',
    );
  }
  // The snapshot of calls in progress is written a quarter of a second after a change.
  await until(() => inProgress() === 3, 'the calls in progress to be noted');
  return started;
}

function inProgress(): number {
  try {
    const text = readFileSync(join(data, 'cdr', 'calls-in-progress.json'), 'utf8');
    return (JSON.parse(text) as unknown[]).length;
  } catch {
    return 0;
  }
}

type Row = Readonly<Record<string, string>>;

/** The rows for which the condition comes true; every line must have every column. */
async function records(done: (rows: readonly Row[]) => boolean): Promise<readonly Row[]> {
  let rows: readonly Row[] = [];
  await until(() => {
    rows = readRows();
    return done(rows);
  }, 'the records');
  return rows;
}

function readRows(): readonly Row[] {
  const folder = join(data, 'cdr');
  const names = readdirSync(folder).filter((name) => name.startsWith('cdr_'));
  return names.flatMap((name) => {
    const lines = readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(2);
    return lines.map((line) => {
      const values = [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)];
      expect(values).toHaveLength(CDR_COLUMNS.length);
      return Object.fromEntries(
        values.map((value, index) => [CDR_COLUMNS[index]?.[0] ?? '', value[1] ?? value[2] ?? '']),
      );
    });
  });
}

function inConference(row: Row): boolean {
  return row.conferenceSecuredStatus !== '';
}

function kill(title: string): void {
  const pid = system.pids()[title];
  if (pid === undefined) throw new Error(`${title} runs`);
  process.kill(pid, 'SIGKILL');
}

async function until(condition: () => boolean, what: string, pauseMs = 30): Promise<void> {
  const deadline = Date.now() + 25_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
