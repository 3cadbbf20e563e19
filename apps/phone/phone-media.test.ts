import { randomBytes } from 'node:crypto';
import { MediaEncryptionAlgorithm, MediaStatus } from '@conclave/sccp';
import { afterEach, expect, test } from 'vitest';
import { FakeCallManager, type FakeKey } from './fake-call-manager.ts';
import { Phone, type PhoneOptions } from './index.ts';

/*
 * Goal: a phone hears who sends with the right key and nobody else, says what it is told to say, and
 * counts what it refuses. Method: two phones on real sockets, keyed by a fake call manager; each plays
 * its own tone.
 */

const ENCRYPTED = 3;
const NOT_AUTHENTICATED = 1;
const PAYLOAD_PCMA = 2;

const opened: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await (each.stop?.() ?? each.close?.());
});

test('two phones with keys for each direction hear each other, under a lock', async () => {
  const { manager, one, other } = await pair();
  const keys = await connect(manager, one, other, { secure: true });
  await hears(one, 600);
  await hears(other, 400);
  for (const phone of [one, other]) {
    expect(phone.icon).toBe('lock');
    expect(phone.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
    expect(phone.counters()).toMatchObject({ unauthenticated: 0, replayed: 0, malformed: 0 });
    // Nobody hears himself.
    expect(phone.audio.hears([phone === one ? 400 : 600])).toEqual([]);
  }
  expect(keys).toHaveLength(2);
  // As loud as it was sent, once it fills the half second.
  await one.waitFor(
    (phone) => Math.abs((phone.heard([600])[0]?.levelDbov ?? 0) + 20) < 0.5,
    'the level of the tone',
  );
});

test.each([3, 11, 17, 22])('in version %i addresses and keys arrive too', async (version) => {
  const { manager, one, other } = await pair({ protocolVersion: version });
  await connect(manager, one, other, { secure: true });
  await hears(one, 600);
  await hears(other, 400);
});

test('without keys it is RTP, and no lock', async () => {
  const { manager, one, other } = await pair();
  await connect(manager, one, other, { secure: false });
  await hears(one, 600);
  await hears(other, 400);
  expect(one.icon).toBe('call');
  expect(one.statistics()).toMatchObject({ sent: 'rtp', received: 'rtp' });
});

test('A-law is heard as well', async () => {
  const { manager, one, other } = await pair();
  await connect(manager, one, other, { secure: true, compression: PAYLOAD_PCMA });
  await hears(one, 600);
});

test('what comes with another key is counted and never heard', async () => {
  const { manager, one, other } = await pair();
  await connect(manager, one, other, { secure: true, wrongKey: true });
  await one.waitFor((phone) => phone.counters().unauthenticated >= 25, 'forged packets');
  expect(one.audio.hears([600])).toEqual([]);
  expect(one.audio.loudness()).toBeLessThan(-60);
  // The other direction has its right key.
  await hears(other, 400);
});

test('ports are even, and each opening has its own', async () => {
  const manager = await listen();
  const phone = await start(manager, '1001');
  const station = manager.station(phone.name);
  const ports: number[] = [];
  for (let count = 0; count < 8; count += 1) {
    ports.push((await station.openReceive(7)).portNumber);
    station.stopMedia(7);
  }
  expect(ports.filter((port) => port % 2 === 1)).toEqual([]);
});

test.each([
  ['an unknown algorithm', { ...newKey(), algorithmID: 5 }, MediaStatus.EncoderOrDecoderFailed],
  ['a short key', { ...newKey(), key: new Uint8Array(8) }, MediaStatus.EncoderOrDecoderFailed],
])('a stream with %s is refused, never opened in the clear', async (_, key, status) => {
  const manager = await listen();
  const phone = await start(manager, '1001');
  const station = manager.station(phone.name);
  const failures: string[] = [];
  phone.on('media', ({ state, reason }) => failures.push(`${state}: ${reason}`));
  const answer = await station.openReceive(7, key);
  expect(answer).toMatchObject({ mediaReceptionStatus: status, portNumber: 0 });
  expect(failures).toHaveLength(1);
  expect(failures[0]).toMatch(/^failed: this phone cannot use/);
  station.startTransmit(7, { address: '127.0.0.1', port: 9 }, key);
  const said = await station.hears('StartMediaTransmissionAck');
  expect(said.body.mediaTransmissionStatus).toBe(status);
  expect(phone.statistics(7)).toBeUndefined();
});

test('counters outlive their streams, and the call manager may ask for them', async () => {
  const { manager, one, other } = await pair();
  await connect(manager, one, other, { secure: true });
  await one.waitFor((phone) => phone.counters().packetsReceived > 25, 'half a second');
  const station = manager.station(one.name);
  station.stopMedia(7);
  await one.waitFor((phone) => phone.statistics(7)?.received === 'none', 'the end of media');
  const after = one.statistics(7);
  expect(after).toMatchObject({ sent: 'none', received: 'none', unauthenticated: 0 });
  expect(after?.packetsReceived).toBeGreaterThan(25);
  expect(one.counters()).toMatchObject({ packetsSent: after?.packetsSent });
  expect(one.audio.hears([600])).toEqual([]);
  station.send('ConnectionStatisticsReq', { directoryNum: '1001', callReference: 7 });
  const answer = await station.hears('ConnectionStatisticsRes');
  expect(answer.body).toMatchObject({
    callReference: 7,
    numberPacketsReceived: after?.packetsReceived,
    numberPacketsSent: after?.packetsSent,
  });
});

test('what was heard is recorded, and something else may be said', async () => {
  const { manager, one, other } = await pair({ record: true });
  await connect(manager, one, other, { secure: true });
  await hears(one, 600);
  other.audio.say({ toneHz: 1000 });
  await hears(one, 1000);
  other.audio.say({});
  await one.waitFor(({ audio }) => audio.loudness() < -60, 'silence');
  expect(one.recording.length).toBeGreaterThan(4_000);
  expect(Math.max(...one.recording)).toBeGreaterThan(3_000);
});

test('no event has a key in it', async () => {
  const manager = await listen();
  const phone = await start(manager, '1001');
  const key = newKey();
  let told = '';
  phone.on('media', (event) => {
    told += JSON.stringify(event);
  });
  await manager.station(phone.name).openReceive(7, key);
  await phone.waitFor(() => told.includes('open'), 'the event');
  expect(told).not.toContain(Buffer.from(key.key).toString('hex'));
  expect(told).not.toMatch(/"(key|salt)"/);
});

async function listen(
  options: Parameters<typeof FakeCallManager.listen>[0] = {},
): Promise<FakeCallManager> {
  const manager = await FakeCallManager.listen(options);
  opened.push(manager);
  return manager;
}

function optionsFor(manager: FakeCallManager, number: string): PhoneOptions {
  return { name: `SEP00000000${number}`, host: '127.0.0.1', port: manager.port };
}

async function start(
  manager: FakeCallManager,
  number: string,
  options: Partial<PhoneOptions> = {},
): Promise<Phone> {
  return keep(await Phone.start({ ...optionsFor(manager, number), ...options }));
}

function keep(phone: Phone): Phone {
  opened.push(phone);
  return phone;
}

async function pair(
  options: Partial<PhoneOptions> = {},
): Promise<{ readonly manager: FakeCallManager; readonly one: Phone; readonly other: Phone }> {
  const manager = await listen();
  const one = await start(manager, '1001', { toneHz: 400, ...options });
  const other = await start(manager, '1002', { toneHz: 600, ...options });
  return { manager, one, other };
}

/** Opens media both ways, with a key of its own for each direction. */
async function connect(
  manager: FakeCallManager,
  one: Phone,
  other: Phone,
  how: { readonly secure: boolean; readonly compression?: number; readonly wrongKey?: boolean },
): Promise<readonly FakeKey[]> {
  const [here, there] = [manager.station(one.name), manager.station(other.name)];
  const [hereKey, thereKey] = how.secure ? [newKey(), newKey()] : [];
  for (const station of [here, there]) {
    station.connect(7, how.secure ? ENCRYPTED : NOT_AUTHENTICATED);
  }
  const hereAt = await here.openReceive(7, hereKey, how.compression);
  const thereAt = await there.openReceive(7, thereKey, how.compression);
  const sentKey = how.wrongKey ? newKey() : hereKey;
  there.startTransmit(7, endOf(hereAt), sentKey, how.compression);
  here.startTransmit(7, endOf(thereAt), thereKey, how.compression);
  await one.waitFor((phone) => phone.statistics()?.sent !== 'none', 'transmission');
  return [hereKey, thereKey].filter((key) => key !== undefined);
}

function endOf(ack: { readonly ipAddr: string; readonly portNumber: number }): {
  readonly address: string;
  readonly port: number;
} {
  return { address: ack.ipAddr, port: ack.portNumber };
}

async function hears(phone: Phone, toneHz: number): Promise<void> {
  await phone.waitFor(({ audio }) => audio.hears([toneHz]).length === 1, `${toneHz} Hz`);
}

function newKey(): FakeKey {
  return {
    algorithmID: MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32,
    key: new Uint8Array(randomBytes(16)),
    salt: new Uint8Array(randomBytes(14)),
  };
}
