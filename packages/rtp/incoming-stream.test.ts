import { describe, expect, test } from 'vitest';
import { IncomingStream } from './incoming-stream.ts';
import { OutgoingStream } from './outgoing-stream.ts';
import type { StreamSource } from './packet-opener.ts';

/* Goal: without a key only who is expected is heard. */

const OTHER: StreamSource = { address: '10.0.0.9', port: 4000 };

describe('a stream in clear', () => {
  test.each<[string, StreamSource | undefined, StreamSource, boolean]>([
    ['nobody expected', undefined, OTHER, false],
    ['the one who is expected', OTHER, OTHER, true],
    ['another port', OTHER, { ...OTHER, port: 4002 }, false],
    ['another address', OTHER, { ...OTHER, address: '10.0.0.8' }, false],
    ['any port of the address', { ...OTHER, port: 0 }, OTHER, true],
    ['any port, another address', { ...OTHER, port: 0 }, { ...OTHER, address: '::1' }, false],
  ])('%s', (_, expected, from, isHeard) => {
    const stream = new IncomingStream({ payloadType: 0 });
    if (expected) stream.expect(expected);
    const sender = new OutgoingStream({ payloadType: 0, ssrc: 1, sequenceNumber: 1, timestamp: 1 });
    const packet = sender.next(new Uint8Array(160));
    expect(stream.receive(packet, from, 0) !== undefined).toBe(isHeard);
    expect(stream.counters.wrongSource).toBe(isHeard ? 0 : 1);
  });
});
