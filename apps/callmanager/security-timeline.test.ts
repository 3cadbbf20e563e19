/*
 * Goal: the timeline of a conference on disk has every level that its phones were told, and nobody but the call manager
 * can have written it; what is changed, removed or torn by a kill is found. Method: conferences of the rules, files of
 * a real folder, `conclave verify` as a process of its own.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyStore, type PemIdentity, verifyChain } from '@conclave/pki';
import { CoreWorld } from '@conclave/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LEDGER, SecurityTimelines } from './security-timeline.ts';

const ROOT = join(import.meta.dirname, '../..');

let data: string;
let signer: PemIdentity & { readonly authority: string };
let failures: string[];

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'conclave-timeline-'));
  signer = await new KeyStore(data).ensureSigner(new Date());
  failures = [];
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

class Day extends CoreWorld {
  #heard = 0;
  timelines = opened();

  constructor() {
    super({
      phones: [
        ...['P1', 'P2', 'P3'].map((name) => ({ name, mode: 'encrypted' }) as const),
        { name: 'N', mode: 'nonsecure' },
      ],
      bridges: [{ name: 'SB', secure: true }],
    });
  }

  /** What has happened meanwhile. */
  write(): void {
    for (const effect of this.log.slice(this.#heard)) {
      if (effect.type === 'level') this.timelines.level(effect, this.state);
    }
    this.#heard = this.log.length;
    this.timelines.follow(this.state);
  }
}

function opened(): SecurityTimelines {
  return new SecurityTimelines({
    directory: join(data, 'timeline'),
    clusterId: 'C1',
    signer,
    nowMs: () => 1_000_000,
    failed: (reason) => void failures.push(reason),
  });
}

function files(): readonly string[] {
  return readdirSync(join(data, 'timeline')).filter((name) => name !== LEDGER);
}

function read(name: string): string {
  return readFileSync(join(data, 'timeline', name), 'utf8');
}

function change(name: string, edit: (text: string) => string): void {
  writeFileSync(join(data, 'timeline', name), edit(read(name)));
}

function conference(): Day {
  const day = new Day();
  day.confer('P1', 'P2', 'P3');
  day.write();
  day.add('P1', 'N');
  day.write();
  day.press('N', 'end-call');
  day.write();
  return day;
}

function over(): Day {
  const day = conference();
  for (const phone of ['P1', 'P2', 'P3']) day.press(phone, 'end-call');
  day.write();
  return day;
}

function verify(...words: readonly string[]) {
  const { status, stdout } = spawnSync(
    process.execPath,
    ['apps/conclave/main.ts', 'verify', '--data', data, ...words],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, stdout };
}

test('every level with its reason and who was in, signed at the end', () => {
  over();
  const [name = ''] = files();
  const { entries, signedBy, fault } = verifyChain(read(name), signer.authority);
  expect([signedBy, fault, failures]).toEqual(['conclave-records', undefined, []]);
  expect(entries[0]).toMatchObject({ type: 'conference', cluster: 'C1', bridge: 'SB' });
  const levels = entries.filter(({ type }) => type === 'level');
  expect(levels.map(({ to }) => to)).toEqual([
    ...['encrypted', 'unknown', 'encrypted', 'nonsecure', 'encrypted'],
  ]);
  expect(levels.find(({ to }) => to === 'nonsecure')).toMatchObject({
    because: expect.stringMatching(/^N /),
    limits: [{ level: 'nonsecure' }],
    parties: expect.arrayContaining([
      { device: 'N', number: expect.any(String), level: 'nonsecure' },
    ]),
  });
  expect(entries.at(-1)).toMatchObject({ type: 'end', how: 'ended' });
});

describe('conclave verify', () => {
  test('all is well, by directory and by file', () => {
    over();
    expect(verify()).toEqual({
      status: 0,
      stdout: expect.stringMatching(
        /encrypted > nonsecure > encrypted; signed by conclave-records/,
      ),
    });
    expect(verify(join(data, 'timeline', files()[0] ?? '')).status).toBe(0);
  });

  test('a level that was changed afterwards', () => {
    over();
    change(files()[0] ?? '', (text) => text.replace('"to":"nonsecure"', '"to":"encrypted"'));
    expect(verify()).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('is not what was'),
    });
  });

  test('a file that was removed, or put in its place signed by another key', async () => {
    over();
    const [name = ''] = files();
    const kept = read(name);
    rmSync(join(data, 'timeline', name));
    expect(verify()).toMatchObject({
      status: 1,
      stdout: expect.stringContaining(`${name} is missing`),
    });
    change(LEDGER, (text) => text.split('\n').slice(1).join('\n'));
    expect(verify().status).toBe(1);
    writeFileSync(join(data, 'timeline', name), kept.split('\n').slice(0, -2).join('\n'));
    expect(verify().status).toBe(1);
  });

  test('a ledger whose end was removed with its files, when its head is known', () => {
    over();
    const head = verifyChain(read(LEDGER)).head;
    expect(verify('--head', head).status).toBe(0);
    rmSync(join(data, 'timeline', files()[0] ?? ''));
    writeFileSync(join(data, 'timeline', LEDGER), '');
    expect(verify().status).toBe(0);
    expect(verify('--head', head)).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('its end has been taken away'),
    });
  });
});

describe('a start after a kill', () => {
  test('ends the timeline of what went on then, and says so', () => {
    conference();
    opened();
    const { entries, signedBy } = verifyChain(read(files()[0] ?? ''), signer.authority);
    expect([entries.at(-1)?.how, signedBy]).toEqual(['lost', 'conclave-records']);
    expect(verify().status).toBe(0);
    opened();
    expect(verify().status).toBe(0);
    expect(failures).toEqual([]);
  });

  test('a line that the kill tore is told of, and found by who verifies', () => {
    conference();
    change(files()[0] ?? '', (text) => text.slice(0, -20));
    opened();
    expect(failures[0]).toContain('torn');
    expect(verify()).toMatchObject({ status: 1, stdout: expect.stringContaining('torn') });
  });

  test('a ledger that was changed meanwhile raises an alarm', () => {
    over();
    change(LEDGER, (text) => text.replace('"began"', '"begun"'));
    opened();
    expect(failures[0]).toContain(`${LEDGER} has been changed`);
  });
});

test('what is old is deleted, and the ledger says so: nobody misses it', () => {
  const day = over();
  day.timelines.removeBefore(1_000_000);
  expect(files()).toHaveLength(1);
  day.timelines.removeBefore(1_000_001);
  day.timelines.removeBefore(1_000_001);
  expect([files(), verify().status, failures]).toEqual([[], 0, []]);
});

test('a disk that fails stops no conference', () => {
  const day = new Day();
  rmSync(join(data, 'timeline'), { recursive: true });
  day.confer('P1', 'P2', 'P3');
  day.write();
  expect(failures[0]).toContain('ENOENT');
});
