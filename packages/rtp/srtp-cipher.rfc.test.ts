import { expect, test } from 'vitest';
import { SrtpCipher } from './srtp-cipher.ts';

/* RFC 3711 appendix B.2: 1 044 512 bytes of keystream for SSRC 0 and packet index 0. */

const SIZE = 1_044_512;

test('RFC 3711 B.2', () => {
  const keys = {
    cipherKey: Uint8Array.fromHex('2B7E151628AED2A6ABF7158809CF4F3C'),
    salt: Uint8Array.fromHex('F0F1F2F3F4F5F6F7F8F9FAFBFCFD'),
    authKey: new Uint8Array(20),
  };
  const keystream = new Uint8Array(SIZE);
  const position = { ssrc: 0, rolloverCounter: 0, sequenceNumber: 0 };
  new SrtpCipher(keys, SIZE).apply(keystream, 0, SIZE, position);

  const block = (index: number): string =>
    keystream
      .subarray(16 * index, 16 * index + 16)
      .toHex()
      .toUpperCase();
  expect(block(0x0000)).toBe('E03EAD0935C95E80E166B16DD92B4EB4');
  expect(block(0x0001)).toBe('D23513162B02D0F72A43A2FE4A5F97AB');
  expect(block(0x0002)).toBe('41E95B3BB0A2E8DD477901E4FCA894C0');
  expect(block(0xfeff)).toBe('EC8CDF7398607CB0F2D21675EA9EA1E4');
  expect(block(0xff00)).toBe('362B7C3C6773516318A077D7FC5073AE');
  expect(block(0xff01)).toBe('6A2CC3787889374FBEB4C81B17BA6C44');
});
