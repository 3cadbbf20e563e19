import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  chmodSync,
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
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createAuthority,
  createKey,
  issueLeaf,
  type PemIdentity,
  withChain,
} from './certificate-authority.ts';
import { KeyStore } from './key-store.ts';
import { KeyStoreError } from './key-store-error.ts';
import { readIdentity, readTrust } from './pem-file.ts';

/*
 * Goal: the folders of the design, private keys private, everything made once, and whatever an
 * operator put there left alone. Method: real files in a folder of its own for each test.
 */

const NOW = new Date('2026-03-01T12:00:00Z');

let data: string;
let keys: KeyStore;

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'conclave-pki-'));
  keys = new KeyStore(data);
});

afterEach(() => rmSync(data, { recursive: true, force: true }));

test('a first start makes the whole layout, and nothing else', async () => {
  await makeAll();
  expect(tree()).toEqual([
    'pki/CallManager-trust/conclave-ca.pem',
    'pki/bridges/CFB-SECURE/CFB-SECURE.key',
    'pki/bridges/CFB-SECURE/CFB-SECURE.pem',
    'pki/bridges/CFB-SECURE/trust/conclave-ca.pem',
    'pki/ca/ca.key',
    'pki/ca/ca.pem',
    'pki/callmanager/CallManager.key',
    'pki/callmanager/CallManager.pem',
    'pki/phones/SEP000000001001/SEP000000001001.key',
    'pki/phones/SEP000000001001/SEP000000001001.pem',
    'pki/phones/SEP000000001001/trust/conclave-ca.pem',
  ]);
  expect(keys.listTrust()).toMatchObject([
    {
      file: 'conclave-ca.pem',
      commonName: expect.stringMatching(/^Conclave private CA [0-9A-F]{8}$/),
      selfSigned: true,
    },
  ]);
  const authority = read('pki/ca/ca.pem');
  expect(keys.readCallManager().trust).toEqual([authority]);
  // BRG-05, TIP-13: the device holds what it takes to trust the call manager.
  expect(keys.readDevice('bridges', 'CFB-SECURE').trust.map((pem) => pem.trim())).toEqual([
    authority.trim(),
  ]);
});

test('keys are 0600 and folders 0700', async () => {
  await makeAll();
  for (const file of tree().filter((name) => name.endsWith('.key'))) {
    expect(`${file} ${mode(file)}`).toBe(`${file} 600`);
  }
  for (const folder of ['pki', 'pki/ca', 'pki/bridges/CFB-SECURE', 'pki/CallManager-trust']) {
    expect(`${folder} ${mode(folder)}`).toBe(`${folder} 700`);
  }
});

test('every data directory has an authority of its own name', async () => {
  await makeAll();
  const [ours] = keys.listTrust();
  rmSync(join(data, 'pki'), { recursive: true });
  await makeAll();
  expect(keys.listTrust()[0]?.commonName).not.toBe(ours?.commonName);
});

test('a second start changes nothing', async () => {
  await makeAll();
  const before = contents();
  expect(await keys.ensureDevice('bridges', 'CFB-SECURE', NOW)).toBe(false);
  await makeAll();
  expect(contents()).toEqual(before);
});

describe('what an operator does stays', () => {
  test('a replaced call manager identity, and a trust store without our authority (BRG-04)', async () => {
    await makeAll();
    const own = await operatorIdentity('CallManager');
    write('pki/callmanager/CallManager.pem', own.certificate);
    write('pki/callmanager/CallManager.key', own.key);
    rmSync(join(data, 'pki/CallManager-trust/conclave-ca.pem'));
    await makeAll();
    expect(keys.readCallManager()).toEqual({ ...own, trust: [] });
  });

  test('the key of the authority taken away: who has a certificate needs none', async () => {
    await makeAll();
    rmSync(join(data, 'pki/ca/ca.key'));
    await makeAll();
    await expect(keys.ensureDevice('phones', 'SEP000000001002', NOW)).rejects.toThrow(
      /ca\.key is missing/,
    );
  });

  test('an authority of his own, below a root, issues', async () => {
    const own = await operatorIdentity('Operator CA', true);
    write('pki/ca/ca.pem', own.certificate);
    write('pki/ca/ca.key', own.key);
    await makeAll();
    expect(keys.listTrust().map(({ commonName }) => commonName)).toEqual(['Operator CA', 'Root']);
    expect(keys.readDevice('phones', 'SEP000000001001').trust).toHaveLength(1);
  });

  test('a key without a certificate is certified, not replaced', async () => {
    const key = createKey();
    write('pki/bridges/CFB-SECURE/CFB-SECURE.key', key);
    await makeAll();
    expect(keys.readDevice('bridges', 'CFB-SECURE').key).toBe(key);
  });

  test('devices trust whoever issued the call manager certificate he put there (BRG-05)', async () => {
    await makeAll();
    const root = await createAuthority('Corporate root', NOW);
    const wish = { commonName: 'Corporate issuing', authority: true, notBefore: NOW };
    const issuing = await issueLeaf(root, wish);
    const leaf = await issueLeaf(issuing, { commonName: 'CallManager', notBefore: NOW });
    const chain = withChain(leaf, issuing, root);
    write('pki/callmanager/CallManager.pem', chain.certificate);
    write('pki/callmanager/CallManager.key', chain.key);
    await keys.ensureDevice('bridges', 'CFB-NEW', NOW);
    const [anchor] = keys.readDevice('bridges', 'CFB-NEW').trust;
    expect(anchor?.trim()).toBe(root.certificate.trim());
  });

  test('with the issuer unknown, devices get the certificate itself', async () => {
    await makeAll();
    const own = await operatorIdentity('CallManager');
    write('pki/callmanager/CallManager.pem', own.certificate);
    await keys.ensureDevice('bridges', 'CFB-NEW', NOW);
    const [anchor] = keys.readDevice('bridges', 'CFB-NEW').trust;
    expect(anchor?.trim()).toBe(own.certificate.trim());
  });
});

