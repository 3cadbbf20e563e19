/**
 * What one participant sends us: authenticated if there is a key, from the told source if there is
 * none, put in order, decoded one frame a tick. Whatever fails is counted and never mixed.
 */
import {
  codecOf,
  FRAME_SAMPLES,
  type G711Codec,
  PlayoutQueue,
  VoiceActivity,
} from '@conclave/audio';
import { type IncomingPacket, Reception, type Refusal } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** The shortest G.711 packet in use, 10 ms, in bytes of payload; others are multiples of it. */
const PAYLOAD_UNIT = 80;

/**
 * A frame that is missing is replaced by the one before, ever more quietly, for up to 60 ms: a hole is
 * heard as a crack, and a voice that goes on for longer as a buzz. [doc] ITU-T G.711 Appendix I fades in
 * 60 ms too.
 */
const REPEAT_GAINS: readonly number[] = [0.7, 0.4, 0.2];

export class ReceiveChannel {
  readonly party: number;
  readonly secure: boolean;
  readonly codec: G711Codec;
  readonly #reception: Reception;
  readonly #queue = new PlayoutQueue();
  readonly #activity = new VoiceActivity();
  /** The frame that `next` found, or the last one in place of one that is missing. */
  #frame: Uint8Array | undefined;
  /** How many in a row are missing. */
  #repeats = 0;
  #ssrc: number | undefined;
  #clear = 0;

  constructor(party: number, { payloadType, key }: ChannelFormat) {
    this.party = party;
    this.secure = key !== undefined;
    this.codec = codecOf(payloadType);
    this.#reception = new Reception(payloadType);
  }

  /** Takes in a packet that is what it claims to be; only valid during the call. */
  accept(packet: IncomingPacket, arrivalMs: number): void {
    if (!this.#reception.accept(packet, arrivalMs)) return;
    // Another source has other sequence numbers: nothing of the old one may hold it up.
    if (packet.ssrc !== this.#ssrc) {
      this.#queue.reset();
      this.#frame = undefined;
    }
    this.#ssrc = packet.ssrc;
    const loudness = packet.loudness ?? this.codec.loudness(packet.payload);
    this.#queue.put(packet.sequenceNumber, packet.timestamp, packet.payload, loudness);
  }

  /** Counts a packet that is given to nobody. */
  refuse(reason: Refusal, payloadType: number, payloadLength: number): void {
    this.#reception.refuse(reason);
    if (reason === 'unauthenticated' && this.#looksClear(payloadType, payloadLength)) {
      this.#clear += 1;
    }
  }

  /** On to the frame whose turn it is. How loud the participant is; 0 when he says nothing. */
  next(): number {
    const payload = this.#queue.take();
    if (payload !== undefined) {
      this.#repeats = 0;
      this.#frame = payload.length === FRAME_SAMPLES ? payload : undefined;
    } else if (this.#repeats < REPEAT_GAINS.length) this.#repeats += 1;
    else this.#frame = undefined;
    const loudness = this.#activity.hear(this.#frame ? this.#queue.loudness : 0);
    return this.#frame ? loudness : 0;
  }

  /** The frame that `next` found, as it came; undefined for one that stands for a missing one. */
  get frameAsSent(): Uint8Array | undefined {
    return this.#repeats === 0 ? this.#frame : undefined;
  }

  /** Decodes that frame, or the one before it more quietly if it is missing. */
  decode(target: Int16Array): void {
    if (!this.#frame) return;
    this.codec.decode(this.#frame, target);
    const gain = REPEAT_GAINS[this.#repeats - 1];
    if (gain === undefined) return;
    for (let index = 0; index < target.length; index++) {
      target[index] = (target[index] ?? 0) * gain;
    }
  }

  statistics(): LegStatistics {
    const { counters, lost, jitterMs } = this.#reception;
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

  /** Without a tag, G.711 packets have a length that protected ones do not have. */
  #looksClear(payloadType: number, payloadLength: number): boolean {
    return payloadType === this.codec.payloadType && payloadLength % PAYLOAD_UNIT === 0;
  }
}
