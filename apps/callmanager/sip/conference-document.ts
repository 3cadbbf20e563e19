/** A conference of the rules as its members' clients are told of it (RFC 4575). */
import {
  assessParticipant,
  type Conference,
  type Participant,
  type State,
  shown,
} from '@conclave/core';
import { type ConferenceUser, formatConferenceInfo } from '@conclave/sip';

export interface DocumentOptions {
  /** URI of the conference, as the subscriber knows it. */
  readonly entity: string;
  readonly version: number;
}

export function conferenceDocument(
  conference: Conference,
  state: State,
  { entity, version }: DocumentOptions,
): string {
  const host = entity.slice(entity.indexOf('@') + 1).replace(/;.*/, '');
  const level = shown(conference.level);
  return formatConferenceInfo({
    entity,
    version,
    subject: `Conference${conference.number ? ` ${conference.number}` : ''} (${level})`,
    level,
    isActive: conference.state === 'active',
    users: conference.participants.map((each) => userOf(each, state, host)),
  });
}

/** The level stands in the name too: clients show that, and not elements that they do not know. */
function userOf(participant: Participant, state: State, host: string): ConferenceUser {
  const { name, number, device, leg } = participant;
  const level = shown(assessParticipant(state, participant).level);
  return {
    entity: `sip:${encodeURIComponent(number)}@${host}`,
    endpoint: `sip:${encodeURIComponent(device)}@${host};leg=${leg}`,
    displayText: `${name === '' ? number : name} (${level})`,
    level,
    status: statusOf(participant),
  };
}

function statusOf({ state, held, muted }: Participant): ConferenceUser['status'] {
  if (state === 'leaving') return 'disconnecting';
  if (state === 'adding') return 'pending';
  if (held) return 'on-hold';
  return muted ? 'muted-via-focus' : 'connected';
}
