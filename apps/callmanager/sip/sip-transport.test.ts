import { fail, ok } from '@conclave/base';
import type { Connection, ResolvedTarget, StreamHandlers } from '@conclave/net';
import { type Flow, formatMessage, Headers, NO_BODY, type SipRequest } from '@conclave/sip';
import { SimClock } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { IDLE_MS, MESSAGE_TIMEOUT_MS } from './sip-connection.ts';
import { SipTransportLayer, targetOf, UDP_REQUEST_MAX_BYTES } from './sip-transport.ts';

/*
 * Goal: messages find their flows, and what one peer does costs that peer alone.
 * Method: connections, datagrams, names and time are simulated; the codec is the real one.
 */

const OPTIONS = request('OPTIONS');
const BYTES = formatMessage(OPTIONS);

describe('a connection', () => {
  test('gives its messages with its flow, however the stream is cut', () => {
    const world = new World();
    const wire = world.connect('tls');
    const half = Math.floor(BYTES.length / 2);
    wire.say(BYTES.subarray(0, half));
    expect(world.heard).toEqual([]);
    wire.say(new Uint8Array([...BYTES.subarray(half), ...BYTES]));
    expect(world.heard).toEqual(['OPTIONS on tls:1', 'OPTIONS on tls:1']);
    expect(world.flow('tls:1')).toMatchObject({
      transport: 'tls',
      remote: { host: '192.0.2.7', port: 40_000 },
      local: { host: '192.0.2.1', port: 5061 },
    });
  });

  test('that pings gets a pong (RFC 5626 §3.5.1)', () => {
    const world = new World();
    const wire = world.connect('tcp');
    wire.say(Buffer.from('\r\n\r\n'));
    expect(wire.sent).toEqual(['\r\n']);
    expect(wire.ended).toBeUndefined();
  });

  test('of a WebSocket has a message in each frame, without Content-Length if it likes', () => {
    const world = new World();
    const wire = world.connect('ws');
    wire.say(
      Buffer.from(
        Buffer.from(BYTES)
          .toString()
          .replace(/Content-Length.*\r\n/, ''),
      ),
    );
    wire.say(Buffer.from('\r\n\r\n'));
    wire.say(formatMessage(OPTIONS));
    expect(world.heard).toEqual(['OPTIONS on ws:1', 'OPTIONS on ws:1']);
    expect(wire.sent).toEqual(['\r\n']);
  });

  test('that sends what cannot be read is closed, after the answer; others go on', () => {
    const world = new World();
    const [bad, good] = [world.connect('tcp'), world.connect('tcp')];
    bad.say(BYTES);
    good.say(BYTES);
    world.answer = true;
    bad.say(Buffer.from(`${Buffer.from(BYTES).toString().replace('SIP/2.0\r', 'SIP/3.0\r')}`));
    expect(bad.sent.join()).toMatch(/^SIP\/2.0 505 /);
    expect(bad.ended).toMatch(/malformed/);
    expect(world.closed).toEqual(['tcp:1']);
    bad.say(BYTES);
    good.say(BYTES);
    expect(world.heard).toEqual(['OPTIONS on tcp:1', 'OPTIONS on tcp:2', 'OPTIONS on tcp:2']);
  });

  test.each(['', 'INVITE sip:a@b SIP/2.0\r\n'])('that only says %j is closed in time', (text) => {
    const world = new World();
    const wire = world.connect('tcp');
    wire.say(Buffer.from(text));
    world.pass(MESSAGE_TIMEOUT_MS - 1);
    expect(wire.ended).toBeUndefined();
    world.pass(1);
    expect(wire.ended).toBe('no whole message in time');
    expect(world.closed).toEqual(['tcp:1']);
  });

  test('that dribbles a message does not buy time with each byte', () => {
    const world = new World();
    const wire = world.connect('tcp');
    wire.say(BYTES);
    for (const byte of BYTES.subarray(0, 20)) {
      wire.say(new Uint8Array([byte]));
      world.pass(MESSAGE_TIMEOUT_MS / 10);
    }
    expect(wire.ended).toBe('no whole message in time');
  });

  test('that is silent after its message is kept for longer than a registration lasts', () => {
    const world = new World();
    const wire = world.connect('tcp');
    wire.say(BYTES);
    world.pass(3_600_000);
    expect(wire.ended).toBeUndefined();
    wire.say(Buffer.from('\r\n\r\n'));
    world.pass(IDLE_MS - 1);
    expect(wire.ended).toBeUndefined();
    world.pass(1);
    expect(wire.ended).toBe('silent for too long');
  });

  test('whose source sends too much is closed, and told of once', () => {
    const world = new World({ messagesPerSecondMax: 3 });
    const [first, second] = [world.connect('tcp'), world.connect('tcp')];
    for (let count = 0; count < 3; count += 1) first.say(BYTES);
    expect(first.ended).toBeUndefined();
    first.say(BYTES);
    second.say(BYTES);
    expect([first.ended, second.ended]).toEqual(['too many messages', 'too many messages']);
    expect(world.floods).toEqual(['tcp:1']);
    expect(world.layer.counts.flooded).toBe(2);
    // A second later, and at another address at once, there is room.
    world.pass(1_000);
    world.connect('tcp').say(BYTES);
    expect(world.heard).toHaveLength(4);
  });
});

