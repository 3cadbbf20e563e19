import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Bridge, LegStatus } from '@conclave/bridge';
import type { Phone } from '@conclave/phone';
import {
  answerChallenge,
  type DigestSecret,
  MessageReader,
  parseMessage,
  type SipResponse,
} from '@conclave/sip';
import {
  DEFAULT_SIP_REALM,
  digestOf,
  SAMPLE_CONFIGURATION,
  type StoredPhone,
} from '@conclave/store';
import { DEEP, ENDLESS, MISSIZED, mutate, sipRequest } from '@conclave/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sipCorpus } from '../fuzz/sip-corpus.ts';
import { add, confer, House, hangUp, hearing, icons, until } from './house.ts';

/*
 * Goal: nothing that arrives at the SIP ports disturbs a running conference. Method: three encrypted SCCP
 * phones confer through all of it; after each attack everybody has had the lock all the time, hears
 * exactly the others, and the bridge has refused no packet of theirs. How the single attack is met is in
 * `apps/callmanager/sip/abuse.test.ts`.
 */

const HOST = '127.0.0.1';

/** Of the attacker, another one in each test: bounds are those of a source. */
let bad = '';
let attackers = 0;

const METHODS = 'INVITE REFER SUBSCRIBE NOTIFY INFO UPDATE BYE REGISTER'.split(' ');

const PASSWORD = 'correct horse';

/** A softphone, without TLS: whoever knows its password is it. */
const ADA: StoredPhone = {
  name: 'ADA',
  model: 'Softphone',
  firmware: '',
  protocol: 'SIP',
  standardClient: true,
  securityMode: 'nonsecure',
  description: '',
  devicePool: 'Default',
  location: 'Hub_None',
  userLocale: 'English_United_States',
  digest: secretOf(PASSWORD),
  lines: [{ index: 1, directoryNumber: '3001', partition: '', displayName: 'Ada', label: '' }],
};

let house: House;
let bridge: Bridge;
let phones: Phone[];
const otherIcons: string[] = [];
const sockets: (Socket | UdpSocket)[] = [];

