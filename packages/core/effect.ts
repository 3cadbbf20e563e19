/**
 * What the rules ask of the world, as values in the order in which they must be carried out. The order
 * is the fail-safe: a downgrade is told before the weaker party's media opens, an upgrade only after
 * the weaker party is gone.
 */

import type { CallDetailRecord } from './cdr/record.ts';
import type { SrtpSuite } from './configuration.ts';
import type { Softkey } from './event.ts';
import type { Codec } from './registration.ts';
import type { Level } from './security/level.ts';
import type { ConferenceId, KeyRef, LegId, Refusal } from './state.ts';

/** Texts by meaning; adapters choose wording, language and display codes. */
export type TextId =
  | 'enter-number'
  | 'connected'
  | 'call-proceed'
  | 'ring-out'
  | 'hold'
  | 'from'
  | 'busy'
  | 'unknown-number'
  | 'temporary-failure'
  | 'device-not-authorized'
  | 'security-level-not-met'
  | 'no-conference-bridge'
  | 'exceeds-maximum-parties'
  | 'cannot-complete-conference'
  | 'key-not-active'
  | 'media-security-required'
  /** Remote-in-use: another phone of the shared line has the call. */
  | 'in-use-remote'
  | 'to-conference'
  /** With the number of the barged line. */
  | 'to-barge'
  | 'barge-failed'
  | 'another-barge-exists'
  | 'past-limit'
  /** With the number where the call waits. */
  | 'parked-at'
  | 'no-park-number'
  | 'transfer'
  | 'cannot-complete-transfer'
  /** RES-05 and a non-linear chain. */
  | 'cannot-link-conferences'
  | 'call-duration-exceeded';

export type ShownCallState =
  | 'off-hook'
  | 'on-hook'
  | 'proceed'
  | 'ring-out'
  | 'ring-in'
  | 'connected'
  | 'busy'
  | 'congestion'
  | 'invalid-number'
  | 'transfer'
  | 'park'
  /** Another phone of the shared line has the call. */
  | 'remote-in-use'
  | 'hold';

/** The phone's sets of softkeys (sccp.md). */
export type SoftkeySet =
  | 'on-hook'
  | 'off-hook'
  | 'digits-follow'
  | 'ring-out'
  | 'ring-in'
  | 'connected'
  | 'on-hold'
  | 'off-hook-feature'
  | 'connected-conference'
  | 'connected-transfer'
  | 'remote-in-use';

export interface ShownParty {
  readonly name: string;
  readonly number: string;
}

export interface ConferenceListRow {
  readonly leg: LegId;
  /** The row stands for a linked conference: its name is localised (CHN-01). */
  readonly conference: boolean;
  readonly name: string;
  readonly number: string;
  readonly level: Level;
  readonly held: boolean;
  readonly controller: boolean;
}

export interface ConferenceList {
  readonly conference: ConferenceId;
  readonly level: Level;
  /** Why it has this level, in a line. */
  readonly because: string;
  /** Newest first (LST-06). */
  readonly rows: readonly ConferenceListRow[];
  /** Whether this phone may remove parties (LST-04, LST-05). */
  readonly mayRemove: boolean;
}

export type Tone =
  | 'dial'
  | 'alerting'
  | 'busy'
  | 'reorder'
  /** Heard while the other party holds and there is no music. */
  | 'hold'
  /** A barge, or a party that enters a conference. */
  | 'zip'
  /** A party that leaves. */
  | 'zip-zip'
  /** A key that cannot be served. */
  | 'beep-bonk'
  /** Three long beeps, six short ones: the secure tone of protected devices. */
  | 'secure'
  | 'nonsecure';

/** Which call on which phone. */
export interface PhoneLeg {
  readonly device: string;
  readonly leg: LegId;
  readonly line: number;
}

export type PhoneEffect =
  | (PhoneLeg & { readonly type: 'call-state'; readonly state: ShownCallState })
  | (PhoneLeg & {
      readonly type: 'call-info';
      readonly direction: 'inbound' | 'outbound';
      readonly calling: ShownParty;
      readonly called: ShownParty;
      /** The other side is a conference: its name is localised. */
      readonly conference: boolean;
      /** Absent for a phone that is not told levels (PHN-08) and before the call is connected. */
      readonly level?: Level;
    })
  | (PhoneLeg & {
      readonly type: 'softkeys';
      readonly set: SoftkeySet;
      readonly without: readonly Softkey[];
    })
  | (PhoneLeg & {
      readonly type: 'prompt';
      readonly text: TextId;
      /** What the text speaks of, such as a park number. */
      readonly number?: string;
      /** 0: until replaced. */
      readonly timeoutSeconds: number;
    })
  | (PhoneLeg & { readonly type: 'clear-prompt' })
  | (PhoneLeg & { readonly type: 'tone'; readonly tone: Tone })
  /** The Select key marked or unmarked the call. */
  | (PhoneLeg & { readonly type: 'selected'; readonly selected: boolean })
  | (PhoneLeg & { readonly type: 'stop-tone' })
  | (PhoneLeg & { readonly type: 'ringer'; readonly ringing: boolean })
  | (PhoneLeg & { readonly type: 'lamp'; readonly mode: 'off' | 'on' | 'blink' | 'wink' })
  | (PhoneLeg & { readonly type: 'speaker'; readonly on: boolean })
  | (PhoneLeg & { readonly type: 'dialed-number'; readonly number: string })
  | (PhoneLeg & { readonly type: 'conference-list'; readonly list: ConferenceList })
  /** A line of text on the phone that belongs to no call. */
  | {
      readonly type: 'notify';
      readonly device: string;
      readonly text: TextId;
      /** What the text speaks of, such as a park number. */
      readonly number?: string;
      readonly timeoutSeconds: number;
    };

