/** The state of the system as JSON: for the command line, the demo and, later, the live view. */
import {
  type BridgeRegistration,
  type Conference,
  type Explanation,
  explainCall,
  explainConference,
  explainOwn,
  explainRefusal,
  type Leg,
  type Level,
  type MusicRegistration,
  type State,
  shown,
} from '@conclave/core';

export interface DeviceReport {
  readonly name: string;
  readonly kind: 'phone' | 'bridge' | 'music';
  readonly registered: boolean;
  readonly signalling?: string;
  readonly address?: string;
  readonly sinceMs?: number;
}

export interface PartyReport {
  /** Names the party in its conference. */
  readonly leg: number;
  readonly device: string;
  readonly name: string;
  readonly number: string;
  readonly level: Level;
  readonly media: 'srtp' | 'rtp';
  readonly held: boolean;
  readonly state: string;
}

export type WhyReport = Explanation;

export interface ConferenceReport {
  readonly id: number;
  readonly kind: 'ad-hoc' | 'meet-me';
  readonly number?: string;
  readonly bridge: string;
  readonly level: Level;
  readonly sinceMs: number;
  readonly minimum: string;
  /** Which bridges were looked at, in order, and why each was passed over (SEC-11, SEC-12). */
  readonly allocation: Conference['allocation']['candidates'];
  readonly parties: readonly PartyReport[];
  /** Conferences that are linked to this one (CHN-01). */
  readonly links: readonly number[];
  readonly why: WhyReport;
}

export interface CallReport {
  readonly id: number;
  readonly state: string;
  readonly parties: readonly { readonly device: string; readonly number: string }[];
  readonly why?: WhyReport;
}

/** One call on one phone, or one that no phone shows because it is parked. */
export interface LegReport {
  readonly device: string;
  readonly number: string;
  readonly state: string;
  /** Where it waits for somebody to dial that number. */
  readonly parkedAt?: string;
  /** The conference, or the call, that it is in; a barger is in that of its target. */
  readonly conference?: number;
  readonly call?: number;
  readonly barged?: string;
  /** What the phone was told last. */
  readonly told?: Level;
  /** What the leg is worth by itself. */
  readonly own: WhyReport;
}

export interface SystemReport {
  readonly cluster: { readonly id: string; readonly mixedMode: boolean };
  readonly devices: readonly DeviceReport[];
  readonly calls: readonly CallReport[];
  readonly conferences: readonly ConferenceReport[];
  readonly parked: readonly ParkedReport[];
  readonly barges: readonly BargeReport[];
  /** What phones show of other phones' calls on a shared line. */
  readonly sharedLines: readonly SharedLineReport[];
  /** Packet captures that run (INT-12), and announcements that are played (INT-05). */
  readonly captures: readonly SinceReport[];
  readonly announcements: readonly SinceReport[];
  /** Legs that are connected to somebody. */
  readonly legs: readonly LegReport[];
  /** The latest refusals, oldest first. */
  readonly refusals: readonly RefusalReport[];
  readonly counters: State['counters'];
}

export interface ParkedReport {
  /** Who dials it has the call. */
  readonly number: string;
  readonly sinceMs: number;
  readonly by: { readonly device: string; readonly number: string };
}

/** A phone on the built-in bridge of another. */
export interface BargeReport {
  readonly device: string;
  readonly on: string;
  readonly level: Level;
  readonly sinceMs: number;
}

export interface SharedLineReport {
  readonly device: string;
  readonly line: number;
  readonly number: string;
  /** The phone that has the call. */
  readonly of: string;
  readonly held: boolean;
}

export interface SinceReport {
  readonly device: string;
  readonly sinceMs: number;
}

export interface RefusalReport {
  readonly atMs: number;
  readonly device: string;
  readonly operation: string;
  readonly cause?: number;
  readonly why: WhyReport;
}

