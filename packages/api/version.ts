/** Versions of what is changed: who changes something says which one he has seen, and loses nobody's work. */
import { createHash } from 'node:crypto';
import { ApiFault } from './fault.ts';

/** An ETag of the whole content, whatever the order of its fields. */
export function versionOf(object: object): string {
  const text = JSON.stringify(object, inOrder);
  return `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"`;
}

/** Refuses a change of something else than was seen. `what` names it to the editor. */
export function checkVersion(present: object, seen: string | undefined, what: string): void {
  if (seen === undefined) {
    throw new ApiFault('version-needed', 'Say in If-Match which version (ETag) is changed.');
  }
  if (seen !== versionOf(present)) {
    throw new ApiFault('changed', `${what} has been changed by somebody else meanwhile.`);
  }
}

/** Fields stand in one order in what was imported and in another one in what the database gives. */
function inOrder(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
