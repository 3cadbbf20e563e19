/**
 * How secure a leg, a call or a conference is, and why.
 *
 * One evaluation both decides and explains: an assessment's level is the lowest of its limits, and
 * the limits are the explanation. There is no second path that could tell another story.
 */
import {
  type MediaSecurityPolicy,
  type Parameters,
  type PhoneConfiguration,
  RESOURCE_SUITES,
  type SrtpSuite,
} from '../configuration.ts';
import type { BridgeRegistration, MediaOffer, PhoneRegistration } from '../registration.ts';
import { endpointLimits, isGateway, mediaLimits } from './endpoint-limit.ts';
import { type Level, lowest } from './level.ts';
import { abilityOf, firmwareCarriesSrtp } from './phone-model.ts';

export interface Limit {
  /** The ledger id of the rule. */
  readonly rule: string;
  /** The highest level that this fact allows. */
  readonly level: Level;
  /** What is the case, as a sentence. */
  readonly fact: string;
  readonly device?: string;
  readonly sinceMs?: number;
  /** What an operator can do about it; absent when nothing is to be done. */
  readonly fix?: string;
  /** Passes by itself: lowers what is shown, never what a minimum or a record goes by (D-22). */
  readonly transient?: true;
  /** The limits below this one, when it sums up another assessment. */
  readonly because?: readonly Limit[];
}

export interface Assessment {
  /** What may be shown. */
  readonly level: Level;
  /** The level but for what passes by itself: for minimum levels and records (D-21, D-22). */
  readonly lasting: Level;
  readonly limits: readonly Limit[];
}

export type MediaProtection = 'srtp' | 'rtp';

/** A call between two lines, a leg to a conference bridge, or a call over a SIP or H.323 trunk. */
export type MediaContext = 'call' | 'conference' | 'trunk';

export interface LegMedia {
  readonly protection: MediaProtection;
  readonly context: MediaContext;
  /** What is known of the party behind a trunk or gateway; absent: nothing was told. */
  readonly remote?: Level | undefined;
  readonly remoteSinceMs?: number | undefined;
  /** Which media the lock speaks of (D-07). */
  readonly parameters: Pick<Parameters, 'overrideBfcp' | 'secureCallIconPolicy'>;
}

/** The level is the lowest of the limits (D-01, D-02). */
export function assess(limits: readonly Limit[]): Assessment {
  return {
    level: lowest(limits.map((limit) => limit.level)),
    lasting: lowest(limits.map(lastingLevel)),
    limits,
  };
}

/** The limits that hold a level down to where it is, the deepest reasons first. */
export function decisive(assessment: Pick<Assessment, 'level' | 'limits'>): readonly Limit[] {
  return assessment.limits
    .filter((limit) => limit.level === assessment.level && assessment.level !== 'encrypted')
    .flatMap((limit) => {
      const below = limit.because && decisive({ level: limit.level, limits: limit.because });
      return below && below.length > 0 ? below : [limit];
    });
}

/**
 * Whether the device can carry SRTP in this context. A phone's keys need encrypted signalling; what a
 * gateway gets over clear signalling is no secret, which its level tells (SEC-03, D-01).
 */
export function srtpCapable(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
  context: MediaContext,
  offer?: MediaOffer,
): boolean {
  if (phone.mediaPath === 'mtp' || offer?.suites.length === 0) return false;
  if (isGateway(phone)) return phone.srtpAllowed === true;
  if (registration.signalling !== 'tls-encrypted') return false;
  if (context === 'call' || phone.kind === 'cti-port') return true;
  if (!firmwareCarriesSrtp(phone)) return false;
  const { conferenceSecurity } = abilityOf(phone);
  const capable = conferenceSecurity === 'full' || conferenceSecurity === 'unlisted';
  return capable || context === 'trunk';
}

/** The crypto-suites of a phone's leg: what its SDP declared, or those we give to phones, best first. */
export function suitesOf(
  offer: MediaOffer | undefined,
  { srtpSuite }: Pick<Parameters, 'srtpSuite'>,
): readonly SrtpSuite[] {
  return offer?.suites ?? [srtpSuite, ...RESOURCE_SUITES.filter((each) => each !== srtpSuite)];
}

/** The first suite of the one that the other has too. */
export function commonSuite(
  one: readonly SrtpSuite[],
  other: readonly SrtpSuite[],
): SrtpSuite | undefined {
  return one.find((suite) => other.includes(suite));
}

