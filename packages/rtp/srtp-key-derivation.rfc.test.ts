import { expect, test } from 'vitest';
import { deriveSessionKeys, wipeSessionKeys } from './srtp-key-derivation.ts';

/* RFC 3711 appendix B.3: from the master key and salt to the three session keys. */

test('RFC 3711 B.3', () => {
  const keys = deriveSessionKeys({
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key: Uint8Array.fromHex('E1F97A0D3E018BE0D64FA32C06DE4139'),
    salt: Uint8Array.fromHex('0EC675AD498AFEEBB6960B3AABE6'),
  });
  expect(keys).toEqual({
    cipherKey: Uint8Array.fromHex('C61E7A93744F39EE10734AFE3FF7A087'),
    salt: Uint8Array.fromHex('30CBBC08863D8C85D49DB34A9AE1'),
    // The vector goes on to 94 bytes; HMAC-SHA1 takes the first 20.
    authKey: Uint8Array.fromHex('CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4'),
  });
  wipeSessionKeys(keys);
  expect(keys.cipherKey).toEqual(new Uint8Array(16));
  expect(keys.salt).toEqual(new Uint8Array(14));
  expect(keys.authKey).toEqual(new Uint8Array(20));
});
