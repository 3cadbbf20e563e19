/**
 * Who is in a conference: admission, media, leaving, and the level that everybody is shown.
 *
 * Fail-safe order. Admission: the participant counts, the level is told, and only then is the bridge
 * asked to take it. Leaving: media is stopped and the bridge told to drop it; the participant counts
 * until the bridge's own list no longer has it, and only then may the level rise.
 */
import { assert } from '@conclave/base';
import { at, isToldLevels, prompt, tellConference, tellSoftkeys } from '../call/display.ts';
import { clearFromPhone } from '../call/leg.ts';
import { conferenceMusic, stopConferenceMusic } from '../call/music.ts';
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { explain } from '../explain.ts';
import { closeConnection, type EndWish, openConnection } from '../media/connection.ts';
import { bargersOf } from '../security/barge-limit.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import { type Level, lowest, meets } from '../security/level.ts';
import type { Conference, ConferenceId, Leg, LegId, Link, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { announceLevel } from './announce.ts';
import { recordParticipant } from './conference-record.ts';
import { assessConference, assessParticipant, linkedWith } from './level.ts';
import { refreshLists } from './list.ts';
import { releaseLinksBelow } from './minimum.ts';

/** How long a bridge may take to answer before it is asked again, or given up. */
export const ANSWER_MS = 5_000;

export interface Admission {
  readonly globalCallId: number;
  readonly requestor?: { readonly number: string; readonly device: string };
}

/** Makes the legs participants, tells everybody the new level, then asks the bridge to take them. */
export function admit(
  tx: Transaction,
  id: ConferenceId,
  legs: readonly Leg[],
  admission: (leg: Leg) => Admission,
): void {
  enroll(tx, id, legs, admission);
  if (tx.theConference(id).state !== 'active') return;
  for (const { id: leg } of legs) askToAdd(tx, id, leg);
}

/** Makes the legs participants and tells everybody: the bridge has yet to be asked to take them. */
export function enroll(
  tx: Transaction,
  id: ConferenceId,
  legs: readonly Leg[],
  admission: (leg: Leg) => Admission,
): void {
  const added = legs.map((leg) => participantOf(tx, tx.theConference(id), leg, admission(leg)));
  for (const { assessment } of added) releaseLinksBelow(tx, id, assessment);
  const conference = tx.theConference(id);
  tx.patchConference(id, { participants: [...conference.participants, ...added] });
  for (const { leg, assessment } of added) {
    tx.clearLeg(leg, 'call', 'joining', 'digitDeadlineMs', 'told');
    // Each record has its own highest level: that of the call before does not count here.
    tx.patchLeg(leg, { conference: id, highest: assessment.lasting });
  }
  publishMembers(tx, id);
  for (const { leg } of added) showJoined(tx, tx.theLeg(leg), tx.theConference(id));
  soundEntrance(tx, id, 'zip');
}

/** Asks the bridge to make room for an admitted participant. */
export function askToAdd(tx: Transaction, id: ConferenceId, leg: LegId): void {
  const conference = tx.theConference(id);
  const participant = conference.participants.find((each) => each.leg === leg);
  assert(participant !== undefined, 'only participants are added to the bridge');
  tx.emit({
    type: 'add-participant',
    bridge: conference.bridge,
    conference: id,
    leg,
    name: participant.name,
    number: participant.number,
  });
}

/** The bridge has answered: media may open, or the leg has to go. */
export function participantAdded(tx: Transaction, id: ConferenceId, leg: LegId, ok: boolean): void {
  const participant = participantIn(tx, id, leg);
  if (participant?.state !== 'adding') return;
  if (!ok) {
    leave(tx, id, leg, { cause: CAUSE.resourceUnavailable, onBehalfOf: ON_BEHALF_OF.callControl });
    return;
  }
  patchParticipant(tx, id, leg, { state: 'present' });
  if (participant.link) openLinkMedia(tx, id, participant);
  else openParticipantMedia(tx, id, leg);
}

/** Opens the media between a present, unheld participant and the bridge. */
export function openParticipantMedia(tx: Transaction, id: ConferenceId, leg: LegId): void {
  const participant = participantIn(tx, id, leg);
  if (participant?.state !== 'present' || participant.held) return;
  if (participant.connection !== undefined) return;
  const { bridge } = tx.theConference(id);
  const connection = openConnection(
    tx,
    [
      { device: bridge, kind: 'bridge', leg, conference: id },
      { device: participant.device, kind: 'phone', leg, conference: id },
    ],
    participant.protection,
  );
  patchParticipant(tx, id, leg, { connection: connection.id });
}

/** Hold stops the media and changes nothing else: the level stays (D-11, INT-01). */
export function setParticipantHeld(
  tx: Transaction,
  id: ConferenceId,
  leg: LegId,
  held: boolean,
): void {
  const participant = participantIn(tx, id, leg);
  if (!participant || participant.held === held) return;
  closeConnection(tx, participant.connection);
  const { connection: _closed, ...rest } = participant;
  const music = held ? conferenceMusic(tx, participant, tx.theConference(id)) : undefined;
  replaceParticipant(tx, id, { ...rest, ...(music !== undefined && { connection: music }), held });
  refreshLists(tx, id);
}

/**
 * For the explanation. The level stays: nobody hears such packets, and whoever can send to a port must
 * not be able to take the lock away.
 */
export function mediaRefused(tx: Transaction, id: ConferenceId, leg: LegId, packets: number): void {
  const participant = participantIn(tx, id, leg);
  if (participant?.protection !== 'srtp') return;
  const sinceMs = participant.refused?.sinceMs ?? tx.nowMs;
  patchParticipant(tx, id, leg, { refused: { packets, sinceMs } });
}

/** Stops the media of a participant that stays. */
export function closeParticipantMedia(tx: Transaction, id: ConferenceId, leg: LegId): void {
  const { connection, ...rest } = theParticipant(tx, id, leg);
  closeConnection(tx, connection);
  replaceParticipant(tx, id, rest);
}

/** A link carries audio once both bridges have made room. */
function openLinkMedia(
  tx: Transaction,
  id: ConferenceId,
  { leg, link, protection }: Participant,
): void {
  const there = link && participantIn(tx, link.conference, link.leg);
  if (!link || there?.state !== 'present') return;
  const end = (conference: ConferenceId, party: LegId): EndWish => ({
    device: tx.theConference(conference).bridge,
    kind: 'bridge',
    leg: party,
    conference,
  });
  const ends = [end(id, leg), end(link.conference, link.leg)] as const;
  const { id: connection } = openConnection(tx, ends, protection);
  patchParticipant(tx, id, leg, { connection });
  patchParticipant(tx, link.conference, link.leg, { connection });
}

export interface Leaving {
  readonly cause: number;
  readonly onBehalfOf: number;
  readonly comment?: string;
  /** Another leg takes the place: the conference is not abandoned by its controller. */
  readonly replaced?: boolean;
}

/** Takes a participant off: media first, then the bridge, then its phone. The level waits for the audit. */
export function leave(tx: Transaction, id: ConferenceId, leg: LegId, why: Leaving): void {
  const participant = participantIn(tx, id, leg);
  if (!participant || participant.state === 'leaving') return;
  const ends = !why.replaced && endsWith(tx, tx.theConference(id), participant);
  patchParticipant(tx, id, leg, { assessment: assessParticipant(tx, participant) });
  detach(tx, id, theParticipant(tx, id, leg), why);
  const gone = tx.leg(leg);
  if (gone) clearFromPhone(tx, gone);
  const conference = tx.theConference(id);
  const { controller, virtualController, ...rest } = conference;
  tx.putConference({
    ...rest,
    ...(controller !== undefined && controller !== leg && { controller }),
    ...(virtualController !== undefined && virtualController !== leg && { virtualController }),
    pendingAdd: conference.pendingAdd.filter((each) => each !== leg),
    viewers: conference.viewers.filter((each) => each !== leg),
  });
  publishMembers(tx, id);
  soundEntrance(tx, id, 'zip-zip');
  if (participant.link) unlink(tx, participant.link, why);
  if (ends) dismiss(tx, id, { cause: CAUSE.normal, onBehalfOf: ON_BEHALF_OF.conference });
}

/** Everybody leaves: the conference is over (domain 1.1, 1.2, INT-10). */
export function dismiss(tx: Transaction, id: ConferenceId, why: Leaving): void {
  for (const { leg } of tx.conference(id)?.participants ?? []) {
    leave(tx, id, leg, { ...why, replaced: true });
  }
}

/** The other side of a link goes when this one does. */
function unlink(tx: Transaction, link: Link, why: Leaving): void {
  if (tx.conference(link.conference)) leave(tx, link.conference, link.leg, why);
}

/** Whether this departure ends the conference for all (Drop Ad Hoc Conference, virtual controller). */
function endsWith(tx: Transaction, conference: Conference, gone: Participant): boolean {
  if (conference.kind !== 'ad-hoc') return false;
  if (conference.virtualController === gone.leg) return true;
  const { device, number } = conference.creator;
  switch (tx.configuration.parameters.dropAdHocConference) {
    case 'never':
      return false;
    case 'when-conference-controller-leaves':
      return gone.device === device && gone.number === number;
    case 'when-no-on-net-parties-remain':
      return !conference.participants.some(
        (each) => each.leg !== gone.leg && each.state !== 'leaving' && isOnNet(tx, each),
      );
  }
}

function isOnNet(tx: Transaction, { device, link }: Participant): boolean {
  const phone = tx.phoneConfiguration(device);
  const inside = phone?.kind === undefined || phone.kind === 'phone' || phone.kind === 'cti-port';
  return link !== undefined || inside || phone?.onNet === true;
}

/** The tone that tells of a party's coming or going (Party Entrance Tone). */
function soundEntrance(tx: Transaction, id: ConferenceId, tone: 'zip' | 'zip-zip'): void {
  if (!tx.configuration.parameters.partyEntranceTone) return;
  for (const { leg } of tx.theConference(id).participants) {
    const each = tx.leg(leg);
    if (each?.state === 'connected' && tx.phone(each.device)) {
      tx.emit({ ...at(each), type: 'tone', tone });
    }
  }
}

/** Frees the bridge. The conference has nobody left in it. */
export function endConference(tx: Transaction, id: ConferenceId): void {
  const { bridge } = tx.theConference(id);
  if (tx.bridge(bridge)) tx.emit({ type: 'delete-conference', bridge, conference: id });
  tx.deleteConference(id);
}

/** The bridge is lost or refuses: everybody is cleared, with records, and nothing is sent to it. */
export function abandonConference(tx: Transaction, id: ConferenceId, cause: number): void {
  for (const participant of tx.theConference(id).participants) {
    if (participant.state === 'leaving') continue;
    closeConnection(tx, participant.connection);
    recordParticipant(tx, tx.theConference(id), participant, {
      cause,
      onBehalfOf: ON_BEHALF_OF.callControl,
    });
    const leg = tx.leg(participant.leg);
    if (!leg) continue;
    tx.emit({
      type: 'notify',
      device: leg.device,
      text: 'temporary-failure',
      timeoutSeconds: 10,
    });
    clearFromPhone(tx, leg);
  }
  const { participants } = tx.theConference(id);
  tx.deleteConference(id);
  for (const { link, state } of participants) {
    if (link && state !== 'leaving') {
      unlink(tx, link, { cause, onBehalfOf: ON_BEHALF_OF.callControl });
    }
  }
}

/** Who is in the conference has changed: the level and every list on a screen follow (LST-02). */
export function publishMembers(tx: Transaction, id: ConferenceId): void {
  const linked = linkedWith(tx, tx.theConference(id)).map((each) => tx.theConference(each));
  publishLevel(tx, id);
  for (const { id: each, level } of linked) {
    if (tx.theConference(each).level === level) refreshLists(tx, each);
  }
}

/** Tells everybody the level when it is another than was told before, over all links (STA-01, STA-06). */
export function publishLevel(tx: Transaction, id: ConferenceId): void {
  for (const each of linkedWith(tx, tx.theConference(id))) publishOwnLevel(tx, each);
}

function publishOwnLevel(tx: Transaction, id: ConferenceId): void {
  const conference = tx.theConference(id);
  const assessment = assessConference(tx, conference);
  const { level, lasting } = assessment;
  const participants = conference.participants.map((each) => ({
    ...each,
    lowest: lowest([each.lowest, lasting]),
  }));
  if (level === conference.level) {
    tx.patchConference(id, { participants });
    return;
  }
  tx.patchConference(id, { level, levelSinceMs: tx.nowMs, participants });
  tx.emit({
    type: 'level',
    conference: id,
    from: conference.level,
    to: level,
    because: explain(assessment).sentence,
  });
  tellEverybody(tx, tx.theConference(id), level);
  announceLevel(tx, tx.theConference(id));
  if (meets(level, 'authenticated')) stopConferenceMusic(tx, id);
  refreshLists(tx, id);
}

export function participantIn(
  tx: Transaction,
  id: ConferenceId,
  leg: LegId,
): Participant | undefined {
  return tx.conference(id)?.participants.find((each) => each.leg === leg);
}

export function patchParticipant(
  tx: Transaction,
  id: ConferenceId,
  leg: LegId,
  patch: Partial<Participant>,
): void {
  replaceParticipant(tx, id, { ...theParticipant(tx, id, leg), ...patch });
}

function theParticipant(tx: Transaction, id: ConferenceId, leg: LegId): Participant {
  const participant = participantIn(tx, id, leg);
  assert(participant !== undefined, 'a participant that was just found is still there');
  return participant;
}

function replaceParticipant(tx: Transaction, id: ConferenceId, participant: Participant): void {
  tx.patchConference(id, {
    participants: tx
      .theConference(id)
      .participants.map((each) => (each.leg === participant.leg ? participant : each)),
  });
}

function participantOf(
  tx: Transaction,
  conference: Conference,
  leg: Leg,
  admission: Admission,
): Participant {
  const { assessment, protection } = assessBridgeLeg(tx, leg, conference.bridge);
  return {
    leg: leg.id,
    device: leg.device,
    number: leg.number,
    partition: leg.partition,
    name: leg.displayName,
    state: 'adding',
    held: leg.state === 'held',
    joinedMs: tx.nowMs,
    protection,
    assessment,
    lowest: 'encrypted',
    ...admission,
  };
}

/** Stops the media, writes the record, has the bridge drop the party and say who is left. */
function detach(tx: Transaction, id: ConferenceId, participant: Participant, why: Leaving): void {
  const conference = tx.theConference(id);
  closeConnection(tx, participant.connection);
  recordParticipant(tx, conference, participant, why);
  const { connection: _closed, ...rest } = participant;
  replaceParticipant(tx, id, { ...rest, state: 'leaving' });
  const { bridge } = conference;
  tx.emit(
    { type: 'drop-participant', bridge, conference: id, leg: participant.leg },
    { type: 'audit-participants', bridge, conference: id },
  );
  tx.patchConference(id, { answerDeadlineMs: tx.nowMs + ANSWER_MS });
}

function showJoined(tx: Transaction, leg: Leg, conference: Conference): void {
  if (leg.told !== conference.level) tellConference(tx, leg, conference, conference.level);
  tx.patchLeg(leg.id, { connectedMs: leg.connectedMs ?? tx.nowMs });
  if (leg.state === 'held') return;
  const joined = tx.patchLeg(leg.id, { state: 'connected' });
  if (!tx.phone(leg.device)) return;
  tx.emit(
    { ...at(joined), type: 'stop-tone' },
    { ...at(joined), type: 'speaker', on: true },
    { ...at(joined), type: 'lamp', mode: 'on' },
    { ...at(joined), type: 'call-state', state: 'connected' },
    prompt(joined, 'connected'),
  );
  tellSoftkeys(tx, joined, 'connected-conference');
}

function tellEverybody(tx: Transaction, conference: Conference, level: Level): void {
  for (const participant of conference.participants) {
    const own = tx.leg(participant.leg);
    const member = own?.conference === conference.id ? [own] : [];
    for (const leg of [...member, ...bargersOf(tx, participant.leg)]) {
      if (leg.told === level || !isToldLevels(tx, leg.device)) continue;
      tellConference(tx, leg, conference, level);
    }
  }
}
