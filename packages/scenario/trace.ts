/**
 * What a run of a scenario looked like, step by step: the same JSON from a simulation and from real
 * processes. No ids, ports or times of the wall clock are in it.
 */
import type {
  CallSnapshot,
  ConferenceSnapshot,
  ListSnapshot,
  PhoneSnapshot,
  RecordSnapshot,
  RefusalSnapshot,
  Snapshot,
} from './snapshot.ts';

export interface Trace {
  readonly scenario: string;
  readonly proves: readonly string[];
  /** Whether every expectation held and no step was refused unexpectedly. */
  readonly ok: boolean;
  readonly steps: readonly TraceStep[];
}

export interface TraceStep {
  /** From 1; 0 for what was seen before the first step. */
  readonly step: number;
  readonly line: number;
  readonly did: string;
  /** Why the step could not be done, or was turned down. */
  readonly refused?: string;
  readonly phones: readonly TracePhone[];
  readonly conferences: readonly ConferenceSnapshot[];
  /** Written in this step. */
  readonly records: readonly RecordSnapshot[];
  readonly refusals: readonly RefusalSnapshot[];
  readonly failures: readonly Failure[];
}

export interface TracePhone {
  readonly name: string;
  readonly registered: boolean;
  readonly calls: readonly TraceCall[];
  readonly list?: ListSnapshot;
  /** Shown for a while, and played, in this step. */
  readonly texts: readonly string[];
  readonly tones: readonly string[];
}

export interface TraceCall {
  readonly state: string;
  readonly icon: string;
  /** `Conference`, or the name or number of the other side. */
  readonly with: string;
  /** Shown for another phone of the line. */
  readonly elsewhere: boolean;
  readonly prompt: string;
  readonly softkeys: readonly string[];
  readonly media?: 'srtp' | 'rtp';
  readonly music?: string;
}

export interface Failure {
  readonly step: number;
  readonly line: number;
  /** The expectation as it was written. */
  readonly expected: string;
  readonly seen: string;
  /** The sentence of the explanation; empty when there is none. */
  readonly why: string;
}

/** What a snapshot shows that an earlier one did not. */
export interface Seen {
  readonly step: number;
  readonly line: number;
  readonly did: string;
  readonly refused?: string;
  readonly failures: readonly Failure[];
}

export function traceStep(seen: Seen, before: Snapshot | undefined, after: Snapshot): TraceStep {
  const { step, line, did, refused, failures } = seen;
  return {
    ...{ step, line, did },
    ...(refused !== undefined && { refused }),
    phones: after.phones.map((phone, index) => tracePhone(before?.phones[index], phone)),
    conferences: after.conferences,
    records: after.records.slice(before?.records.length ?? 0),
    refusals: after.refusals.slice(before?.refusals.length ?? 0),
    failures,
  };
}

/** Who the call is with, as the trace says it. */
export function otherSide(call: CallSnapshot): string {
  return call.conference ? 'Conference' : call.with.name || call.with.number;
}

function tracePhone(before: PhoneSnapshot | undefined, phone: PhoneSnapshot): TracePhone {
  return {
    name: phone.name,
    registered: phone.registered,
    calls: phone.calls.map((call) => ({
      state: call.state,
      icon: call.icon,
      with: otherSide(call),
      elsewhere: call.elsewhere,
      prompt: call.prompt,
      softkeys: call.softkeys,
      ...(call.media && { media: call.media }),
      ...(call.music !== undefined && { music: call.music }),
    })),
    ...(phone.list && { list: phone.list }),
    texts: phone.texts.slice(before?.texts.length ?? 0),
    tones: phone.tones.slice(before?.tones.length ?? 0),
  };
}
