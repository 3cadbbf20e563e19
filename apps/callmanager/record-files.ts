/**
 * Reads the files of records, the latest first, a bounded number at a time: nothing is kept in memory, and no call
 * waits for it. Lines that are being written, or are torn, are left out.
 */
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  RecordFields,
  RecordFilter,
  RecordFormat,
  RecordKind,
  RecordPage,
  RecordsPort,
  TimelineView,
} from '@conclave/api';
import { verifyChain } from '@conclave/pki';
import { LEDGER } from './security-timeline.ts';

const PREFIX: Readonly<Record<RecordKind, string>> = { calls: 'cdr', quality: 'cmr' };

/** Files that one question looks through; who wants more asks again. */
const FILES_MAX = 500;

/** A file's records end within a minute after its stamp; after a kill, its first ones ended before. */
const FILE_MS = 120_000;
const KILLED_MS = 86_400_000;

const NUMBERS = [
  ...['callingPartyNumber', 'originalCalledPartyNumber', 'finalCalledPartyNumber'],
  ...['lastRedirectDn', 'directoryNum'],
];
const DEVICES = ['origDeviceName', 'destDeviceName', 'deviceName'];
const CONFERENCES = ['origConversationId', 'destConversationId'];
const TIMES = ['dateTimeDisconnect', 'dateTimeStamp'];

interface RecordFile {
  readonly path: string;
  readonly sequence: number;
  readonly stampMs: number;
}

interface Content {
  readonly head: readonly [names: string, types: string];
  readonly lines: readonly string[];
}

export interface RecordFilesOptions {
  /** Of call records. */
  readonly directory: string;
  /** Of timelines. */
  readonly timelines: string;
  /** PEM of who issues the signer's certificate. */
  readonly authority: string;
}

export function recordsPort(options: RecordFilesOptions): RecordsPort {
  const { directory } = options;
  return {
    search: (kind, filter, page) => search(directory, kind, filter, page),
    export: (kind, filter, format) => exported(directory, kind, filter, format),
    timelines: (most) => timelines(options, most),
    timeline: async (file) => {
      const known = (await timelineNames(options.timelines)).includes(file);
      return known ? await readFile(join(options.timelines, file), 'utf8') : undefined;
    },
  };
}

async function search(
  directory: string,
  kind: RecordKind,
  filter: RecordFilter,
  { most, after }: { readonly most: number; readonly after?: string },
): Promise<RecordPage> {
  const [fromFile, fromLine] = (after ?? '').split(':').map(Number);
  const files = (await filesOf(directory, kind))
    .filter(({ sequence }) => after === undefined || sequence <= (fromFile ?? 0))
    .filter((file) => mayHold(file, filter))
    .toReversed();
  const records: RecordFields[] = [];
  for (const [at, { path, sequence }] of files.entries()) {
    if (at === FILES_MAX) return { records, next: `${sequence}:999999` };
    const { head, lines } = await contentOf(path);
    const first = sequence === fromFile ? Math.min(fromLine ?? 0, lines.length) : lines.length;
    for (let line = first - 1; line >= 0; line--) {
      if (records.length === most) return { records, next: `${sequence}:${line + 1}` };
      const fields = fieldsOf(head, lines[line] ?? '');
      if (fits(fields, filter)) records.push(fields);
    }
  }
  return { records };
}

async function* exported(
  directory: string,
  kind: RecordKind,
  filter: RecordFilter,
  format: RecordFormat,
): AsyncIterable<string> {
  let isFirst = true;
  if (format === 'json') yield '[';
  for (const file of await filesOf(directory, kind)) {
    if (!mayHold(file, filter)) continue;
    const { head, lines } = await contentOf(file.path);
    for (const line of lines) {
      const fields = fieldsOf(head, line);
      if (!fits(fields, filter)) continue;
      if (format === 'json') yield `${isFirst ? '' : ','}\n${JSON.stringify(fields)}`;
      else {
        if (isFirst) yield format === 'cucm' ? `${head.join('\n')}\n` : `${head[0]}\n`;
        yield `${line}\n`;
      }
      isFirst = false;
    }
  }
  if (format === 'json') yield '\n]\n';
}

