/** What one participant is sent: a random source of its own, with its own key if there is one. */
import { randomBytes } from 'node:crypto';
import { codecOf, type G711Codec } from '@conclave/audio';
import { OutgoingStream, type StreamSource } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** SSRC, timestamp and sequence number, in this order. */
const RANDOM_SIZE = 10;

export class TransmitChannel {
  readonly party: number;
  readonly secure: boolean;
  readonly codec: G711Codec;
  readonly remote: StreamSource;
  readonly #stream: OutgoingStream;

  /** Keeps nothing of the key but what is derived from it; to wipe it is up to the caller. */
  constructor(party: number, format: ChannelFormat, remote: StreamSource) {
    const { payloadType, key } = format;
    const random = randomBytes(RANDOM_SIZE);
    this.party = party;
    this.secure = key !== undefined;
    this.codec = codecOf(payloadType);
    this.remote = remote;
    this.#stream = new OutgoingStream({
      payloadType,
      ssrc: random.readUInt32BE(0),
      timestamp: random.readUInt32BE(4),
      sequenceNumber: random.readUInt16BE(8),
      ...(key && { key }),
    });
  }

  /** The next packet around a frame that was encoded with `codec`. */
  next(payload: Uint8Array): Uint8Array {
    return this.#stream.next(payload);
  }

  statistics(): LegStatistics {
    const { packetsSent, octetsSent } = this.#stream;
    return { ...NO_STATISTICS, packetsSent, octetsSent };
  }

  /** Wipes what was derived from the key. */
  close(): void {
    this.#stream.close();
  }
}
