/**
 * Opus for one stream of speech in one direction or both: libopus, compiled to WebAssembly, behind
 * the interface of all codecs. It resamples by itself, so the mixer may ask for 8, 16 or 48 kHz; on the
 * wire the clock runs at 48 kHz whatever the samples (RFC 7587 §4.1).
 *
 * The library makes a new array for each packet; that is all it allocates. Its memory is outside of the
 * garbage collector's reach: `close` gives it back.
 */

import type { AudioCodec } from '@conclave/audio';
import { Application, createDecoder, createEncoder, Signal } from 'libopus-wasm';

/** What we let a packet have; RFC 6716 §3.2.1 has this for a frame, ours are far smaller. */
export const OPUS_PACKET_SIZE_MAX = 1275;

const CLOCK_RATE_HZ = 48_000;

/** RFC 7587 §3.1.1 recommends up to 12 kbit/s for a narrow voice, up to 20 for a wide one. */
const BITRATE_BPS = 24_000;

/** Of 10, which takes twice the time for a narrow voice. */
const COMPLEXITY = 5;

export interface OpusOptions {
  readonly sampleRateHz: 8000 | 16_000 | 48_000;
  /** What each packet carries; the frame of `encode` has this length. */
  readonly packetMs: 10 | 20 | 40 | 60;
}

export interface OpusCodec extends AudioCodec {
  /** No call after this one. */
  close(): void;
}

/** The first one loads the library. */
export async function openOpusCodec(options: OpusOptions): Promise<OpusCodec> {
  const { sampleRateHz, packetMs } = options;
  const encoder = await createEncoder({
    channels: 1,
    sampleRate: sampleRateHz,
    frameSize: (packetMs * sampleRateHz) / 1000,
    application: Application.Voip,
    signal: Signal.Voice,
    bitrate: BITRATE_BPS,
    complexity: COMPLEXITY,
  });
  const decoder = await createDecoder({ channels: 1, sampleRate: sampleRateHz });
  return {
    payloadName: 'opus',
    clockRateHz: CLOCK_RATE_HZ,
    sampleRateHz,
    encode: (frame, target) => {
      const packet = encoder.encode(frame, { maxPacketBytes: OPUS_PACKET_SIZE_MAX });
      target.set(packet);
      return packet.length;
    },
    decode: (payload, target) => {
      // A packet of no bytes would be taken for a lost one.
      const samples = payload.length > 0 ? decoded(() => decoder.decode(payload)) : undefined;
      if (!samples || samples.length > target.length) return 0;
      target.set(samples);
      return samples.length;
    },
    conceal: (target) => target.set(decoder.decodePacketLoss(target.length)),
    close: () => {
      encoder.free();
      decoder.free();
    },
  };
}

/** The library throws when a packet is malformed. */
function decoded(decode: () => Int16Array): Int16Array | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}
