import { X509Certificate } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createAuthority, issueLeaf, KeyStore, KeyStoreError, readTrust } from './index.ts';

/* Goal: keys are made once, kept from others, never overwritten; unusable files are named. */

const NOW = new Date('2026-03-01T12:00:00Z');
const LATER = new Date('2027-03-01T12:00:00Z');
const ROOT_FILES = [
  'ca/ca.key',
  'ca/ca.pem',
  'callmanager/CallManager.key',
  'callmanager/CallManager.pem',
];

let root = '';
let store: KeyStore;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'key-store-'));
  store = new KeyStore(root);
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

test('a first start makes the authority, the identity and the trust store (BRG-04, BRG-05)', async () => {
  await store.ensureCallManager(['localhost', '127.0.0.1'], NOW);
  await store.ensureDevice('bridges', 'CFB-SECURE', NOW);
  await store.ensureDevice('phones', 'SEP000000001001', NOW);
  expect(filesUnder(store.folder)).toEqual(
    [
      ...ROOT_FILES,
      'CallManager-trust/conclave-ca.pem',
      'bridges/CFB-SECURE/CFB-SECURE.key',
      'bridges/CFB-SECURE/CFB-SECURE.pem',
      'bridges/CFB-SECURE/trust/conclave-ca.pem',
      'phones/SEP000000001001/SEP000000001001.key',
      'phones/SEP000000001001/SEP000000001001.pem',
      'phones/SEP000000001001/trust/conclave-ca.pem',
    ].sort(),
  );
});

test('nobody else may read a key, nor enter the folders', async () => {
  await store.ensureCallManager([], NOW);
  await store.ensureDevice('bridges', 'CFB-SECURE', NOW);
  const keys = filesUnder(store.folder).filter((name) => name.endsWith('.key'));
  expect(keys).toHaveLength(3);
  for (const name of keys) {
    expect([name, statSync(join(store.folder, name)).mode & 0o777]).toEqual([name, 0o600]);
  }
  for (const folder of ['', 'ca', 'callmanager', 'bridges', 'bridges/CFB-SECURE']) {
    expect([folder, statSync(join(store.folder, folder)).mode & 0o777]).toEqual([folder, 0o700]);
  }
});

