/** The longest that a call or conference may last: Maximum Call Duration Timer (INT-10). */
import { CAUSE, ON_BEHALF_OF } from '../cdr/record.ts';
import { dismiss } from '../conference/membership.ts';
import type { Conference, Leg, State } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { release } from './release.ts';

const MINUTE_MS = 60_000;

/** When this leg or conference has to end; undefined without a limit, or before it is connected. */
export function durationDeadlineMs(
  { configuration }: Pick<State, 'configuration'>,
  { connectedMs }: { readonly connectedMs?: number },
): number | undefined {
  const { maximumCallDurationMinutes } = configuration.parameters;
  if (maximumCallDurationMinutes === 0 || connectedMs === undefined) return undefined;
  return connectedMs + maximumCallDurationMinutes * MINUTE_MS;
}

/** From when a conference's own time counts. */
export function lifeOf({ startedMs }: Conference): { readonly connectedMs: number } {
  return { connectedMs: startedMs };
}

/** Clears what has lasted too long; everybody in it reads why. */
export function endOverlong(tx: Transaction): void {
  const isOver = (what: { readonly connectedMs?: number }): boolean => {
    const deadlineMs = durationDeadlineMs(tx, what);
    return deadlineMs !== undefined && deadlineMs <= tx.nowMs;
  };
  for (const conference of tx.conferences.values()) {
    if (!isOver(lifeOf(conference))) continue;
    for (const { leg } of conference.participants) tellOver(tx, tx.leg(leg));
    dismiss(tx, conference.id, { cause: CAUSE.normal, onBehalfOf: ON_BEHALF_OF.callControl });
  }
  const overlong = [...tx.legs.values()].filter(isOver);
  for (const leg of overlong) tellOver(tx, leg);
  for (const { id } of overlong) {
    const leg = tx.leg(id);
    if (leg) release(tx, leg, CAUSE.normal);
  }
}

function tellOver(tx: Transaction, leg: Leg | undefined): void {
  if (!leg || leg.detached || !tx.phone(leg.device)) return;
  tx.emit({
    type: 'notify',
    device: leg.device,
    text: 'call-duration-exceeded',
    timeoutSeconds: 10,
  });
}
