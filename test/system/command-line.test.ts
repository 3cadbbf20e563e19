import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/*
 * Goal: what a newcomer types works: start, phones by script, status, configuration, Ctrl-C, start
 * again. Method: the real commands as processes of their own, on free ports and a data directory that
 * is thrown away.
 */

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const main = join(root, 'apps', 'conclave', 'main.ts');
const data = mkdtempSync(join(tmpdir(), 'conclave-system-'));
let system: Running;
const ports: { CM_SCCP_PORT: string; CM_SCCP_TLS_PORT: string } = {
  CM_SCCP_PORT: '0',
  CM_SCCP_TLS_PORT: '0',
};

beforeAll(async () => {
  system = await start();
});

afterAll(async () => {
  await stop(system);
  rmSync(data, { recursive: true });
});

describe('scripted phones', () => {
  test('a conference by script: lock, shield, list, removal; one JSON object a line', () => {
    const { status, stdout } = script(`
      phone alice SEP000000001001 mode=encrypted tone=400
      phone bob SEP000000001002 mode=encrypted tone=600 answer=auto
      phone carol SEP000000001003 mode=encrypted tone=800 answer=auto version=11
      phone dave SEP000000001004 mode=authenticated tone=1000 answer=auto
      alice call 1002
      alice wait connected
      alice add 1003
      alice expect icon lock
      carol expect hears only 400 600
      alice add 1004
      carol expect icon shield
      carol conflist
      carol expect list has Claude shield
      carol expect list icon shield
      alice conflist
      alice remove Claude
      dave wait idle
      carol expect list icon lock   # a list on a screen follows the level
      alice expect icon lock
      alice hold
      bob expect hears only 800
      alice resume
      bob expect hears only 400 800
      alice hangup
    `);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; ok?: boolean });
    expect(events.filter((each) => each.ok === false)).toEqual([]);
    expect(events.at(-1)).toEqual({ event: 'end', ok: true });
    expect(status).toBe(0);
  });

  test('SEC-14, D-16: a phone below the minimum reads why, by model', () => {
    const { status, stdout } = script(`
      phone dave SEP000000001004 mode=authenticated
      dave meetme 5002
      dave wait notify Device Not Authorized
      dave expect idle
    `);
    expect(stdout).not.toContain('"ok":false');
    expect(status).toBe(0);
  });

  test('TIP-07, TIP-10: a phone that comes without security is refused, and the alarm says so', () => {
    const { status } = script(`
      phone eve SEP000000001001 mode=nonsecure register=no
      eve refused Security mode mismatch
    `);
    expect(status).toBe(0);
    const alarms = run(['alarms', '--data', data]).stdout;
    expect(alarms).toMatch(/DeviceRegistrationRejected +SEP000000001001 .*configured as Encrypted/);
  });

  test('what does not come true ends the script with its line and exit code 1', () => {
    const { status, stdout } = script('phone a SEP000000001001\na expect icon lock 1s\na hangup');
    expect(status).toBe(1);
    expect(stdout).toContain('"line":2');
    expect(stdout).not.toContain('"line":3');
  });

  test('faults of a script are named before anything is started', () => {
    const { status, stderr, stdout } = script('phone a SEP000000001001\na dance\nb call 1\n');
    expect(status).toBe(78);
    expect(stdout).toBe('');
    expect(stderr).toContain('line 2: dance is no command');
    expect(stderr).toContain('line 3:');
  });
});

describe('configuration', () => {
  test('before the first start: the sample is shown, a file can be imported, advice is given (TIP-03)', () => {
    const fresh = join(data, 'not', 'yet');
    const yaml = run(['config', 'export', '--data', fresh]).stdout;
    expect(yaml).toContain('SEP000000001001');
    const file = join(data, 'nonsecure.yaml');
    writeFileSync(file, yaml.replace('securityMode: mixed', 'securityMode: nonsecure'));
    const imported = run(['config', 'import', file, '--data', fresh]);
    expect(imported.stderr).toContain('warning: ');
    expect(imported.stdout).toContain('from the next start on');
    expect(run(['config', 'export', '--data', fresh]).stdout).toContain('securityMode: nonsecure');
  });

  test('export, change, import: the running system takes it; a fault changes nothing', () => {
    const yaml = run(['config', 'export', '--data', data]).stdout;
    const file = join(data, 'config.yaml');
    writeFileSync(file, yaml.replace('SEP000000001004', 'SEP00000000100'));
    const refused = run(['config', 'import', file, '--data', data]);
    expect(refused.status).toBe(78);
    expect(refused.stderr).toContain('phones[SEP00000000100].name');
    expect(run(['config', 'export', '--data', data]).stdout).toBe(yaml);

    writeFileSync(file, yaml.replace('pattern: "5002"', 'pattern: "5009"'));
    expect(run(['config', 'import', file, '--data', data]).stdout).toContain('has taken it');
    const { status } = script(`
      phone a SEP000000001001
      a meetme 5009
      a expect icon lock
    `);
    expect(status).toBe(0);
  });
});

