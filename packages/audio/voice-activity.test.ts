import { describe, expect, test } from 'vitest';
import { PCMA, PCMU } from './g711.ts';
import { FRAME_SAMPLES } from './pcm.ts';
import { ToneGenerator } from './tone.ts';
import { HANGOVER_FRAMES, SPEECH_LOUDNESS_MIN, VoiceActivity } from './voice-activity.ts';

/* Goal: a quiet room is silence, a whisper is speech, and the end of a word is not cut off. */

test('speech lasts through a pause of 200 ms and not longer; it falls slowly', () => {
  const activity = new VoiceActivity();
  expect(activity.hear(0)).toBe(0);
  expect(activity.hear(SPEECH_LOUDNESS_MIN - 1)).toBe(0);
  expect(activity.hear(80)).toBe(80);
  expect(activity.hear(30)).toBe(78);
  const pause = Array.from({ length: HANGOVER_FRAMES + 1 }, () => activity.hear(0));
  expect(pause.map((level) => level > 0)).toEqual([
    ...new Array<boolean>(HANGOVER_FRAMES).fill(true),
    false,
  ]);
});

describe.each([PCMU, PCMA])('$name', (codec) => {
  test.each([
    [-60, false],
    [-40, true],
    [-20, true],
  ])('a tone of %i dBov is speech: %s', (levelDbov, isSpeech) => {
    expect(loudnessOf(levelDbov) >= SPEECH_LOUDNESS_MIN).toBe(isSpeech);
  });

  test('16 more are 6 dB more, within two steps', () => {
    expect(Math.abs(loudnessOf(-14) - loudnessOf(-20) - 16)).toBeLessThanOrEqual(2);
    expect(Math.abs(PCMU.loudness(tone(PCMU, -20)) - PCMA.loudness(tone(PCMA, -20)))).toBeLessThan(
      4,
    );
  });

  test('silence is nothing, and the loudest code is the loudest', () => {
    expect(codec.loudness(new Uint8Array(FRAME_SAMPLES).fill(codec.silence))).toBe(0);
    const loud = new Uint8Array(1);
    codec.encode(Int16Array.of(-32_768), loud);
    expect(codec.loudness(loud)).toBe(127);
  });

  function loudnessOf(levelDbov: number): number {
    return codec.loudness(tone(codec, levelDbov));
  }
});

function tone(codec: typeof PCMU, levelDbov: number): Uint8Array {
  const samples = new Int16Array(FRAME_SAMPLES);
  new ToneGenerator({ frequenciesHz: [400], levelDbov }).write(samples);
  const payload = new Uint8Array(FRAME_SAMPLES);
  codec.encode(samples, payload);
  return payload;
}
