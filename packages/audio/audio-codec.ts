/**
 * What the bridge asks of any codec, one object for each stream: most codecs remember what went before.
 * G.711 and G.722 are here; Opus is a package of its own, because it is a library.
 */

import { Concealment } from './concealment.ts';
import { codecOf, type G711Codec } from './g711.ts';
import { G722_SAMPLE_RATE_HZ, G722Decoder, G722Encoder } from './g722.ts';
import { SAMPLE_RATE_HZ } from './pcm.ts';

export interface AudioCodec {
  /** As in `a=rtpmap`. */
  readonly payloadName: 'PCMU' | 'PCMA' | 'G722' | 'opus';
  /** Of RTP timestamps; not always the rate of the samples (RFC 3551 §4.5.2). */
  readonly clockRateHz: number;
  /** Of the samples that are encoded and decoded. */
  readonly sampleRateHz: number;
  /** Encodes all of `frame`. How many bytes of `target` that took. */
  encode(frame: Int16Array, target: Uint8Array): number;
  /** Decodes a packet. How many samples of `target` that made; 0 when it is malformed or too long. */
  decode(payload: Uint8Array, target: Int16Array): number;
  /** Fills `target`, 10 to 60 ms, in place of a packet that is missing. */
  conceal(target: Int16Array): void;
}

/** Of RTP: 0 is µ-law, 8 is A-law, 9 is G.722 (RFC 3551 §6). */
export type WaveformPayloadType = 0 | 8 | 9;

/** With a memory of its own. */
export function audioCodecOf(payloadType: WaveformPayloadType): AudioCodec {
  return payloadType === 9 ? g722AudioCodec() : g711AudioCodec(codecOf(payloadType));
}

/** Whether it carries more than 8 kHz hold. */
export function isWide(codec: AudioCodec): boolean {
  return codec.sampleRateHz > SAMPLE_RATE_HZ;
}

export function g711AudioCodec(codec: G711Codec): AudioCodec {
  const concealment = new Concealment(SAMPLE_RATE_HZ);
  return {
    payloadName: codec.name,
    clockRateHz: SAMPLE_RATE_HZ,
    sampleRateHz: SAMPLE_RATE_HZ,
    encode: (frame, target) => {
      codec.encode(frame, target);
      return frame.length;
    },
    decode: (payload, target) => {
      if (payload.length > target.length) return 0;
      codec.decode(payload, target);
      concealment.hear(target, payload.length);
      return payload.length;
    },
    conceal: (target) => concealment.fill(target),
  };
}

export function g722AudioCodec(): AudioCodec {
  const encoder = new G722Encoder();
  const decoder = new G722Decoder();
  const concealment = new Concealment(G722_SAMPLE_RATE_HZ);
  return {
    payloadName: 'G722',
    clockRateHz: SAMPLE_RATE_HZ,
    sampleRateHz: G722_SAMPLE_RATE_HZ,
    encode: (frame, target) => {
      encoder.encode(frame, target);
      return frame.length / 2;
    },
    decode: (payload, target) => {
      const length = 2 * payload.length;
      if (length > target.length) return 0;
      decoder.decode(payload, target);
      concealment.hear(target, length);
      return length;
    },
    conceal: (target) => concealment.fill(target),
  };
}
