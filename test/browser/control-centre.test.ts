/*
 * Goal: services are stopped, started and restarted by clicking, the call manager too, and the page finds back to it.
 * Method: all processes as `npm start` runs them, phones in a conference, a real browser.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type RunningSystem, startSystem } from '@conclave/conclave';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../free-ports.ts';
import { confer, hearing, icons, until } from '../system/house.ts';
import { Console, openBrowser, PASSWORD } from './console.ts';

const MAIN = join(dirname(dirname(import.meta.dirname)), 'apps', 'conclave', 'main.ts');
const MINUTE = 60_000;

let data: string;
let system: RunningSystem;
let browser: Browser;
let ada: Console;
let phones: Phone[] = [];
let sccpTlsPort: number;

beforeAll(async () => {
  browser = await openBrowser();
  data = mkdtempSync(join(tmpdir(), 'conclave-services-'));
  const port = await freePorts(3);
  sccpTlsPort = port + 1;
  Object.assign(process.env, {
    CM_HOST: '127.0.0.1',
    CM_SCCP_PORT: String(port),
    CM_SCCP_TLS_PORT: String(sccpTlsPort),
    CM_API_PORT: String(port + 2),
    CM_SIP_PORT: '0',
    CM_SIP_TLS_PORT: '0',
  });
  const words = [MAIN, 'user', 'add', 'administrator', '--role', 'administrator', '--data', data];
  const added = spawnSync(process.execPath, words, { input: `${PASSWORD}\n`, encoding: 'utf8' });
  expect(added.stderr).toBe('');
  system = startSystem({ dataDirectory: data, print: () => {} });
  await system.ready;
  ada = await Console.open(browser, { manager: { apiPort: port + 2 } });
  await ada.logIn('administrator');
  await ada.choose('Serviceability', 'Control Centre');
}, MINUTE);

afterEach(async () => {
  for (const phone of phones.splice(0)) await phone.stop();
});

afterAll(async () => {
  await browser.close();
  await system.stop();
  rmSync(data, { recursive: true });
}, MINUTE);

test('a bridge is stopped: its conference ends, it stays away; started, it serves again', async () => {
  phones = await registered();
  await confer(...phones);
  await hearing(phones);
  await ada.press('Stop CFB-SECURE');
  for (const phone of phones) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'its release');
  }
  await row('CFB-SECURE').getByText('Stopped').waitFor();
  expect(system.pids()['CFB-SECURE']).toBeUndefined();
  await ada.press('Start CFB-SECURE');
  await row('CFB-SECURE').getByText('Started').waitFor();
  await isRegistered('CFB-SECURE');
  await confer(...phones);
  await icons(phones, 'lock');
});

test('a bridge is restarted: it is another process', async () => {
  const before = system.pids()['CFB-PLAIN'];
  await ada.press('Restart CFB-PLAIN');
  await until(() => isNew(system.pids()['CFB-PLAIN'], before), 'another process');
});

test('the call manager cannot be stopped; restarted, it asks for a log-in and serves again', async () => {
  await row('call manager').getByText('Started').waitFor();
  expect(await ada.page.getByRole('button', { name: 'Stop call manager' }).count()).toBe(0);
  const before = system.pids()['call manager'];
  await ada.press('Restart call manager');
  await until(() => isNew(system.pids()['call manager'], before), 'another process');
  await ada.logIn('administrator');
  await row('call manager').getByText('Started').waitFor();
  await row('CFB-SECURE').getByText('Started').waitFor();
  await isRegistered('CFB-SECURE');
  phones = await registered();
  await confer(...phones);
  await icons(phones, 'lock');
});

function row(name: string) {
  return ada.page.getByRole('row').filter({ hasText: name });
}

function isNew(pid: number | undefined, before: number | undefined): boolean {
  return pid !== undefined && pid !== before;
}

/** As the pages show it. */
async function isRegistered(bridge: string): Promise<void> {
  await ada.follow('/media-resources/conference-bridge');
  await row(bridge).getByText('Registered', { exact: true }).waitFor();
  await ada.follow('/serviceability/control-centre');
}

async function registered(): Promise<Phone[]> {
  const keys = new KeyStore(data);
  const names = ['SEP000000001001', 'SEP000000001002', 'SEP000000001003'];
  return await Promise.all(
    names.map((name, at) => {
      const tls = keys.readDevice('phones', name);
      const where = { host: '127.0.0.1', port: sccpTlsPort };
      return Phone.start({ name, mode: 'encrypted', ...where, tls, toneHz: 400 + 200 * at });
    }),
  );
}
