/**
 * The conference as SIP clients know it: made by calling the conference factory, and filled by asking it
 * to call others (RFC 4579). It lives until everybody has left.
 */
import { at, mayChange, NOT_IN_CONTROL } from '../call/display.ts';
import { clearFromPhone, failLeg, newLeg } from '../call/leg.ts';
import { release } from '../call/release.ts';
import { type Obstacle, turnDown } from '../call/turn-down.ts';
import { ringFor, splitCall, stopRinging } from '../call/two-party.ts';
import { ON_BEHALF_OF } from '../cdr/record.ts';
import type { Call, Conference, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assemble, violatesPolicy } from './assembly.ts';
import { obstacleOfRoom, roomIn } from './bridge-load.ts';
import { admit } from './membership.ts';

/** A leg has dialled the conference factory: it becomes the first participant of a conference. */
export function dialFactory(tx: Transaction, leg: Leg): void {
  const waiting = tx.patchLeg(leg.id, { joining: true, state: 'proceeding' });
  if (tx.phoneConfiguration(leg.device)?.protectedDevice) {
    fail(tx, waiting);
    return;
  }
  const joining = [leg.id];
  const assembly = { initiator: leg.id, joining, merging: [], linking: [], focus: true } as const;
  if (!assemble(tx, waiting, assembly)) fail(tx, tx.theLeg(leg.id));
}

/** Calls a number into the conference for one who is in it. */
export function inviteTo(tx: Transaction, conference: Conference, by: Leg, digits: string): void {
  const invited = [...tx.specialLegs()].filter((each) => each.inviteTo === conference.id).length;
  const obstacle: Obstacle | undefined = !mayChange(tx, conference, by)
    ? NOT_IN_CONTROL
    : roomIn(tx, conference) <= invited
      ? obstacleOfRoom(tx, conference)
      : undefined;
  const fresh = obstacle ? undefined : newLeg(tx, by.device, by.line, 'dialing');
  if (obstacle || !fresh) {
    const why = obstacle ?? { rule: 'HLD-01', fact: `${by.device} has no room for another call.` };
    turnDown(tx, at(by), { operation: 'invite', text: 'cannot-complete-conference', ...why });
    return;
  }
  const hidden = tx.patchLeg(fresh.id, { inviteTo: conference.id, detached: true });
  if (ringFor(tx, hidden, digits)) return;
  const fact = `${digits} does not ring.`;
  const text = 'cannot-complete-conference';
  turnDown(tx, at(by), { operation: 'invite', text, rule: 'HLD-01', fact });
}

/** An invited party answers: it goes straight into the conference. */
export function answeredInvitation(tx: Transaction, ringing: Call, leg: Leg): void {
  const caller = tx.theLeg(ringing.caller);
  const conference = tx.conference(caller.inviteTo);
  stopRinging(tx, ringing, leg);
  splitCall(tx, { ...ringing, callees: [leg.id] }, { onBehalfOf: ON_BEHALF_OF.conference });
  const answered = tx.clearLeg(leg.id, 'call');
  clearFromPhone(tx, caller);
  const controller = tx.leg(conference?.controller ?? 0);
  if (
    !conference ||
    roomIn(tx, conference) < 1 ||
    violatesPolicy(tx, [answered], conference.bridge, controller ?? answered)
  ) {
    clearFromPhone(tx, answered);
    return;
  }
  const requestor = { number: caller.number, device: caller.device };
  admit(tx, conference.id, [answered], () => ({ globalCallId: ringing.id, requestor }));
}

/** Invitations to conferences that are gone end, and so do those that nobody takes any more. */
export function settleInvitations(tx: Transaction): void {
  for (const leg of tx.specialLegs()) {
    if (leg.inviteTo === undefined || !leg.detached) continue;
    const open = tx.conference(leg.inviteTo) !== undefined && tx.call(leg.call) !== undefined;
    if (!open) release(tx, leg);
  }
}

function fail(tx: Transaction, leg: Leg): void {
  const text = 'no-conference-bridge';
  failLeg(tx, tx.clearLeg(leg.id, 'joining'), { text, state: 'congestion', tone: 'reorder' });
}
