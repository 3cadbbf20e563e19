/**
 * What the rules know: one immutable value. Everything shown to people derives from it.
 *
 * A *leg* is one phone's part in one call, known on the wire by its call reference. A *call* joins two
 * legs. A *conference* joins legs on a bridge. A *connection* is the media between two ends.
 */
import type { Configuration, SrtpSuite } from './configuration.ts';
import type { MediaAddress, MediaKind, TextId } from './effect.ts';
import type { Allocation } from './media-resource/bridge-selection.ts';
import type {
  BridgeRegistration,
  Codec,
  MediaOffer,
  MusicRegistration,
  PhoneRegistration,
} from './registration.ts';
import type { Assessment, Limit, MediaProtection } from './security/assessment.ts';
import type { KnownLevel, Level } from './security/level.ts';

/** Call reference: unique over the life of the process, never 0. */
export type LegId = number;
/** Global call id (CDR); unique over restarts. */
export type CallId = number;
/** Conference id on the wire to the bridge; never 0. */
export type ConferenceId = number;
export type ConnectionId = number;
/** Names a key that the shell makes and keeps; no two directions ever share one (BRG-09). */
export type KeyRef = number;

export type LegState =
  | 'dialing'
  | 'proceeding'
  | 'ring-out'
  | 'ring-in'
  | 'connected'
  | 'held'
  /** Hears a tone that says why nothing came of it, until the user hangs up. */
  | 'failed';

export interface Leg {
  readonly id: LegId;
  readonly device: string;
  /** 1-based line button. */
  readonly line: number;
  readonly number: string;
  readonly partition: string;
  readonly displayName: string;
  readonly state: LegState;
  readonly digits: string;
  readonly startedMs: number;
  /** When it was first connected to anybody. */
  readonly connectedMs?: number;
  /** The MeetMe key was pressed: the digits name a conference to start. */
  readonly meetMe: boolean;
  /** The held leg to which this consultation wants to add its party. */
  readonly consultFor?: LegId;
  /** The held leg whose party this consultation wants to transfer. */
  readonly transferFor?: LegId;
  readonly call?: CallId;
  readonly conference?: ConferenceId;
  /** The leg sits on the built-in bridge of the phone that has this one (SEC-17). */
  readonly barge?: Barge;
  /** Bargers whose media this leg's phone has not confirmed closed: they still count. */
  readonly bargesLeaving?: readonly {
    readonly party: number;
    readonly device: string;
    readonly assessment: Assessment;
  }[];
  /** Marked with Select. */
  readonly selected?: true;
  /** Waits for a place in a conference without having been in a call (cBarge). */
  readonly joining?: true;
  /** No phone shows it: it is parked, or a transfer of it waits for an answer. */
  readonly detached?: true;
  /** What is known of the party behind a trunk or gateway; absent: what the device proves. */
  readonly remote?: Level;
  /** Since when that is known. */
  readonly remoteSinceMs?: number;
  /** A SIP phone plays the tone of a barge until this time (INT-07). */
  readonly bargeToneUntilMs?: number;
  /** It was told once that SRTP keys go to this gateway in clear text (SEC-03). */
  readonly keysInClear?: true;
  /** What its SDP allows; absent: what the device is known to have. */
  readonly offer?: MediaOffer;
  /** Other phones that know a key of it; absent: none. */
  readonly keyKnownBy?: readonly string[];
  /** The conference that its party was invited to by one who is in it. */
  readonly inviteTo?: ConferenceId;
  /** Star code in the making, such as `*`. */
  readonly starCode?: string;
  /** Key presses wait until this time for the next digit. */
  readonly digitDeadlineMs?: number;
  /** Highest level of this leg so far (CDR-01). */
  readonly highest: Level;
  /** What the phone was told last, so that it is told again only on change. */
  readonly told?: Level;
}

/** How a call came out of an earlier one, for its record (domain 3.4). */
export interface CallOrigin {
  readonly onBehalfOf: number;
  readonly reason: number;
  /** The number that led here: a bridge's, a park number. Absent: none. */
  readonly number?: string;
}

export interface Barge {
  readonly target: LegId;
  readonly connection?: ConnectionId;
  readonly protection: MediaProtection;
  readonly assessment: Assessment;
  readonly startedMs: number;
}

