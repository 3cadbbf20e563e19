/**
 * Star codes: what participants without softkeys press. `*1` hear the level, `*2` hear who is there, `*3`
 * remove the party that joined last, `*6` mute and unmute oneself.
 */

import type { AnnouncementId, Digit } from '../effect.ts';
import { askToListen } from '../media/connection.ts';
import { shown } from '../security/level.ts';
import type { Conference, ConferenceId, Leg, LegId, MediaEnd, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { removeLast } from './ad-hoc.ts';
import { announce, levelAnnouncement } from './announce.ts';
import { assessParticipant } from './level.ts';
import { refreshLists } from './list.ts';
import { participantIn, patchParticipant } from './membership.ts';

/** Parties that are read out one by one; more are only counted. */
const READ_OUT_MAX = 8;

/** A key of a leg that is in a conference. */
export function starCode(tx: Transaction, leg: Leg, digit: string): void {
  const conference = tx.conference(leg.conference);
  const participant = conference && participantIn(tx, conference.id, leg.id);
  if (!conference || participant?.state !== 'present' || participant.held) return;
  if (leg.starCode === undefined) {
    if (digit === '*') tx.patchLeg(leg.id, { starCode: '*' });
    return;
  }
  tx.clearLeg(leg.id, 'starCode');
  switch (digit) {
    case '1':
      return announce(tx, conference.id, [leg.id], [levelAnnouncement(conference.level)]);
    case '2':
      return announce(tx, conference.id, [leg.id], roster(tx, conference));
    case '3':
      return dropLast(tx, conference.id, leg.id);
    case '6':
      return setMuted(tx, conference, participant, !participant.muted);
    default:
      return;
  }
}

function dropLast(tx: Transaction, id: ConferenceId, by: LegId): void {
  const before = presentIn(tx.theConference(id)).length;
  removeLast(tx, tx.theLeg(by));
  if (presentIn(tx.theConference(id)).length < before) announce(tx, id, [by], ['removed']);
}

/** A muted participant hears and counts; the bridge receives nothing of it. */
export function setMuted(
  tx: Transaction,
  { id }: Conference,
  participant: Participant,
  muted: boolean,
): void {
  const { leg, muted: _before, ...rest } = participant;
  if (muted) {
    patchParticipant(tx, id, leg, { muted: true });
    muteAtBridge(tx, id, leg);
  } else {
    const participants = tx
      .theConference(id)
      .participants.map((each) => (each.leg === leg ? { ...rest, leg } : each));
    tx.patchConference(id, { participants });
    unmuteAtBridge(tx, participant);
  }
  announce(tx, id, [leg], [muted ? 'muted' : 'unmuted']);
  refreshLists(tx, id);
}

/** The bridge stops listening to a muted participant; it goes on sending to it. */
export function muteAtBridge(tx: Transaction, id: ConferenceId, leg: LegId): void {
  const participant = participantIn(tx, id, leg);
  const end = participant && bridgeEndOf(tx, participant);
  if (!participant?.muted || !end) return;
  const { device, kind, conference, party } = end;
  tx.emit({ type: 'close-receive', end: { device, kind, leg, conference, party } });
}

/** The same media goes on: some clients never take a new key. */
function unmuteAtBridge(tx: Transaction, participant: Participant): void {
  const connection = tx.connection(participant.connection);
  const end = bridgeEndOf(tx, participant);
  if (connection && end) askToListen(tx, connection, end);
}

/** Undefined until the bridge has told where it listens. */
function bridgeEndOf(tx: Transaction, { connection }: Participant): MediaEnd | undefined {
  return tx
    .connection(connection)
    ?.ends.find(({ kind, address }) => kind === 'bridge' && address !== undefined);
}

/** How many there are, and each one's number and own level, which is not said as if the conference had it. */
function roster(tx: Transaction, { participants }: Conference): readonly AnnouncementId[] {
  const present = presentIn({ participants }).toReversed();
  if (present.length === 1) return ['alone'];
  const each = present
    .slice(0, READ_OUT_MAX)
    .flatMap((party): readonly AnnouncementId[] => [
      ...spelled(party.number),
      party.held ? 'held' : `party-${shown(assessParticipant(tx, party).level)}`,
    ]);
  return [...spelled(String(present.length)), 'participants', ...each];
}

function presentIn({ participants }: Pick<Conference, 'participants'>): readonly Participant[] {
  return participants.filter(({ state }) => state === 'present');
}

function spelled(digits: string): readonly AnnouncementId[] {
  return [...digits].flatMap((each) => (isDigit(each) ? (`digit-${each}` as const) : []));
}

function isDigit(character: string): character is Digit {
  return /^[0-9]$/.test(character);
}
