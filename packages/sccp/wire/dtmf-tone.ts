/** Keys of a telephone and the tones that stand for them. */
import { Tone } from './enumerations.ts';

const TONES: ReadonlyMap<string, number> = new Map([
  ['0', Tone.Dtmf0],
  ['1', Tone.Dtmf1],
  ['2', Tone.Dtmf2],
  ['3', Tone.Dtmf3],
  ['4', Tone.Dtmf4],
  ['5', Tone.Dtmf5],
  ['6', Tone.Dtmf6],
  ['7', Tone.Dtmf7],
  ['8', Tone.Dtmf8],
  ['9', Tone.Dtmf9],
  ['*', Tone.DtmfStar],
  ['#', Tone.DtmfPound],
  ['A', Tone.DtmfA],
  ['B', Tone.DtmfB],
  ['C', Tone.DtmfC],
  ['D', Tone.DtmfD],
]);

const DIGITS: ReadonlyMap<number, string> = new Map(
  [...TONES].map(([digit, tone]) => [tone, digit]),
);

export function toneOfDigit(digit: string): number | undefined {
  return TONES.get(digit);
}

export function digitOfTone(tone: number): string | undefined {
  return DIGITS.get(tone);
}