describe('datagrams', () => {
  const from = { address: '192.0.2.9', port: 5062 };

  test('are answered to where they came from, or where the user agent says (RFC 3581)', () => {
    const world = new World();
    world.layer.datagram(BYTES, from);
    const flow = world.flow('udp:192.0.2.9:5062');
    expect(flow.local).toEqual({ host: '192.0.2.1', port: 5060 });
    world.layer.send(OPTIONS, flow);
    world.layer.send(OPTIONS, flow, { host: '192.0.2.8', port: 5070 });
    world.layer.send(OPTIONS, flow, { host: '192.0.2.8', port: 0 });
    expect(world.datagrams).toEqual(['192.0.2.9:5062', '192.0.2.8:5070']);
  });

  test('that cannot be read, or answered, are dropped and counted', () => {
    const world = new World();
    world.layer.datagram(Buffer.from('OPTIONS sip:a@b SIP/2.0\r\n'), from);
    world.layer.datagram(BYTES, { ...from, port: 0 });
    world.layer.datagram(Buffer.from('\r\n\r\n'), from);
    expect(world.heard).toEqual([]);
    expect(world.layer.counts.malformed).toBe(1);
  });

  test('over the bound of their source are dropped; other sources are heard', () => {
    const world = new World({ messagesPerSecondMax: 2 });
    for (let count = 0; count < 10; count += 1) world.layer.datagram(BYTES, from);
    world.layer.datagram(BYTES, { ...from, address: '192.0.2.10' });
    expect(world.heard).toHaveLength(3);
    expect(world.floods).toHaveLength(1);
    expect(world.layer.counts.flooded).toBe(8);
  });
});

describe('a request that is too large for UDP (RFC 3261 §18.1.1)', () => {
  const large: SipRequest = { ...OPTIONS, body: new Uint8Array(UDP_REQUEST_MAX_BYTES) };

  test('goes over TCP, and its Via says so', async () => {
    const world = new World();
    const flow = await world.flowTo('sip:192.0.2.9:5062');
    world.layer.send(large, flow);
    world.layer.send(large, flow);
    await settle();
    expect(world.datagrams).toEqual([]);
    const [wire] = world.dialled;
    expect(wire?.sent).toHaveLength(1);
    expect(wire?.sent[0]).toContain('Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\n');
  });

  test('goes over UDP all the same to a peer without TCP, which is not asked again', async () => {
    const world = new World();
    world.unreachable = true;
    const flow = await world.flowTo('sip:192.0.2.9:5062');
    world.layer.send(large, flow);
    await settle();
    world.layer.send(large, flow);
    await settle();
    expect(world.datagrams).toEqual(['192.0.2.9:5062', '192.0.2.9:5062']);
    expect(world.asked).toEqual(['tcp 192.0.2.9:5062']);
  });
});

