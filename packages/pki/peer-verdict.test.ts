import type { PeerCertificate } from 'node:tls';
import { expect, test } from 'vitest';
import { refusalOf } from './index.ts';

/* Goal: every way in which a certificate can be wrong has its word and a sentence that helps. */

test.each([
  ['UNABLE_TO_GET_ISSUER_CERT', 'unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown-issuer'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-issuer'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-issuer'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown-issuer'],
  ['CERT_UNTRUSTED', 'unknown-issuer'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not-yet-valid'],
  ['CERT_SIGNATURE_FAILURE', 'bad-signature'],
  ['INVALID_PURPOSE', 'wrong-purpose'],
  ['something new', 'not-trusted'],
  [undefined, 'not-trusted'],
])('TIP-12, TIP-20: %s is %s', (authorizationError, reason) => {
  const refusal = refusalOf({ authorized: false, authorizationError, certificate: certificate() });
  expect(refusal?.reason).toBe(reason);
  expect(refusal?.sentence).toContain('"example"');
});

test('a trusted certificate is not refused', () => {
  expect(
    refusalOf({ authorized: true, authorizationError: undefined, certificate: certificate() }),
  ).toBeUndefined();
});

test('no certificate is refused, whatever TLS says (TIP-12)', () => {
  for (const authorized of [true, false]) {
    expect(
      refusalOf({ authorized, authorizationError: undefined, certificate: undefined })?.reason,
    ).toBe('no-certificate');
  }
});

test('BRG-04: an unknown issuer is named, and where it is missing', () => {
  const refusal = refusalOf({
    authorized: false,
    authorizationError: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    certificate: certificate(),
  });
  expect(refusal?.sentence).toContain('"Router CA"');
  expect(refusal?.sentence).toContain('trust store');
});

test('TIP-19: the sentence of an expired certificate has its year, of an early one too', () => {
  const sentence = (authorizationError: string): string | undefined =>
    refusalOf({
      authorized: false,
      authorizationError,
      certificate: { ...certificate(), valid_from: 'Jan  1 00:00:00 2999 GMT' },
    })?.sentence;
  expect(sentence('CERT_HAS_EXPIRED')).toContain('2021');
  expect(sentence('CERT_NOT_YET_VALID')).toContain('2999');
});

test('a hostile common name cannot write lines into a log', () => {
  const refusal = refusalOf({
    authorized: false,
    authorizationError: 'CERT_HAS_EXPIRED',
    certificate: { ...certificate(), subject: { ...certificate().subject, CN: 'a\nALARM' } },
  });
  expect(refusal?.sentence).not.toContain('\n');
});

test('a certificate without a common name is refused with a sentence all the same', () => {
  const { CN: _, ...subject } = certificate().subject;
  const bare = { ...certificate(), subject: subject as PeerCertificate['subject'] };
  const refusal = refusalOf({
    authorized: false,
    authorizationError: 'CERT_HAS_EXPIRED',
    certificate: bare,
  });
  expect(refusal?.reason).toBe('expired');
  expect(refusal?.sentence).toContain('2021');
});

function certificate(): PeerCertificate {
  const name = (commonName: string): PeerCertificate['subject'] => ({
    C: '',
    ST: '',
    L: '',
    O: '',
    OU: '',
    CN: commonName,
  });
  return {
    subject: name('example'),
    issuer: name('Router CA'),
    valid_from: 'Jan  1 00:00:00 2020 GMT',
    valid_to: 'Jan  1 00:00:00 2021 GMT',
  } as PeerCertificate;
}
