/** What an administrator does with a conference that goes on: locks it, and mutes parties. */
import type { ConferenceId, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { linkedWith } from './level.ts';
import { participantIn } from './membership.ts';
import { setMuted } from './star-code.ts';

/**
 * Nobody else comes in, from no side, until it is unlocked; who is in may leave, hold and resume. Conferences that
 * are linked are one to those who hear them: they are locked together.
 */
export function lockConference(
  tx: Transaction,
  id: ConferenceId,
  { locked, by }: { readonly locked: boolean; readonly by: string },
): void {
  const conference = tx.conference(id);
  if (!conference) return;
  for (const each of linkedWith(tx, conference)) {
    const { locked: before, ...open } = tx.theConference(each);
    if (locked) tx.putConference({ ...open, locked: before ?? { by, sinceMs: tx.nowMs } });
    else tx.putConference(open);
  }
}

/** The party hears that it is muted, and may unmute itself with its star code. */
export function muteParty(tx: Transaction, id: ConferenceId, leg: LegId, muted: boolean): void {
  const conference = tx.conference(id);
  const participant = conference && participantIn(tx, id, leg);
  if (!conference || participant?.state !== 'present' || participant.link) return;
  if ((participant.muted ?? false) !== muted) setMuted(tx, conference, participant, muted);
}
