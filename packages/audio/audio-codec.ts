/**
 * What the bridge asks of any codec, one object for each stream and direction: most codecs remember
 * what went before.
 */

export type PayloadName = 'PCMU' | 'PCMA' | 'G722' | 'opus';

export interface AudioCodec {
  /** As in `a=rtpmap`. */
  readonly payloadName: PayloadName;
  /** Of RTP timestamps; not always the rate of the samples (RFC 3551 §4.5.2). */
  readonly clockRateHz: number;
  /** Of the samples that are encoded and decoded. */
  readonly sampleRateHz: number;
  /** Encodes all of `frame`. How many bytes of `target` that took. */
  encode(frame: Int16Array, target: Uint8Array): number;
  /** Decodes a packet. How many samples of `target` that made; 0 when the packet makes no sense. */
  decode(payload: Uint8Array, target: Int16Array): number;
  /** Fills `target` in place of a packet that is missing. */
  conceal(target: Int16Array): void;
}
