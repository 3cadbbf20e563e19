import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LoudestSpeakers, SPEAKERS_MAX, type Speaker } from './loudest-speakers.ts';

/* Goal: never more than the bound, never somebody silent, and nobody louder is left out. */

test('those who are mixed are the loudest of those who speak', () => {
  const loudest = new LoudestSpeakers();
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 40 }), (levels) => {
      const speakers = levels.map(speaker);
      loudest.choose(speakers);
      const [mixed, left] = [
        speakers.filter(({ isMixed }) => isMixed),
        speakers.filter(({ isMixed }) => !isMixed),
      ];
      const speaking = levels.filter((level) => level > 0).length;
      expect(mixed).toHaveLength(Math.min(SPEAKERS_MAX, speaking));
      const quietest = Math.min(...mixed.map(({ loudness }) => loudness));
      if (mixed.length === SPEAKERS_MAX) {
        for (const { loudness } of left) expect(loudness).toBeLessThanOrEqual(quietest);
      }
      for (const { loudness } of mixed) expect(loudness).toBeGreaterThan(0);
    }),
  );
});

test('who speaks keeps his place against one who is a little louder, not against a loud one', () => {
  const loudest = new LoudestSpeakers();
  const speakers = Array.from({ length: SPEAKERS_MAX + 1 }, () => speaker(60));
  loudest.choose(speakers);
  const [first, last] = [speakers[0], speakers.at(-1)];
  if (!first || !last) throw new Error('there are speakers');
  expect([first.isMixed, last.isMixed]).toEqual([true, false]);
  last.loudness = 70;
  loudest.choose(speakers);
  expect([first.isMixed, last.isMixed]).toEqual([true, false]);
  last.loudness = 80;
  loudest.choose(speakers);
  expect(last.isMixed).toBe(true);
  expect(speakers.filter(({ isMixed }) => isMixed)).toHaveLength(SPEAKERS_MAX);
});

function speaker(loudness: number): Speaker {
  return { loudness, isMixed: false };
}
