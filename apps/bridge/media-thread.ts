/** A media thread as the bridge sees it: commands go in, answers come out. */
import { Worker } from 'node:worker_threads';
import type { BridgeAnswer, BridgeCommand } from '@conclave/sccp';
import type { FarmLimits } from './media-farm.ts';
import type { FromThread, ThreadStatus, ToThread } from './media-messages.ts';
import type { LegFailures, Press } from './media-plane.ts';

export interface ThreadHandlers {
  failures(failures: readonly LegFailures[]): void;
  /** A participant has pressed a key. */
  digit(press: Press): void;
  /** One line for the operator. */
  trouble(text: string): void;
}

type Question = Extract<ToThread, { id: number }> & { readonly transfer?: readonly ArrayBuffer[] };

type Waiting = PromiseWithResolvers<BridgeAnswer | ThreadStatus | undefined>;

export class MediaThread {
  /** By the latest answer. */
  conferenceCount = 0;
  legCount = 0;
  readonly #worker: Worker;
  readonly #handlers: ThreadHandlers;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;

  constructor(handlers: ThreadHandlers) {
    this.#handlers = handlers;
    // A thread that dies takes the process with it: its conferences are silent, and whoever supervises
    // us starts us anew. What Node was told on its command line is for the main thread.
    this.#worker = new Worker(new URL('./media-worker.ts', import.meta.url), { execArgv: [] });
    this.#worker.on('message', (message: FromThread) => this.#onMessage(message));
  }

  begin(limits: FarmLimits): void {
    this.#tell({ type: 'begin', ...limits });
  }

  /** All conferences, now. What was asked and not answered never is. */
  end(): void {
    this.conferenceCount = 0;
    this.legCount = 0;
    this.#reject('the conferences have ended');
    this.#tell({ type: 'end' });
  }

  /** A key in the command is wiped when this returns. Rejects for a mistake of ours, and when `end` comes. */
  async carryOut(command: BridgeCommand): Promise<BridgeAnswer | undefined> {
    const id = this.#nextId();
    return (await this.#ask({ type: 'carry-out', id, ...handedOver(command) })) as
      | BridgeAnswer
      | undefined;
  }

  async status(): Promise<ThreadStatus> {
    return (await this.#ask({ type: 'tell-status', id: this.#nextId() })) as ThreadStatus;
  }

  /** Ends the thread. */
  close(): void {
    this.end();
    this.#worker.removeAllListeners();
    void this.#worker.terminate();
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  async #ask({ transfer, ...message }: Question): Promise<unknown> {
    const waiting: Waiting = Promise.withResolvers();
    this.#waiting.set(message.id, waiting);
    this.#tell(message, transfer);
    return await waiting.promise;
  }

  #tell(message: ToThread, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #onMessage(message: FromThread): void {
    switch (message.type) {
      case 'carried-out':
        this.conferenceCount = message.conferenceCount;
        this.legCount = message.legCount;
        this.#take(message.id)?.resolve(message.answer);
        return;
      case 'status':
        this.#take(message.id)?.resolve(message.status);
        return;
      case 'failed':
        this.#take(message.id)?.reject(new Error(message.reason));
        return;
      case 'failures':
        return this.#handlers.failures(message.failures);
      case 'digit':
        return this.#handlers.digit(message.press);
      case 'trouble':
        return this.#handlers.trouble(message.text);
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #reject(reason: string): void {
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { promise, reject } of waiting) {
      promise.catch(() => {});
      reject(new Error(reason));
    }
  }
}

/**
 * The command with a key of its own, which moves to the thread and is wiped there; the one that came is
 * wiped here. So no copy is left on the way.
 */
function handedOver(command: BridgeCommand): {
  readonly command: BridgeCommand;
  readonly transfer: readonly ArrayBuffer[];
} {
  if (!('key' in command) || !command.key) return { command, transfer: [] };
  const [key, salt] = [new Uint8Array(command.key.key), new Uint8Array(command.key.salt)];
  command.key.key.fill(0);
  command.key.salt.fill(0);
  return {
    command: { ...command, key: { ...command.key, key, salt } },
    transfer: [key.buffer, salt.buffer],
  };
}
