/**
 * Replay window of one SRTP source: which of the last packets were accepted already.
 *
 * A circular bitmap: the bit of packet index i is i mod 128, so that moving on by one packet clears
 * one bit and sets one bit. It is not told about a packet before that packet is authenticated:
 * `check` looks, `accept` remembers.
 *
 * Source: [rfc] RFC 3711 §3.3.2 (at least 64 packets).
 */

import { assert } from '@conclave/base';

/** 2.5 s of voice at 50 packets per second: more than any jitter worth playing. */
export const REPLAY_WINDOW_PACKETS = 128;

export type ReplayVerdict = 'new' | 'replayed' | 'too-old';

export class ReplayWindow {
  readonly #bits = new Int32Array(REPLAY_WINDOW_PACKETS / 32);
  #highestIndex = -1;

  /** The highest packet index accepted so far; -1 before the first one. */
  get highestIndex(): number {
    return this.#highestIndex;
  }

  /** `index` is the 48-bit packet index. Changes nothing. */
  check(index: number): ReplayVerdict {
    if (index > this.#highestIndex) return 'new';
    if (this.#highestIndex - index >= REPLAY_WINDOW_PACKETS) return 'too-old';
    return this.#isSet(index) ? 'replayed' : 'new';
  }

  /** Remembers an authenticated packet. The caller has checked it with the verdict `new`. */
  accept(index: number): void {
    assert(this.check(index) === 'new', 'only a new packet is accepted');
    if (index > this.#highestIndex) {
      const from = Math.max(this.#highestIndex + 1, index - REPLAY_WINDOW_PACKETS + 1);
      for (let skipped = from; skipped < index; skipped++) this.#clear(skipped);
      this.#highestIndex = index;
    }
    const bit = index % REPLAY_WINDOW_PACKETS;
    this.#bits[bit >> 5] = this.#word(bit) | (1 << (bit & 31));
  }

  #isSet(index: number): boolean {
    const bit = index % REPLAY_WINDOW_PACKETS;
    return (this.#word(bit) & (1 << (bit & 31))) !== 0;
  }

  #clear(index: number): void {
    const bit = index % REPLAY_WINDOW_PACKETS;
    this.#bits[bit >> 5] = this.#word(bit) & ~(1 << (bit & 31));
  }

  #word(bit: number): number {
    return this.#bits[bit >> 5] ?? 0;
  }
}
