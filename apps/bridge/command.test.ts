import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { FakeCallManager } from '@conclave/resource/fake-call-manager';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BridgeEvent } from './bridge.ts';
import { eventText } from './command.ts';
import type { CommandLine } from './options.ts';

/*
 * Goal: the process says what happens in lines that people understand, and ends when it is asked to.
 * Method: a process of its own against a fake call manager; lines and ends are waited for.
 */

vi.setConfig({ testTimeout: 60_000 });

const RUN = `
  import { bridgeCommand } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
  await bridgeCommand(process.argv.slice(1));
`;

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('the process', () => {
  test('registers, tells it as JSON, and says goodbye when it is asked to end', async () => {
    const manager = await listen();
    const bridge = run(manager.port, ['--json'], 'ignore');
    expect(JSON.parse(await bridge.nextLine())).toEqual({
      event: 'registered',
      name: 'CFB2',
      version: 20,
      conferencesMax: 16,
      partiesMax: 32,
    });
    const link = await manager.nextLink();
    bridge.child.kill('SIGTERM');
    await link.take('UnregisterReq');
    expect(await bridge.exit).toBe(0);
  });

  test.each([
    ['stdin', 'pipe', (child: ChildProcess) => child.stdin?.end()],
    ['IPC channel', 'ipc', (child: ChildProcess) => child.disconnect()],
  ] as const)('ends with its parent, as the %s tells', async (_, how, leave) => {
    const manager = await listen();
    const bridge = run(manager.port, ['--exit-with-parent'], how);
    expect(await bridge.nextLine()).toBe(
      `registered as CFB2 with 127.0.0.1:${manager.port} (SCCP 20, nonsecure): ` +
        '16 conferences of up to 32 parties',
    );
    leave(bridge.child);
    expect(await bridge.exit).toBe(0);
  });

  test('a refusal is one line, tried again, and ends when asked between two attempts', async () => {
    const manager = await listen('Security\tmismatch');
    const bridge = run(manager.port, [], 'ignore');
    const where = `127.0.0.1:${manager.port}`;
    const says = 'the call manager says "Security mismatch"';
    expect(await bridge.nextLine()).toBe(
      `cannot register with ${where}: ${says}; trying again in 0.5 s`,
    );
    expect(await bridge.nextLine()).toBe(
      `cannot register with ${where}: ${says}; trying again in 1 s`,
    );
    bridge.child.kill('SIGINT');
    expect(await bridge.exit).toBe(0);
  });

  test('help', async () => {
    const bridge = run(1, ['--help'], 'ignore');
    expect(await bridge.nextLine()).toContain('conclave bridge --name NAME');
    expect(await bridge.exit).toBe(0);
  });
});

describe('events as lines', () => {
  const commandLine: CommandLine = {
    json: false,
    exitWithParent: false,
    bridge: {
      name: 'CFB1',
      host: 'cm',
      port: 2443,
      sessions: 16,
      parties: 32,
      protocolVersion: 20,
      tls: { certificate: '', key: '', trust: [] },
    },
  };
  const failed = (code: string, reason = 'x'): BridgeEvent => ({
    type: 'failed',
    code,
    reason,
    retryMs: 500,
  });
  const cannot = (why: string): string =>
    `cannot register with cm:2443: ${why}; trying again in 0.5 s`;
  test.each<[BridgeEvent, string]>([
    [
      { type: 'registered', version: 17, conferencesMax: 8, partiesMax: 32 },
      'registered as CFB1 with cm:2443 (SCCP 17, encrypted): 8 conferences of up to 32 parties',
    ],
    [
      { type: 'lost', reason: 'keep-alives went unanswered', conferencesEnded: 1, retryMs: 500 },
      'signalling lost: keep-alives went unanswered; 1 conference ended; trying again in 0.5 s',
    ],
    [
      { type: 'lost', reason: 'ECONNRESET', conferencesEnded: 2, retryMs: 15_000 },
      'signalling lost: ECONNRESET; 2 conferences ended; trying again in 15 s',
    ],
    [failed('ECONNREFUSED'), cannot('nobody listens there')],
    [failed('ETIMEDOUT'), cannot('no answer')],
    [failed('REJECTED', 'Not\nyou'), cannot('the call manager says "Not you"')],
    [
      failed('DISCONNECTED', 'ECONNRESET'),
      cannot(
        'the call manager closed the connection (ECONNRESET); it may not trust our certificate',
      ),
    ],
    [
      failed('GAVE_UP', 'the call manager does not answer'),
      cannot('the call manager does not answer'),
    ],
    [
      failed('UNABLE_TO_VERIFY_LEAF_SIGNATURE'),
      cannot("the call manager's certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)"),
    ],
    [failed('ENOTFOUND', 'getaddrinfo cm'), cannot('getaddrinfo cm (ENOTFOUND)')],
    [{ type: 'trouble', text: 'no media socket' }, 'no media socket'],
  ])('%o', (event, line) => {
    expect(eventText(event, commandLine)).toBe(line);
  });
});

async function listen(rejection?: string): Promise<FakeCallManager> {
  const manager = await FakeCallManager.listen(rejection === undefined ? {} : { rejection });
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
  const child = spawn(
    process.execPath,
    [
      ...['--input-type=module', '--eval', RUN, '--'],
      ...['--name', 'CFB2', '--mode', 'nonsecure', '--port', String(port), ...words],
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
