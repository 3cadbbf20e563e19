/** What a bridge carries now: conferences count until the bridge has been told to delete them. */
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
