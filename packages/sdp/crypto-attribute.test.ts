import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CryptoLine,
  type CryptoSuite,
  formatCrypto,
  parseCrypto,
} from './crypto-attribute.ts';

/*
 * Goal: a key is taken only if we can do exactly what its line says. Method: examples of each rule of
 * RFC 4568; what is written is read again.
 */

const KEY = Buffer.alloc(30, 7).toString('base64');
const GOOD = `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`;

describe('a crypto line', () => {
  test.each<[CryptoSuite, number, number]>([
    ['AES_CM_128_HMAC_SHA1_80', 16, 14],
    ['AES_CM_128_HMAC_SHA1_32', 16, 14],
    ['AEAD_AES_128_GCM', 16, 12],
    ['AEAD_AES_256_GCM', 32, 12],
  ])(
    'of %s has %i bytes of key and %i of salt, no more and no less (RFC 4568 §6.2, RFC 7714 §14.2)',
    (suite, key, salt) => {
      const line = (bytes: number): CryptoLine | undefined =>
        parseCrypto(`7 ${suite} inline:${Buffer.alloc(bytes, 5).toString('base64')}`);
      expect(line(key + salt)).toEqual({
        tag: 7,
        suite,
        key: new Uint8Array(key).fill(5),
        salt: new Uint8Array(salt).fill(5),
      });
      expect(line(key + salt - 1)).toBeUndefined();
      expect(line(key + salt + 1)).toBeUndefined();
    },
  );

  test('that is written is read as the same', () => {
    const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
    const lines = fc.record<CryptoLine>({
      tag: fc.nat(999_999_999),
      suite: fc.constant('AEAD_AES_256_GCM'),
      key: bytes(32),
      salt: bytes(12),
    });
    fc.assert(
      fc.property(lines, (line) => {
        expect(parseCrypto(formatCrypto(line))).toEqual(line);
      }),
    );
  });

  test.each([
    GOOD,
    `${GOOD}|2^31`,
    `${GOOD}|1048576`,
    `1 AES_CM_128_HMAC_SHA1_80 INLINE:${KEY}`,
    ` 1  AES_CM_128_HMAC_SHA1_80  inline:${KEY} `,
    `${GOOD} WSH=128`,
    `${GOOD} -FEC_ORDER=1 -x`,
  ])('is usable: %s', (value) => {
    expect(parseCrypto(value)?.key).toEqual(new Uint8Array(16).fill(7));
  });

  test.each([
    ['without a tag', `AES_CM_128_HMAC_SHA1_80 inline:${KEY}`],
    ['with a tag that is no number', `x AES_CM_128_HMAC_SHA1_80 inline:${KEY}`],
    ['of an unknown suite', `1 F8_128_HMAC_SHA1_80 inline:${KEY}`],
    ['of a suite that is a word of the language', `1 toString inline:${KEY}`],
    ['without key', '1 AES_CM_128_HMAC_SHA1_80 inline:'],
    ['without key parameters', '1 AES_CM_128_HMAC_SHA1_80'],
    ['by another method', `1 AES_CM_128_HMAC_SHA1_80 prompt:${KEY}`],
    ['that is not base64', `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.replace('B', '-')}`],
    ['with several keys', `${GOOD};inline:${KEY}`],
    ['with a key identifier in each packet', `${GOOD}|1:4`],
    ['with a lifetime and an identifier', `${GOOD}|2^20|1:4`],
    ['with a lifetime that is none', `${GOOD}|for ever`],
    ['without encryption', `${GOOD} UNENCRYPTED_SRTP`],
    ['without encryption of RTCP', `${GOOD} UNENCRYPTED_SRTCP`],
    ['without authentication', `${GOOD} UNAUTHENTICATED_SRTP`],
    ['with keys derived anew', `${GOOD} KDR=1`],
    ['with error correction', `${GOOD} FEC_ORDER=FEC_SRTP`],
    ['with a parameter that nobody knows', `${GOOD} MAGIC=1`],
    ['with nothing', ''],
  ])('%s is none (RFC 4568 §6.1, §6.3)', (_, value) => {
    expect(parseCrypto(value)).toBeUndefined();
  });
});
