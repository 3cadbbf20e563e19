/**
 * Our first INVITE: ringing, forks, reliable provisional responses, the answer, giving up.
 * Source: [rfc] RFC 3261 §9.1, §13.2; RFC 3262 §4; RFC 4028 §7.
 */
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import { confirmClient, dialogOfClient, MAX_FORWARDS } from './dialog.ts';
import type { Field } from './hop-request.ts';
import { lists, secondsOf, tagOf } from './message-parts.ts';
import {
  ANSWER_WITHIN_MS,
  acknowledge,
  dropHolder,
  fieldsOf,
  finish,
  hasBody,
  noteAbilities,
  noteDescription,
  offer,
  restartTimer,
  sendIn,
} from './session-common.ts';
import type { Content } from './session-events.ts';
import { flush } from './session-modify.ts';
import {
  type ClientInvite,
  type Fork,
  NEVER,
  type Session,
  type SessionHost,
  STABLE,
} from './session-state.ts';
import { MIN_SECONDS, timerFields, timerOfResponse } from './session-timer.ts';
import { LIFETIME_MS } from './transaction.ts';

/** Forks of one INVITE that are followed while it rings, and that are told to hang up after that. */
const FORKS_MAX = 16;

/** Sends `session.outgoing`. */
export function sendFirstInvite(
  host: SessionHost,
  session: Session,
  sequence: number,
  nowMs: number,
): void {
  if (!session.outgoing) return;
  const { invite, destination } = session.outgoing;
  const timers = timerFields(host.timers, undefined, session.minSeconds);
  const fields: Field[] = [['Max-Forwards', String(invite.maxForwards ?? MAX_FORWARDS)]];
  for (const route of invite.route ?? []) fields.push(['Route', route]);
  fields.push(
    ['From', `${invite.from};tag=${session.localTag}`],
    ['To', invite.to],
    ['Call-ID', session.callId],
    ['CSeq', `${sequence} INVITE`],
    ...host.abilities.request,
    ...timers,
    ...fieldsOf(invite),
  );
  const request: SipRequest = {
    type: 'request',
    method: 'INVITE',
    uri: invite.uri,
    headers: Headers.of(fields),
    body: invite.body ?? NO_BODY,
  };
  const hasOffer = hasBody(invite.body);
  session.exchange = hasOffer ? { type: 'we-offered' } : STABLE;
  const transaction = host.request(
    request,
    destination,
    (status, response, now) => {
      if (session.invite?.transaction === transaction || status < 300) {
        onResponse(host, session, own, { status, response }, now);
      }
    },
    nowMs,
  );
  const asked = Number(timers[0]?.[1].split(';')[0] ?? 0);
  const own: ClientInvite = {
    transaction,
    request,
    sequence,
    isFirst: true,
    hasOffer,
    asked,
    content: invite,
    isAnswered: false,
    refused: 0,
  };
  session.invite = own;
}

/** The user gives up. */
export function cancelInvite(
  host: SessionHost,
  session: Session,
  content: Content,
  nowMs: number,
): void {
  session.leaving = content;
  // Who never answers at all is given up too.
  session.giveUpAtMs = nowMs + LIFETIME_MS;
  if (session.phase === 'early') sendCancel(host, session, nowMs);
}

/** The user's answer to an offer in a reliable provisional response. */
export function answerProvisional(
  host: SessionHost,
  session: Session,
  content: Content,
  nowMs: number,
): void {
  const { exchange } = session;
  if (exchange.type !== 'they-offered' || !exchange.prack) return;
  session.exchange = STABLE;
  sendPrack(host, exchange.prack.holder, exchange.prack.rack, content, nowMs);
}

/** Answers the offer of a 2xx. */
export function answerFinal(
  host: SessionHost,
  session: Session,
  content: Content,
  nowMs: number,
): void {
  const { holder, invite } = session;
  if (!holder || !invite) return;
  session.exchange = STABLE;
  session.invite = undefined;
  session.giveUpAtMs = NEVER;
  acknowledge(host, holder, invite, content, nowMs);
  flush(host, session, nowMs);
}

interface Outcome {
  readonly status: number;
  readonly response: SipResponse | undefined;
}

function onResponse(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  { status, response }: Outcome,
  nowMs: number,
): void {
  if (!response || status >= 300) onFailure(host, session, invite, { status, response }, nowMs);
  else if (status < 200) onProvisional(host, session, invite, response, nowMs);
  else onSuccess(host, session, invite, response, nowMs);
  if (session.phase !== 'ended') host.settle(session);
}

