/**
 * The conference bridge: keeps itself registered to a call manager and mixes what it is told to. It
 * believes nobody's claim of security: what does not authenticate is not mixed, and it says so.
 */
import { assert } from '@conclave/base';
import { LATENESS_BOUNDS_MS, MediaClock, TICK_MS, type TlsIdentity } from '@conclave/net';
import { CONFERENCE_PARTIES_MAX } from '@conclave/sccp';
import type { ConferenceStatus } from './media-plane.ts';
import { capacityOf } from './module-capacity.ts';
import { Registration, type RegistrationEnd, type RegistrationOptions } from './registration.ts';

/** Pause before the next attempt to register; it doubles until one succeeds. */
const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;

/** Failing packets are looked for this often. */
const FAILURE_WATCH_TICKS: number = 500 / TICK_MS;

export interface BridgeOptions {
  /** At most 15 characters: the name under which the call manager knows the bridge. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Present for an encrypted bridge. */
  readonly tls?: TlsIdentity;
  /** Conferences that the module can carry without security; a secure bridge has half (BRG-11). */
  readonly sessions: number;
  /** Parties of one conference; at most `CONFERENCE_PARTIES_MAX`. */
  readonly parties: number;
  /** Dotted address for media; absent means that of the signalling connection. */
  readonly mediaAddress?: string;
  /** The highest SCCP version to offer. */
  readonly protocolVersion: number;
  readonly onEvent?: (event: BridgeEvent) => void;
}

export type BridgeEvent =
  | {
      readonly type: 'registered';
      readonly version: number;
      readonly conferencesMax: number;
      readonly partiesMax: number;
    }
  /** The registration is gone, and all conferences with it. */
  | {
      readonly type: 'lost';
      readonly reason: string;
      readonly conferencesEnded: number;
      readonly retryMs: number;
    }
  /**
   * An attempt to register failed. `code` is a stable word: REJECTED with the call manager's text as
   * the reason, DISCONNECTED, GAVE_UP, or that of the system or of TLS.
   */
  | {
      readonly type: 'failed';
      readonly code: string;
      readonly reason: string;
      readonly retryMs: number;
    }
  /** Something else failed in the world; the bridge goes on. */
  | { readonly type: 'trouble'; readonly text: string };

export interface BridgeStatus {
  readonly name: string;
  readonly registered: boolean;
  readonly secure: boolean;
  readonly conferencesMax: number;
  readonly partiesMax: number;
  readonly conferences: readonly ConferenceStatus[];
  /** Messages of the call manager that the bridge had no use for, on this connection. */
  readonly ignoredMessages: number;
  readonly ticks: {
    /** By how late they were; the last class has no upper bound. */
    readonly lateness: readonly {
      readonly underMs: number | undefined;
      readonly ticks: number;
    }[];
    /** So late that they never happened. */
    readonly skipped: number;
  };
}

/** Starts a bridge. Resolves when it is registered for the first time, however long that takes. */
export async function startBridge(options: BridgeOptions): Promise<Bridge> {
  const bridge = new Bridge(options);
  bridge.start();
  await bridge.registered;
  return bridge;
}

export class Bridge {
  /** The first registration; rejects when the bridge is closed before. */
  readonly registered: Promise<void>;
  readonly #options: BridgeOptions;
  readonly #conferencesMax: number;
  readonly #clock: MediaClock;
  readonly #firstRegistration = Promise.withResolvers<void>();
  #registration: Registration | undefined;
  #isRegistered = false;
  #retryMs = RETRY_FIRST_MS;
  #retryTimer: NodeJS.Timeout | undefined;
  #ticksToWatch = FAILURE_WATCH_TICKS;
  #closed = false;

