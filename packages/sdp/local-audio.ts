/**
 * Our side of the audio: as the answer to an offer, with every other section of it refused, or as an offer.
 * Source: [rfc] RFC 3264 §5, §6; RFC 4568 §7.1.3; RFC 8643 §3.1.
 */
import { audioMediaOf } from './audio-media.ts';
import { type CryptoLine, formatCrypto } from './crypto-attribute.ts';
import type {
  Attribute,
  ConnectionData,
  MediaDescription,
  Origin,
  SessionDescription,
} from './description.ts';
import { answerDirection, type Direction } from './direction.ts';

export interface LocalAudio {
  /** Literal address. */
  readonly host: string;
  readonly port: number;
  /** `PCMU`, `PCMA`. In an answer the first that was offered is used; in an offer all. */
  readonly codecs: readonly string[];
  readonly direction: Direction;
  /** The stream that we send. In an answer its tag and suite are those of an offered line. */
  readonly crypto?: CryptoLine;
  readonly packetMs: number;
}

export interface LocalOrigin {
  readonly sessionId: string;
  /** One more than before when anything has changed. */
  readonly version: number;
}

const STATIC_TYPES: Readonly<Record<string, number>> = { PCMU: 0, PCMA: 8 };

/** For events in an offer of ours. */
const TELEPHONE_EVENT = 101;

/** The answer, or undefined when nothing in the offer fits (488). */
export function answerTo(
  offer: SessionDescription,
  local: LocalAudio,
  origin: LocalOrigin,
): SessionDescription | undefined {
  const audio = audioMediaOf(offer);
  const codec = audio?.codecs.find(
    ({ name, clockRateHz }) => local.codecs.includes(name) && clockRateHz === 8000,
  );
  if (!audio || !codec) return undefined;
  const types = [codec.payloadType];
  const maps = [`${codec.payloadType} ${codec.name}/${codec.clockRateHz}`];
  if (audio.telephoneEvent !== undefined) {
    types.push(audio.telephoneEvent);
    maps.push(`${audio.telephoneEvent} telephone-event/8000`);
  }
  const section = sectionOf(local, {
    protocol: audio.protocol,
    types,
    maps,
    direction: answerDirection(audio.direction, local.direction),
  });
  return {
    ...ownSession(local.host, origin),
    media: offer.media.map((each, index) => (index === audio.index ? section : refused(each))),
  };
}

/** `RTP/SAVP` with a crypto line, else `RTP/AVP`. */
export function offerOf(local: LocalAudio, origin: LocalOrigin): SessionDescription {
  const codecs = local.codecs.flatMap((name) => {
    const type = STATIC_TYPES[name];
    return type === undefined ? [] : [{ name, type }];
  });
  const section = sectionOf(local, {
    protocol: local.crypto ? 'RTP/SAVP' : 'RTP/AVP',
    types: [...codecs.map(({ type }) => type), TELEPHONE_EVENT],
    maps: [
      ...codecs.map(({ name, type }) => `${type} ${name}/8000`),
      `${TELEPHONE_EVENT} telephone-event/8000`,
    ],
    direction: local.direction,
  });
  return { ...ownSession(local.host, origin), media: [section] };
}

interface Agreed {
  readonly protocol: string;
  readonly types: readonly number[];
  readonly maps: readonly string[];
  readonly direction: Direction;
}

function sectionOf(local: LocalAudio, agreed: Agreed): MediaDescription {
  const { port, crypto, packetMs } = local;
  const events = agreed.maps.find((each) => each.includes('telephone-event'))?.split(' ', 1);
  const attributes: readonly Attribute[] = [
    ...(crypto ? [{ name: 'crypto', value: formatCrypto(crypto) }] : []),
    ...agreed.maps.map((value) => ({ name: 'rtpmap', value })),
    ...(events ? [{ name: 'fmtp', value: `${events[0]} 0-15` }] : []),
    { name: 'ptime', value: String(packetMs) },
    { name: agreed.direction },
  ];
  const formats = agreed.types.map(String);
  return { media: 'audio', port, protocol: agreed.protocol, formats, attributes };
}

/** [rfc] RFC 3264 §6: it stays in its place, with port 0. */
function refused({ media, protocol, formats }: MediaDescription): MediaDescription {
  return { media, port: 0, protocol, formats: formats.slice(0, 1), attributes: [] };
}

function ownSession(
  host: string,
  { sessionId, version }: LocalOrigin,
): Omit<SessionDescription, 'media'> {
  const family = host.includes(':') ? 'IP6' : 'IP4';
  const connection: ConnectionData = { family, address: host };
  const origin: Origin = { username: '-', sessionId, version: String(version), connection };
  return { origin, name: 'Conclave', connection, attributes: [] };
}
