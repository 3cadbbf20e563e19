/** A line of a CDR file as the trace shows it: the columns that say what happened. */
import { CDR_COLUMNS } from '@conclave/core';
import { RECORD_COLUMNS, type RecordSnapshot } from './snapshot.ts';

/** Numbers of bridges, as calls into them have in their records. */
const BRIDGE_NUMBER = /^b\d+$/;

/** `line` is one record; the two lines at the head of a file are none. */
export function recordOfLine(line: string): RecordSnapshot {
  const values = fieldsOf(line);
  const entries = RECORD_COLUMNS.map((column) => {
    const value = values[CDR_COLUMNS.findIndex(([name]) => name === column)] ?? '';
    return [column, BRIDGE_NUMBER.test(value) ? 'bridge' : value] as const;
  });
  return Object.fromEntries(entries) as RecordSnapshot;
}

/** Fields of one line; a quote inside quotes is doubled. */
function fieldsOf(line: string): readonly string[] {
  const fields = line.match(/"(?:[^"]|"")*"|[^,"]+|(?<=,|^)(?=,|$)/g) ?? [];
  return fields.map((field) =>
    field.startsWith('"') ? field.slice(1, -1).replaceAll('""', '"') : field,
  );
}
