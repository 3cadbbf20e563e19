/** What a session does when one of its times has come. */
import { cancelInvite } from './session-client.ts';
import { abandon, finish } from './session-common.ts';
import { flush, refresh } from './session-modify.ts';
import { onUnanswered } from './session-requests.ts';
import { onNoAck, reject, remind, resend } from './session-server.ts';
import { NEVER, type Session, type SessionHost } from './session-state.ts';

export function onSessionClock(host: SessionHost, session: Session, nowMs: number): void {
  if (session.incoming && nowMs >= session.incoming.ackByMs) onNoAck(host, session, nowMs);
  else if (nowMs >= session.giveUpAtMs) giveUp(host, session, nowMs);
  if (nowMs >= session.expiresAtMs) {
    session.expiresAtMs = NEVER;
    abandon(host, session, 'expired', undefined, nowMs);
  }
  if (session.phase === 'ended') return;
  if (nowMs >= session.resendAtMs) resend(host, session, nowMs);
  if (nowMs >= session.remindAtMs) remind(host, session, nowMs);
  if (nowMs >= session.refreshAtMs) refresh(host, session, nowMs);
  flush(host, session, nowMs);
}

/** Somebody has been waited for long enough. */
function giveUp(host: SessionHost, session: Session, nowMs: number): void {
  session.giveUpAtMs = NEVER;
  const { exchange, invite } = session;
  if (session.phase === 'inviting' || session.phase === 'early') {
    if (session.role === 'server') reject(host, session, 480, {}, nowMs);
    else if (!session.leaving) cancelInvite(host, session, {}, nowMs);
    else finish(host, session, { type: 'ended', reason: 'cancel-sent' }, nowMs);
  } else if (exchange.type === 'they-offered' || exchange.type === 'they-asked') {
    onUnanswered(host, session, nowMs);
  } else if (invite) abandon(host, session, 'gone', undefined, nowMs);
}
