import { connect } from 'node:net';
import { createAuthority, issueLeaf } from '@conclave/pki';
import { afterEach, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { TlsIdentity } from './socket-listener.ts';
import { type WebSocketConnection, WebSocketListener } from './web-socket-listener.ts';

/* Goal: messages arrive whole both ways, and who does not keep to the rules is cut off. */

const MESSAGE_MAX_BYTES = 1_000;
const listeners: WebSocketListener[] = [];

afterEach(async () => {
  await Promise.all(listeners.splice(0).map((listener) => listener.close()));
});

test('a message is one chunk, as text when it is text (RFC 7118 §5)', async () => {
  const { port, served } = await serve();
  const client = new WebSocket(`ws://127.0.0.1:${port}`, 'sip');
  const answers: [string, boolean][] = [];
  const answered = Promise.withResolvers<void>();
  client.on('message', (data, isBinary) => {
    answers.push([data.toString('latin1' as never), isBinary]);
    if (answers.length === 2) answered.resolve();
  });
  await new Promise((resolve) => client.once('open', resolve));
  client.send('one');
  client.send(Buffer.from([0x80, 0x34]));
  const server = await served;
  const chunks: string[] = [];
  server.open({
    onData: (chunk) => {
      chunks.push(Buffer.from(chunk).toString('latin1'));
      server.send(chunk);
    },
    onClose: () => {},
  });
  await answered.promise;
  expect(chunks).toEqual(['one', '\x80\x34']);
  expect(answers.map(([, isBinary]) => isBinary)).toEqual([false, true]);
  expect(client.protocol).toBe('sip');
  expect(server.transport).toBe('ws');
  expect(server.remoteAddress).toBe('127.0.0.1');
});

test('the end is told once, at both sides', async () => {
  const { port, served } = await serve();
  const client = new WebSocket(`ws://127.0.0.1:${port}`, 'sip');
  const clientClosed = new Promise((resolve) => client.once('close', resolve));
  const server = await served;
  const reasons: string[] = [];
  const closed = new Promise<void>((resolve) => {
    server.open({
      onData: () => {},
      onClose: (reason) => {
        reasons.push(reason);
        resolve();
      },
    });
  });
  server.end('enough');
  await Promise.all([closed, clientClosed]);
  expect(reasons).toEqual(['enough']);
});

test('a client that does not offer the sub-protocol is refused (RFC 7118 §4.1)', async () => {
  const { port } = await serve();
  for (const offer of [[], ['xmpp']]) {
    const client = new WebSocket(`ws://127.0.0.1:${port}`, offer);
    const error = await new Promise<Error>((resolve) => client.once('error', resolve));
    expect(error.message).toContain('400');
  }
});

test('a message over the bound ends its connection', async () => {
  const { port, served } = await serve();
  const client = new WebSocket(`ws://127.0.0.1:${port}`, 'sip');
  const opened = new Promise((resolve) => client.once('open', resolve));
  const server = await served;
  const heard: unknown[] = [];
  const closed = new Promise<string>((resolve) => {
    server.open({ onData: (chunk) => heard.push(chunk), onClose: resolve });
  });
  const code = new Promise<number>((resolve) => client.once('close', resolve));
  await opened;
  client.send('x'.repeat(MESSAGE_MAX_BYTES + 1));
  expect(await code).toBe(1009);
  expect(await closed).toBe('WS_ERR_UNSUPPORTED_MESSAGE_LENGTH');
  expect(heard).toEqual([]);
});

test('what is no request for a WebSocket is answered and closed', async () => {
  const { port } = await serve();
  const ordinary = await fetch(`http://127.0.0.1:${port}/`);
  expect(ordinary.status).toBe(426);
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  socket.write('REGISTER sip:example.com SIP/2.0\r\n\r\n');
  socket.resume();
  await new Promise((resolve) => socket.once('close', resolve));
});

test('over TLS the connection says what was proved', async () => {
  const ours = await createAuthority('Conclave private CA', new Date());
  const identity = await issueLeaf(ours, { commonName: 'CallManager', notBefore: new Date() });
  const { port, served } = await serve({ ...identity, trust: [ours.certificate] });
  const client = new WebSocket(`wss://localhost:${port}`, 'sip', {
    ca: ours.certificate,
    rejectUnauthorized: false,
  });
  client.on('error', () => {});
  const server = await served;
  expect(server.transport).toBe('wss');
  // A browser has no certificate, and is let in all the same: digest is for others to ask.
  expect(server.proof?.certificate).toBeUndefined();
  expect(server.proof?.authorized).toBe(false);
});

interface Served {
  readonly port: number;
  readonly served: Promise<WebSocketConnection>;
}

async function serve(tls?: TlsIdentity): Promise<Served> {
  const served = Promise.withResolvers<WebSocketConnection>();
  const listener = new WebSocketListener({
    port: 0,
    host: '127.0.0.1',
    protocol: 'sip',
    ...(tls && { tls }),
    messageMaxBytes: MESSAGE_MAX_BYTES,
    onConnection: served.resolve,
  });
  listeners.push(listener);
  return { port: await listener.listen(), served: served.promise };
}
