/**
 * The SRTP keys of calls in progress. The rules name keys by number and never see them; only the
 * adapter that writes them into a TLS connection asks for their bytes. Nothing here is ever logged
 * or stored, and a key is wiped when its stream ends.
 */
import type { SrtpSuite } from '@conclave/core';

/** Bytes of master key and salt (RFC 4568 §6.2, RFC 7714 §12). */
const SIZES: Readonly<Record<SrtpSuite, { readonly key: number; readonly salt: number }>> = {
  AES_CM_128_HMAC_SHA1_32: { key: 16, salt: 14 },
  AES_CM_128_HMAC_SHA1_80: { key: 16, salt: 14 },
  AEAD_AES_128_GCM: { key: 16, salt: 12 },
  AEAD_AES_256_GCM: { key: 32, salt: 12 },
};

export interface MasterKey {
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export class KeyVault {
  readonly #keys = new Map<number, MasterKey>();
  readonly #random: (size: number) => Uint8Array;

  /** `random` gives fresh bytes that nobody can guess, and keeps none of them. */
  constructor(random: (size: number) => Uint8Array) {
    this.#random = random;
  }

  /** The key of this name; made at the first call, the same until it is forgotten. */
  keyOf(name: number, suite: SrtpSuite): MasterKey {
    const known = this.#keys.get(name);
    if (known) return known;
    const made = this.fresh(suite);
    this.#keys.set(name, made);
    return made;
  }

  /** A key that has no name and is not kept. */
  fresh(suite: SrtpSuite): MasterKey {
    const { key, salt } = SIZES[suite];
    return { key: this.#random(key), salt: this.#random(salt) };
  }

  /** The sender has chosen this key itself (SDES): its listener is given the same. */
  put(name: number, { key, salt }: MasterKey): void {
    this.forget(name);
    // A copy: the sender's declaration outlives this stream.
    this.#keys.set(name, { key: key.slice(), salt: salt.slice() });
  }

  has(name: number): boolean {
    return this.#keys.has(name);
  }

  forget(name: number): void {
    const known = this.#keys.get(name);
    known?.key.fill(0);
    known?.salt.fill(0);
    this.#keys.delete(name);
  }

  /** Keys in use. */
  get size(): number {
    return this.#keys.size;
  }
}

export function isSameKey(one: MasterKey | undefined, other: MasterKey | undefined): boolean {
  if (!one || !other) return one === other;
  return isSame(one.key, other.key) && isSame(one.salt, other.salt);
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, index) => byte === other[index]);
}
