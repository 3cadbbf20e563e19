/**
 * What limits a leg beside its signalling: its media, the path they take, and what kind of device it
 * belongs to (ICO-02, INT-08, TRK-01 ... TRK-03, PHN-01 ... PHN-08, CTI-01, RES-12).
 */
import { unreachable } from '@conclave/base';
import type { Parameters, PhoneConfiguration, SecureCallIconPolicy } from '../configuration.ts';
import type { PhoneRegistration } from '../registration.ts';
import type { LegMedia, Limit } from './assessment.ts';
import { shown } from './level.ts';
import { abilityOf, firmwareCarriesSrtp } from './phone-model.ts';

/** Media beside audio that a policy demands to be encrypted (D-07). */
const DEMANDED: Record<SecureCallIconPolicy, readonly ('video' | 'bfcp' | 'ix')[]> = {
  'all-media-except-bfcp-and-ix': ['video'],
  'all-media-except-ix': ['video', 'bfcp'],
  'all-media-except-bfcp': ['video', 'ix'],
  'all-media': ['video', 'bfcp', 'ix'],
  'only-audio': [],
};

const MEDIA_NAMES = { video: 'video', bfcp: 'BFCP channel', ix: 'iX channel' } as const;

/** Whether the device stands for parties of another system. */
export function isGateway({ kind = 'phone' }: Pick<PhoneConfiguration, 'kind'>): boolean {
  return kind !== 'phone' && kind !== 'cti-port';
}

/** Whether calls with the device cross to another cluster over SIP or H.323. */
export function isTrunk({ kind }: Pick<PhoneConfiguration, 'kind'>): boolean {
  return kind === 'sip-trunk' || kind === 'h323-trunk';
}

/** Whether keys can be given to the device in secret. H.323 and MGCP know no TLS (SEC-03, TRK-01). */
export function protectsSignalling(
  { kind, ipsec }: Pick<PhoneConfiguration, 'kind' | 'ipsec'>,
  { signalling }: Pick<PhoneRegistration, 'signalling'>,
): boolean {
  const viaIpsec = kind === 'h323-trunk' || kind === 'mgcp-gateway';
  return viaIpsec ? ipsec === true : signalling === 'tls-encrypted';
}

/** Audio, what else the lock speaks of, and the path of it all (D-01, ICO-02, ICO-08, INT-08). */
export function mediaLimits(phone: PhoneConfiguration, media: LegMedia): readonly Limit[] {
  const { name: device, mediaPath } = phone;
  const limits: Limit[] = [
    {
      rule: media.protection === 'srtp' ? 'SEC-02' : 'D-01',
      level: media.protection === 'srtp' ? 'encrypted' : 'authenticated',
      fact: `The audio of ${device} is ${media.protection.toUpperCase()}.`,
      device,
    },
  ];
  for (const kind of demandedMedia(media.parameters)) {
    if (phone[kind] !== 'rtp') continue;
    limits.push({
      rule: kind === 'video' ? 'ICO-02' : 'D-07',
      level: 'authenticated',
      fact: `The ${MEDIA_NAMES[kind]} of ${device} is not encrypted.`,
      device,
      fix: `Encrypt the ${MEDIA_NAMES[kind]} of ${device}, or let audio alone decide.`,
    });
  }
  if (mediaPath === 'mtp') {
    limits.push({
      rule: 'INT-08',
      level: 'nonsecure',
      fact: `The media of ${device} passes a media termination point, which ends SRTP.`,
      device,
      fix: `Take the requirement of a media termination point off ${device}.`,
    });
  } else if (mediaPath === 'rsvp-agent') {
    const fact = `The RSVP agent in the path of ${device} passes its media through.`;
    limits.push({ rule: 'INT-08', level: 'encrypted', fact, device });
  }
  return limits;
}

/** What the kind of device, its model and its firmware allow. */
export function endpointLimits(phone: PhoneConfiguration, media: LegMedia): readonly Limit[] {
  const kind = phone.kind ?? 'phone';
  switch (kind) {
    case 'phone':
      return phoneLimits(phone, media);
    case 'cti-port':
      return [licenceLimit(phone) ?? []].flat();
    case 'sip-trunk':
      return phone.trustSecurityStatus ? [remoteLimit(phone, media)] : [untrusted(phone)];
    case 'h323-trunk':
    case 'mgcp-gateway':
      return gatewayLimits(phone, media);
    default:
      return unreachable(kind);
  }
}

function demandedMedia(
  parameters: Pick<Parameters, 'overrideBfcp' | 'secureCallIconPolicy'>,
): readonly ('video' | 'bfcp' | 'ix')[] {
  return parameters.overrideBfcp ? [] : DEMANDED[parameters.secureCallIconPolicy];
}

