/** What one participant sent and was sent, and what was refused: totals over all of its channels. */

import { type ControlStatistics, NO_CONTROL } from './control-channel.ts';

/** All since the participant was added. */
export interface LegStatistics extends ControlStatistics {
  readonly packetsSent: number;
  /** Payload only. */
  readonly octetsSent: number;
  /** Those that were given to the mixer. */
  readonly packetsReceived: number;
  readonly octetsReceived: number;
  /** Never came, by the sequence numbers (RFC 3550 §6.4.1). */
  readonly packetsLost: number;
  /** Interarrival jitter (RFC 3550 §6.4.1) of the latest stream. */
  readonly jitterMs: number;
  /** Dropped on an SRTP leg: tampered with, or protected with another key. */
  readonly unauthenticated: number;
  /** Dropped on an SRTP leg: RTP in clear. */
  readonly clear: number;
  /** Dropped on an SRTP leg: came before, or so late that nobody can tell. */
  readonly replayed: number;
  /** Dropped: no RTP. */
  readonly malformed: number;
  /** Dropped on an RTP leg: from elsewhere than the call manager told. */
  readonly wrongSource: number;
  /** Dropped: another codec than the one agreed on. */
  readonly wrongPayload: number;
  /** Dropped: no receive channel is open. */
  readonly unexpected: number;
}

export const NO_STATISTICS: LegStatistics = {
  packetsSent: 0,
  octetsSent: 0,
  packetsReceived: 0,
  octetsReceived: 0,
  packetsLost: 0,
  jitterMs: 0,
  unauthenticated: 0,
  clear: 0,
  replayed: 0,
  malformed: 0,
  wrongSource: 0,
  wrongPayload: 0,
  unexpected: 0,
  ...NO_CONTROL,
};

/** Both together; the jitter is that of `latest`. */
export function addStatistics(earlier: LegStatistics, latest: LegStatistics): LegStatistics {
  return {
    packetsSent: earlier.packetsSent + latest.packetsSent,
    octetsSent: earlier.octetsSent + latest.octetsSent,
    packetsReceived: earlier.packetsReceived + latest.packetsReceived,
    octetsReceived: earlier.octetsReceived + latest.octetsReceived,
    packetsLost: earlier.packetsLost + latest.packetsLost,
    jitterMs: latest.jitterMs,
    unauthenticated: earlier.unauthenticated + latest.unauthenticated,
    clear: earlier.clear + latest.clear,
    replayed: earlier.replayed + latest.replayed,
    malformed: earlier.malformed + latest.malformed,
    wrongSource: earlier.wrongSource + latest.wrongSource,
    wrongPayload: earlier.wrongPayload + latest.wrongPayload,
    unexpected: earlier.unexpected + latest.unexpected,
    // These are the leg's own, not its channels'.
    ...NO_CONTROL,
  };
}
