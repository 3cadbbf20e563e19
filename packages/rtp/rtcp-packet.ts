/**
 * RTCP compounds: bytes <-> reports. What we make is one report, a name, and a goodbye where it is meant; of
 * what we read, packets of other types are passed over. It knows no cipher and no timing.
 *
 * Source: [rfc] RFC 3550 §6.1 (compounds), §6.4 (SR, RR), §6.5 (SDES), §6.6 (BYE), §A.2 (validity).
 */
import { assert, fail, ok, type Result } from '@conclave/base';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';

const VERSION_BITS = 0x80;
const PADDING_BIT = 0x20;
const WORD_SIZE = 4;
const HEADER_SIZE = 8;
const SENDER_INFO_SIZE = 20;
const BLOCK_SIZE = 24;
const CNAME_ITEM = 1;
const CNAME_SIZE_MAX = 255;

const SENDER_REPORT = 200;
const RECEIVER_REPORT = 201;
const SOURCE_DESCRIPTION = 202;
const GOODBYE = 203;

/** What was sent so far. */
export interface SenderInfo {
  /** NTP time: seconds since 1900, and its fraction in 2^-32 s. */
  readonly ntpSeconds: number;
  readonly ntpFraction: number;
  /** The same instant on the clock of the stream. */
  readonly rtpTimestamp: number;
  readonly packets: number;
  /** Payload only. */
  readonly octets: number;
}

/** How one source is received. */
export interface ReceptionReport {
  readonly ssrc: number;
  /** Since the report before, in 1/256. */
  readonly fractionLost: number;
  /** Since the beginning; negative when packets came twice. 24 bits. */
  readonly packetsLost: number;
  /** With the count of wraps in the upper half. */
  readonly highestSequence: number;
  /** In units of the stream's clock. */
  readonly jitter: number;
  /** The middle 32 bits of the NTP time of the last sender report; 0: none came. */
  readonly lastReport: number;
  /** Since that came, in 2^-16 s. */
  readonly delaySinceLast: number;
}

export interface RtcpReport {
  readonly ssrc: number;
  /** Absent: nothing was sent of late. */
  readonly sent?: SenderInfo;
  /** At most 31. */
  readonly received: readonly ReceptionReport[];
}

export interface RtcpCompound extends RtcpReport {
  /** At most 255 bytes; absent where it was not told. */
  readonly cname?: string;
  readonly bye: boolean;
}

export type RtcpDecodeError = 'too short' | 'too long' | 'not RTCP' | 'length';

/** The first report is that of the compound; further ones (more than 31 sources) are passed over. */
export function decodeRtcp(bytes: Uint8Array): Result<RtcpCompound, RtcpDecodeError> {
  if (bytes.length < HEADER_SIZE) return fail('too short');
  if (bytes.length > RTP_PACKET_SIZE_MAX) return fail('too long');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let report: RtcpReport | undefined;
  let cname: string | undefined;
  let bye = false;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < WORD_SIZE || view.getUint8(at) >> 6 !== 2) return fail('not RTCP');
    const type = view.getUint8(at + 1);
    const size = WORD_SIZE * (view.getUint16(at + 2) + 1);
    const isPadded = (view.getUint8(at) & PADDING_BIT) !== 0;
    // Only the last packet may be padded.
    if (size > bytes.length - at || (isPadded && at + size < bytes.length)) return fail('length');
    const packet = new DataView(bytes.buffer, bytes.byteOffset + at, size);
    if (at === 0) {
      report = reportOf(packet, type);
      if (!report)
        return fail(type === SENDER_REPORT || type === RECEIVER_REPORT ? 'length' : 'not RTCP');
    }
    if (type === SOURCE_DESCRIPTION) cname ??= cnameOf(packet, report?.ssrc);
    if (type === GOODBYE) bye ||= namesSource(packet, report?.ssrc);
    at += size;
  }
  return report ? ok({ ...report, ...(cname !== undefined && { cname }), bye }) : fail('not RTCP');
}

/** One compound; the sizes are asserted. */
export function encodeRtcp({ ssrc, sent, received, cname, bye }: RtcpCompound): Uint8Array {
  assert(received.length <= 31, 'a report has at most 31 blocks');
  const name = new TextEncoder().encode(cname ?? '');
  assert(name.length <= CNAME_SIZE_MAX, 'a name has at most 255 bytes');
  const reportSize = HEADER_SIZE + (sent ? SENDER_INFO_SIZE : 0) + BLOCK_SIZE * received.length;
  // At least one zero byte ends the list of items.
  const nameSize = cname === undefined ? 0 : HEADER_SIZE + roundedUp(2 + name.length + 1);
  const bytes = new Uint8Array(reportSize + nameSize + (bye ? HEADER_SIZE : 0));
  const view = new DataView(bytes.buffer);
  writeHead(view, 0, {
    count: received.length,
    type: sent ? SENDER_REPORT : RECEIVER_REPORT,
    size: reportSize,
    ssrc,
  });
  if (sent) writeSent(view, HEADER_SIZE, sent);
  for (const [index, block] of received.entries()) {
    writeBlock(view, HEADER_SIZE + (sent ? SENDER_INFO_SIZE : 0) + BLOCK_SIZE * index, block);
  }
  if (cname !== undefined) {
    writeHead(view, reportSize, { count: 1, type: SOURCE_DESCRIPTION, size: nameSize, ssrc });
    bytes.set([CNAME_ITEM, name.length, ...name], reportSize + HEADER_SIZE);
  }
  if (bye)
    writeHead(view, reportSize + nameSize, { count: 1, type: GOODBYE, size: HEADER_SIZE, ssrc });
  return bytes;
}

