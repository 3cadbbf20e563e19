import { connect, type Socket } from 'node:net';
import { expect, test } from 'vitest';
import { StreamListener } from './index.ts';

/* Goal: one source cannot have all the connections that there are. */

test('a source over its bound is closed unread, and may come again when one is gone', async () => {
  const refused: string[] = [];
  let accepted = Promise.withResolvers<void>();
  const listener = new StreamListener({
    port: 0,
    host: '127.0.0.1',
    connectionsPerSourceMax: 2,
    onConnection: (connection) => {
      connection.open({ onData: () => {}, onClose: () => {} });
      accepted.resolve();
    },
    onTooMany: (address) => refused.push(address),
  });
  const port = await listener.listen();
  const open = async (): Promise<Socket> => {
    accepted = Promise.withResolvers<void>();
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('error', () => {});
    const closed = new Promise((resolve) => socket.resume().once('close', resolve));
    await Promise.race([accepted.promise, closed]);
    return socket;
  };
  const first = await open();
  await open();
  const third = await open();
  expect(refused).toEqual(['127.0.0.1']);
  expect(third.destroyed).toBe(true);

  // The bound is on what is open, not on what ever was.
  first.destroy();
  let again = await open();
  while (again.destroyed) again = await open();
  expect(again.destroyed).toBe(false);
  await listener.close();
});
