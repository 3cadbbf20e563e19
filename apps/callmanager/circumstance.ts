/**
 * What an operator tells of the world around a call: that a packet capture runs on a device, or that
 * the annunciator plays to a phone. The rules decide what follows from it (INT-05, INT-12, CAP-01).
 */
import type { Event, State } from '@conclave/core';

/** The event of `{ type, device, active }`. Throws an Error that names what is wrong. */
export function circumstanceOf(
  body: unknown,
  { configuration, phones: registered }: Pick<State, 'configuration' | 'phones'>,
): Event {
  const { phones, bridges } = configuration;
  const { type, device, active } = (body ?? {}) as Readonly<Record<string, unknown>>;
  if (type !== 'capture' && type !== 'announcement') {
    throw new Error('type must be capture or announcement');
  }
  const isKnown =
    typeof device === 'string' &&
    (phones.has(device) || (type === 'capture' && bridges.has(device)));
  if (!isKnown) throw new Error(`there is no such device for a ${type}: ${String(device)}`);
  if (typeof active !== 'boolean') throw new Error('active must be true or false');
  if (type === 'announcement' && active && !registered.has(device)) {
    throw new Error(`${device} is not registered: nothing can be played to it`);
  }
  return { type, device, active };
}
