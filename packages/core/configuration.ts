/** The cluster's configuration as the rules see it: a plain value, read once and replaced whole. */
import type { KnownLevel } from './security/level.ts';
import type { PhoneProtocol } from './security/phone-model.ts';

export interface LineConfiguration {
  /** 1-based button. */
  readonly index: number;
  readonly directoryNumber: string;
  readonly partition: string;
  readonly displayName: string;
  readonly label: string;
}

/**
 * What kind of device a line belongs to. A trunk or gateway stands for the parties behind it: each of
 * its lines is one of them.
 */
export type EndpointKind = 'phone' | 'cti-port' | 'sip-trunk' | 'h323-trunk' | 'mgcp-gateway';

export interface PhoneConfiguration {
  readonly name: string;
  /** Absent: a phone. */
  readonly kind?: EndpointKind;
  readonly model: string;
  readonly firmware: string;
  readonly protocol: PhoneProtocol;
  readonly securityMode: KnownLevel;
  readonly lines: readonly LineConfiguration[];
  /** Name of the media resource group list; absent means the default list (SEC-10). */
  readonly mediaResourceList?: string;
  /** Has a built-in bridge that is switched on, so that calls in it can be barged. Absent: off. */
  readonly builtInBridge?: boolean;
  /** Hides its calls from the other phones of a shared line. Absent: off. */
  readonly privacy?: boolean;
  /** Plays the secure tone; no conferences, no shared line (domain 2). Absent: no. */
  readonly protectedDevice?: boolean;
  /** Language of its texts, such as `es`. Absent: English. */
  readonly userLocale?: string;
  /** Its media passes an RSVP agent (pass-through), or a media termination point that cannot (INT-08). */
  readonly mediaPath?: 'direct' | 'rsvp-agent' | 'mtp';
  /** Protection of its video, when it has any (ICO-02); audio follows from the level. */
  readonly video?: 'srtp' | 'rtp';
  /** Protection of its BFCP and iX channels, when it has any (D-07). */
  readonly bfcp?: 'srtp' | 'rtp';
  readonly ix?: 'srtp' | 'rtp';
  /** Trunks and gateways: SRTP may be negotiated. Absent: no. */
  readonly srtpAllowed?: boolean;
  /** SIP trunks: believe what the other side tells of itself (D-19). Absent: no. */
  readonly trustSecurityStatus?: boolean;
  /** Gateways and H.323 trunks: an IPsec association protects the signalling (SEC-03). Absent: no. */
  readonly ipsec?: boolean;
  /** CTI ports: a licence is there (CTI-01). Absent: no. */
  readonly licensed?: boolean;
  /** Trunks and gateways: the parties behind belong to the organisation. Absent: no (off-net). */
  readonly onNet?: boolean;
}

export interface BridgeConfiguration {
  readonly name: string;
  readonly type: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
  /** Its conferences go on, but it gets no new one: its configuration is to change (D-25). Absent: no. */
  readonly draining?: true;
}

export interface MusicConfiguration {
  readonly name: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
}

export interface MeetMeNumber {
  /** Digits, `X` for any digit, or a bracketed range such as `10[0-5]0` (MML-03). */
  readonly pattern: string;
  readonly minimum: KnownLevel;
}

export interface TrunkRoute {
  /** As for meet-me numbers. */
  readonly pattern: string;
  readonly trunk: string;
}

/** D-20. */
export type MediaSecurityPolicy = 'best-effort' | 'enforce' | 'disable-srtp';

/** When an ad hoc conference ends although parties remain (domain 1.1). */
export type DropAdHocConference =
  | 'never'
  | 'when-no-on-net-parties-remain'
  | 'when-conference-controller-leaves';

/** Which media must be encrypted for the lock (D-07). */
export type SecureCallIconPolicy =
  | 'all-media-except-bfcp-and-ix'
  | 'all-media-except-ix'
  | 'all-media-except-bfcp'
  | 'all-media'
  | 'only-audio';

export interface Parameters {
  /** Parties of an ad hoc conference, 3 ... 64. */
  readonly maximumAdHocConference: number;
  /** Parties of a meet-me conference, 1 ... 128. */
  readonly maximumMeetMeConference: number;
  /** LST-05, STA-10. */
  readonly advancedAdHocConference: boolean;
  readonly mediaSecurityPolicy: MediaSecurityPolicy;
  /** D-13: false pins a meet-me with minimum nonsecure to nonsecure. */
  readonly computeStatusForNonsecureMeetMe: boolean;
  /** The SRTP crypto-suite given to SCCP phones and their bridge legs (domain 1.5). */
  readonly srtpSuite: SrtpSuite;
  /** More than two conferences may be attached to one (D-09). */
  readonly nonLinearLinking: boolean;
  readonly dropAdHocConference: DropAdHocConference;
  /** INT-01: false lets music into a nonsecure conference when a party holds. */
  readonly suppressMusicToConference: boolean;
  /** A tone for everybody when a party joins or leaves. */
  readonly partyEntranceTone: boolean;
  /** Longest call or conference, in minutes; 0: no limit (INT-10). */
  readonly maximumCallDurationMinutes: number;
  /** ICO-08: true makes audio alone decide. */
  readonly overrideBfcp: boolean;
  readonly secureCallIconPolicy: SecureCallIconPolicy;
  /** Protected devices play a tone that tells secure from nonsecure. */
  readonly secureTone: boolean;
  /** CAP-01: without it no capture takes place. */
  readonly packetCaptureEnable: boolean;
}

export type SrtpSuite =
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM';

/** What conference bridges and music servers carry. */
export const RESOURCE_SUITES: readonly SrtpSuite[] = [
  'AES_CM_128_HMAC_SHA1_80',
  'AES_CM_128_HMAC_SHA1_32',
];

/** What conference bridges carry besides: of the GCM suites the one whose key fits SCCP's field. */
export const BRIDGE_SUITES: readonly SrtpSuite[] = [...RESOURCE_SUITES, 'AEAD_AES_128_GCM'];

export interface Configuration {
  readonly clusterId: string;
  readonly mixedMode: boolean;
  readonly phones: ReadonlyMap<string, PhoneConfiguration>;
  readonly bridges: ReadonlyMap<string, BridgeConfiguration>;
  /** Music-on-hold servers. Absent: none. */
  readonly musicServers?: ReadonlyMap<string, MusicConfiguration>;
  /** Media resource groups: unordered members (D-03). */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Media resource group lists: ordered group names. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly meetMeNumbers: readonly MeetMeNumber[];
  /** Numbers or ranges (as for meet-me) where calls can be parked. Absent: none. */
  readonly parkNumbers?: readonly string[];
  /** Numbers or ranges that lead over a trunk, by its device name. Absent: none. */
  readonly routes?: readonly TrunkRoute[];
  /** Dialling it makes an ad hoc conference (RFC 4579's conference factory). Absent: none. */
  readonly conferenceFactory?: string;
  readonly parameters: Parameters;
}

export const DEFAULT_PARAMETERS: Parameters = {
  maximumAdHocConference: 4,
  maximumMeetMeConference: 4,
  advancedAdHocConference: false,
  mediaSecurityPolicy: 'best-effort',
  computeStatusForNonsecureMeetMe: false,
  srtpSuite: 'AES_CM_128_HMAC_SHA1_32',
  nonLinearLinking: false,
  dropAdHocConference: 'never',
  suppressMusicToConference: true,
  partyEntranceTone: false,
  maximumCallDurationMinutes: 720,
  overrideBfcp: false,
  secureCallIconPolicy: 'all-media-except-bfcp-and-ix',
  secureTone: false,
  packetCaptureEnable: false,
};
