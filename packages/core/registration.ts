/** Devices that are registered now, with the facts that their connection proves. */
import type { SrtpSuite } from './configuration.ts';

/** How the device's signalling reaches us (D-01): clear TCP, or mutual TLS by configured mode. */
export type Signalling = 'clear' | 'tls-authenticated' | 'tls-encrypted';

/** Audio encodings that the rules choose from; the wire numbers live with the protocols. */
export type Codec = 'pcmu' | 'pcma' | 'g722';

/** What a leg's SDP allows: it may differ from call to call, and within one. */
export interface MediaOffer {
  /** In order of preference. */
  readonly codecs: readonly Codec[];
  /** Crypto-suites that it has declared keys for over protected signalling; empty: RTP only. */
  readonly suites: readonly SrtpSuite[];
  /** Milliseconds of a packet that it wants; absent: not said. */
  readonly packetMs?: number;
  /** RTP payload type of its key presses; absent: it sends none. */
  readonly telephoneEvent?: number;
}

export interface PhoneRegistration {
  readonly name: string;
  readonly signalling: Signalling;
  readonly sinceMs: number;
  /** Dotted address the device signals from, for records. */
  readonly address: string;
  /** In order of preference; never empty. */
  readonly codecs: readonly Codec[];
  /** A client without icons and softkeys: it is told levels in names and by voice. Absent: no. */
  readonly standardClient?: true;
}

/** A music-on-hold server. */
export interface MusicRegistration {
  readonly name: string;
  /** Registered over mutual TLS: its streams can be SRTP. */
  readonly secure: boolean;
  readonly sinceMs: number;
  readonly address: string;
  /** Streams at one time. */
  readonly streamsMax: number;
}

export interface BridgeRegistration {
  readonly name: string;
  /** True only for a bridge that registered over mutual TLS in mode encrypted (BRG-01). */
  readonly secure: boolean;
  readonly sinceMs: number;
  readonly address: string;
  /** Conferences at one time; a secure bridge reports half of its module's (BRG-11). */
  readonly conferencesMax: number;
  /** Parties of one conference. */
  readonly partiesMax: number;
  /** Parties over all conferences. */
  readonly streamsMax: number;
  /** What it mixes; absent: G.711. */
  readonly codecs?: readonly Codec[];
}
