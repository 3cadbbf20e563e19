import { randomBytes } from 'node:crypto';
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import { initialState } from '@conclave/core';
import type { TlsIdentity } from '@conclave/net';
import { createAuthority, issueLeaf } from '@conclave/pki';
import { BODY_BYTES_MAX } from '@conclave/sip';
import {
  configurationOf,
  DEEP,
  ENDLESS,
  MISSIZED,
  type RequestParts,
  SimClock,
  sipRequest,
} from '@conclave/testkit';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { KeyVault } from '../key-vault.ts';
import { ENGLISH } from '../locale/phrases.ts';
import { MESSAGE_TIMEOUT_MS } from './sip-connection.ts';
import { NO_SIP_DIRECTORY, SipExchange } from './sip-exchange.ts';
import { UNFINISHED_BYTES_MAX } from './sip-transport.ts';
import { openSipSockets, type SipSockets } from './wiring.ts';

/*
 * Goal: what arrives on a SIP socket costs at most the connection, or the source, that it came from, and
 * nobody is used against a third. Method: the real stack behind real sockets on loopback, whose addresses
 * play different peers; a good client on a connection of its own is answered after each of it. Time is
 * virtual: it passes when a test says so.
 */

const SERVER = '127.0.0.1';
const GOOD = '127.0.0.9';
const BAD = '127.0.0.66';
const VICTIM = '127.0.0.77';

const CONNECTIONS_MAX = 100;
const MESSAGES_MAX = 400;

let identity: TlsIdentity;
let clock: SimClock;
let sockets: SipSockets;
let good: Peer;
const peers: Peer[] = [];
const floods: string[] = [];
const tooMany: string[] = [];

beforeAll(async () => {
  const ours = await createAuthority('Conclave private CA', new Date());
  const leaf = await issueLeaf(ours, {
    commonName: 'CallManager',
    alternativeNames: [SERVER],
    notBefore: new Date(),
  });
  identity = { ...leaf, trust: [ours.certificate] };
});

beforeEach(async () => {
  clock = new SimClock(1_000_000);
  floods.length = 0;
  tooMany.length = 0;
  sockets = await served();
  good = await Peer.tcp(GOOD);
  await answered(good);
});

afterEach(async () => {
  await answered(good);
  for (const peer of peers.splice(0)) peer.close();
  await sockets.close();
});

describe('a slow sender', () => {
  test('has its time for a message, not for a byte', async () => {
    const slow = await all(10, () => Peer.tcp(BAD));
    const silent = await all(10, () => Peer.tcp(BAD));
    await until(() => sockets.transport.connections === 21);
    const message = request('OPTIONS');
    for (let second = 0; second < MESSAGE_TIMEOUT_MS / 1000; second += 1) {
      for (const peer of slow) peer.send(message.slice(second, second + 1));
      await answered(good);
      pass(1000);
    }
    for (const peer of [...slow, ...silent]) await peer.ended;
    expect(sockets.transport.connections).toBe(1);
  });

  test('of a body that never comes is no different', async () => {
    const peer = await Peer.tcp(BAD);
    peer.send(request('INVITE', { length: '200000', body: 'v=0\r\n' }));
    await until(() => sockets.transport.connections === 2);
    await answered(good);
    pass(MESSAGE_TIMEOUT_MS);
    await peer.ended;
  });

  test('of many large messages keeps no more of them than one source may', async () => {
    const half = request('INVITE', { length: String(BODY_BYTES_MAX), body: 'v'.repeat(200_000) });
    const share = Math.floor(UNFINISHED_BYTES_MAX / 200_000);
    const large = await all(2 * share, () => Peer.tcp(BAD));
    for (const peer of large) peer.send(half);
    await until(() => sockets.transport.connections <= share + 1);
    await answered(await Peer.tcp(VICTIM));
    for (const peer of large) peer.close();
    await until(() => sockets.transport.connections === 2);
    await answered(await Peer.tcp(BAD));
  });

  test('that does not read its answers is cut off when too much waits for it', async () => {
    const peer = await Peer.tcp(BAD);
    peer.pause();
    // As much as a source may say in a second; each time is a second of its own.
    const burst = request('OPTIONS').repeat(MESSAGES_MAX - 10);
    while (!peer.isEnded && sockets.transport.connections > 1) {
      peer.send(burst);
      pass(1000);
      await answered(good);
    }
    expect(sockets.transport.connections).toBe(1);
  });
});

