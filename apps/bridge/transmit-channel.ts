/** What one participant is sent: a random source of its own, with its own key if there is one. */
import { randomBytes } from 'node:crypto';
import { codecOf, type G711Codec } from '@conclave/audio';
import type { MediaSocket } from '@conclave/media-io';
import { OutgoingHeader } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** SSRC, timestamp and sequence number, in this order. */
const RANDOM_SIZE = 10;

export class TransmitChannel {
  readonly party: number;
  readonly secure: boolean;
  readonly codec: G711Codec;
  readonly #header: OutgoingHeader;
  #packetsSent = 0;
  #octetsSent = 0;

  constructor(party: number, { payloadType, key }: ChannelFormat) {
    const random = randomBytes(RANDOM_SIZE);
    this.party = party;
    this.secure = key !== undefined;
    this.codec = codecOf(payloadType);
    this.#header = new OutgoingHeader({
      payloadType,
      ssrc: random.readUInt32BE(0),
      timestamp: random.readUInt32BE(4),
      sequenceNumber: random.readUInt16BE(8),
    });
  }

  /** Sends a frame that was encoded with `codec`. */
  send(socket: MediaSocket, payload: Uint8Array): void {
    socket.send(this.#header, payload);
    this.#header.advance(payload.length);
    this.#packetsSent += 1;
    this.#octetsSent += payload.length;
  }

  statistics(): LegStatistics {
    return { ...NO_STATISTICS, packetsSent: this.#packetsSent, octetsSent: this.#octetsSent };
  }
}
