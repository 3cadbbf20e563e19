/**
 * Exhaustive exploration of the rules for a small cluster: breadth first, every thing that anybody can
 * do in every state, until no new state is found or the bound is reached. The witness checks the promise
 * after every effect; the invariants below are checked in every state that has settled.
 *
 * Breadth first, so a violation is reached on a shortest way, which is told as the steps of a scenario.
 */
import type { Conference, KnownLevel, Level, Softkey, State } from '@conclave/core';
import { answererOf, CoreWorld, type WorldSpec } from './core-world.ts';

export interface Move {
  /** As a step of a scenario file. */
  readonly text: string;
  readonly apply: (world: CoreWorld) => void;
}

export interface Exploration {
  readonly states: number;
  readonly transitions: number;
  /** Steps to the farthest state. */
  readonly depth: number;
  /** No state was left unexplored. */
  readonly complete: boolean;
  readonly violation?: { readonly message: string; readonly steps: readonly string[] };
}

interface Found {
  readonly from: Found | undefined;
  readonly move: string;
  readonly depth: number;
}

export interface Bounds {
  readonly statesMax: number;
  /** Brings the cluster where the exploration is to begin; absent: everybody is idle. */
  readonly prelude?: (world: CoreWorld) => void;
  /** Answers of devices arrive at once, or between any two other things in any order. */
  readonly answers?: 'at-once' | 'interleaved';
}

/** Explores every state that can be reached, or as many as the bounds allow. */
export function explore(spec: WorldSpec, bounds: Bounds): Exploration {
  const { statesMax, prelude, answers = 'at-once' } = bounds;
  const start = new CoreWorld(spec);
  prelude?.(start);
  start.answersAtOnce = answers === 'at-once';
  const seen = new Set([keyOf(start)]);
  const queue: { readonly world: CoreWorld; readonly at: Found }[] = [
    { world: start, at: { from: undefined, move: '', depth: 0 } },
  ];
  let transitions = 0;
  let depth = 0;
  for (let next = queue.shift(); next; next = queue.shift()) {
    for (const move of movesIn(next.world, spec)) {
      const world = next.world.fork();
      const at = { from: next.at, move: move.text, depth: next.at.depth + 1 };
      transitions += 1;
      try {
        move.apply(world);
        check(world);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const violation = { message, steps: stepsTo(at) };
        return { states: seen.size, transitions, depth, complete: false, violation };
      }
      const key = keyOf(world);
      if (seen.has(key)) continue;
      seen.add(key);
      depth = Math.max(depth, at.depth);
      if (seen.size >= statesMax) {
        return { states: seen.size, transitions, depth, complete: false };
      }
      queue.push({ world, at });
    }
  }
  return { states: seen.size, transitions, depth, complete: true };
}

const KEYS: Readonly<Record<string, readonly (readonly [Softkey, string])[]>> = {
  'ring-in': [['answer', 'answer']],
  'ring-out': [
    ['end-call', 'hang up'],
    ['transfer', 'press Trnsfer'],
  ],
  connected: [
    ['hold', 'hold'],
    ['end-call', 'hang up'],
    ['confrn', 'press Confrn'],
    ['transfer', 'press Trnsfer'],
    ['park', 'park'],
    ['select', 'select'],
    ['join', 'press Join'],
    ['direct-transfer', 'press DirTrfr'],
    ['rm-last-conf', 'remove last'],
    ['conf-list', 'list'],
  ],
  hold: [
    ['resume', 'resume'],
    ['end-call', 'hang up'],
    ['select', 'select'],
  ],
  'remote-in-use': [
    ['barge', 'barge'],
    ['cbarge', 'cbarge'],
  ],
};

/** Keys that mean nothing with one call. */
const NEED_TWO: ReadonlySet<Softkey> = new Set(['select', 'join', 'direct-transfer']);

/** Everything that anybody can do now. */
function* movesIn(world: CoreWorld, spec: WorldSpec): Generator<Move> {
  const { state } = world;
  for (const device of new Set(world.pending.map(answererOf))) {
    if (device === undefined) continue;
    yield { text: `${device}: (answers)`, apply: (each) => each.answerOf(device) };
  }
  for (const { name, mode } of spec.phones) {
    if (!state.phones.has(name)) {
      yield { text: `${name}: return`, apply: settled((each) => each.registerPhone(name, mode)) };
      continue;
    }
    yield { text: `${name}: fail`, apply: settled((each) => lose(each, name)) };
    yield* dialing(world, name);
    yield* pressing(world, name);
    yield* removing(world, name);
  }
  for (const { name, secure } of spec.bridges ?? []) {
    yield state.bridges.has(name)
      ? { text: `${name}: fail`, apply: settled((each) => lose(each, name)) }
      : { text: `${name}: return`, apply: settled((each) => each.registerBridge(name, secure)) };
  }
}

