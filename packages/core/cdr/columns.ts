/**
 * Call detail records as lines of the CUCM format (domain 3): 133 columns in the vendor's order, then
 * our two. Pure text; files are the shell's business.
 *
 * Numbers are bare, strings quoted. A number that we do not know is 0, a string empty. Outside
 * conferences the two appended columns have no value at all.
 */
import type { KnownLevel } from '../security/level.ts';
import type { CallDetailRecord, RecordParty } from './record.ts';

export type ColumnType = 'INTEGER' | 'UNIQUEIDENTIFIER' | `VARCHAR(${number})`;

export type Columns = readonly (readonly [name: string, type: ColumnType])[];

export const CDR_COLUMNS: Columns = [
  ['cdrRecordType', 'INTEGER'],
  ['globalCallID_callManagerId', 'INTEGER'],
  ['globalCallID_callId', 'INTEGER'],
  ['origLegCallIdentifier', 'INTEGER'],
  ['dateTimeOrigination', 'INTEGER'],
  ['origNodeId', 'INTEGER'],
  ['origSpan', 'INTEGER'],
  ['origIpAddr', 'INTEGER'],
  ['callingPartyNumber', 'VARCHAR(50)'],
  ['callingPartyUnicodeLoginUserID', 'VARCHAR(128)'],
  ['origCause_location', 'INTEGER'],
  ['origCause_value', 'INTEGER'],
  ['origPrecedenceLevel', 'INTEGER'],
  ['origMediaTransportAddress_IP', 'INTEGER'],
  ['origMediaTransportAddress_Port', 'INTEGER'],
  ['origMediaCap_payloadCapability', 'INTEGER'],
  ['origMediaCap_maxFramesPerPacket', 'INTEGER'],
  ['origMediaCap_g723BitRate', 'INTEGER'],
  ['origVideoCap_Codec', 'INTEGER'],
  ['origVideoCap_Bandwidth', 'INTEGER'],
  ['origVideoCap_Resolution', 'INTEGER'],
  ['origVideoTransportAddress_IP', 'INTEGER'],
  ['origVideoTransportAddress_Port', 'INTEGER'],
  ['origRSVPAudioStat', 'VARCHAR(64)'],
  ['origRSVPVideoStat', 'VARCHAR(64)'],
  ['destLegIdentifier', 'INTEGER'],
  ['destNodeId', 'INTEGER'],
  ['destSpan', 'INTEGER'],
  ['destIpAddr', 'INTEGER'],
  ['originalCalledPartyNumber', 'VARCHAR(50)'],
  ['finalCalledPartyNumber', 'VARCHAR(50)'],
  ['finalCalledPartyUnicodeLoginUserID', 'VARCHAR(128)'],
  ['destCause_location', 'INTEGER'],
  ['destCause_value', 'INTEGER'],
  ['destPrecedenceLevel', 'INTEGER'],
  ['destMediaTransportAddress_IP', 'INTEGER'],
  ['destMediaTransportAddress_Port', 'INTEGER'],
  ['destMediaCap_payloadCapability', 'INTEGER'],
  ['destMediaCap_maxFramesPerPacket', 'INTEGER'],
  ['destMediaCap_g723BitRate', 'INTEGER'],
  ['destVideoCap_Codec', 'INTEGER'],
  ['destVideoCap_Bandwidth', 'INTEGER'],
  ['destVideoCap_Resolution', 'INTEGER'],
  ['destVideoTransportAddress_IP', 'INTEGER'],
  ['destVideoTransportAddress_Port', 'INTEGER'],
  ['destRSVPAudioStat', 'VARCHAR(64)'],
  ['destRSVPVideoStat', 'VARCHAR(64)'],
  ['dateTimeConnect', 'INTEGER'],
  ['dateTimeDisconnect', 'INTEGER'],
  ['lastRedirectDn', 'VARCHAR(50)'],
  ['pkid', 'UNIQUEIDENTIFIER'],
  ['originalCalledPartyNumberPartition', 'VARCHAR(50)'],
  ['callingPartyNumberPartition', 'VARCHAR(50)'],
  ['finalCalledPartyNumberPartition', 'VARCHAR(50)'],
  ['lastRedirectDnPartition', 'VARCHAR(50)'],
  ['duration', 'INTEGER'],
  ['origDeviceName', 'VARCHAR(129)'],
  ['destDeviceName', 'VARCHAR(129)'],
  ['origCallTerminationOnBehalfOf', 'INTEGER'],
  ['destCallTerminationOnBehalfOf', 'INTEGER'],
  ['origCalledPartyRedirectOnBehalfOf', 'INTEGER'],
  ['lastRedirectRedirectOnBehalfOf', 'INTEGER'],
  ['origCalledPartyRedirectReason', 'INTEGER'],
  ['lastRedirectRedirectReason', 'INTEGER'],
  ['destConversationId', 'INTEGER'],
  ['globalCallId_ClusterID', 'VARCHAR(50)'],
  ['joinOnBehalfOf', 'INTEGER'],
  ['comment', 'VARCHAR(2048)'],
  ['authCodeDescription', 'VARCHAR(50)'],
  ['authorizationLevel', 'INTEGER'],
  ['clientMatterCode', 'VARCHAR(32)'],
  ['origDTMFMethod', 'INTEGER'],
  ['destDTMFMethod', 'INTEGER'],
  ['callSecuredStatus', 'INTEGER'],
  ['origConversationId', 'INTEGER'],
  ['origMediaCap_Bandwidth', 'INTEGER'],
  ['destMediaCap_Bandwidth', 'INTEGER'],
  ['authorizationCodeValue', 'VARCHAR(50)'],
  ['outpulsedCallingPartyNumber', 'VARCHAR(50)'],
  ['outpulsedCalledPartyNumber', 'VARCHAR(50)'],
  ['origIpv4v6Addr', 'VARCHAR(64)'],
  ['destIpv4v6Addr', 'VARCHAR(64)'],
  ['origVideoCap_Codec_Channel2', 'INTEGER'],
  ['origVideoCap_Bandwidth_Channel2', 'INTEGER'],
  ['origVideoCap_Resolution_Channel2', 'INTEGER'],
  ['origVideoTransportAddress_IP_Channel2', 'INTEGER'],
  ['origVideoTransportAddress_Port_Channel2', 'INTEGER'],
  ['origVideoChannel_Role_Channel2', 'INTEGER'],
  ['destVideoCap_Codec_Channel2', 'INTEGER'],
  ['destVideoCap_Bandwidth_Channel2', 'INTEGER'],
  ['destVideoCap_Resolution_Channel2', 'INTEGER'],
  ['destVideoTransportAddress_IP_Channel2', 'INTEGER'],
  ['destVideoTransportAddress_Port_Channel2', 'INTEGER'],
  ['destVideoChannel_Role_Channel2', 'INTEGER'],
  ['IncomingProtocolID', 'INTEGER'],
  ['IncomingProtocolCallRef', 'VARCHAR(32)'],
  ['OutgoingProtocolID', 'INTEGER'],
  ['OutgoingProtocolCallRef', 'VARCHAR(32)'],
  ['currentRoutingReason', 'INTEGER'],
  ['origRoutingReason', 'INTEGER'],
  ['lastRedirectingRoutingReason', 'INTEGER'],
  ['huntPilotPartition', 'VARCHAR(50)'],
  ['huntPilotDN', 'VARCHAR(50)'],
  ['calledPartyPatternUsage', 'INTEGER'],
  ['IncomingICID', 'VARCHAR(50)'],
  ['IncomingOrigIOI', 'VARCHAR(50)'],
  ['IncomingTermIOI', 'VARCHAR(50)'],
  ['OutgoingICID', 'VARCHAR(50)'],
  ['OutgoingOrigIOI', 'VARCHAR(50)'],
  ['OutgoingTermIOI', 'VARCHAR(50)'],
  ['outpulsedOriginalCalledPartyNumber', 'VARCHAR(50)'],
  ['outpulsedLastRedirectingNumber', 'VARCHAR(50)'],
  ['wasCallQueued', 'INTEGER'],
  ['totalWaitTimeInQueue', 'INTEGER'],
  ['callingPartyNumber_uri', 'VARCHAR(254)'],
  ['originalCalledPartyNumber_uri', 'VARCHAR(254)'],
  ['finalCalledPartyNumber_uri', 'VARCHAR(254)'],
  ['lastRedirectDn_uri', 'VARCHAR(254)'],
  ['mobileCallingPartyNumber', 'VARCHAR(50)'],
  ['finalMobileCalledPartyNumber', 'VARCHAR(50)'],
  ['origMobileDeviceName', 'VARCHAR(129)'],
  ['destMobileDeviceName', 'VARCHAR(129)'],
  ['origMobileCallDuration', 'INTEGER'],
  ['destMobileCallDuration', 'INTEGER'],
  ['mobileCallType', 'INTEGER'],
  ['originalCalledPartyPattern', 'VARCHAR(50)'],
  ['finalCalledPartyPattern', 'VARCHAR(50)'],
  ['lastRedirectingPartyPattern', 'VARCHAR(50)'],
  ['huntPilotPattern', 'VARCHAR(50)'],
  ['origDeviceType', 'VARCHAR(100)'],
  ['destDeviceType', 'VARCHAR(100)'],
  ['origDeviceSessionID', 'VARCHAR(129)'],
  ['destDeviceSessionID', 'VARCHAR(129)'],
  // Appended by us (D-21): the level of the conference when the leg ended, and its lowest.
  ['conferenceSecuredStatus', 'INTEGER'],
  ['conferenceLowestSecuredStatus', 'INTEGER'],
];

