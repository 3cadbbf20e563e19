/** Who is logged in by password. Sessions live in memory: a restart logs everybody out. */
import { createHash } from 'node:crypto';

const IDLE_MS = 30 * 60_000;
const LIFETIME_MS = 12 * 3_600_000;

/** Past them the oldest is logged out. */
const SESSIONS_MAX = 1_000;

interface Session {
  readonly user: string;
  readonly beganMs: number;
  usedMs: number;
}

export class Sessions {
  /** By hash: what is in memory opens nothing. */
  readonly #sessions = new Map<string, Session>();

  begin(token: string, user: string, nowMs: number): void {
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size >= SESSIONS_MAX && oldest !== undefined) this.#sessions.delete(oldest);
    this.#sessions.set(hashOf(token), { user, beganMs: nowMs, usedMs: nowMs });
  }

  /** `isUse`: somebody is there, and no page asks by itself. */
  userOf(token: string, nowMs: number, { isUse }: { readonly isUse: boolean }): string | undefined {
    const key = hashOf(token);
    const session = this.#sessions.get(key);
    if (!session) return undefined;
    if (nowMs - session.usedMs > IDLE_MS || nowMs - session.beganMs > LIFETIME_MS) {
      this.#sessions.delete(key);
      return undefined;
    }
    if (isUse) session.usedMs = nowMs;
    return session.user;
  }

  end(token: string): void {
    this.#sessions.delete(hashOf(token));
  }

  /** A changed or removed user is logged out everywhere. */
  endAllOf(user: string): void {
    for (const [key, session] of this.#sessions)
      if (session.user === user) this.#sessions.delete(key);
  }
}

export function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
