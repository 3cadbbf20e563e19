import { expect, test } from 'vitest';
import { PacketSlab } from './packet-slab.ts';
import { GcmTransform } from './srtp-gcm.ts';

/* RFC 7714 §16: one packet by each of the two suites, with session keys as given there. */

const HEADER = '8040f17b8041f8d35501a0b2';
const PLAIN = '47616c6c696120657374206f6d6e697320646976697361' + '20696e207061727465732074726573';
const SALT = '517569642070726f2071756f';
const KEY_256 = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';

test.each([
  [
    '§16.1 AEAD_AES_128_GCM',
    KEY_256.slice(0, 32),
    'f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833' +
      '899d7f27beb16a9152cf765ee4390cce',
  ],
  [
    '§16.2 AEAD_AES_256_GCM',
    KEY_256,
    '32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f1ba63799b87b' +
      '7aa3db36dfffd6b0f9bb7878d7a76c13',
  ],
])('RFC 7714 %s', (_, key, sealed) => {
  const transform = new GcmTransform({
    cipherKey: Uint8Array.fromHex(key),
    authKey: new Uint8Array(20),
    salt: Uint8Array.fromHex(SALT),
  });
  const position = { ssrc: 0x5501_a0b2, rolloverCounter: 0, sequenceNumber: 0xf17b };
  const rtp = Uint8Array.fromHex(HEADER + PLAIN);
  const bytes = new Uint8Array(rtp.length + transform.tagSize);
  bytes.set(rtp);
  const parts = { bytes, headerSize: 12, length: rtp.length };
  transform.seal(parts, position);
  expect(bytes.toHex()).toBe(HEADER + sealed);
  expect(transform.open(parts, position, new PacketSlab())).toEqual(rtp);
  expect(transform.open(parts, { ...position, rolloverCounter: 1 }, new PacketSlab())).toBe(
    undefined,
  );
});
