/**
 * The keys of an ad hoc conference: Confrn once to consult, Confrn again to bring both calls together,
 * Join for calls that are there already, and removal of parties (LST-04, LST-05, LST-07).
 */
import { consult, mayConsult, tookUpInstead } from '../call/consultation.ts';
import { at, mayChange, NOT_IN_CONTROL } from '../call/display.ts';
import { selectedWith } from '../call/select.ts';
import { type Obstacle, turnDown } from '../call/turn-down.ts';
import { peerOf } from '../call/two-party.ts';
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import type { Conference, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { collapse } from './collapse.ts';
import { gather } from './gather.ts';
import { mayLinkFrom } from './link.ts';
import { leave, publishLevel } from './membership.ts';

/** The Confrn key: the first press starts a consultation, the second one completes it. */
export function confrn(tx: Transaction, leg: Leg): void {
  const waiting = tookUpInstead(tx, leg, 'consultFor');
  if (waiting) {
    gather(tx, [waiting, leg], leg);
    return;
  }
  const held = tx.leg(leg.consultFor ?? 0);
  if (held) complete(tx, leg, held);
  else startConsultation(tx, leg);
}

/** The Join key: the call it is pressed on and all that are marked with Select (JOI-01). */
export function join(tx: Transaction, leg: Leg): void {
  const phone = tx.phoneConfiguration(leg.device);
  const legs = selectedWith(tx, leg);
  const established = legs.every((each) => each.state === 'connected' || each.state === 'held');
  const able = phone?.protocol === 'SCCP' && !phone.protectedDevice;
  if (!able || !established || legs.some((each) => each.barge)) {
    const fact = able
      ? 'Only calls that are connected or held can be joined.'
      : `${leg.device} is no SCCP phone, or it is protected: it has no Join.`;
    const text = 'key-not-active';
    turnDown(tx, at(leg), { operation: 'join', text, rule: 'JOI-01', fact });
    return;
  }
  const id = legs.find((each) => tx.conference(each.conference)?.kind === 'ad-hoc');
  if (!gather(tx, legs, leg)) return;
  for (const each of legs) if (tx.leg(each.id)) tx.clearLeg(each.id, 'selected');
  const conference = tx.conference(id?.conference);
  // Who joins others into a conference controls it from now on (JOI-03, D-10).
  if (id && conference && tx.leg(id.id)) tx.patchConference(conference.id, { controller: id.id });
}

/**
 * Consultations that were answered or given up are no longer pending: the level is known again (HLD-01,
 * HLD-02). Called at the end of every step, so that no way of ending one can be forgotten.
 */
export function settleConsultations(tx: Transaction): void {
  for (const { id, pendingAdd } of tx.conferences.values()) {
    if (pendingAdd.length === 0) continue;
    const open = pendingAdd.filter((held) =>
      [...tx.specialLegs()].some((leg) => leg.consultFor === held && leg.state !== 'connected'),
    );
    if (open.length === pendingAdd.length) continue;
    tx.patchConference(id, { pendingAdd: open });
    publishLevel(tx, id);
    collapse(tx, id);
  }
}

/** RmLstC: removes the party that joined last, never the one who presses (LST-07). */
export function removeLast(tx: Transaction, leg: Leg): void {
  const conference = tx.conference(leg.conference);
  const last = conference?.participants
    .filter((each) => each.state !== 'leaving' && each.leg !== leg.id)
    .at(-1);
  if (conference && last) remove(tx, conference, leg, last.leg);
}

/** Ejects a party for a controller, or for anybody when conferences are advanced (LST-04, LST-05). */
export function remove(tx: Transaction, conference: Conference, by: Leg, target: LegId): void {
  if (by.conference !== conference.id || !mayChange(tx, conference, by) || by.id === target) {
    refuseRemoval(tx, conference, by);
    return;
  }
  leave(tx, conference.id, target, {
    cause: CAUSE.conferenceDropAnyParty,
    onBehalfOf: ON_BEHALF_OF.callControl,
    comment: `DropConfRequestorDn=${by.number};DropConfRequestorDeviceName=${by.device}`,
  });
}

function refuseRemoval(tx: Transaction, conference: Conference, by: Leg): void {
  const controls = by.conference === conference.id && mayChange(tx, conference, by);
  const why: Obstacle = controls
    ? { rule: 'LST-04', fact: 'Nobody removes himself through the list.' }
    : conference.kind === 'meet-me'
      ? { rule: 'LST-04', fact: 'Parties are not removed from a meet-me conference.' }
      : NOT_IN_CONTROL;
  turnDown(tx, at(by), { operation: 'remove', text: 'key-not-active', ...why });
}

function startConsultation(tx: Transaction, leg: Leg): void {
  const conference = tx.conference(leg.conference);
  const allowed = conference
    ? mayChange(tx, conference, leg) || mayLinkFrom(tx, leg)
    : peerOf(tx, leg) !== undefined;
  if (leg.state !== 'connected' || !allowed || tx.phoneConfiguration(leg.device)?.protectedDevice) {
    const inCharge = allowed || !conference || conference.kind === 'meet-me';
    const fact = 'Parties are added from a connected call, and not by a protected phone.';
    const why = inCharge ? { rule: 'HLD-01', fact } : NOT_IN_CONTROL;
    turnDown(tx, at(leg), { operation: 'conference', text: 'key-not-active', ...why });
    return;
  }
  if (!mayConsult(tx, leg)) {
    const text = 'cannot-complete-conference';
    const fact = `${leg.device} has no room for another call.`;
    turnDown(tx, at(leg), { operation: 'conference', text, rule: 'HLD-01', fact });
    return;
  }
  if (conference?.kind === 'ad-hoc') {
    tx.patchConference(conference.id, { pendingAdd: [...conference.pendingAdd, leg.id] });
    publishLevel(tx, conference.id);
  }
  consult(tx, leg, 'consultFor');
}

function complete(tx: Transaction, leg: Leg, held: Leg): void {
  const answered = leg.conference !== undefined || peerOf(tx, leg) !== undefined;
  if (leg.state !== 'connected' || !answered) {
    const fact = 'The party that is to be added has not answered.';
    turnDown(tx, at(leg), {
      operation: 'conference',
      text: 'key-not-active',
      rule: 'HLD-01',
      fact,
    });
    return;
  }
  gather(tx, [held, leg], leg);
}
