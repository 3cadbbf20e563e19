/**
 * Ad hoc conferences: Confrn once to consult, Confrn again to bring both calls together (SEC-07 ...
 * SEC-13), and removal of parties (LST-04, LST-05, LST-07).
 */
import { at, mayChange, prompt, tellSoftkeys } from '../call/display.ts';
import { hold, resume } from '../call/hold.ts';
import { clearFromPhone, LEGS_PER_PHONE_MAX, newLeg } from '../call/leg.ts';
import { peerOf, splitCall } from '../call/two-party.ts';
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { selectBridge } from '../media-resource/bridge-selection.ts';
import { assessDevice } from '../security/assessment.ts';
import { type Level, meets } from '../security/level.ts';
import type { Conference, ConferenceId, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { loadOf } from './bridge-load.ts';
import { collapse } from './collapse.ts';
import {
  ANSWER_MS,
  admit,
  assessBridgeLeg,
  endConference,
  leave,
  publishLevel,
} from './membership.ts';

/** The Confrn key: the first press starts a consultation, the second one completes it. */
export function confrn(tx: Transaction, leg: Leg): void {
  if (leg.consultFor !== undefined) complete(tx, leg);
  else startConsultation(tx, leg);
}

/**
 * Consultations that were answered or given up are no longer pending: the level is known again (HLD-01,
 * HLD-02). Called at the end of every step, so that no way of ending one can be forgotten.
 */
export function settleConsultations(tx: Transaction): void {
  for (const { id, pendingAdd } of tx.conferences.values()) {
    if (pendingAdd.length === 0) continue;
    const open = pendingAdd.filter((held) =>
      [...tx.legs.values()].some((leg) => leg.consultFor === held && leg.state !== 'connected'),
    );
    if (open.length === pendingAdd.length) continue;
    tx.patchConference(id, { pendingAdd: open });
    publishLevel(tx, id);
    collapse(tx, id);
  }
}

/** The bridge has answered the request for the conference of these two calls. */
export function assemblyCreated(tx: Transaction, id: ConferenceId, ok: boolean): void {
  const { assembly, ...conference } = tx.theConference(id);
  if (!assembly) return;
  tx.putConference({ ...conference, state: 'active' });
  const consult = tx.leg(assembly.consult);
  const held = tx.leg(assembly.held);
  const ready = held && consult && peerOf(tx, held) && peerOf(tx, consult);
  if (ok && ready) {
    bringTogether(tx, id, held, consult);
    return;
  }
  if (ok) endConference(tx, id);
  else tx.deleteConference(id);
  const initiator = consult ?? held;
  if (!initiator) return;
  if (ok) tx.emit(prompt(initiator, 'cannot-complete-conference', 10));
  else reportNoBridge(tx, initiator, `Bridge ${conference.bridge} refused to create a conference.`);
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
    tx.emit(prompt(by, 'key-not-active', 5));
    return;
  }
  leave(tx, conference.id, target, {
    cause: CAUSE.conferenceDropAnyParty,
    onBehalfOf: ON_BEHALF_OF.callControl,
    comment: `DropConfRequestorDn=${by.number};DropConfRequestorDeviceName=${by.device}`,
  });
}

/** The level that an initiator brings to the choice of a bridge (SEC-07, SEC-08). */
export function initiatorLevel(tx: Transaction, device: string): Level {
  const phone = tx.phoneConfiguration(device);
  const registration = tx.phone(device);
  return phone && registration ? assessDevice(phone, registration).level : 'unknown';
}

export function reportNoBridge(tx: Transaction, leg: Leg, reason: string): void {
  tx.count('failedAllocations');
  tx.emit(prompt(leg, 'no-conference-bridge', 10), {
    type: 'alarm',
    name: 'ConferenceBridgeUnavailable',
    device: leg.device,
    reason: 'no-bridge',
    text: reason,
  });
}

function startConsultation(tx: Transaction, leg: Leg): void {
  const conference = tx.conference(leg.conference);
  const allowed = conference
    ? mayChange(tx, conference, leg)
    : leg.call !== undefined && tx.call(leg.call)?.state === 'connected';
  if (leg.state !== 'connected' || !allowed) {
    tx.emit(prompt(leg, 'key-not-active', 5));
    return;
  }
  if (tx.legsOf(leg.device).length >= LEGS_PER_PHONE_MAX) {
    tx.emit(prompt(leg, 'cannot-complete-conference', 5));
    return;
  }
  hold(tx, leg);
  if (conference) {
    tx.patchConference(conference.id, {
      pendingAdd: [...tx.theConference(conference.id).pendingAdd, leg.id],
    });
    publishLevel(tx, conference.id);
  }
  const consult = newLeg(tx, leg.device, leg.line, 'dialing');
  if (!consult) return;
  const dialing = tx.patchLeg(consult.id, { consultFor: leg.id });
  tx.emit(
    { ...at(dialing), type: 'call-state', state: 'off-hook' },
    { ...at(dialing), type: 'tone', tone: 'dial' },
    prompt(dialing, 'enter-number'),
  );
  tellSoftkeys(tx, dialing, 'off-hook-feature');
}

