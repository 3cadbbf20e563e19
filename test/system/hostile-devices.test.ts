import { createSocket } from 'node:dgram';
import { connect, type Socket, type TcpNetConnectOpts } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { codecOf, FRAME_SAMPLES, ToneGenerator } from '@conclave/audio';
import type { Bridge, LegStatus } from '@conclave/bridge';
import type { State } from '@conclave/core';
import { UdpSocket } from '@conclave/net';
import type { Phone } from '@conclave/phone';
import { encodeRtpPacket } from '@conclave/rtp';
import { encodeMessage, SoftKeyEvent } from '@conclave/sccp';
import { SccpClient } from '@conclave/testkit';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { confer, House, hearing, icons, until } from './house.ts';

/*
 * Goal: a device that lies harms itself only. What it says of other devices' calls, parties and
 * conferences changes nothing; what it sends as media is counted and heard by nobody. Method: liars
 * that know all the true numbers, against a running conference.
 */

const IN_USE = 'SEP000000001005';
const NONSECURE_TYPE = 30_018;
const BRIDGE_TYPE = 50;
let house: House;
let bridge: Bridge;
let phones: Phone[];
const otherIcons: string[] = [];
const closing: (() => void)[] = [];
/** How often a device was told the time: it asks after what it has sent. */
const answers = new WeakMap<SccpClient, number>();

beforeAll(async () => {
  house = await House.open();
  bridge = await house.bridge();
  phones = await house.phones('1001', '1002', '1003');
  await confer(...phones);
  await icons(phones, 'lock');
  // Their media is up by now: nothing changes any more by itself.
  await hearing(phones);
  for (const phone of phones) {
    phone.on('screen', () => {
      if (phone.icon !== 'lock') otherIcons.push(phone.icon);
    });
  }
});

afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) close();
  await icons(phones, 'lock');
  await hearing(phones);
  expect(otherIcons).toEqual([]);
  const { engine } = house.manager;
  await until(() => !engine.state.phones.has(IN_USE), 'the end of the liar');
});

afterAll(() => house.close());

