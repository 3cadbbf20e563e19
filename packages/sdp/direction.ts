/** Who sends: `sendrecv` and its like, and how an answer's follows from an offer's. [rfc] RFC 3264 §6.1. */

export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

export const DIRECTIONS: readonly Direction[] = ['sendrecv', 'sendonly', 'recvonly', 'inactive'];

/** What may be answered to `offered` by one who would like `wanted`. */
export function answerDirection(offered: Direction, wanted: Direction): Direction {
  return directionFrom(sends(wanted) && receives(offered), receives(wanted) && sends(offered));
}

function directionFrom(isSending: boolean, isReceiving: boolean): Direction {
  if (isSending) return isReceiving ? 'sendrecv' : 'sendonly';
  return isReceiving ? 'recvonly' : 'inactive';
}

function sends(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'sendonly';
}

function receives(direction: Direction): boolean {
  return direction === 'sendrecv' || direction === 'recvonly';
}