export interface Call {
  readonly id: CallId;
  readonly caller: LegId;
  /** Legs that ring; one remains when it answers. */
  readonly callees: readonly LegId[];
  readonly calledNumber: string;
  readonly calledPartition: string;
  readonly state: 'ringing' | 'connected';
  readonly originatedMs: number;
  readonly connectedMs?: number;
  readonly connection?: ConnectionId;
  /** What one of them hears while the other holds. */
  readonly music?: ConnectionId;
  readonly assessment?: Assessment;
  /** Media addresses seen, for the record. */
  readonly media: ReadonlyMap<LegId, { readonly address: string; readonly port: number }>;
  /** Set when the call did not begin with dialling, but from an earlier one (domain 1.2, 3.5). */
  readonly origin?: CallOrigin;
}

export type ParticipantState =
  /** The bridge was asked to make room. */
  | 'adding'
  /** On the bridge, with or without media. */
  | 'present'
  /** Taken off; counts until the bridge confirms that it is gone. */
  | 'leaving';

export interface Participant {
  readonly leg: LegId;
  readonly device: string;
  readonly number: string;
  readonly partition: string;
  readonly name: string;
  readonly state: ParticipantState;
  readonly held: boolean;
  /** The bridge receives nothing of it. Absent: no. */
  readonly muted?: true;
  readonly joinedMs: number;
  readonly globalCallId: CallId;
  readonly protection: MediaProtection;
  readonly assessment: Assessment;
  readonly connection?: ConnectionId;
  /** Lowest level of the conference since this leg joined (D-21). */
  readonly lowest: Level;
  readonly media?: { readonly address: string; readonly port: number };
  /** What came on its SRTP leg and was not mixed, because it was in clear or did not authenticate. */
  readonly refused?: RefusedMedia;
  /** Number of the party that brought this one in, for the record. */
  readonly requestor?: { readonly number: string; readonly device: string };
  /** This participant is another conference, linked to this one (CHN-01). */
  readonly link?: Link;
}

export interface RefusedMedia {
  readonly packets: number;
  /** When the bridge told of it first. */
  readonly sinceMs: number;
}

export interface Link {
  readonly conference: ConferenceId;
  /** The participant that stands for us over there. */
  readonly leg: LegId;
}

/** Calls that are to become a conference. */
export interface Assembly {
  /** Where the key was pressed: hears of a failure. */
  readonly initiator: LegId;
  /** The initiator's leg that is in the conference already; absent: the first of `joining`. */
  readonly base?: LegId;
  /** Become participants, in this order. */
  readonly joining: readonly LegId[];
  /** Other legs of the initiator, no longer needed once their calls are brought in. */
  readonly merging: readonly LegId[];
  /** Legs of the initiator in other conferences, which are linked. */
  readonly linking: readonly LegId[];
  /** See `Conference`. */
  readonly focus?: true;
}

export interface Conference {
  readonly id: ConferenceId;
  readonly kind: 'ad-hoc' | 'meet-me';
  /** The dialled meet-me number. */
  readonly number?: string;
  /** Level demanded of every party, captured when the conference began (MML-04). */
  readonly minimum: KnownLevel;
  readonly bridge: string;
  readonly allocation: Allocation;
  /** `creating` until the bridge has answered. */
  readonly state: 'creating' | 'active' | 'ending';
  readonly startedMs: number;
  /** Who made it; never changes (D-10). */
  readonly creator: { readonly device: string; readonly number: string };
  /** Made by the conference factory: it lives until everybody has left. */
  readonly focus?: true;
  /** The leg that may add and remove; absent once it has left. */
  readonly controller?: LegId;
  /** Took the controller's place by transfer or retrieval: may change nothing, ends it all by leaving. */
  readonly virtualController?: LegId;
  /** In the order of joining. */
  readonly participants: readonly Participant[];
  /** Consultations under way that will add a party (HLD-01, D-11). */
  readonly pendingAdd: readonly LegId[];
  /** Whom to bring in when the bridge has answered. */
  readonly assembly?: Assembly;
  /** The level that the phones were told last. */
  readonly level: Level;
  readonly levelSinceMs: number;
  /** When the bridge's answer is overdue; absent while nothing is asked of it. */
  readonly answerDeadlineMs?: number;
  /** Nobody else is let in. Absent: it is open. */
  readonly locked?: { readonly by: string; readonly sinceMs: number };
  /** Devices that have the conference list on their screen. */
  readonly viewers: readonly LegId[];
}

