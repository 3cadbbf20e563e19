import { LEVEL_FLOOR_DBOV } from '@conclave/audio';
import { MediaClock, UdpSocket } from '@conclave/net';
import { createAuthority, issueLeaf, type PemIdentity } from '@conclave/pki';
import {
  FakeCallManager,
  type FakeCallManagerOptions,
  type FakeLink,
} from '@conclave/resource/fake-call-manager';
import { IncomingStream, RTP_HEADER_SIZE, type SrtpMasterKey } from '@conclave/rtp';
import { encodeMessage } from '@conclave/sccp';
import { afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { Bridge, type BridgeEvent, type BridgeOptions, startBridge } from './bridge.ts';
import { FakeParty, type FakePartyOptions } from './fake-party.ts';
import type { LegStatus } from './media-plane.ts';

/*
 * Goal: who is in a conference hears exactly the others, and nothing that is forged gets in; what the
 * bridge says of itself is true. Method: a whole bridge in this process, real sockets on 127.0.0.1, a
 * call manager that only knows the wire, parties that say tones. Conditions are waited for; nothing is
 * measured in time.
 */

const CONFERENCE = 7;
const TONES_HZ = [500, 1000, 1500];
const FORGED_HZ = 2500;
const CANDIDATES_HZ: readonly number[] = [...TONES_HZ, FORGED_HZ];
const WAIT = { timeout: 20_000, interval: 5 };
const PACKET_FORGERIES = 40;

const [A, B, C] = [
  { callReference: 1, payloadType: 0, suite: 'AES_CM_128_HMAC_SHA1_80', toneHz: 500 },
  { callReference: 2, payloadType: 0, suite: 'AES_CM_128_HMAC_SHA1_32', toneHz: 1000 },
  { callReference: 3, payloadType: 8, toneHz: 1500 },
] as const;

vi.setConfig({ testTimeout: 60_000 });

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('a conference of an 80-bit, a 32-bit and a clear A-law leg', () => {
  test('SEC-01, ICO-09: each hears exactly the two others, and SRTP legs are SRTP', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    // 160 bytes of voice, a header, and the tag of the suite.
    expect(sizesOf(a)).toEqual([182]);
    expect(sizesOf(b)).toEqual([176]);
    expect(sizesOf(c)).toEqual([172]);
    const { conferences } = await stage.bridge.status();
    expect(conferences[0]?.legs.map(({ receives, transmits }) => [receives, transmits])).toEqual([
      ['srtp', 'srtp'],
      ['srtp', 'srtp'],
      ['rtp', 'rtp'],
    ]);
  });

  test('BRG-09: what one leg is sent opens with its own key and no other of the six', async () => {
    const stage = await Stage.open();
    const [a, b] = await stage.three();
    await vi.waitFor(
      () => expect(a.datagrams.length && b.datagrams.length).toBeGreaterThan(0),
      WAIT,
    );
    expect(opens(a, a.hearKey)).toBe(true);
    expect(opens(b, b.hearKey)).toBe(true);
    for (const [party, key] of [
      [a, a.sendKey],
      [a, b.hearKey],
      [a, b.sendKey],
      [b, b.sendKey],
      [b, a.hearKey],
      [b, a.sendKey],
    ] as const) {
      expect(opens(party, key)).toBe(false);
    }
    expect(new Set([...a.ssrcs, ...b.ssrcs]).size).toBe(2);
  });

  test('who only listens hears all, in either law, and silence when the talker has left', async () => {
    const stage = await Stage.open();
    const talker = await stage.join(A);
    const listeners = [
      await stage.join({ callReference: 11, payloadType: 8 }),
      await stage.join({ callReference: 12, payloadType: 0 }),
      await stage.join({ callReference: 13, payloadType: 8 }),
      await stage.join({ callReference: 14, payloadType: 0, suite: B.suite }),
    ];
    for (const listener of listeners) await hearsOnly(listener, [500]);
    await hearsOnly(talker, []);
    stage.link.send('DropParticipantReq', { conferenceId: CONFERENCE, callReference: 1 });
    await stage.link.audit(CONFERENCE);
    for (const listener of listeners) {
      listener.listenAnew();
      await hearsOnly(listener, []);
    }
  });

  test('a party alone hears silence', async () => {
    const stage = await Stage.open();
    const a = await stage.join(A);
    await vi.waitFor(() => expect(a.hears(CANDIDATES_HZ)).toEqual([]), WAIT);
    expect(a.loudness()).toBe(LEVEL_FLOOR_DBOV);
  });
});

