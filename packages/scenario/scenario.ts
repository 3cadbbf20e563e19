/** A scenario as it was read: a cluster, and steps with what must be seen after each of them. */
import type { Level, Parameters, Softkey } from '@conclave/core';
import type { Cluster } from './cluster.ts';
import type { Icon, RecordColumn } from './snapshot.ts';

export interface Scenario {
  readonly name: string;
  /** Ledger ids that it shows. */
  readonly proves: readonly string[];
  readonly cluster: Cluster;
  readonly steps: readonly Step[];
}

export interface Step {
  /** Line of the file, from 1. */
  readonly line: number;
  /** As it was written, such as `A: conference B, C`. */
  readonly text: string;
  /** Absent for what must be seen before the first step. */
  readonly deed?: Deed;
  readonly expect: readonly Expectation[];
}

/** Which call of a phone a step means. */
export type CallName =
  /** The party's name or number, or `conference`. */
  | { readonly type: 'with'; readonly party: string }
  /** The nth conference of the phone, oldest first, from 1. */
  | { readonly type: 'conference'; readonly nth: number }
  | { readonly type: 'latest' };

/** A number to dial, and the phone that is meant to answer it, if one is. */
export interface Destination {
  readonly text: string;
  readonly number: string;
  readonly phone?: string;
}

/** What a step does; most are several key presses. */
export type Deed =
  | { readonly type: 'off-hook'; readonly phone: string; readonly line?: number }
  | { readonly type: 'on-hook'; readonly phone: string }
  /** One after another, until one cannot be done. */
  | { readonly type: 'several'; readonly deeds: readonly Deed[] }
  /** Everybody hangs up everything. */
  | { readonly type: 'clear' }
  | { readonly type: 'dial'; readonly phone: string; readonly digits: string }
  /** Dials and, where a phone is meant, has it answer. */
  | { readonly type: 'call'; readonly phone: string; readonly to: Destination }
  | { readonly type: 'meet-me'; readonly phone: string; readonly digits: string }
  /** A key on one call. */
  | {
      readonly type: 'press';
      readonly phone: string;
      readonly key: Softkey;
      readonly call?: CallName;
    }
  /** Calls each and brings it in, one by one. */
  | { readonly type: 'conference'; readonly phone: string; readonly who: readonly Destination[] }
  /** Selects the calls and presses Join, or DirTrfr. */
  | {
      readonly type: 'join' | 'direct-transfer';
      readonly phone: string;
      readonly calls: readonly CallName[];
    }
  /** Trnsfer, the number, an answer unless blind, Trnsfer. */
  | {
      readonly type: 'transfer';
      readonly phone: string;
      readonly to: Destination;
      readonly blind: boolean;
    }
  /** Barge or cBarge on the call that another phone of the line has. */
  | { readonly type: 'barge' | 'cbarge'; readonly phone: string; readonly owner?: string }
  /** Dials the park number that was given out last, or this one. */
  | { readonly type: 'retrieve'; readonly phone: string; readonly digits?: string }
  /** Removes a party through the conference list. */
  | { readonly type: 'remove'; readonly phone: string; readonly row: string }
  | { readonly type: 'lose' | 'register'; readonly device: string }
  | { readonly type: 'capture'; readonly device: string; readonly active: boolean }
  | { readonly type: 'announcement'; readonly phone: string; readonly active: boolean }
  | { readonly type: 'remote'; readonly phone: string; readonly level: Level }
  | { readonly type: 'wait'; readonly milliseconds: number }
  | { readonly type: 'configure'; readonly parameters: Partial<Parameters> };

/** One thing that must be seen. `line` and `said` say where it stands and how it reads. */
export type Expectation = { readonly line: number; readonly said: string } & Wanted;

export type ConferenceName =
  /** Oldest first, from 1. */
  | { readonly type: 'nth'; readonly nth: number }
  | { readonly type: 'of'; readonly phone: string }
  | { readonly type: 'number'; readonly number: string };

export type Wanted =
  | {
      readonly type: 'phone';
      /** Absent: every phone that is in a call. */
      readonly phone?: string;
      readonly call?: CallName;
      readonly wants: CallWants;
    }
  | { readonly type: 'idle'; readonly phone: string }
  | {
      readonly type: 'conference';
      /** Absent: the only one. */
      readonly which?: ConferenceName;
      readonly wants: ConferenceWants;
    }
  | { readonly type: 'conferences'; readonly count: number }
  /** `text` when a certain one is demanded. */
  | { readonly type: 'refused'; readonly refused: boolean; readonly text?: string }
  /** Some new record has this cause on one of its sides. */
  | { readonly type: 'cause'; readonly cause: number }
  /** Some new record has these values. */
  | { readonly type: 'record'; readonly values: Readonly<Partial<Record<RecordColumn, string>>> }
  /** The rule explains a conference, a call or a refusal. */
  | { readonly type: 'why'; readonly rule: string };

export interface CallWants {
  readonly icon?: Icon;
  readonly state?: string;
  /** A phone's name, a number or `conference`. */
  readonly with?: string;
  readonly prompt?: string;
  /** A text that passed since the last step, or that is shown. */
  readonly text?: string;
  readonly tone?: string;
  readonly media?: 'srtp' | 'rtp';
  readonly music?: boolean;
  readonly offers?: readonly string[];
  readonly offersNot?: readonly string[];
  readonly list?: ListWants;
  /** Calls on the phone that are its own. */
  readonly calls?: number;
  readonly registered?: boolean;
  readonly why?: string;
}

export interface ListWants {
  /** `none` for no list on the screen. */
  readonly shown: boolean;
  readonly icon?: Icon;
  readonly rows?: readonly RowWants[];
}

export interface RowWants {
  readonly name: string;
  readonly icon?: Icon | 'held';
  readonly controller?: boolean;
}

export interface ConferenceWants {
  readonly kind?: 'ad-hoc' | 'meet-me';
  readonly level?: Level;
  readonly bridge?: string;
  readonly secure?: boolean;
  readonly minimum?: Level;
  readonly number?: string;
  /** In any order. */
  readonly members?: readonly string[];
  readonly held?: readonly string[];
  /** `nobody` for none. */
  readonly controller?: string;
  /** Conferences linked to this one. */
  readonly links?: number;
  /** Whether music is played into it. */
  readonly music?: boolean;
  readonly why?: string;
}
