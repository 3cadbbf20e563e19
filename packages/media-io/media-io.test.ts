import { UdpSocket } from '@conclave/net';
import {
  encodeRtpPacket,
  type IncomingPacket,
  keySizeOf,
  OutgoingHeader,
  PacketOpener,
  PacketSealer,
  SRTP_SUITES,
  type SrtpMasterKey,
  SrtpSender,
  type SrtpSuite,
  saltSizeOf,
} from '@conclave/rtp';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { MediaIo, MediaPath, MediaSocket, PacketHandler } from './media-io.ts';
import { isNativeBuilt, openMediaIo } from './open-media-io.ts';

/*
 * Goal: both ways of media say the same of every packet, and put the same bytes on the wire. Method:
 * one list of tests over both, on loopback sockets, which lose and reorder nothing. Without a compiler
 * there is one way only.
 */

const HOST = '127.0.0.1';
const GROUP = 3;
const PATHS: readonly MediaPath[] = isNativeBuilt() ? ['portable', 'native'] : ['portable'];
const CLOSERS: (() => void)[] = [];
const WAIT = { timeout: 20_000, interval: 1 };

afterEach(() => {
  for (const close of CLOSERS.splice(0)) close();
});

describe.each(PATHS)('%s', (path) => {
  test.each([undefined, ...SRTP_SUITES])('packets arrive as they were sent: %s', async (suite) => {
    const io = open(path);
    const [from, to] = [await party(io), await party(io)];
    const key = suite && keyOf(suite, 1);
    to.socket.listen(key);
    to.socket.expect({ address: HOST, port: from.socket.port });
    from.socket.transmitTo({ address: HOST, port: to.socket.port }, key);
    const header = headerOf({ sequenceNumber: 0xffff, timestamp: 0xffff_ffff, payloadType: 101 });
    for (const size of [160, 4, 480]) {
      from.socket.send(header, new Uint8Array(size).fill(size));
      header.advance(size);
    }
    io.flush();
    await heard(io, to, 3);
    expect(to.news).toEqual([
      `accepted m pt101 #65535 @4294967295 ssrc4000000007 160x160`,
      `accepted pt101 #0 @159 ssrc4000000007 4x4`,
      `accepted pt101 #1 @163 ssrc4000000007 480x224`,
    ]);
  });

  test.each(SRTP_SUITES)('what it sends by %s, the other end opens', async (suite) => {
    const io = open(path);
    const from = await party(io);
    const opener = new PacketOpener(keyOf(suite, 1));
    const payloads: number[] = [];
    const far = await udp((bytes, source) => {
      const opened = opener.open(bytes, source);
      payloads.push(opened.ok ? (opened.value.payload[0] ?? -1) : -1);
    });
    from.socket.transmitTo({ address: HOST, port: far.port }, keyOf(suite, 1));
    const header = headerOf({ sequenceNumber: 0xfffe });
    for (const value of [1, 2, 3, 4]) {
      from.socket.send(header, new Uint8Array(160).fill(value));
      header.advance(160);
    }
    io.flush();
    await vi.waitFor(() => expect(payloads).toEqual([1, 2, 3, 4]), WAIT);
  });

  test('a leg without a key hears nobody before a source is told, and then only that one', async () => {
    const io = open(path);
    const leg = await party(io);
    const [friend, stranger] = [await udp(), await udp()];
    const packet = rtp(1);
    friend.send(packet, leg.socket.port, HOST);
    await heard(io, leg, 1);
    leg.socket.listen();
    friend.send(packet, leg.socket.port, HOST);
    await heard(io, leg, 2);
    leg.socket.expect({ address: HOST, port: friend.port });
    stranger.send(packet, leg.socket.port, HOST);
    friend.send(packet, leg.socket.port, HOST);
    friend.send(new Uint8Array([1, 2, 3]), leg.socket.port, HOST);
    await heard(io, leg, 5);
    leg.socket.expect({ address: HOST, port: 0 });
    stranger.send(packet, leg.socket.port, HOST);
    await heard(io, leg, 6);
    leg.socket.stopListening();
    friend.send(packet, leg.socket.port, HOST);
    await heard(io, leg, 7);
    expect(leg.news).toEqual([
      'unexpected',
      'wrong-source pt0 160',
      'wrong-source pt0 160',
      'accepted pt0 #1 @0 ssrc7 160x0',
      expect.stringMatching(/^malformed pt\d -9$/),
      'accepted pt0 #1 @0 ssrc7 160x0',
      'unexpected',
    ]);
  });

  test('an encrypted leg names clear text, another key, a flipped bit and a replay', async () => {
    const io = open(path);
    const leg = await party(io);
    const far = await udp();
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    leg.socket.listen(keyOf(suite, 1));
    const sender = new SrtpSender(keyOf(suite, 1));
    const [good, damaged] = [sender.protect(rtp(1)), sender.protect(rtp(2))];
    damaged[30] = (damaged[30] ?? 0) ^ 1;
    const alien = new SrtpSender(keyOf(suite, 2)).protect(rtp(3));
    for (const packet of [good, rtp(4), alien, damaged, good]) {
      far.send(packet, leg.socket.port, HOST);
    }
    await heard(io, leg, 5);
    expect(leg.news).toEqual([
      'accepted pt0 #1 @0 ssrc7 160x0',
      'unauthenticated pt0 160',
      'unauthenticated pt0 170',
      'unauthenticated pt0 170',
      'replayed pt0 170',
    ]);
  });

  test('many legs, more packets than a batch, and a flood that leaves others alone', async () => {
    const io = open(path);
    const [hub, far] = [await party(io), await udp()];
    const legs = await Promise.all(Array.from({ length: 70 }, () => party(io)));
    for (const [index, leg] of legs.entries()) {
      leg.socket.listen(keyOf('AES_CM_128_HMAC_SHA1_32', index));
      leg.socket.transmitTo({ address: HOST, port: hub.socket.port });
    }
    for (const [index, leg] of legs.entries()) {
      const sender = new SrtpSender(keyOf('AES_CM_128_HMAC_SHA1_32', index));
      for (const sequence of [1, 2]) far.send(sender.protect(rtp(sequence)), leg.socket.port, HOST);
      leg.socket.send(headerOf({}), new Uint8Array(160));
    }
    for (let count = 0; count < 40; count += 1) far.send(rtp(1), legs[0]?.socket.port ?? 0, HOST);
    io.flush();
    for (const leg of legs.slice(1)) await heard(io, leg, 2);
    await heard(io, legs[0], 42);
    await heard(io, hub, 70);
    expect(new Set(legs.slice(1).flatMap(({ news }) => news)).size).toBe(2);
    expect(new Set(hub.news)).toEqual(new Set(['unexpected']));
  });

  test('a closed leg is off the wire, and a number used again is another leg', async () => {
    const io = open(path);
    const leg = await party(io);
    expect(leg.socket.port % 2).toBe(0);
    const port = leg.socket.port;
    leg.socket.close();
    leg.socket.close();
    expect(leg.socket.port).toBe(0);
    leg.socket.listen();
    leg.socket.expect({ address: HOST, port: 1 });
    leg.socket.transmitTo({ address: HOST, port });
    leg.socket.send(headerOf({}), new Uint8Array(160));
    const next = await party(io);
    const far = await udp();
    far.send(rtp(1), port, HOST);
    far.send(rtp(1), next.socket.port, HOST);
    io.flush();
    await heard(io, next, 1);
    expect(leg.news).toEqual([]);
  });

  test('an address of another machine is an error with a code', async () => {
    await expect(open(path).open('203.0.113.1', GROUP, quiet)).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  test('a sequence number is never used twice', async () => {
    const io = open(path);
    const { socket } = await party(io);
    socket.transmitTo({ address: HOST, port: 9 }, keyOf('AES_CM_128_HMAC_SHA1_80', 1));
    const twice = (): void => {
      for (let count = 0; count < 2; count += 1) socket.send(headerOf({}), new Uint8Array(160));
      io.flush();
    };
    expect(twice).toThrow('only move forward');
  });
});

test.skipIf(!isNativeBuilt())('the native way tells how loud G.711 is', async () => {
  const io = open('native');
  const loudness: unknown[] = [];
  const { socket } = await party(io, (packet) => loudness.push(packet.loudness));
  const far = await udp();
  socket.listen();
  socket.expect({ address: HOST, port: far.port });
  for (const [payloadType, quiet, loud] of [
    [0, 0xff, 0x8f],
    [0, 0xff, 0x0f],
    [8, 0xd5, 0xaa],
    [101, 0x00, 0x80],
  ] as const) {
    const packet = rtp(1);
    packet[1] = payloadType;
    packet.fill(quiet, 12);
    packet[100] = loud;
    far.send(packet, socket.port, HOST);
  }
  await vi.waitFor(() => {
    io.receive(GROUP);
    expect(loudness).toEqual([0x70, 0x70, 0x7f, 0]);
  }, WAIT);
});

describe.skipIf(!isNativeBuilt()).each(SRTP_SUITES)('both ways agree on %s', (suite) => {
  test('whatever a network loses, reorders, repeats and forges, and across wraps', async () => {
    const [portable, native] = [open('portable'), open('native')];
    await fc.assert(
      fc.asyncProperty(journeys(), async (journey) => {
        const [one, other] = [await party(portable), await party(native)];
        const far = await udp();
        const sealer = new PacketSealer(keyOf(suite, 9));
        const header = headerOf({ sequenceNumber: journey.first });
        for (const leg of [one, other]) leg.socket.listen(keyOf(suite, 9));
        const packets = Array.from({ length: journey.count }, () => {
          const packet = sealer.seal(header, new Uint8Array(20).fill(header.sequenceNumber));
          for (let step = 0; step < journey.stride; step += 1) header.advance(20);
          return packet;
        });
        for (const { index, flip } of journey.arrivals) {
          const packet = packets[index % packets.length]?.slice() ?? new Uint8Array(0);
          if (flip !== undefined)
            packet[flip % packet.length] = (packet[flip % packet.length] ?? 0) ^ 4;
          for (const leg of [one, other]) far.send(packet, leg.socket.port, HOST);
        }
        await heard(portable, one, journey.arrivals.length);
        await heard(native, other, journey.arrivals.length);
        expect(other.news).toEqual(one.news);
        for (const leg of [one, other]) leg.socket.close();
        far.close();
      }),
      { numRuns: 40 },
    );
  });
});

interface Journey {
  readonly first: number;
  readonly count: number;
  /** Sequence numbers from one packet to the next. */
  readonly stride: number;
  /** In the order of arrival; with a bit flipped in this byte. */
  readonly arrivals: readonly { readonly index: number; readonly flip: number | undefined }[];
}

function journeys(): fc.Arbitrary<Journey> {
  return fc.record({
    first: fc.oneof(fc.constant(0xfff0), fc.integer({ min: 0, max: 0xffff })),
    count: fc.integer({ min: 1, max: 40 }),
    stride: fc.constantFrom(1, 3, 3000),
    arrivals: fc.array(
      fc.record({
        index: fc.nat(39),
        flip: fc.option(fc.nat(60), { nil: undefined, freq: 6 }),
      }),
      { minLength: 1, maxLength: 60 },
    ),
  });
}

interface Party {
  readonly socket: MediaSocket;
  /** What came, in words. */
  readonly news: string[];
}

const quiet: PacketHandler = { accepted() {}, refused() {}, unexpected() {} };

function open(path: MediaPath): MediaIo {
  const io = openMediaIo(path);
  CLOSERS.push(() => io.close());
  return io;
}

async function party(io: MediaIo, onPacket?: (packet: IncomingPacket) => void): Promise<Party> {
  const news: string[] = [];
  const socket = await io.open(HOST, GROUP, {
    accepted: (packet, arrivalMs) => {
      if (onPacket) return onPacket(packet);
      const { marker, payloadType, sequenceNumber, timestamp, ssrc, payload } = packet;
      expect(arrivalMs).toBeGreaterThan(0);
      expect(payload.every((byte) => byte === payload[0])).toBe(true);
      news.push(
        `accepted ${marker ? 'm ' : ''}pt${payloadType} #${sequenceNumber} @${timestamp} ` +
          `ssrc${ssrc} ${payload.length}x${payload[0]}`,
      );
    },
    refused: (reason, payloadType, length) => news.push(`${reason} pt${payloadType} ${length}`),
    unexpected: () => news.push('unexpected'),
  });
  return { socket, news };
}

async function heard(io: MediaIo, leg: Party | undefined, count: number): Promise<void> {
  await vi.waitFor(() => {
    io.receive(GROUP);
    expect(leg?.news.length).toBeGreaterThanOrEqual(count);
  }, WAIT);
  expect(leg?.news).toHaveLength(count);
}

async function udp(
  onPacket: (bytes: Uint8Array, from: { address: string; port: number }) => void = () => {},
): Promise<UdpSocket> {
  const socket = await UdpSocket.open({ host: HOST, port: 0, onPacket });
  let isOpen = true;
  const close = socket.close.bind(socket);
  socket.close = (): void => {
    if (isOpen) close();
    isOpen = false;
  };
  CLOSERS.push(() => socket.close());
  return socket;
}

function headerOf(wish: {
  readonly sequenceNumber?: number;
  readonly timestamp?: number;
  readonly payloadType?: number;
}): OutgoingHeader {
  return new OutgoingHeader({
    payloadType: 0,
    sequenceNumber: 1,
    timestamp: 0,
    ssrc: 4_000_000_007,
    ...wish,
  });
}

function rtp(sequenceNumber: number): Uint8Array {
  const header = { marker: false, payloadType: 0, sequenceNumber, timestamp: 0, ssrc: 7 };
  const payload = new Uint8Array(160);
  return encodeRtpPacket({ ...header, csrcs: [], extension: undefined, payload, paddingSize: 0 });
}

function keyOf(suite: SrtpSuite, seed: number): SrtpMasterKey {
  return {
    suite,
    key: new Uint8Array(keySizeOf(suite)).fill(seed),
    salt: new Uint8Array(saltSizeOf(suite)).fill(seed + 100),
  };
}
