/** What a phone counts of its streams. */
import type { PhoneStreamCounters } from '@conclave/sccp';

export interface MediaCounters extends PhoneStreamCounters {
  /** SRTP that did not authenticate: tampered, with another key, or in clear text. */
  readonly unauthenticated: number;
  readonly replayed: number;
  readonly malformed: number;
  /** RTP from somebody else than the signalled sender, or before one was signalled. */
  readonly wrongSource: number;
  readonly wrongPayload: number;
}

export const NO_COUNTERS: MediaCounters = {
  packetsSent: 0,
  octetsSent: 0,
  packetsReceived: 0,
  octetsReceived: 0,
  packetsLost: 0,
  jitterMs: 0,
  unauthenticated: 0,
  replayed: 0,
  malformed: 0,
  wrongSource: 0,
  wrongPayload: 0,
};

/** The sum of both; of the jitter the larger one. */
export function addCounters(one: MediaCounters, other: MediaCounters): MediaCounters {
  const sum: Record<keyof MediaCounters, number> = { ...one };
  for (const name of Object.keys(sum) as (keyof MediaCounters)[]) sum[name] += other[name];
  return { ...sum, jitterMs: Math.max(one.jitterMs, other.jitterMs) };
}
