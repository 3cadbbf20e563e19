/** What goes into a `UserAgent` and what comes out of it. */
import type { SipMessage, SipRequest, SipResponse } from '../wire/message.ts';
import type { RefusedRequest } from '../wire/parse-message.ts';
import type { Flow } from './flow.ts';
import type { Content, Reply, SessionEvent } from './session-events.ts';

export interface UserAgentOptions {
  /** A fresh word of at least 64 bits, of letters and digits. */
  readonly token: () => string;
  /** For `Server` and `User-Agent`. */
  readonly serverName: string;
  /** Methods that are served; others get a 405. */
  readonly allow: readonly string[];
  /** Option tags; a request that requires another gets a 420. */
  readonly supported: readonly string[];
  /** Event packages; a SUBSCRIBE to another gets a 489. */
  readonly allowEvents: readonly string[];
  /** How a peer on this flow reaches us. */
  readonly addressOf: (flow: Flow) => LocalAddress;
  /** Session-Expires that we ask for (RFC 4028); 0: none. */
  readonly sessionExpiresSeconds?: number;
  /** Shorter intervals are turned down with 422. */
  readonly minSessionExpiresSeconds?: number;
  /** The field that answers a 401 or 407 to a first INVITE; undefined: there is no answer. */
  readonly prove?: Prove;
  readonly limits?: Partial<UserAgentLimits>;
}

export type Prove = (
  request: SipRequest,
  response: SipResponse,
) => readonly [name: string, value: string] | undefined;

/** What peers can fill. Past a bound a request gets a 503 and nothing else happens. */
export interface UserAgentLimits {
  readonly transactionsMax: number;
  readonly sessionsMax: number;
  readonly subscriptionsMax: number;
  /** How long a call may ring, either way. */
  readonly ringMs: number;
}

export interface LocalAddress {
  /** `host:port` for Via. */
  readonly sentBy: string;
  /** URI for Contact. */
  readonly contact: string;
}

/** Where a first request goes: along a flow, or to a URI that the shell finds a flow for. */
export type Destination = { readonly flow: Flow } | { readonly uri: string };

/** A request outside of any dialog. */
export interface OutgoingRequest extends Content {
  readonly method: string;
  /** Request-URI. */
  readonly uri: string;
  /** `From` without a tag, such as `"Ada" <sip:2001@example.org>`. */
  readonly from: string;
  /** `To`, likewise. */
  readonly to: string;
  /** 70 unless given: one less than what a request that this one continues had. */
  readonly maxForwards?: number;
  /** To repeat a request with credentials; a fresh one unless given. */
  readonly callId?: string;
  /** 1 unless given. */
  readonly sequence?: number;
  /** Values for `Route`. */
  readonly route?: readonly string[];
}

/** How requests within a dialog find the peer. */
export type Routing =
  /** On the flow that the peer used last; when it closes the session ends. For phones. */
  | 'flow'
  /** As the route set and the remote target say (RFC 3261 §12.2.1.1). For trunks. */
  | 'dialog';

export interface OutgoingInvite extends Omit<OutgoingRequest, 'method'> {
  readonly routing?: Routing;
}

/** The dialog that an INVITE wants to take over (RFC 3891) or to join (RFC 3911). */
export interface NamedSession {
  readonly type: 'replaces' | 'join';
  readonly session: number;
  /**
   * The tags are those of the peer's end: it knows the dialog from the notifications of the very phone
   * that has it with us, and takes us for a proxy.
   */
  readonly isSwapped: boolean;
  /** Of Replaces: only while it rings. */
  readonly isEarlyOnly: boolean;
}

export type UserAgentOutput =
  /** `remote`: where to on this UDP flow, if not to its own remote end. */
  | {
      readonly type: 'send';
      readonly message: SipMessage;
      readonly flow: Flow;
      readonly remote?: { readonly host: string; readonly port: number };
    }
  /** The shell finds a flow to this URI (RFC 3263) and answers with `connected` or `unreachable`. */
  | { readonly type: 'connect'; readonly id: number; readonly uri: string }
  /** A new call: `ring`, `accept` or `reject` it. */
  | {
      readonly type: 'incoming';
      readonly session: number;
      readonly request: SipRequest;
      readonly flow: Flow;
      readonly named?: NamedSession;
    }
  | { readonly type: 'session'; readonly session: number; readonly event: SessionEvent }
  /** Outside of any dialog: `respond`, or `acceptSubscription` (SUBSCRIBE, REFER). */
  | {
      readonly type: 'request';
      readonly transaction: number;
      readonly request: SipRequest;
      readonly flow: Flow;
    }
  /** Final answer to `send`; without a response there was none (status 408 or 503). */
  | {
      readonly type: 'response';
      readonly request: number;
      readonly status: number;
      readonly response?: SipResponse;
    }
  | {
      readonly type: 'subscription';
      readonly subscription: number;
      readonly event: SubscriptionEvent;
    };

