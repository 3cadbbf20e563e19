/** The records that calls in progress would have if they ended now: what a crash would otherwise lose. */
import { recordCall } from '../call/call-record.ts';
import { recordParticipant } from '../conference/conference-record.ts';
import type { State } from '../state.ts';
import { Transaction } from '../transaction.ts';
import { CAUSE, type CallDetailRecord, ON_BEHALF_OF } from './record.ts';

/** One record for each connected call and each participant, ended now by a temporary failure. */
export function openRecords(state: State, nowMs: number): readonly CallDetailRecord[] {
  const tx = new Transaction(state, nowMs);
  const end = { cause: CAUSE.temporaryFailure, onBehalfOf: ON_BEHALF_OF.callControl };
  for (const call of state.calls.values()) {
    if (call.state === 'connected') recordCall(tx, call, { by: undefined, ...end });
  }
  for (const conference of state.conferences.values()) {
    for (const participant of conference.participants) {
      if (participant.state !== 'leaving') recordParticipant(tx, conference, participant, end);
    }
  }
  return tx.effects.flatMap((effect) => (effect.type === 'record' ? [effect.record] : []));
}
