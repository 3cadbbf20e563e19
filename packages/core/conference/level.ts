/**
 * The level of a conference: the lowest of the bridge and all participants (SEC-04, D-02), and why.
 */
import { type Assessment, assess, bridgeLimit, type Limit } from '../security/assessment.ts';
import { shown } from '../security/level.ts';
import type { Conference } from '../state.ts';
import type { View } from '../view.ts';

/** Everything that limits the conference now. Participants count from admission until they are gone. */
export function assessConference(view: View, conference: Conference): Assessment {
  const bridge = view.bridges.get(conference.bridge);
  const { computeStatusForNonsecureMeetMe } = view.configuration.parameters;
  const limits: Limit[] = [
    bridge
      ? bridgeLimit(bridge)
      : {
          rule: 'D-08',
          level: 'unknown',
          fact: `Conference bridge ${conference.bridge} is not registered any more.`,
          device: conference.bridge,
        },
  ];
  if (
    conference.kind === 'meet-me' &&
    conference.minimum === 'nonsecure' &&
    !computeStatusForNonsecureMeetMe
  ) {
    limits.push({
      rule: 'D-13',
      level: 'nonsecure',
      fact: `The minimum security level of ${conference.number ?? 'this number'} is Non Secure.`,
      fix: 'Give the meet-me number the minimum security level Authenticated or Encrypted.',
    });
  }
  if (conference.pendingAdd.length > 0) {
    limits.push({
      rule: 'HLD-01',
      level: 'unknown',
      fact: 'A party is about to be added; the level is unknown until that party answers.',
    });
  }
  for (const participant of conference.participants) {
    const { level } = participant.assessment;
    limits.push({
      rule: level === 'nonsecure' ? 'STA-04' : 'SEC-04',
      level,
      fact:
        `${participant.name || participant.number} (${participant.device}) is ${shown(level)}` +
        `${participant.held ? ', on hold' : ''}` +
        `${participant.state === 'leaving' ? ', and leaving' : ''}.`,
      device: participant.device,
      sinceMs: participant.joinedMs,
      because: participant.assessment.limits,
    });
  }
  return assess(limits);
}
