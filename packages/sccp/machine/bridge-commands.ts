/**
 * What a call manager asks of a conference bridge, in the bridge's own words. A request that no
 * bridge could carry out (an unknown codec or cipher, an impossible address) is refused here, so that
 * the media side only ever sees requests that make sense.
 *
 * It knows no conference: whether one exists is for the mixer to say.
 *
 * Source: sccp.md, "Bridges and other media resources"; [inferred] OpenReceiveChannel and
 * StartMediaTransmission name the participant by conference and call reference, as AddParticipantReq
 * does: a capture of an IOS bridge in a conference would tell.
 */
import { type AnnouncementName, announcementOfTone } from '../wire/announcements.ts';
import {
  CreateConfResult,
  MediaEncryptionAlgorithm,
  MediaPayloadType,
  MediaStatus,
  ResourceType,
} from '../wire/enumerations.ts';
import { wireToUtf8 } from '../wire/text.ts';
import type { AnyMessage, Body } from '../wire/types.ts';
import { answerMessages, type BridgeAnswer, type BridgeSend } from './bridge-answers.ts';
import { type MediaSource, sourceOf } from './media-source.ts';

const PACKET_TIMES_MS: ReadonlySet<number> = new Set([10, 20, 30, 40, 50, 60]);

/** Where none is said (RFC 3551 §4.2). */
const USUAL_PACKET_MS = 20;

/** Of dynamic RTP payload types, which telephone events have (RFC 4733 §2.1). */
const DYNAMIC_TYPES = { min: 96, max: 127 } as const;

const PORT_MAX = 0xffff;

const ANY_ADDRESSES: ReadonlySet<string> = new Set(['', '0.0.0.0', '::']);

const KEY_SIZE = 16;

/** A payload capability of SCCP and the RTP payload type that carries it (RFC 3551). */
const PAYLOAD_TYPES: ReadonlyMap<number, ChannelPayloadType> = new Map([
  [MediaPayloadType.G711Ulaw64k, 0],
  [MediaPayloadType.G711Alaw64k, 8],
  [MediaPayloadType.G722_64k, 9],
]);

const SUITES: ReadonlyMap<number, StreamKey['suite']> = new Map([
  [MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32, 'AES_CM_128_HMAC_SHA1_32'],
  [MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_80, 'AES_CM_128_HMAC_SHA1_80'],
  // The key of the other GCM suite does not fit its field.
  [MediaEncryptionAlgorithm.AEAD_AES_128_GCM, 'AEAD_AES_128_GCM'],
]);

/** RFC 3711 §8.2, RFC 7714 §12. */
const SALT_SIZES: Readonly<Record<StreamKey['suite'], number>> = {
  AES_CM_128_HMAC_SHA1_80: 14,
  AES_CM_128_HMAC_SHA1_32: 14,
  AEAD_AES_128_GCM: 12,
};

