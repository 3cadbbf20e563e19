/**
 * Requests of the peer within a session, and the user's answers to the offers in them.
 * Source: [rfc] RFC 3261 §12.2.2, §14.2, §15.1.2; RFC 3311 §5.2; RFC 3262.
 */
import { unreachable } from '@conclave/base';
import type { SipRequest } from '../wire/message.ts';
import { sequenceOf } from './message-parts.ts';
import { answerFinal, answerProvisional } from './session-client.ts';
import {
  ANSWER_WITHIN_MS,
  abandon,
  fieldsOf,
  finish,
  fraction,
  hasBody,
  noteAbilities,
  offer,
  restartTimer,
} from './session-common.ts';
import type { Content, Reply } from './session-events.ts';
import { flush } from './session-modify.ts';
import { accept, confirm, onPrack, sendSuccess } from './session-server.ts';
import { NEVER, type Session, type SessionHost, STABLE } from './session-state.ts';
import { acceptFields, isTooShort, timerOfRequest } from './session-timer.ts';
import { T1_MS } from './transaction.ts';

/** A request whose CSeq is in order. `transaction` waits for its answer. */
export function onSessionRequest(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): void {
  if (session.phase === 'ending' && request.method !== 'BYE') {
    host.reply(session.holder, transaction, 481, {}, nowMs);
    return;
  }
  switch (request.method) {
    case 'INVITE':
      onReinvite(host, session, request, transaction, nowMs);
      return;
    case 'UPDATE':
      onUpdate(host, session, request, transaction, nowMs);
      return;
    case 'PRACK':
      if (onPrack(host, session, request, transaction, nowMs)) return;
      host.reply(session.holder, transaction, 481, {}, nowMs);
      return;
    case 'BYE':
      onBye(host, session, request, transaction, nowMs);
      return;
    default:
      host.tell(session, { type: 'request', request, transaction });
  }
}

/** The user's answer to the offer that waits, or the offer that the peer wants. */
export function answerOffer(
  host: SessionHost,
  session: Session,
  content: Content,
  nowMs: number,
): boolean {
  const { exchange, incoming } = session;
  if (!hasBody(content.body)) return false;
  if (exchange.type === 'they-asked') {
    if (!incoming || incoming.isFirst) return false;
    sendSuccess(host, session, incoming, content, nowMs);
    return true;
  }
  if (exchange.type !== 'they-offered') return false;
  switch (exchange.carrier) {
    case '2xx':
      answerFinal(host, session, content, nowMs);
      return true;
    case 'provisional':
      answerProvisional(host, session, content, nowMs);
      return true;
    case 'invite':
      if (!incoming || incoming.isFirst) return false;
      sendSuccess(host, session, incoming, content, nowMs);
      return true;
    case 'update':
    case 'prack':
      answerRequest(host, session, exchange.transaction, content, nowMs);
      return true;
    default:
      return unreachable(exchange.carrier);
  }
}

/** The user wants nothing of the offer that waits. */
export function refuseOffer(
  host: SessionHost,
  session: Session,
  status: number,
  reply: Reply,
  nowMs: number,
): boolean {
  const { exchange, holder, incoming } = session;
  if (exchange.type !== 'they-offered' && exchange.type !== 'they-asked') return false;
  if (exchange.transaction > 0) {
    const isInvite = exchange.transaction === incoming?.transaction;
    if (isInvite && incoming.isFirst) return false;
    const headers = fieldsOf(reply);
    host.reply(holder, exchange.transaction, status, { ...reply, headers }, nowMs);
    session.exchange = STABLE;
    session.giveUpAtMs = session.phase === 'confirmed' ? NEVER : session.giveUpAtMs;
    if (isInvite) session.incoming = undefined;
    flush(host, session, nowMs);
    return true;
  }
  // What came in a response cannot be refused: only left.
  if (exchange.type !== 'they-offered' || exchange.carrier !== '2xx') return false;
  abandon(host, session, 'bye-sent', undefined, nowMs);
  return true;
}

