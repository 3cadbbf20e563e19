import type { PeerCertificate } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { handshakeSentence, refusalOf } from './peer-verdict.ts';

/*
 * Goal: each code has its reason, the sentence blames the certificate that is at fault, and a peer's
 * names cannot forge a log line. `mutual-tls.test.ts` has the same over real sockets.
 */

const NOW_MS = Date.parse('2026-06-01T00:00:00Z');

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
  ['INVALID_CA', 'invalid-authority'],
  ['PATH_LENGTH_EXCEEDED', 'invalid-authority'],
  ['EE_KEY_TOO_SMALL', 'too-weak'],
  ['CERT_REVOKED', 'revoked'],
  ['SOMETHING_NEW', 'not-trusted'],
  ['constructor', 'not-trusted'],
])('%s is %s', (authorizationError, reason) => {
  const refusal = refusalOf(evidence(authorizationError, aCertificate('CFB-SECURE')));
  expect(refusal?.reason).toBe(reason);
  expect(refusal?.sentence).toContain('"CFB-SECURE"');
});

test('no error and not authorised is still a refusal', () => {
  expect(refusalOf(evidence(undefined, aCertificate('x')))?.reason).toBe('not-trusted');
});

test('the sentence blames the certificate that is out of date, not the leaf', () => {
  const past = { ...aCertificate('Past CA'), valid_to: 'May  1 00:00:00 2026 GMT' };
  const leaf = { ...aCertificate('CFB-SECURE'), issuerCertificate: past };
  expect(refusalOf(evidence('CERT_HAS_EXPIRED', leaf))?.sentence).toBe(
    'The certificate "CFB-SECURE" depends on the authority "Past CA", which expired on 2026-05-01.',
  );
});

test('dates that prove nothing are not blamed', () => {
  const sentence = refusalOf(evidence('CERT_HAS_EXPIRED', aCertificate('x')))?.sentence;
  expect(sentence).toBe('The certificate "x", or one above it, has expired.');
});

test('a chain that bites its tail ends', () => {
  const root = aCertificate('Root') as PeerCertificate & { issuerCertificate?: PeerCertificate };
  root.issuerCertificate = root;
  expect(refusalOf(evidence('CERT_HAS_EXPIRED', root))?.reason).toBe('expired');
});

describe('names come from the peer', () => {
  test.each([
    ['a line feed', 'x\nALARM forged', '"x\\nALARM forged"'],
    ['a direction override', 'x\u202egro', '"x?gro"'],
    ['a long one', 'x'.repeat(500), `"${'x'.repeat(64)}"`],
    ['several', ['a', 'b'], '"Organisation"'],
    ['none', undefined, '"Organisation"'],
  ])('%s', (_name, CN, shown) => {
    const certificate = aCertificate('x');
    const subject = { O: 'Organisation', CN } as unknown as PeerCertificate['subject'];
    const sentence = refusalOf(evidence('CERT_REVOKED', { ...certificate, subject }))?.sentence;
    expect(sentence).toContain(`The certificate ${shown} is`);
  });

  test('neither name nor organisation', () => {
    const subject = {} as PeerCertificate['subject'];
    const refusal = refusalOf(evidence('CERT_REVOKED', { ...aCertificate('x'), subject }));
    expect(refusal?.sentence).toContain('The certificate without a common name is');
  });
});

test.each([
  ['ERR_SSL_TLSV1_ALERT_UNKNOWN_CA', /BRG-05/],
  ['ERR_SSL_TLSV1_UNKNOWN_CA', /BRG-05/],
  ['ERR_SSL_SSLV3_ALERT_CERTIFICATE_EXPIRED', /out of date/],
  ['ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED', /out of date/],
  ['ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE', /does not accept/],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', /no version of TLS/],
  ['ERR_SSL_UNSUPPORTED_PROTOCOL', /no version of TLS/],
  ['ERR_SSL_NO_SHARED_CIPHER', /no cipher/],
  ['ERR_SSL_WRONG_VERSION_NUMBER', /does not speak TLS/],
  ['ERR_SSL_HTTP_REQUEST', /does not speak TLS/],
])('%s is said in words', (code, words) => {
  expect(handshakeSentence(code)).toMatch(words);
});

test.each([
  'ECONNRESET',
  '',
  'ERR_SSL_TLSV1_ALERT_constructor',
  'ERR_SSL_TLSV1_ALERT_DECODE_ERROR',
])('%j says nothing of certificates', (code) => {
  expect(handshakeSentence(code)).toBeUndefined();
});

function evidence(
  authorizationError: string | undefined,
  certificate: PeerCertificate,
): Parameters<typeof refusalOf>[0] {
  return { authorized: false, authorizationError, certificate, nowMs: NOW_MS };
}

function aCertificate(name: string): PeerCertificate {
  return {
    subject: { CN: name },
    issuer: { CN: 'Some CA' },
    valid_from: 'Jan  1 00:00:00 2026 GMT',
    valid_to: 'Jan  1 00:00:00 2027 GMT',
  } as unknown as PeerCertificate;
}
