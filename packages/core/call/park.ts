/**
 * Park: a call, or one's place in a conference, waits at a number until somebody dials it. The leg
 * stays where it is, held and shown by no phone: a conference keeps its level and hears no music (INT-01).
 */
import { CAUSE, ON_BEHALF_OF, REASON } from '../cdr/record.ts';
import { linkedWith } from '../conference/level.ts';
import { numbersOf } from '../dialplan/pattern.ts';
import type { TextId } from '../effect.ts';
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { recordFailedAttempt } from './call-record.ts';
import { at } from './display.ts';
import { hold } from './hold.ts';
import { detach, failLeg } from './leg.ts';
import { release } from './release.ts';
import { takeOver } from './take-over.ts';
import { turnDown } from './turn-down.ts';
import { peerOf } from './two-party.ts';

/** The Park key. */
export function park(tx: Transaction, leg: Leg): void {
  const inSomething = leg.conference !== undefined || peerOf(tx, leg) !== undefined;
  if (leg.state !== 'connected' || !inSomething) {
    refuse(tx, leg, 'key-not-active', 'Only a connected call can be parked.');
    return;
  }
  const patterns = tx.configuration.parkNumbers ?? [];
  const number = patterns.flatMap(numbersOf).find((each) => !tx.parked.has(each));
  if (number === undefined) {
    refuse(tx, leg, 'no-park-number', 'No park number is free.');
    return;
  }
  hold(tx, leg);
  detach(tx, tx.theLeg(leg.id));
  const by = { device: leg.device, number: leg.number };
  tx.park({ number, leg: leg.id, sinceMs: tx.nowMs, by });
  tx.emit({
    type: 'notify',
    device: leg.device,
    text: 'parked-at',
    number,
    timeoutSeconds: 10,
  });
}

/** A leg has dialled a park number: it takes the place of the one that parked. */
export function retrieve(tx: Transaction, leg: Leg, number: string): void {
  const parked = tx.parked.get(number);
  const waiting = tx.leg(parked?.leg ?? 0);
  if (!waiting) {
    recordFailedAttempt(tx, leg, { called: number, cause: CAUSE.unallocatedNumber });
    failLeg(tx, leg, { text: 'unknown-number', state: 'invalid-number', tone: 'reorder' });
    return;
  }
  tx.emit({ device: leg.device, leg: leg.id, line: leg.line, type: 'stop-tone' });
  takeOver(tx, waiting, leg, {
    origin: { onBehalfOf: ON_BEHALF_OF.callPark, reason: REASON.parkPickup, number },
    control: 'virtual',
    whenRefused: 'keep-old',
  });
}

/** A parked leg that is gone frees its number; one that nobody is waiting with any more is released. */
export function settleParked(tx: Transaction): void {
  for (const { number, leg } of tx.parked.values()) {
    const parked = tx.leg(leg);
    if (parked && isForsaken(tx, parked)) release(tx, parked);
    if (!tx.leg(leg)) tx.unpark(number);
  }
}

function refuse(tx: Transaction, leg: Leg, text: TextId, fact: string): void {
  turnDown(tx, at(leg), { operation: 'park', text, rule: 'INT-01', fact });
}

/** Whether all who are in it with the leg are parked themselves. */
function isForsaken(tx: Transaction, parked: Leg): boolean {
  const conference = tx.conference(parked.conference);
  if (!conference) return peerOf(tx, parked) === undefined;
  return linkedWith(tx, conference)
    .flatMap((id) => tx.theConference(id).participants)
    .every(({ leg, link, state }) => link || state === 'leaving' || tx.leg(leg)?.detached);
}
