/** Headers and payloads into packets as they go onto the wire: protected when there is a key. */
import { PacketSlab } from './packet-slab.ts';
import { encodeRtpHeader, RTP_HEADER_SIZE, type RtpHeader } from './rtp-packet.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { SrtpSender } from './srtp-sender.ts';

export class PacketSealer {
  readonly #srtp: SrtpSender | undefined;
  readonly #slab = new PacketSlab();
  #packet = new Uint8Array(RTP_HEADER_SIZE + 160);

  /** Keeps nothing of the key but what is derived from it. */
  constructor(key?: SrtpMasterKey) {
    this.#srtp = key && new SrtpSender(key);
  }

  /** Fresh bytes that belong to the caller. */
  seal(header: RtpHeader, payload: Uint8Array): Uint8Array {
    const size = RTP_HEADER_SIZE + payload.length;
    if (this.#packet.length !== size) this.#packet = new Uint8Array(size);
    const packet = this.#srtp ? this.#packet : this.#slab.take(size);
    encodeRtpHeader(header, packet);
    packet.set(payload, RTP_HEADER_SIZE);
    return this.#srtp ? this.#srtp.protect(packet) : packet;
  }

  /** Wipes the key. */
  close(): void {
    this.#srtp?.close();
  }
}
