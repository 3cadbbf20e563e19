/**
 * The mixing kernel of a conference: everybody hears everybody but himself.
 *
 * A tick of 20 ms, as the bridge makes it:
 *
 *   for every port with audio:   decode into `port.input`; `port.active = true`
 *   once:                        `mixer.mix()`
 *   for every port:              encode `port.output()`; when it is `mixer.common`, send what
 *                                was encoded from `mixer.common` once for this codec
 *
 * The sum is made once, in 32 bits; what a speaker hears is the sum less his own samples, clipped
 * to 16 bits only then. So the work is O(participants) and not its square, and loud company
 * distorts only for those who hear it. All who did not contribute hear the same, in one shared
 * frame.
 *
 * Invariants: no allocation per tick; frames are valid until the next `mix`; a contribution is
 * mixed once (`mix` makes every port inactive again, so a leg that fell silent does not repeat
 * itself).
 *
 * Not here: jitter, codecs, gain control, loudest-speaker selection.
 */

import { assert } from '@conclave/base';
import { FRAME_SAMPLES, saturate } from './pcm.ts';

/** 32-bit sums hold 65536 full-scale speakers; a bridge process runs out of time long before. */
export const MIXER_PORT_COUNT_MAX = 1024;

/** A participant's place at the mixer. */
export interface MixerPort {
  readonly id: string;
  /** Written by the caller before `mix`: one frame. Read only if `active`. */
  readonly input: Int16Array;
  /** Set to true for every tick in which `input` is fresh; `mix` sets it back. */
  active: boolean;
  /**
   * What this participant hears: one frame, valid until the next `mix`. Silence before the first.
   * It is `mixer.common`, the very same array, if the participant did not contribute.
   */
  output(): Int16Array;
}

export class ConferenceMixer {
  /** The mix of all who contributed, as those hear it who did not. Valid until the next `mix`. */
  readonly common: Int16Array;
  readonly #sum: Int32Array;
  readonly #ports: Port[] = [];

  constructor(frameSamples: number = FRAME_SAMPLES) {
    this.common = new Int16Array(frameSamples);
    this.#sum = new Int32Array(frameSamples);
  }

  get portCount(): number {
    return this.#ports.length;
  }

  /** Makes a port, silent and inactive. Ids are the caller's, each present once at most. */
  add(id: string): MixerPort {
    assert(this.#ports.length < MIXER_PORT_COUNT_MAX, 'the caller admits participants to a bound');
    assert(!this.#ports.some((port) => port.id === id), 'a participant has one port');
    const port = new Port(id, this.common);
    this.#ports.push(port);
    return port;
  }

  /**
   * The port is heard no more, from the next `mix` on. Unknown ids are a mistake, hence asserted.
   */
  remove(id: string): void {
    const index = this.#ports.findIndex((port) => port.id === id);
    assert(index >= 0, 'who leaves has a port');
    this.#ports.splice(index, 1);
  }

  /** Mixes one frame of all active ports, then makes them inactive. */
  mix(): void {
    const sum = this.#sum;
    sum.fill(0);
    for (const port of this.#ports) if (port.active) addTo(sum, port.input);
    const { common } = this;
    for (let index = 0; index < common.length; index++) common[index] = saturate(sum[index] ?? 0);
    for (const port of this.#ports) port.take(sum, common);
  }
}

class Port implements MixerPort {
  readonly id: string;
  readonly input: Int16Array;
  active = false;
  readonly #own: Int16Array;
  #output: Int16Array;

  constructor(id: string, common: Int16Array) {
    this.id = id;
    this.input = new Int16Array(common.length);
    this.#own = new Int16Array(common.length);
    // A newcomer between two ticks hears the mix that all the others hear.
    this.#output = common;
  }

  output(): Int16Array {
    return this.#output;
  }

  /** Ends the tick for this port: `sum` and `common` are of all ports. */
  take(sum: Int32Array, common: Int16Array): void {
    if (!this.active) {
      this.#output = common;
      return;
    }
    this.active = false;
    this.#output = this.#own;
    const { input } = this;
    const own = this.#own;
    for (let index = 0; index < own.length; index++) {
      own[index] = saturate((sum[index] ?? 0) - (input[index] ?? 0));
    }
  }
}

function addTo(sum: Int32Array, samples: Int16Array): void {
  for (let index = 0; index < sum.length; index++) {
    sum[index] = (sum[index] ?? 0) + (samples[index] ?? 0);
  }
}
