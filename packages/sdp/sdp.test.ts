/** Offers as phones send them, and the answers to them. */
import { describe, expect, test } from 'vitest';
import {
  answerDirection,
  answerTo,
  audioMediaOf,
  formatDescription,
  offerOf,
  parseCrypto,
  parseDescription,
} from './index.ts';

const KEY = Buffer.alloc(30, 7).toString('base64');

function parse(...lines: string[]) {
  const parsed = parseDescription(Buffer.from(lines.join('\r\n')));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}

const HEAD = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];

describe('an offer is read', () => {
  test('SDES keys of 80 and 32 bit tags (RFC 4568 §9.1), with lifetime, unknown suites left out', () => {
    const audio = audioMediaOf(
      parse(
        ...HEAD,
        'm=audio 5004 RTP/SAVP 8 0 101',
        'a=rtpmap:101 telephone-event/8000',
        `a=crypto:1 AES_256_CM_HMAC_SHA1_80 inline:${KEY}`,
        `a=crypto:2 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|2^31`,
        `a=crypto:3 AES_CM_128_HMAC_SHA1_32 inline:${KEY}`,
      ),
    );
    expect(audio).toMatchObject({ profile: 'srtp', telephoneEvent: 101, direction: 'sendrecv' });
    expect(audio?.codecs.map(({ name }) => name)).toEqual(['PCMA', 'PCMU']);
    expect(audio?.crypto.map(({ tag }) => tag)).toEqual([2, 3]);
  });

  test.each([
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY}|1:4`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNENCRYPTED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} UNAUTHENTICATED_SRTP`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY} KDR=1`,
    `1 AES_CM_128_HMAC_SHA1_80 inline:${KEY.slice(4)}`,
    `x AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
    '1 AES_CM_128_HMAC_SHA1_80 inline:',
  ])('a key that we could not use as it is said is no key (RFC 4568 §6.3): %s', (value) => {
    expect(parseCrypto(value)).toBeUndefined();
  });

  test('hold is sendonly, inactive, or the address 0.0.0.0 (RFC 3264 §8.4)', () => {
    const direction = (...more: string[]) =>
      audioMediaOf(parse(...HEAD, 'm=audio 5004 RTP/AVP 0', ...more))?.direction;
    expect(direction('a=sendonly')).toBe('sendonly');
    expect(direction('c=IN IP4 0.0.0.0')).toBe('sendonly');
    expect(direction('c=IN IP4 0.0.0.0', 'a=inactive')).toBe('inactive');
    expect(direction()).toBe('sendrecv');
  });

  test('bare line feeds and missing s= and t= are taken; what decides where media goes is not guessed', () => {
    const text = 'v=0\no=- 1 1 IN IP4 192.0.2.1\nc=IN IP4 192.0.2.1\nm=audio 5004 RTP/AVP 0\n';
    expect(parseDescription(Buffer.from(text)).ok).toBe(true);
    for (const bad of [
      'm=audio x RTP/AVP 0',
      'm=audio 70000 RTP/AVP 0',
      'm=audio 4 RTP/AVP é',
      'c=IN IP4',
      'hello',
    ]) {
      expect(parseDescription(Buffer.from(`${text}${bad}\n`)).ok).toBe(false);
    }
    expect(parseDescription(Buffer.from('a=x\n'.repeat(2000))).ok).toBe(false);
  });
});

describe('an answer', () => {
  test('has the m-lines of the offer in their order, others than audio refused (RFC 3264 §6)', () => {
    const offer = parse(
      ...HEAD,
      'm=video 6000 RTP/AVP 96',
      'm=audio 5004 RTP/SAVP 8 0 101',
      'a=rtpmap:101 telephone-event/8000',
      `a=crypto:4 AES_CM_128_HMAC_SHA1_80 inline:${KEY}`,
      'm=application 7000 UDP/BFCP *',
    );
    const line = audioMediaOf(offer)?.crypto[0];
    const answer = answerTo(
      offer,
      {
        host: '198.51.100.7',
        port: 40_000,
        codecs: ['PCMU'],
        direction: 'sendrecv',
        ...(line && { crypto: line }),
        packetMs: 20,
      },
      { sessionId: '5', version: 2 },
    );
    expect(answer?.media.map(({ media, port }) => [media, port])).toEqual([
      ['video', 0],
      ['audio', 40_000],
      ['application', 0],
    ]);
    const again = audioMediaOf(
      parse(...String(Buffer.from(formatDescription(answer as never))).split('\r\n')),
    );
    expect(again?.codecs.map(({ name }) => name)).toEqual(['PCMU']);
    expect(again?.crypto[0]).toEqual(line);
  });

  test('there is none without a common encoding', () => {
    const offer = parse(...HEAD, 'm=audio 5004 RTP/AVP 9');
    const local = {
      host: '::1',
      port: 9,
      codecs: ['PCMU'],
      direction: 'inactive',
      packetMs: 20,
    } as const;
    expect(answerTo(offer, local, { sessionId: '1', version: 1 })).toBeUndefined();
    expect(audioMediaOf(offerOf(local, { sessionId: '1', version: 1 }))).toMatchObject({
      family: 'IP6',
      direction: 'inactive',
      profile: 'rtp',
    });
  });

  test('sends only to who receives, and the other way round (RFC 3264 §6.1)', () => {
    expect(answerDirection('sendonly', 'sendrecv')).toBe('recvonly');
    expect(answerDirection('recvonly', 'sendrecv')).toBe('sendonly');
    expect(answerDirection('sendrecv', 'sendonly')).toBe('sendonly');
    expect(answerDirection('sendonly', 'sendonly')).toBe('inactive');
    expect(answerDirection('inactive', 'sendrecv')).toBe('inactive');
  });
});
