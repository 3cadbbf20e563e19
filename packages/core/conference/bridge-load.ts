/** What a bridge carries now: conferences count until the bridge has been told to delete them. */
import type { BridgeLoad } from '../media-resource/bridge-selection.ts';
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
