/**
 * SRTCP: protects and opens control packets, one every few seconds, so that it is simple before it is fast.
 *
 *   counter mode   header, 8 bytes | encrypted | E and index, 4 bytes | tag, 10 bytes
 *   GCM            header, 8 bytes | encrypted | tag, 16 bytes        | E and index, 4 bytes
 *
 * We always encrypt; what comes with E = 0 is refused, as a leg with a key has nothing to say in clear.
 *
 * Source: [rfc] RFC 3711 §3.4 and §4.1.1, RFC 4568 §6.2 (the tag of the suite with 32 bits has 80 here),
 * RFC 7714 §9.
 */
import {
  type CipherGCMTypes,
  createCipheriv,
  createDecipheriv,
  createHmac,
  timingSafeEqual,
} from 'node:crypto';
import { assert, fail, ok, type Result } from '@conclave/base';
import { ReplayWindow } from './replay-window.ts';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';
import {
  deriveControlKeys,
  isGcm,
  type SrtpMasterKey,
  type SrtpSessionKeys,
  wipeSessionKeys,
} from './srtp-key-derivation.ts';

const HEADER_SIZE = 8;
const WORD_SIZE = 4;
const HMAC_TAG_SIZE = 10;
const GCM_TAG_SIZE = 16;
const GCM_NONCE_SIZE = 12;
const BLOCK_SIZE = 16;
const ENCRYPTED_BIT = 0x8000_0000;

/** A key protects so many control packets and no more (RFC 3711 §9.2). */
const INDEX_MAX = 0x7fff_ffff;

/** Sources whose packets one key opens: a leg is one, and a phone that restarts another. */
const SOURCE_COUNT_MAX = 8;

export type SrtcpError =
  | 'malformed'
  | 'clear'
  | 'replayed'
  | 'unauthenticated'
  | 'too many sources';

/** One direction of one leg. */
export class SrtcpSender {
  readonly #transform: ControlTransform;
  #index = 0;

  constructor(master: SrtpMasterKey) {
    this.#transform = new ControlTransform(master);
  }

  /** The packet protected; undefined when the key is used up. `packet` is a compound of ours. */
  protect(packet: Uint8Array): Uint8Array | undefined {
    assert(packet.length >= HEADER_SIZE, 'a control packet has a header');
    if (this.#index >= INDEX_MAX) return undefined;
    this.#index += 1;
    return this.#transform.seal(packet, this.#index);
  }

  /** Wipes the keys. */
  close(): void {
    this.#transform.close();
  }
}

/** One direction of one leg, from the other end. */
export class SrtcpReceiver {
  readonly #transform: ControlTransform;
  readonly #windows = new Map<number, ReplayWindow>();

  constructor(master: SrtpMasterKey) {
    this.#transform = new ControlTransform(master);
  }

  /** The packet in clear; what is refused changes nothing. */
  open(bytes: Uint8Array): Result<Uint8Array, SrtcpError> {
    const { overhead } = this.#transform;
    if (bytes.length < HEADER_SIZE + overhead || bytes.length > RTP_PACKET_SIZE_MAX) {
      return fail('malformed');
    }
    if ((bytes[0] ?? 0) >>> 6 !== 2) return fail('malformed');
    const word = this.#transform.wordOf(bytes);
    if (word < ENCRYPTED_BIT) return fail('clear');
    const ssrc = viewOf(bytes).getUint32(4);
    const known = this.#windows.get(ssrc);
    if (!known && this.#windows.size >= SOURCE_COUNT_MAX) return fail('too many sources');
    const index = word - ENCRYPTED_BIT;
    if (known && known.check(index) !== 'new') return fail('replayed');
    const packet = this.#transform.open(bytes);
    if (!packet) return fail('unauthenticated');
    const window = known ?? new ReplayWindow();
    window.accept(index);
    this.#windows.set(ssrc, window);
    return ok(packet);
  }

  /** Wipes the keys. */
  close(): void {
    this.#transform.close();
  }
}

class ControlTransform {
  readonly #keys: SrtpSessionKeys;
  readonly #gcm: CipherGCMTypes | undefined;
  #closed = false;

  constructor(master: SrtpMasterKey) {
    this.#keys = deriveControlKeys(master);
    const gcm = master.suite === 'AEAD_AES_256_GCM' ? 'aes-256-gcm' : 'aes-128-gcm';
    this.#gcm = isGcm(master.suite) ? gcm : undefined;
  }

