/**
 * Why a level is what it is: the very limits that decided, put into a sentence and a tree.
 */
import { assessConference } from './conference/level.ts';
import { type Assessment, decisive, type Limit } from './security/assessment.ts';
import { type KnownLevel, shown } from './security/level.ts';
import type { ConferenceId, State } from './state.ts';

export interface Explanation {
  readonly level: KnownLevel;
  /** Short enough for a phone. */
  readonly sentence: string;
  /** What would raise the level, if anything can. */
  readonly fixes: readonly string[];
  readonly limits: readonly Limit[];
}

/** Why the conference shows what it shows; undefined when there is none. */
export function explainConference(state: State, id: ConferenceId): Explanation | undefined {
  const conference = state.conferences.get(id);
  if (!conference) return undefined;
  return explain(assessConference(state, conference));
}

export function explain(assessment: Assessment): Explanation {
  const reasons = decisive(assessment);
  const fixes = reasons.flatMap((limit) => limit.fix ?? []);
  return {
    level: shown(assessment.level),
    sentence:
      reasons.length === 0
        ? 'The bridge is secure and every party is encrypted.'
        : reasons.map((limit) => limit.fact).join(' '),
    fixes: [...new Set(fixes)],
    limits: assessment.limits,
  };
}
