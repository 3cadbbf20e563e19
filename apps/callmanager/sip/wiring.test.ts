import { createSocket } from 'node:dgram';
import { connect as connectTls } from 'node:tls';
import { dial, SYSTEM_CLOCK, type TlsIdentity } from '@conclave/net';
import { createAuthority, issueLeaf } from '@conclave/pki';
import { formatMessage, Headers, NO_BODY, type SipRequest } from '@conclave/sip';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { openSipSockets, type SipSockets } from './wiring.ts';

/* Goal: with real sockets, a request that comes on any transport is answered on the same flow. */

const HOST = '127.0.0.1';
let identity: TlsIdentity;
const open: SipSockets[] = [];

beforeAll(async () => {
  const ours = await createAuthority('Conclave private CA', new Date());
  const leaf = await issueLeaf(ours, {
    commonName: 'CallManager',
    alternativeNames: [HOST],
    notBefore: new Date(),
  });
  identity = { ...leaf, trust: [ours.certificate] };
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((sockets) => sockets.close()));
});

test('UDP and TCP have one port', async () => {
  const { ports } = await echoing();
  expect(ports.udp).toBe(ports.tcp);
  expect(new Set(Object.values(ports)).size).toBe(4);
});

test('over UDP', async () => {
  const { ports } = await echoing();
  const socket = createSocket('udp4');
  const answer = new Promise<string>((resolve) => {
    socket.once('message', (packet) => resolve(packet.toString()));
  });
  socket.send(REQUEST, ports.udp, HOST);
  expect(await answer).toMatch(/^SIP\/2.0 200 udp\r\n/);
  socket.close();
});

test('over TCP', async () => {
  const { ports } = await echoing();
  const connection = await dial({ host: HOST, port: ports.tcp });
  const answer = new Promise<string>((resolve) => {
    connection.open({ onData: (chunk) => resolve(String(chunk)), onClose: () => {} });
  });
  connection.send(REQUEST);
  expect(await answer).toMatch(/^SIP\/2.0 200 tcp\r\n/);
});

test('over TLS without a certificate, which is what its proof says', async () => {
  const { ports } = await echoing();
  const socket = connectTls({ host: HOST, port: ports.tls, ca: [...identity.trust] });
  const answer = new Promise<string>((resolve) => {
    socket.once('data', (chunk) => resolve(chunk.toString()));
  });
  socket.write(REQUEST);
  expect(await answer).toMatch(/^SIP\/2.0 200 tls nobody\r\n/);
  socket.destroy();
});

test('over WebSocket', async () => {
  const { ports } = await echoing();
  const socket = new WebSocket(`ws://${HOST}:${ports.ws}`, 'sip');
  const answer = new Promise<string>((resolve) => {
    socket.onmessage = ({ data }) => resolve(String(data));
  });
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  socket.send(REQUEST);
  expect(await answer).toMatch(/^SIP\/2.0 200 ws\r\n/);
  socket.close();
});

test('one call manager calls another over TLS, and each knows the other', async () => {
  const [one, two] = [await echoing(), await echoing()];
  const flow = await one.transport.connect(`sips:${HOST}:${two.ports.tls}`);
  expect(flow).toMatchObject({ ok: true, value: { transport: 'tls' } });
  if (!flow.ok) return;
  expect(one.transport.proofOf(flow.value.id)?.authorized).toBe(true);
  one.transport.send(request(), flow.value);
  expect(await one.answer).toBe('200 tls CallManager');
});

const REQUEST = formatMessage(request());

interface Echoing extends SipSockets {
  /** The first response that comes. */
  readonly answer: Promise<string>;
}

/** Answers every request with 200, its transport, and whom TLS proved. */
async function echoing(): Promise<Echoing> {
  const answer = Promise.withResolvers<string>();
  const sockets = await openSipSockets({
    host: HOST,
    ...{ port: 0, tlsPort: 0, wsPort: 0, wssPort: 0 },
    identity,
    clock: SYSTEM_CLOCK,
    random: () => 0,
    handlers: {
      onMessage: (message, flow) => {
        if (message.type === 'response') {
          answer.resolve(`${message.status} ${message.reason}`);
          return;
        }
        const proof = sockets.transport.proofOf(flow.id);
        const who = proof && ` ${proof.certificate?.subject.CN ?? 'nobody'}`;
        const reason = `${flow.transport}${who ?? ''}`;
        const { headers } = message;
        const response = { type: 'response', status: 200, reason, headers, body: NO_BODY } as const;
        sockets.transport.send(response, flow);
      },
      onFlowClosed: () => {},
      onMalformed: () => {},
      onFlood: () => {},
    },
    onHandshakeError: () => {},
    onTooMany: () => {},
  });
  open.push(sockets);
  return { ...sockets, answer: answer.promise };
}

function request(): SipRequest {
  return {
    type: 'request',
    method: 'OPTIONS',
    uri: `sip:${HOST}`,
    headers: Headers.of([
      ['Via', `SIP/2.0/TCP ${HOST};branch=z9hG4bK1`],
      ['Max-Forwards', '70'],
      ['From', '<sip:a@example.com>;tag=1'],
      ['To', '<sip:b@example.com>'],
      ['Call-ID', '1@example.com'],
      ['CSeq', '1 OPTIONS'],
    ]),
    body: NO_BODY,
  };
}
