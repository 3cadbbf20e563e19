/** Media and bridge effects as SCCP messages: the same for phones and bridges (sccp.md, "Bridges"). */
import { assert, unreachable } from '@conclave/base';
import type {
  AnnounceEffect,
  BridgeEffect,
  MediaEffect,
  SrtpSuite,
  StreamFormat,
} from '@conclave/core';
import type { BodyInput } from '@conclave/sccp';
import { toneOfAnnouncement, utf8ToWire } from '@conclave/sccp';
import type { KeyVault } from '../key-vault.ts';
import type { Outgoing } from './sccp-phone.ts';

const PAYLOAD = { pcmu: 4, pcma: 2, g722: 6 } as const;

/** SCCP devices are never given another suite (`suitesOf`, `RESOURCE_SUITES`, `BRIDGE_SUITES`). */
const ALGORITHMS: Readonly<Partial<Record<SrtpSuite, number>>> = {
  AES_CM_128_HMAC_SHA1_32: 1,
  AES_CM_128_HMAC_SHA1_80: 2,
  AEAD_AES_128_GCM: 5,
};

/** RTP payload type of telephone events (RFC 4733), as phones expect it. */
const TELEPHONE_EVENT_PAYLOAD = 101;

type KeyInfo = NonNullable<BodyInput<'OpenReceiveChannel'>['mRxMediaEncryptionKeyInfo']>;

export function mediaMessage(
  effect: Exclude<MediaEffect, { type: 'forget-key' }>,
  vault: KeyVault,
): Outgoing {
  const { conference, party, leg } = effect.end;
  const names = { conferenceId: conference, passThroughPartyId: party, callReference: leg };
  switch (effect.type) {
    case 'open-receive':
      return {
        name: 'OpenReceiveChannel',
        body: {
          ...names,
          milliSecondPacketSize: effect.format.packetMs,
          compressionType: PAYLOAD[effect.format.codec],
          mRxMediaEncryptionKeyInfo: keyInfo(effect.format, vault),
          ...(effect.source !== undefined && { sourceIpAddr: effect.source }),
          RFC2833PayloadType: effect.format.telephoneEvent ?? TELEPHONE_EVENT_PAYLOAD,
        },
      };
    case 'start-transmit':
      return {
        name: 'StartMediaTransmission',
        body: {
          ...names,
          remoteIpAddr: effect.remote.host,
          remotePortNumber: effect.remote.port,
          milliSecondPacketSize: effect.format.packetMs,
          compressionType: PAYLOAD[effect.format.codec],
          mTxMediaEncryptionKeyInfo: keyInfo(effect.format, vault),
          RFC2833PayloadType: effect.format.telephoneEvent ?? TELEPHONE_EVENT_PAYLOAD,
        },
      };
    case 'close-receive':
      return { name: 'CloseReceiveChannel', body: names };
    case 'stop-transmit':
      return { name: 'StopMediaTransmission', body: names };
    case 'audit-media':
      // Answered in order, so the answer proves that everything before was carried out.
      return {
        name: 'ConnectionStatisticsReq',
        body: { directoryNum: '', callReference: party, statsProcessingMode: 1 },
      };
    default:
      return unreachable(effect);
  }
}

export function bridgeMessage(effect: BridgeEffect): Outgoing {
  const conferenceId = effect.conference;
  switch (effect.type) {
    case 'create-conference':
      return {
        name: 'CreateConferenceReq',
        body: { conferenceId, numberOfReservedParticipants: effect.parties, resourceType: 0 },
      };
    case 'add-participant':
      return {
        name: 'AddParticipantReq',
        body: {
          conferenceId,
          callReference: effect.leg,
          participantName: utf8ToWire(effect.name),
          participantNumber: effect.number,
        },
      };
    case 'drop-participant':
      return { name: 'DropParticipantReq', body: { conferenceId, callReference: effect.leg } };
    case 'audit-participants':
      return { name: 'AuditParticipantReq', body: { conferenceId } };
    case 'delete-conference':
      return { name: 'DeleteConferenceReq', body: { conferenceId } };
    default:
      return unreachable(effect);
  }
}

/** What one message can name. */
const LEGS_PER_ANNOUNCEMENT = 16;
const CLIPS_PER_ANNOUNCEMENT = 32;

export function announcementMessages(effect: AnnounceEffect): readonly Outgoing[] {
  const { conference: conferenceId, legs, announcements } = effect;
  const AnnList = announcements.map((name) => ({
    locale: 0,
    country: 0,
    toneAnnouncement: toneOfAnnouncement(name),
  }));
  return inParts(legs, LEGS_PER_ANNOUNCEMENT).flatMap((matrixConfPartyID) =>
    inParts(AnnList, CLIPS_PER_ANNOUNCEMENT).map((part) => ({
      name: 'StartAnnouncement' as const,
      body: {
        AnnList: part,
        annAckReq: 0,
        conferenceId,
        matrixConfPartyID,
        hearingConfPartyMask: 0,
        annPlayMode: 0,
      },
    })),
  );
}

function inParts<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, at) => all.slice(at * size, (at + 1) * size));
}

function keyInfo(format: StreamFormat, vault: KeyVault): KeyInfo {
  if (format.key === undefined || !format.suite) {
    return {
      algorithmID: 0,
      keylen: 0,
      saltlen: 0,
      key: new Uint8Array(0),
      salt: new Uint8Array(0),
      isMKIPresent: 0,
      keyDerivationRate: 0,
    };
  }
  const algorithmID = ALGORITHMS[format.suite];
  assert(algorithmID !== undefined, 'SCCP devices are given suites that SCCP can name');
  const { key, salt } = vault.keyOf(format.key, format.suite);
  return {
    algorithmID,
    keylen: key.length,
    saltlen: salt.length,
    key,
    salt,
    isMKIPresent: 0,
    keyDerivationRate: 0,
  };
}