function complete(tx: Transaction, consult: Leg): void {
  const held = tx.leg(consult.consultFor ?? 0);
  const added = peerOf(tx, consult);
  if (consult.state !== 'connected' || !added || !held) {
    tx.emit(prompt(consult, 'key-not-active', 5));
    return;
  }
  const conference = tx.conference(held.conference);
  const present = conference?.participants.filter((each) => each.state !== 'leaving').length ?? 2;
  if (present + 1 > tx.configuration.parameters.maximumAdHocConference) {
    tx.emit(prompt(consult, 'exceeds-maximum-parties', 10));
    return;
  }
  if (conference) {
    if (assessBridgeLeg(tx, added.device, conference.bridge).refused) refusePolicy(tx, consult);
    else bringTogether(tx, conference.id, held, consult);
    return;
  }
  if (peerOf(tx, held)) allocate(tx, held, consult);
  else tx.emit(prompt(consult, 'cannot-complete-conference', 10));
}

/** Chooses a bridge for a new conference and asks it; nothing else changes until it has answered. */
function allocate(tx: Transaction, held: Leg, consult: Leg): void {
  if ([...tx.conferences.values()].some((each) => each.assembly?.consult === consult.id)) return;
  const list = tx.phoneConfiguration(held.device)?.mediaResourceList;
  const allocation = selectBridge(
    tx.configuration,
    {
      secure: meets(initiatorLevel(tx, held.device), 'authenticated'),
      fallback: true,
      parties: 3,
      list,
    },
    (name) => tx.bridge(name),
    (name) => loadOf(tx, name),
  );
  if (!allocation.bridge) {
    reportNoBridge(tx, consult, `No conference bridge is available to ${held.device}.`);
    return;
  }
  const bridge = allocation.bridge.name;
  const parties = [held, consult, peerOf(tx, held), peerOf(tx, consult)];
  if (parties.some((leg) => leg && assessBridgeLeg(tx, leg.device, bridge).refused)) {
    refusePolicy(tx, consult);
    return;
  }
  const id = tx.takeId();
  tx.putConference({
    id,
    kind: 'ad-hoc',
    minimum: 'nonsecure',
    bridge,
    allocation,
    state: 'creating',
    startedMs: tx.nowMs,
    creator: { device: held.device, number: held.number },
    controller: held.id,
    participants: [],
    pendingAdd: [],
    assembly: { held: held.id, consult: consult.id },
    level: 'unknown',
    levelSinceMs: tx.nowMs,
    answerDeadlineMs: tx.nowMs + ANSWER_MS,
    viewers: [],
  });
  tx.emit({ type: 'create-conference', bridge, conference: id, parties: 3 });
}

/** Both calls become legs of the conference; the consultation leg itself goes away. */
function bringTogether(tx: Transaction, id: ConferenceId, held: Leg, consult: Leg): void {
  const conference = tx.theConference(id);
  const { creator } = conference;
  const comment = `ConfControllerDn=${creator.number};ConfControllerDeviceName=${creator.device}`;
  const requestor = { number: held.number, device: held.device };
  const consultCall = tx.call(consult.call);
  const heldCall = tx.call(held.call);
  const added = peerOf(tx, consult);
  const first = peerOf(tx, held);
  if (!consultCall || !added) return;
  const origin = new Map([[added.id, consultCall.id]]);
  splitCall(tx, consultCall, comment);
  const joining = [added];
  if (heldCall && first) {
    splitCall(tx, heldCall, comment);
    origin.set(first.id, heldCall.id).set(held.id, heldCall.id);
    // The controller's own leg takes part at once, whatever the hold for the consultation.
    joining.unshift(tx.patchLeg(held.id, { state: 'connected' }), first);
  }
  clearFromPhone(tx, consult);
  admit(tx, id, joining, (leg) => ({
    globalCallId: origin.get(leg.id) ?? tx.takeCallId(),
    ...(leg.id !== held.id && { requestor }),
  }));
  if (!heldCall) resume(tx, tx.theLeg(held.id));
}

function refusePolicy(tx: Transaction, leg: Leg): void {
  tx.emit(prompt(leg, 'media-security-required', 10), {
    type: 'alarm',
    name: 'MediaSecurityRequired',
    device: leg.device,
    reason: 'policy',
    text: `The media security policy forbids RTP to an encrypted device (${leg.device}).`,
  });
}
