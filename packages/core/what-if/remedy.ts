/**
 * The smallest change that would make a conference encrypted: found by changing a copy of the state and
 * asking the very rules that decide, so that it cannot promise what would not come true.
 */
import { assessBarge } from '../call/barge.ts';
import { assessConference, linkedWith } from '../conference/level.ts';
import { protectionOf } from '../security/assessment.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import type { Level } from '../security/level.ts';
import type { Conference, ConferenceId, Leg, Participant, State } from '../state.ts';
import { Transaction } from '../transaction.ts';
import { type Change, type ChangeKind, changesFor } from './change.ts';

export interface Remedy {
  /** What to do, each a sentence; empty when the conference is encrypted already. */
  readonly changes: readonly string[];
}

export interface Remedies {
  readonly level: Level;
  /** Without taking anybody off; absent when no change of devices and settings suffices. */
  readonly keeping?: Remedy;
  /** What can be done at once, by taking parties off; absent when too few would remain. */
  readonly atOnce?: Remedy;
}

/** Fewer are no conference. */
const PARTIES_MIN = 2;

/** Alternatives are tried in all combinations up to this number; beyond, a set that has no needless change. */
const COMBINATIONS_MAX = 5_000;

/** Undefined when there is no such conference. */
export function remediesOf(state: State, id: ConferenceId): Remedies | undefined {
  const conference = state.conferences.get(id);
  if (!conference) return undefined;
  const changes = linkedWith(state, conference).flatMap((each) => changesFor(state, each));
  const only = (...kinds: readonly ChangeKind[]): readonly Change[] =>
    kinds.flatMap((kind) => changes.filter((each) => each.kind === kind));
  const keeping = smallest(state, id, only('circumstance', 'setting'));
  const atOnce = smallest(state, id, only('circumstance', 'removal', 'unlinking'));
  return {
    level: assessConference(state, conference).level,
    ...(keeping && { keeping }),
    ...(atOnce && { atOnce }),
  };
}

/**
 * More changes never make it worse, but for the parties that must remain. So a change without which all
 * the others do not suffice is in every set that does, and only the rest has to be tried.
 */
function smallest(state: State, id: ConferenceId, all: readonly Change[]): Remedy | undefined {
  const encrypts = (set: readonly Change[]): boolean =>
    levelOf(after(state, set), id) === 'encrypted';
  if (!encrypts(all)) return undefined;
  const needed = all.filter((change) => !encrypts(all.filter((each) => each !== change)));
  const rest = all.filter((change) => !needed.includes(change));
  const serves = (set: readonly Change[]): boolean => encrypts(set) && remains(state, id, set);
  for (let size = 0; size <= rest.length; size += 1) {
    if (combinations(rest.length, size) > COMBINATIONS_MAX) break;
    for (const set of subsets(rest, size)) {
      const tried = [...needed, ...set];
      if (serves(tried)) return remedyOf(all, tried);
    }
  }
  // What weighs less stands first, so the last ones are dropped first.
  let kept = all;
  for (const change of rest.toReversed()) {
    const fewer = kept.filter((each) => each !== change);
    if (encrypts(fewer)) kept = fewer;
  }
  return serves(kept) ? remedyOf(all, kept) : undefined;
}

function remedyOf(all: readonly Change[], set: readonly Change[]): Remedy {
  return { changes: all.filter((each) => set.includes(each)).map(({ sentence }) => sentence) };
}

function* subsets<T>(all: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index < all.length; index += 1) {
    for (const rest of subsets(all, size - 1, index + 1)) yield [all[index] as T, ...rest];
  }
}

function combinations(count: number, size: number): number {
  let found = 1;
  for (let taken = 0; taken < size; taken += 1) found *= (count - taken) / (taken + 1);
  return found;
}

function remains(state: State, id: ConferenceId, set: readonly Change[]): boolean {
  const participants = after(state, set).conferences.get(id)?.participants ?? [];
  return participants.length >= PARTIES_MIN;
}

/** The state with all legs judged anew as if the changes had been there when they came. */
function after(state: State, changes: readonly Change[]): State {
  const changed = changes.reduce((each, change) => change.apply(each), state);
  const tx = new Transaction(changed, 0);
  const legs = new Map([...changed.legs].map(([id, leg]) => [id, bargeAnew(tx, leg)]));
  const conferences = new Map(
    [...changed.conferences].map(([id, each]) => [id, judgedAnew(changed, each)]),
  );
  return { ...changed, legs, conferences };
}

function levelOf(state: State, id: ConferenceId): Level {
  const conference = state.conferences.get(id);
  return conference ? assessConference(state, conference).level : 'unknown';
}

function bargeAnew(tx: Transaction, leg: Leg): Leg {
  const target = tx.leg(leg.barge?.target ?? 0);
  if (!leg.barge || !target) return leg;
  const { assessment, protection } = assessBarge(tx, leg.device, target.device);
  return { ...leg, barge: { ...leg.barge, assessment, protection } };
}

function judgedAnew(state: State, conference: Conference): Conference {
  const { mediaSecurityPolicy } = state.configuration.parameters;
  const isSecure = (bridge: string | undefined): boolean =>
    state.bridges.get(bridge ?? '')?.secure ?? false;
  const participants = conference.participants.map((each): Participant => {
    if (each.state === 'leaving') return each;
    if (each.link) {
      const there = state.conferences.get(each.link.conference)?.bridge;
      const [here, far] = [isSecure(conference.bridge), isSecure(there)];
      return { ...each, protection: protectionOf(mediaSecurityPolicy, here, far) };
    }
    const leg = state.legs.get(each.leg) ?? { device: each.device };
    const { assessment, protection } = assessBridgeLeg(state, leg, conference.bridge);
    return { ...each, assessment, protection };
  });
  return { ...conference, participants };
}
