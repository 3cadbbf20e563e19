import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeRtpPacket, RTP_PACKET_SIZE_MAX, type RtpPacket } from './rtp-packet.ts';
import { ROLLOVER_COUNTER_MAX } from './sequence.ts';
import {
  keySizeOf,
  SRTP_SUITES,
  type SrtpMasterKey,
  type SrtpSuite,
  saltSizeOf,
  tagSizeOf,
} from './srtp-key-derivation.ts';
import { RECEIVER_SOURCE_COUNT_MAX, SrtpReceiver } from './srtp-receiver.ts';
import { SENDER_SOURCE_COUNT_MAX, SrtpSender } from './srtp-sender.ts';

/*
 * Goal: what one end protects the other end gets, once, whatever the network does to the order; and
 * nobody without the key gets anything in or changes anything. Method: a sender and a receiver with
 * the network of a property test in between.
 */

describe.each(SRTP_SUITES)('%s', (suite) => {
  test('round trip: the packet comes back, and the caller keeps his bytes', () => {
    fc.assert(
      fc.property(masters(suite), packets(), (master, rtp) => {
        const before = rtp.slice();
        const packet = new SrtpSender(master).protect(rtp);
        expect(packet.length).toBe(rtp.length + tagSizeOf(suite));
        const protectedBefore = packet.slice();
        expect(new SrtpReceiver(master).unprotect(packet)).toEqual({ ok: true, value: rtp });
        expect(rtp).toEqual(before);
        expect(packet).toEqual(protectedBefore);
      }),
    );
  });

  test('the payload does not show, the header does', () => {
    const rtp = voicePacket(7);
    const packet = new SrtpSender(masterOf(suite)).protect(rtp);
    expect(packet.subarray(0, 12)).toEqual(rtp.subarray(0, 12));
    expect(packet.subarray(12, 28)).not.toEqual(rtp.subarray(12, 28));
  });

  test('any single bit flipped: refused, nothing changes, the true packet still passes', () => {
    fc.assert(
      fc.property(packets(), fc.nat(), (rtp, anyBit) => {
        const packet = new SrtpSender(masterOf(suite)).protect(rtp);
        const receiver = new SrtpReceiver(masterOf(suite));
        const bit = anyBit % (8 * packet.length);
        const answer = receiver.unprotect(flip(packet, bit));
        // A flip may break the form of the header (version, CSRC count, extension); else only the
        // tag tells.
        const isForm = bit < 8 || (bit >= 96 && (rtp[0] ?? 0) & 0x1f);
        expect(answer.ok ? 'ok' : answer.error).toMatch(
          isForm ? /auth-failed|malformed/ : /auth-failed/,
        );
        expect(receiver.sourceCount).toBe(0);
        expect(receiver.unprotect(packet)).toEqual({ ok: true, value: rtp });
      }),
      { numRuns: 500 },
    );
  });

  test('every bit of a voice packet flipped: auth-failed, or malformed for the form bits', () => {
    const packet = new SrtpSender(masterOf(suite)).protect(voicePacket(7));
    const receiver = new SrtpReceiver(masterOf(suite));
    for (let bit = 0; bit < 8 * packet.length; bit++) {
      const isVersionBit = bit === 6 || bit === 7;
      const isExtensionBit = bit === 4;
      const answer = receiver.unprotect(flip(packet, bit));
      const expected = isVersionBit ? ['malformed'] : ['auth-failed'];
      if (isExtensionBit) expected.push('malformed');
      expect(expected).toContain(answer.ok ? 'ok' : answer.error);
    }
  });

  test('any other key: auth-failed', () => {
    fc.assert(
      fc.property(masters(suite), masters(suite), packets(), (master, other, rtp) => {
        fc.pre(master.key.toHex() !== other.key.toHex());
        const packet = new SrtpSender(master).protect(rtp);
        expect(errorOf(new SrtpReceiver(other).unprotect(packet))).toBe('auth-failed');
      }),
    );
  });

  test('RFC 3711 §3.3.1: loss and reordering over many wraps; each packet once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), journeys(), (start, journey) => {
        const sender = new SrtpSender(masterOf(suite));
        const receiver = new SrtpReceiver(masterOf(suite));
        let sequenceNumber = start;
        for (const burst of journey) {
          const sent = burst.steps.map((step) => {
            sequenceNumber = (sequenceNumber + step) & 0xffff;
            const rtp = voicePacket(sequenceNumber);
            return { rtp, packet: sender.protect(rtp) };
          });
          const arrivals = shuffled(sent, burst.order);
          for (const { rtp, packet } of arrivals) {
            expect(receiver.unprotect(packet)).toEqual({ ok: true, value: rtp });
          }
          for (const { packet } of arrivals) {
            expect(errorOf(receiver.unprotect(packet))).toBe('replayed');
          }
        }
      }),
      { numRuns: 50 },
    );
  });
});