/** Whether the phone's built-in bridge carries SRTP to a barger (TIP-02). */
export function mixesSrtp(phone: PhoneConfiguration, registration: PhoneRegistration): boolean {
  const capable = srtpCapable(phone, registration, 'call') && firmwareCarriesSrtp(phone);
  return capable && abilityOf(phone).builtInBridgeSrtp;
}

/** Whether the media security policy holds for this device: it is meant to be encrypted (D-20). */
export function isEncryptedDevice(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
): boolean {
  return registration.signalling === 'tls-encrypted' && (!isGateway(phone) || !!phone.srtpAllowed);
}

/** Media is SRTP when policy allows it and both ends can (ICO-09, ICO-12, D-20). */
export function protectionOf(
  policy: MediaSecurityPolicy,
  oneCapable: boolean,
  otherCapable: boolean,
): MediaProtection {
  return policy !== 'disable-srtp' && oneCapable && otherCapable ? 'srtp' : 'rtp';
}

/** Why a leg without SRTP may not be (D-20, INT-13). */
export function policyLimit(device: string): Limit {
  return {
    rule: 'D-20',
    level: 'nonsecure',
    fact: `The media security policy forbids RTP to an encrypted device (${device}).`,
    device,
    fix: 'Set the media security policy to Best effort, or give all ends SRTP.',
  };
}

/** The level of the device's own connection, before any media: what an initiator brings (SEC-07). */
export function assessDevice(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
): Assessment {
  return assess(signallingLimits(phone, registration));
}

/** The level of one leg with the media protection it has or would have (D-01). */
export function assessLeg(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
  media: LegMedia,
): Assessment {
  const { sinceMs } = registration;
  // What the device is, it has been since it registered; its media is as old as its leg.
  const lasting = endpointLimits(phone, media).map((limit) => ({ sinceMs, ...limit }));
  return assess([
    ...signallingLimits(phone, registration),
    ...mediaLimits(phone, media),
    ...lasting,
  ]);
}

/** The bridge's own limit (SEC-09, ICO-04, ICO-07). */
export function bridgeLimit(bridge: BridgeRegistration): Limit {
  return {
    rule: bridge.secure ? 'ICO-04' : 'SEC-09',
    level: bridge.secure ? 'encrypted' : 'nonsecure',
    fact: bridge.secure
      ? `Conference bridge ${bridge.name} registered over TLS and is secure.`
      : `Conference bridge ${bridge.name} registered without security.`,
    device: bridge.name,
    sinceMs: bridge.sinceMs,
    ...(bridge.secure
      ? {}
      : { fix: 'Register a secure conference bridge and put it in the media resource list.' }),
  };
}

function signallingLimits(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
): readonly Limit[] {
  if (phone.kind === 'h323-trunk' || phone.kind === 'mgcp-gateway')
    return [{ sinceMs: registration.sinceMs, ...ipsecLimit(phone) }];
  const base = { rule: 'D-01', device: phone.name, sinceMs: registration.sinceMs };
  switch (registration.signalling) {
    case 'clear':
      return [
        {
          ...base,
          level: 'nonsecure',
          fact: `${phone.name} signals in clear text${phone.protocol === 'SIP' ? '' : ' (TCP 2000)'}.`,
          fix: `Set the device security mode of ${phone.name} to Encrypted and give it a certificate.`,
        },
      ];
    case 'tls-authenticated':
      return [
        {
          ...base,
          level: 'authenticated',
          fact: `${phone.name} is registered over TLS in mode Authenticated, so it has no SRTP.`,
          fix: `Set the device security mode of ${phone.name} to Encrypted.`,
        },
      ];
    case 'tls-encrypted':
      return [
        {
          ...base,
          level: 'encrypted',
          fact: `${phone.name} is registered over TLS in mode Encrypted.`,
        },
      ];
  }
}

/** Gateways and H.323 trunks know no TLS: what an IPsec association protects (SEC-03, TRK-01). */
function ipsecLimit({ name, ipsec }: PhoneConfiguration): Limit {
  if (ipsec) {
    const fact = `An IPsec association protects the signalling of ${name}.`;
    return { rule: 'SEC-03', level: 'encrypted', fact, device: name };
  }
  return {
    rule: 'SEC-03',
    level: 'nonsecure',
    fact: `${name} signals without IPsec, so that its SRTP keys travel in clear text.`,
    device: name,
    fix: `Protect the signalling of ${name} by an IPsec association.`,
  };
}

/** A sum is worth what is below it; what passes by itself does not count. */
function lastingLevel(limit: Limit): Level {
  if (limit.transient) return 'encrypted';
  const { because } = limit;
  return because && because.length > 0 ? lowest(because.map(lastingLevel)) : limit.level;
}
