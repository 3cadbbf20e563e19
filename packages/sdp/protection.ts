/**
 * How an offered audio section can be protected, and the one rule about keys in the clear: those that come
 * over an unprotected hop are no keys. Source: [rfc] RFC 3264 §6, RFC 4568 §3, RFC 8643 §2.
 */
import type { Attribute, MediaDescription, SessionDescription } from './description.ts';

/** Which profile a section has, as far as we carry it. `other` includes DTLS-SRTP. */
export type Profile = 'rtp' | 'srtp' | 'other';

/**
 * - `srtp`: only protected, with a key that we can use
 * - `opportunistic`: protected or not, as the answer says
 * - `rtp`: never protected
 * - `unusable`: an unknown profile, or SRTP without a key that we can use
 */
export type Protection = 'srtp' | 'opportunistic' | 'rtp' | 'unusable';

const PROFILES: ReadonlyMap<string, Profile> = new Map([
  ['RTP/AVP', 'rtp'],
  ['RTP/AVPF', 'rtp'],
  ['RTP/SAVP', 'srtp'],
  ['RTP/SAVPF', 'srtp'],
]);

export function profileOf(protocol: string): Profile {
  return PROFILES.get(protocol.toUpperCase()) ?? 'other';
}

export function protectionOf(profile: Profile, hasKey: boolean): Protection {
  if (profile === 'rtp') return hasKey ? 'opportunistic' : 'rtp';
  return profile === 'srtp' && hasKey ? 'srtp' : 'unusable';
}

/**
 * The description as it counts when an unprotected hop carried it: opportunistic SRTP becomes RTP, and
 * SRTP becomes unusable.
 */
export function withoutKeys(description: SessionDescription): SessionDescription {
  const media = description.media.map((section: MediaDescription) => ({
    ...section,
    attributes: section.attributes.filter(isNoKey),
  }));
  return { ...description, attributes: description.attributes.filter(isNoKey), media };
}

function isNoKey({ name }: Attribute): boolean {
  return name.toLowerCase() !== 'crypto';
}
