/**
 * RTP packets: bytes <-> fields. It knows no stream, no codec and no cipher.
 *
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *   |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 *   |                           timestamp                           |
 *   |                             SSRC                              |
 *   |                    CSRC, CC times 4 bytes                     |
 *   |  if X: profile, 16 bits       |  length in words, 16 bits     |
 *   |                    extension data, length words               |
 *   |                    payload                                    |
 *   |  if P: padding; its last byte is its size, itself included    |
 *   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 *
 * Source: [rfc] RFC 3550 §5.1 and §5.3.1.
 */

import { assert, fail, ok, type Result } from '@conclave/base';

/** The size of a header without CSRC and extension. */
export const RTP_HEADER_SIZE = 12;

/** A datagram past this is refused: voice needs 200 bytes, and Ethernet carries 1500. */
export const RTP_PACKET_SIZE_MAX = 2048;

export const CSRC_COUNT_MAX = 15;

/** The last byte of the padding counts the padding. */
export const PADDING_SIZE_MAX = 255;

const VERSION_BITS = 0x80;
const PADDING_BIT = 0x20;
const EXTENSION_BIT = 0x10;
const MARKER_BIT = 0x80;

export interface RtpExtension {
  /** 16 bits whose meaning the profile defines, as 0xBEDE in RFC 8285. */
  readonly profile: number;
  /** A whole number of 32-bit words; may be empty. */
  readonly data: Uint8Array;
}

/** The fields that every packet of a voice stream has. */
export interface RtpHeader {
  /** In telephony: the first packet after a silence. */
  readonly marker: boolean;
  /** 0..127; 0 is PCMU and 8 is PCMA (RFC 3551). */
  readonly payloadType: number;
  /** 16 bits. */
  readonly sequenceNumber: number;
  /** 32 bits, in samples of the clock of the payload type. */
  readonly timestamp: number;
  /** 32 bits. */
  readonly ssrc: number;
}

export interface RtpPacket extends RtpHeader {
  /** Those who were mixed into this packet; at most 15. */
  readonly csrcs: readonly number[];
  readonly extension: RtpExtension | undefined;
  /** After `decodeRtpPacket`: a view into the decoded bytes, not a copy. */
  readonly payload: Uint8Array;
  /** 0 means no padding, otherwise 1..255. */
  readonly paddingSize: number;
}

export type RtpDecodeError =
  | 'too-short'
  | 'too-long'
  | 'wrong-version'
  | 'csrc-cut'
  | 'extension-cut'
  | 'bad-padding';

const NO_CSRCS: readonly number[] = [];

/** Decodes a whole datagram. `payload` and `extension.data` are views into `bytes`. */
export function decodeRtpPacket(bytes: Uint8Array): Result<RtpPacket, RtpDecodeError> {
  const headerSize = measureRtpHeader(bytes, bytes.length);
  if (typeof headerSize === 'string') return fail(headerSize);
  const first = byteAt(bytes, 0);
  const paddingSize = (first & PADDING_BIT) === 0 ? 0 : byteAt(bytes, bytes.length - 1);
  const isPaddingWrong = (first & PADDING_BIT) !== 0 && paddingSize === 0;
  if (isPaddingWrong || headerSize + paddingSize > bytes.length) return fail('bad-padding');
  const extensionStart = RTP_HEADER_SIZE + 4 * (first & 0x0f);
  return ok({
    marker: (byteAt(bytes, 1) & MARKER_BIT) !== 0,
    payloadType: byteAt(bytes, 1) & 0x7f,
    sequenceNumber: sequenceNumberOf(bytes),
    timestamp: timestampOf(bytes),
    ssrc: ssrcOf(bytes),
    csrcs: (first & 0x0f) === 0 ? NO_CSRCS : csrcsOf(bytes, first & 0x0f),
    extension:
      (first & EXTENSION_BIT) === 0
        ? undefined
        : {
            profile: (byteAt(bytes, extensionStart) << 8) | byteAt(bytes, extensionStart + 1),
            data: bytes.subarray(extensionStart + 4, headerSize),
          },
    payload: bytes.subarray(headerSize, bytes.length - paddingSize),
    paddingSize,
  });
}

