/** What participants without a screen are told by voice: the level and its changes. */
import type { AnnouncementId } from '../effect.ts';
import { type Level, shown } from '../security/level.ts';
import type { Conference, ConferenceId, LegId, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';

/** Tells the level to every participant that hears instead of seeing it. */
export function announceLevel(tx: Transaction, { id, level, participants }: Conference): void {
  const legs = participants.filter((each) => listens(tx, each)).map(({ leg }) => leg);
  announce(tx, id, legs, [levelAnnouncement(level)]);
}

/** One whose media has opened is told what it has come into. */
export function greet(tx: Transaction, { id, level }: Conference, participant: Participant): void {
  if (listens(tx, participant)) announce(tx, id, [participant.leg], [levelAnnouncement(level)]);
}

export function announce(
  tx: Transaction,
  conference: ConferenceId,
  legs: readonly LegId[],
  announcements: readonly AnnouncementId[],
): void {
  if (legs.length === 0 || announcements.length === 0) return;
  const { bridge } = tx.theConference(conference);
  tx.emit({ type: 'announce', bridge, conference, legs, announcements });
}

export function levelAnnouncement(level: Level): AnnouncementId {
  return `level-${shown(level)}`;
}

function listens(tx: Transaction, { device, connection, held, state }: Participant): boolean {
  const present = state === 'present' && connection !== undefined && !held;
  return present && tx.phone(device)?.standardClient === true;
}
