/** How a call that the rules refuse is turned down over SIP: status, Warning and Q.850 cause. */
import { CAUSE, type Level, type TextId } from '@conclave/core';
import { quote } from '@conclave/sip';
import type { Announcement } from '../annunciator.ts';

export interface FinalStatus {
  readonly status: number;
  /** Q.850. */
  readonly cause: number;
  /** For Warning; absent: the status says it all. */
  readonly text?: string;
  /** Said before, to who can hear. */
  readonly announcement?: Announcement['name'];
}

/** MTM-02, CDR-04. */
const BELOW_MINIMUM: FinalStatus = {
  status: 488,
  cause: CAUSE.bearerCapabilityNotAvailable,
  text: 'The conference demands a higher security level than this phone has',
};

const BY_TEXT: Partial<Record<TextId, FinalStatus>> = {
  'device-not-authorized': BELOW_MINIMUM,
  'security-level-not-met': BELOW_MINIMUM,
  'media-security-required': {
    status: 488,
    cause: CAUSE.resourceUnavailable,
    text: 'The media security policy demands SRTP',
  },
  'exceeds-maximum-parties': {
    status: 486,
    cause: CAUSE.userBusy,
    text: 'The conference is full',
  },
  'no-conference-bridge': {
    status: 503,
    cause: CAUSE.resourceUnavailable,
    text: 'No conference bridge is available',
  },
  'key-not-active': { status: 403, cause: CAUSE.callRejected, text: 'Not allowed for this phone' },
  busy: { status: 486, cause: CAUSE.userBusy },
  'unknown-number': { status: 404, cause: CAUSE.unallocatedNumber },
  'temporary-failure': { status: 480, cause: CAUSE.destinationOutOfOrder },
};

export const MEDIA_UNACCEPTABLE: FinalStatus = {
  status: 488,
  cause: CAUSE.bearerCapabilityNotAvailable,
  text: 'No acceptable media, or keys over a connection that is not protected',
};

export const TURNED_DOWN: FinalStatus = { status: 480, cause: CAUSE.normal };

/** With what is said to a caller (MTM-02). */
export function belowMinimum(minimum: Level | undefined): FinalStatus {
  if (minimum !== 'authenticated' && minimum !== 'encrypted') return BELOW_MINIMUM;
  return { ...BELOW_MINIMUM, announcement: `refused-${minimum}` };
}

/** For what the phone would have been shown. */
export function finalStatusOf(text: TextId | undefined): FinalStatus {
  return (text && BY_TEXT[text]) ?? TURNED_DOWN;
}

/** `host` is who warns: we. */
export function reasonFields(
  { cause, text }: FinalStatus,
  host: string,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['Reason', `Q.850;cause=${cause}`],
    ...(text === undefined ? [] : [['Warning', `399 ${host} ${quote(text)}`] as const]),
  ];
}
