/** A registered SIP device, or a trunk: how to reach it, and what it is. */
import type { Flow } from '@conclave/sip';

export interface SipPeer {
  readonly device: string;
  /** The way to it. Of a trunk that we call: how it would be reached, as none may be open yet. */
  readonly flow: Flow;
  /** Request-URI that reaches it; of a trunk what follows the user's `@`. */
  readonly contact: string;
  /** A client of anybody's make: told levels in words, where others have icons. */
  readonly isStandard: boolean;
  readonly isTrunk: boolean;
  /** It never takes another SRTP key within a call. Absent: it does. */
  readonly keepsKeys?: boolean;
}
