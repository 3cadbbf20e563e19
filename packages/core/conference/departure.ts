/** What follows once the bridge confirms that a party is gone: the level, the end, or a plain call. */
import type { ConferenceId, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { collapse } from './collapse.ts';
import { ANSWER_MS, endConference, publishLevel } from './membership.ts';

/** Takes in the bridge's own list: whoever left and is not in it is gone. */
export function audited(tx: Transaction, id: ConferenceId, legs: readonly LegId[]): void {
  const conference = tx.theConference(id);
  const participants = conference.participants.filter(
    (each) => each.state !== 'leaving' || legs.includes(each.leg),
  );
  if (participants.length === conference.participants.length) return;
  const { answerDeadlineMs, ...rest } = conference;
  const waiting = participants.some((each) => each.state === 'leaving');
  tx.putConference({
    ...rest,
    ...(waiting && answerDeadlineMs !== undefined && { answerDeadlineMs }),
    participants,
  });
  publishLevel(tx, id);
  if (participants.length === 0) endConference(tx, id);
  else collapse(tx, id);
}

/** A bridge that has not said who is left is asked again: until it has, the level stays down. */
export function askAgain(tx: Transaction, id: ConferenceId): void {
  const { bridge } = tx.theConference(id);
  tx.emit({ type: 'audit-participants', bridge, conference: id });
  tx.patchConference(id, { answerDeadlineMs: tx.nowMs + ANSWER_MS });
}