describe('size', () => {
  test.each(ENDLESS)('%s ends the connection', async (_, text) => {
    const peer = await Peer.tcp(BAD);
    peer.send(text);
    await peer.ended;
    expect(peer.text).toBe('');
  });

  test.each(MISSIZED)('%s is refused, and ends the connection', async (_, parts, status) => {
    const peer = await Peer.tcp(BAD);
    peer.send(request('OPTIONS', parts));
    expect(await peer.status()).toBe(status);
    await peer.ended;
  });
});

test.each(DEEP)('%s: answered, or refused', async (_, parts) => {
  const peer = await Peer.tcp(BAD);
  for (const method of ['OPTIONS', 'INVITE', 'SUBSCRIBE', 'REFER', 'NOTIFY', 'REGISTER']) {
    peer.send(request(method, parts));
    // Whoever has got one that cannot be read is gone; all others go on.
    if (peer.isEnded || (await peer.status()) === 400) break;
  }
});

describe('floods', () => {
  test('of connections cost their source alone', async () => {
    const flood = await all(200, () => Peer.tcp(BAD));
    await until(() => tooMany.length === 200 - CONNECTIONS_MAX);
    expect(new Set(tooMany)).toEqual(new Set([BAD]));
    expect(sockets.transport.connections).toBe(1 + CONNECTIONS_MAX);
    await answered(await Peer.tcp(VICTIM));
    for (const peer of flood) peer.close();
    await until(() => sockets.transport.connections === 2);
    await answered(await Peer.tcp(BAD));
  });

  test('of messages on a connection close it; others of its source go with it, no other source', async () => {
    const [flood, again] = [await Peer.tcp(BAD), await Peer.tcp(BAD)];
    flood.send(request('OPTIONS').repeat(MESSAGES_MAX + 1));
    await flood.ended;
    again.send(request('OPTIONS'));
    await again.ended;
    expect(floods).toEqual([BAD]);
    pass(1000);
    await answered(await Peer.tcp(BAD));
  });

  test('of datagrams are dropped; other sources are heard', async () => {
    const [flood, other] = [await Peer.udp(BAD), await Peer.udp(VICTIM)];
    for (let count = 0; count < 20 * MESSAGES_MAX; count += 1) flood.send(request('REGISTER'));
    await until(() => sockets.transport.counts.flooded > 0);
    await answered(other);
    expect(floods).toEqual([BAD]);
  });

  test('of INVITEs that nobody may make leave nothing behind', async () => {
    const peer = await Peer.tcp(BAD);
    for (let count = 0; count < 100; count += 1) peer.send(request('INVITE', { id: `i${count}` }));
    for (let count = 0; count < 100; count += 1) expect(await peer.status()).toBe(403);
  });
});

