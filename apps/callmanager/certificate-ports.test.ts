/*
 * Goal: what is saved is what TLS and the rules will take, nothing else is, and no private key comes out. Method: a
 * real key store; chains of other authorities; TLS with what was saved.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificatesPort } from '@conclave/api';
import { createAuthority, issueLeaf, KeyStore, readIdentity } from '@conclave/pki';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { certificatesPort } from './certificate-ports.ts';

const NOW = new Date('2026-11-23T12:00:00Z');

let data: string;
let keys: KeyStore;
let port: CertificatesPort;
let nowMs: number;

beforeEach(async () => {
  nowMs = NOW.getTime();
  data = mkdtempSync(join(tmpdir(), 'conclave-certificates-'));
  keys = new KeyStore(data);
  await keys.ensureCallManager(['localhost'], NOW);
  await keys.ensureDevice('bridges', 'CFB-1', NOW);
  const inUse = keys.listOwn()[0]?.fingerprint ?? '';
  port = certificatesPort({
    ...{ keys, inUse, ownNames: () => ['localhost', '192.0.2.1'] },
    ...{ literalPrefix: () => false, nowMs: () => nowMs },
  });
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

function keyOf(id: string): string {
  return readFileSync(keys.filesOf(id)?.key ?? '', 'utf8');
}

test('SUP-04: own certificates and trusted ones, with names and ends', () => {
  expect(port.own().map(({ id, kind, issuerName }) => [id, kind, issuerName?.slice(0, 8)])).toEqual(
    [
      ['CallManager', undefined, 'Conclave'],
      ['CFB-1', 'bridges', 'Conclave'],
    ],
  );
  expect(port.trusted()).toMatchObject([{ id: 'conclave-ca.pem', selfSigned: true }]);
  expect(port.pem('own', 'CFB-1')).not.toContain('PRIVATE KEY');
  expect(port.pem('own', '../ca/ca')).toBeUndefined();
  expect(port.pem('trust', '../ca/ca.key')).toBeUndefined();
});

test('D-25, SUP-05: a new certificate of the call manager waits for a restart; the key stays', async () => {
  const before = keyOf('CallManager');
  nowMs += 86_400_000;
  expect(await port.reissue('CallManager')).toBe(true);
  expect(port.own()[0]).toMatchObject({ id: 'CallManager', waits: 'call-manager-restart' });
  expect(keyOf('CallManager')).toBe(before);
  // Whoever trusts the authority trusts it: nobody has to be told.
  expect(keys.readCallManager().certificate).toContain('BEGIN CERTIFICATE');
  expect(await port.reissue('NOBODY')).toBe(false);
});

test('a chain of an authority that the operator brings: trusted first, then installed', async () => {
  const theirs = await createAuthority('Example CA', NOW);
  const key = keyOf('CFB-1');
  const leaf = await issueLeaf(theirs, { commonName: 'CFB-1', notBefore: NOW, key });
  expect(port.install('CFB-1', leaf.certificate)).toEqual([
    { field: 'chain', rule: expect.stringContaining('whom nobody here trusts') },
  ]);
  expect(port.trust('example', theirs.certificate)).toEqual([]);
  expect(port.trust('example', theirs.certificate)).toEqual([
    { field: 'name', rule: expect.stringContaining('exists') },
  ]);
  expect(port.install('CFB-1', leaf.certificate)).toEqual([]);
  expect(readIdentity(keys.filesOf('CFB-1') ?? { certificate: '', key: '' }).key).toBe(key);
  expect(port.distrust('example.pem')).toBe(true);
  expect(port.distrust('example.pem')).toBe(false);
});

test('TIP-15: the certificate of another device, another key, and one that has ended are not saved', async () => {
  const before = port.pem('own', 'CFB-1');
  const theirs = await createAuthority('Example CA', NOW);
  port.trust('example', theirs.certificate);
  const key = keyOf('CFB-1');
  const wrong = [
    await issueLeaf(theirs, { commonName: 'CFB-2', notBefore: NOW, key }),
    await issueLeaf(theirs, { commonName: 'CFB-1', notBefore: NOW }),
    await issueLeaf(theirs, {
      ...{ commonName: 'CFB-1', notBefore: new Date(NOW.getTime() - 9e8), key },
      notAfter: new Date(NOW.getTime() - 1),
    }),
  ];
  const faults = wrong.map(({ certificate }) => port.install('CFB-1', certificate)?.[0]?.field);
  expect(faults).toEqual(['name', 'key', 'validity']);
  expect(port.trust('key', key)).toEqual([{ field: 'certificate', rule: expect.any(String) }]);
  expect(port.pem('own', 'CFB-1')).toBe(before);
});

test('a signing request is for the key that is there, and can be certified', async () => {
  expect(await port.request('CFB-1')).toMatch(/^-----BEGIN CERTIFICATE REQUEST-----/);
  expect(await port.request('CallManager')).not.toContain('PRIVATE KEY');
  expect(await port.request('NOBODY')).toBeUndefined();
});