export function reportOf(state: State): SystemReport {
  return {
    cluster: { id: state.configuration.clusterId, mixedMode: state.configuration.mixedMode },
    devices: devicesOf(state),
    calls: [...state.calls.values()].map((call) => ({
      id: call.id,
      state: call.state,
      parties: [call.caller, ...call.callees].flatMap((id) => partyOf(state.legs.get(id))),
      ...why(explainCall(state, call.id)),
    })),
    conferences: [...state.conferences.values()].map((conference) => ({
      id: conference.id,
      kind: conference.kind,
      ...(conference.number !== undefined && { number: conference.number }),
      bridge: conference.bridge,
      level: conference.level,
      sinceMs: conference.levelSinceMs,
      minimum: conference.minimum,
      allocation: conference.allocation.candidates,
      parties: conference.participants.map((each) => ({
        leg: each.leg,
        device: each.device,
        name: each.name,
        number: each.number,
        level: each.assessment.level,
        media: each.protection,
        held: each.held,
        state: each.state,
      })),
      links: conference.participants.flatMap(({ link }) => (link ? [link.conference] : [])),
      why: explainConference(state, conference.id) ?? {
        level: shown(conference.level),
        sentence: '',
        rules: [],
        fixes: [],
        limits: [],
      },
    })),
    parked: [...state.parked.values()].map(({ number, sinceMs, by }) => ({ number, sinceMs, by })),
    barges: [...state.legs.values()].flatMap(bargeOf(state)),
    sharedLines: [...state.appearances.values()].map(({ device, line, leg, held }) => {
      const shared = state.legs.get(leg);
      return { device, line, number: shared?.number ?? '', of: shared?.device ?? '', held };
    }),
    captures: sinceOf(state.captures),
    announcements: sinceOf(state.announcements),
    legs: [...state.legs.values()].flatMap((leg) => legOf(state, leg)),
    refusals: state.refusals.map((refusal) => {
      const { atMs, device, operation, cause } = refusal;
      const why = explainRefusal(refusal);
      return { atMs, device, operation, ...(cause !== undefined && { cause }), why };
    }),
    counters: state.counters,
  };
}

function why(why: WhyReport | undefined): { readonly why?: WhyReport } {
  return why ? { why } : {};
}

function legOf(state: State, leg: Leg): readonly LegReport[] {
  const own = explainOwn(state, leg.id);
  if (!own) return [];
  const target = state.legs.get(leg.barge?.target ?? 0);
  const { conference, call } = target ?? leg;
  const parked = [...state.parked.values()].find((each) => each.leg === leg.id);
  return [
    {
      device: leg.device,
      number: leg.number,
      state: parked ? 'parked' : leg.state,
      ...(parked && { parkedAt: parked.number }),
      ...(conference !== undefined && { conference }),
      ...(call !== undefined && { call }),
      ...(target && { barged: target.device }),
      ...(leg.told && { told: leg.told }),
      own,
    },
  ];
}

function partyOf(leg: Leg | undefined): readonly { device: string; number: string }[] {
  return leg ? [{ device: leg.device, number: leg.number }] : [];
}

function bargeOf(state: State): (leg: Leg) => readonly BargeReport[] {
  return ({ device, barge }) => {
    const target = barge && state.legs.get(barge.target);
    if (!target) return [];
    const { assessment, startedMs: sinceMs } = barge;
    return [{ device, on: target.device, level: assessment.level, sinceMs }];
  };
}

function sinceOf(since: ReadonlyMap<string, number>): readonly SinceReport[] {
  return [...since].map(([device, sinceMs]) => ({ device, sinceMs }));
}

function devicesOf(state: State): readonly DeviceReport[] {
  const phones = [...state.configuration.phones.keys()].map((name): DeviceReport => {
    const found = state.phones.get(name);
    return {
      name,
      kind: 'phone',
      registered: found !== undefined,
      ...(found && {
        signalling: found.signalling,
        address: found.address,
        sinceMs: found.sinceMs,
      }),
    };
  });
  const { bridges, musicServers = new Map() } = state.configuration;
  return [
    ...[...bridges.keys()].map((name) => resourceOf(name, 'bridge', state.bridges.get(name))),
    ...[...musicServers.keys()].map((name) => resourceOf(name, 'music', state.musics.get(name))),
    ...phones,
  ];
}

function resourceOf(
  name: string,
  kind: 'bridge' | 'music',
  found: BridgeRegistration | MusicRegistration | undefined,
): DeviceReport {
  return {
    name,
    kind,
    registered: found !== undefined,
    ...(found && {
      signalling: found.secure ? 'tls-encrypted' : 'clear',
      address: found.address,
      sinceMs: found.sinceMs,
    }),
  };
}
