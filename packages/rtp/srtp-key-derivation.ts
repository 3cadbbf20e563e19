/**
 * SRTP session keys from a master key: AES-CM as pseudo-random function, key derivation rate 0, so
 * it happens once per master key.
 *
 * Source: [rfc] RFC 3711 §4.3 (derivation, labels), RFC 4568 §6.2 (suite names and sizes).
 */

import { createCipheriv } from 'node:crypto';
import { assert } from '@conclave/base';

/** The names that SDP and the call manager use; the number is the size of the tag in bits. */
export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32';

export const SRTP_SUITES: readonly SrtpSuite[] = [
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

export const MASTER_KEY_SIZE = 16;
export const MASTER_SALT_SIZE = 14;

/**
 * What one direction of one leg is keyed with. Senders and receivers copy nothing out of it but the
 * derived keys; to wipe the master itself is up to whoever made it.
 */
export interface SrtpMasterKey {
  readonly suite: SrtpSuite;
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** 14 bytes. */
  readonly salt: Uint8Array;
}

/** The secrets of one direction, wiped by their owner with `wipeSessionKeys`. */
export interface SrtpSessionKeys {
  /** 16 bytes: AES-128. */
  readonly cipherKey: Uint8Array;
  /** 20 bytes: HMAC-SHA1. */
  readonly authKey: Uint8Array;
  /** 14 bytes. */
  readonly salt: Uint8Array;
}

const LABEL_CIPHER_KEY = 0x00;
const LABEL_AUTH_KEY = 0x01;
const LABEL_SALT = 0x02;
const AUTH_KEY_SIZE = 20;
const BLOCK_SIZE = 16;

/** The label is XORed into the 56-bit `label || index`, right-aligned in the salt: byte 7 of 14. */
const LABEL_OFFSET = 7;

/** Size of the authentication tag in bytes: 10 or 4. */
export function tagSizeOf(suite: SrtpSuite): number {
  return suite === 'AES_CM_128_HMAC_SHA1_80' ? 10 : 4;
}

/** Sizes are asserted: whoever parsed the key from a message has refused a wrong one. */
export function deriveSessionKeys(master: SrtpMasterKey): SrtpSessionKeys {
  assert(master.key.length === MASTER_KEY_SIZE, 'a master key has 16 bytes');
  assert(master.salt.length === MASTER_SALT_SIZE, 'a master salt has 14 bytes');
  return {
    cipherKey: derive(master, LABEL_CIPHER_KEY, MASTER_KEY_SIZE),
    authKey: derive(master, LABEL_AUTH_KEY, AUTH_KEY_SIZE),
    salt: derive(master, LABEL_SALT, MASTER_SALT_SIZE),
  };
}

/** Overwrites the keys with zeros. */
export function wipeSessionKeys(keys: SrtpSessionKeys): void {
  keys.cipherKey.fill(0);
  keys.authKey.fill(0);
  keys.salt.fill(0);
}

function derive(master: SrtpMasterKey, label: number, size: number): Uint8Array {
  const counterBlock = new Uint8Array(BLOCK_SIZE);
  counterBlock.set(master.salt);
  counterBlock[LABEL_OFFSET] = (counterBlock[LABEL_OFFSET] ?? 0) ^ label;
  const cipher = createCipheriv('aes-128-ctr', master.key, counterBlock);
  const keystream = cipher.update(new Uint8Array(size));
  cipher.final();
  const derived = new Uint8Array(keystream);
  keystream.fill(0);
  return derived;
}
