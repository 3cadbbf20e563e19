/** What all parts of a session do alike: requests in its dialog, offers and answers, its end. */
import type { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipMessage, type SipRequest, type SipResponse } from '../wire/message.ts';
import { ackOf, nextHop, nextRequest } from './dialog.ts';
import type { Field } from './hop-request.ts';
import { listOf } from './message-parts.ts';
import type { Content, EndReason, SessionEvent } from './session-events.ts';
import {
  type ClientInvite,
  type DialogHolder,
  NEVER,
  type OnResponse,
  type Session,
  type SessionHost,
  STABLE,
} from './session-state.ts';
import { expiryDelayMs, refreshDelayMs, type SessionTimer } from './session-timer.ts';
import type { Destination } from './user-agent-types.ts';

/** An offer that the user leaves unanswered is given up before its sender does so (64 * T1). */
export const ANSWER_WITHIN_MS = 20_000;

/** When something has to happen by itself next. */
export function deadlineOfSession(session: Session): number {
  const { waiting } = session;
  return Math.min(
    session.resendAtMs,
    session.giveUpAtMs,
    session.incoming?.ackByMs ?? NEVER,
    session.remindAtMs,
    session.refreshAtMs,
    session.expiresAtMs,
    waiting && waiting.notBeforeMs > 0 ? waiting.notBeforeMs : NEVER,
  );
}

export function destinationOf(holder: DialogHolder): Destination {
  if (holder.routing === 'flow' && holder.flow) return { flow: holder.flow };
  return { uri: nextHop(holder.dialog) };
}

/** Sends the next request of a dialog. */
export function sendIn(
  host: SessionHost,
  holder: DialogHolder,
  message: {
    readonly method: string;
    readonly fields: readonly Field[];
    readonly body?: Uint8Array;
  },
  onResponse: OnResponse,
  nowMs: number,
): { readonly transaction: number; readonly request: SipRequest } {
  const { method, fields, body } = message;
  const next = nextRequest(holder.dialog, method, fields, body ?? NO_BODY);
  holder.dialog = next.dialog;
  const transaction = host.request(next.request, destinationOf(holder), onResponse, nowMs);
  return { transaction, request: next.request };
}

/** Acknowledges the 2xx of an INVITE of ours. */
export function acknowledge(
  host: SessionHost,
  holder: DialogHolder,
  invite: ClientInvite,
  content: Content,
  nowMs: number,
): void {
  const ack = ackOf(holder.dialog, invite.sequence, fieldsOf(content), content.body);
  host.layer.acknowledge(invite.transaction, ack, destinationOf(holder), nowMs);
}

/** The user's fields, with the type of the body if they do not name it. */
export function fieldsOf({ headers = [], body }: Content): readonly Field[] {
  if (!hasBody(body) || headers.some(([name]) => /^(?:content-type|c)$/i.test(name)))
    return headers;
  return [...headers, ['Content-Type', 'application/sdp']];
}

export function hasBody(body: Uint8Array | undefined): body is Uint8Array {
  return body !== undefined && body.length > 0;
}

/** Remembers what the peer says that it can do. */
export function noteAbilities(host: SessionHost, session: Session, { headers }: SipMessage): void {
  if (headers.has('Allow')) session.peerAllow = wordsOf(host, headers, 'Allow');
  if (headers.has('Supported')) session.peerSupported = wordsOf(host, headers, 'Supported');
}

/** The peer's offer waits for the user. */
export function offer(
  host: SessionHost,
  session: Session,
  message: SipRequest | SipResponse,
  exchange: Extract<Session['exchange'], { readonly type: 'they-offered' }>,
  nowMs: number,
): void {
  session.exchange = exchange;
  if (session.phase === 'confirmed') session.giveUpAtMs = nowMs + ANSWER_WITHIN_MS;
  const { body } = message;
  const isRepeated = noteDescription(session, body);
  const { carrier } = exchange;
  host.tell(session, { type: 'offered', carrier, message, body, isRepeated });
}

