/*
 * Goal: every record that fits is found once, the latest first, however the answer is cut into pages; what is
 * exported can be read by whoever reads CUCM's files. Method: records written by the writer of the call manager.
 */
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordFields, RecordFilter, RecordsPort } from '@conclave/api';
import type { CallDetailRecord } from '@conclave/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallRecords } from './call-records.ts';
import { recordsPort } from './record-files.ts';

const NOON_MS = Date.UTC(2026, 10, 23, 12);

let directory: string;
let port: RecordsPort;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'conclave-records-'));
  port = recordsPort({ directory, timelines: join(directory, 'timeline'), authority: '' });
});
afterEach(() => {
  vi.useRealTimers();
  rmSync(directory, { recursive: true, force: true });
});

function record(id: number, changes: Partial<CallDetailRecord> = {}): CallDetailRecord {
  const party = {
    ...{ leg: id, partition: '', payloadCapability: 4, cause: 16 },
    ...{ terminationOnBehalfOf: 12, conversationId: 0 },
  };
  return {
    globalCallId: id,
    originatedMs: NOON_MS,
    connectedMs: NOON_MS,
    disconnectedMs: NOON_MS + id * 60_000,
    originating: { ...party, device: `SEP${id}`, number: `10${String(id).padStart(2, '0')}` },
    destination: { ...party, device: 'SEP-B', number: '2002' },
    ...{ originalCalledNumber: '2002', finalCalledNumber: '2002', lastRedirectNumber: '' },
    ...{ calledPartition: '', redirectOnBehalfOf: 0, redirectReason: 0, joinOnBehalfOf: 0 },
    comment: 'a "quoted", odd comment',
    securedStatus: 'encrypted',
    ...changes,
  };
}

/** Each minute a file. */
function write(records: readonly CallDetailRecord[]): void {
  vi.useFakeTimers({ toFake: ['Date'] });
  vi.setSystemTime(NOON_MS);
  const writer = new CallRecords({ directory, clusterId: 'C_1', failed: () => {} });
  for (const each of records) {
    vi.setSystemTime(each.disconnectedMs);
    writer.write(each);
  }
  writer.close();
  vi.useRealTimers();
}

async function found(filter: RecordFilter, most = 100): Promise<readonly unknown[]> {
  const ids: unknown[] = [];
  let after: string | undefined;
  do {
    const page = await port.search('calls', filter, {
      most,
      ...(after !== undefined && { after }),
    });
    expect(page.records.length).toBeLessThanOrEqual(most);
    ids.push(...page.records.map(({ globalCallID_callId: id }) => id));
    after = page.next;
  } while (after !== undefined);
  return ids;
}

test('all of them, the latest first, in pages of any size', async () => {
  write(Array.from({ length: 12 }, (_, at) => record(at + 1)));
  expect(readdirSync(directory).filter((name) => name.startsWith('cdr')).length).toBeGreaterThan(5);
  const all = [12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
  for (const most of [100, 12, 5, 1]) expect(await found({}, most)).toEqual(all);
});

test('both security fields, numbers, devices, conferences and times', async () => {
  const inConference = { conversationId: 77, leg: 9, number: 'b00', partition: '' };
  write([
    record(1, { securedStatus: 'nonsecure' }),
    record(2, {
      ...{ securedStatus: 'encrypted', conferenceSecuredStatus: 'authenticated' },
      destination: { ...inConference, payloadCapability: 4, cause: 16, terminationOnBehalfOf: 4 },
    }),
    record(3),
  ]);
  expect(await found({ level: 0 })).toEqual([1]);
  expect(await found({ conferenceLevel: 1 })).toEqual([2]);
  expect(await found({ conference: 77 })).toEqual([2]);
  expect(await found({ number: '1003' })).toEqual([3]);
  expect(await found({ device: 'sep1' })).toEqual([1]);
  expect(await found({ fromMs: NOON_MS + 100_000, toMs: NOON_MS + 130_000 })).toEqual([2]);
  expect(await found({ fromMs: NOON_MS + 86_400_000 })).toEqual([]);
});

test('a record says what was written: texts with quotes and commas, numbers as numbers', async () => {
  write([record(1)]);
  const { records } = await port.search('calls', {}, { most: 1 });
  expect(records[0]).toMatchObject({
    ...{ comment: 'a "quoted", odd comment', callSecuredStatus: 2, callingPartyNumber: '1001' },
    ...{ conferenceSecuredStatus: '', duration: 60, origDeviceName: 'SEP1' },
  });
});

test('an export is the file itself, a table, or JSON', async () => {
  write([record(1), record(2, { securedStatus: 'nonsecure' }), record(3)]);
  const text = async (format: 'cucm' | 'csv' | 'json', filter: RecordFilter = {}) =>
    (await Array.fromAsync(port.export('calls', filter, format))).join('');
  const lines = (await text('cucm')).split('\n');
  expect(lines[0]).toContain('"cdrRecordType","globalCallID_callManagerId"');
  expect(lines[1]).toMatch(/^INTEGER,INTEGER/);
  expect(lines).toHaveLength(6);
  expect((await text('csv')).split('\n')).toHaveLength(5);
  const json: readonly RecordFields[] = JSON.parse(await text('json', { level: 2 }));
  expect(json.map(({ globalCallID_callId: id }) => id)).toEqual([1, 3]);
  expect(JSON.parse(await text('json', { level: 1 }))).toEqual([]);
});

test('lines that are torn, files that are something else, and no files at all', async () => {
  expect(await found({})).toEqual([]);
  write([record(1)]);
  const [file = ''] = readdirSync(directory).filter((name) => name.startsWith('cdr'));
  appendFileSync(join(directory, file), '1,1,99,"torn');
  writeFileSync(join(directory, 'cdr_C_1_01_202611231300_99'), '');
  writeFileSync(join(directory, 'notes'), 'cdr');
  expect(await found({})).toEqual([1]);
});

test('no name leads out of the folder of timelines', async () => {
  writeFileSync(join(directory, 'secret.timeline'), 'x');
  for (const name of ['../secret.timeline', 'nothing.timeline', '/etc/passwd']) {
    expect(await port.timeline(name)).toBeUndefined();
  }
});
