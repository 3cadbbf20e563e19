import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import {
  createAuthority,
  createKey,
  issueLeaf,
  type PemIdentity,
} from './certificate-authority.ts';
import { type LintWish, lintCertificate } from './certificate-lint.ts';

/* Goal: what TLS or the rules would refuse is told before it is saved. Method: one thing wrong at a time. */

const NOW = new Date('2026-11-23T12:00:00Z');
const DAY_MS = 86_400_000;
const device = { name: 'CFB-1', rule: { literalPrefix: false } };

let ca: PemIdentity;
let middle: PemIdentity;
let leaf: PemIdentity;

beforeAll(async () => {
  ca = await createAuthority('Root', NOW);
  middle = await issueLeaf(ca, { commonName: 'Middle', notBefore: NOW, authority: true });
  leaf = await issueLeaf(middle, { commonName: 'cfb-1.example.org', notBefore: NOW });
});

function faultsOf(changes: Partial<LintWish> = {}): readonly string[] {
  const wish: LintWish = {
    ...{ chain: leaf.certificate + middle.certificate, nowMs: NOW.getTime() + DAY_MS },
    ...{ key: leaf.key, device, trusted: [ca.certificate] },
    ...changes,
  };
  return lintCertificate(wish).map(({ field, rule }) => `${field} ${rule}`);
}

test('a chain that ends where it is trusted has no fault', () => {
  expect(faultsOf()).toEqual([]);
  expect(faultsOf({ chain: leaf.certificate + middle.certificate + ca.certificate })).toEqual([]);
});

test('TIP-15: the name of another device', () => {
  expect(faultsOf({ device: { ...device, name: 'CFB-12' } })).toEqual([
    'name must begin with CFB-12, and is cfb-1.example.org (TIP-15)',
  ]);
});

test('what has ended, and what has not begun', () => {
  const late = faultsOf({ nowMs: NOW.getTime() + 5_000 * DAY_MS });
  expect(late).toHaveLength(2);
  expect(late[0]).toMatch(/^validity of cfb-1.example.org ended on 20/);
  expect(faultsOf({ nowMs: NOW.getTime() - DAY_MS })[0]).toMatch(/begins only on 2026-11-23/);
});

test('a chain with a gap, in another order, or that nobody trusts', async () => {
  expect(faultsOf({ chain: leaf.certificate })).toEqual([
    'chain ends with cfb-1.example.org, whom nobody here trusts',
  ]);
  expect(faultsOf({ chain: leaf.certificate + ca.certificate })).toEqual([
    'chain is broken: Root has not issued cfb-1.example.org',
  ]);
  expect(faultsOf({ chain: middle.certificate + leaf.certificate })).not.toEqual([]);
  const stranger = await createAuthority('Stranger', NOW);
  expect(faultsOf({ trusted: [stranger.certificate] })[0]).toContain('whom nobody here trusts');
});

test('the key of another, and one that is too weak', async () => {
  expect(faultsOf({ key: createKey() })).toEqual([
    'key is not the one that the certificate is for',
  ]);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
  const weak = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
  const issued = await issueLeaf(ca, { commonName: 'CFB-1', notBefore: NOW, key: weak }).catch(
    () => undefined,
  );
  if (issued) {
    expect(faultsOf({ chain: issued.certificate, key: weak })[0]).toContain('less than 2048 bits');
  }
});

test('what is no certificate, and a private key pasted by mistake', () => {
  for (const chain of ['', 'hello', leaf.certificate.slice(0, 200), leaf.certificate + leaf.key]) {
    expect(faultsOf({ chain })).toEqual(['certificate is no certificate in PEM form']);
  }
});
