/**
 * The authentication tag of SRTP: HMAC-SHA1 over the packet and its ROC, cut to 10 or 4 bytes.
 *
 * HMAC is written out as its two hashes, SHA1(outer pad || SHA1(inner pad || packet || ROC)), over
 * two buffers that hold the pads ready, because two one-shot hashes cost a third of creating an
 * Hmac object (`srtp.bench.ts`). The hash itself is OpenSSL's.
 *
 * Source: [rfc] RFC 3711 §4.2 and §4.2.1, RFC 2104 §2.
 */

import { hash, timingSafeEqual } from 'node:crypto';
import { assert } from '@conclave/base';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';
import type { SrtpSessionKeys } from './srtp-key-derivation.ts';

const SHA1_BLOCK_SIZE = 64;
const SHA1_SIZE = 20;
const ROLLOVER_COUNTER_SIZE = 4;
/** A received packet is copied with its tag; the ROC then takes the first bytes of the tag. */
const TAG_SIZE_MAX = 10;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

export class SrtpAuthenticator {
  /** Inner pad, then the packet, then the ROC. */
  readonly #inner = new Uint8Array(SHA1_BLOCK_SIZE + RTP_PACKET_SIZE_MAX + TAG_SIZE_MAX);
  /** Outer pad, then the inner hash. */
  readonly #outer = new Uint8Array(SHA1_BLOCK_SIZE + SHA1_SIZE);
  readonly #expected: Uint8Array;
  readonly #received: Uint8Array;
  /** The part of `#inner` last used: voice packets have one size, so it is rarely made anew. */
  #used: Uint8Array;
  #closed = false;

  constructor(keys: SrtpSessionKeys, tagSize: number) {
    assert(keys.authKey.length <= SHA1_BLOCK_SIZE, 'the key fits one block');
    assert(tagSize >= ROLLOVER_COUNTER_SIZE && tagSize <= TAG_SIZE_MAX, 'a tag has 4 to 10 bytes');
    this.#expected = new Uint8Array(tagSize);
    this.#received = new Uint8Array(tagSize);
    this.#used = this.#inner.subarray(0, SHA1_BLOCK_SIZE);
    this.#inner.fill(INNER_PAD, 0, SHA1_BLOCK_SIZE);
    this.#outer.fill(OUTER_PAD, 0, SHA1_BLOCK_SIZE);
    for (const [offset, byte] of keys.authKey.entries()) {
      this.#inner[offset] = byte ^ INNER_PAD;
      this.#outer[offset] = byte ^ OUTER_PAD;
    }
  }

  get tagSize(): number {
    return this.#expected.length;
  }

  /**
   * Writes the tag of `packet[0..length)` right behind it, at `packet[length]`, where there is
   * room.
   */
  sign(packet: Uint8Array, length: number, rolloverCounter: number): void {
    assert(packet.length === length + this.tagSize, 'the packet has room for its tag');
    this.#compute(packet, length, rolloverCounter);
    packet.set(this.#expected, length);
  }

  /**
   * Tells whether the tag behind `packet[0..length)` is right, in a time that hides where it is
   * not.
   */
  verify(packet: Uint8Array, length: number, rolloverCounter: number): boolean {
    assert(packet.length === length + this.tagSize, 'the packet ends with its tag');
    this.#compute(packet, length, rolloverCounter);
    for (let offset = 0; offset < this.tagSize; offset++) {
      this.#received[offset] = packet[length + offset] ?? 0;
    }
    return timingSafeEqual(this.#expected, this.#received);
  }

  /** Wipes the pads, from which the key could be computed. */
  close(): void {
    this.#closed = true;
    this.#inner.fill(0);
    this.#outer.fill(0);
    this.#expected.fill(0);
  }

  #compute(packet: Uint8Array, length: number, rolloverCounter: number): void {
    assert(!this.#closed, 'a closed authenticator has no key');
    const end = SHA1_BLOCK_SIZE + length;
    assert(SHA1_BLOCK_SIZE + packet.length <= this.#inner.length, 'the packet is within the bound');
    const inner = this.#inner;
    inner.set(packet, SHA1_BLOCK_SIZE);
    inner[end] = rolloverCounter >>> 24;
    inner[end + 1] = rolloverCounter >>> 16;
    inner[end + 2] = rolloverCounter >>> 8;
    inner[end + 3] = rolloverCounter;
    if (this.#used.length !== end + ROLLOVER_COUNTER_SIZE) {
      this.#used = inner.subarray(0, end + ROLLOVER_COUNTER_SIZE);
    }
    copyBinary(hash('sha1', this.#used, 'binary'), SHA1_SIZE, this.#outer, SHA1_BLOCK_SIZE);
    copyBinary(hash('sha1', this.#outer, 'binary'), this.tagSize, this.#expected, 0);
  }
}

/** A hash as a string of bytes is the one form that comes without a new buffer. */
function copyBinary(source: string, size: number, target: Uint8Array, offset: number): void {
  for (let index = 0; index < size; index++) target[offset + index] = source.charCodeAt(index);
}
