/**
 * Call detail records on disk. A record is flushed before `write` returns, so that a kill at any
 * moment loses no finished call; calls in progress are kept in a snapshot beside, from which the next
 * start writes the records that a kill has prevented.
 *
 * Files are named as the vendor's: `cdr_<ClusterId>_<node>_<yyyymmddhhmm>_<sequence>`. The file that is
 * being written has its final name; every line in it is whole, because a torn last line is cut off at
 * the next start.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type CallDetailRecord,
  formatCdrHeader,
  formatCdrLine,
  formatCdrTypes,
  openRecords,
  type State,
} from '@conclave/core';
import { nowMs } from '@conclave/net';

/** This node's number; there is one node. */
const NODE_ID = 1;

/** Records in one file; then the next is begun. */
const RECORDS_PER_FILE = 1000;

/** Records that wait for a disk that fails; beyond, the oldest is lost, with an alarm. */
const WAITING_MAX = 10_000;

/** How soon after a change the snapshot of calls in progress is written, at most this often. */
const SNAPSHOT_MS = 250;

export interface CallRecordsOptions {
  readonly directory: string;
  readonly clusterId: string;
  /** Called when the disk fails; the records are kept and tried again with the next one. */
  readonly failed: (reason: string) => void;
}

export class CallRecords {
  readonly #options: CallRecordsOptions;
  readonly #waiting: CallDetailRecord[] = [];
  readonly #snapshot: string;
  #descriptor: number | undefined;
  #written = 0;
  #sequence: number;
  #seen: State | undefined;
  #timer: NodeJS.Timeout | undefined;

  /** Repairs what a kill left behind and writes the records of calls that were in progress then. */
  constructor(options: CallRecordsOptions) {
    this.#options = options;
    this.#snapshot = join(options.directory, 'calls-in-progress.json');
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#sequence = repair(options.directory);
    this.#recover();
  }

  write(record: CallDetailRecord): void {
    this.#waiting.push(record);
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift();
    try {
      for (let next = this.#waiting[0]; next; next = this.#waiting[0]) {
        this.#append(next);
        this.#waiting.shift();
      }
    } catch (error) {
      this.#closeFile();
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
  }

  /** Keeps the snapshot of calls in progress near the state. */
  follow(state: State): void {
    const before = this.#seen;
    this.#seen = state;
    if (before?.calls === state.calls && before.conferences === state.conferences) return;
    this.#timer ??= setTimeout(() => this.#takeSnapshot(), SNAPSHOT_MS);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closeFile();
    rmSync(this.#snapshot, { force: true });
  }

  #append(record: CallDetailRecord): void {
    if (this.#written >= RECORDS_PER_FILE) this.#closeFile();
    this.#descriptor ??= this.#openFile();
    const { clusterId } = this.#options;
    const line = formatCdrLine(record, { clusterId, nodeId: NODE_ID, pkid: randomUUID() });
    writeSync(this.#descriptor, `${line}\n`);
    fsyncSync(this.#descriptor);
    this.#written += 1;
  }

  #openFile(): number {
    this.#sequence += 1;
    const stamp = new Date(nowMs()).toISOString().replace(/\D/g, '').slice(0, 12);
    const name = `cdr_${this.#options.clusterId}_${String(NODE_ID).padStart(2, '0')}_${stamp}_${this.#sequence}`;
    const descriptor = openSync(join(this.#options.directory, name), 'ax', 0o600);
    writeSync(descriptor, `${formatCdrHeader()}\n${formatCdrTypes()}\n`);
    return descriptor;
  }

  #closeFile(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
    this.#written = 0;
  }

  #takeSnapshot(): void {
    this.#timer = undefined;
    if (!this.#seen) return;
    const temporary = `${this.#snapshot}.tmp`;
    try {
      const records = openRecords(this.#seen, nowMs());
      writeFileSync(temporary, JSON.stringify(records), { mode: 0o600 });
      renameSync(temporary, this.#snapshot);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
  }

  #recover(): void {
    if (!existsSync(this.#snapshot)) return;
    try {
      const records = JSON.parse(readFileSync(this.#snapshot, 'utf8')) as CallDetailRecord[];
      for (const record of records) this.write(record);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
    rmSync(this.#snapshot, { force: true });
  }
}

/** Cuts torn last lines off and gives the highest sequence number in use. */
function repair(directory: string): number {
  let highest = 0;
  for (const name of readdirSync(directory)) {
    const found = /^cdr_.*_(\d+)$/.exec(name);
    if (!found) continue;
    highest = Math.max(highest, Number(found[1]));
    const file = join(directory, name);
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < statSync(file).size) truncateSync(file, end);
    // A file without its two head lines holds no record.
    if (bytes.subarray(0, end).filter((byte) => byte === 0x0a).length < 2) rmSync(file);
  }
  return highest;
}
