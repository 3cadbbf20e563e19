/**
 * Our side of the audio: as the answer to an offer, with every other section of it refused, or as an offer.
 * Source: [rfc] RFC 3264 §5, §6, §8; RFC 4568 §5.1, §7.1; RFC 8643 §3.
 */
import { type AudioCodec, type AudioMedia, audioMediaOf } from './audio-media.ts';
import { type CryptoLine, formatCrypto } from './crypto-attribute.ts';
import {
  type Attribute,
  type ConnectionData,
  type MediaDescription,
  NO_TIMING,
  type Origin,
  type SessionDescription,
} from './description.ts';
import { answerDirection, type Direction } from './direction.ts';

export interface LocalAudio {
  /** Literal address. */
  readonly host: string;
  readonly port: number;
  /** Of RTCP where that is not on the port after it (RFC 3605). */
  readonly rtcpPort?: number;
  /** `PCMU`, `PCMA`. In an answer the first that was offered is used; in an offer all. */
  readonly codecs: readonly string[];
  readonly direction: Direction;
  /** The stream that we send. In an answer its tag and suite are those of an offered line. */
  readonly crypto?: CryptoLine;
  readonly packetMs: number;
  /**
   * Answers SRTP with `RTP/AVP`, which RFC 3264 forbids: only for phones whose Supported has
   * `X-cisco-srtp-fallback`.
   */
  readonly fallback?: boolean;
}

export interface LocalOrigin {
  readonly sessionId: string;
  /** One more than before when anything has changed. */
  readonly version: number;
}

const STATIC_TYPES: Readonly<Record<string, number>> = { PCMU: 0, PCMA: 8 };

/** For events in an offer of ours. */
const TELEPHONE_EVENT = 101;

/**
 * The answer. Undefined when nothing in the offer fits (488): no audio or encoding in common, SRTP where we
 * have no key to declare, or a key to declare for a line that was not offered.
 */
export function answerTo(
  offer: SessionDescription,
  local: LocalAudio,
  origin: LocalOrigin,
): SessionDescription | undefined {
  const audio = audioMediaOf(offer);
  const codec = audio?.codecs.find(
    ({ name, clockRateHz }) => local.codecs.includes(name) && clockRateHz === 8000,
  );
  const protocol = audio && answeredProtocol(audio, local);
  if (!audio || !codec || protocol === undefined) return undefined;
  const section = sectionOf(local, {
    protocol,
    codecs: [codec],
    events: audio.telephoneEvent,
    direction: answerDirection(audio.direction, local.direction),
  });
  return {
    ...ownSession(local.host, origin),
    timing: offer.timing,
    media: offer.media.map((each, index) => (index === audio.index ? section : refused(each))),
  };
}

/** Without `protocol`: `RTP/SAVP` with a key, else `RTP/AVP`. `RTP/AVP` with a key is opportunistic SRTP. */
export function offerOf(
  local: LocalAudio,
  origin: LocalOrigin,
  protocol: 'RTP/AVP' | 'RTP/SAVP' = local.crypto ? 'RTP/SAVP' : 'RTP/AVP',
): SessionDescription {
  const codecs = local.codecs.flatMap((name) => {
    const payloadType = STATIC_TYPES[name];
    return payloadType === undefined ? [] : [{ payloadType, name, clockRateHz: 8000 }];
  });
  const { direction } = local;
  const section = sectionOf(local, { protocol, codecs, events: TELEPHONE_EVENT, direction });
  return { ...ownSession(local.host, origin), timing: NO_TIMING, media: [section] };
}

/** [rfc] RFC 3264 §6: the answer has the offer's. */
function answeredProtocol(audio: AudioMedia, local: LocalAudio): string | undefined {
  if (audio.profile === 'other') return undefined;
  const { crypto: own } = local;
  if (own) {
    const isOffered = audio.crypto.some(({ tag, suite }) => tag === own.tag && suite === own.suite);
    return isOffered ? audio.protocol : undefined;
  }
  if (audio.profile === 'rtp') return audio.protocol;
  return local.fallback === true ? 'RTP/AVP' : undefined;
}

interface Agreed {
  readonly protocol: string;
  readonly codecs: readonly Omit<AudioCodec, 'channels'>[];
  /** Payload type of telephone events. */
  readonly events: number | undefined;
  readonly direction: Direction;
}

function sectionOf(local: LocalAudio, agreed: Agreed): MediaDescription {
  const { port, rtcpPort, crypto, packetMs } = local;
  const { protocol, codecs, events, direction } = agreed;
  const types = codecs.map(({ payloadType }) => payloadType);
  const attributes: readonly Attribute[] = [
    ...(crypto ? [{ name: 'crypto', value: formatCrypto(crypto) }] : []),
    ...codecs.map(({ payloadType, name, clockRateHz }) => ({
      name: 'rtpmap',
      value: `${payloadType} ${name}/${clockRateHz}`,
    })),
    ...(events === undefined ? [] : telephoneEvents(events)),
    ...(rtcpPort === undefined ? [] : [{ name: 'rtcp', value: String(rtcpPort) }]),
    { name: 'ptime', value: String(packetMs) },
    { name: direction },
  ];
  const formats = [...types, ...(events === undefined ? [] : [events])].map(String);
  return { media: 'audio', port, protocol, formats, attributes };
}

/** [rfc] RFC 4733 §2.5.1: digits, star, pound, A to D. */
function telephoneEvents(payloadType: number): readonly Attribute[] {
  return [
    { name: 'rtpmap', value: `${payloadType} telephone-event/8000` },
    { name: 'fmtp', value: `${payloadType} 0-15` },
  ];
}

/** [rfc] RFC 3264 §6: it stays in its place, with port 0. */
function refused({ media, protocol, formats }: MediaDescription): MediaDescription {
  return { media, port: 0, protocol, formats: formats.slice(0, 1), attributes: [] };
}

function ownSession(
  host: string,
  { sessionId, version }: LocalOrigin,
): Omit<SessionDescription, 'media' | 'timing'> {
  const family = host.includes(':') ? 'IP6' : 'IP4';
  const connection: ConnectionData = { family, address: host };
  const origin: Origin = { username: '-', sessionId, version: String(version), connection };
  return { origin, name: 'Conclave', connection, attributes: [] };
}
