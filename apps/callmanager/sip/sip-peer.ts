/** A registered SIP device, or a trunk: how to reach it, and what it is. */
import type { Flow } from '@conclave/sip';

export interface SipPeer {
  readonly device: string;
  readonly flow: Flow;
  /** Request-URI that reaches it. */
  readonly contact: string;
  /** A client of anybody's make: told levels in words, where others have icons. */
  readonly isStandard: boolean;
  readonly isTrunk: boolean;
}
