/**
 * The service parameters: names exactly as in CUCM, defaults, ranges, meaning (domain 1.1). Their
 * values are texts, as in CUCM's database; `serviceParametersOf` gives them their types.
 *
 * A parameter may be known here before the rules obey it. `inForce` tells, so that no console
 * promises what setting it does not do.
 */
import { assert, unreachable } from '@conclave/base';
import type { StoredConfiguration } from './configuration.ts';

export type ParameterType = 'number' | 'boolean' | 'choice' | 'digits';

/** Where an administrator finds it: a service of CUCM, or an addition of ours. */
export type ParameterService = 'Cisco CallManager' | 'Enterprise Parameters' | 'Conclave';

export interface ParameterSpec {
  readonly name: string;
  readonly service: ParameterService;
  readonly type: ParameterType;
  readonly default: string;
  /** For numbers, both included. */
  readonly min?: number;
  readonly max?: number;
  /** For choices. */
  readonly choices?: readonly string[];
  /** Whether the rules obey it in this release. */
  readonly inForce: boolean;
  readonly help: string;
}

const DROP_CHOICES = [
  'Never',
  'When No OnNet Parties Remain in the Conference',
  'When Conference Controller Leaves',
] as const;

const ICON_CHOICES = [
  'All media except BFCP and iX',
  'All media except iX',
  'All media except BFCP',
  'All media',
  'Only Audio',
] as const;

const SWITCH_CHOICES = ['Off', 'On'] as const;

const POLICY_CHOICES = ['Best effort', 'Enforce for encrypted devices', 'Disable SRTP'] as const;

const SUITE_CHOICES = ['AES_CM_128_HMAC_SHA1_32', 'AES_CM_128_HMAC_SHA1_80'] as const;

/** The values in force, typed. Absent ones have their defaults. */
export interface ServiceParameters {
  /** Parties, 3 ... 64. */
  readonly maximumAdHocConference: number;
  /** Parties, 1 ... 128. */
  readonly maximumMeetMeConferenceUnicast: number;
  readonly advancedAdHocConferenceEnabled: boolean;
  readonly nonLinearAdHocConferenceLinkingEnabled: boolean;
  readonly dropAdHocConference: (typeof DROP_CHOICES)[number];
  readonly suppressMohToConferenceBridge: boolean;
  readonly partyEntranceTone: boolean;
  readonly chooseEncryptedAudioInsteadOfVideo: boolean;
  readonly overrideBfcpEncryptionStatus: boolean;
  readonly secureCallIconDisplayPolicy: (typeof ICON_CHOICES)[number];
  /** 0 means no limit. */
  readonly maximumCallDurationMinutes: number;
  readonly builtInBridgeEnable: (typeof SWITCH_CHOICES)[number];
  readonly privacySetting: boolean;
  readonly secureTone: boolean;
  readonly packetCaptureEnable: boolean;
  readonly packetCaptureMaxFileMegabytes: number;
  readonly mediaSecurityPolicy: (typeof POLICY_CHOICES)[number];
  readonly computeStatusForNonsecureMeetMe: boolean;
  readonly certificateNameLiteralPrefix: boolean;
  readonly srtpCryptoSuite: (typeof SUITE_CHOICES)[number];
  /** Empty means none. */
  readonly conferenceFactoryNumber: string;
  /** 0: for ever. */
  readonly recordRetentionDays: number;
}

