import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';
import { SrtpCipher } from './srtp-cipher.ts';

/*
 * Goal: the keystream made by an open ECB cipher is that of AES-CTR with the IV of RFC 3711 §4.1.1,
 * (salt * 2^16) XOR (SSRC * 2^64) XOR (index * 2^16). Method: OpenSSL's CTR mode, the IV as one
 * number.
 */

test('RFC 3711 §4.1.1: equals AES-CTR for every position and length', () => {
  fc.assert(
    fc.property(cases(), ({ cipherKey, salt, ssrc, rolloverCounter, sequenceNumber, size }) => {
      const index = BigInt(rolloverCounter) * 65536n + BigInt(sequenceNumber);
      const iv = (BigInt(`0x${salt.toHex()}`) << 16n) ^ (BigInt(ssrc) << 64n) ^ (index << 16n);
      const ivBytes = Uint8Array.fromHex(iv.toString(16).padStart(32, '0'));
      const expected = createCipheriv('aes-128-ctr', cipherKey, ivBytes).update(
        new Uint8Array(size),
      );
      const bytes = new Uint8Array(size + 20);
      const cipher = new SrtpCipher({ cipherKey, salt, authKey: new Uint8Array(20) });
      // Something else before, as the cipher stays open from one packet to the next.
      cipher.apply(new Uint8Array(333), 0, 333, { ssrc: 1, rolloverCounter: 2, sequenceNumber: 3 });
      cipher.apply(bytes, 12, 12 + size, { ssrc, rolloverCounter, sequenceNumber });
      expect(bytes.subarray(12, 12 + size)).toEqual(new Uint8Array(expected));
      expect(bytes.subarray(0, 12)).toEqual(new Uint8Array(12));
      expect(bytes.subarray(12 + size)).toEqual(new Uint8Array(8));
      cipher.close();
    }),
  );
});

test('a closed cipher encrypts nothing', () => {
  const keys = {
    cipherKey: new Uint8Array(16),
    salt: new Uint8Array(14),
    authKey: new Uint8Array(20),
  };
  const cipher = new SrtpCipher(keys);
  cipher.close();
  cipher.close();
  const position = { ssrc: 1, rolloverCounter: 2, sequenceNumber: 3 };
  expect(() => cipher.apply(new Uint8Array(16), 0, 16, position)).toThrow('no key');
});

interface Case {
  readonly cipherKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly ssrc: number;
  readonly rolloverCounter: number;
  readonly sequenceNumber: number;
  readonly size: number;
}

function cases(): fc.Arbitrary<Case> {
  return fc.record({
    cipherKey: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    salt: fc.uint8Array({ minLength: 14, maxLength: 14 }),
    ssrc: fc.integer({ min: 0, max: 0xffff_ffff }),
    rolloverCounter: fc.integer({ min: 0, max: 0xffff_ffff }),
    sequenceNumber: fc.integer({ min: 0, max: 0xffff }),
    size: fc.integer({ min: 0, max: RTP_PACKET_SIZE_MAX }),
  });
}