describe('what is forged is counted and not mixed', () => {
  test('packets with another key, tampered, replayed and clear ones to SRTP legs', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    const forger = await FakeParty.alone({ ...A, callReference: 99, toneHz: FORGED_HZ });
    const clear = await FakeParty.alone({ callReference: 98, payloadType: 0, toneHz: FORGED_HZ });
    stage.owns(forger, clear);
    forger.bridgePort = a.bridgePort;
    clear.bridgePort = a.bridgePort;
    const heard = stage.record(a);
    stage.everyTick(() => {
      for (const party of [forger, clear]) party.speak();
      const last = heard.at(-1);
      if (!last) return;
      a.send(last);
      a.send(tampered(last));
    });
    await vi.waitFor(async () => {
      const leg = await stage.leg(1);
      expect(leg.unauthenticated).toBeGreaterThanOrEqual(PACKET_FORGERIES);
      expect(leg.clear).toBeGreaterThanOrEqual(PACKET_FORGERIES);
      expect(leg.replayed).toBeGreaterThanOrEqual(PACKET_FORGERIES);
    }, WAIT);
    await everybodyHearsTheOthers(a, b, c);
    const forged = await stage.leg(2);
    expect([forged.unauthenticated, forged.clear, forged.replayed]).toEqual([0, 0, 0]);
  });

  test('RTP from anybody but the told source to a clear leg', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    const stranger = await FakeParty.alone({ ...C, callReference: 99, toneHz: FORGED_HZ });
    stage.owns(stranger);
    stranger.bridgePort = c.bridgePort;
    stage.everyTick(() => stranger.speak());
    await vi.waitFor(
      async () => expect((await stage.leg(3)).wrongSource).toBeGreaterThanOrEqual(PACKET_FORGERIES),
      WAIT,
    );
    await everybodyHearsTheOthers(a, b, c);
  });

  test('bytes that are no packets, of every size', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    const socket = await UdpSocket.open({ host: '127.0.0.1', port: 0, onPacket: () => {} });
    cleanups.push(() => socket.close());
    let size = 0;
    stage.everyTick(() => {
      for (let count = 0; count < 20; count += 1) {
        const bytes = new Uint8Array(size).fill(0x80);
        for (const party of [a, b, c]) socket.send(bytes, party.bridgePort, '127.0.0.1');
        size = (size + 7) % 3000;
      }
    });
    await vi.waitFor(async () => {
      expect((await stage.leg(1)).malformed).toBeGreaterThan(100);
      expect((await stage.leg(3)).wrongSource).toBeGreaterThan(100);
    }, WAIT);
    await everybodyHearsTheOthers(a, b, c);
  });

  test('a burst becomes an alarm at the call manager that names conference and call', async () => {
    const stage = await Stage.open();
    const [a] = await stage.three();
    const clear = await FakeParty.alone({ callReference: 98, payloadType: 0, toneHz: FORGED_HZ });
    stage.owns(clear);
    clear.bridgePort = a.bridgePort;
    stage.everyTick(() => clear.speak());
    const alarm = await stage.link.take('Alarm');
    expect(alarm.alarmSeverity).toBe(1);
    expect(alarm.text).toMatch(/^conference 7 call 1: \d+ packets failed authentication$/);
    expect(alarm.parm1).toBe(1);
    expect(alarm.parm2).toBeGreaterThanOrEqual(5);
  });
});

