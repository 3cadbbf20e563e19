import { spawn } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  type CallDetailRecord,
  CDR_COLUMNS,
  formatCdrHeader,
  formatCdrTypes,
  openRecords,
} from '@conclave/core';
import { CoreWorld } from '@conclave/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { CallRecords } from './call-records.ts';

/*
 * Goal: a finished call has its record on disk whatever happens next, once and whole. Method: files
 * in a temporary folder; a child process that confirms each record and is killed at some moment.
 */

const disk = vi.hoisted(() => ({ isFailing: false }));

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const fdatasync: typeof fs.fdatasync = Object.assign(
    (descriptor: number, done: (error: NodeJS.ErrnoException | null) => void) => {
      if (disk.isFailing) queueMicrotask(() => done(new Error('EIO')));
      else fs.fdatasync(descriptor, done);
    },
    { __promisify__: fs.fdatasync.__promisify__ },
  );
  return { ...fs, fdatasync };
});

const CLUSTER = 'StandAloneCluster';
const RECORDS_PER_FILE = 1000;

let folder = '';
let directory = '';
let failures: string[] = [];
let open: CallRecords[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'call-records-'));
  directory = join(folder, 'cdr');
  failures = [];
  open = [];
});

afterEach(() => {
  for (const records of open) records.close();
  vi.useRealTimers();
  rmSync(folder, { recursive: true, force: true });
});

test('a file has the vendor’s name, two head lines and a line a record, for its owner only', () => {
  const records = opened();
  expect(files()).toEqual([]);
  records.write(record(1));
  records.write(record(2));
  expect(files()).toHaveLength(1);
  const [name = ''] = files();
  expect(name).toMatch(/^cdr_StandAloneCluster_01_\d{12}_1$/);
  const [header, types, ...lines] = linesOf(name);
  expect(header).toBe(formatCdrHeader());
  expect(types).toBe(formatCdrTypes());
  expect(lines.map(callIdOf)).toEqual([1, 2]);
  expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
  expect(statSync(directory).mode & 0o777).toBe(0o700);
});

test('every record has a pkid of its own', () => {
  const records = opened();
  for (let id = 1; id <= 20; id += 1) records.write(record(id));
  const pkids = allLines().map((line) => field(line, 'pkid'));
  expect(new Set(pkids).size).toBe(20);
  for (const pkid of pkids) expect(pkid).toMatch(/^[0-9a-f-]{36}$/);
});

test('a full file is followed by the next, each with its head lines, and no record is lost', () => {
  const records = opened();
  for (let id = 1; id <= RECORDS_PER_FILE + 1; id += 1) records.write(record(id));
  expect(files().map(sequenceOf)).toEqual([1, 2]);
  expect(files().map((name) => linesOf(name).length)).toEqual([2 + RECORDS_PER_FILE, 3]);
  expect(allLines().map(callIdOf)).toEqual(range(1, RECORDS_PER_FILE + 1));
});

test('a start after a stop begins a new file with the next sequence number', () => {
  for (const id of [1, 2, 3]) {
    const records = opened();
    records.write(record(id));
    records.close();
  }
  expect(files().map(sequenceOf)).toEqual([1, 2, 3]);
  expect(allLines().map(callIdOf)).toEqual([1, 2, 3]);
});

test('sequence numbers go on after the highest number, whatever other files there are', () => {
  mkdirSync(directory, { recursive: true });
  const whole = `${formatCdrHeader()}\n${formatCdrTypes()}\n`;
  writeFileSync(join(directory, 'cdr_Other_01_202501010000_9'), whole);
  writeFileSync(join(directory, 'cdr_Other_01_202501010000_10'), whole);
  writeFileSync(join(directory, 'notes_99'), 'no record');
  opened().write(record(1));
  expect(files().map(sequenceOf)).toContain(11);
  expect(readFileSync(join(directory, 'notes_99'), 'utf8')).toBe('no record');
});

test('a torn last line is cut off at the next start, and the whole ones before it stay', () => {
  const records = opened();
  records.write(record(1));
  records.write(record(2));
  records.close();
  const [name = ''] = files();
  const before = readFileSync(join(directory, name), 'utf8');
  appendFileSync(join(directory, name), '1,1,3,"a torn li');
  opened().write(record(4));
  expect(readFileSync(join(directory, name), 'utf8')).toBe(before);
  expect(allLines().map(callIdOf)).toEqual([1, 2, 4]);
});

