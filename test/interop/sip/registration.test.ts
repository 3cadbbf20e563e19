import { createAuthority, issueLeaf, type PemIdentity } from '@conclave/pki';
import type { SipResponse } from '@conclave/sip';
import { digestOf, SAMPLE_CONFIGURATION, type StoredPhone } from '@conclave/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House } from '../../system/house.ts';
import { Baresip } from './baresip.ts';
import type { ClientOptions, ClientTransport } from './client-options.ts';
import { Bench, until } from './client-process.ts';
import { Linphone } from './linphone.ts';
import { responsesTo } from './sip-trace.ts';

/*
 * Goal: clients that others have written register as the guide says, and are told apart from those that
 * only claim to be somebody. Method: the real call manager, real sockets, real clients.
 */

const bench = new Bench();
let house: House;

beforeAll(async () => {
  const phones = [
    client('BARE-UDP', '3001', 'nonsecure'),
    client('BARE-TLS', '3002', 'encrypted'),
    client('LIN-TCP', '3003', 'nonsecure'),
    client('BARE-TCP', '3006', 'nonsecure'),
    client('LIN-TLS', '3004', 'encrypted'),
    client('BARE-CERT', '3005', 'authenticated'),
  ];
  const all = [...SAMPLE_CONFIGURATION.phones, ...phones];
  house = await House.open({ configuration: { phones: all } });
});

afterAll(async () => {
  await bench.close();
  // Over UDP nobody says goodbye.
  await house.manager.store.writeConfiguration(SAMPLE_CONFIGURATION);
  await house.manager.reload();
  await house.close();
});

describe('clients register with their password', () => {
  test.each([
    ['baresip', 'BARE-UDP', '3001', 'udp', 'clear'],
    ['baresip', 'BARE-TLS', '3002', 'tls', 'tls-encrypted'],
    ['linphone', 'LIN-TCP', '3003', 'tcp', 'clear'],
    ['linphone', 'LIN-TLS', '3004', 'tls', 'tls-encrypted'],
  ] as const)('%s as %s: %s over %s counts as %s', async (make, device, user, transport, level) => {
    const { output } = await started(make, user, transport);
    await registered(device, output);
    expect(house.manager.engine.state.phones.get(device)).toMatchObject({
      signalling: level,
      standardClient: true,
      address: '127.0.0.1',
    });
  });
});

test('baresip registers with its certificate, and is not asked for a password', async () => {
  const own = house.keys.readDevice('phones', 'BARE-CERT');
  const { tls, ...rest } = options('3005', 'tls', { password: 'not the password' });
  const { certificate, key } = own;
  const baresip = await Baresip.start(bench, {
    ...rest,
    tls: { trust: tls?.trust ?? '', certificate, key },
  });
  await registered('BARE-CERT', () => baresip.output);
  expect(await answers(baresip, 1)).toEqual([200]);
});

test('over UDP, where an address can be made up, a call needs a digest too', async () => {
  const [caller, called] = [
    await Baresip.start(bench, options('3001', 'udp')),
    await Baresip.start(bench, { ...options('3006', 'tcp'), autoAnswer: true }),
  ];
  for (const device of ['BARE-UDP', 'BARE-TCP']) await registered(device, () => caller.output);
  await caller.dial('3006');
  await caller.event('CALL_ESTABLISHED');
  await called.event('CALL_ESTABLISHED');
  const statuses = responsesTo(caller.trace, 'INVITE', 'received').map(({ status }) => status);
  expect([statuses[0], statuses.at(-1)]).toEqual([401, 200]);
});

test('a wrong password, and a right one on the wrong transport, register nobody', async () => {
  const wrong = await Baresip.start(bench, options('3001', 'udp', { password: 'wrong' }));
  // It tries several times.
  expect(new Set(await answers(wrong, 2))).toEqual(new Set([401]));
  const clear = await Baresip.start(bench, options('3002', 'tcp'));
  expect(await answers(clear, 2)).toEqual([401, 403]);
  const reasons = house.manager.alarms.list().map(({ device, reason }) => `${device} ${reason}`);
  expect(reasons).toContain('BARE-UDP wrong-password');
  expect(reasons).toContain('BARE-TLS security-mode-mismatch');
});

/** Statuses of the answers to its REGISTER, once there are so many. */
async function answers(baresip: Baresip, count: number): Promise<readonly number[]> {
  const all = (): readonly SipResponse[] => responsesTo(baresip.trace, 'REGISTER', 'received');
  await until(
    () => all().length >= count,
    `${count} answers`,
    () => baresip.output,
  );
  return all().map(({ status }) => status);
}

async function started(
  make: 'baresip' | 'linphone',
  user: string,
  transport: ClientTransport,
): Promise<{ readonly output: () => string }> {
  if (make === 'baresip') {
    const baresip = await Baresip.start(bench, options(user, transport));
    return { output: () => baresip.output };
  }
  // It finds names in certificates, but no addresses. Asked for a certificate by a server, it waits for
  // its user unless it has one; one that nobody trusts proves nothing.
  const wanted = options(user, transport, { host: 'localhost' });
  const tls = wanted.tls && { ...wanted.tls, ...(await strangersCertificate()) };
  const linphone = await Linphone.start(bench, { ...wanted, ...(tls && { tls }) });
  return { output: () => linphone.log };
}

async function strangersCertificate(): Promise<PemIdentity> {
  const stranger = await createAuthority('Somebody else', new Date());
  return await issueLeaf(stranger, { commonName: 'linphone', notBefore: new Date() });
}

async function registered(device: string, output: () => string): Promise<void> {
  await until(
    () => house.manager.engine.state.phones.has(device),
    device,
    () => `${output()}\n${JSON.stringify(house.manager.alarms.list())}`,
  );
}

function options(
  user: string,
  transport: ClientTransport,
  { password = `pw${user}`, host = '127.0.0.1' } = {},
): ClientOptions {
  const { sipPort, sipTlsPort } = house.manager;
  const isTls = transport === 'tls';
  return {
    ...{ user, transport },
    media: 'none',
    registrar: { host, port: isTls ? sipTlsPort : sipPort, password },
    ...(isTls && { tls: { trust: house.keys.readCallManager().trust.join('\n') } }),
  };
}

function client(
  name: string,
  number: string,
  securityMode: StoredPhone['securityMode'],
): StoredPhone {
  return {
    ...{ name, securityMode, protocol: 'SIP', standardClient: true },
    model: 'Third-party SIP Device',
    firmware: '',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    digest: digestOf({ user: number, realm: 'conclave', password: `pw${number}` }),
    lines: [{ index: 1, directoryNumber: number, partition: '', displayName: name, label: number }],
  };
}
