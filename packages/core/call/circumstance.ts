/**
 * What goes on around calls and lowers the level that they show for as long as it does: packet captures
 * and announcements (INT-05, INT-12, D-22); and parameters that count at once.
 */
import { patchParticipant, publishMembers } from '../conference/membership.ts';
import type { Configuration } from '../configuration.ts';
import { bargersOf } from '../security/barge-limit.ts';
import { assessBridgeLeg } from '../security/bridge-leg.ts';
import type { LegId } from '../state.ts';
import type { Transaction } from '../transaction.ts';
import { assessBarge } from './barge.ts';
import { publishCall } from './call-level.ts';

/** A capture runs, or no longer, on a configured phone, trunk, gateway or bridge. */
export function captureChanged(tx: Transaction, device: string, active: boolean): void {
  const { phones, bridges } = tx.configuration;
  if (active === tx.captures.has(device)) return;
  if (active && !phones.has(device) && !bridges.has(device)) return;
  tx.captures = changed(tx.captures, device, active ? tx.nowMs : undefined);
  publishAll(tx, (each) => each === device);
}

/** The annunciator plays to a registered phone, or no longer. */
export function announcementChanged(tx: Transaction, device: string, active: boolean): void {
  if (active === tx.announcements.has(device) || (active && !tx.phone(device))) return;
  tx.announcements = changed(tx.announcements, device, active ? tx.nowMs : undefined);
  publishAll(tx, (each) => each === device);
}

/** A new configuration: what it says of devices counts at once for whoever is in a call, and parameters too. */
export function configurationChanged(tx: Transaction, configuration: Configuration): void {
  tx.configuration = configuration;
  for (const device of tx.captures.keys()) {
    if (configuration.phones.has(device) || configuration.bridges.has(device)) continue;
    tx.captures = changed(tx.captures, device, undefined);
  }
  for (const { id, bridge, participants } of tx.conferences.values()) {
    for (const { leg, link, state, protection } of participants) {
      const own = tx.leg(leg);
      if (link || state === 'leaving' || !own) continue;
      const { assessment } = assessBridgeLeg(tx, own, bridge, protection);
      patchParticipant(tx, id, leg, { assessment });
    }
  }
  for (const { id, device, barge } of tx.specialLegs()) {
    const target = barge && tx.leg(barge.target);
    if (!target) continue;
    const { assessment } = assessBarge(tx, device, target.device, barge.protection);
    tx.patchLeg(id, { barge: { ...barge, assessment } });
  }
  publishAll(tx, () => true);
}

/** Tells the level of every conference and call in which such a device takes part, where it changed. */
function publishAll(tx: Transaction, isMeant: (device: string) => boolean): void {
  const involves = (leg: LegId, device: string): boolean =>
    isMeant(device) || bargersOf(tx, leg).some((barger) => isMeant(barger.device));
  for (const { id, bridge, participants } of tx.conferences.values()) {
    if (isMeant(bridge) || participants.some((each) => involves(each.leg, each.device))) {
      publishMembers(tx, id);
    }
  }
  for (const { id, state, caller, callees } of tx.calls.values()) {
    const legs = [caller, ...callees].flatMap((leg) => tx.leg(leg) ?? []);
    if (state === 'connected' && legs.some((leg) => involves(leg.id, leg.device))) {
      publishCall(tx, id);
    }
  }
}

function changed(
  table: ReadonlyMap<string, number>,
  device: string,
  sinceMs: number | undefined,
): ReadonlyMap<string, number> {
  const copy = new Map(table);
  if (sinceMs === undefined) copy.delete(device);
  else copy.set(device, sinceMs);
  return copy;
}