export type SubscriptionEvent =
  /** As notifier: refreshed, or asked to end (0 seconds). The user sends the present state. */
  | { readonly type: 'refreshed'; readonly seconds: number; readonly request: SipRequest }
  /** As subscriber: the 2xx to our SUBSCRIBE or REFER. */
  | { readonly type: 'accepted'; readonly response: SipResponse }
  /** As subscriber. It is answered with 200. */
  | { readonly type: 'notified'; readonly request: SipRequest }
  /** The last event. */
  | {
      readonly type: 'ended';
      readonly reason: 'expired' | 'terminated' | 'refused' | 'gone' | 'flow-closed';
      readonly response?: SipResponse;
    };

/** What `notify` says. */
export interface Notification extends Content {
  readonly state: 'active' | 'pending' | 'terminated';
  /** With `terminated`: such as `noresource`. */
  readonly reason?: string;
}

/** A session as it is now. */
export interface SessionView {
  readonly id: number;
  readonly role: 'client' | 'server';
  readonly phase: 'inviting' | 'early' | 'confirmed' | 'ending';
  readonly flow: Flow | undefined;
  readonly callId: string;
  readonly localTag: string;
  /** Empty until the peer answers. */
  readonly remoteTag: string;
  /** URI of the peer's Contact. */
  readonly remoteTarget: string;
  /** From the peer's last `Allow` and `Supported`. */
  readonly allow: readonly string[];
  readonly supported: readonly string[];
  /** No offer waits for an answer, either way. */
  readonly isStable: boolean;
}

/**
 * The commands of a `UserAgent`. What each of them brings about is taken with `take`, in order.
 *
 * A command returns false, and does nothing, when its session is gone or in another phase: what the
 * user has not heard yet may have happened already.
 */
export interface UserAgentCommands {
  /** When `clock` has to be called; Infinity: never. */
  readonly deadlineMs: number;
  /** Everything to do and to know since the last call. */
  take(): readonly UserAgentOutput[];
  receive(message: SipMessage, flow: Flow, nowMs: number): void;
  /** Answers a request that could not be read. */
  refuse(refused: RefusedRequest, flow: Flow): void;
  clock(nowMs: number): void;
  /** Answers to `connect`. */
  connected(id: number, flow: Flow, nowMs: number): void;
  unreachable(id: number, nowMs: number): void;
  flowClosed(flowId: string, nowMs: number): void;

  /** A call. With a body it carries our offer, without one the peer's offer is asked for. */
  invite(invite: OutgoingInvite, destination: Destination, nowMs: number): number;
  cancel(session: number, content: Content, nowMs: number): boolean;
  ring(session: number, status: number, reply: Reply, nowMs: number): boolean;
  /** 200. With the answer, or with our offer if the INVITE had none. */
  accept(session: number, reply: Reply, nowMs: number): boolean;
  reject(session: number, status: number, reply: Reply, nowMs: number): boolean;
  /** Waits for its turn; a newer one takes the place of one that waits. Repeats itself after 491. */
  reinvite(session: number, content: Content, nowMs: number): boolean;
  /** Likewise. False if the peer does not allow UPDATE. */
  update(session: number, content: Content, nowMs: number): boolean;
  /** Answers `answered` with an offer and `offered`; gives the offer after `offer-wanted`. */
  answerOffer(session: number, body: Uint8Array, content: Content, nowMs: number): boolean;
  /** Where an offer cannot be turned down (it came in a 2xx) the session is ended. */
  refuseOffer(session: number, status: number, reply: Reply, nowMs: number): boolean;
  bye(session: number, content: Content, nowMs: number): boolean;
  /** Any other method within the dialog. Gives the number that `response` names; 0: no such session. */
  request(session: number, method: string, content: Content, nowMs: number): number;
  /** A session of an incoming INVITE follows flows (see `Routing`) unless this says otherwise. */
  setRouting(session: number, routing: Routing): void;
  session(session: number): SessionView | undefined;

  /** Answers `request`, outside of dialogs or within. */
  respond(transaction: number, status: number, reply: Reply, nowMs: number): boolean;
  /** Any request outside of dialogs but INVITE. SUBSCRIBE and REFER make a subscription of this number. */
  send(request: OutgoingRequest, destination: Destination, nowMs: number): number;

  /**
   * 2xx to a SUBSCRIBE, or 202 to a REFER. Gives the number of the subscription, to which `notify` has
   * to say the present state at once (for REFER the machine says 100 itself). 0: no such transaction.
   */
  acceptSubscription(
    transaction: number,
    accept: Reply & { readonly seconds: number },
    nowMs: number,
  ): number;
  notify(subscription: number, notification: Notification, nowMs: number): boolean;
  /** A NOTIFY that tells how a REFER goes: as `message/sipfrag`, the last one with a final status. */
  notifyReferred(subscription: number, status: number, phrase: string, nowMs: number): boolean;
  /** As subscriber: the next request, with 0 seconds the last one. */
  resubscribe(subscription: number, seconds: number, nowMs: number): boolean;
}
