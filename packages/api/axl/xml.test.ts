/*
 * Goal: nothing that is sent as XML grows, is nested without end or is taken for something else; what is
 * written is read as it was. Method: hostile documents, and any element there and back.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { element, parseXml, type XmlElement, XmlError, xmlText } from './xml.ts';

test('elements, attributes, text and what is escaped in it are read', () => {
  const read = parseXml(
    '<?xml version="1.0"?>\n<a:b xmlns:a="u" x="1 &amp; 2"><!-- no --> x &lt;<![CDATA[<&amp;>]]>&#x41;&#66;<c/></a:b>\n',
  );
  expect(read).toEqual({
    name: 'a:b',
    attributes: { 'xmlns:a': 'u', x: '1 & 2' },
    text: 'x <<&amp;>AB',
    children: [element('c')],
  });
});

test.each([
  ['a document type', '<!DOCTYPE a><a/>'],
  ['entities of its own', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['an entity of a file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['a document type behind a comment', '<!-- --><!DOCTYPE a><a/>'],
  ['an entity that nobody knows', '<a>&x;</a>'],
  ['an entity in an attribute', '<a x="&y;"/>'],
  ['a character that there is not', '<a>&#x110000;</a>'],
  ['a processing instruction', '<a><?php x ?></a>'],
  ['deep nesting', '<a x="/>">'.repeat(40) + '</a>'.repeat(40)],
  ['very deep nesting', '<a>'.repeat(40_000) + '</a>'.repeat(40_000)],
  ['a comment that does not end', `<a>${'<!--'.repeat(60_000)}`],
  ['a text that does not end', `<a>${'<![CDATA['.repeat(30_000)}`],
  ['a document type behind a text', '<![CDATA[<!-- ]]><!DOCTYPE a><a/>'],
  ['an element that does not end', '<a><b></a>'],
  ['two elements', '<a/><b/>'],
  ['no element', 'hello'],
  ['nothing', ''],
  ['a name that JavaScript keeps for itself', '<a><__proto__>1</__proto__></a>'],
  ['the same as an attribute', '<a __proto__="1"/>'],
])('%s is refused', (_name, document) => {
  expect(() => parseXml(document)).toThrow(XmlError);
});

test('what is written is read as it was, whatever text is in it', () => {
  const name = fc.stringMatching(/^[a-z][a-zA-Z0-9]{0,8}$/);
  const content = fc.string({ unit: 'binary' }).map((text) =>
    text
      .toWellFormed()
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML cannot carry them.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '')
      .trim(),
  );
  const tree = fc.letrec<{ tree: XmlElement }>((tie) => ({
    tree: fc
      .tuple(
        name,
        fc.oneof({ maxDepth: 4 }, content, fc.array(tie('tree'), { minLength: 1, maxLength: 3 })),
        fc.dictionary(name, content, { maxKeys: 3, noNullPrototype: true }),
      )
      .map(([tag, inner, attributes]) => element(tag, inner, attributes)),
  })).tree;
  fc.assert(
    fc.property(tree, (each) => {
      expect(parseXml(xmlText(each))).toEqual(each);
    }),
  );
});