beforeAll(async () => {
  house = await House.open({
    configuration: { phones: [...SAMPLE_CONFIGURATION.phones, ADA] },
  });
  bridge = await house.bridge();
  phones = await house.phones('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
  for (const phone of phones) {
    phone.on('screen', () => {
      if (phone.icon !== 'lock') otherIcons.push(phone.icon);
    });
  }
});

beforeEach(() => {
  attackers += 1;
  bad = `127.0.2.${attackers}`;
});

afterEach(async () => {
  await undisturbed();
  for (const socket of sockets.splice(0)) 'destroy' in socket ? socket.destroy() : socket.close();
});

afterAll(() => house.close());

test('mutated messages on every transport', async () => {
  const corpus = sipCorpus();
  const seeds = corpus.map(({ bytes }) => bytes);
  const datagrams = await udp(bad);
  const streams: (Socket | undefined)[] = [undefined, undefined];
  for (let round = 0; round < 1_000; round += 1) {
    const message = mutate(round, corpus[round % corpus.length]?.bytes ?? new Uint8Array(), seeds);
    if (message.length < 60_000) datagrams.send(message, house.manager.sipPort, HOST);
    for (const [index, open] of [tcp, tls].entries()) {
      // What cannot be read ends its connection.
      if (streams[index]?.writable !== true) streams[index] = await open(bad);
      streams[index]?.write(message);
    }
  }
  await answered();
});

test('messages that are too large, or too deep', async () => {
  const texts = ENDLESS.map(([, text]) => text);
  for (const [, parts] of [...MISSIZED, ...DEEP]) {
    for (const method of ['INVITE', 'REFER', 'REGISTER']) {
      texts.push(sipRequest(method, { id: `large${texts.length}`, ...parts }));
    }
  }
  for (const open of [tcp, tls]) {
    for (const text of texts) (await open(bad)).write(text, 'latin1');
  }
  await answered();
});

test('connections that say nothing, or one byte at a time, as many as one source may have', async () => {
  const all = await Promise.all(Array.from({ length: 1_100 }, () => tcp(bad)));
  await alarmed('SourceFlooding');
  for (const [index, letter] of [...'INVITE sip:'].entries()) {
    for (const socket of all.slice(0, 200 + index)) if (socket.writable) socket.write(letter);
  }
  await answered();
});

test('floods of datagrams from many sources, and of requests on one connection', async () => {
  const sources = await Promise.all(
    Array.from({ length: 20 }, (_, at) => udp(`127.0.1.${at + 1}`)),
  );
  const stream = await tcp(bad);
  for (let round = 0; round < 500; round += 1) {
    for (const [at, socket] of sources.entries()) {
      const method = ['REGISTER', 'INVITE', 'OPTIONS', 'SUBSCRIBE', 'BYE'][at % 5] ?? '';
      socket.send(request(method, `${at}-${round}`), house.manager.sipPort, HOST);
    }
    if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const burst = Array.from({ length: 1_500 }, (_, at) => request('OPTIONS', `s${at}`)).join('');
  // A second may end in the midst of one.
  while (stream.writable) {
    stream.write(burst);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await ended(stream);
  await answered();
});

test('under a flood the level still follows who joins and who leaves', async () => {
  const [host] = phones;
  const sources = await Promise.all(Array.from({ length: 5 }, (_, at) => udp(`127.0.3.${at + 1}`)));
  let isOver = false;
  const flood = (async () => {
    for (let round = 0; !isOver; round += 1) {
      for (const [at, socket] of sources.entries()) {
        socket.send(request('INVITE', `f${at}-${round}`), house.manager.sipPort, HOST);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  try {
    const guest = await house.phone('1005');
    if (host) await add(host, guest);
    await icons(phones, 'call');
    await hearing([...phones, guest]);
    await hangUp(guest);
    await icons(phones, 'lock');
    await guest.stop();
  } finally {
    isOver = true;
    await flood;
  }
  otherIcons.length = 0;
});

test('calls, references and barges of nobody, with the numbers of everybody', async () => {
  const socket = await tcp(bad);
  let count = 0;
  for (const number of ['1001', '1002', '1003', '8000', 'x-cisco-serviceuri-meetme-8000']) {
    for (const method of METHODS) {
      for (const more of [
        undefined,
        'Replaces: 1;from-tag=1;to-tag=1',
        'Join: 1;from-tag=1;to-tag=1',
      ]) {
        socket.write(request(method, `n${count++}`, number, more));
      }
    }
  }
  let text = '';
  socket.on('data', (chunk) => {
    text += String(chunk);
  });
  await until(() => (text.match(/^SIP\/2\.0 [3-6]/gm)?.length ?? 0) === count, 'every refusal');
  expect(text).not.toMatch(/^SIP\/2\.0 (18|2)/m);
});

test('passwords that are guessed: the source is not heard any more, others are; an alarm', async () => {
  const socket = await tcp(bad);
  const statuses: number[] = [];
  for (let count = 0; count < 40; count += 1) {
    statuses.push(await register(socket, `guess${count}`, `${PASSWORD}${count}`));
  }
  expect(new Set(statuses)).toEqual(new Set([401, 403]));
  expect(statuses.at(-1)).toBe(403);
  await alarmed('RegistrationGuessing');
  expect(await register(socket, 'right', PASSWORD)).toBe(403);
  expect(await register(await tcp('127.0.0.9'), 'good', PASSWORD)).toBe(200);
});

test('a registration that is overheard and said again moves nothing', async () => {
  const owner = await tcp('127.0.0.9');
  const said: string[] = [];
  expect(await register(owner, 'owner', PASSWORD, said)).toBe(200);
  const thief = await tcp(bad);
  for (const text of said) expect(await ask(thief, text)).toMatchObject({ status: 401 });
  const datagrams = await udp(bad);
  for (const text of said) datagrams.send(text, house.manager.sipPort, HOST);
  await answered();
  expect(house.manager.engine.state.phones.get('ADA')?.address).toBe('127.0.0.9');
});

test('mutated messages of a phone that is registered', async () => {
  const corpus = sipCorpus();
  const seeds = corpus.map(({ bytes }) => bytes);
  let socket: Socket | undefined;
  for (let round = 0; round < 600; round += 1) {
    if (socket?.writable !== true) {
      socket = await tcp(bad);
      expect(await register(socket, `r${round}`, PASSWORD)).toBe(200);
    }
    const seed = corpus[round % corpus.length]?.bytes ?? new Uint8Array();
    socket.write(mutate(5_000 + round, seed, seeds));
  }
  await answered();
});

/** The lock was never gone, everybody hears exactly the others, and the bridge takes all their packets. */
async function undisturbed(): Promise<void> {
  await icons(phones, 'lock');
  await hearing(phones);
  expect(otherIcons).toEqual([]);
  const before = await legs();
  expect(before).toHaveLength(3);
  await until(
    async () =>
      (await legs()).every(
        ({ packetsReceived }, at) => packetsReceived > (before[at]?.packetsReceived ?? 0) + 10,
      ),
    'packets of everybody',
  );
  for (const { unauthenticated, clear, malformed, wrongPayload } of await legs()) {
    expect([unauthenticated, clear, malformed, wrongPayload]).toEqual([0, 0, 0, 0]);
  }
}

async function legs(): Promise<readonly LegStatus[]> {
  return (await bridge.status()).conferences.flatMap((each) => each.legs);
}

/** Somebody else is served meanwhile. */
async function answered(): Promise<void> {
  const socket = await tcp('127.0.0.9');
  const answer = new Promise<string>((resolve) =>
    socket.once('data', (data) => resolve(String(data))),
  );
  socket.write(request('OPTIONS', 'good'));
  expect(await answer).toMatch(/^SIP\/2\.0 200 /);
}

async function alarmed(name: string): Promise<void> {
  const { alarms } = house.manager;
  await until(() => alarms.list().some((each) => each.name === name), `the alarm ${name}`);
}

async function tcp(localAddress: string, port = house.manager.sipPort): Promise<Socket> {
  return await opened(connect({ host: HOST, port, localAddress }), 'connect');
}

async function tls(localAddress: string): Promise<Socket> {
  const socket = await tcp(localAddress, house.manager.sipTlsPort);
  return await opened(connectTls({ socket, rejectUnauthorized: false }), 'secureConnect');
}

async function opened(socket: Socket, event: string): Promise<Socket> {
  sockets.push(socket);
  socket.on('error', () => {}).resume();
  await new Promise<void>((resolve) => socket.once(event, resolve).once('close', resolve));
  return socket;
}

async function udp(address: string): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  sockets.push(socket);
  await new Promise<void>((resolve) => socket.bind(0, address, resolve));
  return socket;
}

async function ended(socket: Socket): Promise<void> {
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** With this password, after a challenge; `said` gets what was sent. */
async function register(
  socket: Socket,
  id: string,
  password: string,
  said: string[] = [],
): Promise<number> {
  const text = request('REGISTER', id, 'ada');
  const challenge = await ask(socket, text);
  const asked = parseMessage(Buffer.from(text));
  if (!asked.ok || asked.value.type !== 'request') throw new Error('it is a request');
  const given = { secret: secretOf(password), clientNonce: 'c' };
  const answer = answerChallenge(challenge, asked.value, given);
  if (!answer) return challenge.status;
  const again = text.replace(/;branch=\w+/, '$&again').replace('CSeq: 1', 'CSeq: 2');
  said.push(again.replace('Event:', `${answer.name}: ${answer.value}\r\nEvent:`));
  return (await ask(socket, said.at(-1) ?? '')).status;
}

/** The final response. */
async function ask(socket: Socket, text: string): Promise<SipResponse> {
  const reader = new MessageReader();
  return await new Promise((resolve, reject) => {
    const gone = (): void => reject(new Error('the connection is closed'));
    const take = (chunk: Buffer): void => {
      for (const item of reader.push(chunk)) {
        if (item.type !== 'message' || item.message.type !== 'response') continue;
        socket.off('data', take).off('close', gone);
        resolve(item.message);
      }
    };
    socket.on('data', take).on('close', gone);
    socket.write(text);
  });
}

function secretOf(password: string): DigestSecret {
  return digestOf({ user: 'ada', realm: DEFAULT_SIP_REALM, password });
}

function request(method: string, id: string, number = '1001', extra?: string): string {
  const [to, contact] = [`${number}@${HOST}`, `${number}@${bad}`];
  return sipRequest(method, { id, to, from: to, contact, ...(extra !== undefined && { extra }) });
}