/** Encodes into fresh bytes. Fields out of range are a mistake of the caller, hence asserted. */
export function encodeRtpPacket(packet: RtpPacket): Uint8Array {
  const { csrcs, extension, payload, paddingSize } = packet;
  const extensionSize = extension === undefined ? 0 : 4 + extension.data.length;
  const headerSize = RTP_HEADER_SIZE + 4 * csrcs.length + extensionSize;
  const size = headerSize + payload.length + paddingSize;
  assert(csrcs.length <= CSRC_COUNT_MAX, 'a header carries at most 15 CSRC');
  assert(isInteger(paddingSize, PADDING_SIZE_MAX), 'padding is at most 255 bytes');
  assert(size <= RTP_PACKET_SIZE_MAX, 'we never send what we would refuse');

  const target = new Uint8Array(size);
  encodeRtpHeader(packet, target);
  const flags = (paddingSize > 0 ? PADDING_BIT : 0) | (extension ? EXTENSION_BIT : 0);
  target[0] = VERSION_BITS | flags | csrcs.length;
  let offset = RTP_HEADER_SIZE;
  for (const csrc of csrcs) {
    assert(isInteger(csrc, 0xffff_ffff), 'a CSRC has 32 bits');
    setUint32(target, offset, csrc);
    offset += 4;
  }
  if (extension !== undefined) encodeExtension(extension, target, offset);
  target.set(payload, headerSize);
  if (paddingSize > 0) target[size - 1] = paddingSize;
  return target;
}

/**
 * Writes a plain 12-byte header (no CSRC, extension or padding) at the start of `target`, without
 * allocation: for senders that keep one packet buffer per leg. Returns the size, always 12.
 */
export function encodeRtpHeader(header: RtpHeader, target: Uint8Array): number {
  const { payloadType, sequenceNumber, timestamp, ssrc } = header;
  assert(isInteger(payloadType, 0x7f), 'a payload type has 7 bits');
  assert(isInteger(sequenceNumber, 0xffff), 'a sequence number has 16 bits');
  assert(isInteger(timestamp, 0xffff_ffff), 'a timestamp has 32 bits');
  assert(isInteger(ssrc, 0xffff_ffff), 'an SSRC has 32 bits');
  assert(target.length >= RTP_HEADER_SIZE, 'the header fits');
  target[0] = VERSION_BITS;
  target[1] = (header.marker ? MARKER_BIT : 0) | payloadType;
  target[2] = sequenceNumber >>> 8;
  target[3] = sequenceNumber;
  setUint32(target, 4, timestamp);
  setUint32(target, 8, ssrc);
  return RTP_HEADER_SIZE;
}

/**
 * The size of the header with its CSRC and extension, in the first `length` bytes of `bytes`; or
 * what is wrong with it. Padding is not looked at: in SRTP it is encrypted.
 */
export function measureRtpHeader(bytes: Uint8Array, length: number): number | RtpDecodeError {
  if (length < RTP_HEADER_SIZE) return 'too-short';
  if (length > RTP_PACKET_SIZE_MAX) return 'too-long';
  const first = byteAt(bytes, 0);
  if ((first & 0xc0) !== VERSION_BITS) return 'wrong-version';
  const size = RTP_HEADER_SIZE + 4 * (first & 0x0f);
  if (size > length) return 'csrc-cut';
  if ((first & EXTENSION_BIT) === 0) return size;
  if (size + 4 > length) return 'extension-cut';
  const words = (byteAt(bytes, size + 2) << 8) | byteAt(bytes, size + 3);
  const sizeWithExtension = size + 4 + 4 * words;
  return sizeWithExtension > length ? 'extension-cut' : sizeWithExtension;
}

/** Of a packet with at least a whole header. */
export function sequenceNumberOf(bytes: Uint8Array): number {
  return (byteAt(bytes, 2) << 8) | byteAt(bytes, 3);
}

/** Of a packet with at least a whole header. */
export function timestampOf(bytes: Uint8Array): number {
  return uint32At(bytes, 4);
}

/** Of a packet with at least a whole header. */
export function ssrcOf(bytes: Uint8Array): number {
  return uint32At(bytes, 8);
}

function csrcsOf(bytes: Uint8Array, count: number): readonly number[] {
  const csrcs: number[] = [];
  for (let index = 0; index < count; index++) {
    csrcs.push(uint32At(bytes, RTP_HEADER_SIZE + 4 * index));
  }
  return csrcs;
}

function encodeExtension(extension: RtpExtension, target: Uint8Array, offset: number): void {
  const { profile, data } = extension;
  assert(isInteger(profile, 0xffff), 'an extension profile has 16 bits');
  assert(data.length % 4 === 0, 'extension data is whole words');
  setUint32(target, offset, profile * 0x1_0000 + data.length / 4);
  target.set(data, offset + 4);
}

function isInteger(value: number, max: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= max;
}

function byteAt(bytes: Uint8Array, offset: number): number {
  return bytes[offset] ?? 0;
}

function uint32At(bytes: Uint8Array, offset: number): number {
  const high = (byteAt(bytes, offset) << 8) | byteAt(bytes, offset + 1);
  const low = (byteAt(bytes, offset + 2) << 8) | byteAt(bytes, offset + 3);
  return high * 0x1_0000 + low;
}

function setUint32(target: Uint8Array, offset: number, value: number): void {
  target[offset] = value >>> 24;
  target[offset + 1] = value >>> 16;
  target[offset + 2] = value >>> 8;
  target[offset + 3] = value;
}
