/**
 * Sequence number arithmetic: 16-bit numbers on a circle, and the 32-bit rollover counter (ROC)
 * that counts its turns. It keeps no state.
 *
 * Source: [rfc] RFC 1982 §3.2 (comparison on a circle), RFC 3711 §3.3.1 and appendix A (ROC
 * estimate).
 */

export const SEQUENCE_NUMBER_COUNT: number = 2 ** 16;

/** The ROC has 32 bits, so a master key protects 2^48 packets of one source and then no more. */
export const ROLLOVER_COUNTER_MAX: number = 2 ** 32 - 1;

/**
 * The signed shortest way from `from` to `to`, in -32768..32767: positive when `to` is newer.
 * Exactly half a turn is ambiguous by RFC 1982; it counts as older here, so that it is never taken
 * for news.
 */
export function sequenceDistance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

/** True when `sequenceNumber` comes after `reference` by less than half a turn. */
export function isNewerSequence(sequenceNumber: number, reference: number): boolean {
  return sequenceDistance(reference, sequenceNumber) > 0;
}

/**
 * The ROC that a packet was most likely sent with, given the highest sequence number received so
 * far and its ROC. Only authentication can tell whether the guess is right.
 *
 * Two ends are not circular here: before ROC 0 and after ROC 2^32-1 there is no packet, so the
 * guess stays inside. (RFC 3711 computes modulo 2^32, which can only name an index that never
 * existed.)
 */
export function estimateRolloverCounter(
  rolloverCounter: number,
  highestSequence: number,
  sequenceNumber: number,
): number {
  if (highestSequence < 0x8000) {
    const isBeforeWrap = sequenceNumber - highestSequence > 0x8000;
    return isBeforeWrap && rolloverCounter > 0 ? rolloverCounter - 1 : rolloverCounter;
  }
  const isAfterWrap = highestSequence - 0x8000 > sequenceNumber;
  return isAfterWrap && rolloverCounter < ROLLOVER_COUNTER_MAX
    ? rolloverCounter + 1
    : rolloverCounter;
}

/** The 48-bit packet index of RFC 3711 §3.3.1, exact in a double. */
export function packetIndexOf(rolloverCounter: number, sequenceNumber: number): number {
  return rolloverCounter * SEQUENCE_NUMBER_COUNT + sequenceNumber;
}
