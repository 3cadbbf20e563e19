/**
 * Whether two descriptions say the same, and the version that one must have after another.
 * Source: [rfc] RFC 3264 §8, RFC 8866 §5.2.
 */
import type { SessionDescription } from './description.ts';
import { formatDescription } from './format-description.ts';

/** Apart from the version: phones exist that change one without the other, in both ways. */
export function saysTheSame(one: SessionDescription, other: SessionDescription): boolean {
  const [first, second] = [one, other].map((each) =>
    formatDescription({ ...each, origin: { ...each.origin, version: '0' } }),
  );
  return (
    !!first &&
    !!second &&
    first.length === second.length &&
    first.every((byte, at) => byte === second[at])
  );
}

/** `next` in the session of `before`: with its version if it says the same, else with one more. */
export function following(
  next: SessionDescription,
  before: SessionDescription,
): SessionDescription {
  const same = {
    ...next,
    origin: { ...next.origin, sessionId: before.origin.sessionId, version: before.origin.version },
  };
  if (saysTheSame(same, before)) return same;
  const version = String(BigInt(before.origin.version) + 1n);
  return { ...same, origin: { ...same.origin, version } };
}