describe('a kill at any moment leaves a store that the next start completes', () => {
  test.each([
    'pki/ca/ca.pem',
    'pki/callmanager/CallManager.pem',
    'pki/CallManager-trust/conclave-ca.pem',
    'pki/bridges/CFB-SECURE/CFB-SECURE.pem',
    'pki/phones/SEP000000001001/trust/conclave-ca.pem',
  ])('before %s', async (file) => {
    await makeAll();
    const folder = join(data, file, '..');
    rmSync(join(data, file));
    if (readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
    // What a killed writer leaves: half a file under another name.
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '.half.pem.1.tmp'), '-----BEGIN CERT');
    if (file.includes('trust/')) rmSync(folder, { recursive: true });
    await makeAll();
    await keys.ensureDevice('phones', 'SEP000000001002', NOW);
    expect(existsSync(join(data, file))).toBe(true);
    keys.readCallManager();
    keys.readDevice('bridges', 'CFB-SECURE');
    keys.readDevice('phones', 'SEP000000001001');
  });
});

test('two who make the same device at once agree on one key and one certificate', async () => {
  const others = Array.from({ length: 4 }, () => new KeyStore(data));
  const made = await Promise.all(
    others.map((each) => each.ensureDevice('phones', 'SEP000000001001', NOW)),
  );
  expect(made.filter(Boolean)).toHaveLength(1);
  keys.readDevice('phones', 'SEP000000001001');
});

describe('files that cannot be used name themselves and the reason', () => {
  const certificate = 'pki/callmanager/CallManager.pem';
  const key = 'pki/callmanager/CallManager.key';

  test.each([
    ['no certificate', certificate, undefined, 'KEY_STORE_MISSING', 'is missing'],
    ['no key', key, undefined, 'KEY_STORE_MISSING', 'is missing'],
    ['an empty certificate', certificate, '', 'KEY_STORE_FORMAT', 'is not a certificate'],
    ['nonsense', certificate, 'hello', 'KEY_STORE_FORMAT', 'is not a certificate in PEM form'],
    ['nonsense in PEM', certificate, block('AAAA'), 'KEY_STORE_FORMAT', 'is not a certificate'],
    ['no private key', key, block('AAAA'), 'KEY_STORE_FORMAT', 'is not a private key'],
    ['another key', key, createKey(), 'KEY_STORE_MISMATCH', 'is not the key of'],
  ])('%s', async (_name, file, content, code, reason) => {
    await makeAll();
    if (content === undefined) rmSync(join(data, file));
    else write(file, content);
    const error = thrownBy(() => keys.readCallManager());
    expect(error).toBeInstanceOf(KeyStoreError);
    expect(error).toMatchObject({ code, file: join(data, file) });
    expect(error?.message).toContain(join(data, file));
    expect(error?.message).toContain(reason);
    expect(error?.message).not.toContain('BEGIN');
  });

  test('a locked key', async () => {
    await makeAll();
    const locked = {
      cipher: 'aes-256-cbc',
      passphrase: 'x',
      type: 'pkcs8',
      format: 'pem',
    } as const;
    write(key, createPrivateKey(read(key)).export(locked) as string);
    const error = thrownBy(() => keys.readCallManager());
    expect(error?.message).toMatch(/CallManager\.key is protected by a passphrase/);
  });

  test('a folder in place of a file', async () => {
    await makeAll();
    rmSync(join(data, key));
    mkdirSync(join(data, key));
    expect(thrownBy(() => keys.readCallManager())).toMatchObject({ code: 'KEY_STORE_ACCESS' });
  });

  test('a trust store with a file that is none', async () => {
    await makeAll();
    write('pki/CallManager-trust/other.pem', 'hello');
    const error = thrownBy(() => keys.readCallManager());
    expect(error).toMatchObject({ code: 'KEY_STORE_FORMAT' });
    expect(error?.message).toContain('other.pem');
  });

  test.skipIf(process.getuid?.() === 0)('a file nobody may read', async () => {
    await makeAll();
    chmodSync(join(data, key), 0);
    expect(thrownBy(() => keys.readCallManager())).toMatchObject({ code: 'KEY_STORE_ACCESS' });
  });

  test.each(['', '.', '..', '../x', 'a/b', 'a\\b', '.hidden', 'a\0', 'x'.repeat(129), 'ä'])(
    'the device name %j',
    (name) => {
      expect(thrownBy(() => keys.deviceFiles('bridges', name))).toMatchObject({
        code: 'KEY_STORE_NAME',
      });
    },
  );
});

