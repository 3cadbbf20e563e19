/** A SIP message as a value. Source: [rfc] RFC 3261 §7. */
import type { Headers } from './headers.ts';

export interface SipRequest {
  readonly type: 'request';
  /** As written: methods are case-sensitive. */
  readonly method: string;
  /** Request-URI as written; `parseUri` reads it. */
  readonly uri: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export interface SipResponse {
  readonly type: 'response';
  /** 100 ... 699. */
  readonly status: number;
  readonly reason: string;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type SipMessage = SipRequest | SipResponse;

export const NO_BODY: Uint8Array = new Uint8Array(0);