function phoneLimits(phone: PhoneConfiguration, media: LegMedia): readonly Limit[] {
  const { context } = media;
  if (context === 'call') return [];
  const limits = context === 'conference' ? modelLimits(phone, media) : [];
  if (firmwareCarriesSrtp(phone)) return limits;
  const firmware: Limit = {
    rule: context === 'trunk' ? 'TRK-02' : 'PHN-06',
    level: context === 'trunk' ? 'nonsecure' : 'authenticated',
    fact: `Firmware ${phone.firmware} of ${phone.name} is earlier than 8.3.`,
    device: phone.name,
    fix: `Upgrade ${phone.name} to firmware 8.3 or later.`,
  };
  return [...limits, firmware];
}

function modelLimits(phone: PhoneConfiguration, media: LegMedia): readonly Limit[] {
  const { conferenceSecurity } = abilityOf(phone);
  const { name: device, model, protocol } = phone;
  switch (conferenceSecurity) {
    case 'full':
      return [];
    case 'authenticated-only':
    case 'none':
      return [
        {
          rule: 'PHN-01',
          level: conferenceSecurity === 'none' ? 'nonsecure' : 'authenticated',
          fact:
            `Model ${model} over ${protocol} supports ` +
            (conferenceSecurity === 'none' ? 'no secure' : 'only authenticated') +
            ' conferences.',
          device,
          fix: `Replace ${device} by a model that supports encrypted conferences.`,
        },
      ];
    case 'unlisted':
      // A third party's SIP phone proves itself by SRTP, or not at all.
      if (protocol !== 'SIP' || media.protection === 'srtp') return [];
      return [
        {
          rule: 'PHN-08',
          level: 'nonsecure',
          fact: `Model ${model} is not known to authenticate; without SRTP it is nonsecure.`,
          device,
          fix: `Have ${device} offer SRTP over TLS, or replace it by a listed model.`,
        },
      ];
    default:
      return unreachable(conferenceSecurity);
  }
}

/** What a CTI port without a licence is worth (CTI-01); undefined for every other device. */
export function licenceLimit({ name, kind, licensed }: PhoneConfiguration): Limit | undefined {
  if (kind !== 'cti-port' || licensed) return undefined;
  return {
    rule: 'CTI-01',
    level: 'unknown',
    fact: `CTI port ${name} has no licence.`,
    device: name,
    fix: `Add a licence for ${name}.`,
  };
}

/** TRK-03, RES-06: whatever was negotiated. */
function untrusted({ name }: PhoneConfiguration): Limit {
  return {
    rule: 'TRK-03',
    level: 'nonsecure',
    fact: `The call passes SIP trunk ${name}, which cannot vouch for the other side.`,
    device: name,
    fix: `Use an H.323 intercluster trunk, or trust the security status that ${name} tells (D-19).`,
  };
}

/** Behind H.323 and MGCP a party is encrypted, or nothing vouches for it (RES-12, TRK-01, INT-09). */
function gatewayLimits(phone: PhoneConfiguration, media: LegMedia): readonly Limit[] {
  const { name: device, kind } = phone;
  const limits: Limit[] = [];
  if (media.protection === 'rtp') {
    limits.push({
      rule: kind === 'h323-trunk' ? 'RES-12' : 'TRK-01',
      level: 'nonsecure',
      fact: `${device} has no SRTP; a connection over it that is not encrypted is nonsecure.`,
      device,
      fix: `Allow SRTP on ${device}.`,
    });
  }
  if (kind === 'mgcp-gateway') {
    const fact = `The level of ${device} tells of the IP part: behind it is the telephone network.`;
    limits.push({ rule: 'INT-09', level: 'encrypted', fact, device });
  }
  if (media.remote !== undefined) limits.push(remoteLimit(phone, media));
  return limits;
}

/** What the other side tells of its party. H.323 has no word for authenticated (RES-12). */
function remoteLimit(
  { name: device, kind }: PhoneConfiguration,
  { remote = 'unknown', remoteSinceMs: sinceMs }: LegMedia,
): Limit {
  const base = { device, ...(sinceMs !== undefined && { sinceMs }) };
  if (remote === 'unknown') {
    const fact = `The party behind ${device} holds, or its status cannot be verified.`;
    const fix = 'Have that party resume the call, or remove it from the conference.';
    return { ...base, rule: 'INT-02', level: 'unknown', fact, fix };
  }
  const fix = `Have the party behind ${device} call from an encrypted phone.`;
  if (remote === 'authenticated' && kind === 'h323-trunk') {
    const fact = `The party behind ${device} is authenticated, which counts as nonsecure over H.323.`;
    return { ...base, rule: 'RES-12', level: 'nonsecure', fact, fix };
  }
  const fact = `The party behind ${device} is ${shown(remote)}.`;
  const rule = kind === 'sip-trunk' ? 'D-19' : 'TRK-01';
  return { ...base, rule, level: remote, fact, ...(remote !== 'encrypted' && { fix }) };
}
