/**
 * Changes to a session that we begin: re-INVITE and UPDATE, one at a time, again after a collision;
 * refreshing it in time; ending it.
 * Source: [rfc] RFC 3261 §14.1, §15; RFC 3311; RFC 4028 §10.
 */
import type { SipResponse } from '../wire/message.ts';
import { refreshTarget } from './dialog.ts';
import type { Field } from './hop-request.ts';
import { lists, secondsOf } from './message-parts.ts';
import {
  abandon,
  acknowledge,
  answered,
  closeExchanges,
  fieldsOf,
  finish,
  fraction,
  hasBody,
  noteAbilities,
  offer,
  restartTimer,
  sendIn,
} from './session-common.ts';
import type { Content } from './session-events.ts';
import {
  type ClientInvite,
  NEVER,
  type Session,
  type SessionHost,
  STABLE,
  type Update,
  type Waiting,
} from './session-state.ts';
import { timerFields, timerOfResponse } from './session-timer.ts';
import { LIFETIME_MS } from './transaction.ts';

/** Collisions in a row after which a change is given up. */
const TRIES_MAX = 10;

/** A peer that asks to wait longer than this with Retry-After is not asked again. */
const RETRY_AFTER_MAX_SECONDS = 10;

export function isAllowed(session: Session, method: string): boolean {
  return session.peerAllow.includes(method);
}

export function wait(session: Session): Waiting {
  session.waiting ??= { reinvite: undefined, update: undefined, notBeforeMs: 0, tries: 0 };
  return session.waiting;
}

/** Sends what waits, if its turn has come. */
export function flush(host: SessionHost, session: Session, nowMs: number): void {
  const { waiting, holder } = session;
  if (!waiting || !holder || nowMs < waiting.notBeforeMs) return;
  if (session.phase !== 'confirmed' && session.phase !== 'early') return;
  waiting.notBeforeMs = 0;
  const { reinvite, update } = waiting;
  if (update && mayUpdate(session, hasBody(update.body))) {
    waiting.update = undefined;
    sendUpdate(host, session, update, nowMs);
  }
  if (reinvite && mayInvite(session)) {
    waiting.reinvite = undefined;
    sendReinvite(host, session, reinvite, nowMs);
  }
  if (!waiting.update && !waiting.reinvite && waiting.tries === 0) session.waiting = undefined;
}

/** Half of the session's time is over. */
export function refresh(host: SessionHost, session: Session, nowMs: number): void {
  session.refreshAtMs = NEVER;
  const waiting = wait(session);
  if (isAllowed(session, 'UPDATE')) waiting.update ??= {};
  else waiting.reinvite ??= {};
  flush(host, session, nowMs);
}

export function sendBye(
  host: SessionHost,
  session: Session,
  content: Content,
  nowMs: number,
): void {
  const { holder } = session;
  if (!holder) return;
  session.phase = 'ending';
  closeExchanges(host, session, nowMs);
  stopTimers(session);
  const bye = {
    method: 'BYE',
    fields: fieldsOf(content),
    ...(content.body ? { body: content.body } : {}),
  };
  sendIn(
    host,
    holder,
    bye,
    (status, response, now) => {
      if (status < 200) return;
      const message = response ? { message: response } : {};
      finish(host, session, { type: 'ended', reason: 'bye-sent', ...message }, now);
    },
    nowMs,
  );
}

export function stopTimers(session: Session): void {
  session.resendAtMs = NEVER;
  session.giveUpAtMs = NEVER;
  session.remindAtMs = NEVER;
  session.refreshAtMs = NEVER;
  session.expiresAtMs = NEVER;
}

/** Nothing else of an INVITE or an offer is on its way, either way. */
function mayInvite(session: Session): boolean {
  return session.phase === 'confirmed' && isIdle(session) && session.exchange.type === 'stable';
}

