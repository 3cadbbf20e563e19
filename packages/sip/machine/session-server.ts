/**
 * An INVITE that the peer sent: ringing, reliably if it wants, the 2xx until its ACK, rejection.
 * Source: [rfc] RFC 3261 §13.3, §14.2; RFC 3262 §3; RFC 4028 §9.
 */
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import type { Field } from './hop-request.ts';
import { lists, sequenceOf } from './message-parts.ts';
import {
  ANSWER_WITHIN_MS,
  abandon,
  answered,
  fieldsOf,
  finish,
  hasBody,
  offer,
  restartTimer,
} from './session-common.ts';
import type { Reply } from './session-events.ts';
import { flush, sendBye } from './session-modify.ts';
import {
  NEVER,
  type ReliableSender,
  type ServerInvite,
  type Session,
  type SessionHost,
  STABLE,
} from './session-state.ts';
import { acceptFields, timerOfRequest } from './session-timer.ts';
import { LIFETIME_MS, T1_MS, T2_MS } from './transaction.ts';

/** [rfc] RFC 3261 §13.3.1.1: proxies on the way end a call that is silent for three minutes. */
const REMIND_MS = 60_000;

/** Provisional responses that wait for the PRACK of an earlier one. */
const QUEUE_MAX = 8;

export function ring(
  host: SessionHost,
  session: Session,
  status: number,
  reply: Reply,
  nowMs: number,
): boolean {
  const { incoming } = session;
  if (!incoming?.isFirst || incoming.response || status <= 100 || status >= 200) return false;
  session.phase = 'early';
  session.remindAtMs = nowMs + REMIND_MS;
  if (!lists(incoming.request.headers, 'Require', '100rel')) {
    // Without reliability a first offer of ours may not go in here, an answer is only a preview.
    const isOffer = session.exchange.type === 'they-asked';
    const shown = isOffer ? { ...reply, body: NO_BODY } : reply;
    sendRinging(host, session, incoming, status, shown, [], nowMs);
    return true;
  }
  session.reliable ??= {
    nextNumber: 1 + Math.floor((2 ** 20 * (host.nextId() % 1024)) / 1024),
    current: undefined,
    queue: [],
    accept: undefined,
  };
  if (session.reliable.current) {
    if (session.reliable.queue.length >= QUEUE_MAX) return false;
    session.reliable.queue.push({ status, reply });
  } else sendReliably(host, session, incoming, { status, reply }, nowMs);
  return true;
}

export function accept(host: SessionHost, session: Session, reply: Reply, nowMs: number): boolean {
  const { incoming, reliable } = session;
  if (!incoming?.isFirst || incoming.response) return false;
  if (reliable?.current?.hasBody) {
    reliable.accept = reply;
    return true;
  }
  session.reliable = undefined;
  session.resendAtMs = NEVER;
  session.remindAtMs = NEVER;
  session.phase = 'confirmed';
  sendSuccess(host, session, incoming, reply, nowMs);
  return true;
}

export function reject(
  host: SessionHost,
  session: Session,
  status: number,
  reply: Reply,
  nowMs: number,
): boolean {
  const { incoming, holder } = session;
  if (!incoming?.isFirst || incoming.response || status < 300) return false;
  const message = host.reply(holder, incoming.transaction, status, withType(reply), nowMs);
  const said = message ? { message } : {};
  finish(host, session, { type: 'ended', reason: 'rejected', ...said }, nowMs);
  return true;
}

/** The peer's CANCEL, which is answered. */
export function onCancel(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  nowMs: number,
): void {
  const { incoming, holder } = session;
  if (!incoming || incoming.response) return;
  host.reply(holder, incoming.transaction, 487, {}, nowMs);
  if (incoming.isFirst) {
    finish(host, session, { type: 'cancelled', request }, nowMs);
    return;
  }
  session.incoming = undefined;
  session.exchange = STABLE;
  session.giveUpAtMs = NEVER;
  host.tell(session, { type: 'withdrawn' });
  flush(host, session, nowMs);
}

/** Answers a re-INVITE, or the first INVITE, with 200. */
export function sendSuccess(
  host: SessionHost,
  session: Session,
  incoming: ServerInvite,
  reply: Reply,
  nowMs: number,
): void {
  const { exchange, holder } = session;
  const wantsBody = owesDescription(session, incoming);
  const timer = timerOfRequest(incoming.request, host.timers);
  const shown = wantsBody ? reply : { ...reply, body: NO_BODY };
  const headers = [
    ...host.abilities.response,
    ...acceptFields(incoming.request, timer),
    ...fieldsOf(shown),
  ];
  const response = host.reply(holder, incoming.transaction, 200, { ...shown, headers }, nowMs);
  if (wantsBody) {
    const isOffer = exchange.type === 'they-asked' && hasBody(shown.body);
    session.exchange = isOffer ? { type: 'we-offered' } : STABLE;
  }
  restartTimer(session, timer, nowMs);
  incoming.response = response;
  incoming.resendAfterMs = T1_MS;
  incoming.ackByMs = nowMs + LIFETIME_MS;
  session.resendAtMs = nowMs + T1_MS;
  // An offer may wait that came otherwise.
  const isOwing = session.exchange.type === 'they-offered';
  session.giveUpAtMs = isOwing ? nowMs + ANSWER_WITHIN_MS : NEVER;
}