/** What the shell knows and the rules do not. */
export interface CdrFacts {
  readonly clusterId: string;
  /** Number of the call manager node, from 1. */
  readonly nodeId: number;
  /** UUID of the record. */
  readonly pkid: string;
}

/** Record type of an ended call. */
const RECORD_TYPE_CDR = 1;

const LEVELS: Readonly<Record<KnownLevel, number>> = {
  nonsecure: 0,
  authenticated: 1,
  encrypted: 2,
};

/** Control characters, C1 with its NEL and CSI among them, and Unicode's own ends of lines. */
const LINE_BREAKERS = /[\p{Cc}\u2028\u2029]/gu;

/** Nothing in such a text needs another look. */
const PLAIN = /^[\x20\x21\x23-\x7e]*$/;

type Value = string | number | undefined;

type Sizes = readonly (readonly [name: string, size: number | undefined])[];

/** The first line of a file: the names. */
export function formatCdrHeader(): string {
  return CDR_COLUMNS.map(([name]) => quoted(name)).join(',');
}

/** The second line: the types. */
export function formatCdrTypes(): string {
  return CDR_COLUMNS.map(([, type]) => type).join(',');
}

const SIZES = sizesOf(CDR_COLUMNS);

export function formatCdrLine(record: CallDetailRecord, facts: CdrFacts): string {
  return formatRow(SIZES, valuesOf(record, facts));
}

