/** The second call that a user makes while the first one waits: to confer or to transfer. */
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at, prompt, tellSoftkeys } from './display.ts';
import { hold } from './hold.ts';
import { clearFromPhone, LEGS_PER_PHONE_MAX, newLeg } from './leg.ts';

/** Why the user consults: names the field of the new leg that remembers the first one. */
export type Purpose = 'consultFor' | 'transferFor';

/** Whether the phone has room for one more call. */
export function mayConsult(tx: Transaction, leg: Leg): boolean {
  return tx.legsOf(leg.device).length < LEGS_PER_PHONE_MAX;
}

/** Holds the leg and gives dial tone on a new one. */
export function consult(tx: Transaction, leg: Leg, purpose: Purpose): void {
  hold(tx, leg);
  const fresh = newLeg(tx, leg.device, leg.line, 'dialing');
  if (!fresh) return;
  const dialing = tx.patchLeg(fresh.id, { [purpose]: leg.id });
  tx.emit(
    { ...at(dialing), type: 'call-state', state: 'off-hook' },
    { ...at(dialing), type: 'tone', tone: 'dial' },
    prompt(dialing, 'enter-number'),
  );
  tellSoftkeys(tx, dialing, 'off-hook-feature');
}

/**
 * The held leg of a consultation that was begun and not dialled, because the user took up `leg` instead:
 * that is the call meant. The dial tone goes; undefined when there is no such consultation.
 */
export function tookUpInstead(tx: Transaction, leg: Leg, purpose: Purpose): Leg | undefined {
  const open = tx
    .legsOf(leg.device)
    .find((each) => each[purpose] !== undefined && each.state === 'dialing');
  const held = tx.leg(open?.[purpose] ?? 0);
  if (!open || !held || open.id === leg.id || held.id === leg.id) return undefined;
  clearFromPhone(tx, open);
  return tx.theLeg(held.id);
}
