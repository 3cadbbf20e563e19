/**
 * The voice of one participant in any codec and any packet time: packets in their turn, decoded and
 * filled in where they are missing, in frames of the mixer.
 */
import type { AudioCodec } from './audio-codec.ts';
import { CONCEALED_MS_MAX } from './concealment.ts';
import { LegTranscoder } from './leg-transcoder.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import type { PlayoutQueue } from './playout-queue.ts';

const FRAME_MS = 20;

export class PacketVoice {
  readonly codec: AudioCodec;
  readonly #queue: PlayoutQueue;
  #transcoder: LegTranscoder;
  #frame: Int16Array;
  /** Of what is missing in a row, filled in. */
  #concealedMs = CONCEALED_MS_MAX;

  constructor(codec: AudioCodec, queue: PlayoutQueue, mixerRateHz: number = SAMPLE_RATE_HZ) {
    this.codec = codec;
    this.#queue = queue;
    this.#transcoder = new LegTranscoder(codec, FRAME_MS, mixerRateHz);
    this.#frame = new Int16Array((FRAME_MS * mixerRateHz) / 1000);
  }

  /** The mixer's rate is another; what waits in part of a frame is lost. */
  mixAt(rateHz: number): void {
    this.#transcoder = new LegTranscoder(this.codec, FRAME_MS, rateHz);
    this.#frame = new Int16Array((FRAME_MS * rateHz) / 1000);
  }

  /**
   * The next frame, valid until the one after it; undefined when there is nothing to be heard. Nothing
   * is filled in for a sender who told that he `pauses`.
   */
  next(pauses: boolean = false): Int16Array | undefined {
    if (pauses) this.#concealedMs = CONCEALED_MS_MAX;
    while (!this.#transcoder.takeFrame(this.#frame)) {
      const payload = this.#queue.take();
      if (payload !== undefined && this.#transcoder.hear(payload)) this.#concealedMs = 0;
      else if (this.#concealedMs >= CONCEALED_MS_MAX) return undefined;
      else this.#concealedMs += this.#transcoder.hearNothing();
    }
    return this.#frame;
  }
}
