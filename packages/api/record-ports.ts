/** What happened, from the files of records: calls, the quality of their media, and signed security timelines. */

export type RecordKind = 'calls' | 'quality';

/** Every field that is given must fit. Times are when the call ended, milliseconds since 1970. */
export interface RecordFilter {
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Of any of the parties, or a part of it. */
  readonly number?: string;
  readonly device?: string;
  readonly conference?: number;
  /** The highest level of the leg: 0 nonsecure, 1 authenticated, 2 encrypted. */
  readonly level?: number;
  /** That of the conference when the leg ended. */
  readonly conferenceLevel?: number;
}

/** A line of the file by CUCM's names of columns. */
export type RecordFields = Readonly<Record<string, string | number>>;

export interface RecordPage {
  /** The latest first. */
  readonly records: readonly RecordFields[];
  /** There may be more: ask again with this. */
  readonly next?: string;
}

export type RecordFormat = 'cucm' | 'csv' | 'json';

export interface TimelineView {
  readonly file: string;
  readonly conference?: number;
  /** The dialled meet-me number. */
  readonly number?: string;
  readonly startedMs?: number;
  /** What was told, in order. */
  readonly levels: readonly string[];
  /** Absent: it is not signed yet. */
  readonly signedBy?: string;
  /** What is wrong with it. Absent: it is as it was written. */
  readonly fault?: string;
}

export interface RecordsPort {
  search(
    kind: RecordKind,
    filter: RecordFilter,
    page: { readonly most: number; readonly after?: string },
  ): Promise<RecordPage>;
  /** All that fit, the oldest first, piece by piece. */
  export(kind: RecordKind, filter: RecordFilter, format: RecordFormat): AsyncIterable<string>;
  /** The latest first. */
  timelines(most: number): Promise<readonly TimelineView[]>;
  /** The file as it is. Undefined: there is none of that name. */
  timeline(file: string): Promise<string | undefined>;
}
