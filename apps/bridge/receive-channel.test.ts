import { FRAME_SAMPLES, PCMU } from '@conclave/audio';
import { encodeRtpPacket, PacketOpener, RTP_HEADER_SIZE, SrtpSender } from '@conclave/rtp';
import type { ChannelFormat, StreamKey } from '@conclave/sccp';
import { describe, expect, test } from 'vitest';
import { NO_STATISTICS } from './leg-statistics.ts';
import { ReceiveChannel } from './receive-channel.ts';

/*
 * Goal: every packet is heard or counted under its own name, once. Method: packets by hand, no socket.
 */

const SOURCE = { address: '10.0.0.9', port: 4000 };
const KEY: StreamKey = {
  suite: 'AES_CM_128_HMAC_SHA1_32',
  key: new Uint8Array(16).fill(1),
  salt: new Uint8Array(14).fill(2),
};

describe('an SRTP channel', () => {
  test('counts what was heard, forged, clear, replayed, malformed and of another codec', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20, key: KEY });
    const sender = new SrtpSender(KEY);
    const good = [1, 2, 3].map((sequence) => sender.protect(rtp({ sequence })));
    const forged = sender.protect(rtp({ sequence: 4 }));
    forged[20] = (forged[20] ?? 0) ^ 1;
    const packets = [
      ...good,
      forged,
      ...[rtp({ sequence: 5 }), rtp({ sequence: 6 }), rtp({ sequence: 7, size: 80 })],
      ...good.slice(0, 2),
      new Uint8Array(3),
      sender.protect(rtp({ sequence: 8, payloadType: 8 })),
    ];
    for (const packet of packets) channel.receive(packet, SOURCE);
    expect(channel.channel.statistics()).toEqual({
      ...NO_STATISTICS,
      packetsReceived: 3,
      octetsReceived: 480,
      jitterMs: expect.any(Number),
      unauthenticated: 1,
      clear: 3,
      replayed: 2,
      malformed: 1,
      wrongPayload: 1,
    });
    expect(channel.channel.secure).toBe(true);
  });
});

describe('an RTP channel', () => {
  test('hears nobody before a source is told, and then only that one', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20 });
    channel.receive(rtp({ sequence: 1 }), SOURCE);
    channel.opener.expect(SOURCE);
    channel.receive(rtp({ sequence: 2 }), { ...SOURCE, port: 4002 });
    channel.receive(rtp({ sequence: 3 }), { ...SOURCE, address: '10.0.0.8' });
    channel.receive(rtp({ sequence: 4 }), SOURCE);
    expect(channel.channel.statistics()).toMatchObject({
      packetsReceived: 1,
      wrongSource: 3,
      clear: 0,
    });
    expect(channel.channel.secure).toBe(false);
  });

  test('a new SSRC begins anew: its frames are not late because of the old ones', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20 });
    channel.opener.expect(SOURCE);
    for (let sequence = 100; sequence < 110; sequence += 1) {
      channel.receive(rtp({ sequence, fill: 0x10 }), SOURCE);
    }
    const frame = new Int16Array(FRAME_SAMPLES);
    while (channel.channel.next() > 0);
    for (const sequence of [95, 96]) {
      channel.receive(rtp({ sequence, ssrc: 2, fill: 0x20 }), SOURCE);
    }
    expect(channel.channel.next()).toBeGreaterThan(0);
    channel.channel.decode(frame);
    const expected = new Int16Array(1);
    PCMU.decode(Uint8Array.of(0x20), expected);
    expect(frame[0]).toBe(expected[0]);
  });

  test('what is missing goes on from before and fades within three frames; then there is silence', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20 });
    channel.opener.expect(SOURCE);
    const frame = new Int16Array(FRAME_SAMPLES);
    const samples: number[] = [];
    const arrivals = [[1], [2], [], [4], [5], [], [], [], [], []];
    for (const sequences of arrivals) {
      for (const sequence of sequences) channel.receive(rtp({ sequence, fill: 0x10 }), SOURCE);
      const isHeard = channel.channel.next() > 0;
      if (isHeard) channel.channel.decode(frame);
      samples.push(isHeard ? (frame[0] ?? 0) : 0);
    }
    const full = samples[1] ?? 0;
    const shares = samples.map(
      (sample) => Math.round((10 * Math.abs(sample)) / Math.abs(full)) / 10,
    );
    expect(shares).toEqual([0, 1, 1, 1, 0.8, 1, 1, 0.8, 0.4, 0]);
  });

  test('key presses and comfort noise have their places among the packets: they are not lost', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20 });
    channel.opener.expect(SOURCE);
    channel.receive(rtp({ sequence: 1 }), SOURCE);
    channel.press(rtp({ sequence: 2, payloadType: 101, size: 4 }));
    channel.receive(rtp({ sequence: 3, payloadType: 13, size: 1, fill: 60 }), SOURCE);
    channel.receive(rtp({ sequence: 5 }), SOURCE);
    const { packetsReceived, packetsLost, wrongPayload } = channel.channel.statistics();
    expect([packetsReceived, packetsLost, wrongPayload]).toEqual([4, 1, 0]);
  });

  test('frames of another length than 20 ms are received and not played', () => {
    const channel = new Receiver({ payloadType: 0, packetMs: 20 });
    channel.opener.expect(SOURCE);
    for (const sequence of [1, 2, 3]) channel.receive(rtp({ sequence, size: 80 }), SOURCE);
    for (let tick = 0; tick < 5; tick += 1) expect(channel.channel.next()).toBe(0);
  });
});

/** A channel behind what opens its packets. */
class Receiver {
  readonly channel: ReceiveChannel;
  readonly opener: PacketOpener;

  constructor(format: ChannelFormat) {
    this.channel = new ReceiveChannel(1, format);
    this.opener = new PacketOpener(format.key);
  }

  press(bytes: Uint8Array): void {
    const opened = this.opener.open(bytes, SOURCE);
    if (opened.ok) this.channel.acceptEvent(opened.value);
  }

  receive(bytes: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    const opened = this.opener.open(bytes, from);
    if (opened.ok) this.channel.accept(opened.value, 1);
    else this.channel.refuse(opened.error, (bytes[1] ?? 0) & 0x7f, bytes.length - RTP_HEADER_SIZE);
  }
}

function rtp(packet: {
  readonly sequence: number;
  readonly ssrc?: number;
  readonly size?: number;
  readonly fill?: number;
  readonly payloadType?: number;
}): Uint8Array {
  const { sequence, ssrc = 1, size = FRAME_SAMPLES, fill = 0xff, payloadType = 0 } = packet;
  return encodeRtpPacket({
    marker: false,
    payloadType,
    sequenceNumber: sequence,
    timestamp: sequence * FRAME_SAMPLES,
    ssrc,
    csrcs: [],
    extension: undefined,
    payload: new Uint8Array(size).fill(fill),
    paddingSize: 0,
  });
}
