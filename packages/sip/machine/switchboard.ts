/**
 * The tables behind a user agent: brings each message to the session, subscription or request that it
 * belongs to, and refuses what belongs to none. Source: [rfc] RFC 3261 §8.2, §12.2.2.
 */
import { checkRequest, unknownExtensions } from '../wire/check-request.ts';
import type { SipMessage, SipRequest, SipResponse } from '../wire/message.ts';
import { acceptRequest, dialogKeyOf, dialogOfServer, keyOf } from './dialog.ts';
import { type Flow, isSecureTransport } from './flow.ts';
import type { Field } from './hop-request.ts';
import { secondsOf, sequenceOf, tagOf } from './message-parts.ts';
import { nameSession } from './named-session.ts';
import { makeResponse } from './response.ts';
import { deadlineOfSession, fraction, noteAbilities, noteDescription } from './session-common.ts';
import type { Reply, SessionEvent } from './session-events.ts';
import { newSession } from './session-record.ts';
import { onSessionRequest } from './session-requests.ts';
import { onAck, onCancel } from './session-server.ts';
import type { DialogHolder, OnResponse, Session, SessionHost } from './session-state.ts';
import { isTooShort, type SessionTimerConfig } from './session-timer.ts';
import { eventKey, matchKeyOf, onNotify, onRefresh } from './subscription.ts';
import type { Subscription } from './subscription-state.ts';
import { TimerQueue } from './timer-queue.ts';
import { T1_MS } from './transaction.ts';
import {
  type Failure,
  type Origin,
  TransactionLayer,
  type TransactionUser,
} from './transaction-layer.ts';
import type {
  Destination,
  Prove,
  SubscriptionEvent,
  UserAgentLimits,
  UserAgentOptions,
  UserAgentOutput,
} from './user-agent-types.ts';
import type { Remote } from './way-back.ts';

/** Lists of words that are kept once for all peers that say the same. */
const WORDS_MAX = 500;

/** Requests that make sense only in a dialog. */
const INNER: ReadonlySet<string> = new Set(['BYE', 'PRACK', 'UPDATE', 'INFO']);

/** Whose Contact tells the peer where to send what follows. */
const CONTACTS: ReadonlySet<string> = new Set(['INVITE', 'UPDATE', 'SUBSCRIBE', 'REFER', 'NOTIFY']);

export const LIMITS: UserAgentLimits = {
  transactionsMax: 100_000,
  sessionsMax: 20_000,
  subscriptionsMax: 50_000,
  ringMs: 5 * 60_000,
};

export class Switchboard implements SessionHost, TransactionUser {
  readonly layer: TransactionLayer;
  readonly token: () => string;
  readonly prove: Prove;
  readonly timers: SessionTimerConfig;
  readonly abilities: SessionHost['abilities'];
  readonly limits: UserAgentLimits;
  readonly sessions = new Map<number, Session>();
  readonly subscriptions = new Map<number, Subscription>();
  readonly sessionTimers = new TimerQueue<Session>();
  readonly subscriptionTimers = new TimerQueue<Subscription>();
  readonly #options: UserAgentOptions;
  readonly #known: ReadonlySet<string>;
  readonly #packages: ReadonlySet<string>;
  readonly #dialogs = new Map<string, DialogHolder>();
  readonly #byFlow = new Map<string, Set<DialogHolder>>();
  /** INVITEs of peers without a final answer, for CANCEL. */
  readonly #invites = new Map<number, Session>();
  /** Subscriptions of ours whose notifier has no tag yet. */
  readonly #unmatched = new Map<string, Subscription>();
  readonly #owners = new Map<number, OnResponse>();
  readonly #words = new Map<string, readonly string[]>();
  #out: UserAgentOutput[] = [];
  #lastId = 0;

