/** Calls between two lines: ringing, answering, media, ending. */

import { CAUSE } from '../cdr/record.ts';
import { answeredInvitation } from '../conference/focus.ts';
import { type LineTarget, routeOf } from '../dialplan/route.ts';
import type { ShownParty } from '../effect.ts';
import { closeConnection } from '../media/connection.ts';
import { type Assessment, policyLimit } from '../security/assessment.ts';
import { highest, type Level } from '../security/level.ts';
import type { Call, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { tellNames } from './call-level.ts';
import { assessCall, openCallMedia } from './call-media.ts';
import { type CallEnd, recordCall, recordFailedAttempt } from './call-record.ts';
import { at, prompt, selfOf, tellCallInfo, tellSoftkeys } from './display.ts';
import { holdOthers } from './hold.ts';
import { BUSY_TRIGGER, clearFromPhone, failLeg, newLeg, newRemoteLeg } from './leg.ts';
import { release } from './release.ts';
import { answeredTransfer } from './transfer.ts';

/** Rings every registered phone that has the line; the caller hears busy or reorder when none can. */
export function placeCall(
  tx: Transaction,
  caller: Leg,
  targets: readonly LineTarget[],
  digits: string,
): void {
  const reachable = targets.filter(
    ({ phone, line }) =>
      tx.phone(phone.name) && !(phone.name === caller.device && line.index === caller.line),
  );
  const [first] = reachable;
  if (!first) {
    recordFailedAttempt(tx, caller, { called: digits, cause: CAUSE.destinationOutOfOrder });
    failLeg(tx, caller, { text: 'temporary-failure', state: 'congestion', tone: 'reorder' });
    return;
  }
  const callees = reachable
    .filter(({ phone, line }) => tx.legsOfUser(phone.name, line.index).length < BUSY_TRIGGER)
    .flatMap(({ phone, line }) => newLeg(tx, phone.name, line.index, 'ring-in') ?? []);
  if (callees.length === 0) {
    recordFailedAttempt(tx, caller, { called: digits, cause: CAUSE.userBusy });
    failLeg(tx, caller, { text: 'busy', state: 'busy', tone: 'busy' });
    return;
  }
  const { partition, displayName: name } = first.line;
  ring(tx, caller, callees, { name, number: digits, partition });
}

/** Calls out over a trunk; never back over the one that the caller came in by. */
export function placeTrunkCall(tx: Transaction, caller: Leg, trunk: string, digits: string): void {
  if (!tx.phone(trunk) || caller.device === trunk) {
    recordFailedAttempt(tx, caller, { called: digits, cause: CAUSE.destinationOutOfOrder });
    failLeg(tx, caller, { text: 'temporary-failure', state: 'congestion', tone: 'reorder' });
    return;
  }
  const called = { name: '', number: digits };
  const callee = newRemoteLeg(tx, trunk, called, 'ring-in');
  ring(tx, caller, [callee], { ...called, partition: '' });
}

/** Rings a line or a trunk for a leg that no phone shows; false, and the leg is gone, if nobody rings. */
export function ringFor(tx: Transaction, hidden: Leg, digits: string): boolean {
  const { route } = routeOf(tx.configuration, digits);
  if (route.type === 'line') placeCall(tx, hidden, route.targets, digits);
  else if (route.type === 'trunk') placeTrunkCall(tx, hidden, route.trunk.name, digits);
  const rings = tx.theLeg(hidden.id).call !== undefined;
  if (!rings) clearFromPhone(tx, tx.theLeg(hidden.id));
  return rings;
}

function ring(
  tx: Transaction,
  caller: Leg,
  callees: readonly Leg[],
  { partition, ...called }: ShownParty & { readonly partition: string },
): void {
  const { id } = tx.putCall({
    id: tx.takeCallId(),
    caller: caller.id,
    callees: callees.map((leg) => leg.id),
    calledNumber: called.number,
    calledPartition: partition,
    state: 'ringing',
    originatedMs: tx.nowMs,
    media: new Map(),
  });
  ringOut(tx, tx.patchLeg(caller.id, { call: id, state: 'ring-out' }), called);
  for (const callee of callees) ringIn(tx, tx.patchLeg(callee.id, { call: id }), caller, called);
}

/** The user of a ringing leg answers: the others stop ringing and media opens. */
export function answer(tx: Transaction, leg: Leg): void {
  const ringing = tx.call(leg.call);
  if (ringing?.state !== 'ringing') return;
  holdOthers(tx, leg);
  const caller = tx.theLeg(ringing.caller);
  if (caller.inviteTo !== undefined) {
    answeredInvitation(tx, ringing, leg);
    return;
  }
  if (caller.detached) {
    answeredTransfer(tx, ringing, leg);
    return;
  }
  stopRinging(tx, ringing, leg);
  // Whatever its user has taken up meanwhile: a phone talks in one call.
  holdOthers(tx, caller);
  const { assessment, refused } = assessCall(tx, caller, leg);
  const call = tx.putCall({
    ...ringing,
    callees: [leg.id],
    state: 'connected',
    connectedMs: tx.nowMs,
    assessment,
  });
  if (refused) {
    refuseCall(tx, [caller, leg], assessment);
    endCall(tx, call, { by: leg.id, cause: CAUSE.resourceUnavailable });
    return;
  }
  tx.emit({ ...at(caller), type: 'stop-tone' });
  for (const each of [caller, leg]) showConnected(tx, each, call, assessment.level);
  openCallMedia(tx, call);
}

/** The user of a ringing leg will not answer; the caller hears busy when nobody else rings. */
export function decline(tx: Transaction, leg: Leg, busy: boolean): void {
  const ringing = tx.call(leg.call);
  if (ringing?.state !== 'ringing' || leg.state !== 'ring-in') return;
  const cause = busy ? CAUSE.userBusy : CAUSE.callRejected;
  const caller = tx.theLeg(ringing.caller);
  if (ringing.callees.length > 1 || caller.detached) {
    release(tx, leg, cause);
    return;
  }
  recordCall(tx, ringing, { by: leg.id, cause });
  tx.deleteCall(ringing.id);
  clearFromPhone(tx, leg);
  failLeg(tx, caller, { text: 'busy', state: 'busy', tone: 'busy' });
}

/** One phone has answered: it and the others stop ringing, and the others are cleared. */
export function stopRinging(tx: Transaction, ringing: Call, answered: Leg): void {
  for (const id of ringing.callees) if (id !== answered.id) clearFromPhone(tx, tx.theLeg(id));
  tx.emit({ ...at(answered), type: 'ringer', ringing: false });
}

/** Tells one leg that its call is connected, with names and level. */
export function showConnected(tx: Transaction, leg: Leg, call: Call, level: Level): void {
  const connected = tx.patchLeg(leg.id, {
    state: leg.state === 'held' ? 'held' : 'connected',
    connectedMs: leg.connectedMs ?? tx.nowMs,
    highest: highest(leg.highest, call.assessment?.lasting ?? 'unknown'),
  });
  if (connected.state === 'held') {
    tellNames(tx, connected, call, level);
    return;
  }
  tx.emit(
    { ...at(connected), type: 'speaker', on: true },
    { ...at(connected), type: 'lamp', mode: 'on' },
    { ...at(connected), type: 'call-state', state: 'connected' },
  );
  tellNames(tx, connected, call, level);
  tellSoftkeys(tx, connected, connected.transferFor ? 'connected-transfer' : 'connected');
  tx.emit(prompt(connected, 'connected'));
}

/** Ends the call for everybody in it and writes its record. */
export function endCall(tx: Transaction, call: Call, end: CallEnd): void {
  closeConnection(tx, call.connection);
  closeConnection(tx, call.music);
  recordCall(tx, call, end);
  tx.deleteCall(call.id);
  for (const id of [call.caller, ...call.callees]) {
    const leg = tx.leg(id);
    if (leg) clearFromPhone(tx, leg);
  }
}

export type Splitting = Required<Pick<CallEnd, 'onBehalfOf'>> & Pick<CallEnd, 'comment'>;

/** The call is taken apart because its legs go on elsewhere: no phone is cleared. */
export function splitCall(tx: Transaction, call: Call, why: Splitting): void {
  closeConnection(tx, call.connection);
  closeConnection(tx, call.music);
  recordCall(tx, call, { by: undefined, cause: CAUSE.callSplit, ...why });
  tx.deleteCall(call.id);
}

/** The other leg of a connected call; none while that is parked or being transferred. */
export function peerOf(tx: Transaction, leg: Leg): Leg | undefined {
  const call = tx.call(leg.call);
  if (call?.state !== 'connected') return undefined;
  const peer = tx.leg(call.caller === leg.id ? (call.callees[0] ?? 0) : call.caller);
  return peer?.detached ? undefined : peer;
}

function ringOut(tx: Transaction, leg: Leg, called: ShownParty): void {
  if (leg.detached) return;
  tx.emit(
    { ...at(leg), type: 'stop-tone' },
    { ...at(leg), type: 'dialed-number', number: called.number },
    { ...at(leg), type: 'call-state', state: 'proceed' },
  );
  tellCallInfo(tx, leg, { caller: selfOf(leg), called, outbound: true }, undefined);
  tx.emit(
    { ...at(leg), type: 'call-state', state: 'ring-out' },
    { ...at(leg), type: 'tone', tone: 'alerting' },
    prompt(leg, 'ring-out'),
  );
  tellSoftkeys(tx, leg, 'ring-out');
}

function ringIn(tx: Transaction, leg: Leg, caller: Leg, called: ShownParty): void {
  tx.emit(
    { ...at(leg), type: 'call-state', state: 'ring-in' },
    { ...at(leg), type: 'lamp', mode: 'blink' },
  );
  tellCallInfo(tx, leg, { caller: selfOf(caller), called, outbound: false }, undefined);
  tx.emit({ ...at(leg), type: 'ringer', ringing: true }, prompt(leg, 'from'));
  tellSoftkeys(tx, leg, 'ring-in');
}

/** The media security policy lets no call be: both are told, with the proof (D-20). */
export function refuseCall(
  tx: Transaction,
  legs: readonly Pick<Leg, 'device'>[],
  { limits }: Assessment,
): void {
  const text = 'media-security-required';
  const cause = CAUSE.resourceUnavailable;
  for (const { device } of legs) {
    tx.emit({ type: 'notify', device, text, timeoutSeconds: 10 });
    const proof = [policyLimit(device), ...limits];
    tx.refuse({ device, operation: 'call', text, cause, limits: proof });
  }
}
