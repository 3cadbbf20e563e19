/**
 * What can happen. Adapters translate their protocol into these; a leg or party that does not belong
 * to the device is ignored by the rules, so a device can only act on its own calls.
 */

import type { Configuration } from './configuration.ts';
import type { MediaAddress } from './effect.ts';
import type {
  BridgeRegistration,
  MediaOffer,
  MusicRegistration,
  PhoneRegistration,
} from './registration.ts';
import type { Level } from './security/level.ts';
import type { ConferenceId, LegId } from './state.ts';

/** Softkeys that the rules know. */
export type Softkey =
  | 'new-call'
  | 'end-call'
  | 'answer'
  | 'hold'
  | 'resume'
  | 'confrn'
  | 'meet-me'
  | 'conf-list'
  | 'rm-last-conf'
  | 'select'
  | 'join'
  | 'transfer'
  | 'direct-transfer'
  | 'park'
  | 'barge'
  | 'cbarge'
  | 'backspace';

export type PhoneAction =
  /** Handset or speaker; `leg` when the phone names the call it means. */
  | {
      readonly type: 'off-hook';
      readonly line?: number;
      readonly leg?: LegId;
      readonly offer?: MediaOffer;
    }
  | { readonly type: 'on-hook'; readonly leg?: LegId }
  | { readonly type: 'line-key'; readonly line: number }
  /** `leg` may also be another phone's leg that is shown on this one's shared line. */
  | { readonly type: 'softkey'; readonly key: Softkey; readonly line: number; readonly leg?: LegId }
  /** One of `0`-`9`, `*`, `#`. */
  | { readonly type: 'digit'; readonly digit: string; readonly leg?: LegId }
  /** All digits at once, for a call of its own when `fresh`. */
  | {
      readonly type: 'dial';
      readonly digits: string;
      readonly line?: number;
      readonly fresh?: true;
      /** As after the MeetMe key. */
      readonly meetMe?: true;
      readonly offer?: MediaOffer;
      /** On a trunk: who calls. */
      readonly from?: { readonly name: string; readonly number: string };
    }
  /** A ringing call is turned down. */
  | { readonly type: 'decline'; readonly leg: LegId; readonly busy: boolean }
  /** What the leg's SDP allows has changed, or its address: its media is opened anew. */
  | { readonly type: 'media-offer'; readonly leg: LegId; readonly offer: MediaOffer }
  /** The party of `leg` goes to whoever `to` is with, or to the number `digits`. */
  | {
      readonly type: 'transfer';
      readonly leg: LegId;
      readonly to?: LegId;
      readonly digits?: string;
    }
  /** A number is called into the conference that this phone is in. */
  | { readonly type: 'invite'; readonly conference: ConferenceId; readonly digits: string }
  /** The calls of this phone become one conference. */
  | { readonly type: 'merge'; readonly legs: readonly LegId[] }
  | {
      readonly type: 'list-choice';
      readonly conference: ConferenceId;
      /** A participant to remove; absent for the Update key. */
      readonly remove?: LegId;
    };

export type Event =
  | { readonly type: 'configuration'; readonly configuration: Configuration }
  | { readonly type: 'phone-registered'; readonly registration: PhoneRegistration }
  | { readonly type: 'bridge-registered'; readonly registration: BridgeRegistration }
  | { readonly type: 'music-registered'; readonly registration: MusicRegistration }
  /** The connection is gone, or the device said goodbye. */
  | { readonly type: 'device-unregistered'; readonly device: string }
  | { readonly type: 'phone'; readonly device: string; readonly action: PhoneAction }
  | {
      readonly type: 'receive-opened';
      readonly device: string;
      readonly party: number;
      /** Absent when the device could not open the channel. */
      readonly address?: MediaAddress;
    }
  | { readonly type: 'transmit-failed'; readonly device: string; readonly party: number }
  | {
      readonly type: 'conference-created';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly ok: boolean;
    }
  | {
      readonly type: 'participant-added';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly leg: LegId;
      readonly ok: boolean;
    }
  /** The bridge's own list of who is in the conference. */
  | {
      readonly type: 'participants-audited';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly legs: readonly LegId[];
    }
  /** The device has carried out everything it was asked before: this party's media is closed. */
  | { readonly type: 'media-audited'; readonly device: string; readonly party: number }
  /** What is known of the party behind a trunk or gateway; `unknown` while it holds (INT-02). */
  | {
      readonly type: 'remote-status';
      readonly device: string;
      readonly leg: LegId;
      readonly level: Level;
    }
  /** An administrator takes a party out of a conference. */
  | {
      readonly type: 'eject';
      readonly conference: ConferenceId;
      readonly leg: LegId;
      /** Who did it, for the record. */
      readonly by: string;
    }
  /** An administrator lets nobody else into a conference, or lets them in again. */
  | {
      readonly type: 'lock';
      readonly conference: ConferenceId;
      readonly locked: boolean;
      readonly by: string;
    }
  /** An administrator mutes a party of a conference, or unmutes it. */
  | {
      readonly type: 'mute';
      readonly conference: ConferenceId;
      readonly leg: LegId;
      readonly muted: boolean;
    }
  /** A key that a phone sends or receives with on this leg is known to these phones. */
  | {
      readonly type: 'key-known';
      readonly device: string;
      readonly leg: LegId;
      readonly by: readonly string[];
    }
  /** A key pressed by a participant, heard by the bridge (RFC 4733). */
  | {
      readonly type: 'participant-digit';
      readonly bridge: string;
      readonly party: number;
      readonly digit: string;
    }
  /** So many packets of an SRTP leg came in clear or did not authenticate so far; the bridge mixed none. */
  | {
      readonly type: 'media-refused';
      readonly bridge: string;
      readonly conference: ConferenceId;
      readonly leg: LegId;
      readonly packets: number;
    }
  /** The annunciator plays a precedence tone or announcement to this phone (INT-05). */
  | { readonly type: 'announcement'; readonly device: string; readonly active: boolean }
  /** A packet capture runs on this phone, trunk, gateway or bridge (INT-12). */
  | { readonly type: 'capture'; readonly device: string; readonly active: boolean }
  /** Time has reached a deadline. */
  | { readonly type: 'clock' };
