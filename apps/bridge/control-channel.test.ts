import { UdpSocket } from '@conclave/net';
import {
  decodeRtcp,
  encodeRtcp,
  keySizeOf,
  type RtcpCompound,
  SRTP_SUITES,
  SrtcpReceiver,
  type SrtpMasterKey,
  type SrtpSuite,
  saltSizeOf,
} from '@conclave/rtp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ControlChannel, type ControlFigures } from './control-channel.ts';

/*
 * Goal: two ends tell each other how they hear one another, and nobody else is believed (RFC 3550 §6.4,
 * RFC 3711 §3.4). Method: two channels on loopback, which report when they are told to.
 */

const HOST = '127.0.0.1';
const WAIT = { timeout: 20_000, interval: 1 };
const CLOSERS: (() => void)[] = [];

afterEach(() => {
  for (const close of CLOSERS.splice(0)) close();
});

describe.each([undefined, ...SRTP_SUITES])('with %s', (suite) => {
  test('loss, jitter and the round trip reach the other end', async () => {
    const [one, other] = await pair(suite);
    one.report();
    await vi.waitFor(() => expect(other.statistics.reportsReceived).toBe(1), WAIT);
    expect(other.statistics).toMatchObject({ farPacketsLost: 5, farJitterMs: 10 });
    other.report();
    await vi.waitFor(() => expect(one.statistics.reportsReceived).toBe(1), WAIT);
    // The other end answered a report of ours: the way took no less than no time, and not a second.
    expect(one.statistics.roundTripMs).toBeGreaterThanOrEqual(0);
    expect(one.statistics.roundTripMs).toBeLessThan(1000);
  });
});

describe('what is sent', () => {
  test('a sender report with one block, then a receiver report when nothing was sent since', async () => {
    const heard: RtcpCompound[] = [];
    const key = keyOf('AES_CM_128_HMAC_SHA1_80', 1);
    const receiver = new SrtcpReceiver(copyOf(key));
    const port = await freePort();
    const far = await UdpSocket.open({
      host: HOST,
      port: 0,
      onPacket: (bytes) => {
        const opened = receiver.open(bytes);
        const decoded = opened.ok ? decodeRtcp(opened.value) : undefined;
        if (decoded?.ok) heard.push(decoded.value);
      },
    });
    CLOSERS.push(() => far.close());
    const channel = await opened(port, FIGURES);
    channel.transmitTo({ address: HOST, port: far.port - 1 }, copyOf(key));
    channel.report();
    channel.report();
    await vi.waitFor(() => expect(heard).toHaveLength(2), WAIT);
    expect(heard[0]).toMatchObject({
      ssrc: 1,
      sent: { rtpTimestamp: 8000, packets: 50, octets: 8000 },
      received: [
        { ssrc: 2, packetsLost: 5, highestSequence: 70_000, fractionLost: 12, jitter: 80 },
      ],
    });
    expect(heard[1]?.sent).toBeUndefined();
    expect(heard[1]?.received[0]).toMatchObject({ fractionLost: 0, packetsLost: 5 });
  });
});

describe('where it is sent', () => {
  test('to the port that an authentic report came from, whatever port was told (RFC 4961)', async () => {
    const [near, told, far] = [await freePort(), await freePort(), await freePort()];
    const suite = 'AES_CM_128_HMAC_SHA1_80';
    const [ours, theirs] = [keyOf(suite, 1), keyOf(suite, 2)];
    const channel = await opened(near, FIGURES);
    channel.listen(copyOf(theirs));
    channel.transmitTo({ address: HOST, port: told - 1 }, copyOf(ours));
    const other = await opened(far, { ...FIGURES, ssrc: 2 });
    other.listen(copyOf(ours));
    other.transmitTo({ address: HOST, port: near - 1 }, copyOf(theirs));
    other.report();
    await vi.waitFor(() => expect(channel.statistics.reportsReceived).toBe(1), WAIT);
    channel.report();
    await vi.waitFor(() => expect(other.statistics.reportsReceived).toBe(1), WAIT);
  });

  test('media on the last port has none after it: nothing is sent', async () => {
    const channel = await opened(await freePort(), FIGURES);
    channel.transmitTo({ address: HOST, port: 65_535 }, undefined);
    expect(() => channel.report()).not.toThrow();
  });
});

describe('who is not believed', () => {
  test('clear text and another key to an encrypted leg; a stranger to a clear one', async () => {
    const report = encodeRtcp({ ssrc: 9, received: [], bye: false });
    const [secure, , securePort] = await pair('AES_CM_128_HMAC_SHA1_80');
    const [clear, peer, clearPort] = await pair(undefined);
    const stranger = await UdpSocket.open({ host: HOST, port: 0, onPacket: () => {} });
    CLOSERS.push(() => stranger.close());
    for (const port of [securePort, clearPort]) stranger.send(report, port, HOST);
    peer.report();
    await vi.waitFor(() => expect(clear.statistics.reportsReceived).toBe(1), WAIT);
    expect(secure.statistics.reportsReceived).toBe(0);
  });

  test('a port that is taken is no channel', async () => {
    const taken = await UdpSocket.open({ host: HOST, port: 0, onPacket: () => {} });
    CLOSERS.push(() => taken.close());
    const options = { host: HOST, port: taken.port, figures: () => undefined, clockPerMs: () => 8 };
    expect(await ControlChannel.open(options)).toBeUndefined();
  });
});

const FIGURES: ControlFigures = {
  ssrc: 1,
  rtpTimestamp: 8000,
  packets: 50,
  octets: 8000,
  source: { ssrc: 2, expected: 100, lost: 5, highestSequence: 70_000, jitter: 80 },
};

/** Two ends that hear each other's streams, each with its own key. */
async function pair(
  suite: SrtpSuite | undefined,
): Promise<readonly [ControlChannel, ControlChannel, number]> {
  const ports = [await freePort(), await freePort()] as const;
  const one = await opened(ports[0], FIGURES);
  const other = await opened(ports[1], {
    ...FIGURES,
    ssrc: 2,
    source: { ssrc: 1, expected: 100, lost: 0, highestSequence: 100, jitter: 0 },
  });
  const keys = suite && ([keyOf(suite, 1), keyOf(suite, 2)] as const);
  one.listen(keys && copyOf(keys[1]));
  other.listen(keys && copyOf(keys[0]));
  one.transmitTo({ address: HOST, port: ports[1] - 1 }, keys && copyOf(keys[0]));
  other.transmitTo({ address: HOST, port: ports[0] - 1 }, keys && copyOf(keys[1]));
  return [one, other, ports[0]];
}

async function opened(port: number, figures: ControlFigures): Promise<ControlChannel> {
  const channel = await ControlChannel.open({
    host: HOST,
    port,
    figures: () => figures,
    clockPerMs: () => 8,
  });
  if (!channel) throw new Error('the port is free');
  CLOSERS.push(() => channel.close());
  return channel;
}

async function freePort(): Promise<number> {
  const socket = await UdpSocket.open({ host: HOST, port: 0, onPacket: () => {} });
  const { port } = socket;
  socket.close();
  return port;
}

function keyOf(suite: SrtpSuite, seed: number): SrtpMasterKey {
  return {
    suite,
    key: new Uint8Array(keySizeOf(suite)).fill(seed),
    salt: new Uint8Array(saltSizeOf(suite)).fill(seed + 100),
  };
}

function copyOf({ suite, key, salt }: SrtpMasterKey): SrtpMasterKey {
  return { suite, key: key.slice(), salt: salt.slice() };
}
