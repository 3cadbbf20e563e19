/**
 * Captures of what devices and we say to each other, into sealed files (CAP-01 ... CAP-04, D-23).
 *
 * Fail-safe: the rules are told first, so that every party is shown nonsecure before anything is kept, and
 * told of the end only when nothing is kept any more. Calls never wait for the disk.
 */

import type { Event } from '@conclave/core';
import type { Clock, Timer } from '@conclave/net';
import type { AnyMessage } from '@conclave/sccp';
import type { Alarm } from '@conclave/telemetry';
import type { RegisteredDevice } from '../station-hub.ts';
import { pcapngHead, pcapngPacket } from './pcapng.ts';
import type { SealedFiles } from './sealed-files.ts';
import {
  type Conversation,
  type Direction,
  signallingFrame,
  type ToldKey,
} from './signalling-frame.ts';

/** What waits for the disk; past it packets are left out and counted. */
const WAITING_MAX_BYTES = 1 << 20;

/** A chunk of a file holds what came within so long. */
const FLUSH_MS = 1_000;

const MINUTE_MS = 60_000;
const FIRST_PORT = 49_152;
const PORTS = 16_384;

export interface CaptureOptions {
  readonly clock: Clock;
  readonly files: SealedFiles;
  /** Tells the rules, which tell the phones before it returns. */
  readonly happen: (event: Event) => void;
  readonly raise: (alarm: Alarm) => void;
  /** Whether the rules know of a capture of it. */
  readonly isTold: (device: string) => boolean;
  /** The service parameter. */
  readonly isEnabled: () => boolean;
  /** Why it cannot be captured; undefined: it can. */
  readonly faultOf: (device: string) => string | undefined;
  readonly maximumFileBytes: () => number;
}

export interface RunningCapture {
  readonly device: string;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly packets: number;
  /** Left out: the disk was too slow, or nobody can read them. */
  readonly dropped: number;
}

interface Capture {
  readonly device: string;
  readonly startedMs: number;
  readonly endsMs: number;
  readonly conversation: Conversation;
  packets: number;
  dropped: number;
}

export class PacketCaptures {
  readonly #options: CaptureOptions;
  readonly #running = new Map<string, Capture>();
  /** What the rules were told of by us, and not by an operator. */
  readonly #told = new Set<string>();
  readonly #ends: Timer;
  readonly #flushes: Timer;
  #started = 0;
  #packets: Uint8Array[] = [];
  #keys: Uint8Array[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> = Promise.resolve();

  constructor(options: CaptureOptions) {
    this.#options = options;
    this.#ends = options.clock.timer(() => this.#endDue());
    this.#flushes = options.clock.timer(() => this.#flush());
  }

  /** What is wrong with the wish; undefined: it runs. */
  start(device: string, minutes: number): string | undefined {
    const { clock, isEnabled, isTold, faultOf, happen } = this.#options;
    if (!isEnabled()) return 'The service parameter Packet Capture Enable is False.';
    const fault = faultOf(device);
    if (fault !== undefined) return fault;
    if (this.#running.has(device)) return `A capture of ${device} runs already.`;
    if (isTold(device) && !this.#told.has(device)) {
      return `An operator says that ${device} is captured elsewhere; that has to end first.`;
    }
    this.#told.add(device);
    happen({ type: 'capture', device, active: true });
    const startedMs = clock.nowMs();
    const devicePort = FIRST_PORT + (this.#started++ % PORTS);
    this.#running.set(device, {
      ...{ device, startedMs, endsMs: startedMs + minutes * MINUTE_MS, packets: 0, dropped: 0 },
      conversation: { devicePort, received: 0, sent: 0 },
    });
    this.#setEnd();
    void this.#expire();
    return undefined;
  }