function onProvisional(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  response: SipResponse,
  nowMs: number,
): void {
  if (session.phase === 'inviting') {
    session.phase = 'early';
    if (session.leaving) sendCancel(host, session, nowMs);
  }
  if (session.phase !== 'early' || response.status === 100) return;
  const fork = forkOf(host, session, invite, response);
  if (!fork) return;
  noteAbilities(host, session, response);
  const body = response.body.length > 0;
  const rack = fork.holder.dialog.remoteTag === '' ? undefined : reliably(fork, invite, response);
  if (rack === 'repeated') return;
  const isOffer = body && rack !== undefined && !invite.hasOffer && session.exchange === STABLE;
  if (rack !== undefined && !isOffer) sendPrack(host, fork.holder, rack, {}, nowMs);
  if (session.leaving) return;
  if (isOffer) {
    const prack = { holder: fork.holder, rack };
    const exchange = {
      type: 'they-offered',
      carrier: 'provisional',
      transaction: 0,
      prack,
    } as const;
    offer(host, session, response, exchange, nowMs);
    return;
  }
  if (!body) {
    host.tell(session, { type: 'ringing', response });
    return;
  }
  const isAnswer = rack !== undefined && session.exchange.type === 'we-offered';
  if (isAnswer) {
    session.exchange = STABLE;
    noteDescription(session, response.body);
  }
  host.tell(session, { type: 'progress', response, body: response.body, isAnswer });
}

/** The RAck of a reliable response that is next; undefined if it is an unreliable one. */
function reliably(fork: Fork, invite: ClientInvite, response: SipResponse): string | undefined {
  if (!lists(response.headers, 'Require', '100rel')) return undefined;
  const number = secondsOf(response.headers, 'RSeq');
  if (number === undefined) return undefined;
  // A gap is closed by the peer's repetition of what is missing.
  if (fork.sequence !== 0 && number !== fork.sequence + 1) return 'repeated';
  fork.sequence = number;
  return `${number} ${invite.sequence} INVITE`;
}

function sendPrack(
  host: SessionHost,
  holder: Fork['holder'],
  rack: string,
  content: Content,
  nowMs: number,
): void {
  const fields: Field[] = [['RAck', rack], ...fieldsOf(content)];
  const body = content.body ?? NO_BODY;
  sendIn(host, holder, { method: 'PRACK', fields, body }, () => {}, nowMs);
}

/** The early dialog that a response belongs to; undefined: without a tag, or too many. */
function forkOf(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  response: SipResponse,
): Fork | undefined {
  const tag = tagOf(response.headers, 'To');
  if (tag === '') {
    // Ringing all the same, only no dialog.
    return { holder: newHolder(session, invite, response), sequence: 0 };
  }
  session.forks ??= new Map();
  const known = session.forks.get(tag);
  if (known || session.forks.size >= FORKS_MAX) return known;
  const fork = { holder: newHolder(session, invite, response), sequence: 0 };
  session.forks.set(tag, fork);
  session.holder ??= fork.holder;
  host.hold(fork.holder);
  return fork;
}

function newHolder(session: Session, invite: ClientInvite, response: SipResponse): Fork['holder'] {
  const destination = session.outgoing?.destination;
  return {
    dialog: dialogOfClient(invite.request, response),
    flow: destination && 'flow' in destination ? destination.flow : undefined,
    routing: session.routing,
    session,
    subscriptions: undefined,
  };
}

function onSuccess(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  response: SipResponse,
  nowMs: number,
): void {
  const tag = tagOf(response.headers, 'To');
  if (session.phase !== 'inviting' && session.phase !== 'early') {
    // The first 2xx again, that waits for the user's answer; else it came too late, or another phone
    // took the call too.
    if (session.phase === 'ended' || session.holder?.dialog.remoteTag !== tag)
      refuseFork(host, session, invite, response, nowMs);
    return;
  }
  const holder = session.forks?.get(tag)?.holder ?? newHolder(session, invite, response);
  holder.dialog = confirmClient(holder.dialog, invite.request, response);
  if (session.leaving) {
    acknowledge(host, holder, invite, {}, nowMs);
    sendIn(host, holder, { method: 'BYE', fields: fieldsOf(session.leaving) }, () => {}, nowMs);
    finish(host, session, { type: 'ended', reason: 'cancel-sent', message: response }, nowMs);
    return;
  }
  keepOnly(host, session, holder);
  session.phase = 'confirmed';
  session.giveUpAtMs = NEVER;
  session.outgoing = undefined;
  noteAbilities(host, session, response);
  restartTimer(session, timerOfResponse(response, invite.asked), nowMs);
  conclude(host, session, invite, response, nowMs);
}