describe('a registered phone that knows all the true numbers', () => {
  test('softkeys, hooks and digits for calls of other phones change nothing', async () => {
    const liar = await device(IN_USE);
    const before = picture();
    for (const leg of house.manager.engine.state.legs.keys()) {
      for (const softKeyEvent of Object.values(SoftKeyEvent)) {
        liar.send('SoftKeyEvent', { softKeyEvent, lineInstance: 1, callReference: leg });
      }
      liar.send('OnHook', { lineInstance: 1, callReference: leg });
      liar.send('KeypadButton', { kpButton: 1, lineInstance: 1, callReference: leg });
    }
    await heardAll(liar);
    // Keys such as NewCall work for the liar itself; they must not touch anybody else.
    expect(picture(IN_USE)).toEqual(before);
  });

  test('SEC-03: acknowledgements for parties of other devices redirect no media', async () => {
    const liar = await device(IN_USE);
    const before = picture();
    for (const { ends } of house.manager.engine.state.connections.values()) {
      for (const { party, leg } of ends) {
        liar.send('OpenReceiveChannelAck', {
          mediaReceptionStatus: 0,
          ipAddr: '127.0.0.66',
          portNumber: 6_666,
          passThroughPartyId: party,
          callReference: leg,
        });
        liar.send('StartMediaTransmissionAck', {
          passThroughPartyId: party,
          callReference: leg,
          mediaTransmissionStatus: 1,
        });
        liar.send('OpenReceiveChannelAck', { mediaReceptionStatus: 1, passThroughPartyId: party });
      }
    }
    await heardAll(liar);
    expect(picture()).toEqual(before);
  });

  test.each([
    ['a phone', IN_USE, NONSECURE_TYPE],
    ['another bridge', 'CFB-PLAIN', BRIDGE_TYPE],
  ])('answers that only the bridge may give, from %s, change nothing', async (_who, name, type) => {
    const liar = await device(name, type);
    const before = picture();
    for (const [conferenceId, { participants }] of house.manager.engine.state.conferences) {
      liar.send('CreateConferenceRes', { conferenceId, result: 1 });
      liar.send('CreateConferenceRes', { conferenceId, result: 0 });
      for (const { leg } of participants) {
        const callReference = leg;
        liar.send('AddParticipantRes', { conferenceId, callReference, add_participant_result: 1 });
        liar.send('AddParticipantRes', { conferenceId, callReference, add_participant_result: 0 });
      }
      liar.send('AuditParticipantRes', { conferenceId, participantEntry: [] });
      liar.send('DeleteConferenceRes', { conferenceId, delete_conf_result: 0 });
    }
    await heardAll(liar);
    expect(picture()).toEqual(before);
  });

  test('LST-04, LST-05: list choices for a conference that it is not in remove nobody', async () => {
    const liar = await device(IN_USE);
    const before = picture();
    for (const [conferenceId, { participants }] of house.manager.engine.state.conferences) {
      for (const { leg } of participants) {
        choose(liar, conferenceId, String(leg));
        choose(liar, conferenceId, `Remove:${leg}`);
      }
      choose(liar, conferenceId, 'Update');
    }
    await heardAll(liar);
    expect(picture()).toEqual(before);
  });

  test('what a phone sends as data is text without a meaning, whatever it is', async () => {
    const liar = await device(IN_USE);
    const [conference = 0] = house.manager.engine.state.conferences.keys();
    const before = picture();
    const entity = '<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">';
    const hostile = [
      `<?xml version="1.0"?><!DOCTYPE x [${entity}]><x>&b;&b;&b;</x>`,
      '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
      '<a>'.repeat(600),
      '__proto__:1',
      '-1',
      '9'.repeat(1_900),
      '0x1',
      '1e3',
      '\u0000'.repeat(500),
    ];
    for (const text of hostile) choose(liar, conference, text);
    fc.assert(
      fc.property(fc.string({ maxLength: 400, unit: 'binary' }), fc.nat(), (text, id) => {
        choose(liar, id % 64, text);
      }),
      { numRuns: 300, seed: 5 },
    );
    await heardAll(liar);
    expect(picture()).toEqual(before);
  });

  test('the name of a phone that is registered is not given to another address in clear text', async () => {
    const phone = await house.phone('1005');
    const before = house.manager.alarms.list().length;
    const text = await rejected(IN_USE, '127.0.0.2');
    expect(text).toBe('Registered from elsewhere');
    expect(house.manager.alarms.list().slice(before)).toMatchObject([
      { name: 'DeviceRegistrationRejected', device: IN_USE, reason: 'already-registered' },
    ]);
    expect(phone.closedBecause).toBeUndefined();
    await phone.stop();
    await until(() => !house.manager.engine.state.phones.has(IN_USE), 'its end');
  });

  test('a registration begun before the phone came does not push it out afterwards', async () => {
    const early = await raw({ localAddress: '127.0.0.2' });
    early.write(registerReq(IN_USE));
    await new Promise((resolve) => early.once('data', resolve));
    const phone = await house.phone('1005');
    early.write(encodeMessage('CapabilitiesRes', { caps: [{ payloadCapability: 4 }] }, 20));
    await new Promise<void>((resolve) => early.resume().once('close', () => resolve()));
    const closedBecause = phone.closedBecause;
    const { address } = house.manager.engine.state.phones.get(IN_USE) ?? {};
    await phone.stop();
    expect([closedBecause, address]).toEqual([undefined, '127.0.0.1']);
  });
});

describe('connections', () => {
  test('who goes on after a malformed message is cut off, with one alarm', async () => {
    // It keeps its own half open, as no polite peer does.
    const socket = await raw({ allowHalfOpen: true });
    const before = malformedAlarms();
    let ended = false;
    socket.on('close', () => {
      ended = true;
    });
    const chatter = setInterval(() => socket.write(Buffer.from('ffffffff00000000', 'hex')), 20);
    closing.push(() => clearInterval(chatter));
    socket.resume();
    await until(() => ended || malformedAlarms() - before > 200, 'the end, or a flood');
    expect(malformedAlarms() - before).toBe(1);
  });

  test('half a frame, and silence: closed in the end, as are two hundred that say nothing', async () => {
    const sockets = await Promise.all(Array.from({ length: 200 }, () => raw()));
    const ends = sockets.map(
      (socket) => new Promise<void>((resolve) => socket.resume().once('close', () => resolve())),
    );
    for (const socket of sockets.slice(0, 20)) socket.write(registerReq(IN_USE).subarray(0, 30));
    // A keep-alive is no registration: it does not buy time.
    for (const socket of sockets.slice(20, 40)) {
      const chatter = setInterval(() => socket.write(encodeMessage('KeepAliveReq', {}, 20)), 1_000);
      closing.push(() => clearInterval(chatter));
    }
    await Promise.all(ends);
  });

  test('memory does not grow with connections that announce much and go', async () => {
    const announced = Buffer.alloc(30_000);
    announced.writeUInt32LE(31_000, 0);
    const round = async (): Promise<void> => {
      const sockets = await Promise.all(Array.from({ length: 150 }, () => raw()));
      await Promise.all(
        sockets.map(
          (socket) =>
            new Promise<void>((resolve) => {
              socket.resume().once('close', () => resolve());
              socket.end(announced);
            }),
        ),
      );
    };
    for (let count = 0; count < 3; count += 1) await round();
    const before = await usedBytes();
    for (let count = 0; count < 10; count += 1) await round();
    const grown = (await usedBytes()) - before;
    // 1,500 connections with 30 kB each would be 45 MB.
    expect(grown).toBeLessThan(10_000_000);
  });
});

