import { describe, expect, test } from 'vitest';
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from '../wire/message.ts';
import type { Flow, SipTransport } from './flow.ts';
import { makeResponse } from './response.ts';
import { TransactionLayer } from './transaction-layer.ts';

/*
 * Goal: messages find their transaction (RFC 3261 §17.1.3, §17.2.3), answers find their way back
 * (§18.2.2, RFC 3581), and nothing is left over. Method: one layer, a user that writes down what it is
 * told.
 */

describe('a server transaction', () => {
  test('a request is told once; when repeated, its last answer is repeated', () => {
    const { layer, sent, told } = newLayer();
    const request = incoming('OPTIONS', 'z9hG4bK-1');
    layer.receive(request, UDP, 0);
    layer.receive(request, UDP, 10);
    expect(told).toEqual(['request OPTIONS']);
    layer.respond(1, makeResponse(request, 200), 20);
    layer.receive(request, UDP, 30);
    expect(sent.map(brief)).toEqual(['200 OPTIONS', '200 OPTIONS']);
    layer.clock(layer.deadlineMs);
    expect(layer.size).toBe(0);
    expect(layer.deadlineMs).toBe(Number.POSITIVE_INFINITY);
  });

  test('an answer after the last one is not sent', () => {
    const { layer, sent } = newLayer();
    const request = incoming('INVITE', 'z9hG4bK-1');
    layer.receive(request, UDP, 0);
    expect(layer.respond(1, makeResponse(request, 486), 0)).toBe(true);
    expect(layer.respond(1, makeResponse(request, 200), 0)).toBe(false);
    expect(sent.map(brief)).toEqual(['486 INVITE']);
  });

  test('the ACK to a failure ends with the layer, the ACK to a 2xx is told', () => {
    const { layer, told } = newLayer();
    const failed = incoming('INVITE', 'z9hG4bK-1');
    layer.receive(failed, UDP, 0);
    layer.respond(1, makeResponse(failed, 486), 0);
    layer.receive({ ...failed, method: 'ACK' }, UDP, 0);
    layer.receive(incoming('ACK', 'z9hG4bK-2'), UDP, 0);
    expect(told).toEqual(['request INVITE', 'ack']);
  });

  test('CANCEL finds its INVITE by branch, whoever sent others in between', () => {
    const { layer, told } = newLayer();
    layer.receive(incoming('INVITE', 'z9hG4bK-1'), UDP, 0);
    layer.receive(incoming('INVITE', 'z9hG4bK-2'), UDP, 0);
    layer.receive(incoming('CANCEL', 'z9hG4bK-2'), UDP, 0);
    layer.receive(incoming('CANCEL', 'z9hG4bK-3'), UDP, 0);
    expect(told.slice(2)).toEqual(['request CANCEL of 2', 'request CANCEL']);
  });

  test.each([
    ['another host', 'z9hG4bK-1', '192.0.2.9:5060', 2],
    ['the usual port, written or not', 'z9hG4bK-1', '192.0.2.1', 1],
    ['another branch', 'z9hG4bK-2', '192.0.2.1:5060', 2],
  ])('is the same for the same branch and sender: %s', (_, branch, sentBy, count) => {
    const { layer, told } = newLayer();
    layer.receive(incoming('OPTIONS', 'z9hG4bK-1'), UDP, 0);
    layer.receive(incoming('OPTIONS', branch, sentBy), UDP, 0);
    expect(told).toHaveLength(count);
  });

  test.each(['', 'z9hG4bK', 'old'])('a branch "%s" tells nothing: CSeq does', (branch) => {
    const { layer, told } = newLayer();
    const request = incoming('OPTIONS', branch);
    layer.receive(request, UDP, 0);
    layer.receive(request, UDP, 0);
    layer.receive({ ...request, headers: request.headers.with('CSeq', '2 OPTIONS') }, UDP, 0);
    expect(told).toHaveLength(2);
  });

  test('100 is sent by itself after 200 ms, not earlier, not after another answer', () => {
    const { layer, sent } = newLayer();
    layer.receive(incoming('INVITE', 'z9hG4bK-1'), TCP, 0);
    layer.clock(199);
    expect(sent).toEqual([]);
    layer.clock(200);
    expect(sent.map(brief)).toEqual(['100 INVITE']);
    layer.clock(60_000);
    expect(sent).toHaveLength(1);
  });

  test('past its bound: 503, and no more is remembered', () => {
    const { layer, sent, told } = newLayer(2);
    for (const n of [1, 2, 3]) layer.receive(incoming('OPTIONS', `z9hG4bK-${n}`), UDP, 0);
    expect(told).toHaveLength(2);
    expect(sent.map(brief)).toEqual(['503 OPTIONS']);
    expect((sent[0] as SipResponse).headers.get('Retry-After')).toBe('10');
    expect(layer.size).toBe(2);
  });
});

