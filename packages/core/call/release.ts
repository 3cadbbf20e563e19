/** How a leg ends, whatever it was doing: by its user, by its device's loss, or by failing media. */

import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { leave } from '../conference/membership.ts';
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { endBarge, handOver } from './barge.ts';
import { recordFailedAttempt } from './call-record.ts';
import { clearFromPhone } from './leg.ts';
import { endCall } from './two-party.ts';

/** Ends the leg for this cause, with its record; others in its call or conference are looked after. */
export function release(tx: Transaction, leg: Leg, cause: number = CAUSE.normal): void {
  if (leg.barge) {
    endBarge(tx, leg, cause);
    return;
  }
  if (leg.conference !== undefined) {
    leave(tx, leg.conference, leg.id, { cause, onBehalfOf: ON_BEHALF_OF.device });
    return;
  }
  const call = tx.call(leg.call);
  if (call?.state === 'ringing' && call.caller !== leg.id && call.callees.length > 1) {
    // One appearance of a shared line went away; the others go on ringing.
    tx.putCall({ ...call, callees: call.callees.filter((each) => each !== leg.id) });
    clearFromPhone(tx, leg);
    return;
  }
  if (call) {
    if (handOver(tx, leg)) return;
    endCall(tx, call, { by: leg.id, cause });
    return;
  }
  if (leg.digits !== '' && leg.state === 'dialing') {
    recordFailedAttempt(tx, leg, { called: leg.digits, cause });
  }
  clearFromPhone(tx, leg);
}