describe('who leaves', () => {
  test('is out of the audit, the mix and the wire; BRG-10: the others keep their streams', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    expect(await stage.link.audit(CONFERENCE)).toEqual([1, 2, 3]);
    stage.link.send('DropParticipantReq', { conferenceId: CONFERENCE, callReference: 2 });
    expect(await stage.link.audit(CONFERENCE)).toEqual([1, 3]);
    // The answer was true when it was sent: the port is free again.
    const socket = await UdpSocket.open({
      host: '127.0.0.1',
      port: b.bridgePort,
      onPacket: () => {},
    });
    socket.close();
    b.listenAnew();
    await hearsOnly(a, [1500]);
    await hearsOnly(c, [500]);
    expect(b.hears(CANDIDATES_HZ)).toBeUndefined();
    expect(a.ssrcs.size).toBe(1);
    expect(c.ssrcs.size).toBe(1);
  });

  test('and comes back under his name has a new leg, with new keys', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    stage.link.send('DropParticipantReq', { conferenceId: CONFERENCE, callReference: 2 });
    const again = await stage.join(B);
    expect(again.bridgePort).toBeGreaterThan(0);
    await everybodyHearsTheOthers(a, again, c);
    expect(opens(again, b.hearKey)).toBe(false);
  });

  test('holding is silence, and resuming has new keys on the same leg', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    const names = { conferenceId: CONFERENCE, callReference: 2, passThroughPartyId: b.partyId };
    stage.link.send('CloseReceiveChannel', names);
    stage.link.send('StopMediaTransmission', names);
    expect(await stage.link.audit(CONFERENCE)).toEqual([1, 2, 3]);
    b.listenAnew();
    await hearsOnly(a, [1500]);
    expect(b.hears(CANDIDATES_HZ)).toBeUndefined();
    expect(await stage.leg(2)).toMatchObject({ receives: 'none', transmits: 'none' });
    expect((await stage.leg(2)).packetsReceived).toBeGreaterThan(0);
    await vi.waitFor(async () => expect((await stage.leg(2)).unexpected).toBeGreaterThan(0), WAIT);
    const resumed = await stage.resume(b);
    await everybodyHearsTheOthers(a, resumed, c);
    expect(opens(resumed, b.hearKey)).toBe(false);
  });

  test('a receive channel that is opened anew hears the same told source', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    const names = { conferenceId: CONFERENCE, callReference: 3, passThroughPartyId: c.partyId };
    const opened = await stage.link.ask(
      'OpenReceiveChannel',
      { ...names, compressionType: 2 },
      'OpenReceiveChannelAck',
    );
    expect(opened.portNumber).toBe(c.bridgePort);
    await everybodyHearsTheOthers(a, b, c);
  });

  test('a late close of an older channel does not close the newer one', async () => {
    const stage = await Stage.open();
    const [a, b, c] = await stage.three();
    const old = { conferenceId: CONFERENCE, callReference: 2, passThroughPartyId: 77 };
    stage.link.send('CloseReceiveChannel', old);
    stage.link.send('StopMediaTransmission', old);
    await stage.link.audit(CONFERENCE);
    expect(await stage.leg(2)).toMatchObject({ receives: 'srtp', transmits: 'srtp' });
    await everybodyHearsTheOthers(a, b, c);
  });

  test('ConnectionStatisticsReq is answered while the leg is there and after it', async () => {
    const stage = await Stage.open();
    const [a] = await stage.three();
    await vi.waitFor(
      async () => expect((await stage.leg(1)).packetsReceived).toBeGreaterThan(10),
      WAIT,
    );
    const question = { callReference: 1, directoryNum: '1001', statsProcessingMode: 1 };
    const during = await stage.link.ask(
      'ConnectionStatisticsReq',
      question,
      'ConnectionStatisticsRes',
    );
    expect(during).toMatchObject({ callReference: 1, directoryNum: '1001' });
    expect(during.numberPacketsReceived).toBeGreaterThan(10);
    expect(during.numberOctetsReceived).toBe(160 * during.numberPacketsReceived);
    expect(during.numberOctetsSent).toBe(160 * during.numberPacketsSent);
    stage.link.send('DeleteConferenceReq', { conferenceId: CONFERENCE });
    await stage.link.take('DeleteConferenceRes');
    const after = await stage.link.ask(
      'ConnectionStatisticsReq',
      question,
      'ConnectionStatisticsRes',
    );
    expect(after.numberPacketsReceived).toBeGreaterThanOrEqual(during.numberPacketsReceived);
    // No packet of ours is lost on the way that the bridge says it sent.
    await vi.waitFor(
      () => expect(a.incoming.counters.received).toBe(after.numberPacketsSent),
      WAIT,
    );
  });
});

