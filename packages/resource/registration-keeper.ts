/** Keeps a media resource registered: tries again, with growing pauses, whenever it is not. */
import type { LinkEnd } from './resource-link.ts';

/** Pause before the next attempt to register; it doubles until one succeeds. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

/** One connection: it registers once it is started. */
export interface KeptRegistration {
  start(): void;
  /** Says goodbye and closes. */
  unregister(): void;
}

/** What a registration tells of itself. */
export interface RegistrationHandlers<End extends LinkEnd> {
  registered(version: number): void;
  /** Exactly once. */
  ended(end: End): void;
}

export interface KeeperOptions<R extends KeptRegistration, End extends LinkEnd> {
  /** Connects. Rejects with an Error that has a `code` when it cannot. */
  readonly open: (handlers: RegistrationHandlers<End>) => Promise<R>;
  readonly registered: (version: number) => void;
  readonly lost: (end: End, failure: Failure) => void;
  readonly failed: (failure: Failure) => void;
}

export interface Failure {
  /**
   * A stable word: REJECTED with the call manager's text as the reason, DISCONNECTED, GAVE_UP, or that
   * of the system or of TLS.
   */
  readonly code: string;
  readonly reason: string;
  /** Until the next attempt. */
  readonly retryMs: number;
}

export class RegistrationKeeper<R extends KeptRegistration, End extends LinkEnd> {
  /** The first registration; rejects when the keeper is closed before. */
  readonly registered: Promise<void>;
  readonly #options: KeeperOptions<R, End>;
  readonly #firstRegistration = Promise.withResolvers<void>();
  #current: R | undefined;
  #isRegistered = false;
  #retryMs = RETRY_FIRST_MS;
  #retryTimer: NodeJS.Timeout | undefined;
  #closed = false;

  /** Does nothing yet. */
  constructor(options: KeeperOptions<R, End>) {
    this.#options = options;
    this.registered = this.#firstRegistration.promise;
    // Whoever does not wait need not hear that it never came.
    this.registered.catch(() => {});
  }

  /** Registers, and registers again whenever the registration is lost, until `close`. */
  start(): void {
    void this.#attempt();
  }

  /** The connection there is, whether it is registered yet or not. */
  get current(): R | undefined {
    return this.#current;
  }

  get isRegistered(): boolean {
    return this.#isRegistered;
  }

  /** Unregisters, at once. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#current?.unregister();
    this.#firstRegistration.reject(new Error('closed before it was registered'));
  }

  async #attempt(): Promise<void> {
    try {
      const registration = await this.#options.open({
        registered: (version) => this.#onRegistered(version),
        ended: (end) => this.#onEnded(end),
      });
      // Closed while it was connecting: goodbye instead of hello.
      if (this.#closed) return registration.unregister();
      this.#current = registration;
      registration.start();
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
      this.#retry(code, message, this.#options.failed);
    }
  }

  #onRegistered(version: number): void {
    this.#isRegistered = true;
    this.#retryMs = RETRY_FIRST_MS;
    this.#options.registered(version);
    this.#firstRegistration.resolve();
  }

  #onEnded(end: End): void {
    this.#isRegistered = false;
    this.#current = undefined;
    const { lost, failed } = this.#options;
    this.#retry(codeOf(end), end.rejection ?? end.reason, (failure) =>
      end.wasRegistered ? lost(end, failure) : failed(failure),
    );
  }

  #retry(code: string, reason: string, tell: (failure: Failure) => void): void {
    if (this.#closed) return;
    const retryMs = this.#retryMs;
    this.#retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    tell({ code, reason, retryMs });
    this.#retryTimer = setTimeout(() => void this.#attempt(), retryMs);
  }
}

function codeOf({ rejection, byPeer }: LinkEnd): string {
  if (rejection !== undefined) return 'REJECTED';
  return byPeer ? 'DISCONNECTED' : 'GAVE_UP';
}
