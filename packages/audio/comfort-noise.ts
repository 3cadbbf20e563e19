/**
 * Comfort noise: what is heard of a talker whose device is silent between words, at the level that it told
 * (RFC 3389). The spectrum that it may tell too is not followed: the noise is white.
 *
 * Source: [rfc] RFC 3389 §3 (level), §4 (payload type).
 */

import { FULL_SCALE } from './tone.ts';

/** Static, of any codec whose clock runs at 8 kHz. */
export const COMFORT_NOISE_TYPE = 13;

/** Of a uniform distribution: its peak over its root mean square. */
const CREST: number = Math.sqrt(3);

export class ComfortNoise {
  #levelDbov = 0;
  /** Of the packet that told it last. */
  #sequenceNumber = 0;
  #isOn = false;
  /** Voice has come since, and waits for its turn. */
  #isEnding = false;
  #state = 1;

  /** Whether the talker is silent. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** A packet of it has come. An empty one tells nothing. */
  tell(sequenceNumber: number, payload: Uint8Array): void {
    const [level] = payload;
    if (level === undefined) return;
    this.#levelDbov = -(level & 0x7f);
    this.#sequenceNumber = sequenceNumber;
    this.#isOn = true;
    this.#isEnding = false;
  }

  /** A packet of voice has come. */
  expectVoice(sequenceNumber: number): void {
    if (((sequenceNumber - this.#sequenceNumber) << 16) >> 16 > 0) this.#isEnding = true;
  }

  /** Voice is played: the noise ends, unless it is what was said before it. */
  hearVoice(): void {
    if (this.#isEnding) this.#isOn = false;
  }

  /** Fills all of `target`. */
  write(target: Int16Array): void {
    const peak = FULL_SCALE * Math.min(1, CREST * 10 ** (this.#levelDbov / 20));
    for (let index = 0; index < target.length; index++) {
      this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0;
      target[index] = Math.trunc((peak * this.#state) / 0x8000_0000);
    }
  }
}
