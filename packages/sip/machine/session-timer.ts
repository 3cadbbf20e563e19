/**
 * Session timers: who refreshes a session, how often, and when it counts as lost. Pure.
 * Source: [rfc] RFC 4028.
 */
import type { Headers } from '../wire/headers.ts';
import type { SipRequest, SipResponse } from '../wire/message.ts';
import type { Field } from './hop-request.ts';
import { lists, parameterIn, secondsOf } from './message-parts.ts';

export interface SessionTimer {
  readonly seconds: number;
  readonly refresher: 'us' | 'peer';
}

export interface SessionTimerConfig {
  /** What we ask for; 0: only what the peer asks for. */
  readonly seconds: number;
  readonly minSeconds: number;
}

/** [rfc] RFC 4028 §4: nobody may ask for less. */
export const MIN_SECONDS = 90;

/** What our INVITE or UPDATE says. `timer`: as it runs now. */
export function timerFields(
  config: SessionTimerConfig,
  timer: SessionTimer | undefined,
  minSeconds: number,
): readonly Field[] {
  const seconds = Math.max(timer?.seconds ?? config.seconds, config.seconds && minSeconds);
  if (seconds === 0) return [];
  const role = timer ? `;refresher=${timer.refresher === 'us' ? 'uac' : 'uas'}` : '';
  const fields: Field[] = [['Session-Expires', `${seconds}${role}`]];
  if (minSeconds > MIN_SECONDS) fields.push(['Min-SE', String(minSeconds)]);
  return fields;
}

/** Whether the peer asks for less than we permit: 422 then. */
export function isTooShort({ headers }: SipRequest, config: SessionTimerConfig): boolean {
  const seconds = expiresOf(headers);
  // Who does not know the extension cannot have meant it: a proxy added the header.
  return (
    seconds !== undefined && seconds < config.minSeconds && lists(headers, 'Supported', 'timer')
  );
}

/** What a 2xx to this request agrees to. */
export function timerOfRequest(
  { headers }: SipRequest,
  config: SessionTimerConfig,
): SessionTimer | undefined {
  const asked = expiresOf(headers);
  const least = Math.max(secondsOf(headers, 'Min-SE') ?? 0, config.minSeconds);
  const wanted = asked ?? config.seconds;
  if (wanted === 0) return undefined;
  const seconds = Math.max(wanted, least);
  if (!lists(headers, 'Supported', 'timer')) return { seconds, refresher: 'us' };
  const role = parameterIn(headers.get('Session-Expires') ?? '', 'refresher')?.toLowerCase();
  return { seconds, refresher: role === 'uas' ? 'us' : 'peer' };
}

/** Fields of that 2xx. */
export function acceptFields(
  { headers }: SipRequest,
  timer: SessionTimer | undefined,
): readonly Field[] {
  if (!timer) return [];
  const role = timer.refresher === 'us' ? 'uas' : 'uac';
  const field: Field = ['Session-Expires', `${timer.seconds};refresher=${role}`];
  return lists(headers, 'Supported', 'timer') ? [field, ['Require', 'timer']] : [field];
}

/** What a 2xx to a request of ours agreed to. `asked`: seconds in that request, 0 for none. */
export function timerOfResponse({ headers }: SipResponse, asked: number): SessionTimer | undefined {
  const seconds = expiresOf(headers);
  // A peer that does not know the extension lets us refresh alone.
  if (seconds === undefined) return asked === 0 ? undefined : { seconds: asked, refresher: 'us' };
  const role = parameterIn(headers.get('Session-Expires') ?? '', 'refresher')?.toLowerCase();
  return { seconds: Math.max(seconds, MIN_SECONDS), refresher: role === 'uas' ? 'peer' : 'us' };
}

/** When we refresh: half way (§10). */
export function refreshDelayMs(timer: SessionTimer): number {
  return timer.refresher === 'us' ? timer.seconds * 500 : Number.POSITIVE_INFINITY;
}

/** When a session that nobody refreshed is given up (§10). */
export function expiryDelayMs(timer: SessionTimer): number {
  return 1000 * (timer.seconds - Math.min(32, Math.floor(timer.seconds / 3)));
}

function expiresOf(headers: Headers): number | undefined {
  return secondsOf(headers, 'Session-Expires');
}
