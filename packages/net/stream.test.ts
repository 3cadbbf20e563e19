import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { dial, type StreamConnection, StreamListener, UNSENT_MAX } from './index.ts';

/* Goal: connections deliver bytes, end once, and a peer that never reads is cut off. */

test('bytes arrive both ways and both ends learn of the end once', async () => {
  const ended: string[] = [];
  const served = Promise.withResolvers<StreamConnection>();
  const listener = new StreamListener({
    port: 0,
    host: '127.0.0.1',
    onConnection: (connection) => served.resolve(connection),
  });
  const port = await listener.listen();
  const client = await dial({ host: '127.0.0.1', port });
  const server = await served.promise;
  const got = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  server.open({
    onData: (chunk) => server.send(chunk),
    onClose: (reason) => ended.push(`server: ${reason}`),
  });
  client.open({
    onData: (chunk) => got.resolve(Buffer.from(chunk).toString()),
    onClose: () => {
      ended.push('client');
      closed.resolve();
    },
  });
  client.send(Buffer.from('hello'));
  expect(await got.promise).toBe('hello');
  server.end('enough');
  await closed.promise;
  await listener.close();
  expect(ended.filter((each) => each === 'client')).toHaveLength(1);
  expect(server.transport).toBe('tcp');
  expect(server.remoteAddress).toBe('127.0.0.1');
});

test('a peer that never reads is cut off when too much waits for it', async () => {
  const served = Promise.withResolvers<StreamConnection>();
  const listener = new StreamListener({
    port: 0,
    host: '127.0.0.1',
    onConnection: (connection) => served.resolve(connection),
  });
  const port = await listener.listen();
  const deaf = connect({ host: '127.0.0.1', port });
  deaf.on('error', () => {});
  deaf.pause();
  const server = await served.promise;
  const closed = Promise.withResolvers<string>();
  server.open({ onData: () => {}, onClose: (reason) => closed.resolve(reason) });
  const chunk = new Uint8Array(UNSENT_MAX / 4);
  let ended = false;
  void closed.promise.then(() => {
    ended = true;
  });
  for (let count = 0; count < 1_000 && !ended; count += 1) {
    server.send(chunk);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await closed.promise).toBe('the peer does not read');
  deaf.destroy();
  await listener.close();
});
