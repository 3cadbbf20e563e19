/** The level of a call between two lines, and telling it to everybody in it (SEC-04, SEC-18). */
import { bargersOf } from '../security/barge-limit.ts';
import { highest, type Level, rank } from '../security/level.ts';
import type { Call, CallId, Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessCall } from './call-media.ts';
import { selfOf, tellCallInfo } from './display.ts';

/** Computes the level anew and tells it where it is another than was told before. */
export function publishCall(tx: Transaction, id: CallId | undefined): void {
  const call = tx.call(id);
  const legs = call && [tx.leg(call.caller), tx.leg(call.callees[0] ?? 0)];
  const [caller, callee] = legs ?? [];
  if (!call || !caller || !callee) return;
  const { assessment } = assessCall(tx, caller, callee);
  const current = tx.putCall({ ...call, assessment });
  for (const leg of [caller, callee]) {
    tx.patchLeg(leg.id, { highest: highest(leg.highest, assessment.lasting) });
  }
  // A rise waits until the media that is being opened proves it.
  const opening = tx.connection(call.connection)?.ends.some((each) => !each.address) ?? false;
  const before = call.assessment?.level ?? 'unknown';
  if (!opening || rank(assessment.level) < rank(before)) tellCallLevel(tx, current);
}

/** Tells the level to whoever was told another one: both parties and those who barged in. */
export function tellCallLevel(tx: Transaction, call: Call): void {
  const level = call.assessment?.level;
  if (level === undefined) return;
  for (const id of [call.caller, ...call.callees]) {
    const leg = tx.leg(id);
    if (leg && leg.told !== level) tellNames(tx, leg, call, level);
    for (const barger of bargersOf(tx, id)) {
      if (leg && barger.told !== level) tellBarger(tx, barger, leg, level);
    }
  }
}

/** Tells a leg whom the call is with. */
export function tellNames(tx: Transaction, leg: Leg, call: Call, level: Level): void {
  const caller = tx.theLeg(call.caller);
  const callee = tx.leg(call.callees[0] ?? 0);
  tellCallInfo(
    tx,
    leg,
    {
      caller: selfOf(caller),
      called: { name: callee?.displayName ?? '', number: callee?.number ?? call.calledNumber },
      outbound: leg.id === caller.id,
    },
    level,
  );
}

/** Tells a barger whom it has barged. */
export function tellBarger(tx: Transaction, leg: Leg, target: Leg, level: Level): void {
  tellCallInfo(tx, leg, { caller: selfOf(leg), called: selfOf(target), outbound: true }, level);
}
