/**
 * Whether a participant says something, and how loud: what decides who is mixed. It goes by the peaks
 * of G.711 codes (`G711Codec.loudness`), so that who is silent need not even be decoded.
 *
 * Speech begins with the first frame that is not background, and ends only after a pause, so that the
 * quiet ends of words are not cut off.
 */

/** -48 dBov at the loudest sample: a quiet room is below, a whisper is above. */
export const SPEECH_LOUDNESS_MIN = 16;

/** 200 ms: longer than the pauses within a word. */
export const HANGOVER_FRAMES = 10;

/** 0.75 dB a frame: who speaks is not quieter between two syllables. */
const FALL_PER_FRAME = 2;

export class VoiceActivity {
  #loudness = 0;
  #framesLeft = 0;

  /** Takes in the loudness of one frame; a frame that is missing has 0. The loudness of late, or 0. */
  hear(loudness: number): number {
    this.#loudness = Math.max(loudness, this.#loudness - FALL_PER_FRAME);
    if (loudness >= SPEECH_LOUDNESS_MIN) this.#framesLeft = HANGOVER_FRAMES;
    else if (this.#framesLeft > 0) this.#framesLeft -= 1;
    else return 0;
    return Math.max(1, this.#loudness);
  }
}
