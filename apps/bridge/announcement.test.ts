/*
 * Goal: announcements reach those who are addressed and nobody else, keys are heard and not mixed, and a
 * muted participant is silent but heard by its keys. Method: as in bridge.test.ts.
 */
import { ANNOUNCEMENT_SIGNATURES, detectTones } from '@conclave/audio';
import { MediaClock } from '@conclave/net';
import { LANGUAGES, readClips } from '@conclave/resource';
import { FakeCallManager, type FakeLink } from '@conclave/resource/fake-call-manager';
import { encodeRtpPacket } from '@conclave/rtp';
import { ANNOUNCEMENTS, toneOfAnnouncement } from '@conclave/sccp';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { AnnouncementPlayer } from './announcement-player.ts';
import { startBridge } from './bridge.ts';
import { FakeParty, type FakePartyOptions } from './fake-party.ts';

const CONFERENCE = 7;
const WAIT = { timeout: 20_000, interval: 5 };
const TONE_HZ = 1000;
const CANDIDATES_HZ = [TONE_HZ, 620, 1110, 1310, 1510];

vi.setConfig({ testTimeout: 60_000 });

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the clips', () => {
  test.each(LANGUAGES)('of %s are there, and begin with their signature', (language) => {
    const clips = readClips(language);
    expect([...clips.keys()]).toEqual([...ANNOUNCEMENTS]);
    const all = [...new Set(Object.values(ANNOUNCEMENT_SIGNATURES).flat())];
    for (const [name, [low, high]] of Object.entries(ANNOUNCEMENT_SIGNATURES)) {
      const clip = clips.get(name as 'muted');
      const heard = detectTones(clip?.subarray(0, 2400) ?? new Int16Array(0), all);
      expect([name, heard.toSorted((a, b) => a - b)]).toEqual([name, [low, high]]);
    }
  });
});

describe('what waits to be said', () => {
  const clip = (value: number) => new Int16Array(160).fill(value);

  test('is said in order; a level takes the place of all of it', () => {
    const player = new AnnouncementPlayer();
    const target = new Int16Array(160);
    const next = (): number | undefined => {
      player.mix(new Int16Array(160), target);
      return target[0];
    };
    player.play([clip(1), clip(2)], false);
    player.play([clip(3)], false);
    expect(next()).toBe(1);
    player.play([clip(9)], true);
    expect(next()).toBe(9);
    expect(player.isPlaying).toBe(false);
  });

  test('is bounded', () => {
    const player = new AnnouncementPlayer();
    for (let count = 0; count < 1000; count++) player.play([clip(1)], false);
    const target = new Int16Array(160);
    let frames = 0;
    for (; player.isPlaying; frames++) player.mix(target, target);
    expect(frames).toBe(128);
  });
});

