import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Bridge, LegStatus } from '@conclave/bridge';
import type { Phone } from '@conclave/phone';
import { mutate } from '@conclave/testkit';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { sipCorpus } from '../fuzz/sip-corpus.ts';
import { confer, House, hearing, icons, until } from './house.ts';

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

let house: House;
let bridge: Bridge;
let phones: Phone[];
const otherIcons: string[] = [];
const sockets: (Socket | UdpSocket)[] = [];

beforeAll(async () => {
  house = await House.open();
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
  stream.write(Array.from({ length: 1_500 }, (_, at) => request('OPTIONS', `s${at}`)).join(''));
  await ended(stream);
  await answered();
});

test('calls, references and barges of nobody, with the numbers of everybody', async () => {
  const socket = await tcp(bad);
  let count = 0;
  for (const number of ['1001', '1002', '1003', '8000', 'x-cisco-serviceuri-meetme-8000']) {
    for (const method of METHODS) {
      for (const more of ['', 'Replaces: 1;from-tag=1;to-tag=1', 'Join: 1;from-tag=1;to-tag=1']) {
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

function request(method: string, id: string, number = '1001', more = ''): string {
  return [
    `${method} sip:${number}@${HOST} SIP/2.0`,
    `Via: SIP/2.0/TCP ${bad};branch=z9hG4bK${id}${method};rport`,
    'Max-Forwards: 70',
    `From: <sip:1001@${HOST}>;tag=1`,
    `To: <sip:${number}@${HOST}>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:1001@${bad}>`,
    `Refer-To: <sip:1002@${HOST}>`,
    'Event: conference',
    ...(more === '' ? [] : [more]),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
}
