import { randomBytes } from 'node:crypto';
import { MediaEncryptionAlgorithm } from '@conclave/sccp';
import { afterEach, expect, test } from 'vitest';
import {
  FakeCallManager,
  type FakeKey,
  type FakeStation,
  type FakeStream,
} from './fake-call-manager.ts';
import { Phone } from './index.ts';

/*
 * Goal: a phone whose call gets a second party mixes it in (SEC-17) for exactly as long as that party's
 * streams are open: by sound, not by what anybody says of it. Method: three phones on real sockets, each
 * with a tone of its own, keyed by a fake call manager; all six streams have keys of their own.
 */

const TARGET = { call: 7, party: 71 };
/** The barger's streams at the target's built-in bridge. */
const BRIDGE = { call: 7, party: 72 };
const OTHER = { call: 8, party: 81 };
const BARGER = { call: 9, party: 91 };

const TONES = { target: 400, other: 600, barger: 800 } as const;
const ALL_TONES = Object.values(TONES);

const opened: { stop?: () => Promise<void>; close?: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await (each.stop?.() ?? each.close?.());
});

test('SEC-17: in a barge each of the three hears the two others, each stream with its own key', async () => {
  const { phones } = await barged({ secure: true });
  await hearsOnly(phones.target, 600, 800);
  await hearsOnly(phones.other, 400, 800);
  await hearsOnly(phones.barger, 400, 600);
  for (const phone of Object.values(phones)) {
    expect(phone.counters()).toMatchObject({ unauthenticated: 0, malformed: 0, wrongSource: 0 });
    expect(phone.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
  }
});

test('SEC-17: once the channels of the barger are closed nothing of it is heard or sent', async () => {
  const { phones, stations } = await barged({ secure: true });
  await hearsOnly(phones.other, 400, 800);
  stations.target.stopMedia(BRIDGE);
  // The barger is not told, and goes on sending.
  const before = phones.barger.counters().packetsSent;
  await hearsOnly(phones.other, 400);
  await hearsOnly(phones.target, 600);
  await hearsOnly(phones.barger);
  await phones.barger.waitFor(
    (phone) => phone.counters().packetsSent > before + 25,
    'packets that nobody takes',
  );
  expect(phones.other.audio.hears(ALL_TONES)).toEqual([400]);
  expect(phones.target.audio.hears(ALL_TONES)).toEqual([600]);
});

test('the other way round: when the main party goes, the barger and the target still talk', async () => {
  const { phones, stations } = await barged({ secure: true });
  await hearsOnly(phones.barger, 400, 600);
  stations.target.stopMedia(TARGET);
  await hearsOnly(phones.barger, 400);
  await hearsOnly(phones.target, 800);
  await hearsOnly(phones.other);
});

test('a barger without a key makes that stream clear, and the streams of the others stay SRTP', async () => {
  const { phones } = await barged({ secure: false });
  await hearsOnly(phones.other, 400, 800);
  expect(phones.barger.statistics()).toMatchObject({ sent: 'rtp', received: 'rtp' });
  expect(phones.other.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
  // One clear stream of a call makes the call clear.
  expect(phones.target.statistics()).toMatchObject({ sent: 'rtp', received: 'rtp' });
});

test('streams of two calls are not mixed: only the user hears both', async () => {
  const { phones } = await barged({ secure: true, bridge: { call: 17, party: 72 } });
  await hearsOnly(phones.target, 600, 800);
  await hearsOnly(phones.other, 400);
  await hearsOnly(phones.barger, 400);
});

test('a question for the statistics of a party is answered after what was asked before', async () => {
  const { stations } = await barged({ secure: true });
  const { target } = stations;
  const names = { directoryNum: '1001', statsProcessingMode: 0 };
  target.send('ConnectionStatisticsReq', { ...names, callReference: 72 });
  const open = await target.hears('ConnectionStatisticsRes');
  expect(open.body.callReference).toBe(72);
  target.stopMedia(BRIDGE);
  target.send('ConnectionStatisticsReq', { ...names, callReference: 72 });
  const closed = await target.hears('ConnectionStatisticsRes', 1);
  expect(closed.body).toMatchObject({ callReference: 72, numberPacketsSent: 0 });
});

interface Three<T> {
  readonly target: T;
  readonly other: T;
  readonly barger: T;
}

/** Target and other are in a call under keys, and the barger is on the target's built-in bridge. */
async function barged({
  secure,
  bridge = BRIDGE,
}: {
  readonly secure: boolean;
  readonly bridge?: FakeStream;
}): Promise<{ readonly phones: Three<Phone>; readonly stations: Three<FakeStation> }> {
  const manager = await FakeCallManager.listen();
  opened.push(manager);
  const start = async (role: keyof typeof TONES, number: string): Promise<Phone> => {
    const phone = await Phone.start({
      name: `SEP00000000${number}`,
      host: '127.0.0.1',
      port: manager.port,
      toneHz: TONES[role],
    });
    opened.push(phone);
    return phone;
  };
  const phones = {
    target: await start('target', '1001'),
    other: await start('other', '1002'),
    barger: await start('barger', '1003'),
  };
  const stations = {
    target: manager.station(phones.target.name),
    other: manager.station(phones.other.name),
    barger: manager.station(phones.barger.name),
  };
  for (const [station, { call }] of [
    [stations.target, TARGET],
    [stations.other, OTHER],
    [stations.barger, BARGER],
  ] as const) {
    station.connect(call, 3);
  }
  await connect([stations.target, TARGET], [stations.other, OTHER], true);
  await connect([stations.target, bridge], [stations.barger, BARGER], secure);
  return { phones, stations };
}

async function connect(
  [here, hereStream]: readonly [FakeStation, FakeStream],
  [there, thereStream]: readonly [FakeStation, FakeStream],
  secure: boolean,
): Promise<void> {
  const [hereKey, thereKey] = secure ? [newKey(), newKey()] : [];
  const hereAt = await here.openReceive(hereStream, hereKey);
  const thereAt = await there.openReceive(thereStream, thereKey);
  there.startTransmit(thereStream, { address: hereAt.ipAddr, port: hereAt.portNumber }, hereKey);
  here.startTransmit(hereStream, { address: thereAt.ipAddr, port: thereAt.portNumber }, thereKey);
}

async function hearsOnly(phone: Phone, ...tonesHz: readonly number[]): Promise<void> {
  await phone.waitFor(
    ({ audio }) => String(audio.hears(ALL_TONES)) === String(tonesHz),
    `only ${tonesHz.join(', ')} Hz`,
  );
}

function newKey(): FakeKey {
  return {
    algorithmID: MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32,
    key: new Uint8Array(randomBytes(16)),
    salt: new Uint8Array(randomBytes(14)),
  };
}
