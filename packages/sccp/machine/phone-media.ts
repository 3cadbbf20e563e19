/**
 * What the call manager wants of a phone's media, and what the phone answers.
 *
 * A stream whose format or key the phone cannot use is refused with a status. It is never opened in a
 * weaker form: RTP where SRTP was asked for would be heard by everybody.
 *
 * Keys are copied out of the message; whoever opens the stream wipes them.
 */
import { fail, ok, type Result } from '@conclave/base';
import { MediaEncryptionAlgorithm, MediaStatus } from '../wire/enumerations.ts';
import type { Body } from '../wire/types.ts';
import { sourceOf } from './media-source.ts';
import type { OutgoingMessage } from './phone-commands.ts';
import { codecOfPayload, type PhoneCodec } from './phone-registration.ts';

/** Where none is said. */
const PACKET_MS = 20;

const PACKET_TIMES_MS: readonly number[] = [10, 20, 30, 40, 50, 60];

const KEY_SIZE = 16;
const SALT_SIZE = 14;

/** From this version on phones say that transmission has begun [inferred: older traces lack it]. */
const TRANSMISSION_ACK_VERSION = 17;

const SUITES: Readonly<Record<number, PhoneMediaKey['suite']>> = {
  [MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32]: 'AES_CM_128_HMAC_SHA1_32',
  [MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_80]: 'AES_CM_128_HMAC_SHA1_80',
};

export interface PhoneMediaKey {
  readonly suite: 'AES_CM_128_HMAC_SHA1_32' | 'AES_CM_128_HMAC_SHA1_80';
  /** 16 bytes. */
  readonly key: Uint8Array;
  /** 14 bytes. */
  readonly salt: Uint8Array;
}

/** Which stream of which call; the call manager chooses all three numbers. */
export interface PhoneChannel {
  readonly conference: number;
  readonly party: number;
  /** Call reference. */
  readonly call: number;
}

export interface PhoneEndpoint {
  readonly address: string;
  readonly port: number;
}

export interface PhoneStreamFormat {
  readonly codec: PhoneCodec;
  /** 10 to 60, of what is sent. */
  readonly packetMs: number;
  /** Absent for RTP. */
  readonly key?: PhoneMediaKey;
}

export interface ReceiveRequest extends PhoneChannel, PhoneStreamFormat {
  /** Who will send, where the phone is not told by sending there itself; port 0 is any port. */
  readonly source?: PhoneEndpoint;
}

export interface TransmitRequest extends PhoneChannel, PhoneStreamFormat {
  readonly remote: PhoneEndpoint;
}

/** What `ConnectionStatisticsRes` tells of a call. */
export interface PhoneStreamCounters {
  readonly packetsSent: number;
  readonly octetsSent: number;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
}

export interface MediaRefusal extends PhoneChannel {
  readonly direction: 'receive' | 'transmit';
  /** `MediaStatus` of the wire. */
  readonly status: number;
  readonly reason: string;
}

type KeyInfo = Body<'OpenReceiveChannel'>['mRxMediaEncryptionKeyInfo'];

/** The stream to open, or the refusal to send. */
export function receiveRequestOf(body: Body<'OpenReceiveChannel'>): ReceiveRequest | MediaRefusal {
  const channel = channelOf(body);
  const format = formatOf(body, body.mRxMediaEncryptionKeyInfo);
  if (!format.ok) return refusalOf(channel, 'receive', format);
  const source = sourceOf(body);
  return { ...channel, ...format.value, ...(source && { source }) };
}

export function transmitRequestOf(
  body: Body<'StartMediaTransmission'>,
): TransmitRequest | MediaRefusal {
  const channel = channelOf(body);
  const format = formatOf(body, body.mTxMediaEncryptionKeyInfo);
  if (!format.ok) return refusalOf(channel, 'transmit', format);
  return {
    ...channel,
    ...format.value,
    remote: { address: body.remoteIpAddr, port: body.remotePortNumber },
  };
}

export function channelOf(body: {
  readonly conferenceId: number;
  readonly passThroughPartyId: number;
  readonly callReference: number;
}): PhoneChannel {
  return {
    conference: body.conferenceId,
    party: body.passThroughPartyId,
    call: body.callReference,
  };
}

