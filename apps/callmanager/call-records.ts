/**
 * Call detail records on disk. A record is in its file before `write` returns, so that a kill at any
 * moment loses no finished call, and the file is flushed at once, in the background: a loss of power
 * may take what came while the disk was busy with the flush before. Calls in progress are kept in a snapshot beside, from which the next
 * start writes the records that a kill has prevented.
 *
 * Files are named as the vendor's: `cdr_<ClusterId>_<node>_<yyyymmddhhmm>_<sequence>`. The file that is
 * being written has its final name, and nothing is added a minute after it was begun: a reader takes
 * files whose minute is two minutes past. Every line in it is whole, because a torn last line is cut
 * off at the next start.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fdatasync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  type CallDetailRecord,
  CDR_COLUMNS,
  formatCdrHeader,
  formatCdrLine,
  formatCdrTypes,
  openRecords,
  type State,
} from '@conclave/core';
import { nowMs } from '@conclave/net';

/** This node's number; there is one node. */
const NODE_ID = 1;

/** Holds the last sequence number, so that none is used twice. */
const SEQUENCE_FILE = 'sequence';

/** Places of globalCallID_callId, origLegCallIdentifier and destConversationId in a line. */
const KEY_COLUMNS = ['globalCallID_callId', 'origLegCallIdentifier', 'destConversationId'].map(
  (wanted) => CDR_COLUMNS.findIndex(([name]) => name === wanted),
);

/** Records in one file; then the next is begun. */
const RECORDS_PER_FILE = 1000;

/** How long a file is written, as the vendor's default. */
const FILE_MS = 60_000;

/** How soon records that wait for a disk are tried again, when no other record comes. */
const RETRY_MS = 5_000;

/** Records that wait for a disk that fails; beyond, the oldest is lost, with an alarm. */
const WAITING_MAX = 10_000;

/** How soon records are flushed: what a loss of power may cost. A kill of ours loses none. */
const FLUSH_MS = 100;

/** How soon after a change the snapshot of calls in progress is written, at most this often. */
const SNAPSHOT_MS = 250;

/** How often it is written when nothing changes: what a killed call's duration may lack. */
const SNAPSHOT_AGAIN_MS = 10_000;

export interface CallRecordsOptions {
  readonly directory: string;
  readonly clusterId: string;
  /** Called when the disk fails; the records are kept and tried again. */
  readonly failed: (reason: string) => void;
}

