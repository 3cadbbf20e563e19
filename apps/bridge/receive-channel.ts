/**
 * What one participant sends us: authenticated if there is a key, from the told source if there is
 * none, put in order, decoded one frame a tick. Whatever fails is counted and never mixed.
 */
import { codecOf, FRAME_SAMPLES, type G711Codec, PlayoutQueue } from '@conclave/audio';
import { IncomingStream, RTP_HEADER_SIZE, type StreamSource } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** The shortest G.711 packet in use, 10 ms, in bytes of payload; others are multiples of it. */
const PAYLOAD_UNIT = 80;

const PAYLOAD_TYPE_MASK = 0x7f;

export class ReceiveChannel {
  readonly party: number;
  readonly secure: boolean;
  readonly #codec: G711Codec;
  readonly #stream: IncomingStream;
  readonly #queue = new PlayoutQueue();
  #ssrc: number | undefined;
  #clear = 0;

  /** Keeps nothing of the key but what is derived from it; to wipe it is up to the caller. */
  constructor(party: number, format: ChannelFormat) {
    const { payloadType, key } = format;
    this.party = party;
    this.secure = key !== undefined;
    this.#codec = codecOf(payloadType);
    this.#stream = new IncomingStream({ payloadType, ...(key && { key }) });
  }

  /** Without a key, nobody but this source is heard; and before it is told, nobody at all. */
  expect(source: StreamSource): void {
    this.#stream.expect(source);
  }

  /** Takes in a datagram that arrived at `nowMs`. */
  receive(bytes: Uint8Array, from: StreamSource, nowMs: number): void {
    const { counters } = this.#stream;
    const failedBefore = counters.unauthenticated;
    const packet = this.#stream.receive(bytes, from, nowMs);
    if (packet === undefined) {
      if (counters.unauthenticated !== failedBefore && this.#looksClear(bytes)) this.#clear += 1;
      return;
    }
    // Another source has other sequence numbers: nothing of the old one may hold it up.
    if (packet.ssrc !== this.#ssrc) this.#queue.reset();
    this.#ssrc = packet.ssrc;
    this.#queue.put(packet.sequenceNumber, packet.timestamp, packet.payload);
  }

  /** Decodes the frame whose turn it is into `target`; false when there is none. */
  take(target: Int16Array): boolean {
    const payload = this.#queue.take();
    if (payload === undefined || payload.length !== FRAME_SAMPLES) return false;
    this.#codec.decode(payload, target);
    return true;
  }

  statistics(): LegStatistics {
    const { counters, lost, jitterMs } = this.#stream;
    return {
      ...NO_STATISTICS,
      packetsReceived: counters.received,
      octetsReceived: counters.octets,
      packetsLost: lost,
      jitterMs,
      unauthenticated: counters.unauthenticated - this.#clear,
      clear: this.#clear,
      replayed: counters.replayed,
      malformed: counters.malformed,
      wrongSource: counters.wrongSource,
      wrongPayload: counters.wrongPayload,
    };
  }

  /** Wipes what was derived from the key. */
  close(): void {
    this.#stream.close();
  }

  /** Without a tag, G.711 packets have a length that protected ones do not have. */
  #looksClear(bytes: Uint8Array): boolean {
    return (
      ((bytes[1] ?? 0) & PAYLOAD_TYPE_MASK) === this.#codec.payloadType &&
      (bytes.length - RTP_HEADER_SIZE) % PAYLOAD_UNIT === 0
    );
  }
}
