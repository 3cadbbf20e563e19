/**
 * What one participant sends us: authenticated if there is a key, from the told source if there is
 * none, put in order, decoded one frame a tick. Whatever fails is counted and never mixed.
 */
import {
  type AudioCodec,
  audioCodecOf,
  COMFORT_NOISE_TYPE,
  ComfortNoise,
  Concealment,
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
  SPEECH_LOUDNESS_MIN,
  VoiceActivity,
} from '@conclave/audio';
import { type IncomingPacket, Reception, type Refusal } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import type { SourceFigures } from './control-channel.ts';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** The shortest G.711 packet in use, 10 ms, in bytes of payload; others are multiples of it. */
const PAYLOAD_UNIT = 80;

export class ReceiveChannel {
  // First what every tick of every leg looks at: there are thousands, and caches are small.
  readonly #reception: Reception;
  readonly #queue = new PlayoutQueue();
  readonly #activity = new VoiceActivity();
  /** The frame that `next` found, or while some are missing the last one that was there. */
  #frame: Uint8Array | undefined;
  /** The frame before it, while none was missing. */
  #previous: Uint8Array | undefined;
  /** What is heard instead of that frame: filled in, or blended with what was. */
  #filled: Int16Array | undefined;
  /** Of all but G.711 in packets of 20 ms. */
  #transcoded: PacketVoice | undefined;
  /** Absent for other codecs. */
  readonly law: G711Codec | undefined;
  #ssrc: number | undefined;
  readonly party: number;
  readonly secure: boolean;
  readonly #payloadType: number;
  #clear = 0;
  #mixerRateHz = SAMPLE_RATE_HZ;
  /** The frame that `next` found of other codecs and packet times. */
  #samples: Int16Array | undefined;
  #noise: ComfortNoise | undefined;
  #concealment: Concealment | undefined;
  #filling: Int16Array | undefined;
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
    if (packet.payloadType === COMFORT_NOISE_TYPE) return this.#beSilent(packet);
    if (!this.#reception.accept(packet, arrivalMs)) return;
    // Another source has other sequence numbers: nothing of the old one may hold it up.
    if (packet.ssrc !== this.#ssrc) {
      this.#queue.reset();
      this.#forget();
      this.#noise = undefined;
    }
    this.#noise?.expectVoice(packet.sequenceNumber);
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

  /** Takes in a key press: it has a place among the packets of the voice. */
  acceptEvent(packet: IncomingPacket): void {
    this.#reception.acceptOther(packet);
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
    if (payload === undefined) this.#miss();
    else this.#play(payload.length === FRAME_SAMPLES ? payload : undefined);
    const loudness = this.#activity.hear(this.#frame ? this.#queue.loudness : 0);
    return this.#frame ? loudness : 0;
  }

  /** The frame that `next` found, as it came; undefined for one that was filled in, even in part. */
  get frameAsSent(): Uint8Array | undefined {
    return this.#filled || this.#transcoded ? undefined : this.#frame;
  }

  /** Whether he is silent and has told what his silence is like: `decode` gives it. */
  get isNoisy(): boolean {
    return this.#noise?.isOn === true && this.#frame === undefined && this.#samples === undefined;
  }

  /** Decodes that frame, or what stands for it. */
  decode(target: Int16Array): void {
    if (this.isNoisy) return this.#noise?.write(target);
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
    this.#samples = voice.next(this.#noise?.isOn === true);
    if (this.#samples) this.#noise?.hearVoice();
    const loudness = this.#activity.hear(this.#samples ? loudnessOfSamples(this.#samples) : 0);
    return this.#samples ? loudness : 0;
  }

  /** His device is silent from now on, and tells how that sounds. */
  #beSilent(packet: IncomingPacket): void {
    this.#reception.acceptOther(packet);
    if (packet.ssrc !== this.#ssrc) return;
    this.#noise ??= new ComfortNoise();
    this.#noise.tell(packet.sequenceNumber, packet.payload);
  }

  #play(frame: Uint8Array | undefined): void {
    this.#noise?.hearVoice();
    if (frame && this.#isGap) {
      this.#join(frame);
      return;
    }
    this.#filled = undefined;
    this.#previous = this.#frame;
    this.#frame = frame;
  }

  get #isGap(): boolean {
    return this.#filled !== undefined && this.#concealment?.isFilling === true;
  }

  /** The first frame after a gap is blended with what stood for it, and that is remembered. */
  #join(frame: Uint8Array): void {
    if (!this.#filled) return;
    this.law?.decode(frame, this.#filled);
    this.#concealment?.hear(this.#filled);
    this.#previous = frame;
    this.#frame = frame;
  }

  /** Something is missing: what was heard last goes on for a while, if that was to be heard. */
  #miss(): void {
    if (!this.#frame || !this.law) return;
    const isQuiet = this.#queue.loudness < SPEECH_LOUDNESS_MIN || this.#noise?.isOn === true;
    if (isQuiet || (this.#isGap && this.#concealment?.isOver)) return this.#forget();
    this.#concealment ??= new Concealment();
    this.#filling ??= new Int16Array(FRAME_SAMPLES);
    if (!this.#isGap) this.#remember(this.law, this.#concealment, this.#filling);
    this.#filled = this.#filling;
    this.#concealment.fill(this.#filled);
  }

  /** What was heard before a gap. After the join of another one that is remembered already. */
  #remember(law: G711Codec, concealment: Concealment, samples: Int16Array): void {
    if (this.#previous === this.#frame) return;
    concealment.reset();
    if (this.#previous) hearAgain(this.#previous);
    if (this.#frame) hearAgain(this.#frame);

    function hearAgain(frame: Uint8Array): void {
      law.decode(frame, samples);
      concealment.hear(samples);
    }
  }

  #forget(): void {
    this.#frame = undefined;
    this.#previous = undefined;
    this.#filled = undefined;
  }

  #decodeNarrow(target: Int16Array): void {
    if (this.#filled) target.set(this.#filled);
    else if (this.#frame) this.law?.decode(this.#frame, target);
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
