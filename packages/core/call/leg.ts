/** The life of one leg on its phone: taken up, cleared, ended with a tone. */
import type { ShownCallState, ShownParty, TextId } from '../effect.ts';
import type { Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { at, prompt, tellGone, tellSoftkeys } from './display.ts';

/** Calls that one phone may have at a time, and beyond which it is busy to others. */
export const LEGS_PER_PHONE_MAX = 4;
export const BUSY_TRIGGER = 2;

/** How long to wait for the next digit, in milliseconds (the vendor's T302 default). */
export const INTER_DIGIT_MS = 15_000;

/** Puts a new leg on the phone's line button; undefined when the phone has no such line or is full. */
export function newLeg(
  tx: Transaction,
  device: string,
  line: number | undefined,
  state: Leg['state'],
): Leg | undefined {
  const phone = tx.phoneConfiguration(device);
  const button =
    phone?.lines.find((each) => each.index === line) ??
    (line === undefined || line === 0 ? phone?.lines[0] : undefined);
  if (!button || tx.legsOfUser(device, button.index).length >= LEGS_PER_PHONE_MAX) return undefined;
  const { index, directoryNumber: number, partition, displayName } = button;
  return putNew(tx, tx.takeId(), { device, line: index, number, partition, displayName, state });
}

/** A party behind a trunk, on a line of its own: a trunk carries many at a time. */
export function newRemoteLeg(
  tx: Transaction,
  device: string,
  { name, number }: ShownParty,
  state: Leg['state'],
): Leg {
  const id = tx.takeId();
  return putNew(tx, id, { device, line: id, number, partition: '', displayName: name, state });
}

function putNew(
  tx: Transaction,
  id: LegId,
  leg: Pick<Leg, 'device' | 'line' | 'number' | 'partition' | 'displayName' | 'state'>,
): Leg {
  const fresh = { digits: '', startedMs: tx.nowMs, meetMe: false, highest: 'unknown' } as const;
  return tx.putLeg({ id, ...leg, ...fresh });
}

/** Takes the leg off the phone and out of the state; media and membership are closed before. */
export function clearFromPhone(tx: Transaction, leg: Leg): void {
  tx.deleteLeg(leg.id);
  if (!leg.detached) showGone(tx, leg);
}

/** Takes the leg off its phone although it goes on: parked, or transferred before the answer. */
export function detach(tx: Transaction, leg: Leg): void {
  showGone(tx, leg);
  tx.patchLeg(leg.id, { detached: true });
}

function showGone(tx: Transaction, leg: Leg): void {
  if (!tx.phone(leg.device)) return;
  if (leg.state === 'ring-in') tx.emit({ ...at(leg), type: 'ringer', ringing: false });
  tellGone(tx, at(leg));
  const others = tx.legsOf(leg.device).filter((other) => other.id !== leg.id);
  if (!others.some((other) => other.state !== 'held' && other.state !== 'ring-in')) {
    tx.emit({ ...at(leg), type: 'speaker', on: false });
  }
}

/** Ends the leg's attempt: the user hears a tone and reads why, until hanging up. */
export function failLeg(
  tx: Transaction,
  leg: Leg,
  why: {
    readonly text: TextId;
    readonly state: ShownCallState;
    readonly tone: 'busy' | 'reorder';
  },
): void {
  const failed = tx.putLeg({ ...leg, state: 'failed' });
  tx.clearLeg(leg.id, 'call', 'digitDeadlineMs');
  if (leg.detached || !tx.phone(leg.device)) return;
  tx.emit(
    { ...at(failed), type: 'call-state', state: why.state },
    { ...at(failed), type: 'tone', tone: why.tone },
    prompt(failed, why.text),
  );
  tellSoftkeys(tx, failed, 'off-hook');
}
