/*
 * Goal: a capture is shown before it begins and until it has ended, and is open to packet sniffers only.
 * Method: a whole call manager with a secure bridge and encrypted phones; tshark reads what is downloaded.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { hashPassword, type Role } from '@conclave/api';
import type { Phone } from '@conclave/phone';
import { hasTshark } from '@conclave/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { call, confer, House, hangUp, hearing, icons } from './house.ts';

const PASSWORD = 'a good long password';
const ROLES: readonly Role[] = ['administrator', 'packet-sniffer', 'auditor'];
const DEVICE = 'SEP000000001001';

let house: House;
let phones: readonly Phone[];
const cookies = new Map<Role, string>();

beforeAll(async () => {
  house = await House.open({ parameters: { 'Packet Capture Enable': 'True' } });
  const passwordHash = await hashPassword(PASSWORD);
  for (const role of ROLES) {
    await house.manager.store.accounts.putAccount({ name: role, role, passwordHash });
    const { headers } = await ask(role, 'POST', '/session', { user: role, password: PASSWORD });
    cookies.set(role, String(headers['set-cookie']).split(';')[0] ?? '');
  }
  await house.bridge();
  phones = await house.phones('1001', '1002', '1003');
});

afterAll(async () => await house.close());

test('INT-12: all are shown nonsecure while it runs, the media stays encrypted; then the lock returns', async () => {
  await confer(...phones);
  await icons(phones, 'lock');
  expect((await begin(5)).status).toBe(204);
  await icons(phones, 'call');
  const [conference] = house.manager.engine.state.conferences.values();
  const protections = conference?.participants.map(({ protection }) => protection);
  expect(protections).toEqual(['srtp', 'srtp', 'srtp']);
  await hearing(phones);
  expect((await end()).status).toBe(204);
  await icons(phones, 'lock');
  // The last two are left in a call of their own, which ends for both.
  const [host, guest] = phones;
  if (!host || !guest) throw new Error('there are three');
  for (const phone of [host, guest]) await hangUp(phone);
  for (const phone of phones) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end of the conference');
  }
});

test('CAP-04: the file is sealed, tshark reads what a sniffer downloads, keys are apart, all is audited', async () => {
  await begin(5);
  const [first, second] = phones;
  if (!first || !second) throw new Error('there are three');
  await call(first, second);
  await hangUp(first);
  await end();
  const [{ file }] = JSON.parse((await ask('packet-sniffer', 'GET', '/captureFiles')).text);
  expect(file).toMatch(/^\d\d-\d\d-\d{4}\.pkt$/);
  const packets = await ask('packet-sniffer', 'GET', `/captureFiles/${file}`);
  const keys = (await ask('packet-sniffer', 'GET', `/captureFiles/${file}/keys`)).text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(keys.map(({ direction }) => direction)).toEqual(
    expect.arrayContaining(['receive', 'transmit']),
  );
  const disk = readdirSync(join(house.data, 'pktCap')).map((each) =>
    readFileSync(join(house.data, 'pktCap', each)),
  );
  for (const { keyHex } of keys) {
    const key = Buffer.from(keyHex, 'hex');
    for (const content of [...disk, packets.bytes]) {
      expect([content.includes(key), content.includes(keyHex)]).toEqual([false, false]);
    }
  }
  expect(disk.some((content) => content.includes('Ada Lovelace'))).toBe(false);
  if (hasTshark) {
    const messages = dissected(packets.bytes);
    for (const name of ['OpenReceiveChannel', 'StartMediaTransmission', 'CallInfo']) {
      expect(messages).toContain(name);
    }
    expect(messages).not.toContain('Malformed');
  }
  const trail = await house.manager.store.accounts.auditTrail(50);
  const sniffed = trail.filter(({ user }) => user === 'packet-sniffer').map(({ action }) => action);
  expect(sniffed).toEqual(
    expect.arrayContaining([
      `GET /api/v1/captureFiles/${file}`,
      `GET /api/v1/captureFiles/${file}/keys`,
    ]),
  );
  for (const role of ['administrator', 'auditor'] as const) {
    expect((await ask(role, 'GET', `/captureFiles/${file}`)).status).toBe(403);
    expect((await ask(role, 'GET', `/captureFiles/${file}/keys`)).status).toBe(403);
  }
});

test('CAP-01: without the parameter none begins, and one that runs ends', async () => {
  const { store } = house.manager;
  await begin(5);
  await store.changeConfiguration((before) => ({
    ...before,
    serviceParameters: { ...before.serviceParameters, 'Packet Capture Enable': 'False' },
  }));
  await house.manager.reload();
  expect((await end()).status).toBe(404);
  const refused = await begin(5);
  expect([refused.status, refused.text]).toEqual([422, expect.stringContaining('is False')]);
  expect(house.manager.engine.state.captures.size).toBe(0);
});

async function end() {
  return await ask('administrator', 'DELETE', `/captures/${DEVICE}`);
}

async function begin(durationMinutes: number) {
  return await ask('administrator', 'PUT', `/captures/${DEVICE}`, { durationMinutes });
}

function dissected(bytes: Uint8Array): string {
  const file = join(house.data, 'downloaded.pcapng');
  writeFileSync(file, bytes);
  const options = ['-r', file, '-d', 'tcp.port==2000,skinny'];
  const text = execFileSync('tshark', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  rmSync(file);
  return String(text);
}

async function ask(role: Role, method: string, path: string, body?: object) {
  const { promise, resolve, reject } = Promise.withResolvers<import('node:http').IncomingMessage>();
  const ca = readFileSync(join(house.data, 'pki', 'ca', 'ca.pem'));
  const cookie = cookies.get(role);
  const headers = {
    ...(cookie && { cookie }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const options = { host: '127.0.0.1', port: house.manager.apiPort, ca, method, headers };
  request({ ...options, path: `/api/v1${path}` }, resolve)
    .on('error', reject)
    .end(body && JSON.stringify(body));
  const response = await promise;
  const parts: Buffer[] = [];
  for await (const part of response) parts.push(part);
  const bytes = Buffer.concat(parts);
  return { status: response.statusCode, headers: response.headers, bytes, text: String(bytes) };
}