test.each([
  ['nothing', ''],
  ['half a header', '"cdrRecordType","glob'],
  ['a header and half the types', `${formatCdrHeader()}\nINTEGER,INT`],
])('a file in which a kill left only %s goes, and its number is not used again', (_what, text) => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'cdr_StandAloneCluster_01_202501010000_7'), text);
  opened().write(record(1));
  expect(files().map(sequenceOf)).toEqual([8]);
});

test('while the disk fails records wait, and are written in order when it is back', () => {
  const records = opened();
  renameSync(directory, `${directory}.gone`);
  for (const id of [1, 2, 3]) records.write(record(id));
  expect(failures).toHaveLength(3);
  expect(failures[0]).toContain('ENOENT');
  renameSync(`${directory}.gone`, directory);
  records.write(record(4));
  expect(failures).toHaveLength(3);
  expect(allLines().map(callIdOf)).toEqual([1, 2, 3, 4]);
});

test('what a disk does not take when it is flushed is written again, once', async () => {
  const records = opened();
  disk.isFailing = true;
  records.write(record(1));
  records.write(record(2));
  await vi.waitFor(() => expect(failures).toEqual(['EIO']));
  expect(allLines()).toEqual([]);
  disk.isFailing = false;
  records.write(record(3));
  expect(allLines().map(callIdOf)).toEqual([1, 2, 3]);
});

test('records that wait for a disk are tried again though no other record comes', () => {
  vi.useFakeTimers();
  const records = opened();
  renameSync(directory, `${directory}.gone`);
  records.write(record(1));
  vi.advanceTimersByTime(5_000);
  expect(failures).toHaveLength(2);
  renameSync(`${directory}.gone`, directory);
  vi.advanceTimersByTime(5_000);
  expect(failures).toHaveLength(2);
  expect(allLines().map(callIdOf)).toEqual([1]);
});

test('a stop writes the records that wait', () => {
  const records = opened();
  renameSync(directory, `${directory}.gone`);
  records.write(record(1));
  renameSync(`${directory}.gone`, directory);
  records.close();
  expect(allLines().map(callIdOf)).toEqual([1]);
  expect(existsSync(join(directory, 'calls-in-progress.json'))).toBe(false);
});

test('records that a stop cannot write are written by the next start, once', () => {
  const records = opened();
  // A folder in place of the next file's name counter: files fail, the snapshot does not.
  mkdirSync(join(directory, 'sequence'));
  records.write(record(1));
  records.write(record(2));
  records.close();
  expect(files()).toEqual([]);
  rmSync(join(directory, 'sequence'), { recursive: true });
  opened().close();
  opened().close();
  expect(allLines().map(callIdOf)).toEqual([1, 2]);
});

test('a file is written for a minute, then the next, also when the clock is set back', () => {
  vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 12, 0, 30) });
  const records = opened();
  for (const [id, atS] of [30, 89, 90, 91, -600].entries()) {
    vi.setSystemTime(Date.UTC(2026, 0, 1, 12, 0, atS));
    records.write(record(id));
  }
  expect(files().map((name) => name.slice(-14))).toEqual([
    '202601011200_1',
    '202601011201_2',
    '202601011150_3',
  ]);
  expect(files().map((name) => linesOf(name).length - 2)).toEqual([2, 2, 1]);
});

test('the snapshot of a call that only goes on moves with the time', () => {
  vi.useFakeTimers();
  const world = new CoreWorld({
    phones: [
      { name: 'P1', mode: 'encrypted' },
      { name: 'P2', mode: 'encrypted' },
    ],
  });
  world.call('P1', 'P2');
  opened().follow(world.state);
  const endMs = (): number =>
    JSON.parse(readFileSync(join(directory, 'calls-in-progress.json'), 'utf8'))[0].disconnectedMs;
  vi.advanceTimersByTime(250);
  const firstMs = endMs();
  vi.advanceTimersByTime(3_600_000);
  expect(endMs()).toBeGreaterThanOrEqual(firstMs + 3_590_000);
});

test('a disk that fails for the snapshot of calls in progress is told too', async () => {
  const told = Promise.withResolvers<string>();
  const records = opened((reason) => told.resolve(reason));
  rmSync(directory, { recursive: true });

  const world = new CoreWorld({
    phones: [
      { name: 'P1', mode: 'encrypted' },
      { name: 'P2', mode: 'encrypted' },
    ],
  });
  world.call('P1', 'P2');
  records.follow(world.state);
  expect(await told.promise).toContain('ENOENT');
});