export const SERVICE_PARAMETERS: readonly ParameterSpec[] = [
  {
    name: 'Maximum Ad Hoc Conference',
    service: 'Cisco CallManager',
    type: 'number',
    default: '4',
    min: 3,
    max: 64,
    inForce: true,
    help: 'Parties of one ad hoc conference.',
  },
  {
    name: 'Maximum MeetMe Conference Unicast',
    service: 'Cisco CallManager',
    type: 'number',
    default: '4',
    min: 1,
    max: 128,
    inForce: true,
    help: 'Parties of one meet-me conference.',
  },
  {
    name: 'Advanced Ad Hoc Conference Enabled',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'Parties other than the initiator may add and remove (LST-05).',
  },
  {
    name: 'Non-linear Ad Hoc Conference Linking Enabled',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'More than two conferences may be linked to one (D-09).',
  },
  {
    name: 'Drop Ad Hoc Conference',
    service: 'Cisco CallManager',
    type: 'choice',
    default: 'Never',
    choices: DROP_CHOICES,
    inForce: true,
    help: 'When an ad hoc conference ends by itself; the controller is the creator (D-10).',
  },
  {
    name: 'Suppress MOH to Conference Bridge',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'True',
    inForce: true,
    help: 'A party on hold sends no music into the conference.',
  },
  {
    name: 'Party Entrance Tone',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'A tone when a party joins or leaves.',
  },
  {
    name: 'Choose Encrypted Audio Conference Instead Of Video Conference',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'True',
    inForce: false,
    help: 'A secure initiator with video gets an encrypted audio bridge, not a video bridge.',
  },
  {
    name: 'Override BFCP Application Encryption Status When Designating Call Security Status',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'Audio alone decides the level of a call, whatever its other media are (D-07).',
  },
  {
    name: 'Secure Call Icon Display Policy',
    service: 'Cisco CallManager',
    type: 'choice',
    default: 'All media except BFCP and iX',
    choices: ICON_CHOICES,
    inForce: true,
    help: 'Which media must be encrypted for the lock (D-07).',
  },
  {
    name: 'Maximum Call Duration Timer',
    service: 'Cisco CallManager',
    type: 'number',
    default: '720',
    min: 0,
    max: 35_791,
    inForce: true,
    help: 'Minutes after which a call is cleared; 0 means never.',
  },
  {
    name: 'Built-in Bridge Enable',
    service: 'Cisco CallManager',
    type: 'choice',
    default: 'Off',
    choices: SWITCH_CHOICES,
    inForce: true,
    help: 'Whether phones whose own setting is Default can be barged.',
  },
  {
    name: 'Privacy Setting',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'True',
    inForce: true,
    help: 'Whether phones whose own setting is Default hide their calls on shared lines.',
  },
  {
    name: 'Play Tone to Indicate Secure/Non-Secure Call Status',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'Protected devices play a tone that tells whether the call is encrypted.',
  },
  {
    name: 'Packet Capture Enable',
    service: 'Cisco CallManager',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'Without it no capture can be started, and one that an operator tells of has no effect (CAP-01).',
  },
  {
    name: 'Packet Capture Max File Size (MB)',
    service: 'Cisco CallManager',
    type: 'number',
    default: '20',
    min: 1,
    max: 200,
    inForce: true,
    help: 'Captures end when the file of the day is as large.',
  },
  {
    name: 'Media Security Policy',
    service: 'Conclave',
    type: 'choice',
    default: 'Best effort',
    choices: POLICY_CHOICES,
    inForce: true,
    help: 'Whether an encrypted device may fall back to RTP (D-20).',
  },
  {
    name: 'Compute status for non-secure meet-me',
    service: 'Conclave',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'False shows a meet-me with minimum Non Secure as nonsecure whoever is in it (D-13).',
  },
  {
    name: 'Certificate name literal prefix',
    service: 'Conclave',
    type: 'boolean',
    default: 'False',
    inForce: true,
    help: 'Accept a certificate whose common name merely begins with the device name (D-24).',
  },
  {
    name: 'SRTP crypto suite',
    service: 'Conclave',
    type: 'choice',
    default: 'AES_CM_128_HMAC_SHA1_32',
    choices: SUITE_CHOICES,
    inForce: true,
    help: 'The SRTP crypto-suite that SCCP phones and their bridge legs are given (domain 1.5).',
  },
  {
    name: 'Conference Factory Number',
    service: 'Conclave',
    type: 'digits',
    default: '',
    inForce: true,
    help: 'Calling it makes an ad hoc conference, for clients without softkeys (RFC 4579). Empty: none.',
  },
  {
    name: 'Record Retention Days',
    service: 'Conclave',
    type: 'number',
    default: '0',
    min: 0,
    max: 3650,
    inForce: true,
    help: 'Call records, quality records and security timelines are deleted after so many days. 0: never.',
  },
];

