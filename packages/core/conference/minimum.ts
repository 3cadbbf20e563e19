/**
 * The minimum level of a meet-me conference, from its beginning to its end (MTM-01 ... MTM-06, MAH-01,
 * MHR-01, MBA-01, INT-04, D-14): nothing that is worth less gets in, and nothing that falls below stays.
 *
 * What passes by itself evicts nobody (D-22).
 */
import { recordFailedAttempt } from '../call/call-record.ts';
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import type { Assessment, Limit } from '../security/assessment.ts';
import { type KnownLevel, meets, shown } from '../security/level.ts';
import { abilityOf } from '../security/phone-model.ts';
import type { Conference, ConferenceId, Leg, LegId, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessParticipant, linkedWith } from './level.ts';
import { leave } from './membership.ts';

/** Whether a leg, or a whole side of a link, may be in a conference with this minimum (MTM-02, MTM-06). */
export function admits(minimum: KnownLevel, { lasting }: Pick<Assessment, 'lasting'>): boolean {
  return minimum === 'nonsecure' || meets(lasting, minimum);
}

/** Below the minimum: told why, recorded with cause 58 (MTM-02, CDR-04). The caller clears the leg. */
export function refuseBelowMinimum(
  tx: Transaction,
  leg: Pick<Leg, 'id' | 'device' | 'number' | 'partition' | 'startedMs'>,
  { number = '', minimum }: Pick<Conference, 'number' | 'minimum'>,
  assessment: Assessment,
  how: { readonly recorded: boolean } = { recorded: true },
): void {
  const { device } = leg;
  const cause = CAUSE.bearerCapabilityNotAvailable;
  tx.count('refusedJoins');
  if (how.recorded) {
    const onBehalfOf = ON_BEHALF_OF.meetMe;
    recordFailedAttempt(tx, leg, { called: number, cause, onBehalfOf, lastRedirectNumber: number });
  }
  tx.emit({
    type: 'alarm',
    name: 'MeetMeRejected',
    device,
    reason: 'below-minimum',
    text: `${device} is ${shown(assessment.lasting)}; meet-me number ${number} demands ${minimum}.`,
  });
  const phone = tx.phoneConfiguration(device);
  const text = phone && abilityOf(phone).refusalText;
  if (text) tx.emit({ type: 'notify', device, text, timeoutSeconds: 10 });
  tx.refuse({
    device,
    operation: 'meet-me',
    ...(text && { text }),
    minimum,
    cause,
    limits: [demandOf(minimum, number), ...assessment.limits],
  });
}

/** What the level was measured against. */
function demandOf(minimum: KnownLevel, number: string): Limit {
  const fact = `Meet-me number ${number} demands ${minimum} of everybody.`;
  return { rule: 'MTM-02', level: 'encrypted', fact };
}

/** Clears every leg and link that has fallen below the minimum of its meet-me conference (D-14, CDR-05). */
export function enforceMinimum(tx: Transaction): void {
  for (const { id, minimum } of tx.conferences.values()) {
    // Most conferences demand nothing, and this is asked after every step.
    if (minimum === 'nonsecure') continue;
    for (const { leg } of tx.conference(id)?.participants ?? []) evictBelow(tx, id, leg);
  }
}

/**
 * Something worth `assessment` is about to enter this conference: meet-me conferences that are linked to
 * it and demand more are cut off before anybody hears or sees anything of it (D-14).
 */
export function releaseLinksBelow(
  tx: Transaction,
  id: ConferenceId,
  assessment: Pick<Assessment, 'lasting' | 'limits' | 'level'>,
): void {
  const conference = tx.conference(id);
  if (!conference) return;
  for (const other of linkedWith(tx, conference)) {
    const linked = other === id ? undefined : tx.conference(other);
    if (!linked || admits(linked.minimum, assessment)) continue;
    const towards = linked.participants.find(
      ({ link, state }) => link && state !== 'leaving' && leadsTo(tx, link.conference, id, other),
    );
    if (towards) evict(tx, linked, towards, assessment);
  }
}

function evictBelow(tx: Transaction, id: ConferenceId, leg: LegId): void {
  const conference = tx.conference(id);
  const participant = conference?.participants.find((each) => each.leg === leg);
  if (!conference || !participant || participant.state === 'leaving') return;
  const assessment = assessParticipant(tx, participant);
  if (!admits(conference.minimum, assessment)) evict(tx, conference, participant, assessment);
}

/** Its record is that of its departure: cause 58, on behalf of meet-me. */
function evict(
  tx: Transaction,
  conference: Conference,
  participant: Participant,
  assessment: Assessment,
): void {
  const { leg: id, device, number, partition, joinedMs: startedMs } = participant;
  const leg = { id, device, number, partition, startedMs };
  refuseBelowMinimum(tx, leg, conference, assessment, { recorded: false });
  leave(tx, conference.id, id, {
    cause: CAUSE.bearerCapabilityNotAvailable,
    onBehalfOf: ON_BEHALF_OF.meetMe,
  });
}

/** Whether the side of `from` away from `without` has `target` in it; links form a tree. */
function leadsTo(
  tx: Transaction,
  from: ConferenceId,
  target: ConferenceId,
  without: ConferenceId,
): boolean {
  if (from === target) return true;
  const links = tx.conference(from)?.participants ?? [];
  return links.some(
    ({ link, state }) =>
      link &&
      state !== 'leaving' &&
      link.conference !== without &&
      leadsTo(tx, link.conference, target, from),
  );
}