  /** Resolves when the rules know of the end. False: none runs. */
  async stop(device: string): Promise<boolean> {
    if (!this.#running.delete(device)) return false;
    this.#setEnd();
    this.#flush();
    await this.#writing;
    // Another may have begun meanwhile.
    if (!this.#running.has(device) && this.#told.delete(device)) {
      this.#options.happen({ type: 'capture', device, active: false });
    }
    return true;
  }

  /** Until the rules know of its end. */
  isRunning(device: string): boolean {
    return this.#told.has(device);
  }

  running(): readonly RunningCapture[] {
    return [...this.#running.values()].map(({ conversation, ...rest }) => rest);
  }

  /** A message between a registered device and us. */
  heard(device: RegisteredDevice, direction: Direction, message: AnyMessage): void {
    const capture = this.#running.get(device.name);
    if (!capture) return;
    const made = attempt(() =>
      signallingFrame(device, capture.conversation, { direction, message }),
    );
    if (!made) {
      capture.dropped += 1;
      return;
    }
    const atMs = this.#options.clock.nowMs();
    const packet = pcapngPacket(made.frame, atMs, `${device.name} ${direction}`);
    const key = made.key && keyLine(made.key, atMs);
    const bytes = packet.length + (key?.length ?? 0);
    if (this.#waitingBytes + bytes > WAITING_MAX_BYTES) {
      capture.dropped += 1;
      return;
    }
    capture.packets += 1;
    if (this.#waitingBytes === 0) this.#flushes.set(atMs + FLUSH_MS);
    this.#waitingBytes += bytes;
    this.#packets.push(packet);
    if (key) this.#keys.push(key);
  }

  /** After the configuration has changed: what may not run any more ends. */
  async configure(): Promise<void> {
    const { isEnabled, faultOf } = this.#options;
    const devices = [...this.#running.keys()];
    const ended = devices.filter((each) => !isEnabled() || faultOf(each) !== undefined);
    await Promise.all(ended.map((each) => this.stop(each)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((each) => this.stop(each)));
    this.#flushes.set(undefined);
    await this.#writing;
  }

  /** In clear; undefined: there is none of that name. */
  async packets(file: string): Promise<Uint8Array | undefined> {
    const packets = await this.#options.files.read(file, 'packets');
    return packets && Buffer.concat([pcapngHead(), packets]);
  }

  /** One JSON object a line; undefined: there is no file of that name. */
  async keys(file: string): Promise<string | undefined> {
    const keys = await this.#options.files.read(file, 'keys');
    return keys && Buffer.from(keys).toString('utf8');
  }

  #endDue(): void {
    const nowMs = this.#options.clock.nowMs();
    for (const { device, endsMs } of [...this.#running.values()]) {
      if (endsMs <= nowMs) void this.stop(device);
    }
    this.#setEnd();
  }

  #setEnd(): void {
    const ends = [...this.#running.values()].map(({ endsMs }) => endsMs);
    this.#ends.set(ends.length === 0 ? undefined : Math.min(...ends));
  }

  #flush(): void {
    this.#flushes.set(undefined);
    const [packets, keys] = [this.#packets, this.#keys];
    if (packets.length === 0) return;
    this.#packets = [];
    this.#keys = [];
    const bytes = this.#waitingBytes;
    this.#writing = this.#writing.then(async () => {
      await this.#write(packets, keys);
      for (const key of keys) key.fill(0);
      this.#waitingBytes -= bytes;
      if (this.#packets.length > 0) this.#flushes.set(this.#options.clock.nowMs());
    });
  }

  async #write(packets: readonly Uint8Array[], keys: readonly Uint8Array[]): Promise<void> {
    const { files, clock, maximumFileBytes } = this.#options;
    const nowMs = clock.nowMs();
    try {
      await files.append('packets', Buffer.concat(packets), nowMs);
      if (keys.length > 0) {
        const lines = Buffer.concat(keys);
        await files.append('keys', lines, nowMs).finally(() => lines.fill(0));
      }
      if ((await files.sizeBytes(nowMs)) < maximumFileBytes()) return;
      this.#fail('full', 'The file of the day has its greatest size.');
    } catch (error) {
      this.#fail('disk', (error as Error).message);
    }
  }

  /** All captures end; no call is touched. */
  #fail(reason: string, text: string): void {
    if (this.#running.size === 0) return;
    const atMs = this.#options.clock.nowMs();
    const devices = [...this.#running.keys()];
    this.#options.raise({
      ...{ atMs, severity: 'error', name: 'PacketCaptureEnded', reason },
      text: `The packet capture of ${devices.join(', ')} has ended. ${text}`,
    });
    for (const device of devices) void this.stop(device);
  }

  async #expire(): Promise<void> {
    const { files, clock } = this.#options;
    await files.expire(clock.nowMs()).catch(() => {});
  }
}

function keyLine(key: ToldKey, atMs: number): Uint8Array {
  return Buffer.from(`${JSON.stringify({ atMs, ...key })}\n`);
}

/** What a device sends is not always what we could have sent: no call may suffer from that. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
