/**
 * All conferences of one registration. Carries out what the call manager asks, one command after the
 * other, and says what came of it: the answers are read off the mixer and never off a plan.
 *
 * Keys: what the call manager sent is wiped as soon as a channel has derived its own from it.
 *
 * Bounds: as many conferences and parties as were registered; past them the answer is that there is
 * no resource.
 */
import { isIPv6 } from 'node:net';
import { unreachable } from '@conclave/base';
import { MEDIA_GROUPS, type MediaIo } from '@conclave/media-io';
import type { Clips } from '@conclave/resource';
import {
  AddParticipantResult,
  type BridgeAnswer,
  type BridgeCommand,
  type ChannelOutcome,
  type ChannelReference,
  CreateConfResult,
  DeleteConfResult,
  MediaStatus,
  ModifyConfResult,
  type ParticipantReference,
  type StreamKey,
} from '@conclave/sccp';
import { Conference } from './conference.ts';
import { ControlChannel } from './control-channel.ts';
import { addStatistics, type LegStatistics, NO_STATISTICS } from './leg-statistics.ts';
import { ParticipantLeg, type StreamKind } from './participant-leg.ts';

/** Legs whose totals are kept after they left: call managers ask when a call is over. */
const ENDED_LEGS_MAX = 1024;

export interface MediaPlaneOptions {
  readonly conferencesMax: number;
  /** Of one conference. */
  readonly partiesMax: number;
  /** Dotted address for media. */
  readonly address: string;
  /** How media goes; it outlives the plane. */
  readonly io: MediaIo;
  /** What can be said. */
  readonly clips: Clips;
  /** A participant has pressed a key. */
  readonly onDigit: (press: Press) => void;
  /** The world fails: a socket cannot be bound. One line for the operator. */
  readonly onTrouble: (text: string) => void;
}

export interface LegStatus extends LegStatistics {
  readonly callReference: number;
  readonly name: string;
  readonly port: number;
  readonly receives: StreamKind;
  readonly transmits: StreamKind;
  /** Of what it sends, as in `a=rtpmap`; empty while nothing is received. */
  readonly codec: string;
}

export interface ConferenceStatus {
  readonly conferenceId: number;
  readonly reserved: number;
  /** Of its mixer: 16 kHz while there is a wide voice. */
  readonly mixerRateHz: number;
  readonly legs: readonly LegStatus[];
}

/** A key that was pressed on a leg. */
export interface Press {
  readonly conferenceId: number;
  readonly passThroughPartyId: number;
  readonly digit: string;
}

/** How many packets of a leg should have authenticated and did not. */
export interface LegFailures extends ParticipantReference {
  readonly packets: number;
}

type ChannelCommand = Extract<
  BridgeCommand,
  { type: 'open-receive' | 'start-transmit' | 'close-receive' | 'stop-transmit' }
>;

export class MediaPlane {
  readonly #options: MediaPlaneOptions;
  readonly #io: MediaIo;
  readonly #conferences = new Map<number, Conference>();
  /** The conferences by the group of their sockets. */
  readonly #groups = Array.from({ length: MEDIA_GROUPS }, () => new Set<Conference>());
  readonly #ended = new Map<number, LegStatistics>();
  #closed = false;

  constructor(options: MediaPlaneOptions) {
    this.#options = options;
    this.#io = options.io;
  }

  get conferenceCount(): number {
    return this.#conferences.size;
  }

  get legCount(): number {
    return this.#conferences.values().reduce((sum, { legs }) => sum + legs.size, 0);
  }

  /** Resolves with the answer when all of it is done; undefined for commands that have none. */
  async carryOut(command: BridgeCommand): Promise<BridgeAnswer | undefined> {
    switch (command.type) {
      case 'create-conference':
        return this.#create(command);
      case 'modify-conference':
        return this.#modify(command);
      case 'delete-conference':
        return this.#delete(command.conferenceId);
      case 'add-participant':
        return await this.#add(command);
      case 'change-participant': {
        const leg = this.#leg(command);
        if (leg) leg.texts = { name: command.name, number: command.number };
        return undefined;
      }
      case 'drop-participant':
        this.#drop(command);
        return undefined;
      case 'audit-conference':
        return this.#auditConferences();
      case 'audit-participants':
        return this.#auditParticipants(command.conferenceId);
      case 'connection-statistics':
        return this.#statistics(command);
      case 'announce':
        this.#announce(command);
        return undefined;
      default: {
        const answer = this.#channel(command);
        this.#conferences.get(command.conferenceId)?.settle();
        return answer;
      }
    }
  }