/** Both head lines of a file with these columns. */
export function formatHead(columns: Columns): string {
  const names = columns.map(([name]) => quoted(name)).join(',');
  return `${names}\n${columns.map(([, type]) => type).join(',')}`;
}

/** Room for the text of each column; undefined for numbers. */
export function sizesOf(columns: Columns): Sizes {
  return columns.map(([name, type]) => [name, type === 'INTEGER' ? undefined : sizeOf(type)]);
}

/** One line of these columns; what there is no value for is 0 or empty. */
export function formatRow(sizes: Sizes, values: Readonly<Record<string, Value>>): string {
  let row = '';
  for (const [name, size] of sizes) {
    const value = values[name];
    // Most columns have no value.
    if (size === undefined) row += `${value ?? (name in values ? '' : 0)},`;
    else row += value === undefined ? '"",' : `${quoted(fitted(String(value), size))},`;
  }
  return row.slice(0, -1);
}

function valuesOf(record: CallDetailRecord, facts: CdrFacts): Readonly<Record<string, Value>> {
  return {
    ...sideOf('orig', record.originating),
    ...sideOf('dest', record.destination),
    ...timesOf(record),
    ...numbersOf(record),
    cdrRecordType: RECORD_TYPE_CDR,
    globalCallID_callManagerId: facts.nodeId,
    globalCallID_callId: record.globalCallId,
    origLegCallIdentifier: record.originating.leg,
    destLegIdentifier: record.destination.leg,
    origNodeId: facts.nodeId,
    destNodeId: record.destination.device === undefined ? 0 : facts.nodeId,
    pkid: facts.pkid,
    globalCallId_ClusterID: facts.clusterId,
    origCalledPartyRedirectOnBehalfOf: record.redirectOnBehalfOf,
    lastRedirectRedirectOnBehalfOf: record.redirectOnBehalfOf,
    origCalledPartyRedirectReason: record.redirectReason,
    lastRedirectRedirectReason: record.redirectReason,
    joinOnBehalfOf: record.joinOnBehalfOf,
    comment: record.comment,
    callSecuredStatus: LEVELS[record.securedStatus],
    conferenceSecuredStatus: levelOf(record.conferenceSecuredStatus),
    conferenceLowestSecuredStatus: levelOf(record.conferenceLowestSecuredStatus),
  };
}