describe('capacity', () => {
  let tls: Awaited<ReturnType<typeof identities>>;
  beforeAll(async () => {
    tls = await identities();
  });

  test.each([
    //  mode          sessions  conferences
    ['nonsecure', 1, 1],
    ['nonsecure', 5, 5],
    ['encrypted', 2, 1],
    ['encrypted', 5, 2],
    ['encrypted', 16, 8],
  ] as const)('BRG-11: %s with %d sessions has %d conferences', async (mode, sessions, count) => {
    const stage = await Stage.open(
      { sessions, ...(mode === 'encrypted' && { tls: tls.bridge }) },
      mode === 'encrypted' ? { tls: tls.callManager } : {},
    );
    expect(stage.link.registration?.maxConferences).toBe(count);
    expect(stage.link.registration?.maxStreams).toBe(32 * count);
    // `Stage.open` has created the first one.
    for (let id = 101; id < 100 + count; id += 1) expect(await stage.create(id)).toBe(0);
    expect(await stage.create(200)).toBe(1);
    // BRG-07: a session is free as soon as its conference has ended.
    const deleted = await stage.link.ask(
      'DeleteConferenceReq',
      { conferenceId: CONFERENCE },
      'DeleteConferenceRes',
    );
    expect(deleted.delete_conf_result).toBe(0);
    expect(await stage.create(200)).toBe(0);
  });

  test('parties, and what does not exist or exists twice', async () => {
    const stage = await Stage.open({ parties: 2 });
    const add = async (conferenceId: number, callReference: number): Promise<number> =>
      (
        await stage.link.ask(
          'AddParticipantReq',
          { conferenceId, callReference },
          'AddParticipantRes',
        )
      ).add_participant_result;
    expect(await stage.create(CONFERENCE)).toBe(2);
    expect(await add(CONFERENCE, 1)).toBe(0);
    expect(await add(CONFERENCE, 1)).toBe(3);
    expect(await add(CONFERENCE, 2)).toBe(0);
    expect(await add(CONFERENCE, 3)).toBe(1);
    expect(await add(999, 3)).toBe(2);
    expect(await stage.link.audit(CONFERENCE)).toEqual([1, 2]);
    expect(await stage.link.audit(999)).toBeUndefined();
    const deleted = await stage.link.ask(
      'DeleteConferenceReq',
      { conferenceId: 999 },
      'DeleteConferenceRes',
    );
    expect(deleted.delete_conf_result).toBe(1);
    const modify = async (conferenceId: number, reserved: number): Promise<number> =>
      (
        await stage.link.ask(
          'ModifyConferenceReq',
          { conferenceId, numberOfReservedParticipants: reserved },
          'ModifyConferenceRes',
        )
      ).modify_conf_result;
    expect(await modify(CONFERENCE, 2)).toBe(0);
    expect(await modify(CONFERENCE, 3)).toBe(1);
    expect(await modify(CONFERENCE, 1)).toBe(4);
    expect(await modify(999, 2)).toBe(2);
    const audit = await stage.link.ask('AuditConferenceReq', {}, 'AuditConferenceRes');
    expect(audit.conferenceEntry).toMatchObject([
      {
        conferenceId: CONFERENCE,
        resourceType: 0,
        numberOfReservedParticipants: 2,
        numberOfActiveParticipants: 2,
      },
    ]);
  });

  test('commands are carried out in order, even when one has to wait for a socket', async () => {
    const stage = await Stage.open();
    const party = { conferenceId: CONFERENCE, callReference: 1 };
    stage.link.send('AddParticipantReq', party);
    stage.link.send('DropParticipantReq', party);
    expect(await stage.link.audit(CONFERENCE)).toEqual([]);
    expect(await stage.link.audit(CONFERENCE)).toEqual([]);
    stage.link.send('AddParticipantReq', party);
    expect(await stage.link.audit(CONFERENCE)).toEqual([1]);
  });

  test('channels of nobody are refused', async () => {
    const stage = await Stage.open();
    const nobody = { conferenceId: CONFERENCE, callReference: 9, passThroughPartyId: 5 };
    const opened = await stage.link.ask(
      'OpenReceiveChannel',
      { ...nobody, compressionType: 4 },
      'OpenReceiveChannelAck',
    );
    expect(opened).toMatchObject({ mediaReceptionStatus: 5, passThroughPartyId: 5, portNumber: 0 });
    const started = await stage.link.ask(
      'StartMediaTransmission',
      { ...nobody, compressionType: 4, remoteIpAddr: '127.0.0.1', remotePortNumber: 4000 },
      'StartMediaTransmissionAck',
    );
    expect(started.mediaTransmissionStatus).toBe(5);
  });

  test('an IPv6 listener of an IPv4 bridge is refused', async () => {
    const stage = await Stage.open();
    await stage.join(A);
    const started = await stage.link.ask(
      'StartMediaTransmission',
      {
        ...{ conferenceId: CONFERENCE, callReference: 1, passThroughPartyId: 5 },
        ...{ compressionType: 4, remoteIpAddr: '::1', remotePortNumber: 4000 },
      },
      'StartMediaTransmissionAck',
    );
    expect(started.mediaTransmissionStatus).toBe(11);
  });

  test('a media address that is not ours is no resource, and the operator is told', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({
      mediaAddress: '192.0.2.1',
      onEvent: (event) => events.push(event),
    });
    const added = await stage.link.ask(
      'AddParticipantReq',
      { conferenceId: CONFERENCE, callReference: 1 },
      'AddParticipantRes',
    );
    expect(added.add_participant_result).toBe(1);
    expect(events.at(-1)).toMatchObject({ type: 'trouble' });
    expect(JSON.stringify(events.at(-1))).toContain('192.0.2.1');
  });
});

