/**
 * Between the packets of one participant and the frames of the mixer (8 kHz, 20 ms), whatever his codec,
 * its rate and his packet time:
 *
 *   packet ──► decode ──► to 8 kHz ──► cut or join ──► frame
 *   frame ──► join or cut ──► to the codec's rate ──► encode ──► packet
 *
 * The mixer hears 8 kHz, so a wide voice loses what is above 3.4 kHz.
 */

import { assert } from '@conclave/base';
import type { AudioCodec } from './audio-codec.ts';
import { FRAME_SAMPLES, SAMPLE_RATE_HZ } from './pcm.ts';
import { Resampler } from './resampler.ts';
import { SampleFramer } from './sample-framer.ts';

/** The longest packet that is decoded. */
const HEARD_MS_MAX = 60;
const MIXER_FRAME_MS = 20;

export class LegTranscoder {
  readonly #codec: AudioCodec;
  readonly #packetMs: number;
  readonly #decoded: Int16Array;
  readonly #narrow: Int16Array = new Int16Array((HEARD_MS_MAX * SAMPLE_RATE_HZ) / 1000);
  readonly #toMixer: Resampler | undefined;
  readonly #frames = new SampleFramer(MIXER_FRAME_MS, SAMPLE_RATE_HZ);
  readonly #packets: SampleFramer;
  readonly #toSend: Int16Array;
  readonly #fromMixer: Resampler | undefined;
  readonly #wide: Int16Array;

  /** `packetMs` is what the participant is sent, and what is filled in for a packet of his. */
  constructor(codec: AudioCodec, packetMs: number) {
    const rate = codec.sampleRateHz;
    this.#codec = codec;
    this.#packetMs = packetMs;
    this.#decoded = new Int16Array((HEARD_MS_MAX * rate) / 1000);
    this.#packets = new SampleFramer(packetMs, SAMPLE_RATE_HZ);
    this.#toSend = new Int16Array((packetMs * SAMPLE_RATE_HZ) / 1000);
    this.#wide = new Int16Array((packetMs * rate) / 1000);
    if (rate === SAMPLE_RATE_HZ) return;
    this.#toMixer = new Resampler(rate, SAMPLE_RATE_HZ, this.#decoded.length);
    this.#fromMixer = new Resampler(SAMPLE_RATE_HZ, rate, this.#toSend.length);
  }

  /** Hears a packet whose turn it is. False when it is malformed or too long: then nothing changed. */
  hear(payload: Uint8Array): boolean {
    const count = this.#codec.decode(payload, this.#decoded);
    if (count > 0) this.#put(count);
    return count > 0;
  }

  /** In place of a packet that is missing. */
  hearNothing(): void {
    const count = (this.#packetMs * this.#codec.sampleRateHz) / 1000;
    this.#codec.conceal(this.#decoded.subarray(0, count));
    this.#put(count);
  }

  /** The next frame for the mixer; false when there is none in full. */
  takeFrame(target: Int16Array): boolean {
    return this.#frames.take(target);
  }

  /** A frame of the mixer. */
  say(frame: Int16Array): void {
    assert(frame.length === FRAME_SAMPLES, 'a frame of the mixer');
    this.#packets.put(frame);
  }

  /** Encodes the next packet for the participant. Its size; 0 when there is none in full. */
  takePacket(target: Uint8Array): number {
    if (!this.#packets.take(this.#toSend)) return 0;
    if (!this.#fromMixer) return this.#codec.encode(this.#toSend, target);
    this.#fromMixer.resample(this.#toSend, this.#wide);
    return this.#codec.encode(this.#wide, target);
  }

  #put(count: number): void {
    const decoded = this.#decoded.subarray(0, count);
    if (!this.#toMixer) {
      this.#frames.put(decoded);
      return;
    }
    const length = this.#toMixer.resample(decoded, this.#narrow);
    this.#frames.put(this.#narrow.subarray(0, length));
  }
}