/** The columns that begin with the side's name. */
function sideOf(side: 'orig' | 'dest', party: RecordParty): Readonly<Record<string, Value>> {
  return {
    [`${side}IpAddr`]: reversedAddress(party.address),
    [`${side}Ipv4v6Addr`]: party.address ?? '',
    [`${side}Cause_value`]: party.cause,
    [`${side}CallTerminationOnBehalfOf`]: party.terminationOnBehalfOf,
    [`${side}ConversationId`]: party.conversationId,
    [`${side}DeviceName`]: party.device ?? '',
    [`${side}MediaTransportAddress_IP`]: reversedAddress(party.media?.address),
    [`${side}MediaTransportAddress_Port`]: party.media?.port ?? 0,
    [`${side}MediaCap_payloadCapability`]: party.payloadCapability,
    // Payload capabilities of G.711 come in packets of 20 ms.
    [`${side}MediaCap_maxFramesPerPacket`]: party.payloadCapability === 0 ? 0 : 20,
  };
}

/** UTC seconds; a call shorter than a second has a connect time and the duration 0. */
function timesOf(record: CallDetailRecord): Readonly<Record<string, Value>> {
  const { connectedMs, disconnectedMs } = record;
  const durationMs = connectedMs === undefined ? 0 : disconnectedMs - connectedMs;
  return {
    dateTimeOrigination: seconds(record.originatedMs),
    dateTimeConnect: connectedMs === undefined ? 0 : seconds(connectedMs),
    dateTimeDisconnect: seconds(disconnectedMs),
    duration: Math.max(0, Math.floor(durationMs / 1000)),
  };
}

function numbersOf(record: CallDetailRecord): Readonly<Record<string, Value>> {
  return {
    callingPartyNumber: record.originating.number,
    callingPartyNumberPartition: record.originating.partition,
    originalCalledPartyNumber: record.originalCalledNumber,
    originalCalledPartyNumberPartition: record.calledPartition,
    finalCalledPartyNumber: record.finalCalledNumber,
    finalCalledPartyNumberPartition: record.calledPartition,
    lastRedirectDn: record.lastRedirectNumber,
    originalCalledPartyPattern: record.originalCalledNumber,
    finalCalledPartyPattern: record.finalCalledNumber,
  };
}

function levelOf(level: KnownLevel | undefined): number | undefined {
  return level === undefined ? undefined : LEVELS[level];
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}

/** An IPv4 address as a signed number with its octets in reverse: 172.19.52.11 is 187962284. */
export function reversedAddress(address: string | undefined): number {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(address ?? '')) return 0;
  const octets = (address ?? '').split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return 0;
  return octets.reduceRight((number, octet) => (number << 8) | octet, 0);
}

function sizeOf(type: ColumnType): number {
  const size = /\d+/.exec(type);
  return size ? Number(size[0]) : Number.POSITIVE_INFINITY;
}

/** The first characters of a text; a character beyond the 16-bit ones counts as one. */
function fitted(text: string, sizeChars: number): string {
  return text.length <= sizeChars ? text : Array.from(text).slice(0, sizeChars).join('');
}

/** In quotes, quotes doubled, without anything that could end the line or move a terminal. */
function quoted(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`;
  return `"${text.toWellFormed().replace(LINE_BREAKERS, ' ').replaceAll('"', '""')}"`;
}