/** Says where the phone listens, or with a status above 0 why it does not. */
export function receiveAck(
  channel: PhoneChannel,
  endpoint: PhoneEndpoint,
  status: number,
): OutgoingMessage {
  return {
    name: 'OpenReceiveChannelAck',
    body: {
      mediaReceptionStatus: status,
      ipAddr: endpoint.address,
      portNumber: endpoint.port,
      passThroughPartyId: channel.party,
      callReference: channel.call,
    },
  };
}

/** What the phone says of a transmission; old phones only speak of a failure. */
export function transmitAck(
  channel: PhoneChannel,
  endpoint: PhoneEndpoint,
  { status, version }: { readonly status: number; readonly version: number },
): readonly OutgoingMessage[] {
  const names = {
    conferenceId: channel.conference,
    passThroughPartyId: channel.party,
    callReference: channel.call,
  };
  if (version >= TRANSMISSION_ACK_VERSION) {
    return [
      {
        name: 'StartMediaTransmissionAck',
        body: {
          ...names,
          transmitIpAddr: endpoint.address,
          portNumber: endpoint.port,
          mediaTransmissionStatus: status,
        },
      },
    ];
  }
  if (status === MediaStatus.Ok) return [];
  return [{ name: 'MediaTransmissionFailure', body: names }];
}

export function statisticsAnswer(
  asked: Body<'ConnectionStatisticsReq'>,
  counters: PhoneStreamCounters,
): OutgoingMessage {
  return {
    name: 'ConnectionStatisticsRes',
    body: {
      directoryNum: asked.directoryNum,
      callReference: asked.callReference,
      statsProcessingMode: asked.statsProcessingMode,
      numberPacketsSent: counters.packetsSent,
      numberOctetsSent: counters.octetsSent,
      numberPacketsReceived: counters.packetsReceived,
      numberOctetsReceived: counters.octetsReceived,
      numberPacketsLost: counters.packetsLost,
      jitter: counters.jitterMs,
    },
  };
}

type FormatError = 'codec' | 'packet-size' | 'encryption';

const STATUS_OF_ERROR: Readonly<Record<FormatError, number>> = {
  codec: MediaStatus.InvalidCodec,
  'packet-size': MediaStatus.InvalidPacketSize,
  encryption: MediaStatus.EncoderOrDecoderFailed,
};

function formatOf(
  body: { readonly compressionType: number; readonly milliSecondPacketSize: number },
  keyInfo: KeyInfo,
): Result<PhoneStreamFormat, FormatError> {
  const codec = codecOfPayload(body.compressionType);
  if (!codec) return fail('codec', `payload capability ${body.compressionType}`);
  const packetMs = body.milliSecondPacketSize || PACKET_MS;
  if (!PACKET_TIMES_MS.includes(packetMs)) return fail('packet-size', `${packetMs} ms in a packet`);
  if (keyInfo.algorithmID === MediaEncryptionAlgorithm.NO_ENCRYPTION)
    return ok({ codec, packetMs });
  const key = keyOf(keyInfo);
  return key.ok ? ok({ codec, packetMs, key: key.value }) : key;
}

function keyOf(info: KeyInfo): Result<PhoneMediaKey, FormatError> {
  const suite = SUITES[info.algorithmID];
  if (!suite) return fail('encryption', `encryption algorithm ${info.algorithmID}`);
  if (info.key.length !== KEY_SIZE || info.salt.length !== SALT_SIZE) {
    return fail(
      'encryption',
      `a key of ${info.key.length} and a salt of ${info.salt.length} bytes`,
    );
  }
  if (info.isMKIPresent !== 0 || info.keyDerivationRate !== 0) {
    return fail('encryption', 'a master key identifier or a key derivation rate');
  }
  return ok({ suite, key: new Uint8Array(info.key), salt: new Uint8Array(info.salt) });
}

function refusalOf(
  channel: PhoneChannel,
  direction: MediaRefusal['direction'],
  why: { readonly error: FormatError; readonly detail?: string },
): MediaRefusal {
  const reason = `this phone cannot use ${why.detail ?? why.error}`;
  return { ...channel, direction, status: STATUS_OF_ERROR[why.error], reason };
}