function mayUpdate(session: Session, hasOffer: boolean): boolean {
  if (session.updating) return false;
  if (session.phase === 'early') return session.role === 'server' && !hasOffer;
  return isIdle(session) && (!hasOffer || session.exchange.type === 'stable');
}

function isIdle(session: Session): boolean {
  return !session.invite && !session.incoming && !session.updating;
}

function sendReinvite(host: SessionHost, session: Session, content: Content, nowMs: number): void {
  const { holder } = session;
  if (!holder) return;
  const hasOffer = hasBody(content.body);
  const timers = timerFields(host.timers, session.timer, session.minSeconds);
  const sent = sendIn(
    host,
    holder,
    messageOf('INVITE', host, timers, content),
    (status, response, now) => {
      onReinviteResponse(host, session, own, { status, response }, now);
      if (session.phase !== 'ended') host.settle(session);
    },
    nowMs,
  );
  const own: ClientInvite = {
    ...sent,
    sequence: holder.dialog.localSequence,
    isFirst: false,
    hasOffer,
    asked: session.timer?.seconds ?? host.timers.seconds,
    content,
    isAnswered: false,
    refused: 0,
  };
  session.invite = own;
  session.giveUpAtMs = nowMs + 2 * LIFETIME_MS;
  if (hasOffer) session.exchange = { type: 'we-offered' };
}

function messageOf(
  method: string,
  host: SessionHost,
  timers: readonly Field[],
  content: Content,
): { readonly method: string; readonly fields: readonly Field[]; readonly body?: Uint8Array } {
  const fields = [...host.abilities.request, ...timers, ...fieldsOf(content)];
  return { method, fields, ...(content.body ? { body: content.body } : {}) };
}

interface Outcome {
  readonly status: number;
  readonly response: SipResponse | undefined;
}

function onReinviteResponse(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  { status, response }: Outcome,
  nowMs: number,
): void {
  const { holder } = session;
  if (!holder) return;
  if (status < 200) {
    if (response) acknowledgeProvisional(host, session, invite, response, nowMs);
    return;
  }
  if (session.invite !== invite) {
    // We left in the meantime; a 2xx wants its ACK all the same.
    if (response && status < 300 && !invite.isAnswered)
      acknowledge(host, holder, invite, {}, nowMs);
    return;
  }
  if (!response || status >= 300) {
    session.invite = undefined;
    session.giveUpAtMs = NEVER;
    if (invite.hasOffer) session.exchange = STABLE;
    onRefused(host, session, { method: 'INVITE', ...invite, status, response }, nowMs);
    return;
  }
  if (invite.isAnswered) return;
  session.giveUpAtMs = NEVER;
  onChanged(host, session, invite.asked, response, nowMs);
  host.tell(session, { type: 'modified', method: 'INVITE', response });
  if (!invite.hasOffer && response.body.length > 0) {
    invite.isAnswered = true;
    const exchange = { type: 'they-offered', carrier: '2xx', transaction: 0 } as const;
    offer(host, session, response, exchange, nowMs);
    return;
  }
  session.invite = undefined;
  acknowledge(host, holder, invite, {}, nowMs);
  if (invite.hasOffer) answered(host, session, response);
  flush(host, session, nowMs);
}

/** A provisional response to a re-INVITE is of no interest, but may have to be acknowledged. */
function acknowledgeProvisional(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  { headers }: SipResponse,
  nowMs: number,
): void {
  const number = secondsOf(headers, 'RSeq');
  if (!session.holder || number === undefined || !lists(headers, 'Require', '100rel')) return;
  const rack: Field = ['RAck', `${number} ${invite.sequence} INVITE`];
  sendIn(host, session.holder, { method: 'PRACK', fields: [rack] }, () => {}, nowMs);
}

