/**
 * The voice of one participant in any codec and any packet time: packets in their turn, decoded and
 * filled in where they are missing, in frames of the mixer.
 */
import type { AudioCodec } from './audio-codec.ts';
import { LegTranscoder } from './leg-transcoder.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import type { PlayoutQueue } from './playout-queue.ts';

const FRAME_MS = 20;

/** Missing packets in a row that are filled in: by then the filling is all but silent. */
const CONCEALED_MAX = 3;

export class PacketVoice {
  readonly codec: AudioCodec;
  readonly #queue: PlayoutQueue;
  #transcoder: LegTranscoder;
  #frame: Int16Array;
  #missing = CONCEALED_MAX;

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

  /** The next frame, valid until the one after it; undefined when there is nothing to be heard. */
  next(): Int16Array | undefined {
    while (!this.#transcoder.takeFrame(this.#frame)) {
      const payload = this.#queue.take();
      if (payload !== undefined && this.#transcoder.hear(payload)) this.#missing = 0;
      else if (this.#missing >= CONCEALED_MAX) return undefined;
      else {
        this.#missing += 1;
        this.#transcoder.hearNothing();
      }
    }
    return this.#frame;
  }
}
