/**
 * Cuts and joins: samples go in by one packet time and come out by another. Towards the mixer, packets
 * of 10 to 60 ms become frames of 20 ms; away from it, frames become packets.
 *
 * No allocation; it holds at most one packet and one frame of the longest times.
 */

import { assert } from '@conclave/base';

/** In use: multiples of 10 ms (RFC 3551 §4.2 has 20; phones offer these by `a=ptime`). */
export const PACKET_TIMES_MS: readonly number[] = [10, 20, 30, 40, 50, 60];

/** Twice the longest packet. */
const CAPACITY_MS = 120;

export class SampleFramer {
  readonly #held: Int16Array;
  readonly #size: number;
  #count = 0;

  /** What comes out has `packetMs` at `sampleRateHz`. */
  constructor(packetMs: number, sampleRateHz: number) {
    assert(PACKET_TIMES_MS.includes(packetMs), 'a packet time in use');
    this.#size = (packetMs * sampleRateHz) / 1000;
    this.#held = new Int16Array((CAPACITY_MS * sampleRateHz) / 1000);
  }

  /** Samples that wait. */
  get waiting(): number {
    return this.#count;
  }

  /** Adds samples. What would not fit pushes the oldest out: who takes too slowly hears the newest. */
  put(samples: Int16Array): void {
    const held = this.#held;
    assert(samples.length <= held.length, 'no packet is that long');
    const excess = Math.max(0, this.#count + samples.length - held.length);
    this.#drop(excess);
    held.set(samples, this.#count);
    this.#count += samples.length;
  }

  /** Takes the oldest packet or frame; false, and nothing is taken, when there is none in full. */
  take(target: Int16Array): boolean {
    assert(target.length === this.#size, 'the target is one packet');
    if (this.#count < this.#size) return false;
    for (let index = 0; index < this.#size; index++) target[index] = this.#held[index] ?? 0;
    this.#drop(this.#size);
    return true;
  }

  #drop(count: number): void {
    this.#held.copyWithin(0, count, this.#count);
    this.#count -= count;
  }
}