test('[doc] the validation vector of libsrtp (srtp_driver.c)', () => {
  const master: SrtpMasterKey = {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key: Uint8Array.fromHex('e1f97a0d3e018be0d64fa32c06de4139'),
    salt: Uint8Array.fromHex('0ec675ad498afeebb6960b3aabe6'),
  };
  const rtp = Uint8Array.fromHex('800f1234decafbadcafebabeabababababababababababababababab');
  const packet = new SrtpSender(master).protect(rtp);
  expect(packet.toHex()).toBe(
    '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
  );
  expect(new SrtpReceiver(master).unprotect(packet)).toEqual({ ok: true, value: rtp });
});

test('several wraps, packet by packet: 150 000 packets with losses', () => {
  const sender = new SrtpSender(masterOf());
  const receiver = new SrtpReceiver(masterOf());
  for (let index = 0; index < 150_000; index++) {
    const packet = sender.protect(shortPacket(index & 0xffff));
    if (index % 7 !== 3 && !receiver.unprotect(packet).ok) expect.fail(`packet ${index} is lost`);
  }
});

test('behind the window: too-old, whether it was received or not', () => {
  const sender = new SrtpSender(masterOf());
  const receiver = new SrtpReceiver(masterOf());
  const first = sender.protect(voicePacket(10));
  const second = sender.protect(voicePacket(11));
  receiver.unprotect(first);
  const newest = sender.protect(voicePacket(11 + 128));
  receiver.unprotect(newest);
  expect(errorOf(receiver.unprotect(first))).toBe('too-old');
  expect(errorOf(receiver.unprotect(second))).toBe('too-old');
});

test('a packet that comes late does not turn the rollover estimate back', () => {
  const sender = new SrtpSender(masterOf());
  const receiver = new SrtpReceiver(masterOf());
  const late = sender.protect(voicePacket(32_760));
  expect(receiver.unprotect(sender.protect(voicePacket(32_800))).ok).toBe(true);
  expect(receiver.unprotect(late).ok).toBe(true);
  // Less than half a turn after the newest packet, more than half a turn after the late one.
  expect(receiver.unprotect(sender.protect(voicePacket(0))).ok).toBe(true);
});

test('a forged packet far ahead moves neither the window nor the rollover counter', () => {
  const sender = new SrtpSender(masterOf());
  const receiver = new SrtpReceiver(masterOf());
  receiver.unprotect(sender.protect(voicePacket(60_000)));
  for (let sequenceNumber = 0; sequenceNumber < 0x1_0000; sequenceNumber += 97) {
    receiver.unprotect(
      new SrtpSender(masterOf('AES_CM_128_HMAC_SHA1_80', 9)).protect(voicePacket(sequenceNumber)),
    );
  }
  expect(receiver.unprotect(sender.protect(voicePacket(60_001))).ok).toBe(true);
});

describe('late joiner', () => {
  test('joins in the middle of the first turn and follows through the wrap', () => {
    const sender = new SrtpSender(masterOf());
    const receiver = new SrtpReceiver(masterOf());
    for (let sequenceNumber = 0; sequenceNumber < 65_000; sequenceNumber += 20_000) {
      sender.protect(voicePacket(sequenceNumber));
    }
    for (const sequenceNumber of [65_000, 65_535, 0, 30_000, 60_000, 10]) {
      expect(receiver.unprotect(sender.protect(voicePacket(sequenceNumber))).ok).toBe(true);
    }
  });

  test('joins just after the first wrap, which no RFC 3711 estimate could tell', () => {
    const sender = new SrtpSender(masterOf());
    const receiver = new SrtpReceiver(masterOf());
    const missed = sender.protect(voicePacket(65_530));
    expect(receiver.unprotect(sender.protect(voicePacket(3))).ok).toBe(true);
    expect(receiver.unprotect(sender.protect(voicePacket(4))).ok).toBe(true);
    // The missed one is before the wrap and within the window.
    expect(receiver.unprotect(missed).ok).toBe(true);
  });

  test('joins after many wraps, when the rollover counter is signalled', () => {
    const sender = new SrtpSender(masterOf(), { rolloverCounter: 41 });
    const packet = sender.protect(voicePacket(5));
    expect(errorOf(new SrtpReceiver(masterOf()).unprotect(packet))).toBe('auth-failed');
    const receiver = new SrtpReceiver(masterOf(), { rolloverCounter: 41 });
    expect(receiver.unprotect(packet).ok).toBe(true);
  });
});

