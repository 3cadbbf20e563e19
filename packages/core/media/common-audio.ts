/** Which encoding and packet time the ends of a stream have in common. */
import type { Codec } from '../registration.ts';

export const G711: readonly Codec[] = ['pcmu', 'pcma'];

/** Milliseconds: what bridges and SIP phones are known to take. */
export const PACKET_TIMES_MS: readonly number[] = [10, 20, 30, 40, 50, 60];

/** What everybody takes, and what is used unless an end asks for another (RFC 3551 §4.2). */
const USUAL_PACKET_MS = 20;

export interface AudioAbility {
  /** In order of preference. */
  readonly codecs: readonly Codec[];
  /** Its order of preference counts; that of a bridge does not. */
  readonly isChoosing?: true;
  /** Absent: the usual one only. */
  readonly packetTimesMs?: readonly number[];
  /** What it asks for. */
  readonly packetMs?: number;
}

/**
 * The encoding that the first end with a preference likes best of those that all have, µ-law when they
 * have none in common; and the first packet time asked for that all take.
 */
export function commonAudio(ends: readonly AudioAbility[]): {
  readonly codec: Codec;
  readonly packetMs: number;
} {
  const preferred = ends.find(({ isChoosing }) => isChoosing)?.codecs ?? G711;
  const codec = preferred.find((each) => ends.every(({ codecs }) => codecs.includes(each)));
  const packetMs = ends
    .flatMap((end) => end.packetMs ?? [])
    .find((each) => ends.every((end) => end.packetTimesMs?.includes(each)));
  return { codec: codec ?? 'pcmu', packetMs: packetMs ?? USUAL_PACKET_MS };
}
