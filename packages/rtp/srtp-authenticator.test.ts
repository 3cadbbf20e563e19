import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RTP_PACKET_SIZE_MAX } from './rtp-packet.ts';
import { SrtpAuthenticator } from './srtp-authenticator.ts';

/*
 * Goal: two plain hashes over the prepared pads are HMAC-SHA1 over packet || ROC (RFC 3711 §4.2),
 * cut to the size of the tag. Method: OpenSSL's HMAC.
 */

test('RFC 3711 §4.2: equals HMAC-SHA1 for every key, packet and ROC', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 20, maxLength: 20 }),
      fc.uint8Array({ maxLength: RTP_PACKET_SIZE_MAX - 10 }),
      fc.integer({ min: 0, max: 0xffff_ffff }),
      fc.constantFrom(4, 10),
      (authKey, content, rolloverCounter, tagSize) => {
        const rocBytes = Uint8Array.fromHex(rolloverCounter.toString(16).padStart(8, '0'));
        const expected = createHmac('sha1', authKey).update(content).update(rocBytes).digest();
        const authenticator = new SrtpAuthenticator(keysOf(authKey), tagSize);
        const packet = new Uint8Array(content.length + tagSize);
        packet.set(content);

        authenticator.sign(packet, content.length, rolloverCounter);
        expect(packet.subarray(content.length)).toEqual(
          new Uint8Array(expected.subarray(0, tagSize)),
        );
        expect(authenticator.verify(packet, content.length, rolloverCounter)).toBe(true);
        expect(authenticator.verify(packet, content.length, rolloverCounter ^ 1)).toBe(false);
      },
    ),
  );
});

test('a closed authenticator signs nothing', () => {
  const authenticator = new SrtpAuthenticator(keysOf(new Uint8Array(20)), 10);
  authenticator.close();
  expect(() => authenticator.sign(new Uint8Array(20), 10, 0)).toThrow('no key');
});

function keysOf(authKey: Uint8Array): {
  readonly cipherKey: Uint8Array;
  readonly salt: Uint8Array;
  readonly authKey: Uint8Array;
} {
  return { cipherKey: new Uint8Array(16), salt: new Uint8Array(14), authKey };
}
