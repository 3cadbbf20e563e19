/**
 * What people and operators can see at one moment: phones as they show it, conferences and records as
 * the system reports them. Expectations and the trace are computed from snapshots alone, so that a
 * simulation and real processes are judged by the same code.
 */
import type { KnownLevel, Level } from '@conclave/core';

/** Whole at every observation: `texts`, `tones`, `records`, `refusals` and `faults` go back to the start. */
export interface Snapshot {
  /** In the order of the cluster, also those that are not registered. */
  readonly phones: readonly PhoneSnapshot[];
  /** In the order in which they began. */
  readonly conferences: readonly ConferenceSnapshot[];
  /** In the order in which they were written. */
  readonly records: readonly RecordSnapshot[];
  /** In the order in which they happened. */
  readonly refusals: readonly RefusalSnapshot[];
  /** Where sound or packets contradict all this, a sentence each; absent where there is no sound. */
  readonly faults?: readonly string[];
}

export interface PhoneSnapshot {
  /** Short name of the scenario. */
  readonly name: string;
  readonly registered: boolean;
  /** Oldest first. */
  readonly calls: readonly CallSnapshot[];
  /** The conference list, while it is on the screen. */
  readonly list?: ListSnapshot;
  /** Texts that pass by themselves (prompts with a time, notify lines), oldest first, since the start. */
  readonly texts: readonly string[];
  /** Tones that were started, oldest first, since the start. */
  readonly tones: readonly string[];
}

export type Icon = 'lock' | 'shield' | 'none';

/** States of a call as phones show them; names as in the core. */
export type CallStateName =
  | 'off-hook'
  | 'proceed'
  | 'ring-out'
  | 'ring-in'
  | 'connected'
  | 'hold'
  | 'busy'
  | 'congestion'
  | 'invalid-number'
  | 'transfer'
  | 'park'
  | 'remote-in-use';

export interface CallSnapshot {
  /** Call reference: names the call in actions, and is in no trace. */
  readonly ref: number;
  readonly line: number;
  readonly state: CallStateName;
  /** Another phone of the shared line has this call; here it is only shown. */
  readonly elsewhere: boolean;
  /** For a call that is shown for another phone: the name of that phone. */
  readonly owner?: string;
  readonly icon: Icon;
  /** The other side as shown; the name of a conference is `Conference`. */
  readonly with: { readonly name: string; readonly number: string };
  /** The other side is a conference. */
  readonly conference: boolean;
  /** Empty for none. */
  readonly prompt: string;
  /** Marked with Select. */
  readonly selected: boolean;
  /** Labels of the live keys, in their order, such as `Confrn`. */
  readonly softkeys: readonly string[];
  /** Protection of the media between the phone and what it talks to; absent while there is none. */
  readonly media?: 'srtp' | 'rtp';
  /** The music server that it hears while the other side holds. */
  readonly music?: string;
  /** Why the call has its level; absent when the driver cannot tell. */
  readonly why?: WhySnapshot;
}

export interface ListSnapshot {
  /** Level of the conference in the title. */
  readonly icon: Icon;
  /** Newest first. */
  readonly rows: readonly ListRowSnapshot[];
  readonly mayRemove: boolean;
}

export interface ListRowSnapshot {
  readonly name: string;
  readonly icon: Icon | 'held';
  /** Has the star. */
  readonly controller: boolean;
}

export interface ConferenceSnapshot {
  readonly kind: 'ad-hoc' | 'meet-me';
  /** The meet-me number. */
  readonly number?: string;
  readonly level: Level;
  readonly minimum: KnownLevel;
  readonly bridge: string;
  readonly secure: boolean;
  /** How the bridge was chosen: each one that was looked at, a sentence each, in order. */
  readonly allocation: readonly string[];
  /** In the order of joining. Those whose leaving the bridge has not confirmed are in it. */
  readonly members: readonly MemberSnapshot[];
  /** Music servers that play into it. */
  readonly music: readonly string[];
  readonly why?: WhySnapshot;
}

export interface MemberSnapshot {
  /** Short name of the phone; `Conference` for a linked one. */
  readonly name: string;
  readonly level: Level;
  readonly held: boolean;
  readonly controller: boolean;
  /** A linked conference. */
  readonly link: boolean;
}

export interface WhySnapshot {
  readonly sentence: string;
  /** Ledger ids of the limits that decided. */
  readonly rules: readonly string[];
}

export interface RefusalSnapshot {
  /** Short name of the phone. */
  readonly phone: string;
  readonly operation: string;
  /** As a phone shows it in English; empty when the device cannot be told. */
  readonly text: string;
  readonly cause?: number;
  readonly rules: readonly string[];
  readonly sentence: string;
}

/** Columns of a call detail record that say what happened, without ids, addresses and times. */
export const RECORD_COLUMNS = [
  'callingPartyNumber',
  'originalCalledPartyNumber',
  'finalCalledPartyNumber',
  'lastRedirectDn',
  'origDeviceName',
  'destDeviceName',
  'origCause_value',
  'destCause_value',
  'origCallTerminationOnBehalfOf',
  'destCallTerminationOnBehalfOf',
  'lastRedirectRedirectOnBehalfOf',
  'lastRedirectRedirectReason',
  'joinOnBehalfOf',
  'callSecuredStatus',
  'conferenceSecuredStatus',
  'conferenceLowestSecuredStatus',
  'comment',
] as const;

export type RecordColumn = (typeof RECORD_COLUMNS)[number];

/** Values by column; numbers of bridges (`b0029…`) are the word `bridge`, absent values are empty. */
export type RecordSnapshot = Readonly<Record<RecordColumn, string>>;
