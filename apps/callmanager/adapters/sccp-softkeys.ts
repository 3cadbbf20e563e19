/** Softkey events of the wire and the rules' names for them (sccp.md, "Conference keys"). */
import type { Softkey } from '@conclave/core';

const EVENTS: Record<Softkey, number> = {
  'new-call': 2,
  hold: 3,
  backspace: 8,
  'end-call': 9,
  resume: 10,
  answer: 11,
  confrn: 13,
  'meet-me': 16,
  'rm-last-conf': 57,
  transfer: 4,
  park: 14,
  join: 15,
  barge: 67,
  'direct-transfer': 77,
  select: 78,
  cbarge: 81,
  'conf-list': 79,
};

const SOFTKEYS: ReadonlyMap<number, Softkey> = new Map(
  (Object.entries(EVENTS) as [Softkey, number][]).map(([key, event]) => [event, key]),
);

export function eventOfSoftkey(key: Softkey): number {
  return EVENTS[key];
}

/** Undefined for keys that the rules do not know. */
export function softkeyOfEvent(event: number): Softkey | undefined {
  return SOFTKEYS.get(event);
}