/** What the description in the 2xx to our first INVITE is. */
function conclude(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  response: SipResponse,
  nowMs: number,
): void {
  const { exchange, holder } = session;
  const { body } = response;
  if (!holder) return;
  const isOffer =
    body.length > 0 && !invite.hasOffer && exchange.type === 'stable' && session.remoteDigest === 0;
  if (isOffer) {
    invite.isAnswered = true;
    session.exchange = { type: 'they-offered', carrier: '2xx', transaction: 0 };
    session.giveUpAtMs = nowMs + ANSWER_WITHIN_MS;
    noteDescription(session, body);
    host.tell(session, { type: 'answered', response, body, role: 'offer' });
    return;
  }
  const isAnswer = body.length > 0 && exchange.type === 'we-offered';
  if (isAnswer) noteDescription(session, body);
  session.exchange = STABLE;
  session.invite = undefined;
  acknowledge(host, holder, invite, {}, nowMs);
  host.tell(session, { type: 'answered', response, body, role: isAnswer ? 'answer' : 'none' });
  flush(host, session, nowMs);
}

/** The other forks are no part of the call any more; one that is answered later gets a BYE. */
function keepOnly(host: SessionHost, session: Session, holder: Fork['holder']): void {
  const { forks } = session;
  session.forks = undefined;
  session.holder = holder;
  for (const fork of forks?.values() ?? [])
    if (fork.holder !== holder) dropHolder(host, fork.holder);
  host.hold(holder);
}

function refuseFork(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  response: SipResponse,
  nowMs: number,
): void {
  if (invite.refused >= FORKS_MAX) return;
  invite.refused += 1;
  const holder = newHolder(session, invite, response);
  holder.flow = session.holder?.flow ?? holder.flow;
  acknowledge(host, holder, invite, {}, nowMs);
  sendIn(host, holder, { method: 'BYE', fields: [] }, () => {}, nowMs);
}

function onFailure(
  host: SessionHost,
  session: Session,
  invite: ClientInvite,
  { status, response }: Outcome,
  nowMs: number,
): void {
  if (session.phase !== 'inviting' && session.phase !== 'early') return;
  session.invite = undefined;
  const minSeconds = response ? (secondsOf(response.headers, 'Min-SE') ?? 0) : 0;
  if (
    status === 422 &&
    minSeconds > Math.max(session.minSeconds, MIN_SECONDS) &&
    !session.leaving
  ) {
    session.minSeconds = minSeconds;
    sendFirstInvite(host, session, invite.sequence + 1, nowMs);
    return;
  }
  if (response && !session.leaving && proveInvite(host, session, invite, response, nowMs)) return;
  const message = response ? { response } : {};
  if (session.leaving) finish(host, session, { type: 'ended', reason: 'cancel-sent' }, nowMs);
  else finish(host, session, { type: 'failed', status, ...message }, nowMs);
}

/** [rfc] RFC 3261 §22.2: the same call again, with what the peer wants to see. */
function proveInvite(
  host: SessionHost,
  session: Session,
  { request, sequence }: ClientInvite,
  response: SipResponse,
  nowMs: number,
): boolean {
  const isAsked = response.status === 401 || response.status === 407;
  const proof = isAsked ? host.prove(request, response) : undefined;
  if (!proof || !session.outgoing) return false;
  const { invite } = session.outgoing;
  const headers = (invite.headers ?? []).filter(([name]) => name !== proof[0]);
  session.outgoing = { ...session.outgoing, invite: { ...invite, headers: [...headers, proof] } };
  sendFirstInvite(host, session, sequence + 1, nowMs);
  return true;
}

function sendCancel(host: SessionHost, session: Session, nowMs: number): void {
  if (!session.invite || session.hasCancelled) return;
  session.hasCancelled = true;
  host.layer.cancel(session.invite.transaction, session.leaving?.headers ?? [], nowMs);
}