/** The ACK for our 2xx. */
export function onAck(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  nowMs: number,
): void {
  const { incoming } = session;
  if (!incoming?.response || sequenceOf(request.headers)?.number !== incoming.sequence) return;
  confirm(session);
  host.tell(session, { type: 'acked', request });
  if (session.exchange.type === 'we-offered') answered(host, session, request);
  if (session.leaving) sendBye(host, session, session.leaving, nowMs);
  else flush(host, session, nowMs);
}

/** Our 2xx has arrived: its ACK is here, or a later request of the peer that proves it as well. */
export function confirm(session: Session): void {
  session.incoming = undefined;
  session.resendAtMs = NEVER;
}

/** A 2xx or a reliable provisional response is due again. */
export function resend(host: SessionHost, session: Session, nowMs: number): void {
  const { incoming, reliable } = session;
  if (!incoming) {
    session.resendAtMs = NEVER;
    return;
  }
  const current = incoming.response ? incoming : reliable?.current;
  if (!current?.response) {
    session.resendAtMs = NEVER;
    return;
  }
  if (reliable?.current && !incoming.response && nowMs >= reliable.current.giveUpAtMs) {
    reject(host, session, 504, {}, nowMs);
    return;
  }
  host.layer.respond(incoming.transaction, current.response, nowMs);
  const limit = incoming.response ? T2_MS : NEVER;
  current.resendAfterMs = Math.min(2 * current.resendAfterMs, limit);
  session.resendAtMs = nowMs + current.resendAfterMs;
}

export function remind(host: SessionHost, session: Session, nowMs: number): void {
  const { incoming } = session;
  session.remindAtMs = NEVER;
  if (!incoming?.isFirst || incoming.response) return;
  session.remindAtMs = nowMs + REMIND_MS;
  host.layer.repeat(incoming.transaction);
}

/** The acknowledgement of a reliable provisional response. False if there is no such. */
export function onPrack(
  host: SessionHost,
  session: Session,
  request: SipRequest,
  transaction: number,
  nowMs: number,
): boolean {
  const { incoming, reliable } = session;
  const current = reliable?.current;
  const [number, sequence, method] = (request.headers.get('RAck') ?? '').trim().split(/\s+/);
  if (!incoming || !current || Number(number) !== current.number) return false;
  if (Number(sequence) !== incoming.sequence || method !== 'INVITE') return false;
  reliable.current = undefined;
  session.resendAtMs = NEVER;
  const isOffer = request.body.length > 0 && session.exchange.type === 'stable';
  if (!isOffer) {
    host.reply(session.holder, transaction, 200, {}, nowMs);
    if (session.exchange.type === 'we-offered') answered(host, session, request);
  } else {
    offer(host, session, request, { type: 'they-offered', carrier: 'prack', transaction }, nowMs);
  }
  sendNextReliably(host, session, incoming, reliable, nowMs);
  return true;
}

function sendNextReliably(
  host: SessionHost,
  session: Session,
  incoming: ServerInvite,
  reliable: ReliableSender,
  nowMs: number,
): void {
  const next = reliable.queue.shift();
  if (next) sendReliably(host, session, incoming, next, nowMs);
  else if (reliable.accept && session.exchange.type !== 'they-offered') {
    accept(host, session, reliable.accept, nowMs);
  }
}

function sendReliably(
  host: SessionHost,
  session: Session,
  incoming: ServerInvite,
  { status, reply }: { readonly status: number; readonly reply: Reply },
  nowMs: number,
): void {
  const { reliable, exchange } = session;
  if (!reliable) return;
  const number = reliable.nextNumber++;
  // Once both are described, a provisional response may describe nothing anew (RFC 6337 §2.2).
  const shown = owesDescription(session, incoming) ? reply : { ...reply, body: NO_BODY };
  const hasDescription = hasBody(shown.body);
  const fields: readonly Field[] = [
    ['Require', '100rel'],
    ['RSeq', String(number)],
  ];
  const response = sendRinging(host, session, incoming, status, shown, fields, nowMs);
  if (!response) return;
  if (hasDescription && exchange.type === 'they-asked') session.exchange = { type: 'we-offered' };
  else if (hasDescription && exchange.type === 'they-offered') session.exchange = STABLE;
  const giveUpAtMs = nowMs + LIFETIME_MS;
  reliable.current = {
    response,
    number,
    hasBody: hasDescription,
    resendAfterMs: T1_MS,
    giveUpAtMs,
  };
  session.resendAtMs = nowMs + T1_MS;
}

function sendRinging(
  host: SessionHost,
  session: Session,
  incoming: ServerInvite,
  status: number,
  reply: Reply,
  fields: readonly Field[],
  nowMs: number,
): SipResponse | undefined {
  const headers = [...host.abilities.response, ...fields, ...fieldsOf(reply)];
  return host.reply(session.holder, incoming.transaction, status, { ...reply, headers }, nowMs);
}

/** An UPDATE or a PRACK may have an offer of its own, which no response to the INVITE answers. */
function owesDescription({ exchange }: Session, { transaction }: ServerInvite): boolean {
  const isOwed = exchange.type === 'they-offered' || exchange.type === 'they-asked';
  return isOwed && exchange.transaction === transaction;
}

function withType(reply: Reply): Reply {
  return { ...reply, headers: fieldsOf(reply) };
}

/** Nobody acknowledged our 2xx. */
export function onNoAck(host: SessionHost, session: Session, nowMs: number): void {
  session.incoming = undefined;
  abandon(host, session, 'no-ack', undefined, nowMs);
}
