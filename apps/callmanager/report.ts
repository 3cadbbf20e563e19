/** The state of the system as JSON: for the command line, the demo and, later, the live view. */
import {
  type BridgeRegistration,
  type Conference,
  type Explanation,
  explain,
  explainConference,
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
  readonly why: WhyReport;
}

export interface CallReport {
  readonly id: number;
  readonly state: string;
  readonly parties: readonly { readonly device: string; readonly number: string }[];
  readonly why?: WhyReport;
}

export interface SystemReport {
  readonly cluster: { readonly id: string; readonly mixedMode: boolean };
  readonly devices: readonly DeviceReport[];
  readonly calls: readonly CallReport[];
  readonly conferences: readonly ConferenceReport[];
  /** The latest refusals, oldest first. */
  readonly refusals: readonly RefusalReport[];
  readonly counters: State['counters'];
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
      ...(call.assessment && { why: explain(call.assessment) }),
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
        device: each.device,
        name: each.name,
        number: each.number,
        level: each.assessment.level,
        media: each.protection,
        held: each.held,
        state: each.state,
      })),
      why: explainConference(state, conference.id) ?? {
        level: shown(conference.level),
        sentence: '',
        rules: [],
        fixes: [],
        limits: [],
      },
    })),
    refusals: state.refusals.map((refusal) => {
      const { atMs, device, operation, cause } = refusal;
      const why = explainRefusal(refusal);
      return { atMs, device, operation, ...(cause !== undefined && { cause }), why };
    }),
    counters: state.counters,
  };
}

function partyOf(leg: Leg | undefined): readonly { device: string; number: string }[] {
  return leg ? [{ device: leg.device, number: leg.number }] : [];
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
