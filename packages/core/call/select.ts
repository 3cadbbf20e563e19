/** The Select key marks calls for Join and DirTrfr. */
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at, prompt } from './display.ts';

/** Marks the call, or takes the mark off. */
export function select(tx: Transaction, leg: Leg): void {
  if (leg.barge || (leg.state !== 'connected' && leg.state !== 'held')) {
    tx.emit(prompt(leg, 'key-not-active', 5));
    return;
  }
  if (leg.selected) tx.clearLeg(leg.id, 'selected');
  else tx.patchLeg(leg.id, { selected: true });
  tx.emit({ ...at(leg), type: 'selected', selected: !leg.selected });
}

/** The call that the key was pressed on, and after it the other marked ones of the phone. */
export function selectedWith(tx: Transaction, leg: Leg): readonly Leg[] {
  const marked = tx.legsOf(leg.device).filter((each) => each.selected && each.id !== leg.id);
  return [leg, ...marked];
}