  /** Does nothing yet. */
  constructor(options: BridgeOptions) {
    assert(options.parties <= CONFERENCE_PARTIES_MAX, 'a conference fits one audit answer');
    this.#options = options;
    this.#conferencesMax = capacityOf(options.sessions, options.tls !== undefined);
    assert(this.#conferencesMax > 0, 'a bridge has room for a conference');
    this.#clock = new MediaClock(() => this.#onTick());
    this.registered = this.#firstRegistration.promise;
    // Whoever does not wait need not hear that it never came.
    this.registered.catch(() => {});
  }

  /** Registers, and registers again whenever the registration is lost, until `close`. */
  start(): void {
    void this.#attempt();
  }

  status(): BridgeStatus {
    const { lateness, skipped } = this.#clock.schedule;
    return {
      name: this.#options.name,
      registered: this.#isRegistered,
      secure: this.#options.tls !== undefined,
      conferencesMax: this.#conferencesMax,
      partiesMax: this.#options.parties,
      conferences: this.#registration?.plane.status() ?? [],
      ignoredMessages: this.#registration?.ignoredMessages ?? 0,
      ticks: {
        lateness: lateness.map((ticks, index) => ({
          underMs: LATENESS_BOUNDS_MS[index],
          ticks,
        })),
        skipped,
      },
    };
  }

  /** Unregisters and ends every conference, at once. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#retryTimer);
    this.#registration?.unregister();
    this.#clock.stop();
    this.#firstRegistration.reject(new Error('the bridge was closed'));
  }

  async #attempt(): Promise<void> {
    try {
      const registration = await Registration.open(this.#registrationOptions(), {
        registered: (version) => this.#onRegistered(version),
        conferencesChanged: (count) => (count > 0 ? this.#clock.start() : this.#clock.stop()),
        ended: (end) => this.#onEnded(end),
        trouble: (text) => this.#tell({ type: 'trouble', text }),
      });
      // Closed while it was connecting: goodbye instead of hello.
      if (this.#closed) return registration.unregister();
      this.#registration = registration;
      registration.start();
    } catch (error) {
      const { code = 'UNKNOWN', message } = error as NodeJS.ErrnoException;
      this.#retry((retryMs) => ({ type: 'failed', code, reason: message, retryMs }));
    }
  }

  #registrationOptions(): RegistrationOptions {
    const { name, host, port, tls, mediaAddress, parties, protocolVersion } = this.#options;
    return {
      name,
      host,
      port,
      conferencesMax: this.#conferencesMax,
      partiesMax: parties,
      protocolVersion,
      ...(tls && { tls }),
      ...(mediaAddress !== undefined && { mediaAddress }),
    };
  }

  #onRegistered(version: number): void {
    this.#isRegistered = true;
    this.#retryMs = RETRY_FIRST_MS;
    this.#tell({
      type: 'registered',
      version,
      conferencesMax: this.#conferencesMax,
      partiesMax: this.#options.parties,
    });
    this.#firstRegistration.resolve();
  }

  #onEnded(end: RegistrationEnd): void {
    const { reason, wasRegistered, rejection, conferencesEnded } = end;
    this.#isRegistered = false;
    this.#registration = undefined;
    const why = rejection ?? reason;
    const code = codeOf(end);
    this.#retry((retryMs) =>
      wasRegistered
        ? { type: 'lost', reason: why, conferencesEnded, retryMs }
        : { type: 'failed', code, reason: why, retryMs },
    );
  }

  #retry(eventOf: (retryMs: number) => BridgeEvent): void {
    if (this.#closed) return;
    const retryMs = this.#retryMs;
    this.#retryMs = Math.min(2 * retryMs, RETRY_MAX_MS);
    this.#tell(eventOf(retryMs));
    this.#retryTimer = setTimeout(() => void this.#attempt(), retryMs);
  }

  #onTick(): void {
    this.#registration?.plane.tick();
    this.#ticksToWatch -= 1;
    if (this.#ticksToWatch > 0) return;
    this.#ticksToWatch = FAILURE_WATCH_TICKS;
    this.#registration?.reportFailures();
  }

  #tell(event: BridgeEvent): void {
    this.#options.onEvent?.(event);
  }
}

function codeOf({ rejection, byPeer }: RegistrationEnd): string {
  if (rejection !== undefined) return 'REJECTED';
  return byPeer ? 'DISCONNECTED' : 'GAVE_UP';
}
