import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMessage } from './format-message.ts';
import { Headers } from './headers.ts';
import { BODY_BYTES_MAX } from './limits.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { parseMessage } from './parse-message.ts';
import { decodeText, encodeText, rawText } from './text.ts';

/*
 * Goal: what is written is read back as it was; no bytes make the parser throw; nothing in a value can
 * become another header; what cannot be taken is told apart from what can be answered (RFC 3261 §7).
 * Method: arbitrary messages, arbitrary and mutated bytes, and the edges one by one.
 */

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,20}$/);
const value = fc.string({ unit: 'grapheme', maxLength: 40 }).map((text) => oneLine(text));
const fields = fc.array(fc.tuple(token, value), { maxLength: 12 });
const messages: fc.Arbitrary<SipMessage> = fc.oneof(
  fc.tuple(token, fields, fc.uint8Array()).map(([method, list, body]) => ({
    type: 'request' as const,
    method,
    uri: 'sip:ada@example.org',
    headers: headersOf(list, body),
    body,
  })),
  fc
    .tuple(fc.integer({ min: 100, max: 699 }), value, fields, fc.uint8Array())
    .map(([status, reason, list, body]) => ({
      type: 'response' as const,
      status,
      reason,
      headers: headersOf(list, body),
      body,
    })),
);

describe('messages', () => {
  test('what is formatted is parsed as it was', () => {
    fc.assert(
      fc.property(messages, (message) => {
        expect(parseMessage(formatMessage(message))).toEqual({ ok: true, value: message });
      }),
    );
  });

  test('no bytes make it throw, whole messages with bytes changed neither', () => {
    const spoils = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 });
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void parseMessage(bytes)));
    fc.assert(
      fc.property(messages, spoils, (message, changes) => {
        const bytes = formatMessage(message);
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        parseMessage(bytes);
      }),
    );
  });

  test('names come in one spelling, values unfolded and trimmed, in the order of the wire', () => {
    const text = 'v :  SIP/2.0/UDP a\r\ns: one \r\n\t two\r\nX-a-BC:\r\nSUBJECT: three';
    expect(
      [...parsed(`${OPTIONS}${text}`).headers].map(({ name, value }) => [name, value]),
    ).toEqual([
      ['Via', 'SIP/2.0/UDP a'],
      ['Subject', 'one two'],
      ['X-A-Bc', ''],
      ['Subject', 'three'],
    ]);
  });

  test('a value cannot begin a line', () => {
    const headers = Headers.of([
      ['Subject', 'a\r\nContact: <sip:mallory@example.org>'],
      ['X\r\nRoute', '<sip:mallory@example.org>'],
    ]);
    const [method, uri] = ['OP\nTIONS', 'sip:a@b SIP/2.0\r\nRoute: <sip:c>'];
    const request = { type: 'request', method, uri, headers, body: new Uint8Array(0) } as const;
    const lines = decodeText(formatMessage(request)).split(/[\r\n]+/);
    expect(lines.map((line) => line.slice(0, 5))).toEqual(['OP%20', 'Subje', 'X  ro', 'Conte', '']);
  });

  test('a Content-Length of the headers is not believed', () => {
    const headers = Headers.of([['l', '99']]);
    const body = Uint8Array.of(1, 2);
    const bytes = formatMessage({ type: 'response', status: 200, reason: 'OK', headers, body });
    expect(decodeText(bytes)).toContain('OK\r\nContent-Length: 2\r\n\r\n');
  });
});

