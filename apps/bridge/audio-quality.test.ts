import { audioCodecOf, Resampler, type WaveformPayloadType } from '@conclave/audio';
import { readClips } from '@conclave/resource';
import {
  type Audio,
  atLevel,
  delayOf,
  levelDbm0,
  Prng,
  segmentalSnrDb,
  snrOfFramesDb,
  spectralDistanceDb,
  speechLevelDbm0,
  thdNoiseDb,
} from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { Conference } from './conference.ts';
import { type FakeLeg, openFakeLeg, say } from './fake-leg.ts';

/*
 * Goal: what is said in a conference is heard as it was said, and what the network loses is hardly missed.
 * Method: recordings and tones through legs of a whole conference, in both directions by codec; measured on
 * what a listener's codec makes of the packets that he was sent.
 */

const FRAME_MS = 20;
const PAYLOAD_SIZE = 160;
const SPEECH_SECONDS = 12;
/** Of the queue, the codec and its filter. */
const DELAY_MAX_MS = 100;

describe.each([
  ['G.711 µ-law', 0, { snrDb: 34, distanceDb: 0.4, noiseDb: -36 }],
  ['G.711 A-law', 8, { snrDb: 34, distanceDb: 0.4, noiseDb: -37 }],
  ['G.722', 9, { snrDb: 31, distanceDb: 0.5, noiseDb: -43 }],
] as const)('%s', (_name, payloadType, least) => {
  test('speech is as loud as it was, and all but the same', async () => {
    const sent = atLevel(speechAt(rateOf(payloadType)), -20);
    const heard = await heardOf(payloadType, sent);
    const delay = delayBetween(sent, heard);
    expect(Math.abs(speechLevelDbm0(heard) - speechLevelDbm0(sent))).toBeLessThan(0.1);
    expect(segmentalSnrDb(sent, heard, delay)).toBeGreaterThan(least.snrDb);
    expect(spectralDistanceDb(sent, heard, delay)).toBeLessThan(least.distanceDb);
  });

  test.each([
    [3, { gapSnrDb: 3, distanceDb: 0.3 }],
    [10, { gapSnrDb: 1.5, distanceDb: 1.1 }],
  ])('of %i %% loss gaps are filled with what comes near to it', async (percent, gaps) => {
    const sent = atLevel(speechAt(rateOf(payloadType)), -20);
    const lost = lossesOf(percent);
    const heard = await heardOf(payloadType, sent, lost);
    const delay = delayBetween(sent, heard);
    const isChosen = (frame: number) => lost[frame] ?? false;
    // Silence in the gaps would be 0 dB, and repeated frames are -2 to -0.5 dB.
    expect(snrOfFramesDb(sent, heard, { delay, isChosen })).toBeGreaterThan(gaps.gapSnrDb);
    const distanceDb = spectralDistanceDb(sent, heard, delay) - least.distanceDb;
    expect(distanceDb).toBeLessThan(gaps.distanceDb);
    expect(Math.abs(speechLevelDbm0(heard) - speechLevelDbm0(sent))).toBeLessThan(0.5);
  });

  test('a tone of 1004 Hz is as loud as it was, and clean (ITU-T O.132)', async () => {
    const sent = toneAt(rateOf(payloadType), [1004], -10);
    const heard = steadyOf(await heardOf(payloadType, sent));
    expect(levelDbm0(heard)).toBeCloseTo(-10, 1);
    expect(thdNoiseDb(heard, [1004])).toBeLessThan(least.noiseDb);
  });
});

test('two tones mixed for a third: each as loud as it was, and nothing else', async () => {
  const stage = await Stage.open([0, 8, 8]);
  stage.say(0, toneAt(8000, [1004], -16));
  stage.say(1, toneAt(8000, [500], -16));
  const heard = steadyOf(stage.heardBy(2));
  expect(levelDbm0(heard)).toBeCloseTo(-13, 1);
  expect(thdNoiseDb(heard, [500, 1004])).toBeLessThan(-34);
  expect(thdNoiseDb(steadyOf(stage.heardBy(0)), [500])).toBeLessThan(-34);
});

test('the loudest tones together are cut off at full scale and not wrapped around', async () => {
  const stage = await Stage.open([0, 0, 8]);
  stage.say(0, toneAt(8000, [1004], 3));
  stage.say(1, toneAt(8000, [1004], 3));
  const heard = steadyOf(stage.heardBy(2));
  // A square wave is 4.2 dB above the loudest sine at the most; wrapped around it would be noise.
  expect(levelDbm0(heard)).toBeGreaterThan(3);
  expect(thdNoiseDb(heard, [1004, 3012])).toBeLessThan(-15);
});