describe('media', () => {
  test('SEC-03: SRTP that was changed, repeated, or made with no key is counted, never mixed', async () => {
    const sent = vi.spyOn(UdpSocket.prototype, 'send');
    const ports = new Set((await legs()).map((leg) => leg.port));
    const toBridge = (): Buffer[] =>
      sent.mock.calls
        .filter(([, port]) => ports.has(port))
        .map(([packet]) => Buffer.from(packet.slice()));
    await until(() => toBridge().length > 30, 'true packets');
    const genuine = toBridge()[10] ?? Buffer.alloc(0);
    const target = sent.mock.calls.filter(([, port]) => ports.has(port))[10]?.[1] ?? 0;
    vi.restoreAllMocks();
    const before = await legAt(target);
    // Numbers that have not come yet: an old one is refused as a repetition before its tag is looked at.
    const changed = Array.from({ length: genuine.length - 12 }, (_, index) => {
      const copy = Buffer.from(genuine);
      copy.writeUInt16BE((genuine.readUInt16BE(2) + 1_000 + index) & 0xffff, 2);
      copy[12 + index] = (copy[12 + index] ?? 0) ^ 0x01;
      return copy;
    });
    const repeated = Array.from({ length: 40 }, () => genuine);
    await intrude(target, [...changed, ...repeated, genuine.subarray(0, 11), Buffer.alloc(0)]);
    await until(
      async () => failed(await legAt(target)) - failed(before) >= changed.length + repeated.length,
      'all of them',
    );
    const after = await legAt(target);
    expect(after.unauthenticated - before.unauthenticated).toBe(changed.length);
    expect(after.replayed - before.replayed).toBe(repeated.length);
    await until(
      () => house.manager.alarms.list().some((each) => each.name === 'MediaAuthenticationFailures'),
      'the alarm',
    );
  });

  test('SEC-03: a clear voice at the port of an encrypted leg is counted and heard by nobody', async () => {
    const [leg] = await legs();
    const port = leg?.port ?? 0;
    const voice = new ToneGenerator({ frequenciesHz: [1800], levelDbov: -10 });
    const codec = codecOf(0);
    const samples = new Int16Array(FRAME_SAMPLES);
    const packets = Array.from({ length: 100 }, (_, index) => {
      voice.write(samples);
      const payload = new Uint8Array(FRAME_SAMPLES);
      codec.encode(samples, payload);
      return Buffer.from(
        encodeRtpPacket({
          marker: false,
          csrcs: [],
          extension: undefined,
          paddingSize: 0,
          payloadType: 0,
          sequenceNumber: index,
          timestamp: FRAME_SAMPLES * index,
          ssrc: 7,
          payload,
        }),
      );
    });
    const heard = new Set<number>();
    const ears = setInterval(() => {
      for (const phone of phones) {
        for (const tone of phone.audio.hears([1800])) heard.add(tone);
      }
    }, 20);
    closing.push(() => clearInterval(ears));
    const before = (await legAt(port)).clear;
    for (const packet of packets) await intrude(port, [packet]);
    await until(async () => (await legAt(port)).clear - before >= packets.length, 'all of them');
    await hearing(phones);
    expect([...heard]).toEqual([]);
  });

  test('SEC-03: clear voice and garbage at the ports of phones are heard by nobody', async () => {
    const ends = [...house.manager.engine.state.connections.values()]
      .flatMap((connection) => connection.ends)
      .filter((end) => end.kind === 'phone');
    expect(ends).toHaveLength(3);
    for (const { address } of ends) {
      const packets = Array.from({ length: 50 }, (_, index) =>
        Buffer.alloc(172 + (index % 3), index),
      );
      for (const packet of packets) packet[0] = 0x80;
      await intrude(address?.port ?? 0, packets);
    }
    await until(
      () =>
        phones.every((phone) => {
          const counters = phone.statistics();
          return counters && counters.unauthenticated + counters.malformed >= 50;
        }),
      'all of them',
    );
  });
});

