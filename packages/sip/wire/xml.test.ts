import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeText, encodeText, rawText } from './text.ts';
import { childOf, childText, escapeXml, formatXml, parseXml, type XmlElement } from './xml.ts';

/*
 * Goal: documents of phones are read, hostile ones cost nothing, and text of strangers stays text. Method:
 * what is written is read again; examples of what other readers have fallen for.
 */

describe('a document', () => {
  test('that is written is read as the same, whatever its texts are', () => {
    const text = fc.string({ unit: 'binary', maxLength: 30 });
    fc.assert(
      fc.property(text, text, (value, content) => {
        const leaf = { name: 'b', attributes: { x: value }, content };
        const root = parsed(formatXml({ name: 'a', content: [leaf, { name: 'c' }] }));
        expect(root.children.map(({ name }) => name)).toEqual(['b', 'c']);
        expect(root.children[0]?.attributes.get('x')).toBe(clean(value));
        expect(root.children[0]?.text).toBe(clean(content).trim());
      }),
    );
  });

  test('keeps the display codes of enterprise phones as the bytes that they are', () => {
    const xml = formatXml({ name: 'a', content: rawText('\x80!12') });
    expect([...encodeText(xml)]).toEqual(expect.arrayContaining([0x80, 0x21, 0x31, 0x32]));
    expect(parsed(decodeText(encodeText(xml))).text).toBe(rawText('\x80!12'));
    expect(escapeXml(rawText('\x804x'))).toBe('4x');
  });

  test('may have prefixes, comments, instructions, literal sections, both quotes, references', () => {
    const root = parsed(
      '\ufeff<?xml version="1.0"?>\n<!-- <x> -->\n<n:a xmlns:n="u">' +
        `<b k='"' l="'"/> <n:c>1 &lt; &#50; &amp; &#x33;</n:c><d><![CDATA[<&>]]></d></n:a>\n<!-- -->`,
    );
    expect(root.name).toBe('a');
    expect([...(childOf(root, 'b')?.attributes ?? [])]).toEqual([
      ['k', '"'],
      ['l', "'"],
    ]);
    expect(childText(root, 'c')).toBe('1 < 2 & 3');
    expect(childText(root, 'd')).toBe('<&>');
    expect(childText(root, 'b')).toBeUndefined();
  });

  test.each([
    '',
    'x',
    '<a>',
    '<a></b>',
    '</a>',
    '<a/><b/>',
    '<a/>x',
    'x<a/>',
    '<a b=c/>',
    '<a b="1" b="2"/>',
    '<a b="<"/>',
    '<a>&unknown;</a>',
    '<a>&</a>',
    '<a b="&x;"/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<1/>',
    '< a/>',
    '<a>\0</a>',
    '<a b="\x1b"/>',
  ])('is refused: %s', (text) => {
    expect(parseXml(text)).toEqual({ ok: false, error: 'bad-xml' });
  });

  test('has bounds: length, elements, depth', () => {
    const deep = (levels: number) => '<a>'.repeat(levels) + '</a>'.repeat(levels);
    expect(parseXml(deep(16)).ok).toBe(true);
    expect(parseXml(deep(17))).toMatchObject({ error: 'too-large' });
    expect(parseXml(`<a>${'<b/>'.repeat(3_999)}</a>`).ok).toBe(true);
    expect(parseXml(`<a>${'<b/>'.repeat(4_000)}</a>`)).toMatchObject({ error: 'too-large' });
    expect(parseXml(`<a>${'x'.repeat(300_000)}</a>`)).toMatchObject({ error: 'too-large' });
  });

  test('gives a result for any text', () => {
    const pieces = fc.array(
      fc.constantFrom('<a', '>', '/>', '</a>', ' b="', '"', '&lt;', '&', '<!--', '-->', 'x', '<'),
    );
    fc.assert(fc.property(pieces, (each) => void parseXml(each.join(''))));
  });
});

function parsed(text: string): XmlElement {
  const result = parseXml(text);
  if (!result.ok) throw new Error(result.error);
  return result.value;
}

/** What a document can hold of a text. */
function clean(text: string): string {
  return text.replaceAll(
    /[^\t\n\r\u{20}-\u{D7FF}\u{DC80}-\u{DCFF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu,
    '',
  );
}
