/**
 * XML as far as SOAP needs it: elements, attributes and text. Read with nothing that could be made to grow:
 * no document type, no entity but the five of XML and characters by number, and a bound on the depth.
 * Written by ourselves, so that every character is escaped that has to be.
 *
 * Source: [rfc] XML 1.0, SOAP 1.1 §3, which forbids document types and processing instructions.
 */
import { XMLParser, XMLValidator } from 'fast-xml-parser';

/** An envelope with a phone and its lines is eight deep. */
const DEPTH_MAX = 32;

export interface XmlElement {
  /** As written, with its prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** All text in it together, white space around it left away. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

/** What cannot be read, in words for the sender. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
}

/** One element as the parser has it: a field with its name, and its attributes beside it. */
type Parsed = Readonly<Record<string, unknown>>;

const ATTRIBUTES = ':@';
const TEXT = '#text';
const CDATA = '#cdata';

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  attributesGroupName: false,
  textNodeName: TEXT,
  cdataPropName: CDATA,
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  // Nothing is expanded there: `decoded` knows the only ones there are.
  processEntities: false,
  ignoreDeclaration: true,
  maxNestedTags: DEPTH_MAX,
});

/** The one element of a document. Throws an XmlError. */
export function parseXml(document: string): XmlElement {
  const body = document.replace(/^\uFEFF/, '').replace(/^\s*<\?xml\s[^<>]*\?>/, '');
  checkMarkup(body);
  const verdict = XMLValidator.validate(body);
  if (verdict !== true) throw new XmlError(`This is no XML: ${verdict.err.msg}`);
  const roots = readAll(body).filter(isElement);
  const [root] = roots;
  if (!root || roots.length > 1) throw new XmlError('A document has one element.');
  return elementOf(root);
}

export function xmlText(element: XmlElement): string {
  const { name, attributes, text, children } = element;
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(value)}"`);
  const content = escaped(text) + children.map(xmlText).join('');
  return content === ''
    ? `<${name}${pairs.join('')}/>`
    : `<${name}${pairs.join('')}>${content}</${name}>`;
}

/** An element with text, or with elements in it. */
export function element(
  name: string,
  content: string | readonly XmlElement[] = '',
  attributes: Readonly<Record<string, string>> = {},
): XmlElement {
  const isText = typeof content === 'string';
  return { name, attributes, text: isText ? content : '', children: isText ? [] : content };
}

/** Without its prefix. */
export function localName({ name }: XmlElement): string {
  return name.slice(name.indexOf(':') + 1);
}

export function child(parent: XmlElement, name: string): XmlElement | undefined {
  return parent.children.find((each) => localName(each) === name);
}

const SECTIONS: readonly (readonly [begin: string, end: string])[] = [
  ['<![CDATA[', ']]>'],
  ['<!--', '-->'],
];

/** Of what begins with `<!` or `<?` only sections of text and comments may be there. In one pass. */
function checkMarkup(body: string): void {
  const opening = /<[!?]/g;
  for (let found = opening.exec(body); found; found = opening.exec(body)) {
    const at = found.index;
    const section = SECTIONS.find(([begin]) => body.startsWith(begin, at));
    if (!section) {
      throw new XmlError('Document types and processing instructions are not allowed.');
    }
    const [begin, end] = section;
    const closed = body.indexOf(end, at + begin.length);
    if (closed < 0) throw new XmlError(`This is no XML: ${begin} is not closed.`);
    opening.lastIndex = closed + end.length;
  }
}

function readAll(document: string): readonly Parsed[] {
  try {
    return parser.parse(document) as readonly Parsed[];
  } catch (error) {
    throw new XmlError(error instanceof Error ? error.message : 'This is no XML.');
  }
}

function nameOf(parsed: Parsed): string {
  return Object.keys(parsed).find((key) => key !== ATTRIBUTES) ?? TEXT;
}

function isElement(parsed: Parsed): boolean {
  return ![TEXT, CDATA].includes(nameOf(parsed));
}

function elementOf(parsed: Parsed): XmlElement {
  const name = nameOf(parsed);
  const content = parsed[name] as readonly Parsed[];
  const given = (parsed[ATTRIBUTES] ?? {}) as Readonly<Record<string, string>>;
  const attributes = Object.entries(given).map(([key, value]) => [key, decoded(value)]);
  return {
    name,
    attributes: Object.fromEntries(attributes),
    text: content.map(textOf).join('').trim(),
    children: content.filter(isElement).map(elementOf),
  };
}

function textOf(parsed: Parsed): string {
  if (TEXT in parsed) return decoded(String(parsed[TEXT]));
  // Nothing means anything in there but the text itself.
  if (CDATA in parsed) {
    return (parsed[CDATA] as readonly Parsed[]).map((each) => String(each[TEXT])).join('');
  }
  return '';
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

function decoded(text: string): string {
  return text.replace(/&([^;&]{0,12});?/g, (whole, name: string) => {
    const [, hex, decimal] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(name) ?? [];
    const code = hex ? Number.parseInt(hex, 16) : Number(decimal);
    if (whole.endsWith(';') && code > 0 && code <= 0x10ffff) return String.fromCodePoint(code);
    const known = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined;
    if (known !== undefined && whole.endsWith(';')) return known;
    throw new XmlError(`There is no entity ${whole}`);
  });
}

/** What XML cannot carry at all is written as the sign for the unreadable. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
    .replace(/[&<>"\r\n\t]/g, (character) => `&#${character.charCodeAt(0)};`);
}