test('a snapshot that is not one is told, is gone, and stops nothing', () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'calls-in-progress.json'), '[{"globalCallId":');
  const records = opened();
  expect(failures).toHaveLength(1);
  expect(existsSync(join(directory, 'calls-in-progress.json'))).toBe(false);
  records.write(record(1));
  expect(allLines().map(callIdOf)).toEqual([1]);
});

test('a kill in the middle of writing loses no confirmed record and tears none', async () => {
  const confirmed: number[] = [];
  for (const [round, count] of [40, 97, 5].entries()) {
    confirmed.push(...(await killedWriter((round + 1) * 100_000, count)));
    opened().close();
    const ids = allLines().map(callIdOf);
    expect(ids).toEqual(expect.arrayContaining(confirmed));
    expect(new Set(ids).size).toBe(ids.length);
  }
  for (const name of files()) {
    const [header, types] = linesOf(name);
    expect([header, types]).toEqual([formatCdrHeader(), formatCdrTypes()]);
  }
  expect(new Set(files().map(sequenceOf)).size).toBe(files().length);
  expect(failures).toEqual([]);
});

test('CDR-01, CDR-02: a kill leaves a record with cause 41 for each leg', async () => {
  await killedFollower();
  expect(files()).toEqual([]);
  const records = opened();
  records.close();
  const lines = allLines();
  const legs = lines.map((line) => field(line, 'origDeviceName')).sort();
  expect(legs).toEqual(['P1', 'P2', 'P3', 'P4']);
  for (const line of lines) {
    expect(field(line, 'origCause_value')).toBe('41');
    expect(Number(field(line, 'globalCallID_callId'))).toBeGreaterThan(1000);
  }
  const ofConference = lines.filter((line) => field(line, 'conferenceSecuredStatus') !== '');
  expect(ofConference.map((line) => field(line, 'origDeviceName')).sort()).toEqual([
    'P1',
    'P2',
    'P3',
  ]);
  opened().close();
  expect(allLines()).toHaveLength(lines.length);
});

test('a call that ended after the last snapshot has one record, not two', () => {
  const world = new CoreWorld({
    phones: [
      { name: 'P1', mode: 'encrypted' },
      { name: 'P2', mode: 'encrypted' },
    ],
  });
  world.call('P1', 'P2');
  const before = openRecords(world.state, world.nowMs);
  world.press('P1', 'end-call');
  const records = opened();
  for (const record of world.records) records.write(record);
  records.close();
  // As a kill leaves it that came before the next snapshot.
  writeFileSync(join(directory, 'calls-in-progress.json'), JSON.stringify(before));
  opened().close();
  expect(allLines().map((line) => field(line, 'origCause_value'))).toEqual(['16']);
});

test('a file that is taken away while it is open is followed by another', () => {
  const records = opened();
  records.write(record(1));
  for (const name of files()) rmSync(join(directory, name));
  records.write(record(2));
  expect(allLines().map(callIdOf)).toEqual([2]);
  records.close();
  for (const name of files()) rmSync(join(directory, name));
  const again = opened();
  again.write(record(3));
  expect(files().map(sequenceOf)).toEqual([3]);
});

test('an orderly stop leaves no snapshot behind', async () => {
  const world = new CoreWorld({
    phones: [
      { name: 'P1', mode: 'encrypted' },
      { name: 'P2', mode: 'encrypted' },
    ],
  });
  const records = opened();
  world.call('P1', 'P2');
  records.follow(world.state);
  records.close();
  opened().close();
  expect(readdirSync(directory)).toEqual([]);
});

/** A child that writes records and confirms each; killed once it has confirmed `count`. */
async function killedWriter(firstId: number, count: number): Promise<readonly number[]> {
  const code = `
    import { writeSync } from 'node:fs';
    import { CallRecords } from './call-records.ts';
    const { directory, clusterId, template, firstId } = JSON.parse(process.env.TASK);
    const failed = (why) => { throw new Error(why); };
    const records = new CallRecords({ directory, clusterId, failed });
    for (let id = firstId; ; id += 1) {
      records.write({ ...template, globalCallId: id });
      writeSync(1, id + '\\n');
    }`;
  const confirmed: number[] = [];
  await killedChild(code, { firstId }, (line) => {
    confirmed.push(Number(line));
    return confirmed.length === count;
  });
  expect(confirmed.length).toBeGreaterThanOrEqual(count);
  return confirmed;
}