/** The user has let an offer wait for too long. */
export function onUnanswered(host: SessionHost, session: Session, nowMs: number): void {
  const { exchange } = session;
  session.giveUpAtMs = NEVER;
  if (exchange.type === 'they-offered' && exchange.carrier === '2xx') {
    abandon(host, session, 'unanswered', undefined, nowMs);
  } else if (refuseOffer(host, session, 504, {}, nowMs)) {
    host.tell(session, { type: 'withdrawn' });
  }
}

function onReinvite(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): void {
  const { holder, incoming } = session;
  if (incoming && !incoming.response) {
    refuseLater(host, session, transaction, nowMs);
    return;
  }
  if (session.invite || session.exchange.type !== 'stable') {
    host.reply(holder, transaction, 491, {}, nowMs);
    return;
  }
  if (refusesTimer(host, session, request, transaction, nowMs)) return;
  if (incoming) confirm(session);
  noteAbilities(host, session, request);
  const sequence = sequenceOf(request.headers)?.number ?? 0;
  session.incoming = {
    transaction,
    request,
    sequence,
    isFirst: false,
    response: undefined,
    resendAfterMs: T1_MS,
    ackByMs: NEVER,
  };
  if (request.body.length > 0) {
    offer(host, session, request, { type: 'they-offered', carrier: 'invite', transaction }, nowMs);
    return;
  }
  session.exchange = { type: 'they-asked', transaction };
  session.giveUpAtMs = nowMs + ANSWER_WITHIN_MS;
  host.tell(session, { type: 'offer-wanted', request });
}

function onUpdate(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): void {
  const { exchange, holder } = session;
  const hasOffer = request.body.length > 0;
  if (hasOffer && exchange.type === 'we-offered') {
    host.reply(holder, transaction, 491, {}, nowMs);
    return;
  }
  if (hasOffer && exchange.type !== 'stable') {
    refuseLater(host, session, transaction, nowMs);
    return;
  }
  if (refusesTimer(host, session, request, transaction, nowMs)) return;
  noteAbilities(host, session, request);
  if (hasOffer) {
    offer(host, session, request, { type: 'they-offered', carrier: 'update', transaction }, nowMs);
    return;
  }
  agree(host, session, request, transaction, {}, nowMs);
  host.tell(session, { type: 'refreshed', request });
}

/** 200 to an UPDATE or a PRACK with an offer. */
function answerRequest(
  host: SessionHost,
  session: Session,
  transaction: number,
  content: Content,
  nowMs: number,
): void {
  const request = host.layer.requestOf(transaction);
  session.exchange = STABLE;
  if (session.phase === 'confirmed') session.giveUpAtMs = NEVER;
  if (request?.method === 'UPDATE') agree(host, session, request, transaction, content, nowMs);
  else {
    host.reply(session.holder, transaction, 200, { ...content, headers: fieldsOf(content) }, nowMs);
  }
  const { reliable } = session;
  if (reliable?.accept && !reliable.current) accept(host, session, reliable.accept, nowMs);
  flush(host, session, nowMs);
}

function agree(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  content: Content,
  nowMs: number,
): void {
  const timer = session.phase === 'confirmed' ? timerOfRequest(request, host.timers) : undefined;
  const headers = [
    ...host.abilities.response,
    ...acceptFields(request, timer),
    ...fieldsOf(content),
  ];
  host.reply(session.holder, transaction, 200, { ...content, headers }, nowMs);
  if (session.phase === 'confirmed') restartTimer(session, timer, nowMs);
}

function onBye(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): void {
  host.reply(session.holder, transaction, 200, {}, nowMs);
  // Their BYE and ours have met.
  const reason = session.phase === 'ending' ? 'bye-sent' : 'bye';
  finish(host, session, { type: 'ended', reason, message: request }, nowMs);
}

/** Another one is not answered yet. */
function refuseLater(
  host: SessionHost,
  session: Session,
  transaction: number,
  nowMs: number,
): void {
  const seconds = Math.floor(fraction(host.token()) * 11);
  const headers = [['Retry-After', String(seconds)]] as const;
  host.reply(session.holder, transaction, 500, { headers }, nowMs);
}

function refusesTimer(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): boolean {
  if (!isTooShort(request, host.timers)) return false;
  const headers = [['Min-SE', String(host.timers.minSeconds)]] as const;
  host.reply(session.holder, transaction, 422, { headers }, nowMs);
  return true;
}