describe('a source that is made up', () => {
  test.each([
    ['another host', `SIP/2.0/UDP ${VICTIM}:PORT;branch=z9hG4bK1;rport`],
    ['another host, without rport', `SIP/2.0/UDP ${VICTIM}:MINE;branch=z9hG4bK1`],
    [
      'what the server should write',
      `SIP/2.0/UDP ${VICTIM};received=${VICTIM};rport=PORT;branch=z9hG4bK1`,
    ],
    ['where to answer (maddr)', `SIP/2.0/UDP ${VICTIM}:MINE;maddr=${VICTIM};branch=z9hG4bK1`],
    ['a name', 'SIP/2.0/UDP localhost:MINE;branch=z9hG4bK1'],
  ])(
    '%s: the answer goes to where the request came from (RFC 3261 §18.2, RFC 3581)',
    async (_, via) => {
      const [victim, spoofer] = [await Peer.udp(VICTIM), await Peer.udp(BAD)];
      const spoofed = via
        .replace('PORT', String(victim.port))
        .replace('MINE', String(spoofer.port));
      // The last one cannot be read: its refusal goes the same way.
      for (const [id, method, version] of [
        ['a', 'OPTIONS', '2.0'],
        ['b', 'INVITE', '2.0'],
        ['c', 'OPTIONS', '3.0'],
      ] as const) {
        spoofer.send(request(method, { via: spoofed, id, version }));
        await spoofer.status();
      }
      expect(spoofer.text).toContain(`received=${BAD}`);
      expect(spoofer.text).not.toContain(`received=${VICTIM}`);
      // Datagrams on loopback keep their order: anything sent to the victim would be here first.
      await answered(victim);
      expect(victim.text.match(/SIP\/2.0/g)).toHaveLength(2);
    },
  );

  test('gets one refusal for each request: nobody is flooded by what we repeat', async () => {
    const peer = await Peer.udp(BAD);
    for (const method of ['INVITE', 'REGISTER', 'FOO', 'BYE']) {
      peer.send(request(method));
      expect(await peer.status()).toBeGreaterThanOrEqual(400);
    }
    pass(60_000);
    await answered(peer);
    expect(peer.text.match(/SIP\/2.0 /g)).toHaveLength(5);
  });

  test('on a connection nothing that Via says matters', async () => {
    const [victim, spoofer] = [await Peer.udp(VICTIM), await Peer.tcp(BAD)];
    spoofer.send(
      request('OPTIONS', { via: `SIP/2.0/UDP ${VICTIM}:${victim.port};branch=z9hG4bK1;rport` }),
    );
    expect(await spoofer.status()).toBe(200);
    expect(spoofer.text).toContain(`received=${BAD}`);
  });

  test('answers to what was never asked are heard by nobody', async () => {
    const peer = await Peer.tcp(BAD);
    for (const status of [100, 180, 200, 486, 699]) {
      peer.send(request('INVITE').replace(/^[^\r]+/, `SIP/2.0 ${status} Yes`));
    }
    await answered(peer);
    expect(peer.text.match(/SIP\/2.0 /g)).toHaveLength(1);
  });
});

describe('what is no SIP', () => {
  test.each([
    ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x00\xc8\x01\x00\x00\xc4\x03\x03'],
    ['zeros', '\0'.repeat(100)],
    ['a version of its own', 'OPTIONS sip:a HTTP/1.0\r\n\r\n'],
  ])('%s ends its connection without a word', async (_, text) => {
    const peer = await Peer.tcp(BAD);
    peer.send(text);
    await peer.ended;
    expect(peer.text).toBe('');
  });

  test('random bytes, on every transport', async () => {
    for (let count = 0; count < 30; count += 1) {
      const bytes = randomBytes(200).toString('latin1');
      for (const port of [sockets.ports.tcp, sockets.ports.tls, sockets.ports.ws]) {
        const peer = await Peer.tcp(BAD, port);
        peer.send(bytes);
        peer.finish();
        await peer.ended;
      }
      (await Peer.udp(BAD)).send(bytes);
    }
  });

  test('clear text on the port of TLS', async () => {
    const peer = await Peer.tcp(BAD, sockets.ports.tls);
    peer.send(request('OPTIONS'));
    await peer.ended;
    expect(peer.text).not.toContain('SIP/2.0');
  });

  test('a WebSocket of another protocol, and one with a huge message', async () => {
    const url = `ws://${SERVER}:${sockets.ports.ws}`;
    await expect(webSocket(url, 'chat')).rejects.toThrow();
    const socket = await webSocket(url, 'sip');
    const closed = new Promise((resolve) => socket.addEventListener('close', resolve));
    socket.send('a'.repeat(1_000_000));
    await closed;
  });
});

