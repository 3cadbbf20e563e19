/** What people do with a phone: at random, but only what the phone lets them do. */
import { focusOf, liveSoftkeys, ownCallsOf, type PhoneCommand, type Screen } from '@conclave/sccp';
import type { Prng } from '@conclave/testkit';

/** One doing of one person: some keys in a row. */
export function press(
  screen: Screen,
  prng: Prng,
  numbers: readonly string[],
): readonly PhoneCommand[] {
  const focus = focusOf(screen);
  const ringing = [...screen.calls.values()].find(({ state }) => state === 'RingIn');
  if (ringing && prng.chance(0.7)) {
    return [{ type: 'softkey', key: 'Answer', call: ringing.reference }];
  }
  const number = prng.pick(numbers) ?? '1001';
  if (!focus)
    return prng.chance(0.9) ? [{ type: 'enbloc', digits: number }] : [{ type: 'off-hook' }];
  if (focus.state === 'OffHook') {
    const digits = prng.chance(0.8) ? number : number.slice(0, prng.between(1, 3));
    return [...digits].map((digit) => ({ type: 'digit', digit }));
  }
  if (screen.list && prng.chance(0.4)) {
    const row = prng.between(0, screen.list.rows.length);
    return prng.chance(0.6) ? [{ type: 'list-row', row, force: true }] : [{ type: 'close-list' }];
  }
  if (prng.chance(0.03)) return [{ type: 'on-hook' }];
  const call = prng.chance(0.7) ? focus : (prng.pick([...screen.calls.values()]) ?? focus);
  const keys = liveSoftkeys(screen, call).filter(
    // People seldom hang up, or nothing would ever grow.
    ({ label }) => label !== 'EndCall' || prng.chance(0.15),
  );
  const key = prng.pick(keys);
  if (!key) return [];
  return [{ type: 'softkey', key: String(key.event), call: call.reference }];
}

/** What takes a phone nearer to having no call: one thing at a time. */
export function putDown(screen: Screen): readonly PhoneCommand[] {
  const calls = ownCallsOf(screen);
  const active = calls.find(({ state }) => state !== 'Hold') ?? calls.at(-1);
  if (!active) return [];
  const { reference: call, state } = active;
  if (state === 'RingIn') return [{ type: 'softkey', key: 'Answer', call }];
  if (state === 'Hold') return [{ type: 'softkey', key: 'Resume', call }];
  return [{ type: 'on-hook', call }];
}
