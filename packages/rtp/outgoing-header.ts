/** The header of the next packet of one stream that we send: numbers that follow each other. */
import type { RtpHeader } from './rtp-packet.ts';

export interface OutgoingHeaderOptions {
  readonly payloadType: number;
  /** These three are random, chosen by the caller (RFC 3550 §5.1). */
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
}

export class OutgoingHeader implements RtpHeader {
  readonly payloadType: number;
  readonly ssrc: number;
  sequenceNumber: number;
  timestamp: number;
  /** Of the first packet. */
  marker = true;

  constructor(options: OutgoingHeaderOptions) {
    this.payloadType = options.payloadType;
    this.ssrc = options.ssrc;
    this.sequenceNumber = options.sequenceNumber & 0xffff;
    this.timestamp = options.timestamp >>> 0;
  }

  /** On to the next packet, when one with so many samples has been sent. */
  advance(samples: number): void {
    this.marker = false;
    this.sequenceNumber = (this.sequenceNumber + 1) & 0xffff;
    this.timestamp = (this.timestamp + samples) >>> 0;
  }
}
