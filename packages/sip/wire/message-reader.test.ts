import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatMessage } from './format-message.ts';
import { Headers } from './headers.ts';
import { BODY_BYTES_MAX, HEADER_BYTES_MAX } from './limits.ts';
import type { SipMessage } from './message.ts';
import { MessageReader, type StreamItem } from './message-reader.ts';

/*
 * Goal: where TCP cuts does not matter, memory stays bounded, messages own their bytes, and after a
 * message whose end nobody knows nothing is read (RFC 3261 §18.3; RFC 5626 §3.5.1 for keep-alives).
 * Method: streams of arbitrary messages and keep-alives, cut anywhere.
 */

const bodies = fc.uint8Array({ maxLength: 60 });
const sentMessages = fc.array(
  fc.oneof(
    fc.constant('\r\n'),
    fc.constant('\r\n\r\n'),
    bodies.map((body) => request(body)),
    bodies.map((body) => response(body)),
  ),
  { maxLength: 8 },
);

describe('framing', () => {
  test('any split and merge of any stream gives the same items', () => {
    fc.assert(
      fc.property(sentMessages, fc.array(fc.nat(90), { minLength: 1 }), (sent, sizes) => {
        const stream = streamOf(sent);
        const whole = new MessageReader().push(stream);
        const reader = new MessageReader();
        const cut = chunksOf(stream, sizes).flatMap((chunk) => reader.push(chunk));
        expect(cut).toEqual(whole);
        expect(messagesIn(whole)).toEqual(sent.filter((each) => typeof each !== 'string'));
        expect(reader.heldBytes).toBe(0);
        expect(reader.isInMessage).toBe(false);
      }),
    );
  });

  test('byte by byte, and all at once', () => {
    const sent = [request(Uint8Array.of(13, 10, 13, 10)), response(new Uint8Array(0))];
    const stream = streamOf(sent);
    const reader = new MessageReader();
    const items = [...stream].flatMap((byte) => reader.push(Uint8Array.of(byte)));
    expect(messagesIn(items)).toEqual(sent);
    expect(messagesIn(new MessageReader().push(stream))).toEqual(sent);
  });

  test('messages own their bytes: a buffer may be used again', () => {
    const sent = [request(Uint8Array.of(1, 2, 3)), request(Uint8Array.of(4, 5))];
    const stream = streamOf(sent);
    const buffer = Buffer.alloc(stream.length);
    for (let cut = 1; cut < stream.length; cut += 7) {
      const reader = new MessageReader();
      const items = [stream.subarray(0, cut), stream.subarray(cut)].flatMap((part) => {
        buffer.set(part);
        const found = reader.push(buffer.subarray(0, part.length));
        buffer.fill(0x20);
        return found;
      });
      expect(messagesIn(items)).toEqual(sent);
    }
  });

  test('one CRLF is a pong, a second makes it a ping, wherever it is cut', () => {
    const reader = new MessageReader();
    const types = ['\r\n', '\r', '\n', '\r\n\r\n', '\r\n'].map((text) =>
      reader.push(bytesOf(text)).map(({ type }) => type),
    );
    expect(types).toEqual([['pong'], [], ['ping'], ['pong', 'ping'], ['pong']]);
  });
});