describe('sources', () => {
  test('each has its own rollover counter and window', () => {
    const sender = new SrtpSender(masterOf());
    const receiver = new SrtpReceiver(masterOf());
    for (const [sequenceNumber, ssrc] of [
      [65_535, 1],
      [9, 2],
      [0, 1],
      [10, 2],
      [1, 1],
      [9, 3],
    ] as const) {
      const packet = sender.protect(voicePacket(sequenceNumber, ssrc));
      expect(receiver.unprotect(packet).ok).toBe(true);
    }
    expect(receiver.sourceCount).toBe(3);
  });

  test('two sources with the same numbers have different keystreams', () => {
    const sender = new SrtpSender(masterOf());
    const one = sender.protect(voicePacket(1, 1)).subarray(12, 172);
    const other = sender.protect(voicePacket(1, 2)).subarray(12, 172);
    expect(one).not.toEqual(other);
  });

  test('the limit refuses new sources and keeps the old ones', () => {
    const receiver = new SrtpReceiver(masterOf());
    for (let ssrc = 0; ssrc < RECEIVER_SOURCE_COUNT_MAX; ssrc++) {
      const sender = new SrtpSender(masterOf());
      expect(receiver.unprotect(sender.protect(voicePacket(1, ssrc))).ok).toBe(true);
    }
    const sender = new SrtpSender(masterOf());
    const stranger = sender.protect(voicePacket(1, 0xffff_ffff));
    expect(errorOf(receiver.unprotect(stranger))).toBe('too-many-sources');
    expect(receiver.unprotect(sender.protect(voicePacket(2, 0))).ok).toBe(true);
    expect(receiver.sourceCount).toBe(RECEIVER_SOURCE_COUNT_MAX);
  });
});

test('never throws on what comes off the wire', () => {
  const receiver = new SrtpReceiver(masterOf());
  receiver.unprotect(new SrtpSender(masterOf()).protect(voicePacket(1)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(receiver.unprotect(bytes).ok).toBe(false);
    }),
  );
  expect(errorOf(receiver.unprotect(new Uint8Array(70_000).fill(0x80)))).toBe('malformed');
  expect(errorOf(receiver.unprotect(new Uint8Array(21).fill(0x80)))).toBe('malformed');
  // The bound counts the RTP packet, without its tag of 10 bytes.
  const largest = new Uint8Array(RTP_PACKET_SIZE_MAX + 10).fill(0x80);
  expect(errorOf(receiver.unprotect(largest))).toBe('auth-failed');
  const larger = new Uint8Array(RTP_PACKET_SIZE_MAX + 11).fill(0x80);
  expect(errorOf(receiver.unprotect(larger))).toBe('malformed');
});

test('the largest packet passes, and one byte more is refused', () => {
  const sender = new SrtpSender(masterOf());
  const rtp = new Uint8Array(RTP_PACKET_SIZE_MAX - 10);
  rtp[0] = 0x80;
  expect(new SrtpReceiver(masterOf()).unprotect(sender.protect(rtp)).ok).toBe(true);
  const larger = new Uint8Array(RTP_PACKET_SIZE_MAX - 9);
  larger[0] = 0x80;
  expect(() => sender.protect(larger)).toThrow('refuse');
});

