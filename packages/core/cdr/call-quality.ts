/**
 * How good one end heard a call: what a device counted, the opinion that the E-model estimates from it
 * (ITU-T G.107), and the line of the CUCM format for it, a call management record (domain 3). Pure text. Names
 * and order are the vendor's [doc], the lengths of texts are [inferred].
 */
import { type CdrFacts, type Columns, formatHead, formatRow, sizesOf } from './columns.ts';

export interface MediaFigures {
  readonly packetsSent: number;
  /** Payload only, as is `octetsReceived`. */
  readonly octetsSent: number;
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  /** 0: unknown. */
  readonly latencyMs: number;
}

export interface CallQualityRecord {
  readonly globalCallId: number;
  readonly leg: number;
  /** Who counted. */
  readonly device: string;
  readonly number: string;
  readonly partition: string;
  readonly endedMs: number;
  readonly durationMs: number;
  readonly figures: MediaFigures;
}

const VIDEO_COLUMNS = [
  ['videoContentType', 'VARCHAR(10)'],
  ['videoDuration', 'INTEGER'],
  ['numberVideoPacketsSent', 'INTEGER'],
  ['numberVideoOctetsSent', 'INTEGER'],
  ['numberVideoPacketsReceived', 'INTEGER'],
  ['numberVideoOctetsReceived', 'INTEGER'],
  ['numberVideoPacketsLost', 'INTEGER'],
  ['videoAverageJitter', 'INTEGER'],
  ['videoRoundTripTime', 'INTEGER'],
  ['videoOneWayDelay', 'INTEGER'],
  ['videoReceptionMetrics', 'VARCHAR(600)'],
  ['videoTransmissionMetrics', 'VARCHAR(600)'],
] as const;

export const CMR_COLUMNS: Columns = [
  ['cdrRecordType', 'INTEGER'],
  ['globalCallID_callManagerId', 'INTEGER'],
  ['globalCallID_callId', 'INTEGER'],
  ['nodeId', 'INTEGER'],
  ['directoryNum', 'VARCHAR(50)'],
  ['callIdentifier', 'INTEGER'],
  ['dateTimeStamp', 'INTEGER'],
  ['numberPacketsSent', 'INTEGER'],
  ['numberOctetsSent', 'INTEGER'],
  ['numberPacketsReceived', 'INTEGER'],
  ['numberOctetsReceived', 'INTEGER'],
  ['numberPacketsLost', 'INTEGER'],
  ['jitter', 'INTEGER'],
  ['latency', 'INTEGER'],
  ['pkid', 'UNIQUEIDENTIFIER'],
  ['directoryNumPartition', 'VARCHAR(50)'],
  ['globalCallId_ClusterID', 'VARCHAR(50)'],
  ['deviceName', 'VARCHAR(129)'],
  ['varVQMetrics', 'VARCHAR(600)'],
  ['duration', 'INTEGER'],
  ...VIDEO_COLUMNS,
  ...VIDEO_COLUMNS.map(([name, type]) => [`${name}_channel2`, type] as const),
  ['localSessionID', 'VARCHAR(128)'],
  ['remoteSessionID', 'VARCHAR(128)'],
  ['headsetSN', 'VARCHAR(128)'],
  ['headsetMetrics', 'VARCHAR(600)'],
];

const SIZES = sizesOf(CMR_COLUMNS);

/** Record type of a call management record. */
const RECORD_TYPE_CMR = 2;

/** The E-model's rating with every parameter at its default (G.107 table 3). */
const BEST_RATING = 93.2;

/** G.711 without concealment (G.113 table I.4): how well it bears loss; it impairs nothing by itself. */
const LOSS_ROBUSTNESS = 4.3;

/** One packet of 20 ms is in the making, and a queue about twice the jitter long. */
const PACKET_MS = 20;

/** Beyond this delay talking to each other becomes hard. */
const DELAY_KNEE_MS = 177.3;

/** The two first lines of a file: names and types. */
export function formatCmrHead(): string {
  return formatHead(CMR_COLUMNS);
}

export function formatCmrLine(record: CallQualityRecord, facts: CdrFacts): string {
  const { figures } = record;
  const opinion = opinionScore(figures);
  return formatRow(SIZES, {
    cdrRecordType: RECORD_TYPE_CMR,
    globalCallID_callManagerId: facts.nodeId,
    globalCallID_callId: record.globalCallId,
    nodeId: facts.nodeId,
    directoryNum: record.number,
    callIdentifier: record.leg,
    dateTimeStamp: Math.floor(record.endedMs / 1000),
    numberPacketsSent: figures.packetsSent,
    numberOctetsSent: figures.octetsSent,
    numberPacketsReceived: figures.packetsReceived,
    numberOctetsReceived: figures.octetsReceived,
    numberPacketsLost: figures.packetsLost,
    jitter: figures.jitterMs,
    latency: figures.latencyMs,
    pkid: facts.pkid,
    directoryNumPartition: record.partition,
    globalCallId_ClusterID: facts.clusterId,
    deviceName: record.device,
    varVQMetrics: opinion === undefined ? '' : `MLQK=${opinion.toFixed(4)}`,
    duration: Math.max(0, Math.floor(record.durationMs / 1000)),
  });
}

/** The mean opinion score, 1 to 4.5, that G.711 would get; undefined when nothing was heard. */
export function opinionScore(figures: MediaFigures): number | undefined {
  const { packetsReceived, packetsLost, jitterMs, latencyMs } = figures;
  if (packetsReceived === 0) return undefined;
  const lossPercent = (100 * packetsLost) / (packetsReceived + packetsLost);
  const delayMs = latencyMs + 2 * jitterMs + PACKET_MS;
  const delayImpairment = 0.024 * delayMs + 0.11 * Math.max(0, delayMs - DELAY_KNEE_MS);
  const lossImpairment = (95 * lossPercent) / (lossPercent + LOSS_ROBUSTNESS);
  const rating = Math.max(0, BEST_RATING - delayImpairment - lossImpairment);
  const score = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
  return Math.max(1, score);
}
