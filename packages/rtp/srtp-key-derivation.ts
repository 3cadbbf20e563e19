/**
 * SRTP session keys from a master key: AES-CM as pseudo-random function, key derivation rate 0, so
 * it happens once per master key.
 *
 * Source: [rfc] RFC 3711 §4.3 (derivation, labels), RFC 6188 §3 (AES-256), RFC 7714 §11 (GCM), RFC 4568
 * §6.2 and RFC 7714 §14.2 (suite names and sizes).
 */

import { createCipheriv } from 'node:crypto';
import { assert } from '@conclave/base';

/** The names that SDP and the call manager use. */
export type SrtpSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM';

/** In bytes. */
const SIZES: Readonly<
  Record<SrtpSuite, { readonly key: number; readonly salt: number; readonly tag: number }>
> = {
  AES_CM_128_HMAC_SHA1_80: { key: 16, salt: 14, tag: 10 },
  AES_CM_128_HMAC_SHA1_32: { key: 16, salt: 14, tag: 4 },
  AEAD_AES_128_GCM: { key: 16, salt: 12, tag: 16 },
  AEAD_AES_256_GCM: { key: 32, salt: 12, tag: 16 },
};

export const SRTP_SUITES: readonly SrtpSuite[] = Object.keys(SIZES) as SrtpSuite[];

/**
 * What one direction of one leg is keyed with. Senders and receivers copy nothing out of it but the
 * derived keys; to wipe the master itself is up to whoever made it.
 */
export interface SrtpMasterKey {
  readonly suite: SrtpSuite;
  /** `keySizeOf` bytes. */
  readonly key: Uint8Array;
  /** `saltSizeOf` bytes. */
  readonly salt: Uint8Array;
}

/** The secrets of one direction, wiped by their owner with `wipeSessionKeys`. */
export interface SrtpSessionKeys {
  /** As long as the master key. */
  readonly cipherKey: Uint8Array;
  /** 20 bytes, for HMAC-SHA1; GCM has no use for it. */
  readonly authKey: Uint8Array;
  /** As long as the master salt. */
  readonly salt: Uint8Array;
}

const LABEL_CIPHER_KEY = 0x00;
const LABEL_AUTH_KEY = 0x01;
const LABEL_SALT = 0x02;
/** The labels of SRTCP are 3, 4 and 5. */
const LABEL_CONTROL = 0x03;
const AUTH_KEY_SIZE = 20;
const BLOCK_SIZE = 16;

/** The label is XORed into the 56-bit `label || index`, right-aligned in the salt: byte 7 of 14. */
const LABEL_OFFSET = 7;

export function keySizeOf(suite: SrtpSuite): number {
  return SIZES[suite].key;
}

export function saltSizeOf(suite: SrtpSuite): number {
  return SIZES[suite].salt;
}

/** Of the authentication tag, in bytes. */
export function tagSizeOf(suite: SrtpSuite): number {
  return SIZES[suite].tag;
}

export function isGcm(suite: SrtpSuite): boolean {
  return suite === 'AEAD_AES_128_GCM' || suite === 'AEAD_AES_256_GCM';
}

/** Sizes are asserted. */
export function deriveSessionKeys(master: SrtpMasterKey): SrtpSessionKeys {
  return deriveKeys(master, 0);
}

/** Those of SRTCP, from the same master key. Sizes are asserted. */
export function deriveControlKeys(master: SrtpMasterKey): SrtpSessionKeys {
  return deriveKeys(master, LABEL_CONTROL);
}

/** Whoever parsed the key from a message has refused a wrong one. */
export function assertMasterKey({ suite, key, salt }: SrtpMasterKey): void {
  assert(key.length === keySizeOf(suite), `a master key has ${keySizeOf(suite)} bytes`);
  assert(salt.length === saltSizeOf(suite), `a master salt has ${saltSizeOf(suite)} bytes`);
}

/** Overwrites the keys with zeros. */
export function wipeSessionKeys(keys: SrtpSessionKeys): void {
  keys.cipherKey.fill(0);
  keys.authKey.fill(0);
  keys.salt.fill(0);
}

function deriveKeys(master: SrtpMasterKey, firstLabel: number): SrtpSessionKeys {
  assertMasterKey(master);
  return {
    cipherKey: derive(master, firstLabel + LABEL_CIPHER_KEY, master.key.length),
    authKey: derive(master, firstLabel + LABEL_AUTH_KEY, AUTH_KEY_SIZE),
    salt: derive(master, firstLabel + LABEL_SALT, master.salt.length),
  };
}

function derive(master: SrtpMasterKey, label: number, size: number): Uint8Array {
  const counterBlock = new Uint8Array(BLOCK_SIZE);
  counterBlock.set(master.salt);
  counterBlock[LABEL_OFFSET] = (counterBlock[LABEL_OFFSET] ?? 0) ^ label;
  const type = master.key.length === 32 ? 'aes-256-ctr' : 'aes-128-ctr';
  const cipher = createCipheriv(type, master.key, counterBlock);
  const keystream = cipher.update(new Uint8Array(size));
  cipher.final();
  const derived = new Uint8Array(keystream);
  keystream.fill(0);
  return derived;
}
