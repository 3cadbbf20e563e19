/** Records of conference legs: shown as calls into the bridge (domain 3.5, 3.8, CDR-01 ... CDR-03). */
import { bridgeNumber, PLAIN, recordParty } from '../call/call-record.ts';
import { CAUSE, ON_BEHALF_OF, REASON } from '../cdr/record.ts';
import { shown } from '../security/level.ts';
import type { Conference, Participant } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessConference } from './level.ts';

export function recordParticipant(
  tx: Transaction,
  conference: Conference,
  participant: Participant,
  end: { readonly cause: number; readonly onBehalfOf: number; readonly comment?: string },
): void {
  const meetMe = conference.kind === 'meet-me';
  const onBehalfOf = meetMe ? ON_BEHALF_OF.meetMe : ON_BEHALF_OF.conference;
  const number = bridgeNumber(conference.id);
  const called = conference.number ?? number;
  const codec = tx.connection(participant.connection)?.codec ?? 'pcmu';
  const leg = tx.leg(participant.leg);
  const conversationId = conference.id;
  tx.emit({
    type: 'record',
    record: {
      globalCallId: participant.globalCallId,
      originatedMs: leg?.startedMs ?? participant.joinedMs,
      connectedMs: participant.joinedMs,
      disconnectedMs: tx.nowMs,
      originating: recordParty(
        tx,
        { id: participant.leg, ...pick(participant) },
        {
          codec,
          cause: end.cause,
          terminationOnBehalfOf: end.onBehalfOf,
          media: participant.media,
        },
      ),
      destination: {
        ...recordParty(tx, undefined, {
          codec,
          cause: end.cause === CAUSE.callSplit ? CAUSE.callSplit : CAUSE.none,
          terminationOnBehalfOf: end.cause === CAUSE.callSplit ? end.onBehalfOf : 0,
          conversationId,
        }),
        device: conference.bridge,
        number,
      },
      originalCalledNumber: called,
      finalCalledNumber: number,
      lastRedirectNumber: meetMe ? called : PLAIN.lastRedirectNumber,
      calledPartition: '',
      redirectOnBehalfOf: onBehalfOf,
      redirectReason: meetMe ? 0 : REASON.conference,
      joinOnBehalfOf: onBehalfOf,
      comment: comment(conference, participant, end.comment),
      securedStatus: shown(leg?.highest ?? participant.assessment.lasting),
      conferenceSecuredStatus: shown(assessConference(tx, conference).lasting),
      conferenceLowestSecuredStatus: shown(participant.lowest),
    },
  });
}

function pick(participant: Participant): { device: string; number: string; partition: string } {
  return {
    device: participant.device,
    number: participant.number,
    partition: participant.partition,
  };
}

function comment(conference: Conference, participant: Participant, extra = ''): string {
  const parts =
    conference.kind === 'ad-hoc'
      ? [
          `ConfControllerDn=${conference.creator.number}`,
          `ConfControllerDeviceName=${conference.creator.device}`,
        ]
      : [];
  if (participant.requestor) {
    parts.push(
      `ConfRequestorDn=${participant.requestor.number}`,
      `ConfRequestorDeviceName=${participant.requestor.device}`,
    );
  }
  if (extra) parts.push(extra);
  return parts.join(';');
}
