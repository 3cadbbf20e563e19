/** What one participant is sent: a random source of its own, with its own key if there is one. */
import { randomBytes } from 'node:crypto';
import {
  type AudioCodec,
  audioCodecOf,
  codecOf,
  FRAME_SAMPLES,
  type G711Codec,
  isWide,
  LegTranscoder,
  Resampler,
  SAMPLE_RATE_HZ,
} from '@conclave/audio';
import type { MediaSocket } from '@conclave/media-io';
import { OutgoingHeader } from '@conclave/rtp';
import type { ChannelFormat } from '@conclave/sccp';
import type { ControlFigures } from './control-channel.ts';
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** SSRC, timestamp and sequence number, in this order. */
const RANDOM_SIZE = 10;

const FRAME_MS = 20;

const NO_BYTES = new Uint8Array(0);

/** 60 ms of G.711 or G.722. */
const PACKET_SIZE_MAX = 480;

export class TransmitChannel {
  /** Of what is sent frame by frame; absent for all but G.711 in packets of 20 ms. */
  readonly law: G711Codec | undefined;
  readonly #header: OutgoingHeader;
  #packetsSent = 0;
  #octetsSent = 0;
  readonly party: number;
  readonly secure: boolean;
  /** Of what is sent otherwise. */
  readonly #codec: AudioCodec | undefined;
  readonly #packetMs: number;
  #transcoder: LegTranscoder | undefined;
  #packet: Uint8Array | undefined;
  /** The part of it that is sent: packets of a stream mostly have one size. */
  #payload: Uint8Array = NO_BYTES;
  #narrower: Resampler | undefined;
  #narrow: Int16Array | undefined;

  constructor(party: number, { payloadType, packetMs, key }: ChannelFormat) {
    const random = randomBytes(RANDOM_SIZE);
    this.party = party;
    this.secure = key !== undefined;
    this.law = packetMs === FRAME_MS && payloadType !== 9 ? codecOf(payloadType) : undefined;
    this.#codec = this.law ? undefined : audioCodecOf(payloadType);
    this.#packetMs = packetMs;
    this.#header = new OutgoingHeader({
      payloadType,
      ssrc: random.readUInt32BE(0),
      timestamp: random.readUInt32BE(4),
      sequenceNumber: random.readUInt16BE(8),
    });
  }

  /** Whether he can hear more than 8 kHz hold. */
  get isWide(): boolean {
    return this.#codec !== undefined && isWide(this.#codec);
  }

  /** The mixer's rate; before anything is said. When it changes, what waits in part of a packet is lost. */
  mixAt(rateHz: number): void {
    if (this.#codec) this.#transcoder = new LegTranscoder(this.#codec, this.#packetMs, rateHz);
  }

  /** Sends a frame that was encoded with `law`. */
  send(socket: MediaSocket, payload: Uint8Array): void {
    this.#sendPacket(socket, payload, payload.length);
  }

  /** Without `law`: sends the packets that are full with this frame of the mixer. */
  say(socket: MediaSocket, frame: Int16Array): void {
    const codec = this.#codec;
    const transcoder = this.#transcoder;
    if (!codec || !transcoder) return;
    this.#packet ??= new Uint8Array(PACKET_SIZE_MAX);
    transcoder.say(frame);
    for (;;) {
      const size = transcoder.takePacket(this.#packet);
      if (size === 0) return;
      if (this.#payload.length !== size) this.#payload = this.#packet.subarray(0, size);
      this.#sendPacket(socket, this.#payload, (this.#packetMs * codec.clockRateHz) / 1000);
    }
  }

  /** A frame of a wide mixer, for `law`; valid until the next one. */
  narrow(frame: Int16Array, rateHz: number): Int16Array {
    this.#narrower ??= new Resampler(rateHz, SAMPLE_RATE_HZ, frame.length);
    this.#narrow ??= new Int16Array(FRAME_SAMPLES);
    this.#narrower.resample(frame, this.#narrow);
    return this.#narrow;
  }

  /** For reports of ours. */
  get figures(): ControlFigures {
    const { ssrc, timestamp: rtpTimestamp } = this.#header;
    return { ssrc, rtpTimestamp, packets: this.#packetsSent, octets: this.#octetsSent };
  }

  statistics(): LegStatistics {
    return { ...NO_STATISTICS, packetsSent: this.#packetsSent, octetsSent: this.#octetsSent };
  }

  #sendPacket(socket: MediaSocket, payload: Uint8Array, clockTicks: number): void {
    socket.send(this.#header, payload);
    this.#header.advance(clockTicks);
    this.#packetsSent += 1;
    this.#octetsSent += payload.length;
  }
}
