/**
 * How secure a leg, a call or a conference is, and why.
 *
 * One evaluation both decides and explains: an assessment's level is the lowest of its limits, and
 * the limits are the explanation. There is no second path that could tell another story.
 */
import type { MediaSecurityPolicy, PhoneConfiguration } from '../configuration.ts';
import type { BridgeRegistration, PhoneRegistration } from '../registration.ts';
import { type Level, lowest } from './level.ts';
import { carriesConferenceSrtp, modelAbility } from './phone-model.ts';

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
  /** The limits below this one, when it sums up another assessment. */
  readonly because?: readonly Limit[];
}

export interface Assessment {
  readonly level: Level;
  readonly limits: readonly Limit[];
}

export type MediaProtection = 'srtp' | 'rtp';

export type MediaContext = 'call' | 'conference';

/** The level is the lowest of the limits (D-01, D-02). */
export function assess(limits: readonly Limit[]): Assessment {
  return { level: lowest(limits.map((limit) => limit.level)), limits };
}

/** The limits that hold a level down to where it is, the deepest reasons first. */
export function decisive(assessment: Assessment): readonly Limit[] {
  return assessment.limits
    .filter((limit) => limit.level === assessment.level && assessment.level !== 'encrypted')
    .flatMap((limit) => {
      const below = limit.because && decisive({ level: limit.level, limits: limit.because });
      return below && below.length > 0 ? below : [limit];
    });
}

/** Whether the phone can carry SRTP in this context; its keys need encrypted signalling (SEC-03). */
export function srtpCapable(
  phone: PhoneConfiguration,
  registration: PhoneRegistration,
  context: MediaContext,
): boolean {
  if (registration.signalling !== 'tls-encrypted') return false;
  if (context === 'call') return true;
  const { conferenceSecurity } = modelAbility(phone.model, phone.protocol);
  const capable = conferenceSecurity === 'full' || conferenceSecurity === 'unlisted';
  return capable && carriesConferenceSrtp(phone.firmware);
}

/** Media is SRTP when policy allows it and both ends can (ICO-09, ICO-12, D-20). */
export function protectionOf(
  policy: MediaSecurityPolicy,
  oneCapable: boolean,
  otherCapable: boolean,
): MediaProtection {
  return policy !== 'disable-srtp' && oneCapable && otherCapable ? 'srtp' : 'rtp';
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
  media: { readonly protection: MediaProtection; readonly context: MediaContext },
): Assessment {
  const limits: Limit[] = [...signallingLimits(phone, registration)];
  limits.push({
    rule: media.protection === 'srtp' ? 'SEC-02' : 'D-01',
    level: media.protection === 'srtp' ? 'encrypted' : 'authenticated',
    fact: `The audio of ${phone.name} is ${media.protection.toUpperCase()}.`,
    device: phone.name,
  });
  if (media.context === 'conference') limits.push(...conferenceLimits(phone));
  return assess(limits);
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
  const base = { rule: 'D-01', device: phone.name, sinceMs: registration.sinceMs };
  switch (registration.signalling) {
    case 'clear':
      return [
        {
          ...base,
          level: 'nonsecure',
          fact: `${phone.name} signals in clear text (TCP 2000).`,
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

function conferenceLimits(phone: PhoneConfiguration): readonly Limit[] {
  const limits: Limit[] = [];
  const { conferenceSecurity } = modelAbility(phone.model, phone.protocol);
  if (conferenceSecurity === 'authenticated-only' || conferenceSecurity === 'none') {
    limits.push({
      rule: 'PHN-01',
      level: conferenceSecurity === 'none' ? 'nonsecure' : 'authenticated',
      fact:
        `Model ${phone.model} over ${phone.protocol} supports ` +
        (conferenceSecurity === 'none' ? 'no secure' : 'only authenticated') +
        ' conferences.',
      device: phone.name,
      fix: `Replace ${phone.name} by a model that supports encrypted conferences.`,
    });
  }
  if (!carriesConferenceSrtp(phone.firmware)) {
    limits.push({
      rule: 'PHN-06',
      level: 'authenticated',
      fact: `Firmware ${phone.firmware} of ${phone.name} is earlier than 8.3.`,
      device: phone.name,
      fix: `Upgrade ${phone.name} to firmware 8.3 or later.`,
    });
  }
  return limits;
}