describe('the way back', () => {
  test.each([
    ['192.0.2.1:5060;branch=z9hG4bK-1', ';branch=z9hG4bK-1', { port: 5060 }],
    ['192.0.2.1:5060;branch=z9hG4bK-1;rport', ';rport=40000;received=192.0.2.1', undefined],
    ['10.0.0.1:5070;branch=z9hG4bK-1', ';received=192.0.2.1', { port: 5070 }],
    ['10.0.0.1;branch=z9hG4bK-1;received=198.51.100.6', ';received=192.0.2.1', { port: 5060 }],
  ])('%s', (via, noted, remote) => {
    const { layer, remotes, sent } = newLayer();
    const request = incoming('OPTIONS', '', via);
    const fixed = { ...request, headers: request.headers.with('Via', `SIP/2.0/UDP ${via}`) };
    const flow = { ...UDP, remote: { host: '192.0.2.1', port: 40_000 } };
    layer.receive(fixed, flow, 0);
    layer.respond(1, makeResponse(layer.requestOf(1) ?? fixed, 200), 0);
    expect(sent[0]?.headers.get('Via')).toContain(noted);
    expect(sent[0]?.headers.get('Via')).not.toContain('198.51.100.6');
    expect(remotes[0]).toEqual(remote && { host: '192.0.2.1', ...remote });
  });

  test('only the topmost Via of a list is changed', () => {
    const { layer } = newLayer();
    const via =
      'SIP/2.0/UDP 10.0.0.1;branch=z9hG4bK-1;rport, SIP/2.0/UDP 10.0.0.2;branch=z9hG4bK-0';
    const request = incoming('OPTIONS', '');
    layer.receive({ ...request, headers: request.headers.with('Via', via) }, UDP, 0);
    const noted = layer.requestOf(1)?.headers.get('Via') ?? '';
    expect(noted).toMatch(/received=192\.0\.2\.1, SIP\/2\.0\/UDP 10\.0\.0\.2;branch=z9hG4bK-0$/);
  });
});

describe('a client transaction', () => {
  test('is sent with our Via and repeated until it is answered', () => {
    const { layer, sent, told } = newLayer();
    const id = layer.request(outgoing('OPTIONS'), { flow: UDP }, 0);
    layer.clock(500);
    layer.clock(1500);
    expect(sent).toHaveLength(3);
    expect(sent[0]?.headers.get('Via')).toBe('SIP/2.0/UDP 192.0.2.7:5060;branch=z9hG4bKt1;rport');
    layer.receive(answerTo(sent[0], 200), UDP, 1600);
    layer.receive(answerTo(sent[0], 200), UDP, 1700);
    layer.clock(60_000);
    expect(sent).toHaveLength(3);
    expect(told).toEqual([`response ${id} 200`]);
    expect(layer.size).toBe(0);
  });

  test('without an answer it fails once', () => {
    const { layer, told } = newLayer();
    const id = layer.request(outgoing('OPTIONS'), { flow: UDP }, 0);
    for (let now = 0; now < 40_000; now += 100) layer.clock(now);
    expect(told).toEqual([`failure ${id} timeout`]);
    expect(layer.size).toBe(0);
  });

  test('a failure of an INVITE is acknowledged on the same way, and again when repeated', () => {
    const { layer, sent, told } = newLayer();
    const id = layer.request(outgoing('INVITE'), { flow: UDP }, 0);
    const invite = sent[0];
    layer.receive(answerTo(invite, 486), UDP, 10);
    layer.receive(answerTo(invite, 486), UDP, 20);
    expect(sent.map(brief)).toEqual(['INVITE', 'ACK', 'ACK']);
    const ack = sent[1] as SipRequest;
    expect(ack.headers.get('Via')).toBe(invite?.headers.get('Via'));
    expect(ack.headers.get('To')).toBe('<sip:b@b>;tag=peer');
    expect(ack.headers.get('CSeq')).toBe('1 ACK');
    expect(ack.headers.all('Route')).toEqual(['<sip:p1;lr>']);
    expect(told).toEqual([`response ${id} 486`]);
  });

  test('a 2xx of an INVITE is told, then acknowledged whenever it comes; one of a fork is told', () => {
    const { layer, sent, told } = newLayer();
    const id = layer.request(outgoing('INVITE'), { flow: UDP }, 0);
    const ok = answerTo(sent[0], 200);
    layer.receive(ok, UDP, 10);
    const ack = outgoing('ACK');
    const to = '<sip:b@b>;tag=peer';
    layer.acknowledge(id, { ...ack, headers: ack.headers.with('To', to) }, { flow: UDP }, 10);
    layer.receive(ok, UDP, 600);
    const fork = { ...ok, headers: ok.headers.with('To', '<sip:b@b>;tag=fork') };
    layer.receive(fork, UDP, 700);
    expect(sent.map(brief)).toEqual(['INVITE', 'ACK', 'ACK']);
    expect(sent[1]).toEqual(sent[2]);
    expect(told).toEqual([`response ${id} 200`, `response ${id} 200`]);
    layer.clock(40_000);
    expect(layer.size).toBe(0);
  });

  test('CANCEL goes out only after a provisional response, with the branch of its INVITE', () => {
    const { layer, sent } = newLayer();
    const id = layer.request(outgoing('INVITE'), { flow: UDP }, 0);
    layer.cancel(id, [], 0);
    expect(sent).toHaveLength(1);
    layer.receive(answerTo(sent[0], 180), UDP, 10);
    layer.cancel(id, [['Reason', 'Q.850;cause=16']], 20);
    const cancel = sent[1] as SipRequest;
    expect([cancel.method, cancel.headers.get('CSeq')]).toEqual(['CANCEL', '1 CANCEL']);
    expect(cancel.headers.get('Via')).toBe(sent[0]?.headers.get('Via'));
    expect(cancel.headers.get('Reason')).toBe('Q.850;cause=16');
  });

  test('to a URI: the way is asked for; found, unreachable, or not answered', () => {
    const { layer, sent, told } = newLayer();
    const ids = [1, 2, 3].map(() => layer.request(outgoing('OPTIONS'), { uri: 'sip:b' }, 0));
    expect(told).toEqual(ids.map((id) => `connect ${id} sip:b`));
    layer.connected(1, TCP, 10);
    layer.unreachable(2, 10);
    layer.clock(32_000);
    expect(sent.map(brief)).toEqual(['OPTIONS']);
    expect(sent[0]?.headers.get('Via')).toContain('SIP/2.0/TCP');
    expect(told.slice(3).sort()).toEqual(['failure 2 transport-error', 'failure 3 timeout']);
    layer.clock(42_010);
    expect(told.at(-1)).toBe('failure 1 timeout');
    expect(layer.size).toBe(0);
  });

  test('an answer that nobody waits for is dropped', () => {
    const { layer, sent, told } = newLayer();
    layer.request(outgoing('OPTIONS'), { flow: UDP }, 0);
    const stray = answerTo(sent[0], 200);
    const via = 'SIP/2.0/UDP 192.0.2.7;branch=z9hG4bKother';
    layer.receive({ ...stray, headers: stray.headers.with('Via', via) }, UDP, 0);
    layer.receive({ ...stray, headers: stray.headers.with('CSeq', '1 INVITE') }, UDP, 0);
    layer.receive({ ...stray, headers: stray.headers.without('Via') }, UDP, 0);
    expect(told).toEqual([]);
  });
});

