import type { PhoneMediaKey, ReceiveRequest } from '@conclave/sccp';
import { afterEach, expect, test } from 'vitest';
import { PhoneMedia } from './media.ts';
import { PhoneAudio } from './phone-audio.ts';

/*
 * Goal: the streams of a phone by themselves: keys are wiped, ports are even, and a stream that is
 * closed while it is being opened stays closed. Method: real sockets, no signalling.
 */

const opened: PhoneMedia[] = [];

afterEach(() => {
  for (const media of opened.splice(0)) media.close();
});

test('the master key is wiped when its stream is open, in both directions', async () => {
  const media = newMedia();
  const [receive, transmit] = [newKey(), newKey()];
  await media.openReceive({ ...request(1), key: receive });
  media.startTransmit({ ...request(1), key: transmit, remote: { address: '127.0.0.1', port: 9 } });
  for (const { key, salt } of [receive, transmit]) {
    expect([...key, ...salt].every((byte) => byte === 0)).toBe(true);
  }
  expect(media.statisticsOf(7)).toMatchObject({ sent: 'srtp', received: 'srtp' });
});

test('a stream that is closed while its port is looked for is not opened', async () => {
  const media = newMedia();
  const opening = media.openReceive(request(1));
  media.closeReceive(request(1));
  expect(await opening).toBeUndefined();
  expect(media.statisticsOf(7)).toMatchObject({ sent: 'none', received: 'none' });
});

test('of two openings of one stream the later one counts', async () => {
  const media = newMedia();
  const [first, second] = await Promise.all([
    media.openReceive(request(1)),
    media.openReceive({ ...request(1), key: newKey() }),
  ]);
  expect(first).toBeUndefined();
  expect(second?.port).toBeGreaterThan(0);
  expect(media.statisticsOf(7)).toMatchObject({ received: 'srtp' });
});

test('a party that is used for another call leaves the first call without media', async () => {
  const media = newMedia();
  await media.openReceive(request(1));
  await media.openReceive({ ...request(1), call: 8 });
  expect(media.statisticsOf(7)).toMatchObject({ received: 'none' });
  expect(media.statisticsOf(8)).toMatchObject({ received: 'rtp' });
});

test('one stream in the clear makes a call clear', async () => {
  const media = newMedia();
  await media.openReceive({ ...request(1), key: newKey() });
  expect(media.statisticsOf(7)).toMatchObject({ received: 'srtp' });
  await media.openReceive(request(2));
  expect(media.statisticsOf(7)).toMatchObject({ received: 'rtp' });
  media.closeReceive(request(2));
  expect(media.statisticsOf(7)).toMatchObject({ received: 'srtp' });
});

test('nothing is sent without a port to send from', () => {
  const media = newMedia();
  const key = newKey();
  const remote = { address: '127.0.0.1', port: 9 };
  expect(() => media.startTransmit({ ...request(1), key, remote })).toThrow(/no receive channel/);
  expect(key.key.every((byte) => byte === 0)).toBe(true);
});

test('a call manager that opens streams without end is refused', async () => {
  const media = newMedia();
  for (let party = 1; party <= 32; party += 1) await media.openReceive(request(party));
  await expect(media.openReceive(request(33))).rejects.toMatchObject({ code: 'EMFILE' });
  media.closeReceive(request(1));
  expect(await media.openReceive(request(33))).toBeDefined();
});

test('an address that is not ours is an error with a code', async () => {
  const media = newMedia('192.0.2.1');
  await expect(media.openReceive(request(1))).rejects.toMatchObject({ code: 'EADDRNOTAVAIL' });
  expect(media.statisticsOf(7)).toMatchObject({ received: 'none' });
});

function newMedia(address = '127.0.0.1'): PhoneMedia {
  const media = new PhoneMedia(address, new PhoneAudio({}, false));
  opened.push(media);
  return media;
}

function request(party: number): ReceiveRequest {
  return { conference: 1, party, call: 7, codec: 'pcmu', packetMs: 20 };
}

function newKey(): PhoneMediaKey {
  return {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key: new Uint8Array(16).fill(1),
    salt: new Uint8Array(14).fill(2),
  };
}
