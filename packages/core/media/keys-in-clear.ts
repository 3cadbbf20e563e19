/** SRTP keys that a gateway is given over signalling that nothing protects: the call works, and we say so. */
import { isGateway, protectsSignalling } from '../security/endpoint-limit.ts';
import type { MediaEnd } from '../state.ts';
import type { Transaction } from '../transaction.ts';

/** Raises the alarm once for each leg, however often its media opens again (SEC-03). */
export function warnOfKeysInClear(tx: Transaction, { device, kind, leg: id }: MediaEnd): void {
  const configuration = tx.phoneConfiguration(device);
  const registration = tx.phone(device);
  const leg = tx.leg(id);
  if (kind !== 'phone' || !configuration || !registration || !leg || leg.keysInClear) return;
  if (!isGateway(configuration) || protectsSignalling(configuration, registration)) return;
  tx.patchLeg(id, { keysInClear: true });
  tx.emit({
    type: 'alarm',
    name: 'SrtpKeysInClear',
    device,
    reason: 'unprotected-signalling',
    text: `The SRTP keys of a call over ${device} travel in clear text: nothing protects its signalling.`,
  });
}
