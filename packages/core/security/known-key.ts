/**
 * Keys that a phone keeps (SDES) when it is connected to others: whoever was there before and is not any more
 * could still decrypt what it sends, or hears (BRG-09).
 */
import type { Leg, LegId } from '../state.ts';
import type { View } from '../view.ts';
import type { Limit } from './assessment.ts';

export function knownKeyLimits(
  view: Pick<View, 'legs' | 'calls' | 'conferences'>,
  device: string,
  id: LegId,
): readonly Limit[] {
  const leg = view.legs.get(id);
  if (!leg?.keyKnownBy) return [];
  const here = company(view, leg);
  return leg.keyKnownBy
    .filter((each) => !here.has(each))
    .map((other) => ({
      rule: 'BRG-09',
      level: 'authenticated',
      fact: `${other}, which has left, knows a key that ${device} still uses.`,
      device,
      fix: `Let ${device} hang up and call in again: it has a new key then.`,
    }));
}

/** The devices that are in the same call or conference. */
function company(
  view: Pick<View, 'legs' | 'calls' | 'conferences'>,
  { call: callId, conference: conferenceId }: Leg,
): ReadonlySet<string> {
  const call = view.calls.get(callId ?? 0);
  const legs = call ? [call.caller, ...call.callees] : [];
  const members = view.conferences.get(conferenceId ?? 0)?.participants ?? [];
  return new Set([
    ...legs.flatMap((each) => view.legs.get(each)?.device ?? []),
    ...members.filter(({ state }) => state !== 'leaving').map(({ device }) => device),
  ]);
}
