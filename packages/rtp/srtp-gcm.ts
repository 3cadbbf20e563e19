/**
 * The suites of RFC 7714: AES-GCM over the payload, with the header as associated data and a tag of 16
 * bytes.
 *
 *   nonce    0     2        6        10    12
 *            +-----+--------+--------+-----+
 *            |  0  |  SSRC  |  ROC   | seq |   all of it XORed with the salt
 *            +-----+--------+--------+-----+
 *
 * Source: [rfc] RFC 7714 §8.1 (nonce), §8.2 (associated data), §5 (tag).
 */

import { type CipherGCMTypes, createCipheriv, createDecipheriv } from 'node:crypto';
import { assert } from '@conclave/base';
import type { PacketSlab } from './packet-slab.ts';
import type { SrtpSessionKeys } from './srtp-key-derivation.ts';
import type { PacketParts, PacketPosition, SrtpTransform } from './srtp-transform.ts';

const TAG_SIZE = 16;
const NONCE_SIZE = 12;
const KEY_256_SIZE = 32;

export class GcmTransform implements SrtpTransform {
  readonly tagSize: number = TAG_SIZE;
  readonly #type: CipherGCMTypes;
  readonly #key: Uint8Array;
  readonly #salt: Uint8Array;
  readonly #nonce = new Uint8Array(NONCE_SIZE);
  #closed = false;

  constructor(keys: SrtpSessionKeys) {
    assert(keys.salt.length === NONCE_SIZE, 'the salt is as long as the nonce');
    this.#type = keys.cipherKey.length === KEY_256_SIZE ? 'aes-256-gcm' : 'aes-128-gcm';
    this.#key = keys.cipherKey.slice();
    this.#salt = keys.salt.slice();
  }

  seal({ bytes, headerSize, length }: PacketParts, position: PacketPosition): void {
    const cipher = createCipheriv(this.#type, this.#key, this.#nonceOf(position));
    cipher.setAAD(bytes.subarray(0, headerSize));
    bytes.set(cipher.update(bytes.subarray(headerSize, length)), headerSize);
    cipher.final();
    bytes.set(cipher.getAuthTag(), length);
  }

  open(packet: PacketParts, position: PacketPosition, slab: PacketSlab): Uint8Array | undefined {
    const { bytes, headerSize, length } = packet;
    const options = { authTagLength: TAG_SIZE };
    const decipher = createDecipheriv(this.#type, this.#key, this.#nonceOf(position), options);
    decipher.setAAD(bytes.subarray(0, headerSize));
    decipher.setAuthTag(bytes.subarray(length, length + TAG_SIZE));
    const payload = decipher.update(bytes.subarray(headerSize, length));
    try {
      decipher.final();
    } catch {
      // It is not authentic: nothing of what was decrypted leaves this function.
      payload.fill(0);
      return undefined;
    }
    const rtp = slab.take(length);
    rtp.set(bytes.subarray(0, headerSize));
    rtp.set(payload, headerSize);
    return rtp;
  }

  close(): void {
    this.#closed = true;
    this.#key.fill(0);
    this.#salt.fill(0);
    this.#nonce.fill(0);
  }

  #nonceOf({ ssrc, rolloverCounter, sequenceNumber }: PacketPosition): Uint8Array {
    assert(!this.#closed, 'a closed cipher has no key');
    const nonce = this.#nonce;
    nonce.set(this.#salt);
    xorInto(nonce, 2, ssrc);
    xorInto(nonce, 6, rolloverCounter);
    xorInto(nonce, 8, sequenceNumber);
    return nonce;
  }
}

/** Four bytes, big endian. */
function xorInto(bytes: Uint8Array, offset: number, value: number): void {
  for (let index = 0; index < 4; index++) {
    const byte = (value >>> (24 - 8 * index)) & 0xff;
    bytes[offset + index] = (bytes[offset + index] ?? 0) ^ byte;
  }
}