test('TIP-15: a device gets a certificate in its own name, issued by the authority', async () => {
  await store.ensureCallManager(['cm.example', '127.0.0.1'], NOW);
  expect(await store.ensureDevice('bridges', 'CFB-SECURE', NOW)).toBe(true);
  const device = store.readDevice('bridges', 'CFB-SECURE');
  const leaf = new X509Certificate(device.certificate);
  const authority = new X509Certificate(device.trust[0] ?? '');
  expect(leaf.subject).toBe('CN=CFB-SECURE');
  expect(leaf.checkIssued(authority)).toBe(true);
  expect(leaf.verify(authority.publicKey)).toBe(true);
  expect(leaf.ca).toBe(false);
  expect(authority.ca).toBe(true);
  const own = store.readCallManager();
  const identity = new X509Certificate(own.certificate);
  expect(identity.verify(authority.publicKey)).toBe(true);
  expect(identity.checkHost('cm.example')).toBe('cm.example');
  expect(identity.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(own.trust).toEqual(device.trust);
});

test('certificates are valid from a little before they were made, for clocks differ', async () => {
  await store.ensureCallManager([], NOW);
  const leaf = new X509Certificate(store.readCallManager().certificate);
  expect(leaf.validFromDate.getTime()).toBeLessThan(NOW.getTime());
  expect(leaf.validToDate.getTime()).toBeGreaterThan(NOW.getTime());
});

test('a second start changes nothing', async () => {
  await store.ensureCallManager(['localhost'], NOW);
  await store.ensureDevice('phones', 'SEP000000001001', NOW);
  const before = contentsOf(store.folder);
  await new KeyStore(root).ensureCallManager(['elsewhere'], LATER);
  expect(await store.ensureDevice('phones', 'SEP000000001001', LATER)).toBe(false);
  expect(contentsOf(store.folder)).toEqual(before);
});

test("TIP-19: an operator's own identity and trust are used and never overwritten", async () => {
  const authority = await createAuthority('Operator CA', NOW);
  const leaf = await issueLeaf(authority, { commonName: 'CallManager', notBefore: NOW });
  put('callmanager/CallManager.pem', leaf.certificate);
  put('callmanager/CallManager.key', leaf.key);
  put('CallManager-trust/operator.pem', authority.certificate);
  const device = await issueLeaf(authority, { commonName: 'CFB-SECURE', notBefore: NOW });
  put('bridges/CFB-SECURE/CFB-SECURE.pem', device.certificate);
  put('bridges/CFB-SECURE/CFB-SECURE.key', device.key);
  put('bridges/CFB-SECURE/trust/operator.pem', authority.certificate);
  await store.ensureCallManager([], NOW);
  expect(await store.ensureDevice('bridges', 'CFB-SECURE', NOW)).toBe(false);
  expect(store.readCallManager()).toEqual({ ...leaf, trust: [authority.certificate] });
  expect(store.readDevice('bridges', 'CFB-SECURE')).toEqual({
    ...device,
    trust: [authority.certificate],
  });
});

test('an emptied trust store stays empty: whom to trust is for the operator to say (TIP-19)', async () => {
  await store.ensureCallManager([], NOW);
  rmSync(join(store.folder, 'CallManager-trust/conclave-ca.pem'));
  await store.ensureCallManager([], NOW);
  expect(store.readCallManager().trust).toEqual([]);
});

test('a key that is not the certificate’s own is refused by file name', async () => {
  await store.ensureCallManager([], NOW);
  await store.ensureDevice('phones', 'SEP000000001001', NOW);
  put('callmanager/CallManager.key', store.readDevice('phones', 'SEP000000001001').key);
  const error = errorOf(() => store.readCallManager());
  expect(error.message).toContain(join(store.folder, 'callmanager', 'CallManager.key'));
  expect(error.message).toContain('is not the key of');
  expect(error.code).toBe('KEY_STORE');
});

test('files that are missing or hold something else are refused by name, without their contents', async () => {
  await store.ensureCallManager([], NOW);
  put('callmanager/CallManager.key', 'not a key: TOP-SECRET');
  const broken = errorOf(() => store.readCallManager());
  expect(broken.message).toContain('CallManager.key');
  expect(broken.message).not.toContain('TOP-SECRET');
  rmSync(join(store.folder, 'callmanager', 'CallManager.key'));
  expect(errorOf(() => store.readCallManager()).message).toContain('CallManager.key: ENOENT');
  expect(errorOf(() => store.readDevice('phones', 'SEP000000001001')).message).toContain(
    'SEP000000001001.pem: ENOENT',
  );
});

test('a trust store is every .pem of its folder, or one file; a bad one is named (TIP-13)', async () => {
  const one = (await createAuthority('One', NOW)).certificate;
  const two = (await createAuthority('Two', NOW)).certificate;
  put('CallManager-trust/b.pem', two);
  put('CallManager-trust/a.pem', one);
  put('CallManager-trust/notes.txt', 'not a certificate');
  const folder = join(store.folder, 'CallManager-trust');
  expect(readTrust(folder)).toEqual([one, two]);
  expect(readTrust(join(folder, 'b.pem'))).toEqual([two]);
  put('CallManager-trust/c.pem', 'not a certificate');
  expect(errorOf(() => readTrust(folder)).message).toContain(join(folder, 'c.pem'));
  expect(errorOf(() => readTrust(join(folder, 'gone'))).message).toContain('gone is missing');
});

test.each([
  '',
  '.',
  '..',
  '../callmanager',
  'a/b',
  'a\\b',
  '/etc/passwd',
  'a\0b',
  '.hidden',
  'ä',
  'a b',
  'a'.repeat(129),
])('the device name %j never becomes a path', async (name) => {
  await expect(store.ensureDevice('bridges', name, NOW)).rejects.toThrow(KeyStoreError);
  expect(() => store.readDevice('phones', name)).toThrow(KeyStoreError);
  expect(existsSync(store.folder)).toBe(false);
});

test('a start that dies after the key is repaired by the next one', async () => {
  await store.ensureCallManager([], NOW);
  rmSync(join(store.folder, 'callmanager', 'CallManager.pem'));
  await store.ensureCallManager([], NOW);
  const { certificate } = store.readCallManager();
  expect(new X509Certificate(certificate).subject).toBe('CN=CallManager');
});

function put(name: string, text: string): void {
  const file = join(store.folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text);
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function contentsOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    filesUnder(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

function errorOf(body: () => unknown): KeyStoreError {
  try {
    body();
  } catch (error) {
    if (error instanceof KeyStoreError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
