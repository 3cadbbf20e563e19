/**
 * Key presses within an RTP stream. A press is one event, however many packets tell of it: all of them
 * have its timestamp.
 *
 *   event (8)   E R volume (1 1 6)   duration (16)
 *
 * Source: [rfc] RFC 4733 §2.3, §2.5, §3.2.
 */
import type { IncomingPacket } from './reception.ts';

const PAYLOAD_SIZE = 4;

/** Of the clock that ticks 8000 times a second: a packet can be this late, a stream begun anew is further off. */
const LATE_MAX = 5 * 8000;

const KEYS = '0123456789*#ABCD';

export class TelephoneEvents {
  #ssrc: number | undefined;
  #timestamp: number | undefined;

  /** The key, at the first packet of its press; undefined for all others. */
  press({ ssrc, timestamp, payload }: IncomingPacket): string | undefined {
    if (payload.length !== PAYLOAD_SIZE) return undefined;
    if (ssrc === this.#ssrc) {
      const late = ((this.#timestamp ?? 0) - timestamp) | 0;
      if (late >= 0 && late < LATE_MAX) return undefined;
    }
    this.#ssrc = ssrc;
    this.#timestamp = timestamp;
    return KEYS[payload[0] ?? KEYS.length];
  }
}
