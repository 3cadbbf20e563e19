/**
 * Parties behind trunks and gateways: what their side tells of them changes the level, and a hold over
 * there stops the media here (INT-02 ... INT-04, ICO-10, D-19).
 */
import {
  closeParticipantMedia,
  openParticipantMedia,
  patchParticipant,
  publishMembers,
} from '../conference/membership.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import { isGateway } from '../security/endpoint-limit.ts';
import { highest, type Level } from '../security/level.ts';
import type { Call, Conference, Leg, LegId, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { publishCall } from './call-level.ts';
import { closeCallMedia, openCallMedia } from './call-media.ts';

/** `unknown` while the party holds; undefined: nothing is told, its device speaks for it. */
export function remoteStatus(
  tx: Transaction,
  device: string,
  id: LegId,
  remote: Level | undefined,
): void {
  const leg = tx.leg(id);
  const configuration = tx.phoneConfiguration(device);
  if (leg?.device !== device || !configuration || !isGateway(configuration)) return;
  if (leg.remote === remote) return;
  if (remote === undefined) tx.clearLeg(id, 'remote', 'remoteSinceMs');
  else tx.patchLeg(id, { remote, remoteSinceMs: tx.nowMs });
  const conference = tx.conference(leg.conference);
  const participant = conference?.participants.find((each) => each.leg === id);
  const call = tx.call(leg.call);
  if (conference && participant) inConference(tx, conference, participant, tx.theLeg(id));
  else if (call?.state === 'connected') inCall(tx, call, tx.theLeg(id));
}

/** The level is told before the media follows it: down before it stops, up before it opens again. */
function inConference(
  tx: Transaction,
  { id, bridge }: Conference,
  participant: Participant,
  leg: Leg,
): void {
  const { connection, protection, held } = participant;
  const open = connection === undefined || held ? undefined : protection;
  const verdict = assessBridgeLeg(tx, leg, bridge, open);
  const { assessment } = verdict;
  patchParticipant(tx, id, leg.id, { assessment, protection: verdict.protection });
  tx.patchLeg(leg.id, { highest: highest(leg.highest, assessment.lasting) });
  publishMembers(tx, id);
  if (held) return;
  if (leg.remote !== 'unknown') {
    openParticipantMedia(tx, id, leg.id);
    return;
  }
  closeParticipantMedia(tx, id, leg.id);
}

function inCall(tx: Transaction, call: Call, leg: Leg): void {
  publishCall(tx, call.id);
  const now = tx.call(call.id) ?? call;
  if (leg.remote === 'unknown') closeCallMedia(tx, now);
  else if (now.connection === undefined) openCallMedia(tx, now);
}
