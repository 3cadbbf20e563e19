/**
 * AES-CM of SRTP: XORs the payload of a packet with the keystream of its index.
 *
 *   counter block    0        4        8        12      14      16
 *                    +--------+--------+--------+-------+-------+
 *                    | salt   | salt   | salt   | salt  | block |
 *                    |        | ^ SSRC | ^ ROC  | ^ seq | 0, 1… |
 *                    +--------+--------+--------+-------+-------+
 *
 * The counter blocks of one packet are encrypted by one `update` of an AES-ECB cipher that stays
 * open for the life of the key: the same keystream as AES-CTR, without a new cipher (key schedule,
 * context) per packet, which costs three times as much (`srtp.bench.ts`). ECB never sees data, only
 * counters.
 *
 * It knows nothing of replay or authentication, and never asks whether an index was used before.
 *
 * Source: [rfc] RFC 3711 §4.1.1.
 */

import { type Cipheriv, createCipheriv } from 'node:crypto';
import { assert } from '@conclave/base';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';
import type { SrtpSessionKeys } from './srtp-key-derivation.ts';
import type { PacketPosition } from './srtp-transform.ts';

const BLOCK_SIZE = 16;

export class SrtpCipher {
  readonly #cipher: Cipheriv;
  /** Counter blocks of the current packet, ready for `update`. */
  readonly #blocks: Uint8Array;
  readonly #blocksView: DataView;
  readonly #salt: Uint32Array<ArrayBuffer>;
  /** The part of `#blocks` last used: voice packets have one size, so it is rarely made anew. */
  #used: Uint8Array;
  #closed = false;

  /** `sizeMax` bounds the bytes of one packet, and with it the memory held. */
  constructor(keys: SrtpSessionKeys, sizeMax: number = RTP_PACKET_SIZE_MAX) {
    assert(sizeMax <= BLOCK_SIZE * 0x1_0000, 'a packet has at most 2^16 blocks of keystream');
    this.#cipher = createCipheriv('aes-128-ecb', keys.cipherKey, null).setAutoPadding(false);
    this.#blocks = new Uint8Array(Math.ceil(sizeMax / BLOCK_SIZE) * BLOCK_SIZE);
    this.#blocksView = new DataView(this.#blocks.buffer);
    this.#used = this.#blocks.subarray(0, 0);
    const salt = new DataView(keys.salt.buffer, keys.salt.byteOffset, keys.salt.byteLength);
    this.#salt = Uint32Array.of(
      salt.getUint32(0),
      salt.getUint32(4),
      salt.getUint32(8),
      salt.getUint16(12) << 16,
    );
  }

  /** Encrypts or decrypts `bytes[start..end)` in place. */
  apply(bytes: Uint8Array, start: number, end: number, position: PacketPosition): void {
    assert(!this.#closed, 'a closed cipher has no key');
    if (start === end) return;
    const keystream = this.#keystream(end - start, position);
    for (let from = start, index = 0; from < end; from++, index++) {
      bytes[from] = (bytes[from] ?? 0) ^ (keystream[index] ?? 0);
    }
  }

  /** Wipes what it can reach; the cipher context clears its key schedule when it ends. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#cipher.final();
    this.#salt.fill(0);
    this.#blocks.fill(0);
  }

  #keystream(size: number, position: PacketPosition): Uint8Array {
    const [salt0 = 0, salt1 = 0, salt2 = 0, salt3 = 0] = this.#salt;
    const word1 = salt1 ^ position.ssrc;
    const word2 = salt2 ^ position.rolloverCounter;
    const word3 = salt3 ^ (position.sequenceNumber << 16);
    const sizeInBlocks = Math.ceil(size / BLOCK_SIZE);
    for (let block = 0; block < sizeInBlocks; block++) {
      const offset = block * BLOCK_SIZE;
      this.#blocksView.setInt32(offset, salt0);
      this.#blocksView.setInt32(offset + 4, word1);
      this.#blocksView.setInt32(offset + 8, word2);
      this.#blocksView.setInt32(offset + 12, word3 | block);
    }
    if (this.#used.length !== sizeInBlocks * BLOCK_SIZE) {
      assert(sizeInBlocks * BLOCK_SIZE <= this.#blocks.length, 'the packet is within the bound');
      this.#used = this.#blocks.subarray(0, sizeInBlocks * BLOCK_SIZE);
    }
    return this.#cipher.update(this.#used);
  }
}
