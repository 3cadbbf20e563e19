/**
 * A leg's SDP has changed during a call: other suites, none, another address. Its media opens anew; the
 * level goes down before that, and up only once the new media is open at both ends (D-22).
 */
import { greet } from '../conference/announce.ts';
import {
  closeParticipantMedia,
  openParticipantMedia,
  participantIn,
  patchParticipant,
  publishMembers,
} from '../conference/membership.ts';
import { enforceMinimum } from '../conference/minimum.ts';
import { muteAtBridge } from '../conference/star-code.ts';
import type { MediaOffer } from '../registration.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import { highest, rank } from '../security/level.ts';
import type { Conference, Connection, Leg, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { publishCall } from './call-level.ts';
import { closeCallMedia, openCallMedia } from './call-media.ts';

/** A leg that is held, or has no media yet, only remembers what it was offered. */
export function mediaOffered(tx: Transaction, { id }: Leg, offer: MediaOffer): void {
  const leg = tx.patchLeg(id, { offer });
  const call = tx.call(leg.call);
  if (leg.conference !== undefined) inConference(tx, leg, leg.conference);
  else if (call?.state === 'connected' && call.connection !== undefined) {
    openCallMedia(tx, closeCallMedia(tx, call));
  }
}

/** Who knows a key of the leg: counts once they are not in its company any more. */
export function keyKnown(
  tx: Transaction,
  { id, conference, call }: Leg,
  by: readonly string[],
): void {
  tx.patchLeg(id, { keyKnownBy: by });
  if (conference !== undefined) publishMembers(tx, conference);
  else if (tx.call(call)?.state === 'connected') publishCall(tx, call);
}

/** The media of a participant is open at both ends: what it is worth now is told. */
export function participantMediaOpen(tx: Transaction, { id, ends }: Connection): void {
  const leg = tx.leg(ends.find(({ kind }) => kind === 'phone')?.leg ?? 0);
  const conference = tx.conference(leg?.conference);
  const participant = leg && conference && participantIn(tx, conference.id, leg.id);
  if (!leg || !conference || participant?.connection !== id) return;
  if (leg.offer) reassess(tx, leg, conference, participant);
  if (participant.muted) muteAtBridge(tx, conference.id, leg.id);
  greet(tx, tx.theConference(conference.id), participant);
}

function reassess(
  tx: Transaction,
  leg: Leg,
  { id, bridge }: Conference,
  { protection, assessment: before }: Participant,
): void {
  const { assessment } = assessBridgeLeg(tx, leg, bridge, protection);
  if (assessment.level === before.level) return;
  patchParticipant(tx, id, leg.id, { assessment });
  tx.patchLeg(leg.id, { highest: highest(leg.highest, assessment.lasting) });
  publishMembers(tx, id);
}

function inConference(tx: Transaction, leg: Leg, id: number): void {
  const participant = participantIn(tx, id, leg.id);
  if (!participant || participant.state === 'leaving') return;
  const { assessment, protection } = assessBridgeLeg(tx, leg, tx.theConference(id).bridge);
  const isWorse = rank(assessment.level) < rank(participant.assessment.level);
  patchParticipant(tx, id, leg.id, { protection, ...(isWorse && { assessment }) });
  publishMembers(tx, id);
  // Below the minimum it is gone before anything opens (D-14).
  enforceMinimum(tx);
  if (participantIn(tx, id, leg.id)?.state !== 'present' || participant.held) return;
  closeParticipantMedia(tx, id, leg.id);
  openParticipantMedia(tx, id, leg.id);
}
