/**
 * cBarge: a phone of a shared line turns another one's call into an ad hoc conference on a shared
 * bridge, chosen for the barged device, which controls it (CBG-01 ... CBG-03).
 */
import { assemble } from '../conference/assembly.ts';
import { refuseForRoom, roomIn } from '../conference/bridge-load.ts';
import { mayEnter } from '../conference/meet-me.ts';
import { admit } from '../conference/membership.ts';
import type { Appearance } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at, prompt } from './display.ts';
import { holdOthers } from './hold.ts';
import { clearFromPhone, newLeg } from './leg.ts';
import { turnDown } from './turn-down.ts';
import { peerOf } from './two-party.ts';

/** The cBarge key on a call that another phone of the line is in. */
export function cbarge(tx: Transaction, appearance: Appearance): void {
  const { device, line } = appearance;
  const target = tx.theLeg(appearance.leg);
  const peer = peerOf(tx, target);
  const conference = tx.conference(target.conference);
  const here = { device, line, leg: target.id };
  const phone = tx.phoneConfiguration(device);
  if (target.state !== 'connected' || (!peer && !conference) || phone?.protectedDevice) {
    const fact = `${target.device} is in no call that ${device} could enter.`;
    turnDown(tx, here, { operation: 'cbarge', text: 'key-not-active', rule: 'CBG-01', fact });
    return;
  }
  if (conference && roomIn(tx, conference) < 1) {
    refuseForRoom(tx, here, conference);
    return;
  }
  const fresh = newLeg(tx, device, line, 'proceeding');
  if (!fresh) {
    const fact = `${device} has no room for another call.`;
    turnDown(tx, here, { operation: 'cbarge', text: 'past-limit', rule: 'CBG-01', fact });
    return;
  }
  holdOthers(tx, fresh);
  const leg = tx.patchLeg(fresh.id, { joining: true });
  tx.emit(
    { ...at(leg), type: 'lamp', mode: 'on' },
    { ...at(leg), type: 'call-state', state: 'proceed' },
    prompt(leg, 'to-conference'),
  );
  if (conference) {
    if (mayEnter(tx, leg, conference)) {
      admit(tx, conference.id, [leg], () => ({ globalCallId: tx.takeCallId() }));
    }
    return;
  }
  const joining = [target.id, ...(peer ? [peer.id] : []), leg.id];
  const assembly = { initiator: leg.id, joining, merging: [], linking: [] };
  if (!assemble(tx, target, assembly)) clearFromPhone(tx, leg);
}
