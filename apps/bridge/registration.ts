/**
 * One connection to the call manager and all that depends on it: the session that says what to do,
 * and the conferences. When the connection ends, so do the conferences, at once: nobody would be left
 * to tell the truth about them.
 *
 * Commands are carried out strictly in the order in which they came, each only after the one before
 * is done. So an audit that was asked after a drop shows the conference after the drop.
 */
import { dial, nowMs, type StreamConnection } from '@conclave/net';
import { type LinkEnd, type RegistrationHandlers, ResourceLink } from '@conclave/resource';
import {
  type BridgeCommand,
  type BridgeInput,
  type BridgeOutput,
  type BridgeSession,
  handleBridge,
  type LinkOutput,
  newBridgeSession,
} from '@conclave/sccp';
import type { BridgeOptions } from './bridge.ts';
import type { MediaFarm } from './media-farm.ts';
import type { LegFailures } from './media-plane.ts';

/** Commands that may wait: the call manager sets up the largest conference at once and some. */
const WAITING_COMMANDS_MAX = 4096;

type BridgeOnly = Exclude<BridgeOutput, LinkOutput>;

export interface BridgeHandlers extends RegistrationHandlers<RegistrationEnd> {
  /** One line about something that failed in the world. */
  trouble(text: string): void;
}

export interface RegistrationEnd extends LinkEnd {
  readonly conferencesEnded: number;
}

export interface RegistrationOptions {
  readonly conferencesMax: number;
  /** Works for this registration from now on. */
  readonly farm: MediaFarm;
  readonly handlers: BridgeHandlers;
}

export class Registration {
  readonly #farm: MediaFarm;
  readonly #onEnd: (end: RegistrationEnd) => void;
  readonly #link: ResourceLink<BridgeSession, BridgeInput, BridgeOnly>;
  /** The last command that was begun, and with it all before. */
  #work: Promise<void> = Promise.resolve();
  #waiting = 0;
  #conferencesEnded = 0;

  private constructor(
    connection: StreamConnection,
    options: BridgeOptions,
    { conferencesMax, farm, handlers }: RegistrationOptions,
  ) {
    const { name, parties: partiesMax, protocolVersion, mediaAddress, language = 'en' } = options;
    const address = connection.localAddress;
    this.#farm = farm;
    this.#onEnd = (end) => handlers.ended(end);
    const { wideband = true } = options;
    const identity = { name, address, conferencesMax, partiesMax, protocolVersion, wideband };
    this.#link = new ResourceLink<BridgeSession, BridgeInput, BridgeOnly>({
      connection,
      session: newBridgeSession(identity, nowMs()),
      step: handleBridge,
      carryOut: (output) => this.#carryOut(output),
      registered: (version) => handlers.registered(version),
      ended: (end) => this.#onEnded(end),
      trouble: (text) => handlers.trouble(text),
    });
    farm.begin(
      { conferencesMax, partiesMax, address: mediaAddress ?? address, language },
      {
        failures: (failures) => this.#report(failures),
        digit: (press) => this.#link.handle({ type: 'digit', ...press }),
        trouble: (text) => handlers.trouble(text),
      },
    );
  }

  /**
   * Connects. Rejects with an Error that has a `code` when nobody answers or the call manager is not
   * trusted.
   */
  static async open(options: BridgeOptions, limits: RegistrationOptions): Promise<Registration> {
    const { host, port, tls } = options;
    const connection = await dial({ host, port, ...(tls && { tls }) });
    return new Registration(connection, options, limits);
  }

  /** Begins to talk; called once. */
  start(): void {
    this.#link.start();
  }

  /** Messages that the bridge had no use for or could not read. */
  get ignoredMessages(): number {
    return this.#link.ignoredMessages;
  }

  /** Says goodbye and closes. */
  unregister(): void {
    this.#link.handle({ type: 'unregister' });
  }

  #carryOut(output: BridgeOnly): void {
    if (output.type === 'end-conferences') this.#endConferences();
    else this.#enqueue(output);
  }

  #enqueue(command: BridgeCommand): void {
    if (this.#waiting >= WAITING_COMMANDS_MAX) {
      return this.#link.close('the call manager asks for more than can be done');
    }
    this.#waiting += 1;
    this.#work = this.#work.then(() => this.#perform(command));
  }

  async #perform(command: BridgeCommand): Promise<void> {
    this.#waiting -= 1;
    if (this.#link.hasEnded) return;
    try {
      const answer = await this.#farm.carryOut(command);
      if (this.#link.hasEnded) return;
      if (answer) this.#link.handle(answer);
    } catch (error) {
      // Our own mistake. Rather no conference than one that may not be what we say it is.
      if (this.#link.hasEnded) return;
      this.#link.close(`internal error: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  /** Lets the call manager know of legs whose packets fail; as often as one likes. */
  #report(failures: readonly LegFailures[]): void {
    for (const each of failures) this.#link.handle({ type: 'authentication-failures', ...each });
  }

  #endConferences(): void {
    this.#conferencesEnded += this.#farm.end();
  }

  #onEnded(end: LinkEnd): void {
    this.#endConferences();
    this.#onEnd({ ...end, conferencesEnded: this.#conferencesEnded });
  }
}
