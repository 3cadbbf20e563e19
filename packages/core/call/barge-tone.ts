/**
 * The tone that a barged phone plays. An SCCP phone makes it itself and nothing changes (INT-06); a SIP
 * phone is given it in the place of its call, which is nonsecure for so long (INT-07).
 */
import { publishMembers } from '../conference/membership.ts';
import type { Leg } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { publishCall } from './call-level.ts';

/** How long the tone lasts. [inferred] The guides give no figure. */
const BARGE_TONE_MS = 1_000;

/** Call it before the level of the barge is told. */
export function startBargeTone(tx: Transaction, target: Leg): void {
  if (tx.phoneConfiguration(target.device)?.protocol !== 'SIP') return;
  tx.patchLeg(target.id, { bargeToneUntilMs: tx.nowMs + BARGE_TONE_MS });
}

/** Tones whose time is up: the level is told without them. */
export function bargeTonesOver(tx: Transaction): void {
  for (const { id, bargeToneUntilMs, conference, call } of tx.specialLegs()) {
    if (bargeToneUntilMs === undefined || bargeToneUntilMs > tx.nowMs) continue;
    tx.clearLeg(id, 'bargeToneUntilMs');
    if (conference !== undefined) publishMembers(tx, conference);
    else publishCall(tx, call);
  }
}
