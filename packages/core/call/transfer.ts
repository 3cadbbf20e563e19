/**
 * Transfer: two legs of one phone are brought together without it, by Trnsfer (consultative, or blind
 * while the target still rings) or by DirTrfr on two selected calls (STA-09, STA-10, MTM-03, MAH-01).
 */
import { CAUSE, ON_BEHALF_OF, REASON } from '../cdr/record.ts';
import { obstacleOfLock } from '../conference/bridge-load.ts';
import { linkConferences } from '../conference/link.ts';
import type { TextId } from '../effect.ts';
import type { Call, CallOrigin, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { consult, mayConsult, tookUpInstead } from './consultation.ts';
import { at } from './display.ts';
import { hold } from './hold.ts';
import { clearFromPhone, detach, newLeg } from './leg.ts';
import { release } from './release.ts';
import { selectedWith } from './select.ts';
import { takeOver } from './take-over.ts';
import { turnDown } from './turn-down.ts';
import { peerOf, ringFor, splitCall, stopRinging } from './two-party.ts';

const TRANSFERRED: CallOrigin = { onBehalfOf: ON_BEHALF_OF.transfer, reason: REASON.transfer };

/** The Trnsfer key: the first press starts a consultation, the second one completes it. */
export function transfer(tx: Transaction, leg: Leg): void {
  const held = tookUpInstead(tx, leg, 'transferFor') ?? tx.leg(leg.transferFor ?? 0);
  if (held) complete(tx, leg, held);
  else start(tx, leg);
}

/** The DirTrfr key: this call and the one selected beside it. */
export function directTransfer(tx: Transaction, leg: Leg): void {
  const [one, other, ...more] = selectedWith(tx, leg);
  if (!one || !other || more.length > 0 || !isIn(tx, one) || !isIn(tx, other)) {
    refuse(
      tx,
      leg,
      'cannot-complete-transfer',
      'Direct transfer needs two calls that are connected or held.',
    );
    return;
  }
  connect(tx, one, other);
}

/** In one request: the party of `leg` goes to whoever `to` is with, or is being called by it. */
export function transferTo(tx: Transaction, leg: Leg, to: Leg): void {
  if (leg.id === to.id || leg.barge || to.barge) {
    refuse(tx, leg, 'cannot-complete-transfer', 'A transfer needs two calls.');
    return;
  }
  if (to.state === 'ring-out') tx.patchLeg(to.id, { transferFor: leg.id });
  hold(tx, leg);
  complete(tx, tx.theLeg(to.id), tx.theLeg(leg.id));
}

/** In one request: the party of `leg` waits for the number to answer. Nothing changes if none rings. */
export function transferToNumber(tx: Transaction, leg: Leg, digits: string): void {
  const fresh = isIn(tx, leg) && !leg.barge && newLeg(tx, leg.device, leg.line, 'dialing');
  const hidden = fresh && tx.patchLeg(fresh.id, { transferFor: leg.id, detached: true });
  if (!hidden || !ringFor(tx, hidden, digits)) {
    refuse(tx, leg, 'cannot-complete-transfer', `${digits} does not ring, or there is no call.`);
    return;
  }
  hold(tx, leg);
  detach(tx, tx.theLeg(leg.id));
}

/** The target of a blind transfer answers: it goes straight to the waiting party. */
export function answeredTransfer(tx: Transaction, ringing: Call, leg: Leg): void {
  const caller = tx.theLeg(ringing.caller);
  const waiting = tx.leg(caller.transferFor ?? 0);
  stopRinging(tx, ringing, leg);
  splitCall(tx, { ...ringing, callees: [leg.id] }, { onBehalfOf: ON_BEHALF_OF.transfer });
  const answered = tx.clearLeg(leg.id, 'call');
  clearFromPhone(tx, caller);
  if (waiting) takeWaiting(tx, waiting, answered);
  else clearFromPhone(tx, answered);
}

/** A blind transfer whose target never answered: the party that waited for it is released. */
export function settleTransfers(tx: Transaction): void {
  const parked = new Set([...tx.parked.values()].map(({ leg }) => leg));
  for (const leg of tx.specialLegs()) {
    if (!leg.detached || leg.state !== 'held' || parked.has(leg.id)) continue;
    const expected = [...tx.specialLegs()].some((each) => each.transferFor === leg.id);
    if (!expected) release(tx, leg, CAUSE.normal);
  }
  for (const leg of tx.specialLegs()) {
    if (leg.detached && leg.transferFor !== undefined && !tx.leg(leg.transferFor)) release(tx, leg);
  }
}

function start(tx: Transaction, leg: Leg): void {
  if (leg.state !== 'connected' || !isIn(tx, leg)) {
    refuse(tx, leg, 'key-not-active', 'Only a connected call can be transferred.');
    return;
  }
  const lock = obstacleOfLock(tx.conference(leg.conference));
  if (lock) {
    refuse(tx, leg, 'key-not-active', lock.fact);
    return;
  }
  if (!mayConsult(tx, leg)) {
    refuse(tx, leg, 'cannot-complete-transfer', `${leg.device} has no room for another call.`);
    return;
  }
  consult(tx, leg, 'transferFor');
}

function complete(tx: Transaction, leg: Leg, held: Leg): void {
  const isRinging = leg.state === 'ring-out';
  if (!isIn(tx, held) || !(isRinging || isIn(tx, leg))) {
    refuse(tx, leg, 'cannot-complete-transfer', 'One of the calls has no other party any more.');
    return;
  }
  if (isRinging) {
    detach(tx, held);
    detach(tx, leg);
    return;
  }
  connect(tx, held, leg);
}

function refuse(tx: Transaction, leg: Leg, text: TextId, fact: string): void {
  turnDown(tx, at(leg), { operation: 'transfer', text, rule: 'STA-09', fact });
}

/** In a call with somebody, or in a conference. */
function isIn(tx: Transaction, leg: Leg): boolean {
  return leg.conference !== undefined || peerOf(tx, leg) !== undefined;
}

/** What the one leg is in and what the other leg is in go on together; the phone is out of it. */
function connect(tx: Transaction, one: Leg, other: Leg): void {
  if (one.conference !== undefined && other.conference !== undefined) {
    linkConferences(tx, one, other, { by: one, stays: false });
    return;
  }
  const [place, leg] = other.conference === undefined ? [one, other] : [other, one];
  const far = peerOf(tx, leg);
  const call = tx.call(leg.call);
  if (!far || !call) return;
  splitCall(tx, call, { onBehalfOf: ON_BEHALF_OF.transfer });
  clearFromPhone(tx, leg);
  takeWaiting(tx, tx.theLeg(place.id), tx.clearLeg(far.id, 'call'));
}

function takeWaiting(tx: Transaction, waiting: Leg, fresh: Leg): void {
  takeOver(tx, waiting, fresh, {
    origin: TRANSFERRED,
    control: 'virtual',
    whenRefused: 'drop-old',
  });
}