const BY_NAME: ReadonlyMap<string, ParameterSpec> = new Map(
  SERVICE_PARAMETERS.map((spec) => [spec.name, spec]),
);

/** The specification of a parameter; undefined when there is none of that name. */
export function parameterSpec(name: string): ParameterSpec | undefined {
  return BY_NAME.get(name);
}

/** The service of a parameter that exists. */
export function serviceOf(name: string): ParameterService {
  return BY_NAME.get(name)?.service ?? 'Cisco CallManager';
}

/** Why a value cannot be set; undefined when it can. */
export function parameterFault(name: string, value: string): string | undefined {
  const spec = BY_NAME.get(name);
  if (!spec) return `there is no service parameter ${JSON.stringify(name)}`;
  const { type, min = 0, max = Number.MAX_SAFE_INTEGER, choices = [] } = spec;
  switch (type) {
    case 'number': {
      const inRange = Number(value) >= min && Number(value) <= max;
      if (/^\d{1,10}$/.test(value) && inRange) return undefined;
      return `must be a whole number from ${min} to ${max}`;
    }
    case 'boolean':
      return value === 'True' || value === 'False' ? undefined : 'must be True or False';
    case 'choice':
      return choices.includes(value) ? undefined : `must be one of: ${choices.join(', ')}`;
    case 'digits':
      return /^[0-9*#+]{0,32}$/.test(value) ? undefined : 'must be at most 32 of 0-9 * # +';
    default:
      return unreachable(type);
  }
}

/** The value in force as text: the stored one, else the default. Asserts that the name exists. */
export function parameterValue({ serviceParameters }: StoredConfiguration, name: string): string {
  const spec = BY_NAME.get(name);
  assert(spec !== undefined, `the service parameter ${name} exists`);
  return serviceParameters[name] ?? spec.default;
}

/** Every value in force, typed. `configuration` is valid. */
export function serviceParametersOf(configuration: StoredConfiguration): ServiceParameters {
  const text = (name: string): string => parameterValue(configuration, name);
  const flag = (name: string): boolean => text(name) === 'True';
  return {
    maximumAdHocConference: Number(text('Maximum Ad Hoc Conference')),
    maximumMeetMeConferenceUnicast: Number(text('Maximum MeetMe Conference Unicast')),
    advancedAdHocConferenceEnabled: flag('Advanced Ad Hoc Conference Enabled'),
    nonLinearAdHocConferenceLinkingEnabled: flag('Non-linear Ad Hoc Conference Linking Enabled'),
    dropAdHocConference: text('Drop Ad Hoc Conference') as (typeof DROP_CHOICES)[number],
    suppressMohToConferenceBridge: flag('Suppress MOH to Conference Bridge'),
    partyEntranceTone: flag('Party Entrance Tone'),
    chooseEncryptedAudioInsteadOfVideo: flag(
      'Choose Encrypted Audio Conference Instead Of Video Conference',
    ),
    overrideBfcpEncryptionStatus: flag(
      'Override BFCP Application Encryption Status When Designating Call Security Status',
    ),
    secureCallIconDisplayPolicy: text(
      'Secure Call Icon Display Policy',
    ) as (typeof ICON_CHOICES)[number],
    maximumCallDurationMinutes: Number(text('Maximum Call Duration Timer')),
    builtInBridgeEnable: text('Built-in Bridge Enable') as (typeof SWITCH_CHOICES)[number],
    privacySetting: flag('Privacy Setting'),
    secureTone: flag('Play Tone to Indicate Secure/Non-Secure Call Status'),
    packetCaptureEnable: flag('Packet Capture Enable'),
    packetCaptureMaxFileMegabytes: Number(text('Packet Capture Max File Size (MB)')),
    mediaSecurityPolicy: text('Media Security Policy') as (typeof POLICY_CHOICES)[number],
    computeStatusForNonsecureMeetMe: flag('Compute status for non-secure meet-me'),
    certificateNameLiteralPrefix: flag('Certificate name literal prefix'),
    srtpCryptoSuite: text('SRTP crypto suite') as (typeof SUITE_CHOICES)[number],
    conferenceFactoryNumber: text('Conference Factory Number'),
    recordRetentionDays: Number(text('Record Retention Days')),
  };
}
