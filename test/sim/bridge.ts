/** A bridge on the simulated network: the real device-side machine in front of a mixer without sound. */
import {
  AddParticipantResult,
  type BridgeAnswer,
  type BridgeCommand,
  type BridgeInput,
  type BridgeOutput,
  type BridgeSession,
  CreateConfResult,
  DeleteConfResult,
  deadlineOf,
  decodeMessage,
  encodeMessage,
  FrameReader,
  handleBridge,
  MediaStatus,
  ModifyConfResult,
  newBridgeSession,
} from '@conclave/sccp';
import type { SimClock, SimWire } from '@conclave/testkit';
import type { Media } from './media.ts';
import { textOf } from './phone.ts';

export interface SimBridgeOptions {
  readonly name: string;
  readonly address: string;
  readonly clock: SimClock;
  readonly media: Media;
  readonly dial: () => SimWire;
  /** How long a command takes. */
  readonly workMs: () => number;
  readonly trace: (text: string) => void;
}

const CONFERENCES_MAX = 2;
const PARTIES_MAX = 6;

export class SimBridge {
  readonly name: string;
  readonly conferences = new Map<number, Set<number>>();
  readonly #options: SimBridgeOptions;
  #session: BridgeSession;
  #wire: SimWire | undefined;
  #reader = new FrameReader();
  #timer: { set(deadlineMs: number | undefined): void };
  #busyUntilMs = 0;

  constructor(options: SimBridgeOptions) {
    this.#options = options;
    this.name = options.name;
    this.#session = this.#fresh();
    this.#timer = options.clock.timer(() => this.#handle({ type: 'clock' }));
  }

  get wire(): SimWire | undefined {
    return this.#wire;
  }

  connect(): void {
    if (this.#wire) return;
    const wire = this.#options.dial();
    this.#wire = wire;
    this.#reader = new FrameReader();
    this.#session = this.#fresh();
    wire.client.open({
      onData: (chunk) => {
        if (this.#wire === wire) this.#onData(chunk);
      },
      onClose: (reason) => {
        if (this.#wire !== wire) return;
        this.#handle({ type: 'disconnected' });
        this.#lost(reason);
      },
    });
    this.#handle({ type: 'connected' });
  }

  /** The process is killed: nothing is said, everything is gone. */
  die(): void {
    this.#wire?.client.destroy('killed');
    this.#lost('killed');
  }

  #fresh(): BridgeSession {
    const { name, address, clock } = this.#options;
    const limits = { conferencesMax: CONFERENCES_MAX, partiesMax: PARTIES_MAX };
    return newBridgeSession({ name, address, ...limits, protocolVersion: 17 }, clock.nowMs());
  }

  #onData(chunk: Uint8Array): void {
    const read = this.#reader.push(chunk);
    if (!read.ok) throw new Error(`${this.name} was sent a bad frame: ${read.error}`);
    for (const frame of read.value) {
      const { phase, version } = this.#session.client;
      const decoded = decodeMessage(frame, phase === 'registered' ? version : 0);
      if (!decoded.ok) throw new Error(`${this.name} was sent a bad message: ${decoded.error}`);
      this.#options.trace(`${this.name} < ${decoded.value.name}`);
      this.#handle({ type: 'message', message: decoded.value });
    }
  }

  #handle(input: BridgeInput): void {
    const step = handleBridge(this.#session, input, this.#options.clock.nowMs());
    this.#session = step.session;
    for (const output of step.outputs) this.#carryOut(output);
    this.#timer.set(deadlineOf(this.#session));
  }

  #carryOut(output: BridgeOutput): void {
    switch (output.type) {
      case 'send': {
        this.#options.trace(`${this.name} > ${output.name}`);
        const { version } = this.#session.client;
        this.#wire?.client.send(encodeMessage(output.name, output.body as never, version));
        return;
      }
      case 'close':
        this.#wire?.client.end(output.reason);
        return this.#lost(output.reason);
      case 'end-conferences':
        return this.#endConferences();
      case 'registered':
      case 'rejected':
        return;
      default:
        return this.#work(output);
    }
  }

