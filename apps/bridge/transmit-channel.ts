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
import { type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';

/** SSRC, timestamp and sequence number, in this order. */
const RANDOM_SIZE = 10;

const FRAME_MS = 20;

/** 60 ms of G.711 or G.722. */
const PACKET_SIZE_MAX = 480;

export class TransmitChannel {
  readonly party: number;
  readonly secure: boolean;
  /** Of what is sent frame by frame; absent for all but G.711 in packets of 20 ms. */
  readonly law: G711Codec | undefined;
  readonly isWide: boolean;
  readonly #codec: AudioCodec;
  readonly #packetMs: number;
  readonly #clockPerPacket: number;
  readonly #header: OutgoingHeader;
  #transcoder: LegTranscoder | undefined;
  readonly #packet: Uint8Array | undefined;
  /** The part of it that is sent: packets of a stream mostly have one size. */
  #payload: Uint8Array = new Uint8Array(0);
  readonly #narrow = new Int16Array(FRAME_SAMPLES);
  #narrower: Resampler | undefined;
  #packetsSent = 0;
  #octetsSent = 0;

  constructor(party: number, { payloadType, packetMs, key }: ChannelFormat) {
    const random = randomBytes(RANDOM_SIZE);
    this.party = party;
    this.secure = key !== undefined;
    this.law = packetMs === FRAME_MS && payloadType !== 9 ? codecOf(payloadType) : undefined;
    this.#codec = audioCodecOf(payloadType);
    this.isWide = isWide(this.#codec);
    this.#packetMs = packetMs;
    this.#clockPerPacket = (packetMs * this.#codec.clockRateHz) / 1000;
    if (!this.law) {
      this.#transcoder = new LegTranscoder(this.#codec, packetMs);
      this.#packet = new Uint8Array(PACKET_SIZE_MAX);
    }
    this.#header = new OutgoingHeader({
      payloadType,
      ssrc: random.readUInt32BE(0),
      timestamp: random.readUInt32BE(4),
      sequenceNumber: random.readUInt16BE(8),
    });
  }

  /** The mixer's rate is another; what waits in part of a packet is lost. */
  mixAt(rateHz: number): void {
    if (!this.law) this.#transcoder = new LegTranscoder(this.#codec, this.#packetMs, rateHz);
  }

  /** Sends a frame that was encoded with `law`. */
  send(socket: MediaSocket, payload: Uint8Array): void {
    this.#sendPacket(socket, payload, payload.length);
  }

  /** Without `law`: sends the packets that are full with this frame of the mixer. */
  say(socket: MediaSocket, frame: Int16Array): void {
    const transcoder = this.#transcoder;
    const packet = this.#packet;
    if (!transcoder || !packet) return;
    transcoder.say(frame);
    for (let size = transcoder.takePacket(packet); size > 0; size = transcoder.takePacket(packet)) {
      if (this.#payload.length !== size) this.#payload = packet.subarray(0, size);
      this.#sendPacket(socket, this.#payload, this.#clockPerPacket);
    }
  }

  /** A frame of a wide mixer, for `law`; valid until the next one. */
  narrow(frame: Int16Array, rateHz: number): Int16Array {
    this.#narrower ??= new Resampler(rateHz, SAMPLE_RATE_HZ, frame.length);
    this.#narrower.resample(frame, this.#narrow);
    return this.#narrow;
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
