/**
 * What lowers only the level that is shown, for as long as it goes on (D-22): a packet capture (INT-12,
 * D-23), an announcement (INT-05), the tone of a barge on a SIP phone (INT-07).
 */
import { specialLegs } from '../leg-table.ts';
import type { LegId } from '../state.ts';
import type { View } from '../view.ts';
import type { Limit } from './assessment.ts';

type DeviceView = Pick<View, 'configuration' | 'captures' | 'announcements'>;

/** Of a phone, trunk, gateway or bridge. */
export function deviceTransients(view: DeviceView, device: string): readonly Limit[] {
  const limits: Limit[] = [];
  const base = { level: 'nonsecure', device, transient: true } as const;
  const captureMs = view.captures.get(device);
  if (captureMs !== undefined && view.configuration.parameters.packetCaptureEnable) {
    limits.push({
      ...base,
      rule: 'INT-12',
      fact: `A packet capture runs on ${device}.`,
      sinceMs: captureMs,
      fix: `Stop the packet capture on ${device}.`,
    });
  }
  const announcedMs = view.announcements.get(device);
  if (announcedMs !== undefined) {
    const fact = `An announcement is played to ${device}.`;
    limits.push({ ...base, rule: 'INT-05', fact, sinceMs: announcedMs });
  }
  return limits;
}

/** Of one leg of a device. */
export function legTransients(
  view: DeviceView & Pick<View, 'legs'>,
  device: string,
  leg: LegId,
): readonly Limit[] {
  const limits = deviceTransients(view, device);
  if (view.legs.get(leg)?.bargeToneUntilMs === undefined) return limits;
  const fact = `${device} plays the tone of a barge.`;
  const barger = specialLegs(view.legs).find((each) => each.barge?.target === leg);
  const since = barger?.barge && { sinceMs: barger.barge.startedMs };
  return [
    ...limits,
    { rule: 'INT-07', level: 'nonsecure', fact, device, ...since, transient: true },
  ];
}
