/**
 * The level of a conference: the lowest of the bridge, of all participants and whoever barged them, and
 * of every conference linked to it (SEC-04, D-02, D-09), and why.
 */
import { specialLegs } from '../leg-table.ts';
import { type Assessment, assess, bridgeLimit, type Limit } from '../security/assessment.ts';
import { bargeLimits } from '../security/barge-limit.ts';
import { knownKeyLimits } from '../security/known-key.ts';
import { lowest, shown } from '../security/level.ts';
import { deviceTransients, legTransients } from '../security/transient.ts';
import type { Conference, ConferenceId, LegId, Participant } from '../state.ts';
import type { View } from '../view.ts';

/** Everything that limits the conference now. Participants count from admission until they are gone. */
export function assessConference(view: View, conference: Conference): Assessment {
  return assess(sideLimits(view, conference, undefined));
}

/** The conferences in the tree of links that this one belongs to, itself first. */
export function linkedWith(
  view: Pick<View, 'conferences'>,
  conference: Conference,
): readonly ConferenceId[] {
  const found: ConferenceId[] = [conference.id];
  for (const id of found) {
    for (const { link, state } of view.conferences.get(id)?.participants ?? []) {
      if (link && state !== 'leaving' && !found.includes(link.conference)) {
        found.push(link.conference);
      }
    }
  }
  return found;
}

/** What one participant is worth: with whoever is on its built-in bridge (BAR-01), or its whole side. */
export function assessParticipant(view: View, participant: Participant): Assessment {
  return assess(participantLimits(view, participant));
}

/** The limits of a conference seen over one of its links, or of all of it. */
function sideLimits(view: View, conference: Conference, except: LegId | undefined): Limit[] {
  const limits: Limit[] = [...ownLimits(view, conference)];
  for (const participant of conference.participants) {
    if (participant.leg === except) continue;
    const because = participantLimits(view, participant);
    const level = lowest(because.map((limit) => limit.level));
    limits.push({
      rule: participant.link ? 'CHN-02' : level === 'nonsecure' ? 'STA-04' : 'SEC-04',
      level,
      fact:
        `${participant.name || participant.number} (${participant.device}) is ${shown(level)}` +
        `${participant.held ? ', on hold' : ''}` +
        `${participant.state === 'leaving' ? ', and leaving' : ''}.`,
      device: participant.device,
      sinceMs: participant.joinedMs,
      because,
    });
  }
  return limits;
}

function participantLimits(view: View, participant: Participant): readonly Limit[] {
  const { link, assessment, leg, state } = participant;
  // Who is being taken off is worth what it was worth when that began.
  if (state === 'leaving') return assessment.limits;
  const there = link && view.conferences.get(link.conference);
  if (link) {
    return there
      ? [
          ...linkLimits(participant),
          ...refusedLimits(participant),
          ...sideLimits(view, there, link.leg),
        ]
      : assessment.limits;
  }
  return [
    ...assessment.limits,
    ...refusedLimits(participant),
    ...legTransients(view, participant.device, leg),
    ...bargeLimits(view, leg),
    ...knownKeyLimits(view, participant.device, leg),
  ];
}

/** The audio between two bridges is media like any other. */
function linkLimits({ device, protection, joinedMs: sinceMs }: Participant): readonly Limit[] {
  if (protection === 'srtp') return [];
  const fact = 'The audio between the linked bridges is RTP.';
  return [{ rule: 'SEC-02', level: 'authenticated', fact, device, sinceMs }];
}

/** What the bridge refused to mix lowers nothing; who asks why shall know of it. */
function refusedLimits({ device, refused }: Participant): readonly Limit[] {
  if (!refused) return [];
  const { packets, sinceMs } = refused;
  const fact = `${packets} packets for the SRTP leg of ${device} were in clear or not authentic, and not mixed.`;
  return [{ rule: 'SEC-03', level: 'encrypted', fact, device, sinceMs }];
}

/** The bridge, the number that was dialled and what the conference is doing. */
function ownLimits(view: View, conference: Conference): readonly Limit[] {
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
    ...deviceTransients(view, conference.bridge),
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
      sinceMs: conference.startedMs,
      fix: 'Give the meet-me number the minimum security level Authenticated or Encrypted.',
    });
  }
  for (const held of conference.pendingAdd) {
    const device = view.legs.get(held)?.device;
    const consultation = specialLegs(view.legs).find((leg) => leg.consultFor === held);
    limits.push({
      rule: 'HLD-01',
      level: 'unknown',
      fact: `${device} is adding a party; the level is unknown until that party answers.`,
      ...(device !== undefined && { device }),
      ...(consultation && { sinceMs: consultation.startedMs }),
      transient: true,
    });
  }
  return limits;
}
