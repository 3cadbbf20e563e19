import {
  COMFORT_NOISE_TYPE,
  FRAME_SAMPLES,
  type G711Codec,
  loudnessOf,
  PCMA,
  PCMU,
  SPEAKERS_MAX,
} from '@conclave/audio';
import { describe, expect, test } from 'vitest';
import { Conference } from './conference.ts';
import { type FakeLeg, openFakeLeg, REMOTE, say } from './fake-leg.ts';

/*
 * Goal: who speaks alone is heard as he is, several are heard together, and of too many the loudest.
 * Method: legs on sockets that only remember; frames of one sample value, which are easy to add.
 */

test('one speaker alone: the same law hears his very bytes, the other law hears him, he himself nothing', async () => {
  const conference = new Conference(1, 4);
  const [ada, alan, grace] = [
    await join(conference, 1, PCMU),
    await join(conference, 2, PCMU),
    await join(conference, 3, PCMA),
  ];
  const said = speak(ada, 8000);
  conference.tick();
  expect(alan.heard.at(-1)).toEqual(said);
  expect(sampleOf(grace)).toBeCloseTo(8000, -3);
  expect(ada.heard.at(-1)).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence));
});

test('nobody speaks: silence, in each law', async () => {
  const conference = new Conference(1, 4);
  const [ada, grace] = [await join(conference, 1, PCMU), await join(conference, 3, PCMA)];
  speak(ada, 20);
  conference.tick();
  expect(ada.heard.at(-1)).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence));
  expect(grace.heard.at(-1)).toEqual(new Uint8Array(FRAME_SAMPLES).fill(PCMA.silence));
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

describe.each([PCMU, PCMA])('comfort noise in $name (RFC 3389)', (codec) => {
  test('while who spoke last is silent, at the level that he told; then his voice again', async () => {
    const conference = new Conference(1, 4);
    const [ada, alan] = [await join(conference, 1, codec), await join(conference, 2, codec)];
    speak(ada, 4000);
    for (const levelDbov of [-50, -38]) {
      say(ada, Uint8Array.of(-levelDbov, 7), { payloadType: COMFORT_NOISE_TYPE });
      const heard = samplesOf(alan, () => {
        for (let tick = 0; tick < 100; tick += 1) conference.tick();
      });
      // After what was said, which takes its turns: not faded, not filled in, not longer than it was.
      expect(Math.abs(loudnessOf(heard.subarray(3 * FRAME_SAMPLES)) - levelDbov)).toBeLessThan(1);
      const quiet = 4 * 32_768 * 10 ** (levelDbov / 20);
      const voice = levelDbov === -50 ? 2 * FRAME_SAMPLES : 0;
      expect(heard.filter((sample) => Math.abs(sample) > quiet)).toHaveLength(voice);
    }
    const said = speak(ada, 4000);
    conference.tick();
    expect(alan.heard.at(-1)).toEqual(said);
  });

  test('he himself, who hears another, and who is told that he is held hear none', async () => {
    const conference = new Conference(1, 4);
    const parties = [1, 2, 3].map((number) => join(conference, number, codec));
    const [ada, alan, grace] = await Promise.all(parties);
    if (!ada || !alan || !grace) throw new Error('there are parties');
    speak(ada, 4000);
    for (let tick = 0; tick < 3; tick += 1) conference.tick();
    say(ada, Uint8Array.of(40), { payloadType: COMFORT_NOISE_TYPE });
    conference.tick();
    const silence = new Uint8Array(FRAME_SAMPLES).fill(codec.silence);
    expect(ada.heard.at(-1)).toEqual(silence);
    expect(alan.heard.at(-1)).not.toEqual(silence);
    const said = speak(alan, 2000);
    conference.tick();
    expect(grace.heard.at(-1)).toEqual(said);
    for (let tick = 0; tick < 20; tick += 1) conference.tick();
    expect(grace.heard.at(-1)).toEqual(silence);
    conference.drop(1);
    conference.tick();
    expect(grace.heard.at(-1)).toEqual(silence);
  });
});

test('a sender that falls silent without a word is faded out, and comes back as he is', async () => {
  const conference = new Conference(1, 4);
  const [ada, alan] = [await join(conference, 1, PCMU), await join(conference, 2, PCMU)];
  speak(ada, 4000);
  const heard = samplesOf(alan, () => {
    for (let tick = 0; tick < 20; tick += 1) conference.tick();
  });
  const steps = heard.subarray(1).map((sample, index) => Math.abs(sample - (heard[index] ?? 0)));
  // Those of µ-law itself, where it is as loud.
  expect(Math.max(...steps.subarray(FRAME_SAMPLES))).toBeLessThan(200);
  expect(Math.max(...heard.subarray(5 * FRAME_SAMPLES).map(Math.abs))).toBe(0);
  const said = speak(ada, 4000);
  conference.tick();
  expect(alan.heard.at(-1)).toEqual(said);
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
  expect(alan.heard.at(-1)).toEqual(said);
});

interface Party extends FakeLeg {
  readonly codec: G711Codec;
}

async function join(conference: Conference, number: number, codec: G711Codec): Promise<Party> {
  const party = await openFakeLeg(number, { payloadType: codec.payloadType, packetMs: 20 });
  conference.add(party.leg);
  return { ...party, codec };
}

/** Two frames of this sample, so that one plays at the next tick; the bytes of one. */
function speak(party: Party, sample: number): Uint8Array {
  const payload = new Uint8Array(FRAME_SAMPLES);
  party.codec.encode(new Int16Array(FRAME_SAMPLES).fill(sample), payload);
  say(party, payload);
  say(party, payload);
  return payload;
}

/** What it hears meanwhile. */
function samplesOf({ codec, heard }: Party, happen: () => void): Int16Array {
  const before = heard.length;
  happen();
  const frames = heard.slice(before);
  const samples = new Int16Array(frames.length * FRAME_SAMPLES);
  for (const [index, frame] of frames.entries()) {
    codec.decode(frame, samples.subarray(index * FRAME_SAMPLES));
  }
  return samples;
}

function sampleOf({ codec, heard }: Party): number {
  const samples = new Int16Array(FRAME_SAMPLES);
  codec.decode(heard.at(-1) ?? new Uint8Array(0), samples);
  return samples[0] ?? 0;
}
