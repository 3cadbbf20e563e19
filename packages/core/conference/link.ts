/**
 * Chaining: two conferences are linked by a participant in each that stands for the other (CHN-01 ...
 * CHN-03). Links form a tree (D-09); the level of each conference is the lowest of all it is linked to.
 */
import { bridgeNumber } from '../call/call-record.ts';
import { at } from '../call/display.ts';
import { type Obstacle, turnDown } from '../call/turn-down.ts';
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { protectionOf } from '../security/assessment.ts';
import { abilityOf } from '../security/phone-model.ts';
import type { Conference, ConferenceId, Leg, LegId, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { obstacleOfLock } from './bridge-load.ts';
import { assessConference, linkedWith } from './level.ts';
import { askToAdd, leave, publishMembers } from './membership.ts';
import { admits, refuseBelowMinimum, releaseLinksBelow } from './minimum.ts';

/** Conferences that may be attached to one unless non-linear linking is enabled (D-09). */
const LINKS_MAX = 2;

export interface LinkWish {
  /** Whose user asked. */
  readonly by: Leg;
  /** Whether the first leg stays in its conference: not in a transfer. */
  readonly stays: boolean;
}

/** Why the user of these two legs may not link what they are in (STA-10, D-10, RES-05). */
export function obstacleToLink(tx: Transaction, one: Leg, other: Leg): Obstacle | undefined {
  const conferences = [tx.conference(one.conference), tx.conference(other.conference)];
  const [here, there] = conferences;
  if (!here || !there || linkedWith(tx, here).includes(there.id)) {
    return { rule: 'D-09', fact: 'These conferences are linked already.' };
  }
  const lock = obstacleOfLock(here) ?? obstacleOfLock(there);
  if (lock) return lock;
  const phone = tx.phoneConfiguration(one.device);
  if (!phone || !abilityOf(phone).chaining) {
    const fact = `Model ${phone?.model} of ${one.device} does not support linking.`;
    return { rule: 'RES-05', fact };
  }
  const { nonLinearLinking, advancedAdHocConference } = tx.configuration.parameters;
  const links = (each: Conference): number =>
    each.participants.filter(({ link, state }) => link && state !== 'leaving').length;
  if (!nonLinearLinking && [here, there].some((each) => links(each) >= LINKS_MAX)) {
    const fact = `One of the conferences is linked with ${LINKS_MAX} others already.`;
    return { rule: 'D-09', fact, fix: 'Enable Non-linear Ad Hoc Conference Linking.' };
  }
  if (advancedAdHocConference || controls(here, one, there) || controls(there, other, here)) {
    return undefined;
  }
  const fact = 'Advanced Ad Hoc Conference is off, so conferences are not linked.';
  return { rule: 'STA-10', fact, fix: 'Enable Advanced Ad Hoc Conference.' };
}

/** Whether a consultation from this leg can lead to a link, though it may not add parties. */
export function mayLinkFrom(tx: Transaction, leg: Leg): boolean {
  const { advancedAdHocConference } = tx.configuration.parameters;
  return tx.conference(leg.conference)?.kind === 'meet-me' && advancedAdHocConference;
}

/** Links what the legs are in. The second leg leaves; the link is told before any bridge is asked. */
export function linkConferences(tx: Transaction, one: Leg, other: Leg, wish: LinkWish): void {
  const here = tx.conference(one.conference);
  const there = tx.conference(other.conference);
  const obstacle = obstacleToLink(tx, one, other);
  if (!here || !there || obstacle) {
    if (obstacle) refuseLink(tx, wish.by, obstacle);
    return;
  }
  if (isBelowMinimum(tx, here, there)) {
    dropLinkingLeg(tx, there, other, here);
    return;
  }
  releaseLinksBelow(tx, here.id, assessConference(tx, there));
  releaseLinksBelow(tx, there.id, assessConference(tx, here));
  const near = tx.takeId();
  const far = tx.takeId();
  enter(tx, here.id, linkParticipant(tx, near, here, { conference: there.id, leg: far }));
  enter(tx, there.id, linkParticipant(tx, far, there, { conference: here.id, leg: near }));
  publishMembers(tx, here.id);
  publishMembers(tx, there.id);
  const gone = { cause: CAUSE.callSplit, onBehalfOf: ON_BEHALF_OF.conference, replaced: true };
  leave(tx, there.id, other.id, gone);
  if (!wish.stays) leave(tx, here.id, one.id, gone);
  askToAdd(tx, here.id, near);
  askToAdd(tx, there.id, far);
}

/** Tells the one who asked. */
export function refuseLink(tx: Transaction, by: Leg, obstacle: Obstacle): void {
  turnDown(tx, at(by), { operation: 'link', text: 'cannot-link-conferences', ...obstacle });
}

/** The creator or controller of an ad hoc conference may add a meet-me conference to it (MAH-01). */
function controls(conference: Conference, leg: Leg, other: Conference): boolean {
  return (
    conference.kind === 'ad-hoc' && conference.controller === leg.id && other.kind === 'meet-me'
  );
}

/** MAH-01: what is linked to a meet-me conference must meet its minimum. */
function isBelowMinimum(tx: Transaction, one: Conference, other: Conference): boolean {
  const falls = (meetMe: Conference, joining: Conference): boolean =>
    !admits(meetMe.minimum, assessConference(tx, joining));
  return falls(one, other) || falls(other, one);
}

/** The leg that would have made the link is cleared; both conferences go on (MAH-01, CDR-05). */
function dropLinkingLeg(tx: Transaction, there: Conference, leg: Leg, here: Conference): void {
  const [meetMe, joining] = there.kind === 'meet-me' ? [there, here] : [here, there];
  refuseBelowMinimum(tx, leg, meetMe, assessConference(tx, joining));
  leave(tx, there.id, leg.id, {
    cause: CAUSE.bearerCapabilityNotAvailable,
    onBehalfOf: ON_BEHALF_OF.meetMe,
  });
}

function enter(tx: Transaction, id: ConferenceId, participant: Participant): void {
  const { participants } = tx.theConference(id);
  tx.patchConference(id, { participants: [...participants, participant] });
}

function linkParticipant(
  tx: Transaction,
  leg: LegId,
  here: Conference,
  link: { readonly conference: ConferenceId; readonly leg: LegId },
): Participant {
  const there = tx.theConference(link.conference);
  const secure = (name: string): boolean => tx.bridge(name)?.secure ?? false;
  const protection = protectionOf(
    tx.configuration.parameters.mediaSecurityPolicy,
    secure(here.bridge),
    secure(there.bridge),
  );
  return {
    leg,
    device: there.bridge,
    number: bridgeNumber(there.id),
    partition: '',
    name: 'Conference',
    state: 'adding',
    held: false,
    joinedMs: tx.nowMs,
    globalCallId: tx.takeCallId(),
    protection,
    assessment: assessConference(tx, there),
    lowest: 'encrypted',
    link,
  };
}
