/**
 * The security timeline of each conference on disk: every level that its phones were told, with the reason and who
 * was in, as a chain that is signed when the conference ends (`pki/sealed-chain.ts`). `ledger.timeline` is a chain,
 * too: which files were begun and ended, so that a file that is gone is missed. `conclave verify` reads both without
 * us. Lines are written before the next event is handled, and not flushed.
 */
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Conference, type ConferenceId, explainConference, type State } from '@conclave/core';
import { CHAIN_START, chainLine, type PemIdentity, sealLine, verifyChain } from '@conclave/pki';
import type { CallManagerNews } from './news.ts';

export const LEDGER = 'ledger.timeline';

export interface SecurityTimelineOptions {
  readonly directory: string;
  readonly clusterId: string;
  readonly signer: PemIdentity;
  readonly nowMs: () => number;
  /** The disk fails, or somebody has changed what was written. */
  readonly failed: (reason: string) => void;
}

/** A file that is written. */
interface OpenFile {
  readonly name: string;
  head: string;
}

export class SecurityTimelines {
  readonly #options: SecurityTimelineOptions;
  readonly #open = new Map<ConferenceId, OpenFile>();
  readonly #ledger: OpenFile;
  #conferences: State['conferences'] | undefined;

  /** Ends what a kill left open. */
  constructor(options: SecurityTimelineOptions) {
    this.#options = options;
    mkdirSync(options.directory, { recursive: true, mode: 0o700 });
    this.#ledger = { name: LEDGER, head: CHAIN_START };
    this.#attempt(() => this.#recover());
  }

  /** A level was told. */
  level(news: CallManagerNews, state: State): void {
    if (news.type !== 'level') return;
    const conference = state.conferences.get(news.conference);
    if (!conference) return;
    this.#attempt(() => {
      const file = this.#open.get(conference.id) ?? this.#begin(conference);
      this.#append(file, this.#entry(news, conference, state));
    });
  }

  /** Ends the files of conferences that are gone. */
  follow({ conferences }: State): void {
    if (this.#conferences === conferences) return;
    this.#conferences = conferences;
    for (const [id, file] of this.#open) {
      if (conferences.has(id)) continue;
      this.#open.delete(id);
      this.#attempt(() => this.#end(file, 'ended'));
    }
  }

  /** Deletes the files of conferences that ended before; the ledger tells that they were. */
  removeBefore(endMs: number): void {
    this.#attempt(() => {
      const { directory, nowMs } = this.#options;
      const ledger = join(directory, LEDGER);
      const { entries } = verifyChain(existsSync(ledger) ? readFileSync(ledger, 'utf8') : '');
      const gone = new Set(entries.flatMap(({ type, file }) => (type === 'removed' ? [file] : [])));
      for (const { type, file, atMs } of entries) {
        if (type !== 'ended' || Number(atMs) >= endMs || gone.has(file)) continue;
        this.#append(this.#ledger, { type: 'removed', file: String(file), atMs: nowMs() });
        rmSync(join(directory, String(file)), { force: true });
      }
    });
  }

  close(): void {
    for (const file of this.#open.values()) this.#attempt(() => this.#end(file, 'stopped'));
    this.#open.clear();
  }

  #entry(
    { from, to, because }: Extract<CallManagerNews, { type: 'level' }>,
    { id, participants }: Conference,
    state: State,
  ): object {
    const why = explainConference(state, id);
    return {
      ...{ type: 'level', atMs: this.#options.nowMs(), from, to, because },
      limits: why?.limits.filter(({ level }) => level === why.level) ?? [],
      parties: participants.map(({ device, number, assessment: { level } }) => {
        return { device, number, level };
      }),
    };
  }

  #begin(conference: Conference): OpenFile {
    const { id, kind, number, minimum, bridge, startedMs } = conference;
    const stamp = new Date(startedMs).toISOString().replace(/\D/g, '').slice(0, 14);
    const file = { name: `${stamp}_${id}.timeline`, head: CHAIN_START };
    this.#append(this.#ledger, { type: 'began', file: file.name, atMs: this.#options.nowMs() });
    writeFileSync(join(this.#options.directory, file.name), '', { flag: 'ax', mode: 0o600 });
    const { clusterId: cluster } = this.#options;
    this.#append(file, {
      ...{ type: 'conference', cluster, conference: id, kind, number },
      ...{ minimum, bridge, startedMs },
    });
    this.#open.set(id, file);
    return file;
  }

  #end(file: OpenFile, how: 'ended' | 'stopped' | 'lost'): void {
    const { signer, nowMs, directory } = this.#options;
    this.#append(file, { type: 'end', atMs: nowMs(), how });
    appendFileSync(join(directory, file.name), sealLine(file.head, signer).text);
    const { name, head } = file;
    this.#append(this.#ledger, { type: 'ended', file: name, atMs: nowMs(), head });
  }

  #append(file: OpenFile, body: object): void {
    const { hash, text } = chainLine(file.head, body);
    appendFileSync(join(this.#options.directory, file.name), text, { mode: 0o600 });
    file.head = hash;
  }

  #recover(): void {
    const { directory, failed } = this.#options;
    const path = join(directory, LEDGER);
    if (!existsSync(path)) return;
    const { entries, head, fault } = verifyChain(readFileSync(path, 'utf8'));
    if (fault !== undefined) failed(`${LEDGER} has been changed. ${fault}`);
    this.#ledger.head = head;
    const ended = new Set(entries.flatMap(({ type, file }) => (type === 'ended' ? [file] : [])));
    for (const { type, file } of entries) {
      if (type !== 'began' || ended.has(file)) continue;
      this.#attempt(() => this.#recoverFile(String(file)));
    }
  }

  /** What was torn by the kill stays out of the chain, and is found by who verifies. */
  #recoverFile(name: string): void {
    const { head, signedBy, fault } = verifyChain(
      readFileSync(join(this.#options.directory, name), 'utf8'),
    );
    if (fault !== undefined) this.#options.failed(`${name} has been changed. ${fault}`);
    const file = { name, head };
    if (signedBy === undefined && fault === undefined) this.#end(file, 'lost');
    else {
      this.#append(this.#ledger, { type: 'ended', file: name, atMs: this.#options.nowMs(), head });
    }
  }

  /** A disk that fails, or a file that is gone, stops no conference. */
  #attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.failed(error instanceof Error ? error.message : String(error));
    }
  }
}
