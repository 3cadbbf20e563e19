/** Two legs that are already on their phones become one call: what remains, or what a transfer makes. */

import { CAUSE } from '../cdr/record.ts';
import { bargersOf } from '../security/barge-limit.ts';
import { type Level, lowest } from '../security/level.ts';
import type { Call, CallOrigin, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { tellBarger } from './call-level.ts';
import { assessCall, openCallMedia } from './call-media.ts';
import { endCall, refuseCall, showConnected } from './two-party.ts';

export interface Pairing {
  /** Where the call comes from, for its record. */
  readonly origin: CallOrigin;
  /** The phones are told no more than this until the new media is open at both ends. */
  readonly atMost?: Level;
}

/** `one` counts as the caller. Both must be free of any other call or conference. */
export function pair(tx: Transaction, one: LegId, other: LegId, pairing: Pairing): Call {
  const id = tx.takeCallId();
  const fresh = { call: id, highest: 'unknown' } as const;
  const legs = [tx.patchLeg(one, fresh), tx.patchLeg(other, fresh)] as const;
  const { assessment, refused } = assessCall(tx, legs[0], legs[1]);
  const call = tx.putCall({
    id,
    caller: one,
    callees: [other],
    calledNumber: legs[1].number,
    calledPartition: legs[1].partition,
    state: 'connected',
    originatedMs: tx.nowMs,
    connectedMs: tx.nowMs,
    assessment,
    media: new Map(),
    origin: pairing.origin,
  });
  if (refused) {
    refuseCall(tx, legs, assessment);
    endCall(tx, call, { by: undefined, cause: CAUSE.resourceUnavailable });
    return call;
  }
  const told = lowest([assessment.level, pairing.atMost ?? 'encrypted']);
  for (const leg of legs) {
    showConnected(tx, leg, call, told);
    for (const barger of bargersOf(tx, leg.id)) {
      // The barged phone may still mix what it was in before: no more than that until it has answered.
      tellBarger(tx, barger, leg, lowest([told, barger.told ?? told]));
    }
  }
  openCallMedia(tx, call);
  return call;
}
