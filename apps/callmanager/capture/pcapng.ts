/**
 * Captures as files that analysers open: pcapng [rfc: draft-ietf-opsawg-pcapng] with Ethernet, IPv4 and TCP
 * headers around what was said. The headers are made up, as TLS had others; checksums are left zero, which
 * analysers do not check by default.
 */
const BYTE_ORDER = 0x1a2b3c4d;
const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const ENHANCED_PACKET = 6;
const LINK_ETHERNET = 1;
const OPTION_COMMENT = 1;

const ETHERNET_SIZE = 14;
const IPV4_SIZE = 20;
const TCP_SIZE = 20;
const PROTOCOL_TCP = 6;
const TCP_ACK_PUSH = 0x18;

export interface Segment {
  /** IPv4 in four numbers; any other address is written as 0.0.0.0. */
  readonly source: string;
  readonly sourcePort: number;
  readonly destination: string;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledged: number;
  readonly payload: Uint8Array;
}

/** What a file begins with: one section, one Ethernet, times in microseconds. */
export function pcapngHead(): Uint8Array {
  const section = Buffer.alloc(16);
  section.writeUInt32LE(BYTE_ORDER, 0);
  section.writeUInt16LE(1, 4);
  section.writeBigInt64LE(-1n, 8);
  const description = Buffer.alloc(8);
  description.writeUInt16LE(LINK_ETHERNET, 0);
  return Buffer.concat([block(SECTION_HEADER, section), block(INTERFACE_DESCRIPTION, description)]);
}

/** One packet, with a remark. */
export function pcapngPacket(frame: Uint8Array, atMs: number, comment: string): Uint8Array {
  const micros = BigInt(Math.floor(atMs)) * 1_000n;
  const head = Buffer.alloc(20);
  head.writeUInt32LE(Number(micros >> 32n), 4);
  head.writeUInt32LE(Number(micros & 0xffff_ffffn), 8);
  head.writeUInt32LE(frame.length, 12);
  head.writeUInt32LE(frame.length, 16);
  const text = Buffer.from(comment);
  const option = Buffer.alloc(4);
  option.writeUInt16LE(OPTION_COMMENT, 0);
  option.writeUInt16LE(text.length, 2);
  const parts = [head, padded(frame), option, padded(text), Buffer.alloc(4)];
  return block(ENHANCED_PACKET, Buffer.concat(parts));
}

export function tcpFrame(segment: Segment): Uint8Array {
  const frame = Buffer.alloc(ETHERNET_SIZE + IPV4_SIZE + TCP_SIZE + segment.payload.length);
  frame.writeUInt16BE(0x0800, 12);
  const ip = frame.subarray(ETHERNET_SIZE);
  ip.writeUInt8(0x45, 0);
  ip.writeUInt16BE(ip.length, 2);
  ip.writeUInt8(64, 8);
  ip.writeUInt8(PROTOCOL_TCP, 9);
  ip.set(octetsOf(segment.source), 12);
  ip.set(octetsOf(segment.destination), 16);
  const tcp = ip.subarray(IPV4_SIZE);
  tcp.writeUInt16BE(segment.sourcePort, 0);
  tcp.writeUInt16BE(segment.destinationPort, 2);
  tcp.writeUInt32BE(segment.sequence >>> 0, 4);
  tcp.writeUInt32BE(segment.acknowledged >>> 0, 8);
  tcp.writeUInt8(0x50, 12);
  tcp.writeUInt8(TCP_ACK_PUSH, 13);
  tcp.writeUInt16BE(65_535, 14);
  tcp.set(segment.payload, TCP_SIZE);
  return frame;
}

function block(type: number, body: Uint8Array): Uint8Array {
  const size = body.length + 12;
  const bytes = Buffer.alloc(size);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(size, 4);
  bytes.set(body, 8);
  bytes.writeUInt32LE(size, size - 4);
  return bytes;
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}

function octetsOf(address: string): Uint8Array {
  const found = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  return Uint8Array.from((found?.slice(1) ?? [0, 0, 0, 0]).map(Number));
}
