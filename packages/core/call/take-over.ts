/**
 * One leg takes the place of another, in a call or in a conference: a transfer that completes, a parked
 * call that is retrieved, a held call that is resumed on another phone of the shared line.
 *
 * In a conference the newcomer counts, and everybody is told, before the leg that it replaces goes.
 */
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { obstacleOfLock } from '../conference/bridge-load.ts';
import { mayEnter } from '../conference/meet-me.ts';
import { askToAdd, enroll, leave } from '../conference/membership.ts';
import type { CallOrigin, Conference, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at } from './display.ts';
import { clearFromPhone } from './leg.ts';
import { pair } from './pair.ts';
import { turnDown } from './turn-down.ts';
import { splitCall } from './two-party.ts';

export interface TakeOver {
  readonly origin: CallOrigin;
  /** Whether a conference's controller stays one in the new place (domain 1.2). */
  readonly control: 'moves' | 'virtual';
  /** What becomes of the old leg when the new one may not enter the conference. */
  readonly whenRefused: 'drop-old' | 'keep-old';
}

/** `fresh` must be free of any call. It is cleared when it may not enter (MTM-03, MHR-01). */
export function takeOver(tx: Transaction, old: Leg, fresh: Leg, how: TakeOver): void {
  const conference = tx.conference(old.conference);
  if (conference) takePlace(tx, conference, old, fresh, how);
  else takeCall(tx, old, fresh, how);
}

function takeCall(tx: Transaction, old: Leg, fresh: Leg, how: TakeOver): void {
  const call = tx.call(old.call);
  const other = call && [call.caller, ...call.callees].find((id) => id !== old.id);
  if (call?.state !== 'connected' || other === undefined) {
    clearFromPhone(tx, fresh);
    return;
  }
  splitCall(tx, call, { onBehalfOf: how.origin.onBehalfOf });
  clearFromPhone(tx, old);
  pair(tx, other, fresh.id, { origin: how.origin });
}

function takePlace(
  tx: Transaction,
  conference: Conference,
  old: Leg,
  fresh: Leg,
  how: TakeOver,
): void {
  const { id } = conference;
  if (!isSameLine(old, fresh) && refuseByLock(tx, conference, fresh)) {
    if (how.whenRefused === 'drop-old') {
      leave(tx, id, old.id, { cause: CAUSE.normal, onBehalfOf: how.origin.onBehalfOf });
    }
    return;
  }
  if (!mayEnter(tx, fresh, conference)) {
    if (how.whenRefused === 'drop-old') {
      const onBehalfOf = ON_BEHALF_OF.meetMe;
      leave(tx, id, old.id, { cause: CAUSE.bearerCapabilityNotAvailable, onBehalfOf });
    }
    return;
  }
  const globalCallId = tx.takeCallId();
  enroll(tx, id, [fresh], () => ({ globalCallId }));
  const { controller, virtualController, ...rest } = tx.theConference(id);
  if (controller === old.id) {
    const inControl =
      how.control === 'moves' ? { controller: fresh.id } : { virtualController: fresh.id };
    tx.putConference({ ...rest, ...inControl });
  } else if (virtualController === old.id) {
    tx.putConference({ ...rest, virtualController: fresh.id });
  }
  const { onBehalfOf } = how.origin;
  leave(tx, id, old.id, { cause: CAUSE.callSplit, onBehalfOf, replaced: true });
  askToAdd(tx, id, fresh.id);
}

/** A user who goes on at another of his phones is nobody else. */
function isSameLine(one: Leg, other: Leg): boolean {
  return one.number === other.number && one.partition === other.partition;
}

/** A locked conference takes nobody in anybody's place. */
function refuseByLock(tx: Transaction, conference: Conference, fresh: Leg): boolean {
  const lock = obstacleOfLock(conference);
  if (!lock) return false;
  turnDown(tx, at(fresh), { operation: 'join', text: 'exceeds-maximum-parties', ...lock });
  clearFromPhone(tx, fresh);
  return true;
}
