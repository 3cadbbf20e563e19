/** Conferences as they are looked on: what each shows, since when and why, and who is in it. */

export type LiveLevel = 'unknown' | 'nonsecure' | 'authenticated' | 'encrypted';

export interface LiveParty {
  /** Names the party in its conference. */
  readonly leg: number;
  readonly device: string;
  readonly name: string;
  readonly number: string;
  /** What it is worth by itself, with whoever has barged it. */
  readonly level: LiveLevel;
  /** What makes it so, in a sentence. */
  readonly because: string;
  readonly media: 'srtp' | 'rtp';
  /** `adding`: the bridge was asked to take it; `leaving`: it counts until the bridge has confirmed. */
  readonly state: 'adding' | 'present' | 'leaving';
  readonly held: boolean;
  readonly muted: boolean;
  readonly isController: boolean;
  readonly joinedMs: number;
  /** The conference that this party stands for. Absent: it is a device. */
  readonly link?: number;
}

/** A level that the phones were told, and when. */
export interface LevelChange {
  readonly atMs: number;
  readonly level: LiveLevel;
  readonly because: string;
}

export interface LiveLimit {
  readonly rule: string;
  readonly level: LiveLevel;
  readonly fact: string;
  readonly device?: string;
  readonly sinceMs?: number;
  readonly fix?: string;
  readonly transient?: true;
  readonly because?: readonly LiveLimit[];
}

export interface LiveWhy {
  readonly level: LiveLevel;
  readonly sentence: string;
  readonly rules: readonly string[];
  readonly fixes: readonly string[];
  /** The proof, as a tree. */
  readonly limits: readonly LiveLimit[];
}

export interface LiveConference {
  readonly id: number;
  readonly kind: 'ad-hoc' | 'meet-me';
  /** The dialled meet-me number. */
  readonly number?: string;
  readonly bridge: string;
  readonly level: LiveLevel;
  readonly sinceMs: number;
  readonly startedMs: number;
  readonly minimum: string;
  readonly locked?: { readonly by: string; readonly sinceMs: number };
  readonly parties: readonly LiveParty[];
  /** Who is being called into it. */
  readonly ringing: readonly { readonly device: string; readonly number: string }[];
  /** Conferences that are linked to it. */
  readonly links: readonly number[];
  readonly why: LiveWhy;
  /** Oldest first; the last one is what is shown now. */
  readonly timeline: readonly LevelChange[];
}

/** The smallest changes that would make a conference encrypted, each a sentence. */
export interface LiveRemedies {
  /** With everybody in it. Absent: no change of devices and settings suffices. */
  readonly keeping?: { readonly changes: readonly string[] };
  /** By taking parties off. Absent: too few would remain. */
  readonly atOnce?: { readonly changes: readonly string[] };
}

export interface LivePort {
  /** What is registered, and which calls and refusals there are. */
  report(): Report;
  conferences(): readonly LiveConference[];
  /** Undefined: there is no such conference. */
  remedies(conference: number): LiveRemedies | undefined;
  alarms(): readonly object[];
  /** Takes a party out of a conference. False: neither is there. */
  eject(conference: number, leg: number, by: string): boolean;
  /** False: neither is there. */
  mute(conference: number, leg: number, muted: boolean): boolean;
  /** Lets nobody else in, or lets them in again. False: there is no such conference. */
  lock(conference: number, locked: boolean, by: string): boolean;
  /** Called whenever something may have changed; the result ends it. */
  onChange(changed: () => void): () => void;
}

export interface Report {
  readonly devices: readonly object[];
  readonly calls: readonly object[];
  readonly refusals: readonly object[];
}
