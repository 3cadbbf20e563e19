/** What a bridge carries now: conferences count until the bridge has been told to delete them. */
import type { BridgeLoad } from '../media-resource/bridge-selection.ts';
import type { Transaction } from '../transaction.ts';

/** An assembly has no participants yet but needs room for three. */
const ASSEMBLY_PARTIES = 3;

export function loadOf(tx: Pick<Transaction, 'conferences'>, bridge: string): BridgeLoad {
  let conferences = 0;
  let streams = 0;
  for (const conference of tx.conferences.values()) {
    if (conference.bridge !== bridge) continue;
    conferences += 1;
    streams += conference.assembly ? ASSEMBLY_PARTIES : conference.participants.length;
  }
  return { conferences, streams };
}
