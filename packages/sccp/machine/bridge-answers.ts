/**
 * What a conference bridge answers, as messages. The answers state what the mixer found; nothing is
 * decided here.
 */
import { unreachable } from '@conclave/base';
import type {
  AddParticipantResult,
  CreateConfResult,
  DeleteConfResult,
  MediaStatus,
  ModifyConfResult,
} from '../wire/enumerations.ts';
import { AuditParticipantResult, ResourceType } from '../wire/enumerations.ts';
import type { BodyInput, MessageName } from '../wire/types.ts';
import type { ChannelReference, ParticipantReference } from './bridge-commands.ts';

/** Entries of one AuditConferenceRes; more conferences take several. */
const CONFERENCES_PER_ANSWER = 32;

/**
 * Entries of an AuditParticipantRes. More would take several, and a participant who is only in the
 * second would for a moment look like one who has left: so no conference is larger.
 */
export const CONFERENCE_PARTIES_MAX = 256;

/** Counters of the wire stop at their largest value. */
const COUNT_MAX = 0xffff_ffff;

/** A message for the call manager. */
export type BridgeSend = {
  [N in MessageName]: { readonly type: 'send'; readonly name: N; readonly body: BodyInput<N> };
}[MessageName];

/** What the other side of a channel needs to know, or why there is none. */
export interface ChannelOutcome extends ChannelReference {
  readonly status: MediaStatus;
  /** Where the bridge sends from and listens; empty and 0 when the status is not `Ok`. */
  readonly address: string;
  readonly port: number;
}

export interface ConferenceAudit {
  readonly conferenceId: number;
  readonly reservedParticipants: number;
  readonly activeParticipants: number;
}

/** Totals of one participant; what the bridge does not measure is 0. */
export interface StreamStatistics {
  readonly packetsSent: number;
  readonly octetsSent: number;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  /** One way; absent: not known. */
  readonly latencyMs?: number;
}

export type BridgeAnswer =
  | {
      readonly type: 'conference-created';
      readonly conferenceId: number;
      readonly result: CreateConfResult;
    }
  | {
      readonly type: 'conference-modified';
      readonly conferenceId: number;
      readonly result: ModifyConfResult;
    }
  | {
      readonly type: 'conference-deleted';
      readonly conferenceId: number;
      readonly result: DeleteConfResult;
    }
  | ({
      readonly type: 'participant-added';
      readonly result: AddParticipantResult;
    } & ParticipantReference)
  | { readonly type: 'conferences-audited'; readonly conferences: readonly ConferenceAudit[] }
  | {
      readonly type: 'participants-audited';
      readonly conferenceId: number;
      /** Everybody who is in the mix at this moment; undefined when there is no such conference. */
      readonly callReferences: readonly number[] | undefined;
    }
  | ({ readonly type: 'receive-opened' } & ChannelOutcome)
  | ({ readonly type: 'transmit-started' } & ChannelOutcome)
  | ({
      readonly type: 'statistics-taken';
      readonly callReference: number;
      readonly directoryNumber: string;
      readonly processingMode: number;
    } & StreamStatistics);

/** The messages that say it; several for an audit of many conferences, otherwise one. */
export function answerMessages(answer: BridgeAnswer): readonly BridgeSend[] {
  switch (answer.type) {
    case 'conference-created':
      return send('CreateConferenceRes', {
        conferenceId: answer.conferenceId,
        result: answer.result,
      });
    case 'conference-modified':
      return send('ModifyConferenceRes', {
        conferenceId: answer.conferenceId,
        modify_conf_result: answer.result,
      });
    case 'conference-deleted':
      return send('DeleteConferenceRes', {
        conferenceId: answer.conferenceId,
        delete_conf_result: answer.result,
      });
    case 'participant-added':
      return send('AddParticipantRes', {
        conferenceId: answer.conferenceId,
        callReference: answer.callReference,
        add_participant_result: answer.result,
        bridgeParticipantId: String(answer.callReference),
      });
    case 'conferences-audited':
      return conferenceAudits(answer.conferences);
    case 'participants-audited':
      return send('AuditParticipantRes', {
        audit_participant_result: answer.callReferences
          ? AuditParticipantResult.OK
          : AuditParticipantResult.ConferenceNotExist,
        last: 1,
        conferenceId: answer.conferenceId,
        participantEntry: answer.callReferences ?? [],
      });
    default:
      return channelMessages(answer);
  }
}

function channelMessages(
  answer: Extract<
    BridgeAnswer,
    { type: 'receive-opened' | 'transmit-started' | 'statistics-taken' }
  >,
): readonly BridgeSend[] {
  switch (answer.type) {
    case 'receive-opened':
      return send('OpenReceiveChannelAck', {
        mediaReceptionStatus: answer.status,
        ipAddr: answer.address,
        portNumber: answer.port,
        passThroughPartyId: answer.passThroughPartyId,
        callReference: answer.callReference,
      });
    case 'transmit-started':
      return send('StartMediaTransmissionAck', {
        conferenceId: answer.conferenceId,
        passThroughPartyId: answer.passThroughPartyId,
        callReference: answer.callReference,
        transmitIpAddr: answer.address,
        portNumber: answer.port,
        mediaTransmissionStatus: answer.status,
      });
    case 'statistics-taken':
      return send('ConnectionStatisticsRes', {
        directoryNum: answer.directoryNumber,
        callReference: answer.callReference,
        statsProcessingMode: answer.processingMode & 0xff,
        numberPacketsSent: count(answer.packetsSent),
        numberOctetsSent: count(answer.octetsSent),
        numberPacketsReceived: count(answer.packetsReceived),
        numberOctetsReceived: count(answer.octetsReceived),
        numberPacketsLost: count(answer.packetsLost),
        jitter: count(answer.jitterMs),
        latency: count(answer.latencyMs ?? 0),
      });
    default:
      return unreachable(answer);
  }
}

/** At least one message, and the last one says so. */
function conferenceAudits(conferences: readonly ConferenceAudit[]): readonly BridgeSend[] {
  const messages: BridgeSend[] = [];
  let from = 0;
  do {
    const entries = conferences.slice(from, from + CONFERENCES_PER_ANSWER);
    from += CONFERENCES_PER_ANSWER;
    messages.push({
      type: 'send',
      name: 'AuditConferenceRes',
      body: { last: from >= conferences.length ? 1 : 0, conferenceEntry: entries.map(entryOf) },
    });
  } while (from < conferences.length);
  return messages;
}

function entryOf(audit: ConferenceAudit): {
  readonly conferenceId: number;
  readonly resourceType: number;
  readonly numberOfReservedParticipants: number;
  readonly numberOfActiveParticipants: number;
} {
  return {
    conferenceId: audit.conferenceId,
    resourceType: ResourceType.Conference,
    numberOfReservedParticipants: audit.reservedParticipants,
    numberOfActiveParticipants: audit.activeParticipants,
  };
}

function count(value: number): number {
  return Math.min(Math.max(Math.round(value), 0), COUNT_MAX);
}

function send<N extends MessageName>(name: N, body: BodyInput<N>): readonly BridgeSend[] {
  return [{ type: 'send', name, body } as BridgeSend];
}