function* dialing({ state }: CoreWorld, name: string): Generator<Move> {
  const own = [...state.legs.values()].filter((leg) => leg.device === name && !leg.detached);
  const isDialing = own.some((leg) => leg.state === 'dialing');
  // A third call of one phone opens no state that two could not, but very many.
  const settledIn = own.every((leg) => leg.state === 'connected' || leg.state === 'held');
  if (!isDialing && (own.length > 1 || !settledIn)) return;
  const lines = [...state.configuration.phones.values()].flatMap((phone) => phone.lines);
  const numbers = new Set([
    ...lines.map((line) => line.directoryNumber),
    ...state.configuration.meetMeNumbers.map(({ pattern }) => pattern),
    ...state.parked.keys(),
  ]);
  for (const number of numbers) {
    yield { text: `${name}: dial ${number}`, apply: (world) => world.dial(name, number) };
  }
  for (const { pattern } of state.configuration.meetMeNumbers) {
    yield {
      text: `${name}: meet-me ${pattern}`,
      apply: (world) => {
        world.press(name, 'meet-me');
        world.dial(name, pattern);
      },
    };
  }
}

function* pressing(world: CoreWorld, name: string): Generator<Move> {
  const shown = [...(world.screens.get(name) ?? [])];
  for (const [leg, { state, other, conference }] of shown) {
    const which = conference ? 'conference' : other;
    const call = shown.length > 1 && which !== '' ? which : '';
    for (const [key, words] of KEYS[state] ?? [['end-call', 'hang up']]) {
      if (shown.length < 2 && NEED_TWO.has(key)) continue;
      const press = words.startsWith('press') ? ` on ${call}` : ` ${call}`;
      yield {
        text: `${name}: ${words}${call === '' ? '' : press}`,
        apply: (each) => each.press(name, key, leg),
      };
    }
  }
}

function* removing({ state }: CoreWorld, name: string): Generator<Move> {
  for (const leg of state.legs.values()) {
    const conference = state.conferences.get(leg.conference ?? 0);
    if (leg.device !== name || !conference) continue;
    for (const { leg: target, name: whom } of conference.participants) {
      yield {
        text: `${name}: remove ${whom}`,
        apply: (world) =>
          world.act(name, { type: 'list-choice', conference: conference.id, remove: target }),
      };
    }
  }
}

function settled(apply: (world: CoreWorld) => void): (world: CoreWorld) => void {
  return (world) => {
    apply(world);
    if (world.answersAtOnce) world.settle();
  };
}

function lose(world: CoreWorld, device: string): void {
  world.screens.delete(device);
  const kept = world.pending.filter((event) => answererOf(event) !== device);
  world.pending.splice(0, world.pending.length, ...kept);
  world.happen({ type: 'device-unregistered', device });
}

/** Throws when a settled state breaks a rule. Independent of the code that keeps them. */
function check({ state, pending }: CoreWorld): void {
  for (const conference of state.conferences.values()) {
    // Until the bridge has answered, nothing has changed for anybody.
    if (conference.state === 'creating') continue;
    checkConference(state, conference, pending.length === 0);
  }
  for (const device of state.phones.keys()) {
    const active = [...state.legs.values()].filter(
      (leg) => leg.device === device && !leg.detached && leg.state === 'connected',
    );
    if (active.length > 1) throw new Error(`${device} talks in two calls at once`);
  }
  for (const { ends } of state.connections.values()) {
    const owned = ends.every(({ leg, conference }) => {
      const found = state.conferences.get(conference);
      return state.legs.has(leg) || found?.participants.some((each) => each.leg === leg);
    });
    if (!owned) throw new Error('a connection belongs to nobody');
  }
}

