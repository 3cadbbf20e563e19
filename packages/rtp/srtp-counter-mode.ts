/** The suites of RFC 3711: AES in counter mode, and a tag of HMAC-SHA1. */
import type { PacketSlab } from './packet-slab.ts';
import { SrtpAuthenticator } from './srtp-authenticator.ts';
import { SrtpCipher } from './srtp-cipher.ts';
import type { SrtpSessionKeys } from './srtp-key-derivation.ts';
import type { PacketParts, PacketPosition, SrtpTransform } from './srtp-transform.ts';

export class CounterModeTransform implements SrtpTransform {
  readonly #cipher: SrtpCipher;
  readonly #authenticator: SrtpAuthenticator;

  constructor(keys: SrtpSessionKeys, tagSize: number) {
    this.#cipher = new SrtpCipher(keys);
    this.#authenticator = new SrtpAuthenticator(keys, tagSize);
  }

  get tagSize(): number {
    return this.#authenticator.tagSize;
  }

  seal({ bytes, headerSize, length }: PacketParts, position: PacketPosition): void {
    this.#cipher.apply(bytes, headerSize, length, position);
    this.#authenticator.sign(bytes, length, position.rolloverCounter);
  }

  open(packet: PacketParts, position: PacketPosition, slab: PacketSlab): Uint8Array | undefined {
    const { bytes, headerSize, length } = packet;
    if (!this.#authenticator.verify(bytes, length, position.rolloverCounter)) return undefined;
    const rtp = slab.take(length);
    rtp.set(bytes.subarray(0, length));
    this.#cipher.apply(rtp, headerSize, length, position);
    return rtp;
  }

  close(): void {
    this.#cipher.close();
    this.#authenticator.close();
  }
}
