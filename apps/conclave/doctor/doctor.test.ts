/*
 * Goal: each common mistake is found and told with a remedy, and a sound installation gives nothing. Method: a real
 * data directory with one thing wrong at a time; what a directory cannot show is put into the facts.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hashPassword } from '@conclave/api';
import { KeyStore } from '@conclave/pki';
import { SAMPLE_CONFIGURATION, Store } from '@conclave/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diagnose, type InstallationFacts } from './diagnosis.ts';
import { installationFacts } from './facts.ts';

const DAY_MS = 86_400_000;
const PORTS = { sccpPort: 0, sccpTlsPort: 0, sipPort: 0, sipTlsPort: 0, apiPort: 0 };
const LOCAL = [
  { name: 'CFB-SECURE', mode: 'encrypted' },
  { name: 'CFB-PLAIN', mode: 'nonsecure' },
];

let data: string;

beforeEach(async () => {
  data = mkdtempSync(join(tmpdir(), 'conclave-doctor-'));
  settings({});
  const keys = new KeyStore(data);
  await keys.ensureCallManager(['localhost'], new Date());
  await keys.ensureDevice('bridges', 'CFB-SECURE', new Date());
  await change((store) => store.seedConfiguration(SAMPLE_CONFIGURATION));
  const passwordHash = await hashPassword('a good long password');
  const account = { name: 'ada', role: 'administrator', passwordHash };
  await change((store) => store.accounts.putAccount(account));
});

afterEach(() => rmSync(data, { recursive: true, force: true }));

function settings(changes: object): void {
  const yaml = { ...PORTS, bridges: LOCAL, ...changes };
  writeFileSync(join(data, 'conclave.yaml'), JSON.stringify(yaml));
}

async function change(work: (store: Store) => Promise<unknown>): Promise<void> {
  const store = await Store.open(join(data, 'conclave.sqlite'));
  await work(store);
  await store.close();
}

async function found(wrong: Partial<InstallationFacts> = {}): Promise<readonly string[]> {
  // What this machine is short of is not the matter here.
  const machine = {
    node: { version: '26', wanted: '26' },
    hasNativeMedia: true,
    freeBytes: 2 ** 40,
  };
  const facts = await installationFacts(data);
  return diagnose({ ...facts, ...machine, ...wrong }).map(
    ({ severity, about, text, fix }) => `${severity} ${about}: ${text} ${fix}`,
  );
}

test('a sound installation has nothing wrong', async () => {
  expect(await found()).toEqual([]);
});

test('secrets that others can read, unless the folder is shut to them', async () => {
  chmodSync(join(data, 'pki/ca/ca.key'), 0o644);
  expect(await found()).toEqual([]);
  chmodSync(data, 0o755);
  expect(await found()).toEqual([expect.stringMatching(/^fault files: .*ca\.key .*chmod go-rwx/)]);
});

test('a port that another program has', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const { port } = server.address() as { port: number };
  settings({ sccpPort: port });
  expect(await found()).toEqual([expect.stringContaining(`port ${port} (sccpPort)`)]);
  await new Promise((resolve) => server.close(resolve));
});

test('TIP-15: the certificate of another, a key of another, one that expires and one that has', async () => {
  const folder = join(data, 'pki/bridges');
  await new KeyStore(data).ensureDevice('bridges', 'OTHER', new Date());
  for (const end of ['pem', 'key']) {
    renameSync(join(folder, `OTHER/OTHER.${end}`), join(folder, `CFB-SECURE/CFB-SECURE.${end}`));
  }
  rmSync(join(folder, 'OTHER'), { recursive: true });
  expect(await found()).toEqual([expect.stringContaining('is for OTHER, not for CFB-SECURE')]);
  renameSync(join(data, 'pki/ca/ca.key'), join(folder, 'CFB-SECURE/CFB-SECURE.key'));
  expect(await found()).toEqual([expect.stringMatching(/CFB-SECURE.key is not the key of/)]);
});

test('a certificate that is about to expire, and one that has expired', async () => {
  const { certificates } = await installationFacts(data);
  const [first] = certificates;
  const validToMs = first?.facts.validToMs ?? 0;
  const only = { certificates: certificates.slice(0, 1) };
  expect(await found({ ...only, nowMs: validToMs - 7.5 * DAY_MS })).toEqual([
    expect.stringMatching(/^advice certificates: .* expires in 7 days\. Re-issue/),
  ]);
  expect(await found({ ...only, nowMs: validToMs + DAY_MS })).toEqual([
    expect.stringMatching(/^fault certificates: .* expired/),
  ]);
});

test('settings and configuration that do not fit each other', async () => {
  settings({ bridges: [...LOCAL, { name: 'CFB-LOST', mode: 'encrypted' }] });
  expect(await found()).toEqual([expect.stringContaining('CFB-LOST, which is not configured')]);
  settings({ bridges: [{ name: 'CFB-SECURE', mode: 'nonsecure' }] });
  expect(await found()).toEqual([expect.stringContaining('its device security mode is encrypted')]);
  settings({ host: 7 });
  expect(await found()).toEqual([expect.stringContaining('host must be a text')]);
});

test('MML-05: bridges that are not registered, and numbers that need a secure one', async () => {
  const report = {
    ...{ calls: [], conferences: [], parked: [], barges: [], sharedLines: [], captures: [] },
    ...{
      announcements: [],
      legs: [],
      refusals: [],
      counters: { failedAllocations: 0, refusedJoins: 0 },
    },
    cluster: { id: 'C', mixedMode: true },
    devices: [
      { name: 'CFB-PLAIN', kind: 'bridge', registered: true },
      { name: 'MOH-1', kind: 'music', registered: true },
    ],
  } as const;
  expect(await found({ report })).toEqual([
    expect.stringContaining('CFB-SECURE is configured and not registered'),
    expect.stringContaining('cannot be started (MML-05)'),
  ]);
});

test('a clock that is behind, a full disk, a database that is none', async () => {
  const tomorrow = Date.now() / 1000 + 86_400;
  utimesSync(join(data, 'conclave.yaml'), tomorrow, tomorrow);
  writeFileSync(join(data, 'conclave.sqlite'), 'this is no database, and it is long enough to see');
  expect(await found({ freeBytes: 5 * 2 ** 20 })).toEqual([
    expect.stringMatching(/^fault disk: 5 MB are free/),
    expect.stringMatching(/^fault clock: /),
    expect.stringMatching(/^fault files: .*conclave\.sqlite: .*not a database/),
  ]);
});

test('the command says so, and its exit code too', () => {
  settings({ host: 7 });
  const run = (): string =>
    execFileSync(process.execPath, ['apps/conclave/main.ts', 'doctor', '--data', data], {
      cwd: join(import.meta.dirname, '../../..'),
      encoding: 'utf8',
    });
  expect(run).toThrow(
    expect.objectContaining({ status: 1, stdout: expect.stringMatching(/^fault/) }),
  );
});
