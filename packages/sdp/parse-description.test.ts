import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MediaDescription, SessionDescription } from './description.ts';
import { formatDescription } from './format-description.ts';
import { parseDescription } from './parse-description.ts';

/*
 * Goal: descriptions are read as phones write them, kept in order, bounded, and never guessed at where they
 * decide where media goes. Method: examples; what is written is read again as the same value.
 */

const TEXT = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 'c=IN IP4 192.0.2.1', 'm=audio 5004 RTP/AVP 0'];

describe('a description', () => {
  test('that is written is read as the same value (RFC 8866 §5)', () => {
    fc.assert(
      fc.property(descriptions, (description) => {
        expect(parseDescription(formatDescription(description))).toEqual({
          ok: true,
          value: description,
        });
      }),
    );
  });

  test('gives a result for any bytes, and what it gives is stable', () => {
    const lines = fc.array(fc.stringMatching(/^[vosctbmka]=[ -~]{0,40}$/), { maxLength: 12 });
    const texts = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      lines.map((each) => bytesOf([...TEXT, ...each])),
    );
    fc.assert(
      fc.property(texts, (bytes) => {
        const parsed = parseDescription(bytes);
        if (parsed.ok) expect(parseDescription(formatDescription(parsed.value))).toEqual(parsed);
      }),
    );
  });

  test('may have bare line feeds, an empty line at its end, and no s= and t=', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const parsed = parseDescription(bytesOf([...TEXT, ''], end));
      expect(parsed).toMatchObject({ ok: true, value: { timing: '0 0', media: [{ port: 5004 }] } });
    }
  });

  test('keeps attributes that nobody knows, in order, and passes bandwidth and strange lines over', () => {
    const more = [
      'b=AS:64',
      'a=cisco-mari:v1',
      'a=rtcp-rsize',
      'q=?',
      'a=x: y ',
      'a=:',
      'k=clear:x',
    ];
    const parsed = parseDescription(bytesOf([...TEXT, ...more]));
    expect(parsed.ok && parsed.value.media[0]?.attributes).toEqual([
      { name: 'cisco-mari', value: 'v1' },
      { name: 'rtcp-rsize' },
      { name: 'x', value: 'y' },
      { name: '', value: '' },
    ]);
  });

  test('names an address for each section, or for all', () => {
    const parsed = parseDescription(
      bytesOf([...TEXT, 'c=IN IP6 2001:db8::1', 'm=video 6000/2 RTP/AVP 96']),
    );
    expect(parsed.ok && parsed.value).toMatchObject({
      connection: { family: 'IP4', address: '192.0.2.1' },
      media: [{ connection: { family: 'IP6', address: '2001:db8::1' } }, { port: 6000 }],
    });
  });

  test.each([
    ['m=audio x RTP/AVP 0', 'bad-media'],
    ['m=audio 70000 RTP/AVP 0', 'bad-media'],
    [`m=audio 4 RTP/AVP ${'9'.repeat(65)}`, 'bad-media'],
    ['m=audio 5004 RTP/AVP', 'bad-media'],
    ['m=audio 5004 RTP/AVP 0\t8', 'bad-media'],
    ['m=audio 5004 RTP/AVP é', 'bad-media'],
    ['c=IN IP4', 'bad-connection'],
    ['c=IN IP9 192.0.2.1', 'bad-connection'],
    ['c=IN IP4 a b', 'bad-connection'],
    ['o=- x 1 IN IP4 192.0.2.1', 'bad-origin'],
    ['v=1', 'bad-line'],
    ['hello', 'bad-line'],
    ['a', 'bad-line'],
  ])('is refused for %s', (line, error) => {
    expect(parseDescription(bytesOf([...TEXT, line]))).toEqual({ ok: false, error });
  });

  test('is refused without o=', () => {
    expect(parseDescription(bytesOf(['v=0']))).toMatchObject({ error: 'bad-origin' });
    expect(parseDescription(new Uint8Array(0))).toMatchObject({ error: 'bad-origin' });
  });

  test('has bounds: lines, sections, bytes', () => {
    const lines = (line: string, count: number) => bytesOf([...TEXT, ...Array(count).fill(line)]);
    expect(parseDescription(lines('a=x', 900)).ok).toBe(true);
    expect(parseDescription(lines('a=x', 1000))).toMatchObject({ error: 'too-long' });
    expect(parseDescription(lines('m=audio 0 RTP/AVP 0', 31)).ok).toBe(true);
    expect(parseDescription(lines('m=audio 0 RTP/AVP 0', 32))).toMatchObject({
      error: 'bad-media',
    });
    expect(parseDescription(lines(`a=${'x'.repeat(70_000)}`, 1))).toMatchObject({
      error: 'too-long',
    });
  });

  test('that is refused is not repeated in the error: it may hold a key (SEC-03)', () => {
    const line = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:c2VjcmV0';
    const parsed = parseDescription(bytesOf([...TEXT, line, `=${line}`]));
    expect(parsed.ok).toBe(false);
    expect(JSON.stringify(parsed)).not.toContain('c2VjcmV0');
  });
});

const word = fc.stringMatching(/^[A-Za-z0-9.-]{1,12}$/);
const number = fc.nat().map(String);
const attribute = fc.record(
  { name: word, value: fc.stringMatching(/^[!-~]([ -~]{0,20}[!-~])?$/) },
  { requiredKeys: ['name'] },
);
const attributes = fc.array(attribute, { maxLength: 5 });
const connection = fc.oneof(
  fc.ipV4().map((address) => ({ family: 'IP4' as const, address })),
  fc.ipV6().map((address) => ({ family: 'IP6' as const, address })),
);
const media: fc.Arbitrary<MediaDescription> = fc.record(
  {
    media: fc.constantFrom('audio', 'video', 'application'),
    port: fc.nat(65_535),
    protocol: fc.constantFrom('RTP/AVP', 'RTP/SAVP', 'UDP/TLS/RTP/SAVPF', 'UDP/BFCP'),
    formats: fc.array(fc.oneof(number, fc.constant('*')), { minLength: 1, maxLength: 5 }),
    connection,
    attributes,
  },
  { requiredKeys: ['media', 'port', 'protocol', 'formats', 'attributes'] },
);
const descriptions: fc.Arbitrary<SessionDescription> = fc.record(
  {
    origin: fc.record({ username: word, sessionId: number, version: number, connection }),
    name: fc.stringMatching(/^[ -~]{0,20}$/),
    connection,
    timing: fc.tuple(number, number).map((both) => both.join(' ')),
    attributes,
    media: fc.array(media, { maxLength: 4 }),
  },
  { requiredKeys: ['origin', 'name', 'timing', 'attributes', 'media'] },
);

function bytesOf(lines: readonly string[], end = '\r\n'): Uint8Array {
  return new TextEncoder().encode(lines.join(end));
}