/** `built-in-bridge`: a phone that mixes this stream into its call (SEC-17). */
export type MediaKind = 'phone' | 'built-in-bridge' | 'bridge' | 'music';

/** One end of a media stream, as the wire names it. */
export interface MediaEndpoint {
  readonly device: string;
  readonly kind: MediaKind;
  readonly leg: LegId;
  readonly conference: ConferenceId;
  readonly party: number;
}

export interface StreamFormat {
  readonly codec: Codec;
  readonly packetMs: number;
  /** RTP payload type of key presses, 0 for none; absent: the one that SCCP phones are told. */
  readonly telephoneEvent?: number;
  /** Both absent for RTP. */
  readonly suite?: SrtpSuite;
  readonly key?: KeyRef;
}

/** Where an end listens. */
export interface MediaAddress {
  readonly host: string;
  readonly port: number;
  /** Where it listens to RTCP; absent: on the port after that (RFC 3550 §11). */
  readonly rtcpPort?: number;
}

export type MediaEffect =
  | {
      readonly type: 'open-receive';
      readonly end: MediaEndpoint;
      /** Who will send there. */
      readonly from: MediaEndpoint;
      readonly format: StreamFormat;
      /** Who will send, when the end is not told by sending there itself: music. Any port of it. */
      readonly source?: string;
    }
  | {
      readonly type: 'start-transmit';
      readonly end: MediaEndpoint;
      readonly format: StreamFormat;
      readonly remote: MediaAddress;
    }
  | { readonly type: 'close-receive'; readonly end: MediaEndpoint }
  | { readonly type: 'stop-transmit'; readonly end: MediaEndpoint }
  /** The device confirms, with `media-audited`, once all it was asked of this party is done. */
  | { readonly type: 'audit-media'; readonly end: MediaEndpoint }
  /** The key is used nowhere any more: wipe it. */
  | { readonly type: 'forget-key'; readonly key: KeyRef };

/** What is said to participants who have no screen; `announcement.ts` has the words. */
export type AnnouncementId =
  | 'level-encrypted'
  | 'level-authenticated'
  | 'level-nonsecure'
  | 'refused-authenticated'
  | 'refused-encrypted'
  | 'muted'
  | 'unmuted'
  | 'alone'
  | 'participants'
  | 'removed'
  | 'held'
  /** Of one party; a `level-` is the conference's. */
  | `party-${'encrypted' | 'authenticated' | 'nonsecure'}`
  | `digit-${Digit}`;

export type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

/** Played by the bridge to some of a conference's participants. */
export interface AnnounceEffect {
  readonly type: 'announce';
  readonly bridge: string;
  readonly conference: ConferenceId;
  readonly legs: readonly LegId[];
  /** One after the other. One that tells a level takes the place of what those legs hear now. */
  readonly announcements: readonly AnnouncementId[];
}

export type BridgeEffect =
  | {
      readonly type: 'create-conference';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly parties: number;
    }
  | {
      readonly type: 'add-participant';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly leg: LegId;
      readonly name: string;
      readonly number: string;
    }
  | {
      readonly type: 'drop-participant';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly leg: LegId;
    }
  | {
      readonly type: 'audit-participants';
      readonly bridge: string;
      readonly conference: ConferenceId;
    }
  | {
      readonly type: 'delete-conference';
      readonly bridge: string;
      readonly conference: ConferenceId;
    };

export type NoteEffect =
  /** An operation was refused: kept for the explanation. */
  | { readonly type: 'refusal'; readonly refusal: Refusal }
  | { readonly type: 'record'; readonly record: CallDetailRecord }
  | {
      readonly type: 'alarm';
      readonly name: string;
      readonly device: string;
      readonly reason: string;
      readonly text: string;
    }
  /** A conference's level changed: for the log, the live view and the timeline. */
  | {
      readonly type: 'level';
      readonly conference: ConferenceId;
      readonly from: Level;
      readonly to: Level;
      readonly because: string;
    };

export type Effect = PhoneEffect | MediaEffect | BridgeEffect | AnnounceEffect | NoteEffect;
