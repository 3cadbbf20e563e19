/**
 * SIP without sockets, clock or chance: transactions, sessions and subscriptions as one object.
 *
 * The shell gives it messages with the flow they came on, and the time; it takes what is to be sent and
 * to be known. A back-to-back user agent: it forwards nothing.
 */
import { isSoundResponse } from '../wire/check-request.ts';
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipMessage, type SipRequest } from '../wire/message.ts';
import type { RefusedRequest } from '../wire/parse-message.ts';
import { MAX_FORWARDS } from './dialog.ts';
import type { Flow } from './flow.ts';
import type { Field } from './hop-request.ts';
import { cancelInvite, sendFirstInvite } from './session-client.ts';
import { onSessionClock } from './session-clock.ts';
import { fieldsOf, finish, sendIn } from './session-common.ts';
import type { Content, Reply } from './session-events.ts';
import { flush, isAllowed, sendBye, wait } from './session-modify.ts';
import { newSession } from './session-record.ts';
import { answerOffer, refuseOffer } from './session-requests.ts';
import { accept, reject, ring } from './session-server.ts';
import type { Session } from './session-state.ts';
import {
  acceptSubscription,
  end,
  expire,
  notify,
  onSubscribed,
  referred,
  resubscribe,
  subscribed,
} from './subscription.ts';
import { Switchboard } from './switchboard.ts';
import type {
  Destination,
  Notification,
  OutgoingInvite,
  OutgoingRequest,
  Routing,
  SessionView,
  UserAgentCommands,
  UserAgentOptions,
  UserAgentOutput,
} from './user-agent-types.ts';

export class UserAgent implements UserAgentCommands {
  readonly #board: Switchboard;

  constructor(options: UserAgentOptions) {
    this.#board = new Switchboard(options);
  }

  get deadlineMs(): number {
    const { layer, sessionTimers, subscriptionTimers } = this.#board;
    return Math.min(layer.deadlineMs, sessionTimers.deadlineMs, subscriptionTimers.deadlineMs);
  }

  /** Nothing is remembered of anybody: no transaction, no dialog. */
  get isEmpty(): boolean {
    return this.#board.isEmpty;
  }

