/**
 * An ad hoc conference of two becomes a plain call and frees its bridge (domain 1.2, STA-03).
 *
 * The call may be more secure than the conference was (a nonsecure bridge between encrypted phones).
 * The phones are told the lower of both until the new media is open at both ends.
 */
import { bridgeNumber } from '../call/call-record.ts';
import { clearFromPhone } from '../call/leg.ts';
import { pair } from '../call/pair.ts';
import { CAUSE, ON_BEHALF_OF, REASON } from '../cdr/record.ts';
import { closeConnection } from '../media/connection.ts';
import type { Conference, ConferenceId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { recordParticipant } from './conference-record.ts';
import { endConference, leave } from './membership.ts';

/** Does nothing unless exactly two settled parties remain (or one, who is cleared). */
export function collapse(tx: Transaction, id: ConferenceId): void {
  const conference = tx.theConference(id);
  const { participants } = conference;
  if (conference.state !== 'active' || participants.some((each) => each.state === 'leaving'))
    return;
  const [only, ...more] = participants;
  if (only?.link && more.length === 0) {
    // Nobody is left here but the other conference (D-09).
    leave(tx, id, only.leg, { cause: CAUSE.normal, onBehalfOf: ON_BEHALF_OF.conference });
    return;
  }
  if (conference.kind !== 'ad-hoc' || conference.focus) return;
  if (conference.pendingAdd.length > 0) return;
  if (participants.some((each) => each.link)) return;
  if (participants.length === 1) endLast(tx, conference);
  if (participants.length === 2 && participants.every((each) => each.state === 'present')) {
    becomeCall(tx, conference);
  }
}

function becomeCall(tx: Transaction, conference: Conference): void {
  const [one, other] = [...conference.participants].sort(
    (a, b) => Number(b.leg === conference.controller) - Number(a.leg === conference.controller),
  );
  if (!one || !other) return;
  for (const participant of [one, other]) {
    closeConnection(tx, participant.connection);
    recordParticipant(tx, conference, participant, {
      cause: CAUSE.callSplit,
      onBehalfOf: ON_BEHALF_OF.conference,
    });
    tx.emit({
      type: 'drop-participant',
      bridge: conference.bridge,
      conference: conference.id,
      leg: participant.leg,
    });
    tx.clearLeg(participant.leg, 'conference');
  }
  endConference(tx, conference.id);
  pair(tx, one.leg, other.leg, {
    origin: {
      onBehalfOf: ON_BEHALF_OF.conference,
      reason: REASON.conference,
      number: bridgeNumber(conference.id),
    },
    atMost: conference.level,
  });
}

/** Nobody is left to talk to. */
function endLast(tx: Transaction, conference: Conference): void {
  const [last] = conference.participants;
  if (!last) return;
  closeConnection(tx, last.connection);
  recordParticipant(tx, conference, last, {
    cause: CAUSE.normal,
    onBehalfOf: ON_BEHALF_OF.callControl,
  });
  tx.emit({
    type: 'drop-participant',
    bridge: conference.bridge,
    conference: conference.id,
    leg: last.leg,
  });
  endConference(tx, conference.id);
  const leg = tx.leg(last.leg);
  if (leg) clearFromPhone(tx, leg);
}