describe('faults', () => {
  test('a bad header costs one request only, which can be answered', () => {
    const bad = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP b\r\nno colon\r\nl: 2\r\n\r\nxy';
    const stream = new Uint8Array([...bytesOf(bad), ...formatMessage(request(bodies0()))]);
    const [first, second] = new MessageReader().push(stream);
    expect(first).toMatchObject({
      type: 'malformed',
      malformed: { error: 'bad-header', refused: { status: 400, request: { method: 'OPTIONS' } } },
    });
    expect(second?.type).toBe('message');
  });

  test.each([
    ['no Content-Length', '', 'missing-content-length', 400],
    ['a negative one', 'Content-Length: -1\r\n', 'bad-content-length', 400],
    ['one that is no number', 'Content-Length: 1x\r\n', 'bad-content-length', 400],
    ['two', 'Content-Length: 1\r\nl: 1\r\n', 'bad-content-length', 400],
    ['a huge one', `l: ${BODY_BYTES_MAX + 1}\r\n`, 'body-too-large', 413],
  ])('%s ends the stream, with an answer', (_, line, error, status) => {
    const reader = new MessageReader();
    const text = `OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP b\r\n${line}\r\n`;
    const items = reader.push(bytesOf(text + text));
    expect(items).toMatchObject([{ type: 'broken', malformed: { error, refused: { status } } }]);
    expect(reader.push(formatMessage(request(bodies0())))).toEqual([]);
    expect(reader.heldBytes).toBe(0);
  });

  test.each([
    ['TLS on a port that has none', '\x16\x03\x01'],
    ['a lone CR', '\rX'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('%s ends the stream at once, without an answer', (_, text) => {
    const items = new MessageReader().push(bytesOf(text));
    expect(items).toMatchObject([{ type: 'broken', malformed: { error: 'not-sip' } }]);
    expect(items[0]).not.toHaveProperty('malformed.refused');
  });
});

describe('bounds', () => {
  test('the longest head passes, one byte more does not, however it is cut', () => {
    for (const [extra, type] of [
      [0, 'message'],
      [1, 'broken'],
    ] as const) {
      const start = 'OPTIONS sip:a@b SIP/2.0\r\nVia: SIP/2.0/TCP b\r\nl: 0\r\nX: ';
      const text = `${start.padEnd(HEADER_BYTES_MAX + extra, 'x')}\r\n\r\n`;
      for (const size of [1, 1400, HEADER_BYTES_MAX * 2]) {
        const reader = new MessageReader();
        const items = chunksOf(bytesOf(text), [size]).flatMap((chunk) => reader.push(chunk));
        expect(items.map((item) => item.type)).toEqual([type]);
        expect(reader.heldBytes).toBe(0);
      }
    }
  });

  test('an idle connection holds nothing, an unfinished message about twice what came', () => {
    const reader = new MessageReader();
    reader.push(bytesOf(`INVITE sip:a@b SIP/2.0\r\nl: ${BODY_BYTES_MAX}\r\n\r\n`));
    for (let came = 1000; came < BODY_BYTES_MAX; came += 1000) {
      reader.push(new Uint8Array(1000));
      expect(reader.heldBytes).toBeLessThanOrEqual(Math.max(2048, 2 * came));
      expect(reader.isInMessage).toBe(true);
    }
    reader.push(new Uint8Array(1000));
    expect(reader.heldBytes).toBe(0);
  });
});

function request(body: Uint8Array): SipMessage {
  const headers = Headers.of([
    ['Via', 'SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1'],
    ['Subject', 'Grüße \udc804'],
    ['Content-Length', String(body.length)],
  ]);
  return { type: 'request', method: 'MESSAGE', uri: 'sip:ada@example.org', headers, body };
}

function response(body: Uint8Array): SipMessage {
  const headers = Headers.of([
    ['CSeq', '1 INVITE'],
    ['Content-Length', String(body.length)],
  ]);
  return { type: 'response', status: 200, reason: 'OK', headers, body };
}

function bodies0(): Uint8Array {
  return new Uint8Array(0);
}

function streamOf(sent: readonly (string | SipMessage)[]): Uint8Array {
  return Uint8Array.from(
    sent.flatMap((each) => [...(typeof each === 'string' ? bytesOf(each) : formatMessage(each))]),
  );
}

function chunksOf(stream: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < stream.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length] ?? 1);
    chunks.push(stream.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

function messagesIn(items: readonly StreamItem[]): readonly SipMessage[] {
  return items.flatMap((item) => (item.type === 'message' ? [item.message] : []));
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