describe('the trust store of the call manager (TIP-19, SUP-04)', () => {
  test('upload, list, delete', async () => {
    await makeAll();
    const farm = await createAuthority('DSP farm CA', NOW);
    keys.addTrust('farm', farm.certificate);
    expect(keys.listTrust()).toMatchObject([
      { file: 'conclave-ca.pem' },
      { file: 'farm.pem', commonName: 'DSP farm CA', validFromMs: NOW.getTime() - 3_600_000 },
    ]);
    expect(keys.readCallManager().trust).toContain(farm.certificate);
    keys.removeTrust('farm.pem');
    expect(keys.listTrust().map(({ file }) => file)).toEqual(['conclave-ca.pem']);
  });

  test('what is no certificate, a name twice, a name outside and a name unknown are refused', async () => {
    await makeAll();
    const farm = await createAuthority('DSP farm CA', NOW);
    keys.addTrust('farm', farm.certificate);
    for (const wrong of [
      () => keys.addTrust('nonsense', 'hello'),
      () => keys.addTrust('farm', farm.certificate),
      () => keys.addTrust('../farm', farm.certificate),
      () => keys.removeTrust('../ca/ca.pem'),
      () => keys.removeTrust('unknown.pem'),
    ]) {
      expect(thrownBy(wrong)).toBeInstanceOf(KeyStoreError);
    }
    expect(existsSync(join(data, 'pki/ca/ca.pem'))).toBe(true);
    expect(keys.listTrust()).toHaveLength(2);
  });
});

test('TIP-15: each certificate has its own name, of one authority, backdated for clocks differ', async () => {
  await makeAll();
  const device = keys.readDevice('bridges', 'CFB-SECURE');
  const authority = new X509Certificate(device.trust[0] ?? '');
  const leaf = new X509Certificate(device.certificate);
  const own = new X509Certificate(keys.readCallManager().certificate);
  expect(leaf.subject).toBe('CN=CFB-SECURE');
  expect(own.subject).toBe('CN=CallManager');
  expect(own.checkHost('localhost')).toBe('localhost');
  expect(own.checkIP('127.0.0.1')).toBe('127.0.0.1');
  for (const certificate of [leaf, own]) {
    expect(certificate.verify(authority.publicKey)).toBe(true);
    expect(certificate.ca).toBe(false);
    expect(certificate.validFromDate.getTime()).toBe(NOW.getTime() - 3_600_000);
  }
});

test('a trust store is every .pem of its folder, or one file; others do not count (TIP-13)', async () => {
  const one = (await createAuthority('One', NOW)).certificate;
  const two = (await createAuthority('Two', NOW)).certificate;
  write('trust/b.pem', two);
  write('trust/a.pem', one);
  write('trust/notes.txt', 'not a certificate');
  expect(readTrust(join(data, 'trust'))).toEqual([one, two]);
  expect(readTrust(join(data, 'trust/b.pem'))).toEqual([two]);
  expect(thrownBy(() => readTrust(join(data, 'gone')))?.message).toMatch(/gone is missing/);
});

test('an identity may be a chain: the leaf counts', async () => {
  const { certificate, key } = await operatorIdentity('CallManager', true);
  write('chain.pem', certificate);
  write('chain.key', key);
  const files = { certificate: join(data, 'chain.pem'), key: join(data, 'chain.key') };
  expect(readIdentity(files)).toEqual({ certificate, key });
});

async function makeAll(): Promise<void> {
  await keys.ensureCallManager(['localhost', '127.0.0.1'], NOW);
  await keys.ensureDevice('bridges', 'CFB-SECURE', NOW);
  await keys.ensureDevice('phones', 'SEP000000001001', NOW);
}

/** A certificate of somebody else's root; with `authority` it may sign and brings its root along. */
async function operatorIdentity(commonName: string, authority = false): Promise<PemIdentity> {
  const root = await createAuthority('Root', NOW);
  const leaf = await issueLeaf(root, { commonName, authority, notBefore: NOW });
  return authority ? withChain(leaf, root) : leaf;
}

function tree(): readonly string[] {
  return readdirSync(data, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(data, join(entry.parentPath, entry.name)))
    .toSorted();
}

function contents(): Readonly<Record<string, string>> {
  return Object.fromEntries(tree().map((file) => [file, read(file)]));
}

function read(file: string): string {
  return readFileSync(join(data, file), 'utf8');
}

function write(file: string, text: string): void {
  mkdirSync(join(data, file, '..'), { recursive: true });
  writeFileSync(join(data, file), text);
}

function mode(file: string): string {
  return (statSync(join(data, file)).mode & 0o777).toString(8);
}

function block(body: string): string {
  return `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
}

function thrownBy(action: () => unknown): KeyStoreError | undefined {
  try {
    action();
  } catch (error) {
    return error as KeyStoreError;
  }
  return undefined;
}
