import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Headers } from './headers.ts';
import { type BodyPart, formatMultipart, partsOf } from './multipart.ts';
import { decodeText, encodeText } from './text.ts';

/*
 * Goal: parts come back as they were, with any bytes in them; what is no multipart body is told; no
 * body makes it throw. Method: arbitrary parts and mutated bodies (RFC 2046 §5.1).
 */

const part = fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 80 })).map(
  ([named, body]): BodyPart => ({
    headers: Headers.of(named ? [['Content-Type', 'text/plain']] : []),
    body,
  }),
);

describe('parts', () => {
  test('what is written is read back as it was, also one in another', () => {
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
        const inner = multipart(parts, 'inner');
        expect(read(inner)).toEqual(parts);
        const [first, ...others] = read(multipart([inner, ...parts], 'inner-and-outer')) ?? [];
        expect(others).toEqual(parts);
        expect(first && read(first)).toEqual(parts);
      }),
    );
  });

  test('no bytes make it throw', () => {
    const changes = fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 3 }), changes, (parts, spoils) => {
        const whole = multipart(parts, 'b');
        for (const [at, byte] of spoils) whole.body[at % whole.body.length] = byte;
        partsOf(whole);
      }),
    );
  });

  test('text before and after the parts is none; boundaries may have blanks behind them', () => {
    const body = 'preface\r\n--b \t\r\n\r\none\r\n--b\r\nX: y\r\n\r\n--bc\r\n--b--\r\nepilogue';
    expect(read(bodyOf(body))?.map((each) => decodeText(each.body))).toEqual(['one', '--bc']);
  });

  test('a body of another type is one part, no body is none', () => {
    const plain = { headers: Headers.of([['c', 'text/plain']]), body: encodeText('x') };
    expect(read(plain)).toEqual([plain]);
    expect(read({ ...plain, body: new Uint8Array(0) })).toEqual([]);
  });

  test.each([
    ['no end', 'multipart/mixed;boundary=b', '--b\r\n\r\none\r\n--b\r\n\r\ntwo', 'bad-multipart'],
    ['no part', 'multipart/mixed;boundary=b', 'text', 'bad-multipart'],
    ['a bad header', 'multipart/mixed;boundary=b', '--b\r\nx\r\n\r\n\r\n--b--', 'bad-multipart'],
    ['no boundary', 'multipart/mixed', '--b\r\n\r\none\r\n--b--', 'bad-content-type'],
    ['no type', '', 'text', 'bad-content-type'],
    ['a bad type', 'a/b/c', 'text', 'bad-content-type'],
    ['too many', 'multipart/mixed;boundary=b', '--b\r\n\r\n\r\n'.repeat(40), 'too-many-parts'],
  ])('%s is refused', (_, type, text, error) => {
    expect(partsOf(bodyOf(text, type))).toMatchObject({ ok: false, error });
  });

  test('a boundary that a part contains is refused', () => {
    const parts = [{ headers: Headers.of([]), body: encodeText('a --b') }];
    expect(formatMultipart(parts, 'b')).toMatchObject({ ok: false, error: 'boundary-in-part' });
  });
});

function multipart(parts: readonly BodyPart[], boundary: string): BodyPart {
  const written = formatMultipart(parts, boundary);
  if (!written.ok) throw new Error(written.error);
  const { contentType, body } = written.value;
  return { headers: Headers.of([['Content-Type', contentType]]), body };
}

function bodyOf(text: string, type = 'multipart/mixed;boundary="b"'): BodyPart {
  return { headers: Headers.of([['Content-Type', type]]), body: encodeText(text) };
}

function read(whole: BodyPart): readonly BodyPart[] | undefined {
  const parts = partsOf(whole);
  return parts.ok ? parts.value : undefined;
}
