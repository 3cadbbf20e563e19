/** Hold and resume of calls and of conference legs (D-11, INT-01: a held leg keeps its level). */
import { openParticipantMedia, setParticipantHeld } from '../conference/membership.ts';
import { bargersOf } from '../security/barge-limit.ts';
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { closeBargeMedia, endBarge, openBargeMedia } from './barge.ts';
import { closeCallMedia, openCallMedia } from './call-media.ts';
import { at, prompt, tellSoftkeys } from './display.ts';
import { playMusic, stopMusic } from './music.ts';

/** Puts a connected leg on hold: its media stops in both directions, nobody is played music. */
export function hold(tx: Transaction, leg: Leg): void {
  if (leg.state !== 'connected') return;
  if (leg.barge) {
    endBarge(tx, leg);
    return;
  }
  closeBargeMedia(tx, leg);
  const call = tx.call(leg.call);
  const held = tx.patchLeg(leg.id, { state: 'held' });
  if (call) playMusic(tx, closeCallMedia(tx, call), held);
  if (leg.conference !== undefined) setParticipantHeld(tx, leg.conference, leg.id, true);
  tx.emit(
    { ...at(held), type: 'call-state', state: 'hold' },
    { ...at(held), type: 'lamp', mode: 'wink' },
    prompt(held, 'hold'),
  );
  tellSoftkeys(tx, held, 'on-hold');
}

/** Takes a held leg back; what the phone was busy with is held instead. */
export function resume(tx: Transaction, leg: Leg): void {
  if (leg.state !== 'held') return;
  holdOthers(tx, leg);
  const active = tx.patchLeg(leg.id, { state: 'connected' });
  tx.emit(
    { ...at(active), type: 'speaker', on: true },
    { ...at(active), type: 'call-state', state: 'connected' },
    { ...at(active), type: 'lamp', mode: 'on' },
    prompt(active, 'connected'),
  );
  tellSoftkeys(tx, active, leg.conference === undefined ? 'connected' : 'connected-conference');
  if (leg.conference !== undefined) {
    setParticipantHeld(tx, leg.conference, leg.id, false);
    openParticipantMedia(tx, leg.conference, leg.id);
  } else {
    const call = tx.call(leg.call);
    if (call) openCallMedia(tx, stopMusic(tx, call));
  }
  for (const barger of bargersOf(tx, leg.id)) openBargeMedia(tx, barger);
}

/** Holds every other leg of the phone that is talking: one phone talks in one call. */
export function holdOthers(tx: Transaction, leg: Leg): void {
  for (const other of tx.legsOfUser(leg.device, leg.line)) {
    if (other.id !== leg.id) hold(tx, other);
  }
}