  /** For metrics. */
  get counts(): { readonly sessions: number; readonly transactions: number } {
    return { sessions: this.#board.sessions.size, transactions: this.#board.layer.size };
  }

  take(): readonly UserAgentOutput[] {
    return this.#board.take();
  }

  receive(message: SipMessage, flow: Flow, nowMs: number): void {
    if (message.type === 'response' && !isSoundResponse(message)) return;
    this.#board.layer.receive(message, flow, nowMs);
  }

  refuse(refused: RefusedRequest, flow: Flow): void {
    this.#board.layer.refuse(refused, flow);
  }

  clock(nowMs: number): void {
    const { layer, sessionTimers, subscriptionTimers } = this.#board;
    layer.clock(nowMs);
    for (let each = sessionTimers.due(nowMs); each; each = sessionTimers.due(nowMs)) {
      onSessionClock(this.#board, each, nowMs);
      if (each.phase !== 'ended') this.#board.settle(each);
    }
    for (let each = subscriptionTimers.due(nowMs); each; each = subscriptionTimers.due(nowMs)) {
      expire(this.#board, each, nowMs);
    }
  }

  connected(id: number, flow: Flow, nowMs: number): void {
    this.#board.layer.connected(id, flow, nowMs);
  }

  unreachable(id: number, nowMs: number): void {
    this.#board.layer.unreachable(id, nowMs);
  }

  flowClosed(flowId: string, nowMs: number): void {
    for (const holder of this.#board.holdersOn(flowId)) {
      if (holder.routing === 'dialog') {
        this.#board.loseFlow(holder);
        continue;
      }
      for (const each of [...(holder.subscriptions?.values() ?? [])]) {
        end(this.#board, each, { type: 'ended', reason: 'flow-closed' });
      }
      if (holder.session) {
        finish(this.#board, holder.session, { type: 'ended', reason: 'flow-closed' }, nowMs);
      }
    }
    this.#board.layer.flowClosed(flowId, nowMs);
  }

  invite(invite: OutgoingInvite, destination: Destination, nowMs: number): number {
    const id = this.#board.nextId();
    const routing = invite.routing ?? ('flow' in destination ? 'flow' : 'dialog');
    const callId = invite.callId ?? this.#board.token();
    const localTag = this.#board.token();
    const session = newSession({ id, role: 'client', callId, localTag, routing });
    session.outgoing = { invite, destination };
    session.giveUpAtMs = nowMs + this.#board.ringMs;
    this.#board.sessions.set(id, session);
    sendFirstInvite(this.#board, session, invite.sequence ?? 1, nowMs);
    this.#board.settle(session);
    return id;
  }

  cancel(id: number, content: Content, nowMs: number): boolean {
    return this.#with(id, (session) => {
      const isRinging = session.phase === 'inviting' || session.phase === 'early';
      if (session.role !== 'client' || !isRinging || session.leaving) return false;
      cancelInvite(this.#board, session, content, nowMs);
      return true;
    });
  }

  ring(id: number, status: number, reply: Reply, nowMs: number): boolean {
    return this.#with(id, (session) => ring(this.#board, session, status, reply, nowMs));
  }

  accept(id: number, reply: Reply, nowMs: number): boolean {
    return this.#with(id, (session) => accept(this.#board, session, reply, nowMs));
  }

  reject(id: number, status: number, reply: Reply, nowMs: number): boolean {
    return this.#with(id, (session) => reject(this.#board, session, status, reply, nowMs));
  }

  reinvite(id: number, content: Content, nowMs: number): boolean {
    return this.#with(id, (session) => {
      if (session.phase !== 'confirmed' || session.leaving) return false;
      wait(session).reinvite = content;
      flush(this.#board, session, nowMs);
      return true;
    });
  }

  update(id: number, content: Content, nowMs: number): boolean {
    return this.#with(id, (session) => {
      const isOpen = session.phase === 'confirmed' || session.phase === 'early';
      if (!isOpen || session.leaving || !isAllowed(session, 'UPDATE')) return false;
      wait(session).update = content;
      flush(this.#board, session, nowMs);
      return true;
    });
  }

  answerOffer(id: number, body: Uint8Array, content: Content, nowMs: number): boolean {
    const full = { ...content, body };
    return this.#with(id, (session) => answerOffer(this.#board, session, full, nowMs));
  }

  refuseOffer(id: number, status: number, reply: Reply, nowMs: number): boolean {
    return this.#with(id, (session) => refuseOffer(this.#board, session, status, reply, nowMs));
  }

  bye(id: number, content: Content, nowMs: number): boolean {
    return this.#with(id, (session) => {
      if (session.phase !== 'confirmed' || session.leaving) return false;
      // A caller must not meet our BYE before it knows of the call (RFC 3261 §15).
      if (session.incoming?.isFirst) session.leaving = content;
      else sendBye(this.#board, session, content, nowMs);
      return true;
    });
  }

  request(id: number, method: string, content: Content, nowMs: number): number {
    const session = this.#board.sessions.get(id);
    const holder = session?.holder;
    if (!session || !holder || session.phase === 'ending') return 0;
    const { body } = content;
    const message = { method, fields: fieldsOf(content), ...(body ? { body } : {}) };
    const sent = sendIn(
      this.#board,
      holder,
      message,
      (status, response) => {
        if (status < 200) return;
        const event = { type: 'response', request: sent.transaction, status } as const;
        this.#board.tell(session, response ? { ...event, response } : event);
      },
      nowMs,
    );
    return sent.transaction;
  }

  setRouting(id: number, routing: Routing): void {
    const session = this.#board.sessions.get(id);
    if (!session) return;
    session.routing = routing;
    if (session.holder) session.holder.routing = routing;
  }

  session(id: number): SessionView | undefined {
    const session = this.#board.sessions.get(id);
    if (!session || session.phase === 'ended') return undefined;
    const { role, phase, holder, callId, localTag } = session;
    return {
      id,
      role,
      phase,
      flow: holder?.flow,
      callId,
      localTag,
      remoteTag: holder?.dialog.remoteTag ?? '',
      remoteTarget: holder?.dialog.remoteTarget ?? '',
      allow: session.peerAllow,
      supported: session.peerSupported,
      isStable: session.exchange.type === 'stable',
    };
  }

  respond(transaction: number, status: number, reply: Reply, nowMs: number): boolean {
    const request = this.#board.layer.requestOf(transaction);
    if (!request || request.method === 'INVITE') return false;
    const holder = this.#board.holderOf(request);
    const full = { ...reply, headers: fieldsOf(reply) };
    return this.#board.reply(holder, transaction, status, full, nowMs) !== undefined;
  }

  send(outgoing: OutgoingRequest, destination: Destination, nowMs: number): number {
    const request = requestOf(outgoing, this.#board.token);
    const id = this.#board.request(
      request,
      destination,
      (status, response, now) => {
        if (status < 200) return;
        this.#board.emit({
          type: 'response',
          request: id,
          status,
          ...(response ? { response } : {}),
        });
        if (made) onSubscribed(this.#board, made, request, { response, destination }, now);
      },
      nowMs,
    );
    const isAsking = outgoing.method === 'SUBSCRIBE' || outgoing.method === 'REFER';
    const made = isAsking ? subscribed(id, request) : undefined;
    if (made) this.#board.settleSubscription(made);
    return id;
  }

  acceptSubscription(
    transaction: number,
    accepted: Reply & { readonly seconds: number },
    nowMs: number,
  ): number {
    const made = acceptSubscription(this.#board, transaction, accepted, nowMs);
    if (!made) return 0;
    this.#board.settleSubscription(made);
    return made.id;
  }

  notify(id: number, notification: Notification, nowMs: number): boolean {
    const subscription = this.#board.subscriptions.get(id);
    return subscription ? notify(this.#board, subscription, notification, nowMs) : false;
  }

  notifyReferred(id: number, status: number, phrase: string, nowMs: number): boolean {
    return this.notify(id, referred(status, phrase), nowMs);
  }

  resubscribe(id: number, seconds: number, nowMs: number): boolean {
    const subscription = this.#board.subscriptions.get(id);
    return subscription ? resubscribe(this.#board, subscription, seconds, nowMs) : false;
  }

  #with(id: number, command: (session: Session) => boolean): boolean {
    const session = this.#board.sessions.get(id);
    if (!session || session.phase === 'ended') return false;
    const isTaken = command(session);
    if (isTaken) this.#board.settle(session);
    return isTaken;
  }
}

function requestOf(outgoing: OutgoingRequest, token: () => string): SipRequest {
  const { method, uri } = outgoing;
  const fields: Field[] = [['Max-Forwards', String(outgoing.maxForwards ?? MAX_FORWARDS)]];
  for (const route of outgoing.route ?? []) fields.push(['Route', route]);
  fields.push(
    ['From', `${outgoing.from};tag=${token()}`],
    ['To', outgoing.to],
    ['Call-ID', outgoing.callId ?? token()],
    ['CSeq', `${outgoing.sequence ?? 1} ${method}`],
    ...fieldsOf(outgoing),
  );
  return {
    type: 'request',
    method,
    uri,
    headers: Headers.of(fields),
    body: outgoing.body ?? NO_BODY,
  };
}
