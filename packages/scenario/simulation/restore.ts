/**
 * A cluster and its screens out of a state of the rules, so that a simulation can go on from where a
 * live system is. Prompts that were on a screen are not in the state, and so not on these screens.
 */
import type { Leg, LegState, PhoneEffect, ShownCallState, ShownParty, State } from '@conclave/core';
import type { Cluster } from '../cluster.ts';
import type { IdealWorld } from './ideal-world.ts';

const SHOWN: Readonly<Record<LegState, ShownCallState>> = {
  dialing: 'off-hook',
  proceeding: 'proceed',
  'ring-out': 'ring-out',
  'ring-in': 'ring-in',
  connected: 'connected',
  held: 'hold',
  failed: 'congestion',
};

/** Devices that are registered now, and what they are; others are configured and away. */
export function clusterOfState(state: State): Cluster {
  const { configuration, phones, bridges, musics } = state;
  return {
    configuration,
    phones: [...configuration.phones.keys()].map((name) => ({
      name,
      registered: phones.has(name),
    })),
    bridges: [...configuration.bridges].map(([name, { securityMode }]) => {
      const found = bridges.get(name);
      return {
        name,
        registered: found !== undefined,
        secure: found?.secure ?? (configuration.mixedMode && securityMode === 'encrypted'),
        conferencesMax: found?.conferencesMax ?? 1,
        partiesMax: found?.partiesMax ?? 1,
        streamsMax: found?.streamsMax ?? 1,
      };
    }),
    musics: [...musics.values()].map(({ name, secure }) => ({ name, secure, registered: true })),
  };
}

/** Shows on each phone of the world what it has. */
export function restoreScreens(world: IdealWorld): void {
  const { state } = world;
  for (const leg of state.legs.values()) {
    if (!leg.detached) for (const effect of shownOf(state, leg)) show(world, effect);
  }
  for (const { device, line, leg, held } of state.appearances.values()) {
    const owner = state.legs.get(leg);
    if (!owner) continue;
    const here = { device, line, leg };
    show(world, { ...here, type: 'call-state', state: held ? 'hold' : 'remote-in-use' });
    show(world, { ...infoOf(state, owner), ...here });
  }
}

function show(world: IdealWorld, effect: PhoneEffect): void {
  world.screenOf(effect.device).show(effect, world.nowMs);
}

function shownOf(state: State, leg: Leg): readonly PhoneEffect[] {
  const here = { device: leg.device, line: leg.line, leg: leg.id };
  const set =
    leg.state === 'held'
      ? 'on-hold'
      : leg.state === 'ring-in'
        ? 'ring-in'
        : leg.conference === undefined
          ? 'connected'
          : 'connected-conference';
  return [
    { ...here, type: 'call-state', state: SHOWN[leg.state] },
    { ...infoOf(state, leg), ...(leg.told && { level: leg.told }) },
    { ...here, type: 'softkeys', set, without: [] },
    ...(leg.selected ? [{ ...here, type: 'selected', selected: true } as const] : []),
  ];
}

function infoOf(state: State, leg: Leg): Extract<PhoneEffect, { type: 'call-info' }> {
  const target = state.legs.get(leg.barge?.target ?? 0) ?? leg;
  const conference = state.conferences.get(target.conference ?? 0);
  const call = state.calls.get(target.call ?? 0);
  const inbound = call !== undefined && call.caller !== target.id;
  const other = call && [call.caller, ...call.callees].find((id) => id !== target.id);
  const peer = state.legs.get(other ?? 0);
  const self: ShownParty = { name: leg.displayName, number: leg.number };
  const far: ShownParty = conference
    ? { name: 'Conference', number: conference.number ?? '' }
    : { name: peer?.displayName ?? '', number: peer?.number ?? '' };
  return {
    device: leg.device,
    line: leg.line,
    leg: leg.id,
    type: 'call-info',
    direction: inbound ? 'inbound' : 'outbound',
    calling: inbound ? far : self,
    called: inbound ? self : far,
    conference: conference !== undefined,
  };
}
