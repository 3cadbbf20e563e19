import { FRAME_SAMPLES, type G711Codec, PCMA, PCMU, SPEAKERS_MAX } from '@conclave/audio';
import type { MediaIo, MediaSocket } from '@conclave/media-io';
import { expect, test } from 'vitest';
import { Conference } from './conference.ts';
import { ParticipantLeg } from './participant-leg.ts';

/*
 * Goal: who speaks alone is heard as he is, several are heard together, and of too many the loudest.
 * Method: legs on sockets that only remember; frames of one sample value, which are easy to add.
 */

const REMOTE = { address: '127.0.0.1', port: 9 };

test('one speaker alone: the same law hears his very bytes, the other law hears him, he himself nothing', async () => {
  const conference = new Conference(1, 4);
  const [ada, alan, grace] = [
    await join(conference, 1, PCMU),
    await join(conference, 2, PCMU),
    await join(conference, 3, PCMA),
  ];
  const said = speak(ada, 8000);
  conference.tick();
  expect(alan.heard).toEqual(said);
  expect(sampleOf(grace)).toBeCloseTo(8000, -3);
  expect(ada.heard).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence));
});

test('nobody speaks: silence, in each law', async () => {
  const conference = new Conference(1, 4);
  const [ada, grace] = [await join(conference, 1, PCMU), await join(conference, 3, PCMA)];
  speak(ada, 20);
  conference.tick();
  expect(ada.heard).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence));
  expect(grace.heard).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMA.silence));
});

test('two speakers: each hears the other, a third hears the sum', async () => {
  const conference = new Conference(1, 4);
  const [ada, alan, grace] = [
    await join(conference, 1, PCMU),
    await join(conference, 2, PCMU),
    await join(conference, 3, PCMU),
  ];
  speak(ada, 8000);
  speak(alan, 4000);
  conference.tick();
  expect(sampleOf(ada)).toBeCloseTo(4000, -3);
  expect(sampleOf(alan)).toBeCloseTo(8000, -3);
  expect(sampleOf(grace)).toBeCloseTo(12_000, -3);
});

test('of more speakers than are mixed the loudest are heard, and the others hear them', async () => {
  const conference = new Conference(1, 16);
  const parties: Party[] = [];
  for (let index = 0; index <= SPEAKERS_MAX; index += 1) {
    parties.push(await join(conference, index + 1, PCMU));
  }
  for (const [index, party] of parties.entries()) speak(party, index === 0 ? 200 : 1000);
  conference.tick();
  const [quiet, loud] = [parties[0], parties[1]];
  if (!quiet || !loud) throw new Error('there are parties');
  expect(sampleOf(quiet)).toBeCloseTo(1000 * SPEAKERS_MAX, -3);
  expect(sampleOf(loud)).toBeCloseTo(1000 * (SPEAKERS_MAX - 1), -3);
});

test('who is held hears nothing afterwards of what was being said: it may be an old level', async () => {
  const conference = new Conference(1, 4);
  const [ada, alan] = [await join(conference, 1, PCMU), await join(conference, 2, PCMU)];
  alan.leg.announcements.play([new Int16Array(10 * FRAME_SAMPLES).fill(8000)], true);
  conference.tick();
  expect(sampleOf(alan)).toBeCloseTo(8000, -3);
  alan.leg.stopTransmit(2);
  alan.leg.startTransmit(2, { payloadType: PCMU.payloadType, packetMs: 20 }, REMOTE);
  const said = speak(ada, 4000);
  conference.tick();
  expect(alan.heard).toEqual(said);
});

interface Party {
  readonly leg: ParticipantLeg;
  readonly codec: G711Codec;
  /** What it was sent last. */
  heard: Uint8Array;
  sequenceNumber: number;
}

async function join(conference: Conference, number: number, codec: G711Codec): Promise<Party> {
  let party: Party | undefined;
  const socket: MediaSocket = {
    port: 2,
    listen() {},
    stopListening() {},
    expect() {},
    transmitTo() {},
    stopTransmitting() {},
    close() {},
    send: (_, payload) => {
      if (party) party.heard = payload.slice();
    },
  };
  const io: MediaIo = {
    path: 'portable',
    open: async () => socket,
    receive() {},
    flush() {},
    close() {},
  };
  const leg = await ParticipantLeg.open(
    number,
    { name: '', number: '' },
    { io, group: 0, host: '', onDigit: () => {} },
  );
  leg.openReceive(number, { payloadType: codec.payloadType, packetMs: 20 });
  leg.startTransmit(number, { payloadType: codec.payloadType, packetMs: 20 }, REMOTE);
  conference.add(leg);
  party = { leg, codec, heard: new Uint8Array(0), sequenceNumber: 0 };
  return party;
}

/** Two frames of this sample, so that one plays at the next tick; the bytes of one. */
function speak(party: Party, sample: number): Uint8Array {
  const payload = new Uint8Array(FRAME_SAMPLES);
  party.codec.encode(new Int16Array(FRAME_SAMPLES).fill(sample), payload);
  for (let count = 0; count < 2; count += 1) {
    party.sequenceNumber += 1;
    const { payloadType } = party.codec;
    const { sequenceNumber } = party;
    const timestamp = sequenceNumber * FRAME_SAMPLES;
    const header = { marker: false, payloadType, sequenceNumber, timestamp, ssrc: 1 };
    party.leg.accepted({ ...header, payload }, 1);
  }
  return payload;
}

function sampleOf({ codec, heard }: Party): number {
  const samples = new Int16Array(FRAME_SAMPLES);
  codec.decode(heard, samples);
  return samples[0] ?? 0;
}
