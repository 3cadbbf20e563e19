import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeWav, FRAME_SAMPLES, PCMA, PCMU } from '@conclave/audio';
import { CATCH_UP_TICKS_MAX } from '@conclave/net';
import { createAuthority, issueLeaf } from '@conclave/pki';
import { FakeCallManager, type FakeLink } from '@conclave/resource/fake-call-manager';
import { IncomingStream } from '@conclave/rtp';
import { MediaStatus } from '@conclave/sccp';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { FakeListener, type FakeListenerOptions } from './fake-listener.ts';
import { type MusicEvent, MusicServer, type MusicServerOptions } from './music-server.ts';

/*
 * Goal: everybody who is put on hold hears the file from its beginning, over and over, with his own
 * key. Method: real sockets, a fake call manager, and a file in which each frame tells its number.
 */

const WAIT = { timeout: 20_000, interval: 5 };
const FRAMES = 40;
/** Half a frame over, so that the loop does not fall between two packets. */
const SAMPLES: number = FRAMES * FRAME_SAMPLES + FRAME_SAMPLES / 2;

let folder: string;
let file: string;
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-music-'));
  file = join(folder, 'sample.wav');
  writeFileSync(file, encodeWav(ramp(1)));
  cleanups.push(() => rmSync(folder, { recursive: true }));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('streams', () => {
  test.each([
    ['SRTP, µ-law', { payloadType: 0, secure: true }],
    ['SRTP, A-law', { payloadType: 8, secure: true }],
    ['RTP, µ-law', { payloadType: 0, secure: false }],
  ] as const)('%s: the file from its beginning, and again after its end', async (_, how) => {
    const { link } = await serve();
    const party = await listener({ callReference: 1, ...how });
    expect(await party.start(link)).toBe(MediaStatus.Ok);
    await vi.waitFor(() => expect(party.packets.length).toBeGreaterThan(2 * FRAMES), WAIT);
    expect(party.heard).toEqual(played(ramp(1), party.packets.length, how.payloadType));
    expect(party.incoming.counters).toMatchObject({ unauthenticated: 0, malformed: 0 });
    expect(party.packets[0]?.marker).toBe(true);
  });

  test('BRG-09: each with its own key, source and place in the music', async () => {
    const { link, server } = await serve();
    const one = await listener({ callReference: 1 });
    const two = await listener({ callReference: 2 });
    await one.start(link);
    await vi.waitFor(() => expect(one.packets.length).toBeGreaterThan(5), WAIT);
    await two.start(link);
    await vi.waitFor(() => expect(two.packets.length).toBeGreaterThan(5), WAIT);
    expect(two.heard).toEqual(played(ramp(1), two.packets.length, 0));
    expect(one.packets[0]?.ssrc).not.toBe(two.packets[0]?.ssrc);
    if (!one.key) throw new Error('it has a key');
    const stranger = new IncomingStream({ payloadType: 0, key: one.key });
    for (const bytes of two.datagrams) {
      expect(stranger.receive(bytes, { address: '127.0.0.1', port: 0 }, 0)).toBeUndefined();
    }
    expect(server.status().streams).toMatchObject([
      { callReference: 1, kind: 'srtp', codec: 'PCMU', port: one.socket.port },
      { callReference: 2, kind: 'srtp', codec: 'PCMU', port: two.socket.port },
    ]);
  });

  test('one that is stopped is silent, and the other goes on', async () => {
    const { link, server } = await serve();
    const one = await listener({ callReference: 1 });
    const two = await listener({ callReference: 2 });
    await one.start(link);
    await two.start(link);
    await vi.waitFor(() => expect(one.packets.length).toBeGreaterThan(2), WAIT);
    one.stop(link);
    one.stop(link);
    await vi.waitFor(() => expect(server.status().streams).toHaveLength(1), WAIT);
    const [before, others] = [one.datagrams.length, two.packets.length];
    await vi.waitFor(() => expect(two.packets.length).toBeGreaterThan(others + 10), WAIT);
    // What was on its way when it was stopped.
    expect(one.datagrams.length).toBeLessThanOrEqual(before + CATCH_UP_TICKS_MAX);
  });

  test('a stream that is started anew begins at the beginning, with the new key', async () => {
    // It takes the place of the older one, even where there is room for one only.
    const { link, server } = await serve({ streamsMax: 1 });
    const first = await listener({ callReference: 1 });
    await first.start(link);
    await vi.waitFor(() => expect(first.packets.length).toBeGreaterThan(5), WAIT);
    const second = await listener({ callReference: 1 });
    expect(await second.start(link)).toBe(MediaStatus.Ok);
    await vi.waitFor(() => expect(second.packets.length).toBeGreaterThan(5), WAIT);
    expect(second.heard).toEqual(played(ramp(1), second.packets.length, 0));
    expect(server.status().streams).toHaveLength(1);
  });

  test('no more than there is room for', async () => {
    const { link } = await serve({ streamsMax: 1 });
    const one = await listener({ callReference: 1 });
    expect(await one.start(link)).toBe(MediaStatus.Ok);
    const two = await listener({ callReference: 2 });
    expect(await two.start(link)).toBe(MediaStatus.NotEnoughChannels);
    one.stop(link);
    expect(await two.start(link)).toBe(MediaStatus.Ok);
  });

  test('what was sent is told', async () => {
    const { link } = await serve();
    const party = await listener({ callReference: 7 });
    await party.start(link);
    await vi.waitFor(() => expect(party.packets.length).toBeGreaterThan(5), WAIT);
    const answer = await link.ask(
      'ConnectionStatisticsReq',
      { directoryNum: '', callReference: 7, statsProcessingMode: 1 },
      'ConnectionStatisticsRes',
    );
    expect(answer.numberPacketsSent).toBeGreaterThan(5);
    expect(answer.numberOctetsSent).toBe(answer.numberPacketsSent * FRAME_SAMPLES);
  });
});