  /** One frame of every conference. */
  tick(): void {
    for (let group = 0; group < MEDIA_GROUPS; group += 1) {
      this.#io.receive(group);
      for (const conference of this.#groups[group] ?? []) conference.tick();
      this.#io.flush();
    }
  }

  /** Every leg that has some. */
  failures(): readonly LegFailures[] {
    const failures: LegFailures[] = [];
    for (const { id: conferenceId, legs } of this.#conferences.values()) {
      for (const leg of legs.values()) {
        const { unauthenticated, clear } = leg.statistics();
        const packets = unauthenticated + clear;
        if (packets > 0) failures.push({ conferenceId, callReference: leg.callReference, packets });
      }
    }
    return failures;
  }

  status(): readonly ConferenceStatus[] {
    return [...this.#conferences.values()].map(({ id, reserved, mixerRateHz, legs }) => ({
      conferenceId: id,
      reserved,
      mixerRateHz,
      legs: [...legs.values()].map(statusOf),
    }));
  }

  /** Ends every conference and tells how many; from now on nothing begins. */
  close(): number {
    this.#closed = true;
    const count = this.#conferences.size;
    for (const conference of this.#conferences.values()) conference.close();
    this.#conferences.clear();
    for (const group of this.#groups) group.clear();
    this.#ended.clear();
    return count;
  }

  #create(command: Extract<BridgeCommand, { type: 'create-conference' }>): BridgeAnswer {
    const { conferenceId, reservedParticipants } = command;
    const { conferencesMax, partiesMax } = this.#options;
    const type = 'conference-created';
    if (this.#conferences.has(conferenceId)) {
      return { type, conferenceId, result: CreateConfResult.ConferenceAlreadyExist };
    }
    if (this.#closed || this.#conferences.size >= conferencesMax) {
      return { type, conferenceId, result: CreateConfResult.ResourceNotAvailable };
    }
    // Who asks for more places than there are was told at registration how many there are.
    const reserved = Math.min(reservedParticipants, partiesMax);
    const conference = new Conference(conferenceId, reserved, this.#smallestGroup());
    this.#conferences.set(conferenceId, conference);
    this.#groups[conference.group]?.add(conference);
    return { type, conferenceId, result: CreateConfResult.OK };
  }

  #smallestGroup(): number {
    const sizes = this.#groups.map(({ size }) => size);
    return sizes.indexOf(Math.min(...sizes));
  }

  #modify(command: Extract<BridgeCommand, { type: 'modify-conference' }>): BridgeAnswer {
    const { conferenceId, reservedParticipants } = command;
    const conference = this.#conferences.get(conferenceId);
    const type = 'conference-modified';
    if (!conference) return { type, conferenceId, result: ModifyConfResult.ConferenceNotExist };
    if (reservedParticipants > this.#options.partiesMax) {
      return { type, conferenceId, result: ModifyConfResult.ResourceNotAvailable };
    }
    if (reservedParticipants < conference.legs.size) {
      return { type, conferenceId, result: ModifyConfResult.MoreActiveCallsThanReserved };
    }
    conference.reserved = reservedParticipants;
    return { type, conferenceId, result: ModifyConfResult.OK };
  }

  #delete(conferenceId: number): BridgeAnswer {
    const conference = this.#conferences.get(conferenceId);
    const type = 'conference-deleted';
    if (!conference) return { type, conferenceId, result: DeleteConfResult.ConferenceNotExist };
    for (const callReference of conference.callReferences) {
      this.#drop({ conferenceId, callReference });
    }
    this.#conferences.delete(conferenceId);
    this.#groups[conference.group]?.delete(conference);
    return { type, conferenceId, result: DeleteConfResult.OK };
  }

  async #add(command: Extract<BridgeCommand, { type: 'add-participant' }>): Promise<BridgeAnswer> {
    const { conferenceId, callReference, name, number } = command;
    const conference = this.#conferences.get(conferenceId);
    const answer = { type: 'participant-added', conferenceId, callReference } as const;
    const refusal = this.#refusalOf(conference, callReference);
    if (!conference || refusal !== undefined) {
      return { ...answer, result: refusal ?? AddParticipantResult.ConferenceNotExist };
    }
    try {
      const texts = { name, number };
      const leg = await ParticipantLeg.open(callReference, texts, {
        io: this.#io,
        group: conference.group,
        host: this.#options.address,
        openControl: ControlChannel.open,
        onDigit: (passThroughPartyId, digit) =>
          this.#options.onDigit({ conferenceId, passThroughPartyId, digit }),
      });
      if (this.#closed) {
        leg.close();
        return { ...answer, result: AddParticipantResult.ConferenceNotExist };
      }
      conference.add(leg);
      return { ...answer, result: AddParticipantResult.OK };
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      this.#options.onTrouble(`no media socket on ${this.#options.address}: ${message}`);
      return { ...answer, result: AddParticipantResult.ResourceNotAvailable };
    }
  }

  #refusalOf(
    conference: Conference | undefined,
    callReference: number,
  ): AddParticipantResult | undefined {
    if (!conference) return AddParticipantResult.ConferenceNotExist;
    if (conference.legs.has(callReference)) return AddParticipantResult.DuplicateCallRef;
    return conference.legs.size >= this.#options.partiesMax
      ? AddParticipantResult.ResourceNotAvailable
      : undefined;
  }

  #drop({ conferenceId, callReference }: ParticipantReference): void {
    const leg = this.#conferences.get(conferenceId)?.drop(callReference);
    if (!leg) return;
    // The latest last, so that the oldest is forgotten first.
    this.#ended.delete(callReference);
    this.#ended.set(callReference, leg.statistics());
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= ENDED_LEGS_MAX) break;
      this.#ended.delete(oldest);
    }
  }

  #auditConferences(): BridgeAnswer {
    return {
      type: 'conferences-audited',
      conferences: [...this.#conferences.values()].map(({ id, reserved, legs }) => ({
        conferenceId: id,
        reservedParticipants: reserved,
        activeParticipants: legs.size,
      })),
    };
  }

  #auditParticipants(conferenceId: number): BridgeAnswer {
    const callReferences = this.#conferences.get(conferenceId)?.callReferences;
    return { type: 'participants-audited', conferenceId, callReferences };
  }

  /** Of the legs of this call that are there, or of the one that was. */
  #statistics(command: Extract<BridgeCommand, { type: 'connection-statistics' }>): BridgeAnswer {
    const { callReference, directoryNumber, processingMode } = command;
    let found: LegStatistics | undefined;
    for (const { legs } of this.#conferences.values()) {
      const leg = legs.get(callReference);
      if (!leg) continue;
      const latest = leg.statistics();
      const { roundTripMs } = latest;
      found = { ...addStatistics(found ?? NO_STATISTICS, latest), roundTripMs };
    }
    const statistics = found ?? this.#ended.get(callReference) ?? NO_STATISTICS;
    const { packetsSent, octetsSent, packetsReceived, octetsReceived } = statistics;
    const { packetsLost, jitterMs, roundTripMs } = statistics;
    return {
      type: 'statistics-taken',
      callReference,
      directoryNumber,
      processingMode,
      packetsSent,
      octetsSent,
      packetsReceived,
      octetsReceived,
      packetsLost,
      jitterMs,
      latencyMs: Math.round(roundTripMs / 2),
    };
  }

  #announce({
    conferenceId,
    callReferences,
    announcements,
  }: Extract<BridgeCommand, { type: 'announce' }>): void {
    const clips = announcements.flatMap((name) => this.#options.clips.get(name) ?? []);
    // Nobody hears of a level that is over.
    const instead = announcements.some((name) => name.startsWith('level-'));
    for (const callReference of callReferences) {
      const leg = this.#leg({ conferenceId, callReference });
      leg?.announcements.play(clips, instead);
    }
  }

  #channel(command: ChannelCommand): BridgeAnswer | undefined {
    const leg = this.#leg(command);
    switch (command.type) {
      case 'open-receive':
        leg?.openReceive(command.passThroughPartyId, command, command.source);
        wipe(command.key);
        return { type: 'receive-opened', ...this.#outcomeOf(command, leg) };
      case 'start-transmit':
        return this.#startTransmit(command, leg);
      case 'close-receive':
        leg?.closeReceive(command.passThroughPartyId);
        return undefined;
      case 'stop-transmit':
        leg?.stopTransmit(command.passThroughPartyId);
        return undefined;
      default:
        return unreachable(command);
    }
  }

  #startTransmit(
    command: Extract<BridgeCommand, { type: 'start-transmit' }>,
    leg: ParticipantLeg | undefined,
  ): BridgeAnswer {
    const { passThroughPartyId, remote, key } = command;
    const outcome = this.#outcomeOf(command, leg);
    const isReachable = isIPv6(remote.address) === isIPv6(this.#options.address);
    if (isReachable) leg?.startTransmit(passThroughPartyId, command, remote);
    wipe(key);
    const status = isReachable ? outcome.status : MediaStatus.RequestedIpAddrTypeUnAvailable;
    return { type: 'transmit-started', ...outcome, status };
  }

  #outcomeOf(channel: ChannelReference, leg: ParticipantLeg | undefined): ChannelOutcome {
    const { conferenceId, callReference, passThroughPartyId } = channel;
    return {
      conferenceId,
      callReference,
      passThroughPartyId,
      status: leg ? MediaStatus.Ok : MediaStatus.InvalidCallRef,
      address: leg ? this.#options.address : '',
      port: leg?.port ?? 0,
    };
  }

  #leg({ conferenceId, callReference }: ParticipantReference): ParticipantLeg | undefined {
    return this.#conferences.get(conferenceId)?.legs.get(callReference);
  }
}

function statusOf(leg: ParticipantLeg): LegStatus {
  return {
    callReference: leg.callReference,
    name: leg.texts.name,
    port: leg.port,
    receives: leg.receives,
    transmits: leg.transmits,
    codec: leg.codecName,
    ...leg.statistics(),
  };
}

function wipe(key: StreamKey | undefined): void {
  key?.key.fill(0);
  key?.salt.fill(0);
}