describe('connect', () => {
  test('uses the connection that a phone has opened itself', async () => {
    const world = new World();
    world.connect('tls');
    const flow = await world.flowTo('sip:x@192.0.2.7:40000;transport=tls');
    expect(flow.id).toBe('tls:1');
    expect(world.asked).toEqual([]);
  });

  test('opens one connection for all who want it at once', async () => {
    const world = new World();
    const flows = await Promise.all(
      [1, 2, 3].map(() => world.flowTo('sip:192.0.2.9;transport=tcp')),
    );
    expect(new Set(flows.map(({ id }) => id)).size).toBe(1);
    expect(world.asked).toEqual(['tcp 192.0.2.9:5060']);
    // Whom we have called needs time to answer: it is not a silent client.
    world.pass(2 * MESSAGE_TIMEOUT_MS);
    expect(world.dialled[0]?.ended).toBeUndefined();
  });

  test('over TLS does not take a server of one name for another (RFC 5923 §9)', async () => {
    const world = new World();
    world.names = { 'one.example': '192.0.2.9', 'two.example': '192.0.2.9' };
    const one = await world.flowTo('sips:one.example');
    const again = await world.flowTo('sips:bob@one.example');
    const two = await world.flowTo('sips:two.example');
    expect(again.id).toBe(one.id);
    expect(two.id).not.toBe(one.id);
    expect(world.dialNames).toEqual(['one.example', 'two.example']);
  });

  test('says why there is no way', async () => {
    const world = new World();
    world.unreachable = true;
    expect(await world.layer.connect('tel:+431')).toMatchObject({ ok: false, error: 'bad-uri' });
    expect(await world.layer.connect('sip:none.example')).toMatchObject({ error: 'no-target' });
    expect(await world.layer.connect('sip:192.0.2.9;transport=tcp')).toMatchObject({
      error: 'unreachable',
    });
  });

  test('a lost connection is told once, and the next request opens another', async () => {
    const world = new World();
    const flow = await world.flowTo('sip:192.0.2.9;transport=tcp');
    world.dialled[0]?.lose('ECONNRESET');
    expect(world.closed).toEqual([flow.id]);
    world.layer.send(OPTIONS, flow);
    expect((await world.flowTo('sip:192.0.2.9;transport=tcp')).id).not.toBe(flow.id);
  });
});

test('closing ends every connection, and nothing is heard after it', async () => {
  const world = new World();
  const wire = world.connect('tcp');
  world.layer.close('enough');
  wire.say(BYTES);
  world.layer.datagram(BYTES, { address: '192.0.2.9', port: 5062 });
  expect(world.heard).toEqual([]);
  expect(world.closed).toEqual(['tcp:1']);
  expect(world.layer.connections).toBe(0);
});

test.each([
  ['sip:a@h', { host: 'h' }],
  ['sips:a@h:5071', { host: 'h', port: 5071, sips: true }],
  ['sip:h;transport=TCP', { host: 'h', transport: 'tcp' }],
  ['sip:h;maddr=192.0.2.1', { host: '192.0.2.1' }],
  ['sip:h;transport=ws', undefined],
  ['mailto:a@h', undefined],
])('%s leads to %j', (uri, target) => {
  expect(targetOf(uri)).toEqual(target);
});

/** A peer and its connection, seen from the peer. */
class Wire {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress = '192.0.2.1';
  readonly proof = undefined;
  readonly transport: never;
  readonly sent: string[] = [];
  ended: string | undefined;
  #handlers: StreamHandlers | undefined;

  constructor(transport: string, remoteAddress: string, remotePort: number) {
    this.transport = transport as never;
    this.remoteAddress = remoteAddress;
    this.remotePort = remotePort;
  }