describe('a bridge', () => {
  test('announces to whom it is told to; the others hear the conference alone', async () => {
    const { link, join } = await stage();
    const listener = await join({
      callReference: 1,
      payloadType: 0,
      suite: 'AES_CM_128_HMAC_SHA1_80',
    });
    const other = await join({ callReference: 2, payloadType: 8 });
    await join({ callReference: 3, payloadType: 0, toneHz: TONE_HZ });
    await vi.waitFor(() => expect(listener.hears(CANDIDATES_HZ)).toEqual([TONE_HZ]), WAIT);
    announce(link, [1], 'level-encrypted');
    await vi.waitFor(
      () => expect(listener.hears(CANDIDATES_HZ)).toEqual(expect.arrayContaining([620, 1510])),
      WAIT,
    );
    expect(other.hears(CANDIDATES_HZ)).toEqual([TONE_HZ]);
    await vi.waitFor(() => expect(listener.hears(CANDIDATES_HZ)).toEqual([TONE_HZ]), WAIT);
  });

  test('tells each key once, whatever is repeated (RFC 4733 §2.5.1), and mixes none', async () => {
    const { link, join } = await stage();
    const presser = await join({ callReference: 1, payloadType: 0 });
    const pressed = link.take('NotifyDtmfTone');
    for (const duration of [160, 320, 480, 480, 480]) presser.send(eventPacket(11, duration, 1));
    expect(await pressed).toMatchObject({
      tone: 15,
      conferenceId: CONFERENCE,
      passthruPartyID: 1001,
    });
    const again = link.take('NotifyDtmfTone');
    presser.send(eventPacket(1, 160, 2));
    expect(await again).toMatchObject({ tone: 1 });
    const third = link.take('NotifyDtmfTone');
    // An end packet that was overtaken by the next press tells of none.
    for (const packet of [eventPacket(11, 480, 1), eventPacket(1, 320, 2)]) presser.send(packet);
    presser.send(eventPacket(6, 160, 3));
    expect(await third).toMatchObject({ tone: 6 });
  });

  test('mutes who is still sent to by closing its channel: its keys count, its voice does not', async () => {
    const { link, join } = await stage();
    const talker = await join({ callReference: 1, payloadType: 0, toneHz: TONE_HZ });
    const listener = await join({ callReference: 2, payloadType: 0 });
    await vi.waitFor(() => expect(listener.hears(CANDIDATES_HZ)).toEqual([TONE_HZ]), WAIT);
    link.send('CloseReceiveChannel', {
      conferenceId: CONFERENCE,
      callReference: 1,
      passThroughPartyId: talker.partyId,
    });
    await vi.waitFor(() => expect(listener.hears(CANDIDATES_HZ)).toEqual([]), WAIT);
    const pressed = link.take('NotifyDtmfTone');
    talker.send(eventPacket(10, 160, 3));
    expect(await pressed).toMatchObject({ tone: 14, passthruPartyID: talker.partyId });
    await talker.openChannels(link);
    await vi.waitFor(() => expect(listener.hears(CANDIDATES_HZ)).toEqual([TONE_HZ]), WAIT);
  });
});

async function stage(): Promise<{
  readonly link: FakeLink;
  join(options: FakePartyOptions): Promise<FakeParty>;
}> {
  const manager = await FakeCallManager.listen({});
  cleanups.push(() => manager.close());
  const bridge = await startBridge({
    name: 'CFB000000000001',
    host: '127.0.0.1',
    port: manager.port,
    sessions: 16,
    parties: 32,
    protocolVersion: 20,
  });
  cleanups.push(() => bridge.close());
  const link = await manager.nextLink();
  const create = { conferenceId: CONFERENCE, numberOfReservedParticipants: 3 };
  await link.ask('CreateConferenceReq', create, 'CreateConferenceRes');
  const parties: FakeParty[] = [];
  const clock = new MediaClock(() => {
    for (const party of parties) party.speak();
  });
  clock.start();
  cleanups.push(() => clock.stop());
  return {
    link,
    join: async (options) => {
      const party = await FakeParty.join(link, { conferenceId: CONFERENCE, ...options });
      cleanups.push(() => party.close());
      parties.push(party);
      return party;
    },
  };
}

function announce(link: FakeLink, legs: readonly number[], name: 'level-encrypted'): void {
  link.send('StartAnnouncement', {
    AnnList: [{ locale: 0, country: 0, toneAnnouncement: toneOfAnnouncement(name) }],
    annAckReq: 0,
    conferenceId: CONFERENCE,
    matrixConfPartyID: legs,
    hearingConfPartyMask: 0,
    annPlayMode: 0,
  });
}

/** A telephone event; all packets of one press have its timestamp. */
function eventPacket(event: number, duration: number, press: number): Uint8Array {
  const payload = Uint8Array.of(event, 10, duration >> 8, duration & 0xff);
  return encodeRtpPacket({
    payloadType: 101,
    marker: false,
    sequenceNumber: 100 * press + duration / 160,
    timestamp: 8000 * press,
    ssrc: 77,
    csrcs: [],
    extension: undefined,
    payload,
    paddingSize: 0,
  });
}
