/** What phones show for each text of the rules, in English, as their display codes render it. */
import type { TextId } from '@conclave/core';

export const PHONE_TEXTS: Readonly<Record<TextId, string>> = {
  'enter-number': 'Enter Number',
  connected: 'Connected',
  'call-proceed': 'Call Proceed',
  'ring-out': 'Ring Out',
  hold: 'Hold',
  from: 'From',
  busy: 'Busy',
  'unknown-number': 'Unknown Number',
  'temporary-failure': 'Temp Fail',
  'device-not-authorized': 'Device Not Authorized',
  'security-level-not-met': 'Does not meet Security Level',
  'no-conference-bridge': 'No Conference Bridge Available',
  'exceeds-maximum-parties': 'Exceeds Maximum Parties',
  'cannot-complete-conference': 'Cannot Complete Conference',
  'key-not-active': 'Key Is Not Active',
  'media-security-required': 'Security Error',
  'in-use-remote': 'In Use Remote',
  'to-conference': 'To Conference',
  'to-barge': 'To Barge ',
  'barge-failed': 'Failed To Setup Barge',
  'another-barge-exists': 'Another Barge Exists',
  'past-limit': 'Error Pass Limit',
  'parked-at': 'Call Park At ',
  'no-park-number': 'No Park Number Available',
  transfer: 'Call Transfer',
  'cannot-complete-transfer': 'Can Not Complete Transfer',
  'cannot-link-conferences': 'Can Not Join Calls',
  'call-duration-exceeded': 'Max Call Duration Timeout',
};

/** All that a phone shows in one language, as a person reads it. */
export interface PhoneWords {
  readonly texts: Readonly<Record<TextId, string>>;
}

export const ENGLISH_WORDS: PhoneWords = { texts: PHONE_TEXTS };

/** Texts that turn an operation down. */
const REFUSING: readonly TextId[] = [
  'unknown-number',
  'temporary-failure',
  'device-not-authorized',
  'security-level-not-met',
  'no-conference-bridge',
  'exceeds-maximum-parties',
  'cannot-complete-conference',
  'key-not-active',
  'media-security-required',
  'barge-failed',
  'another-barge-exists',
  'past-limit',
  'no-park-number',
  'cannot-complete-transfer',
  'cannot-link-conferences',
];

const REFUSALS: ReadonlySet<string> = new Set(REFUSING.map((id) => PHONE_TEXTS[id]));

/** Whether a phone that shows this text says no. */
export function isRefusal(text: string): boolean {
  return REFUSALS.has(text);
}
