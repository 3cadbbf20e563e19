/** Those who wait for something to become true, each with a deadline. */

/** What is heard changes without a message; this often it is looked at. */
const POLL_MS = 50;

interface Waiter {
  readonly holds: () => boolean;
  readonly settle: (error: Error | undefined) => void;
}

export class Waiters {
  readonly #waiting = new Set<Waiter>();
  #poll: NodeJS.Timeout | undefined;

  /** Resolves as soon as `holds`, at once when it does already; rejects with `late()` in time. */
  async wait(holds: () => boolean, timeoutMs: number, late: () => Error): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => waiter.settle(late()), timeoutMs);
      const waiter: Waiter = {
        holds,
        settle: (error) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          if (this.#waiting.size === 0) this.#stopPolling();
          if (error) reject(error);
          else resolve();
        },
      };
      this.#waiting.add(waiter);
      this.#poll ??= setInterval(() => this.check(), POLL_MS);
    });
  }

  /** Something changed. A predicate that throws rejects its own wait. */
  check(): void {
    for (const waiter of [...this.#waiting]) {
      if (!this.#waiting.has(waiter)) continue;
      try {
        if (waiter.holds()) waiter.settle(undefined);
      } catch (error) {
        waiter.settle(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** Nothing will change any more. */
  end(why: () => Error): void {
    if (this.#waiting.size === 0) return;
    const error = why();
    for (const waiter of [...this.#waiting]) waiter.settle(error);
  }

  #stopPolling(): void {
    clearInterval(this.#poll);
    this.#poll = undefined;
  }
}