  open(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array): void {
    this.sent.push(Buffer.from(bytes).toString());
  }

  end(reason: string): void {
    this.ended = reason;
  }

  destroy(reason: string): void {
    this.end(reason);
  }

  say(bytes: Uint8Array): void {
    this.#handlers?.onData(bytes);
  }

  lose(reason: string): void {
    this.#handlers?.onClose(reason);
  }
}

class World {
  readonly clock = new SimClock(1_000_000);
  readonly heard: string[] = [];
  readonly closed: string[] = [];
  readonly floods: string[] = [];
  readonly datagrams: string[] = [];
  readonly dialled: Wire[] = [];
  readonly asked: string[] = [];
  readonly dialNames: string[] = [];
  readonly layer: SipTransportLayer;
  readonly #flows = new Map<string, Flow>();
  names: Record<string, string> = {};
  unreachable = false;
  answer = false;
  #port = 40_000;

  constructor(options: { readonly messagesPerSecondMax?: number } = {}) {
    this.layer = new SipTransportLayer({
      clock: this.clock,
      handlers: {
        onMessage: (message, flow) => {
          this.#flows.set(flow.id, flow);
          const what = message.type === 'request' ? message.method : message.status;
          this.heard.push(`${what} on ${flow.id}`);
        },
        onFlowClosed: (id) => this.closed.push(id),
        onFlood: (flow) => this.floods.push(flow.id),
        onMalformed: (flow, _, refused) => {
          if (!this.answer || !refused) return;
          const { status, reason, request: of } = refused;
          const answer = { type: 'response', status, reason, headers: of.headers } as const;
          this.layer.send({ ...answer, body: NO_BODY }, flow);
        },
      },
      ports: { udp: 5060, tcp: 5060, tls: 5061 },
      sendDatagram: (_, port, address) => this.datagrams.push(`${address}:${port}`),
      localAddressFor: () => '192.0.2.1',
      dial: (to, name) => {
        this.asked.push(`${to.transport} ${to.address}:${to.port}`);
        this.dialNames.push(name);
        if (this.unreachable) return Promise.reject(new Error('no'));
        const wire = new Wire(to.transport, to.address, to.port);
        this.dialled.push(wire);
        return Promise.resolve(wire as Connection);
      },
      resolve: ({ host, port, transport, sips }) => {
        const address = this.names[host] ?? (/^[\d.]+$/.test(host) ? host : undefined);
        if (address === undefined) return Promise.resolve(fail('no-target'));
        const wanted = sips === true ? 'tls' : (transport ?? 'udp');
        const usual = wanted === 'tls' ? 5061 : 5060;
        const place: ResolvedTarget = { address, port: port ?? usual, transport: wanted };
        return Promise.resolve(ok([place]));
      },
      ...options,
    });
  }

  /** A peer connects to us. */
  connect(transport: 'tcp' | 'tls' | 'ws'): Wire {
    const wire = new Wire(transport, '192.0.2.7', this.#port++);
    this.layer.accept(wire);
    return wire;
  }

  pass(ms: number): void {
    this.clock.runUntil(this.clock.nowMs() + ms, () => {});
  }

  async flowTo(uri: string): Promise<Flow> {
    const result = await this.layer.connect(uri);
    if (!result.ok) throw new Error(result.error);
    return result.value;
  }

  flow(id: string): Flow {
    const flow = this.#flows.get(id);
    if (!flow) throw new Error(`nothing was heard on ${id}`);
    return flow;
  }
}

function request(method: string): SipRequest {
  return {
    type: 'request',
    method,
    uri: 'sip:192.0.2.1',
    headers: Headers.of([
      ['Via', 'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1'],
      ['Max-Forwards', '70'],
      ['From', '<sip:a@example.com>;tag=1'],
      ['To', '<sip:b@example.com>'],
      ['Call-ID', '1@example.com'],
      ['CSeq', `1 ${method}`],
    ]),
    body: NO_BODY,
  };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}
