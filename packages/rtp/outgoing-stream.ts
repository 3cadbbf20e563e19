/** One stream that we send: RTP headers that follow each other, and SRTP when there is a key. */
import { OutgoingHeader, type OutgoingHeaderOptions } from './outgoing-header.ts';
import { PacketSealer } from './packet-sealer.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';

export interface OutgoingStreamOptions extends OutgoingHeaderOptions {
  /** Absent for RTP. */
  readonly key?: SrtpMasterKey;
}

export class OutgoingStream {
  readonly #header: OutgoingHeader;
  readonly #sealer: PacketSealer;
  packetsSent = 0;
  octetsSent = 0;

  constructor(options: OutgoingStreamOptions) {
    this.#header = new OutgoingHeader(options);
    this.#sealer = new PacketSealer(options.key);
  }

  /**
   * The next packet, with one octet a sample (G.711). It belongs to the caller: a socket sends only
   * after the caller is done, and two ticks may follow each other before that.
   */
  next(payload: Uint8Array): Uint8Array {
    const packet = this.#sealer.seal(this.#header, payload);
    this.#header.advance(payload.length);
    this.packetsSent += 1;
    this.octetsSent += payload.length;
    return packet;
  }

  /** Wipes the key. */
  close(): void {
    this.#sealer.close();
  }
}
