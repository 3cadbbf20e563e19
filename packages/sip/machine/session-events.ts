/**
 * What a session tells its user: the words between the SIP machine and who makes calls with it.
 *
 * Each session ends with exactly one of `failed`, `cancelled` and `ended`; nothing follows it.
 */
import type { SipRequest, SipResponse } from '../wire/message.ts';

/** Fields and body of a message that the user wants sent. */
export interface Content {
  /** Added to what the machine writes itself; `Contact` replaces ours. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** Of type `application/sdp` unless `headers` has a `Content-Type`. Empty counts as none. */
  readonly body?: Uint8Array;
}

/** Fields and body of a response. */
export interface Reply extends Content {
  /** Phrase after the status; the usual one unless given. */
  readonly phrase?: string;
  /**
   * Final, said once, and nothing is kept of the request: for whoever is not known, so that a flood of
   * requests fills no table, and one with a made-up address sends no more than it cost.
   */
  readonly once?: true;
}

/** Which message a received offer came in; the machine knows where its answer has to go. */
export type OfferCarrier = 'invite' | '2xx' | 'update' | 'prack' | 'provisional';

export type EndReason =
  /** The peer's BYE. */
  | 'bye'
  /** Our own BYE is done, or nobody answered it. */
  | 'bye-sent'
  /** Our CANCEL is done. */
  | 'cancel-sent'
  /** Our rejection is sent. */
  | 'rejected'
  /** Another 200 was answered too late: the peer never acknowledged ours. */
  | 'no-ack'
  /** The peer did not refresh the session in time. */
  | 'expired'
  /** The peer knows nothing of the call any more: 481, or no answer at all to a request. */
  | 'gone'
  /** The connection is closed. */
  | 'flow-closed'
  /** The user left an offer or a call without an answer for longer than a peer waits. */
  | 'unanswered';

export type SessionEvent =
  /** 180 ... 199 without a session description. */
  | { readonly type: 'ringing'; readonly response: SipResponse }
  /** 18x with one: early media. `isAnswer`: it is the answer to the offer of our INVITE. */
  | {
      readonly type: 'progress';
      readonly response: SipResponse;
      readonly body: Uint8Array;
      readonly isAnswer: boolean;
    }
  /** 2xx to our first INVITE. With an offer the user must give an answer; it goes into the ACK. */
  | {
      readonly type: 'answered';
      readonly response: SipResponse;
      readonly body: Uint8Array;
      /** `none`: the answer was in a reliable provisional response. */
      readonly role: 'offer' | 'answer' | 'none';
    }
  /** Our first INVITE was turned down. Without a response: nobody answered (408), or no way (503). */
  | { readonly type: 'failed'; readonly status: number; readonly response?: SipResponse }
  /** The caller gave up before we answered. */
  | { readonly type: 'cancelled'; readonly request: SipRequest }
  /** To be answered by `answerOffer` or `refuseOffer`. Never for the first INVITE. */
  | {
      readonly type: 'offered';
      readonly carrier: OfferCarrier;
      readonly message: SipRequest | SipResponse;
      readonly body: Uint8Array;
      /** The same description as the last one: a mere refresh, that the last answer fits. */
      readonly isRepeated: boolean;
    }
  /** A re-INVITE without a description: `answerOffer` gives our offer. */
  | { readonly type: 'offer-wanted'; readonly request: SipRequest }
  /** The peer took back a re-INVITE, or the user left its offer without an answer for too long. */
  | { readonly type: 'withdrawn' }
  /** The answer to an offer of ours. */
  | {
      readonly type: 'answer';
      readonly message: SipRequest | SipResponse;
      readonly body: Uint8Array;
    }
  /** Our `reinvite` or `update` has got its 2xx. An offer or answer in it comes as its own event. */
  | {
      readonly type: 'modified';
      readonly method: 'INVITE' | 'UPDATE';
      readonly response: SipResponse;
    }
  /** It was turned down and the session goes on as before. */
  | {
      readonly type: 'modify-failed';
      readonly method: 'INVITE' | 'UPDATE';
      readonly status: number;
      readonly response?: SipResponse;
    }
  /** Our 2xx arrived. */
  | { readonly type: 'acked'; readonly request: SipRequest }
  /** INFO, REFER, NOTIFY, MESSAGE ... in the dialog: `respond` with this transaction. */
  | { readonly type: 'request'; readonly request: SipRequest; readonly transaction: number }
  /** Final answer to what `request` sent; without a response there was none (408 or 503). */
  | {
      readonly type: 'response';
      readonly request: number;
      readonly status: number;
      readonly response?: SipResponse;
    }
  /** The peer's UPDATE without a description, which is answered: names or levels may be new. */
  | { readonly type: 'refreshed'; readonly request: SipRequest }
  | {
      readonly type: 'ended';
      readonly reason: EndReason;
      /** The BYE, or the response that ended the call. */
      readonly message?: SipRequest | SipResponse;
    };
