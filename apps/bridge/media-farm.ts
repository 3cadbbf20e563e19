/**
 * The media threads of a bridge as one plane. A conference lives on one thread, the one that had the
 * fewest participants when it began; places for conferences are shared out among the threads.
 */
import { unreachable } from '@conclave/base';
import type { Language } from '@conclave/resource';
import type { BridgeAnswer, BridgeCommand } from '@conclave/sccp';
import type { TickStatus } from './media-messages.ts';
import type { ConferenceStatus } from './media-plane.ts';
import { MediaThread, type ThreadHandlers } from './media-thread.ts';

export interface FarmLimits {
  readonly conferencesMax: number;
  /** Of one conference. */
  readonly partiesMax: number;
  /** Dotted address for media. */
  readonly address: string;
  /** Of announcements. */
  readonly language: Language;
}

interface Member {
  readonly thread: MediaThread;
  conferencesMax: number;
}

type Command<T extends BridgeCommand['type']> = Extract<BridgeCommand, { type: T }>;

export class MediaFarm {
  readonly #members: Member[] = [];
  readonly #homes = new Map<number, Member>();
  #handlers: ThreadHandlers | undefined;

  /** Starts the threads, which have nothing to do yet. */
  constructor(threadCount: number) {
    const handlers: ThreadHandlers = {
      failures: (failures) => this.#handlers?.failures(failures),
      digit: (press) => this.#handlers?.digit(press),
      trouble: (text) => this.#handlers?.trouble(text),
    };
    for (let index = 0; index < threadCount; index += 1) {
      this.#members.push({ thread: new MediaThread(handlers), conferencesMax: 0 });
    }
  }

  /** Works for a registration from now on, which is told what happens. */
  begin(limits: FarmLimits, handlers: ThreadHandlers): void {
    this.#handlers = handlers;
    const { conferencesMax } = limits;
    for (const [index, member] of this.#members.entries()) {
      const share = Math.floor((conferencesMax + index) / this.#members.length);
      member.conferencesMax = share;
      member.thread.begin({ ...limits, conferencesMax: share });
    }
  }

  /** Ends every conference and tells how many there were. */
  end(): number {
    this.#handlers = undefined;
    const count = this.#homes.size;
    this.#homes.clear();
    for (const { thread } of this.#members) thread.end();
    return count;
  }

  /** Ends the threads. Closing twice is harmless. */
  close(): void {
    this.end();
    for (const { thread } of this.#members.splice(0)) thread.close();
  }

  async status(): Promise<{
    readonly conferences: readonly ConferenceStatus[];
    readonly ticks: TickStatus;
  }> {
    const all = await Promise.all(this.#members.map(({ thread }) => thread.status()));
    const lateness: number[] = [];
    for (const { ticks } of all) {
      for (const [index, count] of ticks.lateness.entries()) {
        lateness[index] = (lateness[index] ?? 0) + count;
      }
    }
    return {
      conferences: all.flatMap(({ conferences }) => conferences),
      ticks: { lateness, skipped: all.reduce((sum, { ticks }) => sum + ticks.skipped, 0) },
    };
  }

  /**
   * Resolves with the answer when all of it is done. Rejects when that cannot be said. A key in the
   * command is wiped when this returns.
   */
  carryOut(command: BridgeCommand): Promise<BridgeAnswer | undefined> {
    switch (command.type) {
      case 'create-conference':
        return this.#create(command);
      case 'delete-conference':
        return this.#delete(command);
      case 'audit-conference':
        return this.#audit(command);
      case 'connection-statistics':
        return this.#statistics(command);
      case 'announce':
      case 'modify-conference':
      case 'audit-participants':
      case 'add-participant':
      case 'change-participant':
      case 'drop-participant':
      case 'open-receive':
      case 'start-transmit':
      case 'close-receive':
      case 'stop-transmit':
        return this.#home(command.conferenceId).thread.carryOut(command);
      default:
        return unreachable(command);
    }
  }

  async #create(command: Command<'create-conference'>): Promise<BridgeAnswer | undefined> {
    const { conferenceId } = command;
    const home = this.#homes.get(conferenceId) ?? this.#emptiest();
    const before = home.thread.conferenceCount;
    const answer = await home.thread.carryOut(command);
    if (home.thread.conferenceCount > before) this.#homes.set(conferenceId, home);
    return answer;
  }

  async #delete(command: Command<'delete-conference'>): Promise<BridgeAnswer | undefined> {
    const answer = await this.#home(command.conferenceId).thread.carryOut(command);
    this.#homes.delete(command.conferenceId);
    return answer;
  }

  async #audit(command: Command<'audit-conference'>): Promise<BridgeAnswer | undefined> {
    const answers = await this.#askAll(command, 'conferences-audited');
    return {
      type: 'conferences-audited',
      conferences: answers.flatMap(({ conferences }) => conferences),
    };
  }

  /** A call that left one thread and is on another counts on both. */
  async #statistics(command: Command<'connection-statistics'>): Promise<BridgeAnswer | undefined> {
    const answers = await this.#askAll(command, 'statistics-taken');
    return answers.reduce(sumOf);
  }

  async #askAll<T extends BridgeAnswer['type']>(
    command: BridgeCommand,
    type: T,
  ): Promise<readonly Extract<BridgeAnswer, { type: T }>[]> {
    const answers = await Promise.all(this.#members.map(({ thread }) => thread.carryOut(command)));
    return answers.filter(
      (answer): answer is Extract<BridgeAnswer, { type: T }> => answer?.type === type,
    );
  }

  /** Any thread says of a conference that is nowhere that it is not there. */
  #home(conferenceId: number): Member {
    return this.#homes.get(conferenceId) ?? this.#emptiest();
  }

  /** When all places are taken it is any, which says so. */
  #emptiest(): Member {
    const free = this.#members.filter(
      ({ thread, conferencesMax }) => thread.conferenceCount < conferencesMax,
    );
    const [first, ...others] = free.length > 0 ? free : this.#members;
    if (!first) throw new Error('the bridge is closed');
    return others.reduce((least, each) => (loadOf(each) < loadOf(least) ? each : least), first);
  }
}

/** Conferences that have no participants yet will have some. */
function loadOf({ thread }: Member): number {
  return thread.legCount + thread.conferenceCount;
}

type Statistics = Extract<BridgeAnswer, { type: 'statistics-taken' }>;

function sumOf(one: Statistics, other: Statistics): Statistics {
  return {
    ...one,
    packetsSent: one.packetsSent + other.packetsSent,
    octetsSent: one.octetsSent + other.octetsSent,
    packetsReceived: one.packetsReceived + other.packetsReceived,
    octetsReceived: one.octetsReceived + other.octetsReceived,
    packetsLost: one.packetsLost + other.packetsLost,
    jitterMs: Math.max(one.jitterMs, other.jitterMs),
  };
}
