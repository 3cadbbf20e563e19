import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  AuthorityError,
  createAuthority,
  createKey,
  createSelfSigned,
  issueLeaf,
  type PemIdentity,
  withChain,
} from './certificate-authority.ts';
import { certificateFacts } from './certificate-facts.ts';

/*
 * Goal: what is issued says what it should, is signed by who it says, and belongs to its key. Method:
 * Node's own X.509 (OpenSSL) reads what @peculiar/x509 wrote.
 */

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;

test('an authority is self-signed, may sign certificates, and lasts ten years', async () => {
  const authority = await createAuthority('Test CA', NOW);
  const certificate = new X509Certificate(authority.certificate);
  expect(certificate.ca).toBe(true);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(authority.key))).toBe(true);
  expect(certificateFacts(certificate)).toMatchObject({
    commonName: 'Test CA',
    issuerName: 'Test CA',
    selfSigned: true,
    validFromMs: NOW.getTime() - 3_600_000,
    validToMs: NOW.getTime() + 3_650 * DAY_MS,
  });
});

test('a leaf is for its device, of its authority, for both sides of TLS', async () => {
  const authority = await createAuthority('Test CA', NOW);
  const leaf = await issueLeaf(authority, {
    commonName: 'CFB-SECURE',
    alternativeNames: ['cm.example.com', '192.0.2.1', '2001:db8::1'],
    notBefore: NOW,
    notAfter: new Date(NOW.getTime() + DAY_MS),
  });
  const certificate = new X509Certificate(leaf.certificate);
  expect(certificate.ca).toBe(false);
  expect(certificate.checkIssued(new X509Certificate(authority.certificate))).toBe(true);
  expect(certificate.verify(new X509Certificate(authority.certificate).publicKey)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(leaf.key))).toBe(true);
  expect(createPrivateKey(leaf.key).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  // serverAuth and clientAuth.
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
  expect(certificate.subjectAltName).toBe(
    'DNS:cm.example.com, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1',
  );
  expect(certificateFacts(certificate)).toMatchObject({
    commonName: 'CFB-SECURE',
    issuerName: 'Test CA',
    selfSigned: false,
    validFromMs: NOW.getTime(),
    validToMs: NOW.getTime() + DAY_MS,
  });
});

test('a leaf without an end lasts 825 days', async () => {
  const leaf = await createSelfSigned({ commonName: 'x', notBefore: NOW });
  const { validToMs } = certificateFacts(new X509Certificate(leaf.certificate));
  expect(validToMs).toBe(NOW.getTime() + 825 * DAY_MS);
});

test('serial numbers are positive, 128 bits long and never the same', async () => {
  const authority = await createAuthority('Test CA', NOW);
  const serials = new Set<string>();
  for (let count = 0; count < 20; count += 1) {
    const { certificate } = await issueLeaf(authority, { commonName: 'x', notBefore: NOW });
    const { serialNumber } = certificateFacts(new X509Certificate(certificate));
    expect(serialNumber).toMatch(/^[4-7][0-9a-f]{31}$/);
    serials.add(serialNumber);
  }
  expect(serials.size).toBe(20);
});

test.each(['a, O=b + CN=c\\"', '#0401ff', '"quoted"', 'CFB\\0a'])(
  'the common name %j is a value, never syntax',
  async (commonName) => {
    const { certificate } = await createSelfSigned({ commonName, notBefore: NOW });
    expect(certificateFacts(new X509Certificate(certificate)).commonName).toBe(commonName);
  },
);

test('an authority of the same name is not the same authority', async () => {
  const one = await createAuthority('Test CA', NOW);
  const other = await createAuthority('Test CA', NOW);
  const leaf = await issueLeaf(one, { commonName: 'x', notBefore: NOW });
  const certificate = new X509Certificate(leaf.certificate);
  expect(certificate.verify(new X509Certificate(other.certificate).publicKey)).toBe(false);
});

test('an intermediate signs leaves, and the chain is the leaf first', async () => {
  const root = await createAuthority('Root', NOW);
  const wish = { commonName: 'Intermediate', authority: true, notBefore: NOW };
  const intermediate = await issueLeaf(root, wish);
  const leaf = await issueLeaf(intermediate, { commonName: 'x', notBefore: NOW });
  expect(new X509Certificate(intermediate.certificate).ca).toBe(true);
  const parsed = new X509Certificate(leaf.certificate);
  expect(parsed.checkIssued(new X509Certificate(intermediate.certificate))).toBe(true);
  const chain = withChain(leaf, intermediate);
  expect(chain).toEqual({
    certificate: leaf.certificate + intermediate.certificate,
    key: leaf.key,
  });
});

describe('keys that an operator brings', () => {
  test.each([
    ['RSA 2048', () => generateKeyPairSync('rsa', { modulusLength: 2048 }), 'pkcs1'],
    ['EC P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' }), 'sec1'],
    ['EC P-256', () => generateKeyPairSync('ec', { namedCurve: 'P-256' }), 'pkcs8'],
  ] as const)('%s signs and is certified', async (_name, generate, type) => {
    const key = generate().privateKey.export({ type: type as 'pkcs8', format: 'pem' }) as string;
    const authority = await createAuthority('Operator CA', NOW, key);
    const leaf = await issueLeaf(authority, { commonName: 'x', notBefore: NOW, key });
    expect(verifies(leaf, authority)).toBe(true);
    expect(new X509Certificate(leaf.certificate).checkPrivateKey(createPrivateKey(key))).toBe(true);
  });

  test.each(['ed25519', 'x25519'] as const)('%s is refused with the reason', async (kind) => {
    const { privateKey } = generateKeyPairSync(kind as 'ed25519');
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const refusal = createAuthority('Operator CA', NOW, key);
    await expect(refusal).rejects.toThrow(AuthorityError);
    await expect(refusal).rejects.toThrow(`A key of kind ${kind} cannot be used`);
  });

  test('a new key is EC P-256, and new each time', () => {
    expect(createPrivateKey(createKey()).asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
    expect(createKey()).not.toBe(createKey());
  });
});

function verifies(leaf: PemIdentity, authority: PemIdentity): boolean {
  const { publicKey } = new X509Certificate(authority.certificate);
  return new X509Certificate(leaf.certificate).verify(publicKey);
}
