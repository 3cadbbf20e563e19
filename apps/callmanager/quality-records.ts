/**
 * Call management records on disk, beside the call detail records: `cmr_<ClusterId>_<node>_<yyyymmddhhmm>_
 * <sequence>`. They are figures, not evidence: they are not flushed, and what a disk refuses is lost, with
 * an alarm. A reader takes files whose minute is two minutes past.
 */
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CallQualityRecord, formatCmrHead, formatCmrLine } from '@conclave/core';
import { nowMs } from '@conclave/net';
import type { CallRecordsOptions } from './call-records.ts';

/** This node's number; there is one node. */
const NODE_ID = 1;

/** How long a file is written, as the vendor's default. */
const FILE_MS = 60_000;

export class QualityRecords {
  readonly #options: CallRecordsOptions;
  #file = '';
  #openedMs = 0;

  constructor(options: CallRecordsOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
  }

  write(record: CallQualityRecord): void {
    const { clusterId, failed } = this.#options;
    try {
      const isOver = Math.abs(nowMs() - this.#openedMs) >= FILE_MS;
      if (isOver || !existsSync(this.#file)) this.#open();
      const line = formatCmrLine(record, { clusterId, nodeId: NODE_ID, pkid: randomUUID() });
      appendFileSync(this.#file, `${line}\n`);
    } catch (error) {
      this.#file = '';
      failed(error instanceof Error ? error.message : String(error));
    }
  }

  #open(): void {
    const { directory, clusterId } = this.#options;
    const used = readdirSync(directory).map((name) =>
      Number(/^cmr_.*_(\d+)$/.exec(name)?.[1] ?? 0),
    );
    const sequence = Math.max(0, ...used) + 1;
    const stamp = new Date(nowMs()).toISOString().replace(/\D/g, '').slice(0, 12);
    const node = String(NODE_ID).padStart(2, '0');
    const file = join(directory, `cmr_${clusterId}_${node}_${stamp}_${sequence}`);
    writeFileSync(file, `${formatCmrHead()}\n`, { flag: 'ax', mode: 0o600 });
    this.#file = file;
    this.#openedMs = nowMs();
  }
}