describe('what cannot be taken', () => {
  test.each([
    ['a header line without colon', 'nothing here', 'bad-header', 400],
    ['a name with a space', 'Bad Name: x', 'bad-header', 400],
    ['an empty name', ': x', 'bad-header', 400],
    ['a stray LF', 'Subject: a\nRoute: b', 'bad-header', 400],
    ['a stray CR', 'Subject: a\rRoute: b', 'bad-header', 400],
    ['a body that is not there', 'l: 1', 'truncated', 400],
    ['Content-Length twice', 'l: 0\r\nContent-Length: 0', 'bad-content-length', 400],
    ['too many headers', Array(300).fill('X: y').join('\r\n'), 'header-too-large', 513],
  ])('%s is answered', (_, line, error, status) => {
    const bytes = encodeText(`${OPTIONS}${VIA}\r\n${line}\r\nCall-ID: 7\r\n\r\n`);
    const result = parseMessage(bytes);
    expect(result).toMatchObject({ ok: false, error, refused: { status } });
  });

  test('a body without Content-Length that is larger than any announced one is answered', () => {
    const body = 'x'.repeat(BODY_BYTES_MAX + 1);
    const result = parseMessage(encodeText(`${OPTIONS}${VIA}\r\n\r\n${body}`));
    expect(result).toMatchObject({ error: 'body-too-large', refused: { status: 413 } });
  });

  test.each([
    ['two spaces', 'OPTIONS  sip:a@b SIP/2.0', 'bad-start-line', 400],
    ['a space behind', 'OPTIONS sip:a@b SIP/2.0 ', 'bad-start-line', 400],
    ['a space in the URI', 'OPTIONS sip:a b SIP/2.0', 'bad-start-line', 400],
    ['a method that is no token', 'OPT@ONS sip:a@b SIP/2.0', 'bad-start-line', 400],
    ['another version', 'OPTIONS sip:a@b SIP/3.0', 'bad-version', 505],
  ])('a request line with %s is answered', (_, line, error, status) => {
    const result = parseMessage(encodeText(`${line}\r\n${VIA}\r\nCall-ID: 7\r\n\r\n`));
    expect(result).toMatchObject({ ok: false, error, refused: { status } });
    if (!result.ok) expect(result.refused?.request.headers.get('i')).toBe('7');
  });

  test.each([
    ['an ACK', `ACK sip:a@b SIP/2.0\r\n${VIA}\r\nbad\r\n\r\n`],
    ['a request without Via', `${OPTIONS}bad\r\n\r\n`],
    ['a response', `SIP/2.0 200 OK\r\n${VIA}\r\nbad\r\n\r\n`],
    ['a response of another version', `SIP/7.0 200 OK\r\n${VIA}\r\n\r\n`],
    ['a status that is none', `SIP/2.0 4294967496 OK\r\n${VIA}\r\n\r\n`],
    ['garbage', 'hello'],
    ['nothing', ''],
    ['a keep-alive', '\r\n\r\n'],
  ])('%s is not', (_, text) => {
    const result = parseMessage(encodeText(text));
    expect(result.ok).toBe(false);
    expect(result).not.toHaveProperty('refused');
  });
});

describe('text', () => {
  test('any bytes come back as they were', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(encodeText(decodeText(bytes))).toEqual(bytes);
      }),
    );
  });

  test('any text without lone surrogates comes back as it was', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        expect(decodeText(encodeText(text))).toBe(text);
      }),
    );
  });

  test('a display code passes a header as its two bytes, next to UTF-8', () => {
    const name = `"${rawText('\x804')} Grüße"`;
    const headers = Headers.of([['Remote-Party-ID', `${name} <sip:a@b>`]]);
    const body = new Uint8Array(0);
    const bytes = formatMessage({ type: 'response', status: 200, reason: 'OK', headers, body });
    const at = bytes.indexOf(0x80);
    expect([...bytes.subarray(at - 1, at + 7)]).toEqual([
      0x22, 0x80, 0x34, 0x20, 0x47, 0x72, 0xc3, 0xbc,
    ]);
    const read = parseMessage(bytes);
    expect(read.ok && read.value.headers.get('Remote-Party-ID')).toBe(`${name} <sip:a@b>`);
  });
});

const OPTIONS = 'OPTIONS sip:a@b SIP/2.0\r\n';
const VIA = 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1';

function parsed(head: string): SipRequest {
  const result = parseMessage(encodeText(`${head}\r\n\r\n`));
  if (!result.ok || result.value.type !== 'request') throw new Error('no request');
  return result.value;
}

/** What the parser would make of it: no line ends, no blanks at the ends. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, '').replace(/^[ \t]+|[ \t]+$/g, '');
}

function headersOf(list: readonly (readonly [string, string])[], body: Uint8Array): Headers {
  const others = list.filter(([name]) => !/^(?:l|content-length)$/i.test(name));
  return Headers.of([...others, ['Content-Length', String(body.length)]]);
}
