/** Records of calls and of attempts that came to nothing (CDR-01 ... CDR-05, domain 3). */
import { CAUSE, type CallDetailRecord, ON_BEHALF_OF, type RecordParty } from '../cdr/record.ts';
import type { Codec } from '../registration.ts';
import { highest, shown } from '../security/level.ts';
import type { Call, Leg, LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';

export interface CallEnd {
  /** Who ended it; undefined when the system did, which puts the cause on both sides. */
  readonly by: LegId | undefined;
  readonly cause: number;
  readonly onBehalfOf?: number;
  readonly comment?: string;
}

const PAYLOAD_CAPABILITY = { pcmu: 4, pcma: 2, g722: 6 } as const;

/** The fields of a record that say nothing special. */
export const PLAIN: Pick<
  CallDetailRecord,
  'lastRedirectNumber' | 'redirectOnBehalfOf' | 'redirectReason' | 'joinOnBehalfOf' | 'comment'
> = {
  lastRedirectNumber: '',
  redirectOnBehalfOf: ON_BEHALF_OF.unknown,
  redirectReason: 0,
  joinOnBehalfOf: ON_BEHALF_OF.unknown,
  comment: '',
};

export function recordCall(tx: Transaction, call: Call, end: CallEnd): void {
  const caller = tx.leg(call.caller);
  const callee = tx.leg(call.callees[0] ?? 0);
  if (!caller) return;
  const onBehalfOf = end.onBehalfOf ?? ON_BEHALF_OF.device;
  const side = (leg: Leg | undefined): RecordParty => {
    const ended = end.by === undefined || end.by === leg?.id;
    return recordParty(tx, leg, {
      codec: tx.connection(call.connection)?.codec ?? 'pcmu',
      cause: ended ? end.cause : CAUSE.none,
      terminationOnBehalfOf: ended ? onBehalfOf : ON_BEHALF_OF.unknown,
      media: leg && call.media.get(leg.id),
    });
  };
  tx.emit({
    type: 'record',
    record: {
      ...PLAIN,
      globalCallId: call.id,
      originatedMs: call.originatedMs,
      ...(call.connectedMs !== undefined && { connectedMs: call.connectedMs }),
      disconnectedMs: tx.nowMs,
      originating: side(caller),
      destination: side(callee),
      originalCalledNumber: call.calledNumber,
      finalCalledNumber: call.calledNumber,
      calledPartition: call.calledPartition,
      comment: end.comment ?? '',
      securedStatus: shown(highest(caller.highest, callee?.highest ?? 'unknown')),
      ...(call.origin && {
        lastRedirectNumber: call.origin.number ?? '',
        redirectOnBehalfOf: call.origin.onBehalfOf,
        redirectReason: call.origin.reason,
        joinOnBehalfOf: call.origin.onBehalfOf,
      }),
    },
  });
}

export interface FailedAttempt {
  readonly called: string;
  readonly cause: number;
  /** Whose doing it was, on both sides. */
  readonly onBehalfOf?: number;
  readonly lastRedirectNumber?: string;
}

/** An attempt that reached nobody: duration 0, the cause on the caller's side. */
export function recordFailedAttempt(
  tx: Transaction,
  leg: Pick<Leg, 'id' | 'device' | 'number' | 'partition' | 'startedMs'>,
  attempt: FailedAttempt,
): void {
  const { called, cause, onBehalfOf, lastRedirectNumber = '' } = attempt;
  tx.emit({
    type: 'record',
    record: {
      ...PLAIN,
      globalCallId: tx.takeCallId(),
      originatedMs: leg.startedMs,
      disconnectedMs: tx.nowMs,
      originating: recordParty(tx, leg, {
        codec: 'pcmu',
        cause,
        terminationOnBehalfOf: onBehalfOf ?? ON_BEHALF_OF.callControl,
      }),
      destination: recordParty(tx, undefined, {
        codec: 'pcmu',
        cause: CAUSE.none,
        terminationOnBehalfOf: onBehalfOf ?? ON_BEHALF_OF.unknown,
      }),
      originalCalledNumber: called,
      finalCalledNumber: called,
      lastRedirectNumber,
      calledPartition: '',
      securedStatus: 'nonsecure',
    },
  });
}

export function recordParty(
  tx: Transaction,
  leg: Pick<Leg, 'id' | 'device' | 'number' | 'partition'> | undefined,
  facts: {
    readonly codec: Codec;
    readonly cause: number;
    readonly terminationOnBehalfOf: number;
    readonly media?: { readonly address: string; readonly port: number } | undefined;
    readonly conversationId?: number;
  },
): RecordParty {
  const address = leg && tx.phone(leg.device)?.address;
  return {
    leg: leg?.id ?? 0,
    number: leg?.number ?? '',
    partition: leg?.partition ?? '',
    payloadCapability: facts.media ? PAYLOAD_CAPABILITY[facts.codec] : 0,
    cause: facts.cause,
    terminationOnBehalfOf: facts.terminationOnBehalfOf,
    conversationId: facts.conversationId ?? 0,
    ...(leg && { device: leg.device }),
    ...(address !== undefined && { address }),
    ...(facts.media && { media: facts.media }),
  };
}

/** How a conference appears as a called number: `b00` and the conference id (domain 3.5). */
export function bridgeNumber(conference: number): string {
  return `b00${String(conference).padStart(8, '0')}`;
}
