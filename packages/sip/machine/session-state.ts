/**
 * What is known of one session, and what its parts may ask of the user agent that holds it.
 *
 * A session is written to in place: it is one of thousands, and a call changes it some twenty times.
 */
import type { SipRequest, SipResponse } from '../wire/message.ts';
import type { Dialog } from './dialog.ts';
import type { Flow } from './flow.ts';
import type { Field } from './hop-request.ts';
import type { Content, OfferCarrier, Reply, SessionEvent } from './session-events.ts';
import type { SessionTimer, SessionTimerConfig } from './session-timer.ts';
import type { Subscription } from './subscription-state.ts';
import type { Timed } from './timer-queue.ts';
import type { TransactionLayer } from './transaction-layer.ts';
import type {
  Destination,
  OutgoingInvite,
  Prove,
  Routing,
  SubscriptionEvent,
} from './user-agent-types.ts';

export const NEVER = Number.POSITIVE_INFINITY;

/** A dialog and what lives in it: it is kept while one of them does. */
export interface DialogHolder {
  dialog: Dialog;
  flow: Flow | undefined;
  routing: Routing;
  session: Session | undefined;
  /** By event package and id. */
  subscriptions: Map<string, Subscription> | undefined;
}

/** Who owes what in the exchange of descriptions (RFC 3264). */
export type Exchange =
  | { readonly type: 'stable' }
  /** The peer owes an answer. */
  | { readonly type: 'we-offered' }
  /** We do. `transaction`: the server transaction of the offer, if it came in a request. */
  | {
      readonly type: 'they-offered';
      readonly carrier: OfferCarrier;
      readonly transaction: number;
      /** The PRACK that the answer goes into. */
      readonly prack?: { readonly holder: DialogHolder; readonly rack: string };
    }
  /** An INVITE without a description: we owe an offer. */
  | { readonly type: 'they-asked'; readonly transaction: number };

export const STABLE: Exchange = { type: 'stable' };

/** An INVITE of ours, from sending it to our ACK. */
export interface ClientInvite {
  readonly transaction: number;
  readonly request: SipRequest;
  readonly sequence: number;
  readonly isFirst: boolean;
  readonly hasOffer: boolean;
  /** Session-Expires in it; 0: none. */
  readonly asked: number;
  /** For another try; undefined: a refresh of the machine's own. */
  readonly content: Content;
  /** A 2xx is there and its ACK waits for the user's answer. */
  isAnswered: boolean;
  /** Other phones that answered it as well, or too late. */
  refused: number;
}

/** An INVITE of the peer, from receiving it to its ACK. */
export interface ServerInvite {
  readonly transaction: number;
  readonly request: SipRequest;
  readonly sequence: number;
  readonly isFirst: boolean;
  /** Our 2xx, repeated until the ACK comes. */
  response: SipResponse | undefined;
  resendAfterMs: number;
  /** When nobody waits for its ACK any more. */
  ackByMs: number;
}

/** A provisional response that is repeated until its PRACK comes. */
export interface ReliableResponse {
  readonly response: SipResponse;
  readonly number: number;
  readonly hasBody: boolean;
  resendAfterMs: number;
  readonly giveUpAtMs: number;
}

export interface Session extends Timed {
  readonly id: number;
  readonly role: 'client' | 'server';
  phase: 'inviting' | 'early' | 'confirmed' | 'ending' | 'ended';
  /** Undefined for a client until somebody answers. */
  holder: DialogHolder | undefined;
  readonly callId: string;
  readonly localTag: string;
  routing: Routing;
  /** Client, until it is answered: one for each tag. */
  forks: Map<string, Fork> | undefined;
  /** Client, until it is answered: what to send again after a 422. */
  outgoing: { readonly invite: OutgoingInvite; readonly destination: Destination } | undefined;
  exchange: Exchange;
  invite: ClientInvite | undefined;
  incoming: ServerInvite | undefined;
  reliable: ReliableSender | undefined;
  updating: Update | undefined;
  waiting: Waiting | undefined;
  /** Client: the user gave up. Server: BYE waits for the ACK. */
  leaving: Content | undefined;
  hasCancelled: boolean;
  timer: SessionTimer | undefined;
  /** Raised by a 422. */
  minSeconds: number;
  peerAllow: readonly string[];
  peerSupported: readonly string[];
  /** Of the last description that the peer sent. */
  remoteDigest: number;
  /** Repetition of a 2xx or of a reliable provisional response. */
  resendAtMs: number;
  /** The peer's ACK, the user's answer, or the end of ringing is awaited until then. */
  giveUpAtMs: number;
  /** A caller is reminded that we still ring. */
  remindAtMs: number;
  refreshAtMs: number;
  expiresAtMs: number;
}

export interface Fork {
  readonly holder: DialogHolder;
  /** RSeq of its last reliable provisional response; 0: none. */
  sequence: number;
}

/** What is sent reliably while we ring. */
export interface ReliableSender {
  nextNumber: number;
  current: ReliableResponse | undefined;
  readonly queue: { readonly status: number; readonly reply: Reply }[];
  /** A 2xx that waits for the PRACK of a description. */
  accept: Reply | undefined;
}

/** An UPDATE of ours without a final response. */
export interface Update {
  readonly content: Content;
  readonly hasOffer: boolean;
  readonly asked: number;
}

/** Changes of ours whose turn has not come. */
export interface Waiting {
  reinvite: Content | undefined;
  update: Content | undefined;
  /** Not before then, after a 491. */
  notBeforeMs: number;
  tries: number;
}

/** A final outcome has status 408 or 503 without a response; provisional ones come with theirs. */
export type OnResponse = (status: number, response: SipResponse | undefined, nowMs: number) => void;

/** What a session needs of the user agent around it. */
export interface SessionHost {
  readonly layer: TransactionLayer;
  readonly token: () => string;
  readonly nextId: () => number;
  readonly timers: SessionTimerConfig;
  readonly ringMs: number;
  readonly prove: Prove;
  /** Allow, Supported and User-Agent or Server of what may begin or change a session. */
  readonly abilities: { readonly request: readonly Field[]; readonly response: readonly Field[] };
  tell(session: Session, event: SessionEvent): void;
  /** Sends a request and hears every response to it. */
  request(
    request: SipRequest,
    destination: Destination,
    onResponse: OnResponse,
    nowMs: number,
  ): number;
  /** Answers a request of the peer; writes To tag, Contact and Server. */
  reply(
    holder: DialogHolder | undefined,
    transaction: number,
    status: number,
    reply: Reply,
    nowMs: number,
  ): SipResponse | undefined;
  /** Puts a dialog where requests find it. */
  hold(holder: DialogHolder): void;
  /** Forgets it when nothing lives in it. */
  release(holder: DialogHolder): void;
  /** Sets the session's next deadline, or forgets it when it has ended. */
  settle(session: Session): void;
  /** Who would answer a transaction: where it came from and what it asked. */
  holderOf(request: SipRequest): DialogHolder | undefined;
  tellSubscription(subscription: Subscription, event: SubscriptionEvent): void;
  /** Likewise. */
  settleSubscription(subscription: Subscription): void;
  /** A list in a header, that many peers have in common. */
  words(text: readonly string[]): readonly string[];
}