test('a closed flow takes its transactions along, and no others', () => {
  const { layer, told } = newLayer();
  layer.receive(incoming('INVITE', 'z9hG4bK-1'), TCP, 0);
  layer.request(outgoing('OPTIONS'), { flow: TCP }, 0);
  layer.request(outgoing('OPTIONS'), { flow: UDP }, 0);
  layer.flowClosed(TCP.id, 10);
  expect(told).toEqual([
    'request INVITE',
    'failure 1 transport-error',
    'failure 2 transport-error',
  ]);
  expect(layer.size).toBe(1);
});

const UDP: Flow = flowOf('udp');
const TCP: Flow = flowOf('tcp');

function flowOf(transport: SipTransport): Flow {
  const remote = { host: '192.0.2.1', port: 5060 };
  return { id: transport, transport, remote, local: { host: '192.0.2.7', port: 5060 } };
}

function newLayer(max = 100) {
  const sent: SipMessage[] = [];
  const remotes: unknown[] = [];
  const told: string[] = [];
  let tokens = 0;
  let ids = 0;
  const options = {
    token: () => `t${++tokens}`,
    nextId: () => ++ids,
    addressOf: () => ({ sentBy: '192.0.2.7:5060', contact: 'sip:192.0.2.7' }),
    max,
  };
  const layer = new TransactionLayer(options, {
    send: (message, _flow, remote) => {
      sent.push(message);
      remotes.push(remote);
    },
    connect: (id, uri) => told.push(`connect ${id} ${uri}`),
    onRequest: ({ method }, { cancelled }) =>
      told.push(`request ${method}${cancelled ? ` of ${cancelled}` : ''}`),
    onAck: () => told.push('ack'),
    onResponse: (id, { status }) => told.push(`response ${id} ${status}`),
    onFailure: (id, failure) => told.push(`failure ${id} ${failure}`),
    onGone: () => {},
    complete: (request) => request,
  });
  return { layer, sent, remotes, told };
}

function incoming(method: string, branch: string, sentBy = '192.0.2.1:5060'): SipRequest {
  const parameter = branch === '' ? '' : `;branch=${branch}`;
  const headers = Headers.of([
    ['Via', `SIP/2.0/UDP ${sentBy}${parameter}`],
    ['From', '<sip:a@a>;tag=1'],
    ['To', '<sip:b@b>'],
    ['Call-ID', 'call'],
    ['CSeq', `1 ${method}`],
  ]);
  return { type: 'request', method, uri: 'sip:b@b', headers, body: NO_BODY };
}

function outgoing(method: string): SipRequest {
  const request = incoming(method, '');
  return { ...request, headers: request.headers.without('Via').append('Route', '<sip:p1;lr>') };
}

function answerTo(message: SipMessage | undefined, status: number): SipResponse {
  if (message?.type !== 'request') throw new Error('no request was sent');
  return makeResponse(message, status, { toTag: 'peer' });
}

function brief(message: SipMessage): string {
  if (message.type === 'request') return message.method;
  return `${message.status} ${message.headers.get('CSeq')?.split(' ')[1]}`;
}