  /** Commands are carried out one after the other, each when those before are done. */
  #work(command: BridgeCommand): void {
    const { clock, workMs } = this.#options;
    const wire = this.#wire;
    this.#busyUntilMs = Math.max(this.#busyUntilMs, clock.nowMs()) + workMs();
    clock.at(this.#busyUntilMs, () => {
      if (this.#wire !== wire || !wire) return;
      const answer = this.#do(command);
      if (answer) this.#handle(answer);
    });
  }

  #do(command: BridgeCommand): BridgeAnswer | undefined {
    switch (command.type) {
      case 'create-conference': {
        const { conferenceId } = command;
        const isFull = this.conferences.size >= CONFERENCES_MAX;
        const result = isFull ? CreateConfResult.ResourceNotAvailable : CreateConfResult.OK;
        if (!isFull) this.conferences.set(conferenceId, new Set());
        return { type: 'conference-created', conferenceId, result };
      }
      case 'modify-conference':
        return { ...command, type: 'conference-modified', result: ModifyConfResult.OK };
      case 'delete-conference': {
        const { conferenceId } = command;
        this.conferences.delete(conferenceId);
        this.#options.media.drop(
          ({ device, conference }) => device === this.name && conference === conferenceId,
        );
        return { type: 'conference-deleted', conferenceId, result: DeleteConfResult.OK };
      }
      case 'add-participant': {
        const { conferenceId, callReference } = command;
        const members = this.conferences.get(conferenceId);
        const isIn = members !== undefined && members.size < PARTIES_MAX;
        if (isIn) members.add(callReference);
        const result = isIn ? AddParticipantResult.OK : AddParticipantResult.ResourceNotAvailable;
        return { type: 'participant-added', conferenceId, callReference, result };
      }
      case 'drop-participant': {
        const { conferenceId, callReference } = command;
        this.conferences.get(conferenceId)?.delete(callReference);
        this.#options.media.drop(
          ({ device, conference, call }) =>
            device === this.name && conference === conferenceId && call === callReference,
        );
        return undefined;
      }
      case 'audit-participants': {
        const members = this.conferences.get(command.conferenceId);
        const callReferences = members && [...members];
        return {
          type: 'participants-audited',
          conferenceId: command.conferenceId,
          callReferences,
        };
      }
      case 'connection-statistics':
        return {
          ...command,
          ...NO_STATISTICS,
          type: 'statistics-taken',
        };
      case 'audit-conference':
      case 'change-participant':
      case 'announce':
        return undefined;
      default:
        return this.#channel(command);
    }
  }

  #channel(
    command: Extract<
      BridgeCommand,
      { type: 'open-receive' | 'start-transmit' | 'close-receive' | 'stop-transmit' }
    >,
  ): BridgeAnswer | undefined {
    const { media, address } = this.#options;
    const { conferenceId, callReference, passThroughPartyId } = command;
    const names = { conferenceId, callReference, passThroughPartyId };
    const isIn = this.conferences.get(conferenceId)?.has(callReference) === true;
    const status = isIn ? MediaStatus.Ok : MediaStatus.InvalidCallRef;
    const channel = {
      device: this.name,
      conference: conferenceId,
      call: callReference,
      party: passThroughPartyId,
    };
    switch (command.type) {
      case 'open-receive': {
        const port = isIn ? media.listen({ ...channel, key: textOf(command.key) }) : 0;
        return { type: 'receive-opened', ...names, status, address: isIn ? address : '', port };
      }
      case 'start-transmit':
        if (isIn) {
          media.send({ ...channel, key: textOf(command.key), remote: command.remote.port });
        }
        return { type: 'transmit-started', ...names, status, address, port: 1 };
      case 'close-receive':
        return void media.deafen(channel);
      case 'stop-transmit':
        return void media.silence(channel);
    }
  }

  #endConferences(): void {
    this.conferences.clear();
    this.#options.media.drop(({ device }) => device === this.name);
  }

  #lost(reason: string): void {
    if (!this.#wire) return;
    this.#options.trace(`${this.name} lost its call manager: ${reason}`);
    this.#wire = undefined;
    this.#timer.set(undefined);
    this.#endConferences();
  }
}

const NO_STATISTICS = {
  packetsSent: 0,
  octetsSent: 0,
  packetsReceived: 0,
  octetsReceived: 0,
  packetsLost: 0,
  jitterMs: 0,
};
