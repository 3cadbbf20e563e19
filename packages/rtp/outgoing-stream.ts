/** One stream that we send: RTP headers that follow each other, and SRTP when there is a key. */
import { PacketSlab } from './packet-slab.ts';
import { encodeRtpHeader, RTP_HEADER_SIZE } from './rtp-packet.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { SrtpSender } from './srtp-sender.ts';

export interface OutgoingStreamOptions {
  readonly payloadType: number;
  /** These three are random, chosen by the caller (RFC 3550 §5.1). */
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  /** Absent for RTP. */
  readonly key?: SrtpMasterKey;
}

export class OutgoingStream {
  readonly #payloadType: number;
  readonly #ssrc: number;
  readonly #srtp: SrtpSender | undefined;
  readonly #slab = new PacketSlab();
  #sequenceNumber: number;
  #timestamp: number;
  #marker = true;
  #packet = new Uint8Array(RTP_HEADER_SIZE + 160);
  packetsSent = 0;
  octetsSent = 0;

  constructor(options: OutgoingStreamOptions) {
    this.#payloadType = options.payloadType;
    this.#ssrc = options.ssrc;
    this.#sequenceNumber = options.sequenceNumber & 0xffff;
    this.#timestamp = options.timestamp >>> 0;
    this.#srtp = options.key && new SrtpSender(options.key);
  }

  /**
   * The next packet, with one octet a sample (G.711). It belongs to the caller: a socket sends only
   * after the caller is done, and two ticks may follow each other before that.
   */
  next(payload: Uint8Array): Uint8Array {
    const size = RTP_HEADER_SIZE + payload.length;
    if (this.#packet.length !== size) this.#packet = new Uint8Array(size);
    encodeRtpHeader(
      {
        marker: this.#marker,
        payloadType: this.#payloadType,
        sequenceNumber: this.#sequenceNumber,
        timestamp: this.#timestamp,
        ssrc: this.#ssrc,
      },
      this.#packet,
    );
    this.#packet.set(payload, RTP_HEADER_SIZE);
    this.#marker = false;
    this.#sequenceNumber = (this.#sequenceNumber + 1) & 0xffff;
    this.#timestamp = (this.#timestamp + payload.length) >>> 0;
    this.packetsSent += 1;
    this.octetsSent += payload.length;
    if (this.#srtp) return this.#srtp.protect(this.#packet);
    const packet = this.#slab.take(size);
    packet.set(this.#packet);
    return packet;
  }

  /** Wipes the key. */
  close(): void {
    this.#srtp?.close();
  }
}
