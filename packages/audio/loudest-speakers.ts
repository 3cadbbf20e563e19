/**
 * The few of many who are mixed. More than a handful of people at once nobody understands, and the
 * noise of all the others would add up; who is not chosen hears those who are.
 *
 * Who spoke in the last frame has an advantage, so that two of equal loudness do not take turns.
 */

/** At once, in one conference. */
export const SPEAKERS_MAX = 8;

/** 4.5 dB on the scale of `G711Codec.loudness`. */
const ADVANTAGE = 12;

const CLASS_COUNT: number = 128 + ADVANTAGE;

export interface Speaker {
  /** In this frame, by `VoiceActivity`; 0 is silent. */
  loudness: number;
  /** In: whether he was mixed in the last frame. Out: whether he is in this one. */
  isMixed: boolean;
}

export class LoudestSpeakers {
  readonly #counts = new Int32Array(CLASS_COUNT);

  /** Decides on all of a conference; allocates nothing. */
  choose(speakers: readonly Speaker[]): void {
    let speaking = 0;
    for (const speaker of speakers) if (speaker.loudness > 0) speaking += 1;
    if (speaking > SPEAKERS_MAX) return this.#chooseAmong(speakers);
    for (const speaker of speakers) speaker.isMixed = speaker.loudness > 0;
  }

  /** All above a rank, and the first of those who have it. */
  #chooseAmong(speakers: readonly Speaker[]): void {
    const counts = this.#counts.fill(0);
    for (const speaker of speakers) {
      if (speaker.loudness > 0) counts[rankOf(speaker)] = (counts[rankOf(speaker)] ?? 0) + 1;
    }
    let floor = CLASS_COUNT - 1;
    let places = SPEAKERS_MAX;
    for (; places > (counts[floor] ?? 0); floor -= 1) places -= counts[floor] ?? 0;
    for (const speaker of speakers) {
      const rank = speaker.loudness > 0 ? rankOf(speaker) : 0;
      speaker.isMixed = rank > floor || (rank === floor && places > 0);
      if (rank === floor) places -= 1;
    }
  }
}

function rankOf({ loudness, isMixed }: Speaker): number {
  return loudness + (isMixed ? ADVANTAGE : 0);
}