function sendUpdate(host: SessionHost, session: Session, content: Content, nowMs: number): void {
  const { holder } = session;
  if (!holder) return;
  const hasOffer = hasBody(content.body);
  const isEarly = session.phase === 'early';
  const timers = isEarly ? [] : timerFields(host.timers, session.timer, session.minSeconds);
  const asked = isEarly ? 0 : (session.timer?.seconds ?? host.timers.seconds);
  const update: Update = { content, hasOffer, asked };
  session.updating = update;
  if (hasOffer) session.exchange = { type: 'we-offered' };
  sendIn(
    host,
    holder,
    messageOf('UPDATE', host, timers, content),
    (status, response, now) => {
      if (status < 200 || session.updating !== update) return;
      onUpdateResponse(host, session, update, { status, response }, now);
      if (session.phase !== 'ended') host.settle(session);
    },
    nowMs,
  );
}

function onUpdateResponse(
  host: SessionHost,
  session: Session,
  update: Update,
  { status, response }: Outcome,
  nowMs: number,
): void {
  session.updating = undefined;
  if (session.phase === 'ending' || session.phase === 'ended') return;
  if (!response || status >= 300) {
    if (update.hasOffer) session.exchange = STABLE;
    onRefused(host, session, { method: 'UPDATE', ...update, status, response }, nowMs);
    return;
  }
  if (session.phase === 'confirmed') onChanged(host, session, update.asked, response, nowMs);
  host.tell(session, { type: 'modified', method: 'UPDATE', response });
  if (update.hasOffer) answered(host, session, response);
  flush(host, session, nowMs);
}

/** A 2xx to a change. */
function onChanged(
  host: SessionHost,
  session: Session,
  asked: number,
  response: SipResponse,
  nowMs: number,
): void {
  if (session.holder) session.holder.dialog = refreshTarget(session.holder.dialog, response);
  if (session.waiting) session.waiting.tries = 0;
  noteAbilities(host, session, response);
  restartTimer(session, timerOfResponse(response, asked), nowMs);
}

interface Refused extends Outcome {
  readonly method: 'INVITE' | 'UPDATE';
  readonly content: Content;
}

function onRefused(host: SessionHost, session: Session, refused: Refused, nowMs: number): void {
  const { method, content, status, response } = refused;
  if (status === 481 || status === 408) {
    abandon(host, session, 'gone', response, nowMs);
    return;
  }
  const delayMs = retryDelayMs(host, session, status, response);
  const waiting = wait(session);
  if (delayMs !== undefined && waiting.tries < TRIES_MAX) {
    waiting.tries += 1;
    waiting.notBeforeMs = nowMs + delayMs;
    if (method === 'INVITE') waiting.reinvite ??= content;
    else waiting.update ??= content;
    flush(host, session, nowMs);
    return;
  }
  waiting.tries = 0;
  host.tell(session, { type: 'modify-failed', method, status, ...(response ? { response } : {}) });
  flush(host, session, nowMs);
}

/** Undefined: no use to ask again. */
function retryDelayMs(
  host: SessionHost,
  session: Session,
  status: number,
  response: SipResponse | undefined,
): number | undefined {
  // [rfc] RFC 3261 §14.1: who chose the Call-ID waits longer, in steps of 10 ms.
  const chance = fraction(host.token());
  if (status === 491) {
    return session.role === 'client'
      ? 2100 + 10 * Math.floor(chance * 191)
      : 10 * Math.floor(chance * 201);
  }
  if (!response) return undefined;
  if (status === 422) {
    const minSeconds = secondsOf(response.headers, 'Min-SE') ?? 0;
    if (minSeconds <= session.minSeconds) return undefined;
    session.minSeconds = minSeconds;
    if (session.timer)
      session.timer = { ...session.timer, seconds: Math.max(session.timer.seconds, minSeconds) };
    return 0;
  }
  const seconds = secondsOf(response.headers, 'Retry-After');
  if ((status !== 500 && status !== 503) || seconds === undefined) return undefined;
  return seconds <= RETRY_AFTER_MAX_SECONDS ? 1000 * seconds : undefined;
}