function reportOf(packet: DataView, type: number): RtcpReport | undefined {
  const isSender = type === SENDER_REPORT;
  if (!isSender && type !== RECEIVER_REPORT) return undefined;
  const count = packet.getUint8(0) & 0x1f;
  const first = HEADER_SIZE + (isSender ? SENDER_INFO_SIZE : 0);
  if (packet.byteLength < first + BLOCK_SIZE * count) return undefined;
  return {
    ssrc: packet.getUint32(4),
    ...(isSender && { sent: sentOf(packet, HEADER_SIZE) }),
    received: Array.from({ length: count }, (_, index) =>
      blockOf(packet, first + BLOCK_SIZE * index),
    ),
  };
}

function sentOf(view: DataView, at: number): SenderInfo {
  return {
    ntpSeconds: view.getUint32(at),
    ntpFraction: view.getUint32(at + 4),
    rtpTimestamp: view.getUint32(at + 8),
    packets: view.getUint32(at + 12),
    octets: view.getUint32(at + 16),
  };
}

function writeSent(view: DataView, at: number, sent: SenderInfo): void {
  const { ntpSeconds, ntpFraction, rtpTimestamp, packets, octets } = sent;
  for (const [index, word] of [ntpSeconds, ntpFraction, rtpTimestamp, packets, octets].entries()) {
    view.setUint32(at + WORD_SIZE * index, word);
  }
}

function blockOf(view: DataView, at: number): ReceptionReport {
  return {
    ssrc: view.getUint32(at),
    fractionLost: view.getUint8(at + 4),
    packetsLost: (view.getInt32(at + 4) << 8) >> 8,
    highestSequence: view.getUint32(at + 8),
    jitter: view.getUint32(at + 12),
    lastReport: view.getUint32(at + 16),
    delaySinceLast: view.getUint32(at + 20),
  };
}

function writeBlock(view: DataView, at: number, block: ReceptionReport): void {
  const lost = Math.max(-0x80_0000, Math.min(0x7f_ffff, block.packetsLost)) & 0xff_ffff;
  const { ssrc, highestSequence, jitter, lastReport, delaySinceLast } = block;
  const words = [
    ssrc,
    (block.fractionLost << 24) | lost,
    highestSequence,
    jitter,
    lastReport,
    delaySinceLast,
  ];
  for (const [index, word] of words.entries()) view.setUint32(at + WORD_SIZE * index, word);
}

/** The name of `ssrc` when the first chunk tells it: ours and those of phones have one chunk. */
function cnameOf(packet: DataView, ssrc: number | undefined): string | undefined {
  if (packet.byteLength < HEADER_SIZE || packet.getUint32(4) !== ssrc) return undefined;
  for (let at = HEADER_SIZE; at + 2 <= packet.byteLength; ) {
    const item = packet.getUint8(at);
    const size = packet.getUint8(at + 1);
    if (item === 0 || at + 2 + size > packet.byteLength) return undefined;
    if (item === CNAME_ITEM) {
      const name = new Uint8Array(packet.buffer, packet.byteOffset + at + 2, size);
      return new TextDecoder().decode(name);
    }
    at += 2 + size;
  }
  return undefined;
}

function namesSource(packet: DataView, ssrc: number | undefined): boolean {
  const count = Math.min(packet.getUint8(0) & 0x1f, packet.byteLength / WORD_SIZE - 1);
  return Array.from({ length: count }, (_, index) =>
    packet.getUint32(WORD_SIZE * (index + 1)),
  ).includes(ssrc ?? -1);
}

function writeHead(
  view: DataView,
  at: number,
  head: {
    readonly count: number;
    readonly type: number;
    readonly size: number;
    readonly ssrc: number;
  },
): void {
  view.setUint8(at, VERSION_BITS | head.count);
  view.setUint8(at + 1, head.type);
  view.setUint16(at + 2, head.size / WORD_SIZE - 1);
  view.setUint32(at + 4, head.ssrc);
}

function roundedUp(size: number): number {
  return WORD_SIZE * Math.ceil(size / WORD_SIZE);
}