/** A child with a conference of P1, P2 and P3, P4 calling P5; killed once the snapshot is there. */
async function killedFollower(): Promise<void> {
  const code = `
    import { existsSync, writeSync } from 'node:fs';
    import { join } from 'node:path';
    import { setImmediate } from 'node:timers/promises';
    import { CoreWorld } from '@conclave/testkit';
    import { CallRecords } from './call-records.ts';
    const { directory, clusterId } = JSON.parse(process.env.TASK);
    const failed = (why) => { throw new Error(why); };
    const records = new CallRecords({ directory, clusterId, failed });
    const phones = [1, 2, 3, 4, 5].map((n) => ({ name: 'P' + n, mode: 'encrypted' }));
    const world = new CoreWorld({ phones, bridges: [{ name: 'SB', secure: true }] });
    world.confer('P1', 'P2', 'P3');
    world.call('P4', 'P5');
    records.follow(world.state);
    while (!existsSync(join(directory, 'calls-in-progress.json'))) await setImmediate();
    writeSync(1, 'ready\\n');
    setInterval(() => {}, 60_000);`;
  await killedChild(code, {}, (line) => line === 'ready');
}

/** Runs code until `enough` says so of a line that it has written, then kills it. */
async function killedChild(
  code: string,
  task: object,
  enough: (line: string) => boolean,
): Promise<void> {
  const TASK = JSON.stringify({ directory, clusterId: CLUSTER, template: record(0), ...task });
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    cwd: import.meta.dirname,
    env: { ...process.env, TASK },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  child.stderr.setEncoding('utf8').on('data', (text: string) => complaints.push(text));
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_code, signal) => resolve(signal));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (enough(line)) child.kill('SIGKILL');
  }
  expect([await ended, complaints.join('')]).toEqual(['SIGKILL', expect.any(String)]);
}

function opened(failed = (reason: string): unknown => failures.push(reason)): CallRecords {
  const records = new CallRecords({
    directory,
    clusterId: CLUSTER,
    failed: (reason) => {
      failed(reason);
    },
  });
  open.push(records);
  return records;
}

function files(): readonly string[] {
  return readdirSync(directory)
    .filter((name) => name.startsWith('cdr_'))
    .sort((one, other) => sequenceOf(one) - sequenceOf(other));
}

function sequenceOf(name: string): number {
  return Number(/_(\d+)$/.exec(name)?.[1]);
}

/** The lines of a file, which must end with a line's end. */
function linesOf(name: string): readonly string[] {
  const text = readFileSync(join(directory, name), 'utf8');
  if (!text.endsWith('\n')) throw new Error(`${name} ends in the middle of a line`);
  return text.slice(0, -1).split('\n');
}

/** The records of all files; each must be whole. */
function allLines(): readonly string[] {
  const lines = files().flatMap((name) => linesOf(name).slice(2));
  for (const line of lines) expect(fieldsOf(line)).toHaveLength(CDR_COLUMNS.length);
  return lines;
}

/** No text of these tests has a comma or a quote. */
function fieldsOf(line: string): readonly string[] {
  return line.split(',').map((each) => each.replaceAll('"', ''));
}

function field(line: string, name: string): string {
  return fieldsOf(line)[CDR_COLUMNS.findIndex(([each]) => each === name)] ?? '';
}

function callIdOf(line: string): number {
  return Number(field(line, 'globalCallID_callId'));
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function record(globalCallId: number): CallDetailRecord {
  const party = {
    partition: '',
    payloadCapability: 4,
    terminationOnBehalfOf: 12,
    conversationId: 0,
  };
  return {
    globalCallId,
    originatedMs: 1_700_000_000_000,
    connectedMs: 1_700_000_001_000,
    disconnectedMs: 1_700_000_009_000,
    originating: { ...party, device: 'SEP000000001001', leg: 1, number: '1001', cause: 16 },
    destination: { ...party, device: 'SEP000000001002', leg: 2, number: '1002', cause: 0 },
    originalCalledNumber: '1002',
    finalCalledNumber: '1002',
    lastRedirectNumber: '',
    calledPartition: '',
    redirectOnBehalfOf: 0,
    redirectReason: 0,
    joinOnBehalfOf: 0,
    comment: '',
    securedStatus: 'encrypted',
  };
}
