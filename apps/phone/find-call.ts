/** How a user names one of several calls: by its other party, or by its place on the screen. */
import type { Screen, ShownCall } from '@conclave/sccp';

/**
 * Of these calls the newest whose other party has this name or number, else the newest of which it is
 * a part; `@2` is the second call that the phone shows.
 */
export function findCall(
  screen: Screen,
  party: string,
  calls: readonly ShownCall[],
): ShownCall | undefined {
  const [, place] = /^@(\d+)$/.exec(party) ?? [];
  if (place !== undefined) {
    const wanted = [...screen.calls.keys()][Number(place) - 1];
    return calls.find(({ reference }) => reference === wanted);
  }
  const name = party.toLowerCase();
  return (
    calls.findLast((call) => namesOf(call).includes(name)) ??
    calls.findLast((call) => namesOf(call).some((each) => each.includes(name)))
  );
}

function namesOf({ otherName, otherNumber, dialed }: ShownCall): readonly string[] {
  return [otherName, otherNumber, dialed].map((each) => each.toLowerCase());
}