function checkConference(state: State, conference: Conference, hasSettled: boolean): void {
  const { id, level, minimum, kind, controller, participants, pendingAdd } = conference;
  const members = participants.filter(({ link }) => !link).map((each) => each.leg);
  if (participants.length === 0) throw new Error(`conference ${id} has nobody in it`);
  if (controller !== undefined && !members.includes(controller)) {
    throw new Error(`conference ${id} is controlled from outside`);
  }
  for (const { device, link } of participants) {
    const own = link ? undefined : levelOf(state, device);
    if (own !== undefined && rankOf(own) < rankOf(minimum)) {
      throw new Error(`${device} is ${own} in a conference that demands ${minimum} (MTM-02)`);
    }
  }
  const pinned = kind === 'meet-me' && minimum === 'nonsecure';
  if (!hasSettled || pinned || pendingAdd.length > 0) return;
  const expected = expectedLevel(state, conference, new Set());
  if (expected !== undefined && level !== expected) {
    throw new Error(`conference ${id} is ${level} and should be ${expected} (STA-01, STA-03)`);
  }
}

/** The lowest of bridges and members over all links; undefined where something pins it. */
function expectedLevel(
  state: State,
  { id, bridge, participants, pendingAdd, kind, minimum }: Conference,
  seen: Set<number>,
): Level | undefined {
  seen.add(id);
  const levels: Level[] = [state.bridges.get(bridge)?.secure ? 'encrypted' : 'nonsecure'];
  if (pendingAdd.length > 0) levels.push('unknown');
  if (kind === 'meet-me' && minimum === 'nonsecure') levels.push('nonsecure');
  for (const { device, leg, link } of participants) {
    const other = link && state.conferences.get(link.conference);
    if (other && !seen.has(other.id)) {
      const level = expectedLevel(state, other, seen);
      if (level === undefined) return undefined;
      levels.push(level);
    }
    if (!link) levels.push(levelOf(state, device));
    for (const barger of state.legs.values()) {
      if (barger.barge?.target === leg) levels.push(levelOf(state, barger.device));
    }
  }
  return levels.toSorted((a, b) => rankOf(a) - rankOf(b))[0];
}

/** What a phone with nothing against it is worth: how it is configured, which is how it registers. */
function levelOf(state: State, device: string): KnownLevel {
  return state.configuration.phones.get(device)?.securityMode ?? 'nonsecure';
}

function rankOf(level: Level): number {
  return ['unknown', 'nonsecure', 'authenticated', 'encrypted'].indexOf(level);
}

function stepsTo(at: Found): readonly string[] {
  const steps: string[] = [];
  for (let each: Found | undefined = at; each?.from; each = each.from) steps.unshift(each.move);
  return steps;
}

/** What matters of a state, with numbers renamed in the order of phones and times left away. */
function keyOf({ state, pending }: CoreWorld): string {
  const names = new Map<number, number>();
  const nameOf = (id: number | undefined): number | undefined => {
    if (id === undefined) return undefined;
    const known = names.get(id);
    if (known !== undefined) return known;
    names.set(id, names.size + 1);
    return names.size;
  };
  const legs = [...state.legs.values()].sort((a, b) =>
    a.device === b.device ? a.id - b.id : a.device < b.device ? -1 : 1,
  );
  for (const leg of legs) nameOf(leg.id);
  const calls = [...state.calls.values()].sort((a, b) => a.caller - b.caller);
  return JSON.stringify([
    [...state.phones.keys()].sort(),
    [...state.bridges.keys()].sort(),
    legs.map((leg) => [
      ...[leg.device, leg.state, leg.digits, leg.meetMe, leg.selected, leg.detached, leg.told],
      ...[leg.consultFor, leg.transferFor, leg.call, leg.conference, leg.barge?.target].map(nameOf),
    ]),
    calls.map(({ id, caller, callees, state: phase, connection, assessment }) => [
      ...[nameOf(id), nameOf(caller), callees.map(nameOf), phase],
      ...[connection !== undefined, assessment?.level],
    ]),
    [...state.conferences.values()].map((each) => [
      ...[nameOf(each.id), each.kind, each.number, each.bridge, each.state, each.level],
      ...[nameOf(each.controller), nameOf(each.virtualController), each.pendingAdd.map(nameOf)],
      ...[each.viewers.map(nameOf), each.creator.device],
      each.participants.map(({ leg, state: phase, held, link, connection }) => [
        ...[nameOf(leg), phase, held, nameOf(link?.conference), connection !== undefined],
      ]),
    ]),
    [...state.parked.values()].map(({ number, leg }) => [number, nameOf(leg)]),
    pending.map((event) => [event.type, answererOf(event), 'leg' in event && nameOf(event.leg)]),
  ]);
}
