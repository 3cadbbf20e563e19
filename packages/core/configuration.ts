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

export interface PhoneConfiguration {
  readonly name: string;
  readonly model: string;
  readonly firmware: string;
  readonly protocol: PhoneProtocol;
  readonly securityMode: KnownLevel;
  readonly lines: readonly LineConfiguration[];
  /** Name of the media resource group list; absent means the default list (SEC-10). */
  readonly mediaResourceList?: string;
}

export interface BridgeConfiguration {
  readonly name: string;
  readonly type: string;
  readonly securityMode: 'nonsecure' | 'encrypted';
}

export interface MeetMeNumber {
  /** Digits, `X` for any digit, or a bracketed range such as `10[0-5]0` (MML-03). */
  readonly pattern: string;
  readonly minimum: KnownLevel;
}

/** D-20. */
export type MediaSecurityPolicy = 'best-effort' | 'enforce' | 'disable-srtp';

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
}

export type SrtpSuite = 'AES_CM_128_HMAC_SHA1_32' | 'AES_CM_128_HMAC_SHA1_80';

export interface Configuration {
  readonly clusterId: string;
  readonly mixedMode: boolean;
  readonly phones: ReadonlyMap<string, PhoneConfiguration>;
  readonly bridges: ReadonlyMap<string, BridgeConfiguration>;
  /** Media resource groups: unordered members (D-03). */
  readonly groups: ReadonlyMap<string, readonly string[]>;
  /** Media resource group lists: ordered group names. */
  readonly lists: ReadonlyMap<string, readonly string[]>;
  readonly meetMeNumbers: readonly MeetMeNumber[];
  readonly parameters: Parameters;
}

export const DEFAULT_PARAMETERS: Parameters = {
  maximumAdHocConference: 4,
  maximumMeetMeConference: 4,
  advancedAdHocConference: false,
  mediaSecurityPolicy: 'best-effort',
  computeStatusForNonsecureMeetMe: false,
  srtpSuite: 'AES_CM_128_HMAC_SHA1_32',
};
