/** A session of which nothing has happened yet. */
import { NEVER, type Session, STABLE } from './session-state.ts';

export function newSession(
  who: Pick<Session, 'id' | 'role' | 'callId' | 'localTag' | 'routing'>,
): Session {
  return {
    ...who,
    phase: 'inviting',
    holder: undefined,
    forks: undefined,
    outgoing: undefined,
    exchange: STABLE,
    invite: undefined,
    incoming: undefined,
    reliable: undefined,
    updating: undefined,
    waiting: undefined,
    leaving: undefined,
    hasCancelled: false,
    timer: undefined,
    minSeconds: 0,
    peerAllow: [],
    peerSupported: [],
    remoteDigest: 0,
    resendAtMs: NEVER,
    giveUpAtMs: NEVER,
    remindAtMs: NEVER,
    refreshAtMs: NEVER,
    expiresAtMs: NEVER,
    deadlineMs: NEVER,
    place: -1,
  };
}