describe('the file', () => {
  test('is replaced: who listens hears the new one, from its beginning', async () => {
    const { link, events } = await serve();
    const party = await listener({ callReference: 1 });
    await party.start(link);
    await vi.waitFor(() => expect(party.packets.length).toBeGreaterThan(2), WAIT);
    writeFileSync(file, encodeWav(ramp(-1)));
    await vi.waitFor(() => expect(party.heard.includes(lowest())).toBe(true), WAIT);
    const at = party.heard.findIndex((sample) => sample < 0);
    expect(at % FRAME_SAMPLES).toBe(0);
    const after = party.heard.subarray(at);
    expect(after).toEqual(played(ramp(-1), after.length / FRAME_SAMPLES, 0));
    expect(events.filter(({ type }) => type === 'playing')).toHaveLength(2);
  });

  test('is bad: an alarm for the administrator, and the music goes on', async () => {
    const { link } = await serve();
    writeFileSync(file, 'noise');
    expect((await link.take('Alarm')).text).toBe(
      'sample.wav no WAV file; the former music goes on',
    );
    const party = await listener({ callReference: 1 });
    await party.start(link);
    await vi.waitFor(() => expect(party.packets.length).toBeGreaterThan(2), WAIT);
    expect(party.heard).toEqual(played(ramp(1), party.packets.length, 0));
  });

  test('was bad before anybody listened: the alarm comes with the registration', async () => {
    writeFileSync(file, 'noise');
    const { link } = await serve();
    expect((await link.take('Alarm')).text).toMatch(/no WAV file/);
  });
});

describe('the registration', () => {
  test('over TLS, with a certificate of its own', async () => {
    const now = new Date();
    const authority = await createAuthority('test authority', now);
    const identityOf = async (commonName: string): Promise<MusicServerOptions['tls']> => ({
      ...(await issueLeaf(authority, { commonName, notBefore: now })),
      trust: [authority.certificate],
    });
    const [managers, own] = [await identityOf('CallManager'), await identityOf('MOH-1')];
    if (!managers || !own) throw new Error('identities');
    const manager = await FakeCallManager.listen({ tls: managers });
    cleanups.push(() => manager.close());
    const { link, server } = await serve({ tls: own }, manager);
    expect(link.registration).toMatchObject({ sid: { DeviceName: 'MOH-1' }, deviceType: 70 });
    expect(server.status()).toMatchObject({ registered: true, secure: true });
  });

  test('is lost: every stream ends, and it comes back by itself', async () => {
    const { link, server, manager, events } = await serve();
    const party = await listener({ callReference: 1 });
    await party.start(link);
    await vi.waitFor(() => expect(party.packets.length).toBeGreaterThan(2), WAIT);
    link.cut();
    const again = await manager.nextLink();
    expect(server.status().streams).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ type: 'lost', streamsEnded: 1 }));
    expect(await party.start(again)).toBe(MediaStatus.Ok);
  });

  test('ends with a goodbye', async () => {
    const { link, server } = await serve();
    server.close();
    server.close();
    await link.take('UnregisterReq');
    await link.ended;
  });
});

interface Served {
  readonly manager: FakeCallManager;
  readonly link: FakeLink;
  readonly server: MusicServer;
  readonly events: MusicEvent[];
}

async function serve(
  options: Partial<MusicServerOptions> = {},
  given?: FakeCallManager,
): Promise<Served> {
  const manager = given ?? (await FakeCallManager.listen());
  if (!given) cleanups.push(() => manager.close());
  const events: MusicEvent[] = [];
  const server = new MusicServer({
    name: 'MOH-1',
    host: '127.0.0.1',
    port: manager.port,
    protocolVersion: 20,
    streamsMax: 10,
    file,
    onEvent: (event) => events.push(event),
    ...options,
  });
  cleanups.push(() => server.close());
  await server.start();
  const link = await manager.nextLink();
  await server.registered;
  return { manager, link, server, events };
}

async function listener(options: FakeListenerOptions): Promise<FakeListener> {
  const party = await FakeListener.open(options);
  cleanups.push(() => party.socket.close());
  return party;
}

/** Samples that rise with time, so that every frame is another one; all of one sign. */
function ramp(sign: 1 | -1): Int16Array {
  return Int16Array.from({ length: SAMPLES }, (_, index) => sign * (500 + 4 * index));
}

/** The last of the falling ramp, as µ-law makes it. */
function lowest(): number {
  const last = ramp(-1).subarray(-1);
  const code = new Uint8Array(1);
  PCMU.encode(last, code);
  const heard = new Int16Array(1);
  PCMU.decode(code, heard);
  return heard[0] ?? 0;
}

/** What a listener hears of so many packets of the file, through his codec. */
function played(music: Int16Array, packets: number, payloadType: number): Int16Array {
  const samples = Int16Array.from(
    { length: packets * FRAME_SAMPLES },
    (_, index) => music[index % music.length] ?? 0,
  );
  const codec = payloadType === 0 ? PCMU : PCMA;
  const codes = new Uint8Array(samples.length);
  codec.encode(samples, codes);
  codec.decode(codes, samples);
  return samples;
}
