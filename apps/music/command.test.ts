import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { FakeCallManager } from '@conclave/resource/fake-call-manager';
import { afterEach, describe, expect, test } from 'vitest';
import { eventText } from './command.ts';
import type { MusicEvent } from './music-server.ts';
import type { CommandLine } from './options.ts';

/*
 * Goal: the process says what happens in lines that people understand, and ends when it is asked to.
 * Method: a process of its own against a fake call manager; lines and ends are waited for.
 */

const RUN = `
  import { musicCommand } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  await musicCommand(process.argv.slice(1));
`;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the process', () => {
  test('makes its file, registers, and says goodbye when it is asked to end', async () => {
    const manager = await listen();
    const music = run(manager.port, ['--json', '--streams', '7'], 'ignore');
    expect(JSON.parse(await music.nextLine())).toMatchObject({
      event: 'playing',
      name: 'MOH2',
      seconds: expect.closeTo(22.9, 1),
    });
    expect(JSON.parse(await music.nextLine())).toEqual({
      event: 'registered',
      name: 'MOH2',
      version: 20,
      streamsMax: 7,
    });
    const link = await manager.nextLink();
    music.child.kill('SIGTERM');
    await link.take('UnregisterReq');
    expect(await music.exit).toBe(0);
  });

  test.each([
    ['stdin', 'pipe', (child: ChildProcess) => child.stdin?.end()],
    ['IPC channel', 'ipc', (child: ChildProcess) => child.disconnect()],
  ] as const)('ends with its parent, as the %s tells', async (_, how, leave) => {
    const manager = await listen();
    const music = run(manager.port, ['--exit-with-parent'], how);
    expect(await music.nextLine()).toMatch(/^plays .*sample\.wav \(22\.9 s\)$/);
    expect(await music.nextLine()).toBe(
      `registered as MOH2 with 127.0.0.1:${manager.port} (SCCP 20, nonsecure): 100 streams`,
    );
    leave(music.child);
    expect(await music.exit).toBe(0);
  });
});

describe('events as lines', () => {
  const commandLine: CommandLine = {
    json: false,
    exitWithParent: false,
    server: {
      name: 'MOH1',
      host: 'cm',
      port: 2443,
      protocolVersion: 20,
      streamsMax: 50,
      file: 'a.wav',
      tls: { certificate: '', key: '', trust: [] },
    },
  };
  test.each<[MusicEvent, string]>([
    [
      { type: 'registered', version: 17, streamsMax: 50 },
      'registered as MOH1 with cm:2443 (SCCP 17, encrypted): 50 streams',
    ],
    [
      { type: 'lost', reason: 'ECONNRESET', streamsEnded: 1, retryMs: 500 },
      'signalling lost: ECONNRESET; 1 stream ended; trying again in 0.5 s',
    ],
    [
      { type: 'lost', reason: 'ECONNRESET', streamsEnded: 2, retryMs: 15_000 },
      'signalling lost: ECONNRESET; 2 streams ended; trying again in 15 s',
    ],
    [
      { type: 'failed', code: 'ECONNREFUSED', reason: 'x', retryMs: 500 },
      'cannot register with cm:2443: nobody listens there; trying again in 0.5 s',
    ],
    [{ type: 'playing', file: 'a.wav', seconds: 12.34 }, 'plays a.wav (12.3 s)'],
    [{ type: 'trouble', text: 'a.wav is missing' }, 'a.wav is missing'],
  ])('%o', (event, line) => {
    expect(eventText(event, commandLine)).toBe(line);
  });
});

async function listen(): Promise<FakeCallManager> {
  const manager = await FakeCallManager.listen();
  cleanups.push(() => manager.close());
  return manager;
}

function run(
  port: number,
  words: readonly string[],
  parent: 'ignore' | 'pipe' | 'ipc',
): {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  nextLine(): Promise<string>;
} {
  const folder = mkdtempSync(join(tmpdir(), 'conclave-music-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
  const child = spawn(
    process.execPath,
    [
      ...['--input-type=module', '--eval', RUN, '--'],
      ...['--name', 'MOH2', '--mode', 'nonsecure', '--port', String(port)],
      ...['--file', join(folder, 'sample.wav'), ...words],
    ],
    {
      stdio: [
        parent === 'pipe' ? 'pipe' : 'ignore',
        'pipe',
        'inherit',
        ...(parent === 'ipc' ? ['ipc' as const] : []),
      ],
    },
  );
  cleanups.push(() => child.kill('SIGKILL'));
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (!child.stdout) throw new Error('its standard output is a pipe');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    exit,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('the process has ended');
      return value;
    },
  };
}
