/**
 * The SRTP keys of calls in progress. The rules name keys by number and never see them; only the
 * adapter that writes them into a TLS connection asks for their bytes. Nothing here is ever logged
 * or stored, and a key is wiped when its stream ends.
 */
/** AES_CM_128: 16 bytes of key and 14 of salt (RFC 4568 §6.2). */
const KEY_BYTES = 16;
const SALT_BYTES = 14;

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
  keyOf(name: number): MasterKey {
    const known = this.#keys.get(name);
    if (known) return known;
    const made = {
      key: this.#random(KEY_BYTES),
      salt: this.#random(SALT_BYTES),
    };
    this.#keys.set(name, made);
    return made;
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
