/** What follows once the bridge confirms that a party is gone: the level, the end, or a plain call. */
import type { ConferenceId, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { collapse } from './collapse.ts';
import { endConference, publishLevel } from './membership.ts';

/** Takes in the bridge's own list: whoever left and is not in it is gone. */
export function audited(tx: Transaction, id: ConferenceId, legs: readonly LegId[]): void {
  const conference = tx.theConference(id);
  const participants = conference.participants.filter(
    (each) => each.state !== 'leaving' || legs.includes(each.leg),
  );
  if (participants.length === conference.participants.length) return;
  tx.patchConference(id, { participants });
  publishLevel(tx, id);
  if (participants.length === 0) endConference(tx, id);
  else collapse(tx, id);
}