async function served(): Promise<SipSockets> {
  const exchange = new SipExchange({
    clock,
    token: () => randomBytes(16).toString('hex'),
    keys: new KeyVault((size) => randomBytes(size)),
    phrasesOf: () => ENGLISH,
    directory: NO_SIP_DIRECTORY,
    state: () => initialState(configurationOf({ phones: [] }), 1),
    happen: () => {},
    passOn: () => {},
  });
  const opened = await openSipSockets({
    host: SERVER,
    ...{ port: 0, tlsPort: 0, wsPort: 0 },
    identity,
    clock,
    random: Math.random,
    connectionsPerSourceMax: CONNECTIONS_MAX,
    messagesPerSecondMax: MESSAGES_MAX,
    handlers: {
      onMessage: (message, flow) => exchange.receive(message, flow),
      onFlowClosed: (flowId) => exchange.flowClosed(flowId),
      onMalformed: (flow, _, refused) => refused && exchange.refuse(refused, flow),
      onFlood: ({ remote }) => floods.push(remote.host),
    },
    onHandshakeError: () => {},
    onTooMany: (address) => tooMany.push(address),
  });
  exchange.attach(opened.transport);
  return opened;
}

/** Somebody at an address of its own. */
class Peer {
  /** Everything it has received. */
  text = '';
  isEnded = false;
  readonly ended: Promise<void>;
  readonly port: number;
  readonly #socket: Socket | UdpSocket;
  readonly #end = Promise.withResolvers<void>();
  #read = 0;
  #onData: () => void = () => {};

  private constructor(socket: Socket | UdpSocket, port: number) {
    this.#socket = socket;
    this.port = port;
    this.ended = this.#end.promise;
    const take = (chunk: Buffer): void => {
      this.text += chunk.toString('latin1');
      this.#onData();
    };
    socket.on('data', take).on('message', take);
    socket.on('error', () => {});
    socket.on('close', () => {
      this.isEnded = true;
      this.#end.resolve();
      this.#onData();
    });
    peers.push(this);
  }

  static async tcp(address: string, port = sockets.ports.tcp): Promise<Peer> {
    const socket = connect({ port, host: SERVER, localAddress: address });
    const peer = new Peer(socket, 0);
    await new Promise<void>((resolve) => socket.once('connect', resolve).once('close', resolve));
    return peer;
  }

  static async udp(address: string): Promise<Peer> {
    const socket = createSocket('udp4');
    await new Promise<void>((resolve) => socket.bind(0, address, resolve));
    return new Peer(socket, socket.address().port);
  }

  send(text: string): void {
    const bytes = Buffer.from(text, 'latin1');
    if ('write' in this.#socket) this.#socket.write(bytes);
    else this.#socket.send(bytes, sockets.ports.udp, SERVER);
  }

  pause(): void {
    if ('pause' in this.#socket) this.#socket.pause();
  }

  finish(): void {
    if ('end' in this.#socket) this.#socket.end();
  }

  close(): void {
    if ('destroy' in this.#socket) this.#socket.destroy();
    else if (!this.isEnded) this.#socket.close();
  }

  /** Of the next final response. */
  async status(): Promise<number> {
    for (;;) {
      const found = /SIP\/2\.0 ([2-6]\d\d) /.exec(this.text.slice(this.#read));
      if (found) {
        this.#read += found.index + found[0].length;
        return Number(found[1]);
      }
      if (this.isEnded) throw new Error('the connection is closed');
      await new Promise<void>((resolve) => {
        this.#onData = resolve;
      });
    }
  }
}

/** The peer is served as if nothing were. */
async function answered(peer: Peer): Promise<void> {
  peer.send(request('OPTIONS', { id: randomBytes(8).toString('hex') }));
  expect(await peer.status()).toBe(200);
}

let lastId = 0;

function request(method: string, parts: Partial<RequestParts> = {}): string {
  lastId += 1;
  return sipRequest(method, { id: `n${lastId}`, ...parts });
}

async function webSocket(url: string, protocol: string): Promise<WebSocket> {
  const socket = new WebSocket(url, protocol);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('no WebSocket')));
  });
  return socket;
}

function pass(forMs: number): void {
  clock.runUntil(clock.nowMs() + forMs, () => {});
}

async function all<T>(count: number, make: () => Promise<T>): Promise<readonly T[]> {
  return await Promise.all(Array.from({ length: count }, make));
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