describe('signalling', () => {
  test('its loss ends every conference at once; a new registration has none', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({ onEvent: (event) => events.push(event) });
    const [a, b, c] = await stage.three();
    await everybodyHearsTheOthers(a, b, c);
    stage.link.cut();
    await vi.waitFor(
      async () => expect((await stage.bridge.status()).conferences).toEqual([]),
      WAIT,
    );
    const link = await stage.manager.nextLink();
    expect(events.map(({ type }) => type)).toEqual(['registered', 'lost', 'registered']);
    expect(events[1]).toMatchObject({ conferencesEnded: 1 });
    const audit = await link.ask('AuditConferenceReq', {}, 'AuditConferenceRes');
    expect(audit).toMatchObject({ last: 1, conferenceEntry: [] });
    for (const party of [a, b, c]) party.listenAnew();
    const socket = await UdpSocket.open({
      host: '127.0.0.1',
      port: a.bridgePort,
      onPacket: () => {},
    });
    socket.close();
    for (const party of [a, b, c]) expect(party.hears(CANDIDATES_HZ)).toBeUndefined();
  });

  test('bytes that are no frames end the connection and not the bridge', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({ onEvent: (event) => events.push(event) });
    await stage.three();
    stage.link.sendRaw(new Uint8Array(64).fill(0xff));
    await stage.link.ended;
    const link = await stage.manager.nextLink();
    expect(events[1]).toMatchObject({ type: 'lost', conferencesEnded: 1, retryMs: 500 });
    expect(await link.audit(CONFERENCE)).toBeUndefined();
  });

  test('a flood of commands ends the connection; many of them, one by one, do not', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({ onEvent: (event) => events.push(event) });
    for (let count = 0; count < 50; count += 1) {
      for (let each = 0; each < 100; each += 1) stage.link.send('AuditConferenceReq', {});
      await stage.link.audit(CONFERENCE);
    }
    const frame = encodeMessage('AuditConferenceReq', {}, 20);
    stage.link.sendRaw(Buffer.concat(Array.from({ length: 20_000 }, () => frame)));
    await stage.link.ended;
    await stage.manager.nextLink();
    expect(events[1]).toMatchObject({
      type: 'lost',
      reason: 'the call manager asks for more than can be done',
      conferencesEnded: 1,
    });
  });

  test('after each success the first pause is short again', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({ onEvent: (event) => events.push(event) });
    stage.link.cut();
    (await stage.manager.nextLink()).cut();
    await stage.manager.nextLink();
    const pauses = events.flatMap((event) => (event.type === 'lost' ? [event.retryMs] : []));
    expect(pauses).toEqual([500, 500]);
  });

  test('a message that cannot be read is passed over and counted', async () => {
    const events: BridgeEvent[] = [];
    const stage = await Stage.open({ onEvent: (event) => events.push(event) });
    const [a, b, c] = await stage.three();
    const cutShort = Uint8Array.of(6, 0, 0, 0, 0, 0, 0, 0, 0x3b, 1, 0, 0, 7, 0);
    stage.link.sendRaw(cutShort);
    stage.link.sendRaw(cutShort);
    expect(await stage.link.audit(CONFERENCE)).toEqual([1, 2, 3]);
    expect(events.filter(({ type }) => type === 'trouble')).toHaveLength(1);
    expect((await stage.bridge.status()).ignoredMessages).toBe(2);
    await everybodyHearsTheOthers(a, b, c);
  });

  test('a refusal is told with its text, and tried again', async () => {
    const manager = await listen({ rejection: 'Security mismatch' });
    const events: BridgeEvent[] = [];
    const refused = Promise.withResolvers<void>();
    begin(manager, {
      onEvent: (event) => {
        events.push(event);
        if (events.length === 2) refused.resolve();
      },
    });
    await refused.promise;
    expect(events).toMatchObject([
      { type: 'failed', code: 'REJECTED', reason: 'Security mismatch', retryMs: 500 },
      { type: 'failed', code: 'REJECTED', reason: 'Security mismatch', retryMs: 1000 },
    ]);
  });

  test('BRG-05: a call manager whom the bridge does not trust is not talked to', async () => {
    const { callManager, bridge } = await identities();
    const stranger = await identities();
    const manager = await listen({ tls: callManager });
    const failed = Promise.withResolvers<BridgeEvent>();
    begin(manager, {
      tls: { ...bridge, trust: stranger.bridge.trust },
      onEvent: (event) => failed.resolve(event),
    });
    expect(await failed.promise).toMatchObject({
      type: 'failed',
      code: expect.stringMatching(/SIGNATURE|CERT|ISSUER/),
    });
  });

  test('a call manager who comes later is found', async () => {
    const probe = await FakeCallManager.listen();
    await probe.close();
    const failed = Promise.withResolvers<BridgeEvent>();
    const bridge = begin(probe, { onEvent: (event) => failed.resolve(event) });
    expect(await failed.promise).toMatchObject({ type: 'failed', code: 'ECONNREFUSED' });
    const manager = await listen({ port: probe.port });
    await bridge.registered;
    expect((await bridge.status()).registered).toBe(true);
    await manager.nextLink();
  });

  test('closing says goodbye and frees every port', async () => {
    const stage = await Stage.open();
    const [a] = await stage.three();
    stage.bridge.close();
    await stage.link.take('UnregisterReq');
    await stage.link.ended;
    const bind = { host: '127.0.0.1', port: a.bridgePort, onPacket: () => {} };
    const socket = await vi.waitFor(() => UdpSocket.open(bind), WAIT);
    socket.close();
    expect(await stage.bridge.status()).toMatchObject({ registered: false, conferences: [] });
  });
});

