/* Goal: what is old goes, nothing else does, and nothing goes unless somebody wants it. Method: a real folder. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deleteRecordsBefore, retentionEndMs } from './record-retention.ts';

const NOW_MS = Date.UTC(2026, 10, 23, 12);

test('files of calls and quality by their stamps, and nothing else', () => {
  const directory = mkdtempSync(join(tmpdir(), 'conclave-retention-'));
  const kept = [
    ...['calls-in-progress.json', 'sequence', 'notes_202001011200_1', 'cdr_C_01_202611231200_9'],
    ...['cdr_C_01_202611221201_8', 'cmr_C_01_202611221200_2'],
  ];
  const old = ['cdr_C_01_202611221159_7', 'cdr_C_2_01_202511231200_1', 'cmr_C_01_202601011200_1'];
  for (const name of [...kept, ...old]) writeFileSync(join(directory, name), '');
  const endMs = retentionEndMs(1, NOW_MS) ?? 0;
  expect([...deleteRecordsBefore(directory, endMs)].sort()).toEqual(old.sort());
  expect(readdirSync(directory).sort()).toEqual(kept.sort());
  rmSync(directory, { recursive: true });
  expect(deleteRecordsBefore(directory, endMs)).toEqual([]);
});

test('0 days keep everything', () => {
  expect(retentionEndMs(0, NOW_MS)).toBeUndefined();
  expect(retentionEndMs(30, NOW_MS)).toBe(Date.UTC(2026, 9, 24, 12));
});
