/**
 * What a description says of audio, taken together: the first audio section that we could use.
 * Source: [rfc] RFC 8866 §6, RFC 3551 §6, RFC 4733 §2.4, RFC 3605 §2.1.
 */
import { type CryptoLine, parseCrypto } from './crypto-attribute.ts';
import {
  type Attribute,
  attributeOf,
  type ConnectionData,
  type MediaDescription,
  type SessionDescription,
} from './description.ts';
import { DIRECTIONS, type Direction } from './direction.ts';
import { type Profile, type Protection, profileOf, protectionOf } from './protection.ts';

export interface AudioCodec {
  readonly payloadType: number;
  /** Encoding name in capitals, such as `PCMU`. */
  readonly name: string;
  readonly clockRateHz: number;
  readonly channels: number;
}

export interface AudioMedia {
  /** Which m-line it is, from 0. */
  readonly index: number;
  /** A literal address; `0.0.0.0` or `::` for one that wants to hear nothing. */
  readonly host: string;
  readonly port: number;
  /** Of RTCP where that is not on the port after it (RFC 3605). */
  readonly rtcpPort?: number;
  readonly family: 'IP4' | 'IP6';
  readonly profile: Profile;
  readonly protection: Protection;
  /** As written, for the answer. */
  readonly protocol: string;
  /** In order of preference, without telephone events. */
  readonly codecs: readonly AudioCodec[];
  /** Payload type of RFC 4733 events of 8 kHz; absent: none. */
  readonly telephoneEvent?: number;
  /** Milliseconds; absent: not said. */
  readonly packetMs?: number;
  readonly direction: Direction;
  /** In order of preference; only those that we can do. */
  readonly crypto: readonly CryptoLine[];
}

const PORT_MAX = 0xffff;

/** [rfc] RFC 3551 §6: what needs no rtpmap. */
const STATIC: ReadonlyMap<number, readonly [name: string, clockRateHz: number]> = new Map([
  [0, ['PCMU', 8000]],
  [3, ['GSM', 8000]],
  [4, ['G723', 8000]],
  [8, ['PCMA', 8000]],
  [9, ['G722', 8000]],
  [13, ['CN', 8000]],
  [15, ['G728', 8000]],
  [18, ['G729', 8000]],
]);

/**
 * The first audio section that is not refused (port 0) and whose protection we can do; if none is, the first
 * that is not refused. Undefined when there is none, or it names no address.
 */
export function audioMediaOf(description: SessionDescription): AudioMedia | undefined {
  const sections = description.media.flatMap((_, index) => sectionAt(description, index) ?? []);
  return sections.find(({ protection }) => protection !== 'unusable') ?? sections[0];
}

function sectionAt(description: SessionDescription, index: number): AudioMedia | undefined {
  const section = description.media[index];
  const connection = section?.connection ?? description.connection;
  if (section?.media !== 'audio' || section.port === 0) return undefined;
  const host = connection && unicastAddress(connection);
  if (!connection || host === undefined) return undefined;
  const codecs = codecsOf(section);
  const events = codecs.filter(({ name }) => name === 'TELEPHONE-EVENT');
  const telephoneEvent = events.find(({ clockRateHz }) => clockRateHz === 8000)?.payloadType;
  const packetMs = Number(/^\d{1,4}$/.exec(attributeOf(section, 'ptime')?.value ?? '') ?? 0);
  const lines = section.attributes.flatMap(({ name, value = '' }) =>
    name === 'crypto' ? (parseCrypto(value) ?? []) : [],
  );
  const profile = profileOf(section.protocol);
  const rtcpPort = rtcpPortOf(section, host);
  return {
    index,
    host,
    port: section.port,
    ...(rtcpPort !== undefined && { rtcpPort }),
    family: connection.family,
    profile,
    protection: protectionOf(profile, lines.length > 0),
    protocol: section.protocol,
    codecs: codecs.filter((each) => !events.includes(each)),
    ...(telephoneEvent !== undefined && { telephoneEvent }),
    ...(packetMs > 0 && { packetMs }),
    direction: directionOf(description, section, host),
    crypto: lines,
  };
}

/**
 * The address in its usual form. Names are not looked up, and nobody may have us send to a group: where media
 * goes is not for third parties to decide.
 */
function unicastAddress({ family, address }: ConnectionData): string | undefined {
  if (family === 'IP6') {
    const usual = URL.parse(`http://[${address}]`)?.hostname.slice(1, -1);
    return usual?.startsWith('ff') ? undefined : usual;
  }
  const parts = address.split('.');
  const isAddress = parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part));
  return isAddress && parts.every((part) => +part < 256) && Number(parts[0]) < 224
    ? address
    : undefined;
}

/** Another address than the media's is passed over: reports go to nobody who sends no media. */
function rtcpPortOf(section: MediaDescription, host: string): number | undefined {
  const value = attributeOf(section, 'rtcp')?.value ?? '';
  const found = /^(\d{1,5})(?: +IN +(IP4|IP6) +(\S+))?$/.exec(value);
  if (!found) return undefined;
  const [, digits, family = 'IP4', address] = found;
  const port = Number(digits);
  // With that of the media it would be multiplexed, which we do not answer (RFC 5761 §5.1.1).
  const isOwn = port > 0 && port <= PORT_MAX && port !== section.port;
  if (!isOwn || port === section.port + 1) return undefined;
  if (address === undefined) return port;
  const named = unicastAddress({ family: family === 'IP6' ? 'IP6' : 'IP4', address });
  return named === host ? port : undefined;
}

function codecsOf({ formats, attributes }: MediaDescription): readonly AudioCodec[] {
  const maps = new Map(attributes.flatMap(rtpmapOf));
  return formats.flatMap((format) => {
    const payloadType = /^\d{1,3}$/.test(format) ? Number(format) : 128;
    if (payloadType > 127) return [];
    const mapped = maps.get(payloadType);
    if (mapped) return [{ payloadType, ...mapped }];
    const [name, clockRateHz] = STATIC.get(payloadType) ?? [];
    if (name === undefined || clockRateHz === undefined) return [];
    return [{ payloadType, name, clockRateHz, channels: 1 }];
  });
}

function rtpmapOf({
  name,
  value = '',
}: Attribute): readonly (readonly [number, Omit<AudioCodec, 'payloadType'>])[] {
  const found =
    name === 'rtpmap' ? /^(\d{1,3}) +([\w.+-]+)\/(\d{1,6})(?:\/(\d))?$/.exec(value) : undefined;
  if (!found) return [];
  const [, payloadType, encoding = '', rate, channels = '1'] = found;
  const codec = {
    name: encoding.toUpperCase(),
    clockRateHz: Number(rate),
    channels: Number(channels),
  };
  return [[Number(payloadType), codec]];
}

/** A section's own direction stands before the session's; the unspecified address is the old hold. */
function directionOf(
  session: SessionDescription,
  section: MediaDescription,
  address: string,
): Direction {
  const said =
    DIRECTIONS.find((each) => attributeOf(section, each)) ??
    DIRECTIONS.find((each) => attributeOf(session, each)) ??
    'sendrecv';
  if (address !== '0.0.0.0' && address !== '::') return said;
  return said === 'sendrecv' || said === 'sendonly' ? 'sendonly' : 'inactive';
}