/** What must not change while a liar talks: everything but the liar's own. */
function picture(without = ''): unknown {
  const { state } = house.manager.engine;
  const own = (each: { readonly device: string }): boolean => each.device !== without;
  return {
    conferences: [...state.conferences.values()],
    connections: [...state.connections.values()],
    legs: [...state.legs.values()].filter(own),
    calls: [...state.calls.values()].filter((each) => !ofLiar(state, each.caller, without)),
    counters: state.counters,
  };
}

function ofLiar(state: State, leg: number, liar: string): boolean {
  return state.legs.get(leg)?.device === liar;
}

/** A device of the sample by hand, from an address of its own. */
async function device(name: string, deviceType = NONSECURE_TYPE): Promise<SccpClient> {
  const registered = Promise.withResolvers<void>();
  const client = await SccpClient.open(
    { host: '127.0.0.1', port: house.manager.sccpPort },
    (stationIpAddr) => ({
      registration: {
        sid: { DeviceName: name, instance: 1 },
        stationIpAddr,
        deviceType,
        maxStreams: 16,
        protocolVer: 20,
      },
      capabilities: [4],
    }),
    {
      registered: () => registered.resolve(),
      message: ({ name: message }) => {
        if (message === 'TimeDateRes') answers.set(client, (answers.get(client) ?? 0) + 1);
      },
      closed: (reason, rejection) => registered.reject(new Error(rejection ?? reason)),
    },
  );
  closing.push(() => client.unregister());
  await registered.promise;
  const { engine } = house.manager;
  await until(() => engine.state.phones.has(name) || engine.state.bridges.has(name), name);
  return client;
}

/** Resolves when the call manager has taken in everything that this device has sent. */
async function heardAll(client: SccpClient): Promise<void> {
  const before = answers.get(client) ?? 0;
  client.send('TimeDateReq', {});
  await until(() => (answers.get(client) ?? 0) > before, 'the answer to a question');
}

function choose(client: SccpClient, conferenceId: number, xmldata: string): void {
  const place = { applicationId: 1, lineInstance: 1, transactionId: 1, sequenceFlag: 2 };
  client.send('DeviceToUserDataVersion1', {
    deviceToUserDataVersion1: { ...place, callReference: conferenceId, conferenceId, xmldata },
  });
}

async function rejected(name: string, localAddress: string): Promise<string | undefined> {
  const closed = Promise.withResolvers<string | undefined>();
  await SccpClient.open(
    { host: '127.0.0.1', port: house.manager.sccpPort, localAddress },
    (stationIpAddr) => ({
      registration: { sid: { DeviceName: name }, stationIpAddr, deviceType: NONSECURE_TYPE },
      capabilities: [4],
    }),
    {
      registered: () => closed.resolve('registered'),
      message: () => {},
      closed: (_reason, rejection) => closed.resolve(rejection),
    },
  );
  return await closed.promise;
}

async function raw(options: Partial<TcpNetConnectOpts> = {}): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port: house.manager.sccpPort, ...options });
  closing.push(() => socket.destroy());
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

function registerReq(name: string): Uint8Array {
  return encodeMessage(
    'RegisterReq',
    { sid: { DeviceName: name }, deviceType: NONSECURE_TYPE, protocolVer: 20 },
    20,
  );
}

function malformedAlarms(): number {
  return house.manager.alarms.counts().get('MalformedMessage') ?? 0;
}

/** Sends packets to a port of this machine from elsewhere. */
async function intrude(port: number, packets: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const packet of packets) {
    await new Promise((resolve) => socket.send(packet, port, '127.0.0.1', resolve));
  }
  socket.close();
}

async function legs(): Promise<readonly LegStatus[]> {
  return (await bridge.status()).conferences.flatMap((each) => each.legs);
}

async function legAt(port: number): Promise<LegStatus> {
  const leg = (await legs()).find((each) => each.port === port);
  if (!leg) throw new Error(`a leg has port ${port}`);
  return leg;
}

function failed(leg: LegStatus): number {
  return leg.unauthenticated + leg.clear + leg.replayed + leg.malformed + leg.wrongPayload;
}

/** Heap and buffers after a collection. */
async function usedBytes(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  for (let count = 0; count < 3; count += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