test('a bridge that is closed before it could register says so to whoever waits', async () => {
  const manager = await listen({});
  const bridge = begin(manager, {});
  bridge.close();
  bridge.close();
  await expect(bridge.registered).rejects.toThrow('closed before it was registered');
  // It was connecting: the connection that came of it is given up.
  await vi.waitFor(() => expect(manager.connections).toHaveLength(1), WAIT);
  await manager.connections[0]?.ended;
  expect(manager.connections[0]?.registration).toBeUndefined();
});

test('media ports are even', async () => {
  const stage = await Stage.open();
  for (let callReference = 1; callReference <= 12; callReference += 1) {
    const party = await stage.join({ callReference, payloadType: 0 });
    expect(party.bridgePort % 2).toBe(0);
  }
});

/** A bridge, its call manager, one conference, and a clock by which the parties speak. */
class Stage {
  readonly manager: FakeCallManager;
  readonly bridge: Bridge;
  readonly link: FakeLink;
  readonly #parties = new Set<FakeParty>();
  readonly #recordings = new Map<FakeParty, Uint8Array[]>();
  readonly #everyTick: (() => void)[] = [];

  private constructor(manager: FakeCallManager, bridge: Bridge, link: FakeLink) {
    this.manager = manager;
    this.bridge = bridge;
    this.link = link;
    const clock = new MediaClock(() => this.#tick());
    clock.start();
    cleanups.push(() => {
      clock.stop();
      for (const party of this.#parties) party.close();
    });
  }

  static async open(
    options: Partial<BridgeOptions> = {},
    callManager: FakeCallManagerOptions = {},
  ): Promise<Stage> {
    const manager = await listen(callManager);
    const bridge = await startBridge(optionsFor(manager, options));
    cleanups.push(() => bridge.close());
    const stage = new Stage(manager, bridge, await manager.nextLink());
    expect(await stage.create(CONFERENCE)).toBe(0);
    return stage;
  }

  async create(conferenceId: number): Promise<number> {
    const answer = await this.link.ask(
      'CreateConferenceReq',
      { conferenceId, numberOfReservedParticipants: 3 },
      'CreateConferenceRes',
    );
    return answer.result;
  }

  async join(party: Omit<FakePartyOptions, 'conferenceId'>): Promise<FakeParty> {
    const joined = await FakeParty.join(this.link, { conferenceId: CONFERENCE, ...party });
    this.#parties.add(joined);
    return joined;
  }

  async three(): Promise<readonly [FakeParty, FakeParty, FakeParty]> {
    return [await this.join(A), await this.join(B), await this.join(C)];
  }

  /** The same party with new keys on the leg that is there. */
  async resume(party: FakeParty): Promise<FakeParty> {
    this.#parties.delete(party);
    const resumed = await FakeParty.alone(party.options);
    cleanups.push(() => party.close());
    await resumed.openChannels(this.link);
    this.#parties.add(resumed);
    return resumed;
  }

  owns(...parties: readonly FakeParty[]): void {
    cleanups.push(() => {
      for (const party of parties) party.close();
    });
  }

  everyTick(work: () => void): void {
    this.#everyTick.push(work);
  }

  /** What this party sends from now on. */
  record(party: FakeParty): readonly Uint8Array[] {
    const packets: Uint8Array[] = [];
    this.#recordings.set(party, packets);
    return packets;
  }

  async leg(callReference: number): Promise<LegStatus> {
    const { conferences } = await this.bridge.status();
    const legs = conferences.flatMap((conference) => conference.legs);
    const found = legs.find((leg) => leg.callReference === callReference);
    if (!found) throw new Error(`leg ${callReference} is in the conference`);
    return found;
  }

  #tick(): void {
    for (const party of this.#parties) {
      const packet = party.nextPacket();
      if (!packet) continue;
      this.#recordings.get(party)?.push(new Uint8Array(packet));
      party.send(packet);
    }
    for (const work of this.#everyTick) work();
  }
}

async function listen(options: FakeCallManagerOptions): Promise<FakeCallManager> {
  const manager = await FakeCallManager.listen(options);
  cleanups.push(() => manager.close());
  return manager;
}

/** A bridge that is closed when the test ends, registered or not. */
function begin(manager: { readonly port: number }, options: Partial<BridgeOptions>): Bridge {
  const bridge = new Bridge(optionsFor(manager, options));
  cleanups.push(() => bridge.close());
  bridge.start();
  return bridge;
}

function optionsFor(
  manager: { readonly port: number },
  options: Partial<BridgeOptions>,
): BridgeOptions {
  return {
    name: 'CFB000000000001',
    host: '127.0.0.1',
    port: manager.port,
    sessions: 16,
    parties: 32,
    protocolVersion: 20,
    ...options,
  };
}

async function everybodyHearsTheOthers(...parties: readonly FakeParty[]): Promise<void> {
  for (const party of parties) party.listenAnew();
  for (const party of parties) {
    await hearsOnly(
      party,
      TONES_HZ.filter((toneHz) => toneHz !== party.options.toneHz),
    );
  }
}

async function hearsOnly(party: FakeParty, tonesHz: readonly number[]): Promise<void> {
  await vi.waitFor(() => expect(party.hears(CANDIDATES_HZ)).toEqual(tonesHz), WAIT);
}

function sizesOf(party: FakeParty): readonly number[] {
  return [...new Set(party.datagrams.map(({ length }) => length))];
}

/** Whether the latest datagram that the party was sent authenticates with this key. */
function opens(party: FakeParty, key: SrtpMasterKey | undefined): boolean {
  const datagram = party.datagrams.at(-1);
  if (!key || !datagram) throw new Error('an SRTP leg has keys and hears something');
  const { payloadType } = party.options;
  const stream = new IncomingStream({ payloadType, key });
  const source = { address: '127.0.0.1', port: party.bridgePort };
  const isOpened = stream.receive(datagram, source, 0) !== undefined;
  stream.close();
  return isOpened;
}

/** The next packet after this one, with its voice changed and the old tag. */
function tampered(packet: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(packet);
  bytes[3] = (bytes[3] ?? 0) + 1;
  bytes[RTP_HEADER_SIZE] = (bytes[RTP_HEADER_SIZE] ?? 0) ^ 0xff;
  return bytes;
}

async function identities(): Promise<{
  readonly callManager: PemIdentity & { readonly trust: readonly string[] };
  readonly bridge: PemIdentity & { readonly trust: readonly string[] };
}> {
  const now = new Date(Date.now() - 60_000);
  const authority = await createAuthority('test authority', now);
  const trust = [authority.certificate];
  const [callManager, bridge] = await Promise.all(
    ['CallManager', 'CFB000000000001'].map((commonName) =>
      issueLeaf(authority, { commonName, notBefore: now }),
    ),
  );
  if (!callManager || !bridge) throw new Error('two leaves were issued');
  return { callManager: { ...callManager, trust }, bridge: { ...bridge, trust } };
}
