/**
 * Captures for analysers: classic pcap with Ethernet, IPv4 and TCP headers around payloads.
 * Written for tests; checksums are left zero, which analysers do not check by default.
 */

export interface CapturedSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payload: Uint8Array;
}

const LINK_ETHERNET = 1;
const ETHERNET_SIZE = 14;
const IPV4_SIZE = 20;
const TCP_SIZE = 20;
const PROTOCOL_TCP = 6;
const TCP_ACK_PUSH = 0x18;

/** One TCP conversation a pair of ports, with sequence numbers that follow each other. */
export function pcapOf(segments: readonly CapturedSegment[]): Uint8Array {
  const sent = new Map<string, number>();
  const parts: Uint8Array[] = [fileHeader()];
  for (const [index, segment] of segments.entries()) {
    const key = `${segment.sourcePort}-${segment.destinationPort}`;
    const back = `${segment.destinationPort}-${segment.sourcePort}`;
    const sequence = sent.get(key) ?? 1;
    sent.set(key, sequence + segment.payload.length);
    parts.push(packet(segment, { index, sequence, acknowledged: sent.get(back) ?? 1 }));
  }
  return Buffer.concat(parts);
}

function fileHeader(): Uint8Array {
  const header = new DataView(new ArrayBuffer(24));
  header.setUint32(0, 0xa1b2c3d4, true);
  header.setUint16(4, 2, true);
  header.setUint16(6, 4, true);
  header.setUint32(16, 262_144, true);
  header.setUint32(20, LINK_ETHERNET, true);
  return new Uint8Array(header.buffer);
}

function packet(
  { sourcePort, destinationPort, payload }: CapturedSegment,
  place: { readonly index: number; readonly sequence: number; readonly acknowledged: number },
): Uint8Array {
  const size = ETHERNET_SIZE + IPV4_SIZE + TCP_SIZE + payload.length;
  const record = new DataView(new ArrayBuffer(16 + size));
  record.setUint32(0, 1_700_000_000 + place.index, true);
  record.setUint32(8, size, true);
  record.setUint32(12, size, true);
  const ethernet = 16;
  record.setUint16(ethernet + 12, 0x0800);
  const ip = ethernet + ETHERNET_SIZE;
  record.setUint8(ip, 0x45);
  record.setUint16(ip + 2, IPV4_SIZE + TCP_SIZE + payload.length);
  record.setUint8(ip + 8, 64);
  record.setUint8(ip + 9, PROTOCOL_TCP);
  record.setUint32(ip + 12, 0x7f000001);
  record.setUint32(ip + 16, 0x7f000001);
  const tcp = ip + IPV4_SIZE;
  record.setUint16(tcp, sourcePort);
  record.setUint16(tcp + 2, destinationPort);
  record.setUint32(tcp + 4, place.sequence);
  record.setUint32(tcp + 8, place.acknowledged);
  record.setUint8(tcp + 12, 0x50);
  record.setUint8(tcp + 13, TCP_ACK_PUSH);
  record.setUint16(tcp + 14, 65_535);
  const bytes = new Uint8Array(record.buffer);
  bytes.set(payload, tcp + TCP_SIZE);
  return bytes;
}
