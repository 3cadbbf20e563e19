/**
 * Between the packets of one participant and the frames of the mixer (20 ms at 8 or 16 kHz), whatever his
 * codec, its rate and his packet time:
 *
 *   packet ──► decode ──► to the mixer's rate ──► cut or join ──► frame
 *   frame ──► join or cut ──► to the codec's rate ──► encode ──► packet
 *
 * At 8 kHz a wide voice loses what is above 3.4 kHz.
 */

import type { AudioCodec } from './audio-codec.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';
import { Resampler } from './resampler.ts';
import { SampleFramer } from './sample-framer.ts';

/** The longest packet that is decoded. */
const HEARD_MS_MAX = 60;
const MIXER_FRAME_MS = 20;

export class LegTranscoder {
  readonly #codec: AudioCodec;
  readonly #decoded: Int16Array;
  readonly #resampled: Int16Array;
  /** Views of what was heard last; packets of a stream mostly have one size. */
  #heard: Int16Array = new Int16Array(0);
  #atMixerRate: Int16Array = new Int16Array(0);
  readonly #toMixer: Resampler | undefined;
  readonly #frames: SampleFramer;
  readonly #packets: SampleFramer;
  readonly #toSend: Int16Array;
  readonly #fromMixer: Resampler | undefined;
  readonly #encoded: Int16Array;
  /** Samples of the packet before: a missing one is taken to be as long. */
  #usualCount: number;

  /** `packetMs` is what the participant is sent, and how long his packets are thought to be at first. */
  constructor(codec: AudioCodec, packetMs: number, mixerRateHz: number = SAMPLE_RATE_HZ) {
    const rate = codec.sampleRateHz;
    this.#codec = codec;
    this.#usualCount = (packetMs * rate) / 1000;
    this.#decoded = new Int16Array((HEARD_MS_MAX * rate) / 1000);
    this.#resampled = new Int16Array((HEARD_MS_MAX * mixerRateHz) / 1000);
    this.#frames = new SampleFramer(MIXER_FRAME_MS, mixerRateHz);
    this.#packets = new SampleFramer(packetMs, mixerRateHz);
    this.#toSend = new Int16Array((packetMs * mixerRateHz) / 1000);
    this.#encoded = new Int16Array((packetMs * rate) / 1000);
    if (rate === mixerRateHz) return;
    this.#toMixer = new Resampler(rate, mixerRateHz, this.#decoded.length);
    this.#fromMixer = new Resampler(mixerRateHz, rate, this.#toSend.length);
  }

  /** Hears a packet whose turn it is. False when it is malformed or too long: then nothing changed. */
  hear(payload: Uint8Array): boolean {
    const count = this.#codec.decode(payload, this.#decoded);
    if (count === 0) return false;
    this.#usualCount = count;
    this.#put(count);
    return true;
  }

  /** In place of a packet that is missing. For how many milliseconds. */
  hearNothing(): number {
    const count = this.#usualCount;
    this.#codec.conceal(this.#decoded.subarray(0, count));
    this.#put(count);
    return (1000 * count) / this.#codec.sampleRateHz;
  }

  /** The next frame for the mixer; false when there is none in full. */
  takeFrame(target: Int16Array): boolean {
    return this.#frames.take(target);
  }

  /** A frame of the mixer. */
  say(frame: Int16Array): void {
    this.#packets.put(frame);
  }

  /** Encodes the next packet for the participant. Its size; 0 when there is none in full. */
  takePacket(target: Uint8Array): number {
    if (!this.#packets.take(this.#toSend)) return 0;
    if (!this.#fromMixer) return this.#codec.encode(this.#toSend, target);
    this.#fromMixer.resample(this.#toSend, this.#encoded);
    return this.#codec.encode(this.#encoded, target);
  }

  #put(count: number): void {
    if (this.#heard.length !== count) this.#heard = this.#decoded.subarray(0, count);
    if (!this.#toMixer) {
      this.#frames.put(this.#heard);
      return;
    }
    const length = this.#toMixer.resample(this.#heard, this.#resampled);
    if (this.#atMixerRate.length !== length) {
      this.#atMixerRate = this.#resampled.subarray(0, length);
    }
    this.#frames.put(this.#atMixerRate);
  }
}