async function heardOf(
  payloadType: WaveformPayloadType,
  sent: Audio,
  lost: readonly boolean[] = [],
): Promise<Audio> {
  const stage = await Stage.open([payloadType, payloadType]);
  stage.say(0, sent, lost);
  return stage.heardBy(1);
}

/** A conference of legs by payload type, in packets of 20 ms. */
class Stage {
  readonly #conference = new Conference(1, 4);
  readonly #legs: FakeLeg[] = [];
  readonly #packets: (readonly (Uint8Array | undefined)[])[] = [];

  static async open(payloadTypes: readonly WaveformPayloadType[]): Promise<Stage> {
    const stage = new Stage();
    for (const [index, payloadType] of payloadTypes.entries()) {
      const leg = await openFakeLeg(index + 1, { payloadType, packetMs: FRAME_MS });
      stage.#conference.add(leg.leg);
      stage.#legs.push(leg);
    }
    stage.#conference.settle();
    return stage;
  }

  /** What a leg will say; packets that are lost are left out. */
  say(leg: number, { samples, rateHz }: Audio, lost: readonly boolean[] = []): void {
    const codec = audioCodecOf(this.#payloadTypeOf(leg));
    const size = (FRAME_MS * rateHz) / 1000;
    this.#packets[leg] = Array.from({ length: samples.length / size }, (_, index) => {
      const payload = new Uint8Array(PAYLOAD_SIZE);
      codec.encode(samples.subarray(index * size, (index + 1) * size), payload);
      return lost[index] ? undefined : payload;
    });
  }

  /** Says all of it, and tells what this leg hears. */
  heardBy(leg: number): Audio {
    const ticks = Math.max(...this.#packets.map((packets) => packets?.length ?? 0));
    const already = this.#legs[leg]?.heard.length ?? 0;
    for (let tick = already; tick < ticks; tick++) {
      for (const [index, party] of this.#legs.entries()) {
        const packets = this.#packets[index];
        const payload = packets?.[tick];
        if (packets) say(party, payload ?? new Uint8Array(0), { isLost: payload === undefined });
      }
      this.#conference.tick();
    }
    return this.#decoded(leg);
  }

  #decoded(leg: number): Audio {
    const codec = audioCodecOf(this.#payloadTypeOf(leg));
    const size = (FRAME_MS * codec.sampleRateHz) / 1000;
    const heard = this.#legs[leg]?.heard ?? [];
    const samples = new Int16Array(size * heard.length);
    for (const [index, payload] of heard.entries()) {
      codec.decode(payload, samples.subarray(index * size, (index + 1) * size));
    }
    return { samples, rateHz: codec.sampleRateHz };
  }

  #payloadTypeOf(leg: number): WaveformPayloadType {
    return this.#legs[leg]?.format.payloadType ?? 0;
  }
}

function rateOf(payloadType: WaveformPayloadType): number {
  return payloadType === 9 ? 16_000 : 8000;
}

/** Recordings of a voice. */
function speechAt(rateHz: number): Audio {
  const all = [...readClips('en').values()].flatMap((clip) => [...clip]);
  const samples = Int16Array.from(all.slice(0, 8000 * SPEECH_SECONDS));
  if (rateHz === 8000) return { samples, rateHz };
  const wide = new Int16Array(2 * samples.length);
  new Resampler(8000, rateHz, samples.length).resample(samples, wide);
  return { samples: wide, rateHz };
}

/** Two seconds; each tone has this level. */
function toneAt(rateHz: number, frequenciesHz: readonly number[], dbm0: number): Audio {
  const peak = 32_768 * Math.SQRT2 * 10 ** ((dbm0 - 6.18) / 20);
  const samples = Int16Array.from({ length: 2 * rateHz }, (_, index) => {
    const sines = frequenciesHz.map((hz) => Math.sin((2 * Math.PI * hz * index) / rateHz));
    return Math.round(peak * sines.reduce((sum, sine) => sum + sine, 0));
  });
  return { samples, rateHz };
}

/** Without its beginning. */
function steadyOf({ samples, rateHz }: Audio): Audio {
  return { samples: samples.subarray(rateHz / 2), rateHz };
}

function lossesOf(percent: number): readonly boolean[] {
  const prng = new Prng(5);
  return Array.from({ length: 50 * SPEECH_SECONDS }, () => prng.chance(percent / 100));
}

/** By their first seconds. */
function delayBetween(sent: Audio, heard: Audio): number {
  const start = ({ samples, rateHz }: Audio) => ({
    samples: samples.subarray(0, 4 * rateHz),
    rateHz,
  });
  return delayOf(start(sent), start(heard), DELAY_MAX_MS);
}