export interface MediaEnd {
  readonly device: string;
  readonly kind: MediaKind;
  readonly leg: LegId;
  readonly conference: ConferenceId;
  /** Pass-through party id: names this end on the wire; unique. */
  readonly party: number;
  /** Key of the stream that this end receives; absent for RTP. */
  readonly receiveKey?: KeyRef;
  /** Where this end receives; absent until it has told. */
  readonly address?: MediaAddress;
}

export interface Connection {
  readonly id: ConnectionId;
  readonly ends: readonly [MediaEnd, MediaEnd];
  readonly protection: MediaProtection;
  readonly suite?: SrtpSuite;
  readonly codec: Codec;
  readonly packetMs: number;
  readonly openedMs: number;
}

export interface Counters {
  /** Conference attempts that found no bridge (SEC-13). */
  readonly failedAllocations: number;
  /** Meet-me attempts below the minimum level. */
  readonly refusedJoins: number;
}

/** A leg of one phone as another phone of the shared line was told of it. */
export interface Appearance {
  readonly device: string;
  readonly line: number;
  readonly leg: LegId;
  readonly held: boolean;
  /** Whom the call is with: told again when that changes. */
  readonly other: string;
  /** What an application was told of its level (CTI-02); phones are told none. */
  readonly level?: Level;
}

/** A parked call or conference leg: `leg` is the parker's, detached. */
export interface Parked {
  readonly number: string;
  readonly leg: LegId;
  readonly sinceMs: number;
  readonly by: { readonly device: string; readonly number: string };
}

/** An operation that the rules refused, and the proof. */
export interface Refusal {
  readonly atMs: number;
  readonly device: string;
  readonly operation: string;
  /** Absent: the device cannot be told (RES-08, RES-09). */
  readonly text?: TextId;
  /** What was demanded of the device's level. */
  readonly minimum?: KnownLevel;
  /** Cause of the record, when the refusal cleared something. */
  readonly cause?: number;
  readonly limits: readonly Limit[];
}

export interface State {
  readonly configuration: Configuration;
  readonly phones: ReadonlyMap<string, PhoneRegistration>;
  readonly bridges: ReadonlyMap<string, BridgeRegistration>;
  readonly musics: ReadonlyMap<string, MusicRegistration>;
  readonly legs: ReadonlyMap<LegId, Leg>;
  readonly calls: ReadonlyMap<CallId, Call>;
  readonly conferences: ReadonlyMap<ConferenceId, Conference>;
  readonly connections: ReadonlyMap<ConnectionId, Connection>;
  /** What phones were told of shared lines, by phone and leg. */
  readonly appearances: ReadonlyMap<string, Appearance>;
  /** By park number. */
  readonly parked: ReadonlyMap<string, Parked>;
  /** Devices on which a packet capture runs, and since when (INT-12). */
  readonly captures: ReadonlyMap<string, number>;
  /** Devices to which an announcement is played, and since when (INT-05). */
  readonly announcements: ReadonlyMap<string, number>;
  /** The latest refusals, oldest first; at most `REFUSALS_MAX`. */
  readonly refusals: readonly Refusal[];
  readonly counters: Counters;
  /** The next unused number for legs, conferences, connections, parties and keys. */
  readonly nextId: number;
  /** The next unused global call id. */
  readonly nextCallId: CallId;
}

/** Refusals that are kept for explanations. */
export const REFUSALS_MAX = 100;

/** An empty house. `nextCallId` is the first global call id that no earlier run has used. */
export function initialState(configuration: Configuration, nextCallId: CallId): State {
  return {
    configuration,
    phones: new Map(),
    bridges: new Map(),
    musics: new Map(),
    legs: new Map(),
    calls: new Map(),
    conferences: new Map(),
    connections: new Map(),
    appearances: new Map(),
    parked: new Map(),
    captures: new Map(),
    announcements: new Map(),
    refusals: [],
    counters: { failedAllocations: 0, refusedJoins: 0 },
    nextId: 1,
    nextCallId,
  };
}