/** The answer to our offer is there. */
export function answered(
  host: SessionHost,
  session: Session,
  message: SipRequest | SipResponse,
): void {
  session.exchange = STABLE;
  noteDescription(session, message.body);
  host.tell(session, { type: 'answer', message, body: message.body });
}

/** Whether the peer's description is, to the last character, the one before it. */
export function noteDescription(session: Session, body: Uint8Array): boolean {
  const digest = digestOf(body);
  const isRepeated = digest === session.remoteDigest;
  session.remoteDigest = digest;
  return isRepeated;
}

/** Starts the session timer anew, as a 2xx agreed. */
export function restartTimer(
  session: Session,
  timer: SessionTimer | undefined,
  nowMs: number,
): void {
  session.timer = timer;
  session.refreshAtMs = timer ? nowMs + refreshDelayMs(timer) : NEVER;
  session.expiresAtMs = timer ? nowMs + expiryDelayMs(timer) : NEVER;
}

/** Leaves the session with a BYE whose answer nobody waits for. */
export function abandon(
  host: SessionHost,
  session: Session,
  reason: EndReason,
  message: SipMessage | undefined,
  nowMs: number,
): void {
  const { holder } = session;
  closeExchanges(host, session, nowMs);
  if (holder) sendIn(host, holder, { method: 'BYE', fields: [] }, () => {}, nowMs);
  finish(host, session, { type: 'ended', reason, ...(message ? { message } : {}) }, nowMs);
}

/** What the peer asked is answered, what we asked is given up: the session ends. */
export function closeExchanges(host: SessionHost, session: Session, nowMs: number): void {
  const { exchange, holder, incoming, invite } = session;
  if (holder && invite?.isAnswered) acknowledge(host, holder, invite, {}, nowMs);
  else if (invite) host.layer.giveUp(invite.transaction, nowMs);
  const asked = 'transaction' in exchange ? exchange.transaction : 0;
  if (asked > 0) host.reply(holder, asked, 487, {}, nowMs);
  if (incoming && !incoming.response && incoming.transaction !== asked) {
    host.reply(holder, incoming.transaction, 487, {}, nowMs);
  }
  session.exchange = STABLE;
  session.invite = undefined;
  session.incoming = undefined;
  session.updating = undefined;
  session.waiting = undefined;
}

/** The last event of a session. */
export function finish(
  host: SessionHost,
  session: Session,
  event: Extract<SessionEvent, { readonly type: 'ended' | 'failed' | 'cancelled' }>,
  nowMs: number,
): void {
  if (session.phase === 'ended') return;
  closeExchanges(host, session, nowMs);
  session.phase = 'ended';
  for (const fork of session.forks?.values() ?? []) dropHolder(host, fork.holder);
  session.forks = undefined;
  if (session.holder) dropHolder(host, session.holder);
  host.tell(session, event);
  host.settle(session);
}

export function dropHolder(host: SessionHost, holder: DialogHolder): void {
  holder.session = undefined;
  host.release(holder);
}

/** A part of a whole that a fresh token decides on: 0 up to, not including, 1. */
export function fraction(token: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < token.length; at++) {
    hash = Math.imul(hash ^ token.charCodeAt(at), 0x01000193);
  }
  return (hash >>> 0) / 2 ** 32;
}

function wordsOf(host: SessionHost, headers: Headers, name: string): readonly string[] {
  return host.words(listOf(headers, name));
}

/** FNV-1a, in 48 bits of two runs: a peer that wants two descriptions to look the same hurts itself. */
function digestOf(body: Uint8Array): number {
  let one = 0x811c9dc5;
  let other = body.length;
  for (const byte of body) {
    one = Math.imul(one ^ byte, 0x01000193);
    other = Math.imul(other + byte, 0x9e3779b1);
  }
  return (one >>> 0) * 2 ** 16 + (other >>> 16);
}
