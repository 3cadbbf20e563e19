/**
 * One connection to the call manager and all that depends on it: the session that says what to do, and
 * the streams. When the connection ends, so do the streams, at once: nobody could stop them any more.
 */
import { unreachable } from '@conclave/base';
import { dial, nowMs, type StreamConnection } from '@conclave/net';
import { type LinkEnd, type RegistrationHandlers, ResourceLink } from '@conclave/resource';
import {
  handleMusic,
  type LinkOutput,
  type MusicInput,
  type MusicOutput,
  type MusicSession,
  newMusicSession,
} from '@conclave/sccp';
import type { MusicServerOptions } from './music-server.ts';
import { MusicStreams } from './music-streams.ts';

/** Characters of an alarm on the wire; the last of its 80 bytes is a NUL. */
const ALARM_MAX = 79;

type MusicOnly = Exclude<MusicOutput, LinkOutput>;

export interface MusicHandlers extends RegistrationHandlers<RegistrationEnd> {
  /** Streams begin or end: the clock is needed, or not any more. */
  streamsChanged(count: number): void;
  /** One line about something that failed in the world. */
  trouble(text: string): void;
}

export interface RegistrationEnd extends LinkEnd {
  readonly streamsEnded: number;
}

export class Registration {
  readonly streams: MusicStreams;
  readonly #link: ResourceLink<MusicSession, MusicInput, MusicOnly>;
  readonly #handlers: MusicHandlers;
  #streamsEnded = 0;

  private constructor(
    connection: StreamConnection,
    streams: MusicStreams,
    given: { readonly options: MusicServerOptions; readonly handlers: MusicHandlers },
  ) {
    const { options, handlers } = given;
    const { name, streamsMax, protocolVersion } = options;
    const identity = { name, address: connection.localAddress, streamsMax, protocolVersion };
    this.#handlers = handlers;
    this.streams = streams;
    this.#link = new ResourceLink<MusicSession, MusicInput, MusicOnly>({
      connection,
      session: newMusicSession(identity, nowMs()),
      step: handleMusic,
      carryOut: (output) => this.#carryOut(output),
      registered: (version) => handlers.registered(version),
      ended: (end) => this.#onEnded(end),
      trouble: (text) => handlers.trouble(text),
    });
  }

  /**
   * Connects. Rejects with an Error that has a `code` when nobody answers, the call manager is not
   * trusted, or there is no socket for media.
   */
  static async open(
    options: MusicServerOptions,
    music: () => Int16Array,
    handlers: MusicHandlers,
  ): Promise<Registration> {
    const { host, port, tls, streamsMax } = options;
    const connection = await dial({ host, port, ...(tls && { tls }) });
    try {
      const address = connection.localAddress;
      const streams = await MusicStreams.open({ address, streamsMax, music });
      return new Registration(connection, streams, { options, handlers });
    } catch (error) {
      connection.destroy('no media socket');
      throw error;
    }
  }

  /** Begins to talk; called once. */
  start(): void {
    this.#link.start();
  }

  /** Lets an administrator know of something, once the call manager listens. */
  alarm(text: string): void {
    const plain = text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, ALARM_MAX);
    this.#link.handle({ type: 'alarm', text: plain });
  }

  /** Says goodbye and closes. */
  unregister(): void {
    this.#link.handle({ type: 'unregister' });
  }

  #carryOut(output: MusicOnly): void {
    switch (output.type) {
      case 'start-transmit':
        this.#link.handle(this.streams.start(output));
        break;
      case 'stop-transmit':
        this.streams.stop(output);
        break;
      case 'connection-statistics':
        this.#link.handle(this.streams.statistics(output));
        break;
      case 'end-streams':
        this.#streamsEnded += this.streams.stopAll();
        break;
      default:
        unreachable(output);
    }
    this.#handlers.streamsChanged(this.streams.count);
  }

  #onEnded(end: LinkEnd): void {
    this.streams.close();
    this.#handlers.streamsChanged(0);
    this.#handlers.ended({ ...end, streamsEnded: this.#streamsEnded });
  }
}