  constructor(options: UserAgentOptions) {
    this.#options = options;
    this.token = options.token;
    this.prove = options.prove ?? (() => undefined);
    this.limits = { ...LIMITS, ...options.limits };
    this.timers = {
      seconds: options.sessionExpiresSeconds ?? 0,
      minSeconds: options.minSessionExpiresSeconds ?? 90,
    };
    this.#known = new Set(options.supported.map((tag) => tag.toLowerCase()));
    this.#packages = new Set(options.allowEvents.map((name) => name.toLowerCase()));
    const allow: Field = ['Allow', options.allow.join(', ')];
    const supported: Field = ['Supported', options.supported.join(', ')];
    const abilities = options.supported.length > 0 ? [allow, supported] : [allow];
    this.abilities = { request: abilities, response: abilities };
    const nextId = () => this.nextId();
    const { token, addressOf } = options;
    const max = this.limits.transactionsMax;
    this.layer = new TransactionLayer({ token, nextId, addressOf, max }, this);
  }

  get ringMs(): number {
    return this.limits.ringMs;
  }

  /** Nothing is remembered of anybody. */
  get isEmpty(): boolean {
    const tables = [this.sessions, this.subscriptions, this.layer, this.sessionTimers];
    const others = [this.subscriptionTimers, this.#dialogs, this.#byFlow, this.#invites];
    return [...tables, ...others, this.#unmatched, this.#owners].every(({ size }) => size === 0);
  }

  readonly nextId = (): number => ++this.#lastId;

  take(): readonly UserAgentOutput[] {
    const out = this.#out;
    this.#out = [];
    return out;
  }

  emit(output: UserAgentOutput): void {
    this.#out.push(output);
  }

  // What sessions and subscriptions ask for.

  tell(session: Session, event: SessionEvent): void {
    if (!this.sessions.has(session.id)) return;
    this.#out.push({ type: 'session', session: session.id, event });
  }

  tellSubscription(subscription: Subscription, event: SubscriptionEvent): void {
    this.#out.push({ type: 'subscription', subscription: subscription.id, event });
  }

  request(
    request: SipRequest,
    destination: Destination,
    onResponse: OnResponse,
    nowMs: number,
  ): number {
    const transaction = this.layer.request(request, destination, nowMs);
    this.#owners.set(transaction, onResponse);
    return transaction;
  }

  reply(
    holder: DialogHolder | undefined,
    transaction: number,
    status: number,
    reply: Reply,
    nowMs: number,
  ): SipResponse | undefined {
    // Also when its flow is closed and nobody can be told.
    if (status >= 200) this.#invites.delete(transaction);
    const request = this.layer.requestOf(transaction);
    const flow = this.layer.flowOf(transaction);
    if (!request || !flow) return undefined;
    const { headers = [], phrase, body } = reply;
    const fields: Field[] = [...headers];
    const invites = request.method === 'INVITE' && status > 100;
    if (status < 300 && (invites || (CONTACTS.has(request.method) && status >= 200))) {
      if (!names(headers, 'contact')) fields.push(['Contact', this.#contactOf(flow)]);
    }
    if (status >= 200) fields.push(['Server', this.#options.serverName]);
    const toTag = status > 100 ? (holder?.dialog.localTag ?? this.token()) : undefined;
    const response = makeResponse(request, status, { phrase, toTag, headers: fields, body });
    const isSaid = reply.once
      ? this.layer.respondOnce(transaction, response, nowMs)
      : this.layer.respond(transaction, response, nowMs);
    return isSaid ? response : undefined;
  }

  hold(holder: DialogHolder): void {
    this.#dialogs.set(keyOf(holder.dialog), holder);
    if (holder.flow) this.#place(holder, holder.flow);
  }

  release(holder: DialogHolder): void {
    if (holder.session || (holder.subscriptions?.size ?? 0) > 0) return;
    const key = keyOf(holder.dialog);
    if (this.#dialogs.get(key) === holder) this.#dialogs.delete(key);
    this.#unplace(holder);
  }

  holderOf(request: SipRequest): DialogHolder | undefined {
    return tagOf(request.headers, 'To') === ''
      ? undefined
      : this.#dialogs.get(dialogKeyOf(request));
  }

  settle(session: Session): void {
    if (session.phase !== 'ended') {
      this.sessionTimers.set(session, deadlineOfSession(session));
      return;
    }
    this.sessionTimers.set(session, Number.POSITIVE_INFINITY);
    this.sessions.delete(session.id);
    if (session.incoming) this.#invites.delete(session.incoming.transaction);
  }

  settleSubscription(subscription: Subscription): void {
    const { id, matchKey } = subscription;
    if (subscription.state !== 'ended') this.subscriptions.set(id, subscription);
    else this.subscriptions.delete(id);
    const isMatched = subscription.holder !== undefined || subscription.state === 'ended';
    if (isMatched) this.#unmatched.delete(matchKey);
    else if (matchKey !== '') this.#unmatched.set(matchKey, subscription);
    this.subscriptionTimers.set(subscription, subscription.expiresAtMs);
  }

  words(words: readonly string[]): readonly string[] {
    const text = words.join();
    const known = this.#words.get(text);
    if (known) return known;
    if (this.#words.size < WORDS_MAX) this.#words.set(text, words);
    return words;
  }

  holdersOn(flowId: string): readonly DialogHolder[] {
    return [...(this.#byFlow.get(flowId) ?? [])];
  }

  /** The flow is gone; the dialog finds another one when it needs it. */
  loseFlow(holder: DialogHolder): void {
    this.#unplace(holder);
    holder.flow = undefined;
  }

  // What the transactions bring.

  send(message: SipMessage, flow: Flow, remote: Remote | undefined): void {
    this.#out.push({ type: 'send', message, flow, ...(remote ? { remote } : {}) });
  }

  connect(id: number, uri: string): void {
    this.#out.push({ type: 'connect', id, uri });
  }

  complete(request: SipRequest, flow: Flow): SipRequest {
    let { headers } = request;
    if (CONTACTS.has(request.method) && !headers.has('Contact')) {
      headers = headers.append('Contact', this.#contactOf(flow));
    }
    if (request.method !== 'ACK' && !headers.has('User-Agent')) {
      headers = headers.append('User-Agent', this.#options.serverName);
    }
    return headers === request.headers ? request : { ...request, headers };
  }

  onResponse(transaction: number, response: SipResponse, flow: Flow, nowMs: number): void {
    this.#owners.get(transaction)?.(response.status, response, nowMs);
    const holder = this.#dialogs.get(dialogKeyOf(response));
    if (holder && response.status < 300) this.#place(holder, flow);
  }

  onFailure(transaction: number, failure: Failure, nowMs: number): void {
    const status = failure === 'timeout' ? 408 : 503;
    this.#owners.get(transaction)?.(status, undefined, nowMs);
  }

  onGone(transaction: number): void {
    this.#owners.delete(transaction);
  }

  onAck(request: SipRequest, _flow: Flow, nowMs: number): void {
    const session = this.#dialogs.get(dialogKeyOf(request))?.session;
    if (!session) return;
    onAck(this, session, request, nowMs);
    this.settle(session);
  }

  onRequest(request: SipRequest, origin: Origin, nowMs: number): void {
    const { transaction } = origin;
    if (request.method === 'CANCEL') {
      this.#onCancel(request, origin, nowMs);
      return;
    }
    const refusal = checkRequest(request);
    if (refusal) {
      this.#refuse(transaction, refusal.status, { phrase: refusal.reason }, nowMs);
      return;
    }
    if (!this.#options.allow.includes(request.method)) {
      const headers: readonly Field[] = [['Allow', this.#options.allow.join(', ')]];
      this.#refuse(transaction, 405, { headers }, nowMs);
      return;
    }
    const unknown = unknownExtensions(request, this.#known);
    if (unknown.length > 0) {
      this.#refuse(transaction, 420, { headers: [['Unsupported', unknown.join(', ')]] }, nowMs);
      return;
    }
    if (tagOf(request.headers, 'To') !== '') this.#onInner(request, origin, nowMs);
    else if (origin.isMerged) this.#refuse(transaction, 482, {}, nowMs);
    else this.#onOuter(request, origin, nowMs);
  }

  #onCancel(request: SipRequest, { transaction, cancelled }: Origin, nowMs: number): void {
    const session = this.#invites.get(cancelled);
    if (cancelled === 0) {
      this.#refuse(transaction, 481, {}, nowMs);
      return;
    }
    this.reply(session?.holder, transaction, 200, {}, nowMs);
    if (!session) return;
    onCancel(this, session, request, nowMs);
    if (session.phase !== 'ended') this.settle(session);
  }

  /** A request within a dialog. */
  #onInner(request: SipRequest, origin: Origin, nowMs: number): void {
    const { transaction, flow } = origin;
    const holder = this.#dialogs.get(dialogKeyOf(request));
    if (!holder) {
      this.#onUnknownDialog(request, origin, nowMs);
      return;
    }
    // What was said in secret is not taken up by whoever heard of it.
    if (
      holder.flow &&
      isSecureTransport(holder.flow.transport) &&
      !isSecureTransport(flow.transport)
    ) {
      this.#refuse(transaction, 481, {}, nowMs);
      return;
    }
    const accepted = acceptRequest(holder.dialog, request);
    if (!accepted.ok) {
      const seconds = Math.floor(fraction(this.token()) * 11);
      this.reply(holder, transaction, 500, { headers: [['Retry-After', String(seconds)]] }, nowMs);
      return;
    }
    holder.dialog = accepted.value;
    this.#place(holder, flow);
    if (this.#onSubscriptionRequest(holder, request, origin, nowMs)) return;
    const { session } = holder;
    if (session) {
      if (request.method === 'INVITE') this.#invites.set(transaction, session);
      onSessionRequest(this, session, request, transaction, nowMs);
      if (session.phase !== 'ended') this.settle(session);
    } else if (INNER.has(request.method) || request.method === 'INVITE') {
      this.reply(holder, transaction, 481, {}, nowMs);
    } else this.#out.push({ type: 'request', transaction, request, flow });
  }

  #onUnknownDialog(request: SipRequest, origin: Origin, nowMs: number): void {
    const { headers } = request;
    const key = matchKeyOf(headers.get('Call-ID'), tagOf(headers, 'To'));
    const subscription = request.method === 'NOTIFY' ? this.#unmatched.get(key) : undefined;
    if (subscription) onNotify(this, subscription, request, origin, nowMs);
    else this.#refuse(origin.transaction, 481, {}, nowMs);
  }

  #onSubscriptionRequest(
    holder: DialogHolder,
    request: SipRequest,
    origin: Origin,
    nowMs: number,
  ): boolean {
    const { method } = request;
    if (method !== 'NOTIFY' && method !== 'SUBSCRIBE') return false;
    const found = holder.subscriptions?.get(eventKey(request.headers.get('Event') ?? ''));
    if (found?.role === 'subscriber' && method === 'NOTIFY') {
      onNotify(this, found, request, origin, nowMs);
      return true;
    }
    if (found?.role === 'notifier' && method === 'SUBSCRIBE') {
      onRefresh(this, found, request, origin.transaction, nowMs);
      return true;
    }
    return method === 'SUBSCRIBE' && this.#refusesEvent(request, origin, nowMs);
  }

  /** A request outside of dialogs. */
  #onOuter(request: SipRequest, origin: Origin, nowMs: number): void {
    const { transaction, flow } = origin;
    if (request.method === 'INVITE') {
      this.#onInvite(request, origin, nowMs);
      return;
    }
    if (INNER.has(request.method)) {
      this.#refuse(transaction, 481, {}, nowMs);
      return;
    }
    if (request.method === 'SUBSCRIBE' && this.#refusesEvent(request, origin, nowMs)) return;
    this.#out.push({ type: 'request', transaction, request, flow });
  }

  #refusesEvent(request: SipRequest, { transaction }: Origin, nowMs: number): boolean {
    const [name] = eventKey(request.headers.get('Event') ?? '').split(';');
    if (name !== undefined && this.#packages.has(name)) {
      if (this.subscriptions.size < this.limits.subscriptionsMax) return false;
      this.#refuse(transaction, 503, {}, nowMs);
      return true;
    }
    const headers: readonly Field[] = [['Allow-Events', this.#options.allowEvents.join(', ')]];
    this.#refuse(transaction, 489, { headers }, nowMs);
    return true;
  }

  #onInvite(request: SipRequest, { transaction, flow }: Origin, nowMs: number): void {
    if (secondsOf(request.headers, 'Max-Forwards') === 0) {
      // We would go on with this call to somebody else (RFC 7332).
      this.#refuse(transaction, 483, {}, nowMs);
      return;
    }
    if (this.sessions.size >= this.limits.sessionsMax) {
      this.#refuse(transaction, 503, {}, nowMs);
      return;
    }
    if (isTooShort(request, this.timers)) {
      const headers: readonly Field[] = [['Min-SE', String(this.timers.minSeconds)]];
      this.#refuse(transaction, 422, { headers }, nowMs);
      return;
    }
    const named = nameSession(request, (key) => this.#dialogs.get(key));
    if (!named.ok) {
      this.#refuse(transaction, Number(named.error), {}, nowMs);
      return;
    }
    const session = this.#newServerSession(request, transaction, flow, nowMs);
    this.#out.push({
      type: 'incoming',
      session: session.id,
      request,
      flow,
      ...(named.value ? { named: named.value } : {}),
    });
  }

  #newServerSession(request: SipRequest, transaction: number, flow: Flow, nowMs: number): Session {
    const dialog = dialogOfServer(request, this.token());
    const { callId, localTag } = dialog;
    const session = newSession({
      id: this.nextId(),
      role: 'server',
      callId,
      localTag,
      routing: 'flow',
    });
    session.holder = { dialog, flow, routing: 'flow', session, subscriptions: undefined };
    session.incoming = {
      transaction,
      request,
      sequence: sequenceOf(request.headers)?.number ?? 0,
      isFirst: true,
      response: undefined,
      resendAfterMs: T1_MS,
      ackByMs: Number.POSITIVE_INFINITY,
    };
    const hasOffer = request.body.length > 0;
    session.exchange = hasOffer
      ? { type: 'they-offered', carrier: 'invite', transaction }
      : { type: 'they-asked', transaction };
    if (hasOffer) noteDescription(session, request.body);
    session.giveUpAtMs = nowMs + this.ringMs;
    noteAbilities(this, session, request);
    this.sessions.set(session.id, session);
    this.#invites.set(transaction, session);
    this.hold(session.holder);
    this.settle(session);
    return session;
  }

  #refuse(transaction: number, status: number, reply: Reply, nowMs: number): void {
    this.reply(undefined, transaction, status, { ...reply, once: true }, nowMs);
  }

  #contactOf(flow: Flow): string {
    return `<${this.#options.addressOf(flow).contact}>`;
  }

  #place(holder: DialogHolder, flow: Flow): void {
    if (holder.flow && holder.flow.id !== flow.id) this.#unplace(holder);
    holder.flow = flow;
    const there = this.#byFlow.get(flow.id);
    if (there) there.add(holder);
    else this.#byFlow.set(flow.id, new Set([holder]));
  }

  #unplace(holder: DialogHolder): void {
    if (!holder.flow) return;
    const there = this.#byFlow.get(holder.flow.id);
    there?.delete(holder);
    if (there?.size === 0) this.#byFlow.delete(holder.flow.id);
  }
}

function names(fields: readonly Field[], wanted: string): boolean {
  return fields.some(
    ([name]) => name.toLowerCase() === wanted || (wanted === 'contact' && name === 'm'),
  );
}
