import { MediaClock } from '@conclave/net';
import { FakeCallManager, type FakeLink } from '@conclave/resource/fake-call-manager';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Bridge, startBridge } from './bridge.ts';
import { FakeParty, type FakePartyOptions } from './fake-party.ts';

/*
 * Goal: legs of every codec and packet time hear each other, wide voices wide. Method: the whole bridge
 * with a fake call manager on loopback; what parties hear is told by its tones.
 */

const CONFERENCE = 7;
const WIDE_HZ = 5000;
/** Where a wide tone would come back if it were cut off badly. */
const MIRROR_HZ = 3000;
const SUITE = 'AES_CM_128_HMAC_SHA1_80';
const WAIT = { timeout: 20_000, interval: 5 };

vi.setConfig({ testTimeout: 60_000 });

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

test('G.722 hears G.722 up to 7 kHz, beside narrow voices, while others hear what they can', async () => {
  const stage = await Stage.open();
  const wide = await stage.join({ payloadType: 9, suite: SUITE, toneHz: WIDE_HZ });
  const wideListener = await stage.join({ payloadType: 9, suite: SUITE });
  const narrow = await stage.join({ payloadType: 0, suite: SUITE, toneHz: 1000 });
  const narrowListener = await stage.join({ payloadType: 8 });
  const all = [500, 1000, MIRROR_HZ, WIDE_HZ];
  await hears(wideListener, all, [1000, WIDE_HZ]);
  await hears(wide, all, [1000]);
  await hears(narrowListener, all.slice(0, 3), [1000]);
  await hears(narrow, all.slice(0, 3), []);
  // Alone, the wide one is passed on; the narrow ones hear nothing of what they cannot.
  stage.drop(narrow);
  wideListener.listenAnew();
  narrowListener.listenAnew();
  await hears(wideListener, all, [WIDE_HZ]);
  await hears(narrowListener, all.slice(0, 3), []);
  // The last wide one is gone: the conference goes on at 8 kHz.
  stage.drop(wide);
  stage.drop(wideListener);
  const late = await stage.join({ payloadType: 0, toneHz: 500 });
  narrowListener.listenAnew();
  await hears(narrowListener, all.slice(0, 3), [500]);
  await hears(late, all.slice(0, 3), []);
});

describe.each([0, 8, 9] as const)('payload type %i', (payloadType) => {
  test('packets of 10 to 60 ms: each is sent his own and heard by all', async () => {
    const stage = await Stage.open();
    const talkers = [
      await stage.join({ payloadType, packetMs: 10, suite: SUITE, toneHz: 500 }),
      await stage.join({ payloadType, packetMs: 30, suite: SUITE, toneHz: 1000 }),
      await stage.join({ payloadType, packetMs: 60, toneHz: 1500 }),
    ];
    const listeners = [
      await stage.join({ payloadType: 0 }),
      await stage.join({ payloadType, packetMs: 40 }),
      await stage.join({ payloadType, packetMs: 50 }),
    ];
    const tones = [500, 1000, 1500];
    for (const listener of listeners) await hears(listener, tones, tones);
    for (const talker of talkers) {
      await hears(
        talker,
        tones,
        tones.filter((each) => each !== talker.options.toneHz),
      );
    }
    const times = [...talkers, ...listeners].map(({ packetMs }) => [...packetMs]);
    expect(times).toEqual([[10], [30], [60], [20], [40], [50]]);
  });
});

test.each(['AES_CM_128_HMAC_SHA1_32', SUITE, 'AEAD_AES_128_GCM'] as const)(
  'a leg of %s (RFC 7714, SCCP algorithms 1, 2 and 5)',
  async (suite) => {
    const stage = await Stage.open();
    const one = await stage.join({ payloadType: 0, suite, toneHz: 500 });
    const other = await stage.join({ payloadType: 8, suite: SUITE, toneHz: 1000 });
    await hears(one, [500, 1000], [1000]);
    await hears(other, [500, 1000], [500]);
  },
);

test('who sends other packets than those he was asked for is heard', async () => {
  const stage = await Stage.open();
  const listener = await stage.join({ payloadType: 0 });
  await stage.join({ payloadType: 0, packetMs: 20, sentMs: 30, toneHz: 1000 });
  await hears(listener, [500, 1000], [1000]);
});

async function hears(
  party: FakeParty,
  candidatesHz: readonly number[],
  tonesHz: readonly number[],
): Promise<void> {
  await vi.waitFor(() => expect(party.hears(candidatesHz)).toEqual(tonesHz), WAIT);
}

/** A bridge, its call manager, one conference, and a clock by which the parties speak. */
class Stage {
  readonly #link: FakeLink;
  readonly #parties = new Set<FakeParty>();
  #count = 0;

  private constructor(link: FakeLink) {
    this.#link = link;
    const clock = new MediaClock(() => {
      for (const party of this.#parties) party.speak();
    });
    clock.start();
    cleanups.push(() => {
      clock.stop();
      for (const party of this.#parties) party.close();
    });
  }

  static async open(): Promise<Stage> {
    const manager = await FakeCallManager.listen({});
    cleanups.push(() => manager.close());
    const bridge: Bridge = await startBridge({
      name: 'CFB000000000001',
      host: '127.0.0.1',
      port: manager.port,
      sessions: 16,
      parties: 32,
      protocolVersion: 20,
    });
    cleanups.push(() => bridge.close());
    const link = await manager.nextLink();
    await link.ask(
      'CreateConferenceReq',
      { conferenceId: CONFERENCE, numberOfReservedParticipants: 3 },
      'CreateConferenceRes',
    );
    return new Stage(link);
  }

  async join(party: Omit<FakePartyOptions, 'conferenceId' | 'callReference'>): Promise<FakeParty> {
    this.#count += 1;
    const options = { conferenceId: CONFERENCE, callReference: this.#count, ...party };
    const joined = await FakeParty.join(this.#link, options);
    this.#parties.add(joined);
    return joined;
  }

  drop(party: FakeParty): void {
    const { callReference } = party.options;
    this.#link.send('DropParticipantReq', { conferenceId: CONFERENCE, callReference });
    this.#parties.delete(party);
    party.close();
  }
}