/** The oldest first. */
async function filesOf(directory: string, kind: RecordKind): Promise<readonly RecordFile[]> {
  const pattern = new RegExp(`^${PREFIX[kind]}_.*_(\\d{12})_(\\d+)$`);
  const names = existsSync(directory) ? await readdir(directory) : [];
  return names
    .flatMap((name) => {
      const [, stamp = '', sequence] = pattern.exec(name) ?? [];
      if (sequence === undefined) return [];
      const path = join(directory, name);
      return [{ path, sequence: Number(sequence), stampMs: msOf(stamp) }];
    })
    .sort((one, other) => one.sequence - other.sequence);
}

/** `202611231200`, UTC. */
function msOf(stamp: string): number {
  const [year, month, day, hour, minute] = [0, 4, 6, 8, 10].map((at) =>
    Number(stamp.slice(at, at === 0 ? 4 : at + 2)),
  );
  return Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
}

function mayHold({ stampMs }: RecordFile, { fromMs = 0, toMs }: RecordFilter): boolean {
  return stampMs + FILE_MS >= fromMs && (toMs === undefined || stampMs - KILLED_MS <= toMs);
}

async function contentOf(path: string): Promise<Content> {
  // Somebody may collect the files meanwhile.
  const text = await readFile(path, 'utf8').catch(() => '');
  const [names = '', types = '', ...lines] = text.split('\n');
  // The last line is empty, or not whole yet.
  return { head: [names, types], lines: lines.slice(0, -1) };
}

function fieldsOf([names, types]: Content['head'], line: string): RecordFields {
  const [columns, kinds, values] = [names, types, line].map(partsOf) as [
    string[],
    string[],
    string[],
  ];
  const fields: Record<string, string | number> = {};
  for (const [at, column] of columns.entries()) {
    const value = values[at] ?? '';
    fields[column] = kinds[at] === 'INTEGER' && value !== '' ? Number(value) : value;
  }
  return fields;
}

/** The values of a line; quoted ones without their quotes. */
function partsOf(line: string): string[] {
  const parts = line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,"]*)(?=,|$)/g) ?? [];
  return parts.map((part) =>
    part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part,
  );
}

function fits(fields: RecordFields, filter: RecordFilter): boolean {
  const { fromMs, toMs, number, device, conference, level, conferenceLevel } = filter;
  const endedMs = 1000 * Number(fields[TIMES.find((name) => name in fields) ?? ''] ?? 0);
  return (
    (fromMs === undefined || endedMs >= fromMs) &&
    (toMs === undefined || endedMs <= toMs) &&
    (number === undefined || NUMBERS.some((name) => String(fields[name] ?? '').includes(number))) &&
    (device === undefined || DEVICES.some((name) => contains(fields[name], device))) &&
    (conference === undefined || CONFERENCES.some((name) => fields[name] === conference)) &&
    (level === undefined || fields.callSecuredStatus === level) &&
    (conferenceLevel === undefined || fields.conferenceSecuredStatus === conferenceLevel)
  );
}

function contains(field: string | number | undefined, part: string): boolean {
  return String(field ?? '')
    .toLowerCase()
    .includes(part.toLowerCase());
}

async function timelineNames(directory: string): Promise<readonly string[]> {
  const names = existsSync(directory) ? await readdir(directory) : [];
  return names.filter((name) => name.endsWith('.timeline')).toSorted();
}

async function timelines(
  { timelines: directory, authority }: RecordFilesOptions,
  most: number,
): Promise<readonly TimelineView[]> {
  const names = (await timelineNames(directory)).filter((name) => name !== LEDGER);
  const latest = names.slice(-most).toReversed();
  return await Promise.all(
    latest.map(async (file) => {
      const text = await readFile(join(directory, file), 'utf8').catch(() => '');
      const { entries, signedBy, fault } = verifyChain(text, authority);
      const [first] = entries;
      return {
        file,
        ...(typeof first?.conference === 'number' && { conference: first.conference }),
        ...(typeof first?.number === 'string' && { number: first.number }),
        ...(typeof first?.startedMs === 'number' && { startedMs: first.startedMs }),
        levels: entries.flatMap(({ type, to }) => (type === 'level' ? [String(to)] : [])),
        ...(signedBy !== undefined && { signedBy }),
        ...(fault !== undefined && { fault }),
      };
    }),
  );
}