export class CallRecords {
  readonly #options: CallRecordsOptions;
  readonly #waiting: CallDetailRecord[] = [];
  readonly #snapshot: string;
  #file: OpenFile | undefined;
  #written = 0;
  #sequence: number;
  #seen: State | undefined;
  #timer: NodeJS.Timeout | undefined;
  #again: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #flushTimer: NodeJS.Timeout | undefined;

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
    this.#writeWaiting();
  }

  /** Keeps the snapshot of calls in progress near the state. */
  follow(state: State): void {
    const before = this.#seen;
    this.#seen = state;
    if (before?.calls === state.calls && before.conferences === state.conferences) return;
    this.#timer ??= setTimeout(() => this.#takeSnapshot(), SNAPSHOT_MS);
  }

  /** What a disk still refuses stays in the snapshot, if that can be written, for the next start. */
  close(): void {
    this.#writeWaiting();
    this.#closeFile();
    for (const timer of [this.#timer, this.#again, this.#retry, this.#flushTimer])
      clearTimeout(timer);
    if (this.#waiting.length > 0) this.#writeSnapshot(this.#waiting);
    else rmSync(this.#snapshot, { force: true });
  }

  #writeWaiting(): void {
    clearTimeout(this.#retry);
    for (let next = this.#waiting.shift(); next; next = this.#waiting.shift()) {
      try {
        this.#append(next);
      } catch (error) {
        this.#waiting.unshift(next);
        this.#closeFile();
        this.#tryAgain(error);
        return;
      }
    }
  }

  #append(record: CallDetailRecord): void {
    if (this.#file && (this.#written >= RECORDS_PER_FILE || isOver(this.#file))) this.#closeFile();
    this.#file ??= this.#openFile();
    const { clusterId } = this.#options;
    const line = formatCdrLine(record, { clusterId, nodeId: NODE_ID, pkid: randomUUID() });
    append(this.#file, `${line}\n`);
    this.#written += 1;
    this.#file.unflushed.push(record);
    this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
  }

  /** One flush at a time; what is written meanwhile goes with the next. */
  #flush(): void {
    this.#flushTimer = undefined;
    const file = this.#file;
    if (!file || file.isFlushing || file.unflushed.length === 0) return;
    const { descriptor, size, unflushed } = file;
    const count = unflushed.length;
    file.isFlushing = true;
    fdatasync(descriptor, (error) => {
      file.isFlushing = false;
      if (error) this.#takeBack(file, error);
      else {
        unflushed.splice(0, count);
        file.flushedSize = size;
      }
      if (this.#file !== file) closeSync(descriptor);
      else if (unflushed.length > 0) {
        this.#flushTimer ??= setTimeout(() => this.#flush(), FLUSH_MS);
      }
    });
  }

  /** The disk has not taken what the file holds. */
  #takeBack(file: OpenFile, error: unknown): void {
    this.#waiting.unshift(...file.unflushed.splice(0));
    if (this.#file === file) this.#file = undefined;
    this.#tryAgain(error);
    try {
      ftruncateSync(file.descriptor, file.flushedSize);
    } catch {
      // Then a record is there twice, which is better than not at all.
    }
  }

  #tryAgain(error: unknown): void {
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#writeWaiting(), RETRY_MS);
    this.#options.failed(error instanceof Error ? error.message : String(error));
  }

  #openFile(): OpenFile {
    this.#sequence += 1;
    const { directory, clusterId } = this.#options;
    // Numbers go on even when the files before have been taken away.
    writeFileSync(join(directory, SEQUENCE_FILE), String(this.#sequence), { mode: 0o600 });
    this.#written = 0;
    const openedMs = nowMs();
    const stamp = new Date(openedMs).toISOString().replace(/\D/g, '').slice(0, 12);
    const node = String(NODE_ID).padStart(2, '0');
    const name = `cdr_${clusterId}_${node}_${stamp}_${this.#sequence}`;
    const descriptor = openSync(join(directory, name), 'ax', 0o600);
    const empty = { size: 0, flushedSize: 0, unflushed: [], isFlushing: false };
    const file: OpenFile = { descriptor, openedMs, ...empty };
    append(file, `${formatCdrHeader()}\n${formatCdrTypes()}\n`);
    file.flushedSize = file.size;
    return file;
  }

  #closeFile(): void {
    const file = this.#file;
    this.#file = undefined;
    if (!file) return;
    try {
      fdatasyncSync(file.descriptor);
      file.unflushed.splice(0);
    } catch (error) {
      this.#takeBack(file, error);
    }
    // A flush that is on its way closes it.
    if (!file.isFlushing) closeSync(file.descriptor);
  }

  #takeSnapshot(): void {
    this.#timer = undefined;
    clearTimeout(this.#again);
    if (!this.#seen) return;
    const records = openRecords(this.#seen, nowMs());
    this.#writeSnapshot([...this.#waiting, ...records]);
    if (records.length > 0) {
      this.#again = setTimeout(() => this.#takeSnapshot(), SNAPSHOT_AGAIN_MS);
    }
  }

  #writeSnapshot(records: readonly CallDetailRecord[]): void {
    const temporary = `${this.#snapshot}.tmp`;
    try {
      writeFileSync(temporary, JSON.stringify(records), { mode: 0o600 });
      renameSync(temporary, this.#snapshot);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
  }

  /** Calls that ended after the last snapshot have their records already. */
  #recover(): void {
    if (!existsSync(this.#snapshot)) return;
    try {
      const records = JSON.parse(readFileSync(this.#snapshot, 'utf8')) as CallDetailRecord[];
      const written = recordedLegs(this.#options.directory);
      for (const record of records) if (!written.has(legKey(record))) this.write(record);
    } catch (error) {
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
    if (this.#waiting.length === 0) rmSync(this.#snapshot, { force: true });
  }
}

/** A file that is being written, and how much of it is whole. */
interface OpenFile {
  readonly descriptor: number;
  readonly openedMs: number;
  size: number;
  /** Up to there it is on the disk. */
  flushedSize: number;
  /** What lies behind. */
  readonly unflushed: CallDetailRecord[];
  isFlushing: boolean;
}

/** All of the text in the file, or none of it: what a full disk took of a line is cut off again. */
function append(file: OpenFile, text: string): void {
  const bytes = Buffer.from(text);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(file.descriptor, bytes, at);
    file.size += bytes.length;
  } catch (error) {
    ftruncateSync(file.descriptor, file.size);
    throw error;
  }
}

/** Whether its minute has passed, or a clock was set, or somebody took the file away. */
function isOver({ descriptor, openedMs }: OpenFile): boolean {
  return Math.abs(nowMs() - openedMs) >= FILE_MS || fstatSync(descriptor).nlink === 0;
}

/** Names one leg in one call or conference, the same in a record and in a line of a file. */
function legKey({ globalCallId, originating, destination }: CallDetailRecord): string {
  return `${globalCallId}/${originating.leg}/${destination.conversationId}`;
}

/** The legs that have a record in the latest files. */
function recordedLegs(directory: string): ReadonlySet<string> {
  const latest = recordFiles(directory).slice(-2);
  const lines = latest.flatMap(({ file }) => readFileSync(file, 'utf8').split('\n').slice(2));
  return new Set(
    lines.map((line) => {
      const fields = [...line.matchAll(/(?:^|,)("(?:[^"]|"")*"|[^,]*)/g)].map((match) => match[1]);
      return KEY_COLUMNS.map((column) => fields[column]).join('/');
    }),
  );
}

/** Files of records in the order of their sequence numbers. */
function recordFiles(directory: string): readonly { file: string; sequence: number }[] {
  return readdirSync(directory)
    .flatMap((name) => {
      const found = /^cdr_.*_(\d+)$/.exec(name);
      return found ? [{ file: join(directory, name), sequence: Number(found[1]) }] : [];
    })
    .sort((one, other) => one.sequence - other.sequence);
}

/** Cuts torn last lines off and gives the highest sequence number that was used. */
function repair(directory: string): number {
  const counter = join(directory, SEQUENCE_FILE);
  let highest = existsSync(counter) ? Number(readFileSync(counter, 'utf8')) || 0 : 0;
  for (const { file, sequence } of recordFiles(directory)) {
    highest = Math.max(highest, sequence);
    const bytes = readFileSync(file);
    const end = bytes.lastIndexOf(0x0a) + 1;
    if (end < bytes.length) truncateSync(file, end);
    // A file without its two head lines holds no record.
    if (bytes.subarray(0, end).filter((byte) => byte === 0x0a).length < 2) rmSync(file);
  }
  return highest;
}
