/**
 * The conference bridge: keeps itself registered to a call manager and mixes what it is told to. It
 * believes nobody's claim of security: what does not authenticate is not mixed, and it says so.
 */
import { assert } from '@conclave/base';
import { LATENESS_BOUNDS_MS } from '@conclave/net';
import { type Failure, type Language, RegistrationKeeper, type Station } from '@conclave/resource';
import { CONFERENCE_PARTIES_MAX } from '@conclave/sccp';
import { MediaFarm } from './media-farm.ts';
import type { ConferenceStatus } from './media-plane.ts';
import { capacityOf } from './module-capacity.ts';
import { Registration, type RegistrationEnd } from './registration.ts';

export interface BridgeOptions extends Station {
  /** Conferences that the module can carry without security; a secure bridge has half (BRG-11). */
  readonly sessions: number;
  /** Parties of one conference; at most `CONFERENCE_PARTIES_MAX`. */
  readonly parties: number;
  /** Media threads; one when absent. Each carries its conferences on a processor of its own. */
  readonly workers?: number;
  /** Dotted address for media; absent means that of the signalling connection. */
  readonly mediaAddress?: string;
  /** Whether it mixes G.722 too; absent: it does. */
  readonly wideband?: boolean;
  /** Of announcements; absent means English. */
  readonly language?: Language;
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
  /** An attempt to register failed. */
  | ({ readonly type: 'failed' } & Failure)
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
  readonly #farm: MediaFarm;
  readonly #keeper: RegistrationKeeper<Registration, RegistrationEnd>;

  /** Does nothing yet. */
  constructor(options: BridgeOptions) {
    assert(options.parties <= CONFERENCE_PARTIES_MAX, 'a conference fits one audit answer');
    this.#options = options;
    this.#conferencesMax = capacityOf(options.sessions, options.tls !== undefined);
    assert(this.#conferencesMax > 0, 'a bridge has room for a conference');
    this.#farm = new MediaFarm(options.workers ?? 1);
    this.#keeper = new RegistrationKeeper({
      open: (handlers) =>
        Registration.open(options, {
          conferencesMax: this.#conferencesMax,
          farm: this.#farm,
          handlers: { ...handlers, trouble: (text) => this.#tell({ type: 'trouble', text }) },
        }),
      registered: (version) => this.#onRegistered(version),
      lost: ({ conferencesEnded }, { reason, retryMs }) =>
        this.#tell({ type: 'lost', reason, conferencesEnded, retryMs }),
      failed: (failure) => this.#tell({ type: 'failed', ...failure }),
    });
    this.registered = this.#keeper.registered;
  }

  /** Registers, and registers again whenever the registration is lost, until `close`. */
  start(): void {
    this.#keeper.start();
  }

  async status(): Promise<BridgeStatus> {
    const { conferences, ticks } = await this.#farm.status();
    return {
      name: this.#options.name,
      registered: this.#keeper.isRegistered,
      secure: this.#options.tls !== undefined,
      conferencesMax: this.#conferencesMax,
      partiesMax: this.#options.parties,
      conferences,
      ignoredMessages: this.#keeper.current?.ignoredMessages ?? 0,
      ticks: {
        lateness: ticks.lateness.map((count, index) => ({
          underMs: LATENESS_BOUNDS_MS[index],
          ticks: count,
        })),
        skipped: ticks.skipped,
      },
    };
  }

  /** Unregisters and ends every conference, at once. Closing twice is harmless. */
  close(): void {
    this.#keeper.close();
    this.#farm.close();
  }

  #onRegistered(version: number): void {
    this.#tell({
      type: 'registered',
      version,
      conferencesMax: this.#conferencesMax,
      partiesMax: this.#options.parties,
    });
  }

  #tell(event: BridgeEvent): void {
    this.#options.onEvent?.(event);
  }
}
