/**
 * Why a level is what it is, and why something was refused: the very limits that decided, put into a
 * sentence, a tree, and a line that is short enough for a phone.
 */
import { assessConference } from './conference/level.ts';
import { type Assessment, assess, decisive, type Limit } from './security/assessment.ts';
import { type KnownLevel, shown } from './security/level.ts';
import type { CallId, ConferenceId, LegId, Refusal, State } from './state.ts';

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

/** Characters of the line for a phone. */
const SHORT_MAX = 48;

/** Why the conference shows what it shows; undefined when there is none. */
export function explainConference(state: State, id: ConferenceId): Explanation | undefined {
  const conference = state.conferences.get(id);
  return conference && explain(assessConference(state, conference));
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
    limits,
  };
}

function sentenceOf(reasons: readonly Limit[]): string {
  return [...new Set(reasons.map((limit) => limit.fact))].join(' ');
}

function rulesOf(reasons: readonly Limit[]): readonly string[] {
  return [...new Set(reasons.map((limit) => limit.rule))];
}