  /** What it adds to a packet, in bytes. */
  get overhead(): number {
    return WORD_SIZE + (this.#gcm ? GCM_TAG_SIZE : HMAC_TAG_SIZE);
  }

  /** E and index. */
  wordOf(bytes: Uint8Array): number {
    const behind = WORD_SIZE + (this.#gcm ? 0 : HMAC_TAG_SIZE);
    return viewOf(bytes).getUint32(bytes.length - behind);
  }

  seal(packet: Uint8Array, index: number): Uint8Array {
    assert(!this.#closed, 'a closed cipher has no key');
    const header = packet.subarray(0, HEADER_SIZE);
    const clear = packet.subarray(HEADER_SIZE);
    const word = wordBytes(ENCRYPTED_BIT + index);
    if (this.#gcm) {
      const cipher = createCipheriv(this.#gcm, this.#keys.cipherKey, this.#nonce(header, index));
      cipher.setAAD(joined(header, word));
      const secret = joined(cipher.update(clear), cipher.final());
      return joined(header, secret, cipher.getAuthTag(), word);
    }
    const signed = joined(header, this.#countered(header, clear, index), word);
    return joined(signed, this.#tagOf(signed));
  }

  /** Undefined: not authentic. */
  open(bytes: Uint8Array): Uint8Array | undefined {
    assert(!this.#closed, 'a closed cipher has no key');
    const header = bytes.subarray(0, HEADER_SIZE);
    const secret = bytes.subarray(HEADER_SIZE, bytes.length - this.overhead);
    const index = this.wordOf(bytes) - ENCRYPTED_BIT;
    if (this.#gcm) return this.#openGcm(this.#gcm, { header, secret, index, bytes });
    const end = bytes.length - HMAC_TAG_SIZE;
    const expected = this.#tagOf(bytes.subarray(0, end));
    if (!timingSafeEqual(expected, bytes.subarray(end))) return undefined;
    return joined(header, this.#countered(header, secret, index));
  }

  close(): void {
    this.#closed = true;
    wipeSessionKeys(this.#keys);
  }

  #openGcm(
    type: CipherGCMTypes,
    {
      header,
      secret,
      index,
      bytes,
    }: {
      readonly header: Uint8Array;
      readonly secret: Uint8Array;
      readonly index: number;
      readonly bytes: Uint8Array;
    },
  ): Uint8Array | undefined {
    const wordAt = bytes.length - WORD_SIZE;
    const decipher = createDecipheriv(type, this.#keys.cipherKey, this.#nonce(header, index), {
      authTagLength: GCM_TAG_SIZE,
    });
    decipher.setAAD(joined(header, bytes.subarray(wordAt)));
    decipher.setAuthTag(bytes.subarray(wordAt - GCM_TAG_SIZE, wordAt));
    const clear = decipher.update(secret);
    try {
      decipher.final();
    } catch {
      // It is not authentic: nothing of what was decrypted leaves this function.
      clear.fill(0);
      return undefined;
    }
    return joined(header, clear);
  }

  /** The salt with the SSRC at byte 2 and the index at byte 8. */
  #nonce(header: Uint8Array, index: number): Uint8Array {
    const nonce = new Uint8Array(GCM_NONCE_SIZE);
    nonce.set(this.#keys.salt);
    xorInto(nonce, 2, viewOf(header).getUint32(4));
    xorInto(nonce, 8, index);
    return nonce;
  }

  /** Encrypts or decrypts: the salt with the SSRC at byte 4 and the index at byte 10 is the counter. */
  #countered(header: Uint8Array, bytes: Uint8Array, index: number): Uint8Array {
    const counter = new Uint8Array(BLOCK_SIZE);
    counter.set(this.#keys.salt);
    xorInto(counter, 4, viewOf(header).getUint32(4));
    xorInto(counter, 10, index);
    const cipher = createCipheriv('aes-128-ctr', this.#keys.cipherKey, counter);
    return joined(cipher.update(bytes), cipher.final());
  }

  #tagOf(bytes: Uint8Array): Uint8Array {
    const digest = createHmac('sha1', this.#keys.authKey).update(bytes).digest();
    return digest.subarray(0, HMAC_TAG_SIZE);
  }
}

function wordBytes(value: number): Uint8Array {
  const bytes = new Uint8Array(WORD_SIZE);
  viewOf(bytes).setUint32(0, value);
  return bytes;
}

function xorInto(bytes: Uint8Array, offset: number, value: number): void {
  const view = viewOf(bytes);
  view.setUint32(offset, (view.getUint32(offset) ^ value) >>> 0);
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
