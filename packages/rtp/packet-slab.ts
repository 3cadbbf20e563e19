/**
 * Fresh packet buffers, cut one after the other from a larger allocation.
 *
 * An ArrayBuffer of its own costs ten times as much as a view (`srtp.bench.ts`) and is work for the
 * garbage collector, at 50 packets per second and leg. Nothing is ever handed out twice: a slab
 * lives as long as one of its packets does, so whoever holds a packet for long holds 16 kB.
 */

import { assert } from '@conclave/base';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';

/** About 90 voice packets. */
const SLAB_SIZE: number = 16 * 1024;

/** Packets start on a word, for those who copy by words. */
const ALIGNMENT = 8;

export class PacketSlab {
  #slab: ArrayBuffer = new ArrayBuffer(SLAB_SIZE);
  #used = 0;

  /** `size` zero bytes that belong to the caller from now on; at most `RTP_PACKET_SIZE_MAX`. */
  take(size: number): Uint8Array {
    assert(size <= RTP_PACKET_SIZE_MAX, 'a packet is within the bound');
    if (this.#used + size > SLAB_SIZE) {
      this.#slab = new ArrayBuffer(SLAB_SIZE);
      this.#used = 0;
    }
    const packet = new Uint8Array(this.#slab, this.#used, size);
    this.#used += Math.ceil(size / ALIGNMENT) * ALIGNMENT;
    return packet;
  }
}
