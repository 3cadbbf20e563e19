/**
 * What one participant sends us: authenticated if there is a key, from the told source if there is
 * none, put in order, decoded one frame a tick. Whatever fails is counted and never mixed.
 */
import {
  type AudioCodec,
  audioCodecOf,
  codecOf,
  FRAME_SAMPLES,
  type G711Codec,
  g711AudioCodec,
  isWide,
  loudnessOfSamples,
  PacketVoice,
  PlayoutQueue,
  Resampler,
  SAMPLE_RATE_HZ,
  VoiceActivity,
} from '@conclave/audio';
import { type IncomingPacket, Reception, type Refusal } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import type { SourceFigures } from './control-channel.ts';
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
  // First what every tick of every leg looks at: there are thousands, and caches are small.
  readonly #reception: Reception;
  readonly #queue = new PlayoutQueue();
  readonly #activity = new VoiceActivity();
  /** The frame that `next` found, or the last one in place of one that is missing. */
  #frame: Uint8Array | undefined;
  /** Of all but G.711 in packets of 20 ms. */
  #transcoded: PacketVoice | undefined;
  /** Absent for other codecs. */
  readonly law: G711Codec | undefined;
  /** How many in a row are missing. */
  #repeats = 0;
  #ssrc: number | undefined;
  readonly party: number;
  readonly secure: boolean;
  readonly #payloadType: number;
  #clear = 0;
  #mixerRateHz = SAMPLE_RATE_HZ;
  /** The frame that `next` found of other codecs and packet times. */
  #samples: Int16Array | undefined;
  /** For a wide mixer. */
  #widener: Resampler | undefined;
  #narrow: Int16Array | undefined;

  constructor(party: number, { payloadType, key }: ChannelFormat) {
    this.party = party;
    this.secure = key !== undefined;
    this.#payloadType = payloadType;
    this.law = payloadType === 9 ? undefined : codecOf(payloadType);
    this.#reception = new Reception(payloadType);
    if (!this.law) this.#transcode(audioCodecOf(payloadType));
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
    const { payload } = packet;
    // He may send other packets than those he was asked for (RFC 8866 §6.4).
    if (this.law && !this.#transcoded && isOtherPacket(payload.length)) {
      this.#transcode(g711AudioCodec(this.law));
    }
    const isPlain = this.law !== undefined && !this.#transcoded;
    const loudness = isPlain ? (packet.loudness ?? this.law.loudness(payload)) : 0;
    this.#queue.put(packet.sequenceNumber, packet.timestamp, payload, loudness);
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
    if (this.#transcoded) return this.#nextOf(this.#transcoded);
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
    return this.#repeats === 0 && !this.#transcoded ? this.#frame : undefined;
  }

  /** Decodes that frame, or the one before it more quietly if it is missing. */
  decode(target: Int16Array): void {
    if (this.#transcoded) {
      if (this.#samples) target.set(this.#samples);
      return;
    }
    if (target.length === FRAME_SAMPLES) return this.#decodeNarrow(target);
    this.#widener ??= new Resampler(SAMPLE_RATE_HZ, this.#mixerRateHz, FRAME_SAMPLES);
    this.#narrow ??= new Int16Array(FRAME_SAMPLES);
    this.#decodeNarrow(this.#narrow);
    this.#widener.resample(this.#narrow, target);
  }

  /** The mixer's rate is another. */
  mixAt(rateHz: number): void {
    this.#mixerRateHz = rateHz;
    this.#transcoded?.mixAt(rateHz);
  }

  get codecName(): string {
    return this.law?.name ?? this.#transcoded?.codec.payloadName ?? '';
  }

  /** Whether he can say more than 8 kHz hold. */
  get isWide(): boolean {
    return this.#transcoded !== undefined && isWide(this.#transcoded.codec);
  }

  #transcode(codec: AudioCodec): void {
    this.#transcoded = new PacketVoice(codec, this.#queue, this.#mixerRateHz);
  }

  #nextOf(voice: PacketVoice): number {
    this.#samples = voice.next();
    const loudness = this.#activity.hear(this.#samples ? loudnessOfSamples(this.#samples) : 0);
    return this.#samples ? loudness : 0;
  }

  #decodeNarrow(target: Int16Array): void {
    if (!this.#frame || !this.law) return;
    this.law.decode(this.#frame, target);
    const gain = REPEAT_GAINS[this.#repeats - 1];
    if (gain === undefined) return;
    for (let index = 0; index < target.length; index++) {
      target[index] = (target[index] ?? 0) * gain;
    }
  }

  /** For reports of ours; undefined before the first packet. */
  get source(): SourceFigures | undefined {
    const { ssrc, expected, lost, highestSequence, jitter } = this.#reception;
    return ssrc === undefined ? undefined : { ssrc, expected, lost, highestSequence, jitter };
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
    return payloadType === this.#payloadType && payloadLength % PAYLOAD_UNIT === 0;
  }
}

function isOtherPacket(length: number): boolean {
  return length !== FRAME_SAMPLES && length > 0 && length % PAYLOAD_UNIT === 0;
}
