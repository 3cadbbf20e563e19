/** What a bridge carries now: conferences count until the bridge has been told to delete them. */
import { type Obstacle, turnDown } from '../call/turn-down.ts';
import type { PhoneLeg } from '../effect.ts';
import type { BridgeLoad } from '../media-resource/bridge-selection.ts';
import type { Conference } from '../state.ts';
import type { Transaction } from '../transaction.ts';

export function loadOf(tx: Pick<Transaction, 'conferences'>, bridge: string): BridgeLoad {
  let conferences = 0;
  let streams = 0;
  for (const conference of tx.conferences.values()) {
    if (conference.bridge !== bridge) continue;
    conferences += 1;
    streams += conference.assembly
      ? conference.assembly.joining.length + conference.assembly.linking.length
      : conference.participants.length;
  }
  return { conferences, streams };
}

/** How many more parties fit in: by the service parameter, and on the bridge (domain 1.1, BRG-07). */
export function roomIn(tx: Transaction, conference: Conference): number {
  if (conference.locked) return 0;
  const { maximumAdHocConference, maximumMeetMeConference } = tx.configuration.parameters;
  const most = conference.kind === 'meet-me' ? maximumMeetMeConference : maximumAdHocConference;
  const bridge = tx.bridge(conference.bridge);
  const present = conference.participants.filter(({ state }) => state !== 'leaving').length;
  return Math.min(
    most - present,
    (bridge?.partiesMax ?? 0) - conference.participants.length,
    (bridge?.streamsMax ?? 0) - loadOf(tx, conference.bridge).streams,
  );
}

/** Why nobody is let in, by no way; undefined: it is not locked. */
export function obstacleOfLock(conference: Conference | undefined): Obstacle | undefined {
  if (!conference?.locked) return undefined;
  const { by, sinceMs } = conference.locked;
  const fact = `The conference was locked by ${by}.`;
  return { rule: 'LOCK', fact, fix: 'Unlock it in the live view.', sinceMs };
}

/** Why nobody more fits in; without a conference: into a new one. */
export function obstacleOfRoom(tx: Transaction, conference: Conference | undefined): Obstacle {
  const lock = obstacleOfLock(conference);
  if (lock) return lock;
  const { maximumAdHocConference, maximumMeetMeConference } = tx.configuration.parameters;
  const meetMe = conference?.kind === 'meet-me';
  const most = meetMe ? maximumMeetMeConference : maximumAdHocConference;
  const present = conference?.participants.filter(({ state }) => state !== 'leaving').length ?? 0;
  const parameter = meetMe ? 'Maximum Meet-Me Conference' : 'Maximum Ad Hoc Conference';
  if (!conference || roomIn(tx, conference) === most - present) {
    const fact = `A conference has at most ${most} parties.`;
    return { rule: 'BRG-08', fact, fix: `Raise the parameter ${parameter}.` };
  }
  const fact = `Conference bridge ${conference.bridge} has no room for more parties.`;
  return { rule: 'BRG-08', fact, fix: 'Register a bridge with more capacity.' };
}

export function refuseForRoom(
  tx: Transaction,
  here: PhoneLeg,
  conference: Conference | undefined,
): void {
  turnDown(tx, here, {
    operation: 'conference',
    text: 'exceeds-maximum-parties',
    timeoutSeconds: 10,
    ...obstacleOfRoom(tx, conference),
  });
}
