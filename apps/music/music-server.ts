/** The music-on-hold server: keeps itself registered to a call manager and plays to whom it is told. */
import { SAMPLE_RATE_HZ } from '@conclave/audio';
import { MediaClock } from '@conclave/net';
import { type Failure, RegistrationKeeper, type Station } from '@conclave/resource';
import { MusicFile } from './music-file.ts';
import type { StreamStatus } from './music-streams.ts';
import { Registration, type RegistrationEnd } from './registration.ts';

export interface MusicServerOptions extends Station {
  /** Streams at one time. */
  readonly streamsMax: number;
  /** WAV file to play; made where there is none. */
  readonly file: string;
  readonly onEvent?: (event: MusicEvent) => void;
}

export type MusicEvent =
  | { readonly type: 'registered'; readonly version: number; readonly streamsMax: number }
  /** The registration is gone, and all streams with it. */
  | {
      readonly type: 'lost';
      readonly reason: string;
      readonly streamsEnded: number;
      readonly retryMs: number;
    }
  /** An attempt to register failed. */
  | ({ readonly type: 'failed' } & Failure)
  /** The file is what is played from now on. */
  | { readonly type: 'playing'; readonly file: string; readonly seconds: number }
  /** Something else failed in the world; the music goes on. */
  | { readonly type: 'trouble'; readonly text: string };

export interface MusicStatus {
  readonly name: string;
  readonly registered: boolean;
  readonly secure: boolean;
  readonly streamsMax: number;
  readonly streams: readonly StreamStatus[];
}

/** Starts a server. Resolves when it is registered for the first time, however long that takes. */
export async function startMusicServer(options: MusicServerOptions): Promise<MusicServer> {
  const server = new MusicServer(options);
  await server.start();
  await server.registered;
  return server;
}

export class MusicServer {
  /** The first registration; rejects when the server is closed before. */
  readonly registered: Promise<void>;
  readonly #options: MusicServerOptions;
  readonly #keeper: RegistrationKeeper<Registration, RegistrationEnd>;
  readonly #clock: MediaClock;
  readonly #file: MusicFile;
  /** What is wrong with the file, until it is right again. */
  #complaint: string | undefined;

  /** Does nothing yet. */
  constructor(options: MusicServerOptions) {
    this.#options = options;
    this.#clock = new MediaClock(() => this.#keeper.current?.streams.tick());
    this.#file = new MusicFile(options.file, {
      changed: () => this.#onChanged(),
      unusable: (complaint) => this.#onUnusable(complaint),
    });
    this.#keeper = new RegistrationKeeper({
      open: async (handlers) => {
        const registration = await Registration.open(options, () => this.#file.samples, {
          ...handlers,
          streamsChanged: (count) => (count > 0 ? this.#clock.start() : this.#clock.stop()),
          trouble: (text) => this.#tell({ type: 'trouble', text }),
        });
        if (this.#complaint !== undefined) registration.alarm(this.#complaint);
        return registration;
      },
      registered: (version) =>
        this.#tell({ type: 'registered', version, streamsMax: options.streamsMax }),
      lost: ({ streamsEnded }, { reason, retryMs }) =>
        this.#tell({ type: 'lost', reason, streamsEnded, retryMs }),
      failed: (failure) => this.#tell({ type: 'failed', ...failure }),
    });
    this.registered = this.#keeper.registered;
  }

  /** Reads the file; registers, and registers again whenever that is lost, until `close`. */
  async start(): Promise<void> {
    await this.#file.open();
    this.#file.watch();
    this.#keeper.start();
  }

  status(): MusicStatus {
    return {
      name: this.#options.name,
      registered: this.#keeper.isRegistered,
      secure: this.#options.tls !== undefined,
      streamsMax: this.#options.streamsMax,
      streams: this.#keeper.current?.streams.status() ?? [],
    };
  }

  /** Unregisters and ends every stream, at once. Closing twice is harmless. */
  close(): void {
    this.#file.close();
    this.#keeper.close();
    this.#clock.stop();
  }

  #onChanged(): void {
    this.#complaint = undefined;
    const seconds = this.#file.samples.length / SAMPLE_RATE_HZ;
    this.#tell({ type: 'playing', file: this.#options.file, seconds });
  }

  #onUnusable(complaint: string): void {
    this.#complaint = complaint;
    this.#tell({ type: 'trouble', text: complaint });
    this.#keeper.current?.alarm(complaint);
  }

  #tell(event: MusicEvent): void {
    this.#options.onEvent?.(event);
  }
}
