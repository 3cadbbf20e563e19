/** What barging does to the level of the barged leg: whoever is on its built-in bridge counts (SEC-18). */
import { specialLegs } from '../leg-table.ts';
import type { Leg, LegId } from '../state.ts';
import type { View } from '../view.ts';
import { assess, type Limit } from './assessment.ts';
import { shown } from './level.ts';
import { deviceTransients } from './transient.ts';

/** The legs on the built-in bridge of the phone that has this leg. */
export function bargersOf(view: Pick<View, 'legs'>, target: LegId): readonly Leg[] {
  return specialLegs(view.legs).filter((leg) => leg.barge?.target === target);
}

/** One limit for each barger, and for each one whose media the phone has not confirmed closed. */
export function bargeLimits(
  view: Pick<View, 'legs' | 'configuration' | 'captures' | 'announcements'>,
  target: LegId,
): readonly Limit[] {
  const limits: Limit[] = bargersOf(view, target).flatMap(({ device, barge }) => {
    if (!barge) return [];
    const now = assess([...barge.assessment.limits, ...deviceTransients(view, device)]);
    return {
      rule: 'BAR-01',
      level: now.level,
      fact: `${device} has barged in and is ${shown(now.level)}.`,
      device,
      sinceMs: barge.startedMs,
      because: now.limits,
    };
  });
  for (const gone of view.legs.get(target)?.bargesLeaving ?? []) {
    limits.push({
      rule: 'BAR-01',
      level: gone.assessment.level,
      fact: `${gone.device} is leaving the built-in bridge.`,
      device: gone.device,
      because: gone.assessment.limits,
    });
  }
  return limits;
}
