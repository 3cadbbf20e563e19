import { expect, test } from 'vitest';
import { OutgoingStream } from './outgoing-stream.ts';
import { decodeRtpPacket } from './rtp-packet.ts';

/* Goal: what is handed to a socket stays what it is, however late the socket sends it. */

test.each([
  ['in clear', undefined],
  [
    'protected',
    {
      suite: 'AES_CM_128_HMAC_SHA1_80' as const,
      key: new Uint8Array(16).fill(1),
      salt: new Uint8Array(14).fill(2),
    },
  ],
])('packets %s do not change once they are made', (_, key) => {
  const stream = new OutgoingStream({
    payloadType: 0,
    ssrc: 7,
    sequenceNumber: 0xffff,
    timestamp: 0xffff_ffff,
    ...(key && { key }),
  });
  const payloads = [1, 2, 3].map((value) => new Uint8Array(160).fill(value));
  const packets = payloads.map((payload) => stream.next(payload));
  const copies = packets.map((packet) => packet.slice());
  stream.next(new Uint8Array(160));
  expect(packets).toEqual(copies);
  const decoded = packets.map((packet) => decodeRtpPacket(packet));
  expect(decoded.map((each) => each.ok && each.value.sequenceNumber)).toEqual([0xffff, 0, 1]);
  if (key) return;
  expect(decoded.map((each) => each.ok && [...each.value.payload])).toEqual(
    payloads.map((payload) => [...payload]),
  );
});