describe('what goes on around calls', () => {
  test('INT-05, INT-12: captures are told, shown by status, and end', () => {
    const of = (state: string): ReturnType<typeof run> =>
      run(['capture', 'SEP000000001001', state, '--data', data]);
    expect(of('on')).toMatchObject({ status: 0, stdout: 'capture on: SEP000000001001\n' });
    const status = (): string => run(['status', '--data', data]).stdout;
    expect(status()).toContain('packet capture on SEP000000001001');
    expect(of('off').status).toBe(0);
    expect(status()).not.toContain('packet capture');
  });

  test.each([
    [['capture', 'SEP00000000FFFF', 'on'], 1, 'there is no such device'],
    [['announcement', 'CFB-SECURE', 'on'], 1, 'there is no such device'],
  ] as const)('%j: exit code %i', (words, code, text) => {
    const { status, stderr } = run([...words, '--data', data]);
    expect(status).toBe(code);
    expect(stderr).toContain(text);
  });

  test('words that say nothing get the help, and change nothing', () => {
    const { status, stdout } = run(['capture', 'SEP000000001001', 'perhaps', '--data', data]);
    expect(status).toBe(2);
    expect(stdout).toContain('DEVICE on|off');
  });
});

test('Ctrl-C leaves no process; a second start has its data', async () => {
  const before = run(['config', 'export', '--data', data]).stdout;
  const records = readdirSync(join(data, 'cdr')).filter((name) => name.startsWith('cdr_'));
  expect(records.length).toBeGreaterThan(0);
  await stop(system);
  expect(processesOn(data)).toEqual([]);
  system = await start();
  expect(run(['config', 'export', '--data', data]).stdout).toBe(before);
  for (const name of records) expect(readdirSync(join(data, 'cdr'))).toContain(name);
  const status = JSON.parse(run(['status', '--data', data, '--json']).stdout) as {
    devices: { name: string; registered: boolean; signalling?: string }[];
  };
  expect(status.devices.find((each) => each.name === 'CFB-SECURE')).toMatchObject({
    registered: true,
    signalling: 'tls-encrypted',
  });
});

test('a second start on the same data is refused in one line', () => {
  const { status, stderr } = run(['start', '--data', data]);
  expect(status).toBe(78);
  expect(stderr).toMatch(/already runs/);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

async function start(): Promise<Running> {
  const child = spawn(process.execPath, [main, 'start', '--data', data], {
    env: {
      ...process.env,
      ...{ CM_HOST: '127.0.0.1', CM_SCCP_PORT: '0', CM_SCCP_TLS_PORT: '0' },
      ...{ CM_SIP_PORT: '0', CM_SIP_TLS_PORT: '0', CM_API_PORT: '0' },
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let text = '';
  await new Promise<void>((resolve, reject) => {
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('Ready after')) resolve();
    });
    child.once('exit', () => reject(new Error(`the system ended: ${text}`)));
  });
  ports.CM_SCCP_PORT = /SCCP +TCP [\d.]+:(\d+)/.exec(text)?.[1] ?? '';
  ports.CM_SCCP_TLS_PORT = /SCCP\/TLS +TCP [\d.]+:(\d+)/.exec(text)?.[1] ?? '';
  return { child, ended };
}

async function stop({ child, ended }: Running): Promise<void> {
  child.kill('SIGINT');
  await ended;
}

function script(text: string): ReturnType<typeof run> {
  return run(['phone', '--script', '-', '--json', '--data', data], text);
}

function run(
  words: readonly string[],
  input = '',
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [main, ...words], {
    input,
    encoding: 'utf8',
    env: { ...process.env, ...ports },
  });
}

/** Command lines of processes that name this directory. */
function processesOn(directory: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        return readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    })
    .filter((line) => line.includes(directory));
}