/** What one direction of one leg is keyed with: 16 bytes, and 14 or with GCM 12. Whoever used it wipes it. */
export interface StreamKey {
  readonly suite: 'AES_CM_128_HMAC_SHA1_80' | 'AES_CM_128_HMAC_SHA1_32' | 'AEAD_AES_128_GCM';
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** Which participant: the call manager's number for its call, within its conference. */
export interface ParticipantReference {
  readonly conferenceId: number;
  readonly callReference: number;
}

/** Which channel of a participant; the call manager chooses the party id. */
export interface ChannelReference extends ParticipantReference {
  readonly passThroughPartyId: number;
}

export interface ParticipantTexts {
  readonly name: string;
  readonly number: string;
}

/** Of RTP: 0 is µ-law, 8 is A-law, 9 is G.722. */
export type ChannelPayloadType = 0 | 8 | 9;

export interface ChannelFormat {
  readonly payloadType: ChannelPayloadType;
  /** 10 to 60, of what is sent; who sends to us may do as he likes. */
  readonly packetMs: number;
  /** RTP payload type of key presses (RFC 4733); absent: there are none. */
  readonly telephoneEvent?: number;
  /** Absent for RTP in clear. */
  readonly key?: StreamKey;
}

/** In the order in which they are to be carried out; one answer to each that has one. */
export type BridgeCommand =
  | {
      readonly type: 'create-conference';
      readonly conferenceId: number;
      readonly reservedParticipants: number;
    }
  | {
      readonly type: 'modify-conference';
      readonly conferenceId: number;
      readonly reservedParticipants: number;
    }
  | { readonly type: 'delete-conference'; readonly conferenceId: number }
  | ({ readonly type: 'add-participant' } & ParticipantReference & ParticipantTexts)
  | ({ readonly type: 'change-participant' } & ParticipantReference & ParticipantTexts)
  | ({ readonly type: 'drop-participant' } & ParticipantReference)
  | {
      readonly type: 'announce';
      readonly conferenceId: number;
      readonly callReferences: readonly number[];
      /** One after the other. */
      readonly announcements: readonly AnnouncementName[];
    }
  | { readonly type: 'audit-conference' }
  | { readonly type: 'audit-participants'; readonly conferenceId: number }
  | ({
      readonly type: 'open-receive';
      /** Who will send, where the bridge is not told by sending there itself. */
      readonly source?: MediaSource;
    } & ChannelReference &
      ChannelFormat)
  | ({ readonly type: 'close-receive' } & ChannelReference)
  | ({
      readonly type: 'start-transmit';
      readonly remote: { readonly address: string; readonly port: number };
    } & ChannelReference &
      ChannelFormat)
  | ({ readonly type: 'stop-transmit' } & ChannelReference)
  | {
      readonly type: 'connection-statistics';
      readonly callReference: number;
      readonly directoryNumber: string;
      readonly processingMode: number;
    };

/** The command or the refusals of a message; undefined when it is none that concerns conferences. */
export function commandOf(message: AnyMessage): BridgeCommand | readonly BridgeSend[] | undefined {
  switch (message.name) {
    case 'CreateConferenceReq':
      return createConference(message.body);
    case 'ModifyConferenceReq':
      return {
        type: 'modify-conference',
        conferenceId: message.body.conferenceId,
        reservedParticipants: message.body.numberOfReservedParticipants,
      };
    case 'DeleteConferenceReq':
      return { type: 'delete-conference', conferenceId: message.body.conferenceId };
    case 'AuditConferenceReq':
      return { type: 'audit-conference' };
    case 'AuditParticipantReq':
      return { type: 'audit-participants', conferenceId: message.body.conferenceId };
    case 'StartAnnouncement':
      return {
        type: 'announce',
        conferenceId: message.body.conferenceId,
        callReferences: message.body.matrixConfPartyID,
        announcements: message.body.AnnList.flatMap(
          ({ toneAnnouncement }) => announcementOfTone(toneAnnouncement) ?? [],
        ),
      };
    case 'ConnectionStatisticsReq':
      return {
        type: 'connection-statistics',
        callReference: message.body.callReference,
        directoryNumber: message.body.directoryNum,
        processingMode: message.body.statsProcessingMode,
      };
    default:
      return participantCommandOf(message);
  }
}

function participantCommandOf(
  message: AnyMessage,
): BridgeCommand | readonly BridgeSend[] | undefined {
  switch (message.name) {
    case 'AddParticipantReq':
      return { type: 'add-participant', ...participantOf(message.body), ...textsOf(message.body) };
    case 'ChangeParticipantReq':
      return {
        type: 'change-participant',
        ...participantOf(message.body),
        ...textsOf(message.body),
      };
    case 'DropParticipantReq':
      return { type: 'drop-participant', ...participantOf(message.body) };
    case 'OpenReceiveChannel':
      return openReceive(message.body);
    case 'CloseReceiveChannel':
      return { type: 'close-receive', ...channelOf(message.body) };
    case 'StartMediaTransmission':
      return startTransmit(message.body);
    case 'StopMediaTransmission':
      return { type: 'stop-transmit', ...channelOf(message.body) };
    default:
      return undefined;
  }
}

function createConference(
  body: Body<'CreateConferenceReq'>,
): BridgeCommand | readonly BridgeSend[] {
  const { conferenceId, resourceType, numberOfReservedParticipants } = body;
  if (resourceType !== ResourceType.Conference) {
    const result = CreateConfResult.ResourceNotAvailable;
    return refusal({ type: 'conference-created', conferenceId, result });
  }
  return {
    type: 'create-conference',
    conferenceId,
    reservedParticipants: numberOfReservedParticipants,
  };
}

function openReceive(body: Body<'OpenReceiveChannel'>): BridgeCommand | readonly BridgeSend[] {
  const format = formatOf(body, body.mRxMediaEncryptionKeyInfo);
  if (typeof format !== 'number') {
    const source = sourceOf(body);
    return { type: 'open-receive', ...channelOf(body), ...format, ...(source && { source }) };
  }
  return refusal({
    type: 'receive-opened',
    ...channelOf(body),
    status: format,
    address: '',
    port: 0,
  });
}

function startTransmit(
  body: Body<'StartMediaTransmission'>,
): BridgeCommand | readonly BridgeSend[] {
  const remote = { address: body.remoteIpAddr, port: body.remotePortNumber };
  const format = formatOf(body, body.mTxMediaEncryptionKeyInfo);
  const status = typeof format === 'number' ? format : statusOfRemote(remote);
  if (typeof format !== 'number' && status === MediaStatus.Ok) {
    return { type: 'start-transmit', ...channelOf(body), ...format, remote };
  }
  return refusal({
    type: 'transmit-started',
    ...channelOf(body),
    status,
    address: '',
    port: 0,
  });
}

/** The format, or the status that says why there can be none. */
function formatOf(
  body: {
    readonly compressionType: number;
    readonly milliSecondPacketSize: number;
    readonly RFC2833PayloadType: number;
  },
  info: Body<'OpenReceiveChannel'>['mRxMediaEncryptionKeyInfo'],
): ChannelFormat | MediaStatus {
  const payloadType = PAYLOAD_TYPES.get(body.compressionType);
  const packetMs = body.milliSecondPacketSize || USUAL_PACKET_MS;
  const telephoneEvent = body.RFC2833PayloadType;
  if (payloadType === undefined) return MediaStatus.InvalidCodec;
  if (!PACKET_TIMES_MS.has(packetMs)) return MediaStatus.InvalidPacketSize;
  const { min, max } = DYNAMIC_TYPES;
  const format: ChannelFormat = {
    payloadType,
    packetMs,
    ...(telephoneEvent >= min && telephoneEvent <= max && { telephoneEvent }),
  };
  if (info.algorithmID === MediaEncryptionAlgorithm.NO_ENCRYPTION) return format;
  const key = keyOf(info);
  // A key that cannot be used must never become a stream in clear.
  return key ? { ...format, key } : MediaStatus.EncoderOrDecoderFailed;
}

/** Neither a master key identifier nor periodic key derivation are supported (RFC 3711 §3.1, §4.3). */
function keyOf(
  info: Body<'OpenReceiveChannel'>['mRxMediaEncryptionKeyInfo'],
): StreamKey | undefined {
  const { algorithmID, key, salt, isMKIPresent, keyDerivationRate } = info;
  const suite = SUITES.get(algorithmID);
  if (!suite || key.length !== KEY_SIZE || salt.length !== SALT_SIZES[suite]) return undefined;
  return isMKIPresent === 0 && keyDerivationRate === 0 ? { suite, key, salt } : undefined;
}

function statusOfRemote(remote: { readonly address: string; readonly port: number }): MediaStatus {
  const isUsable = remote.port > 0 && remote.port <= PORT_MAX && !ANY_ADDRESSES.has(remote.address);
  return isUsable ? MediaStatus.Ok : MediaStatus.Unknown;
}

function participantOf(body: ParticipantReference): ParticipantReference {
  return { conferenceId: body.conferenceId, callReference: body.callReference };
}

function channelOf(body: ChannelReference): ChannelReference {
  return { ...participantOf(body), passThroughPartyId: body.passThroughPartyId };
}

function textsOf(body: {
  readonly participantName: string;
  readonly participantNumber: string;
}): ParticipantTexts {
  return { name: wireToUtf8(body.participantName), number: wireToUtf8(body.participantNumber) };
}

function refusal(answer: BridgeAnswer): readonly BridgeSend[] {
  return answerMessages(answer);
}