describe('our own mistakes are asserted', () => {
  test.each([
    //  first   then
    [10, 10],
    [10, 9],
    [0, 65_535],
    [0, 32_768],
  ])('RFC 3711 §9.1: after number %i, number %i would use a keystream again', (first, then) => {
    const sender = new SrtpSender(masterOf());
    sender.protect(voicePacket(first));
    expect(() => sender.protect(voicePacket(then))).toThrow('only move forward');
  });

  test('a key protects 2^48 packets and no more', () => {
    const sender = new SrtpSender(masterOf(), { rolloverCounter: ROLLOVER_COUNTER_MAX });
    const receiver = new SrtpReceiver(masterOf(), { rolloverCounter: ROLLOVER_COUNTER_MAX });
    expect(receiver.unprotect(sender.protect(voicePacket(65_535))).ok).toBe(true);
    expect(() => sender.protect(voicePacket(0))).toThrow('2^48');
  });

  test('malformed packets, wrong key sizes, too many sources', () => {
    const sender = new SrtpSender(masterOf());
    expect(() => sender.protect(new Uint8Array(11))).toThrow('well-formed');
    const { suite, key, salt } = masterOf();
    expect(() => new SrtpSender({ suite, key: key.subarray(1), salt })).toThrow('16 bytes');
    expect(() => new SrtpReceiver({ suite, key, salt: salt.subarray(1) })).toThrow('14 bytes');
    for (let ssrc = 0; ssrc < SENDER_SOURCE_COUNT_MAX; ssrc++) sender.protect(voicePacket(1, ssrc));
    expect(() => sender.protect(voicePacket(1, 1000))).toThrow('bounded number of sources');
  });

  test('a closed end does nothing more', () => {
    const sender = new SrtpSender(masterOf());
    const receiver = new SrtpReceiver(masterOf());
    const packet = sender.protect(voicePacket(1));
    sender.close();
    sender.close();
    receiver.close();
    receiver.close();
    expect(() => sender.protect(voicePacket(2))).toThrow('closed');
    expect(() => receiver.unprotect(packet)).toThrow('closed');
  });
});

/**
 * A run of packets that arrive in another order: each step is 1 plus the packets lost before it.
 */
interface Burst {
  readonly steps: readonly number[];
  readonly order: readonly number[];
}

/**
 * Bursts of at most 40 numbers (so that reordering stays within the window), with a gap of up to
 * 20 000 before each, so that a journey goes around several times.
 */
function journeys(): fc.Arbitrary<readonly Burst[]> {
  const burst = fc.record({
    gap: fc.integer({ min: 1, max: 20_000 }),
    steps: fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 9 }),
    order: fc.array(fc.nat(), { minLength: 10, maxLength: 10 }),
  });
  return fc.array(
    burst.map(({ gap, steps, order }) => ({ steps: [gap, ...steps], order })),
    { minLength: 20, maxLength: 40 },
  );
}

/** `order` holds a random number for each item. */
function shuffled<T>(items: readonly T[], order: readonly number[]): readonly T[] {
  return items
    .map((item, index) => ({ item, key: order[index] ?? 0 }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

function masters(suite: SrtpSuite): fc.Arbitrary<SrtpMasterKey> {
  return fc.record({
    suite: fc.constant(suite),
    key: bytes(keySizeOf(suite)),
    salt: bytes(saltSizeOf(suite)),
  });
}

function bytes(size: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: size, maxLength: size });
}

function masterOf(suite: SrtpSuite = 'AES_CM_128_HMAC_SHA1_80', seed = 1): SrtpMasterKey {
  return {
    suite,
    key: new Uint8Array(keySizeOf(suite)).fill(seed),
    salt: new Uint8Array(saltSizeOf(suite)).fill(seed + 1),
  };
}

function packets(): fc.Arbitrary<Uint8Array> {
  const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const extension = fc.record({
    profile: fc.integer({ min: 0, max: 0xffff }),
    data: fc.constantFrom(new Uint8Array(0), new Uint8Array(4).fill(1), new Uint8Array(12).fill(2)),
  });
  return fc
    .record({
      marker: fc.boolean(),
      payloadType: fc.integer({ min: 0, max: 127 }),
      sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
      timestamp: uint32,
      ssrc: uint32,
      csrcs: fc.array(uint32, { maxLength: 3 }),
      extension: fc.option(extension, { nil: undefined }),
      payload: fc.uint8Array({ maxLength: 200 }),
      paddingSize: fc.constantFrom(0, 0, 4),
    })
    .map((packet: RtpPacket) => encodeRtpPacket(packet));
}

/** 172 bytes, as G.711 at 20 ms; the payload is one number repeated. */
function voicePacket(sequenceNumber: number, ssrc = 0xcafe_babe): Uint8Array {
  return encodeRtpPacket({
    marker: false,
    payloadType: 0,
    sequenceNumber,
    timestamp: (sequenceNumber * 160) >>> 0,
    ssrc,
    csrcs: [],
    extension: undefined,
    payload: new Uint8Array(160).fill(sequenceNumber),
    paddingSize: 0,
  });
}

function shortPacket(sequenceNumber: number): Uint8Array {
  return Uint8Array.of(0x80, 0, sequenceNumber >> 8, sequenceNumber, 0, 0, 0, 0, 0, 0, 0, 1, 0xd5);
}

function flip(packet: Uint8Array, bit: number): Uint8Array {
  const flipped = packet.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

function errorOf(answer: ReturnType<SrtpReceiver['unprotect']>): string {
  return answer.ok ? 'ok' : answer.error;
}
