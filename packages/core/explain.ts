/**
 * Why a level is what it is, and why something was refused: the very limits that decided, put into a
 * sentence, a tree, and a line that is short enough for a phone.
 */
import { assessConference, assessParticipant } from './conference/level.ts';
import { allocationLimits } from './media-resource/allocation-limit.ts';
import { type Assessment, assess, decisive, type Limit } from './security/assessment.ts';
import { bargeLimits } from './security/barge-limit.ts';
import { type KnownLevel, shown } from './security/level.ts';
import type { CallId, Conference, ConferenceId, Leg, LegId, Refusal, State } from './state.ts';

export interface Explanation {
  readonly level: KnownLevel;
  /** What decided, in a sentence each. */
  readonly sentence: string;
  /** Ledger ids of the rules that decided. */
  readonly rules: readonly string[];
  /** What would raise the level, if anything can. */
  readonly fixes: readonly string[];
  /** The proof: every limit, with those below it. */
  readonly limits: readonly Limit[];
}

/** Of a call that has no bridge. */
const BOTH = 'Both parties are encrypted.';
const OWN = 'Its signalling and its media are encrypted.';

/** Characters of the line for a phone. */
const SHORT_MAX = 48;

/** Why the conference shows what it shows; undefined when there is none. */
export function explainConference(state: State, id: ConferenceId): Explanation | undefined {
  const conference = state.conferences.get(id);
  if (!conference) return undefined;
  const { level, limits } = assessConference(state, conference);
  return explain({ level, limits: limits.map((limit) => withChoice(limit, conference)) });
}

/** Why a call between two lines shows what it shows; undefined before it is answered. */
export function explainCall(state: State, id: CallId): Explanation | undefined {
  const assessment = state.calls.get(id)?.assessment;
  return (
    assessment && {
      ...explain(assessment),
      ...(assessment.level === 'encrypted' && { sentence: BOTH }),
    }
  );
}

/** Why a leg shows what it shows: as its call, its conference, or that of the leg it has barged. */
export function explainLeg(state: State, id: LegId): Explanation | undefined {
  const leg = state.legs.get(id);
  const { conference, call } = state.legs.get(leg?.barge?.target ?? 0) ?? leg ?? {};
  if (conference !== undefined) return explainConference(state, conference);
  return call === undefined ? undefined : explainCall(state, call);
}

/**
 * What a leg is worth by itself, with whoever has barged it: its icon may show less, because of others.
 * Undefined while it is connected to nobody.
 */
export function explainOwn(state: State, id: LegId): Explanation | undefined {
  const leg = state.legs.get(id);
  if (!leg) return undefined;
  const own = ownAssessment(state, leg);
  return own && { ...explain(own), ...(own.level === 'encrypted' && { sentence: OWN }) };
}

export function explain(assessment: Pick<Assessment, 'level' | 'limits'>): Explanation {
  return explanation(decisive(assessment), assessment);
}

/** Why an operation was refused. A limit that lowered nothing decided by itself. */
export function explainRefusal({ limits }: Pick<Refusal, 'limits'>): Explanation {
  const assessment = assess(limits);
  const found = decisive(assessment);
  return explanation(found.length > 0 ? found : limits, assessment);
}

/** The first reason in a line for a phone: without device names, at most 48 characters. */
export function shortReason(assessment: Pick<Assessment, 'level' | 'limits'>): string {
  const [first, ...more] = assessment.limits.filter(({ level }) => level === assessment.level);
  if (assessment.level === 'encrypted' || !first) return 'Every party is encrypted.';
  const others = more.length > 0 ? ` (+${more.length})` : '';
  const fact = first.fact.replace(/ \([^)]*\)/g, '');
  const room = SHORT_MAX - others.length;
  return `${fact.length > room ? `${fact.slice(0, room - 2)}..` : fact}${others}`;
}

function explanation(
  reasons: readonly Limit[],
  { level, limits }: Pick<Assessment, 'level' | 'limits'>,
): Explanation {
  return {
    level: shown(level),
    sentence:
      reasons.length === 0
        ? 'The bridge is secure and every party is encrypted.'
        : sentenceOf(reasons),
    rules: rulesOf(reasons),
    fixes: [...new Set(reasons.flatMap((limit) => limit.fix ?? []))],
    limits: limits.map((limit) => withSince(limit)),
  };
}

function ownAssessment(
  state: State,
  { id, device, barge, conference, call }: Leg,
): Assessment | undefined {
  if (barge) {
    const here = bargeLimits(state, barge.target).find((limit) => limit.device === device);
    return here && assess([here]);
  }
  const participants = state.conferences.get(conference ?? 0)?.participants ?? [];
  const participant = participants.find((each) => each.leg === id);
  if (participant) {
    const above = { device, sinceMs: participant.joinedMs };
    const { limits } = assessParticipant(state, participant);
    return assess(limits.map((limit) => withSince(limit, above)));
  }
  const limit = state.calls
    .get(call ?? 0)
    ?.assessment?.limits.find((each) => each.device === device);
  return limit && assess([limit]);
}

/** The bridge's limit with all the bridges that were looked at below it (D-03, SEC-11, SEC-12). */
function withChoice(limit: Limit, { bridge, allocation, startedMs }: Conference): Limit {
  if (limit.device !== bridge || (limit.rule !== 'SEC-09' && limit.rule !== 'ICO-04')) return limit;
  const because = allocationLimits(allocation).map((each) => ({ ...each, sinceMs: startedMs }));
  return { ...limit, because };
}

/** What is true of a device's media has been so since its leg began; what is gone went unnoticed. */
function withSince(limit: Limit, above?: Pick<Limit, 'device' | 'sinceMs'>): Limit {
  const { rule, device, because } = limit;
  const inherits = above?.device === device && rule !== 'D-08';
  const sinceMs = limit.sinceMs ?? (inherits ? above?.sinceMs : undefined);
  const dated = { ...limit, ...(sinceMs !== undefined && { sinceMs }) };
  return because ? { ...dated, because: because.map((each) => withSince(each, dated)) } : dated;
}

function sentenceOf(reasons: readonly Limit[]): string {
  return [...new Set(reasons.map((limit) => limit.fact))].join(' ');
}

function rulesOf(reasons: readonly Limit[]): readonly string[] {
  return [...new Set(reasons.map((limit) => limit.rule))];
}
