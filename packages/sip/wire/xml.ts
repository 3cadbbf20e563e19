/**
 * The little XML that SIP bodies need: elements, attributes, text. Prefixes of elements are dropped: whoever
 * reads knows the document's type. There are no document types and no entities but the five of XML itself,
 * so nothing expands and nothing is fetched; depth and sizes have bounds. Source: [doc] XML 1.0, fifth edition.
 *
 * Text is as `text.ts` has it: the display codes of enterprise phones, which are no UTF-8, survive.
 */
import { fail, ok, type Result } from '@conclave/base';

export interface XmlElement {
  /** Without prefix. */
  readonly name: string;
  /** By their names as written. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** What stands directly in it, without the blanks around; '' if nothing does. */
  readonly text: string;
}

/** What is written: an element's content is text or elements. */
export interface XmlSource {
  readonly name: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly content?: string | readonly XmlSource[];
}

export type XmlError = 'too-large' | 'bad-xml';

/** Characters; a roster of a hundred members has 40,000. */
const LENGTH_MAX = 256 * 1024;

const ELEMENTS_MAX = 4_000;
const DEPTH_MAX = 16;

const NAME = '[A-Za-z_][\\w.:-]*';
const ATTRIBUTE = `\\s+(${NAME})\\s*=\\s*(?:"([^"<]*)"|'([^'<]*)')`;
const OPEN_TAG = new RegExp(`<(${NAME})((?:${ATTRIBUTE})*)\\s*(/?)>`, 'y');
const CLOSE_TAG = new RegExp(`</(${NAME})\\s*>`, 'y');
const ENTITY = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([\dA-Fa-f]{1,6}));/g;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
};

/** What XML cannot hold. */
const NO_CHARACTER = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** The same, but for bytes that are no UTF-8. */
const NO_PHONE_CHARACTER =
  /[^\t\n\r\u{20}-\u{D7FF}\u{DC80}-\u{DCFF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

/** An element that is being read. */
interface Draft {
  readonly tag: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/** The root element. */
export function parseXml(text: string): Result<XmlElement, XmlError> {
  if (text.length > LENGTH_MAX) return fail('too-large');
  if (text.search(NO_PHONE_CHARACTER) >= 0) return fail('bad-xml');
  const root: Draft = { tag: '', attributes: new Map(), children: [], text: '' };
  const open: Draft[] = [root];
  let elements = 0;
  let at = text.startsWith('\ufeff') ? 1 : 0;
  while (at < text.length) {
    const draft = open.at(-1);
    if (!draft) return fail('bad-xml');
    const passed = endOfOther(text, at);
    if (passed !== undefined) {
      if (passed < 0) return fail('bad-xml');
      if (text.startsWith('<![CDATA[', at)) draft.text += text.slice(at + 9, passed - 3);
      at = passed;
    } else if (text[at] !== '<') {
      const end = nextOr(text, '<', at);
      const piece = resolve(text.slice(at, end));
      if (piece === undefined) return fail('bad-xml');
      draft.text += piece;
      at = end;
    } else if (text[at + 1] === '/') {
      CLOSE_TAG.lastIndex = at;
      if (CLOSE_TAG.exec(text)?.[1] !== draft.tag || open.length < 2) return fail('bad-xml');
      open.pop();
      open.at(-1)?.children.push(elementOf(draft));
      at = CLOSE_TAG.lastIndex;
    } else {
      OPEN_TAG.lastIndex = at;
      const [, tag, attributes = '', , , , slash] = OPEN_TAG.exec(text) ?? [];
      const parsed = tag === undefined ? undefined : parseAttributes(attributes);
      if (tag === undefined || !parsed) return fail('bad-xml');
      if (++elements > ELEMENTS_MAX || open.length > DEPTH_MAX) return fail('too-large');
      const next: Draft = { tag, attributes: parsed, children: [], text: '' };
      if (slash === '/') draft.children.push(elementOf(next));
      else open.push(next);
      at = OPEN_TAG.lastIndex;
    }
  }
  const [element, more] = root.children;
  if (!element || more || open.length > 1 || root.text.trim() !== '') return fail('bad-xml');
  return ok(element);
}

/** The first child of this name. */
export function childOf(element: XmlElement | undefined, name: string): XmlElement | undefined {
  return element?.children.find((each) => each.name === name);
}

/** The text of the first child of this name; absent if there is none or it is empty. */
export function childText(element: XmlElement | undefined, name: string): string | undefined {
  return childOf(element, name)?.text || undefined;
}

/** A document with declaration, as phones take it. */
export function formatXml(root: XmlSource): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${formatElement(root, '')}\n`;
}

/** For text and attributes; what XML cannot hold is left out. */
export function escapeXml(text: string): string {
  return escapeMarks(text.replaceAll(NO_CHARACTER, ''));
}

function formatElement({ name, attributes = {}, content = '' }: XmlSource, indent: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapePhone(value)}"`);
  const start = `${indent}<${name}${pairs.join('')}`;
  if (typeof content === 'string') {
    return content === '' ? `${start}/>` : `${start}>${escapePhone(content)}</${name}>`;
  }
  const inner = content.map((each) => `${formatElement(each, `${indent} `)}\n`).join('');
  return `${start}>\n${inner}${indent}</${name}>`;
}

function escapePhone(text: string): string {
  return escapeMarks(text.replaceAll(NO_PHONE_CHARACTER, ''));
}

function escapeMarks(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}

/** Where a comment, an instruction or a literal section at `at` ends; -1 if it does not; absent: it is none. */
function endOfOther(text: string, at: number): number | undefined {
  for (const [start, end] of [
    ['<!--', '-->'],
    ['<?', '?>'],
    ['<![CDATA[', ']]>'],
  ] as const) {
    if (!text.startsWith(start, at)) continue;
    const found = text.indexOf(end, at + start.length);
    return found < 0 ? -1 : found + end.length;
  }
  return undefined;
}

function nextOr(text: string, mark: string, from: number): number {
  const found = text.indexOf(mark, from);
  return found < 0 ? text.length : found;
}

function parseAttributes(text: string): ReadonlyMap<string, string> | undefined {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single = ''] of text.matchAll(new RegExp(ATTRIBUTE, 'g'))) {
    const value = resolve(double ?? single);
    if (value === undefined || attributes.has(name)) return undefined;
    attributes.set(name, value);
  }
  return attributes;
}

/** Undefined where an ampersand begins nothing that we know, or names what is no character. */
function resolve(text: string): string | undefined {
  if (!text.includes('&')) return text;
  const isSound = !text.replaceAll(ENTITY, '').includes('&');
  const plain = text.replaceAll(ENTITY, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return ENTITIES[name] ?? '';
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const char = code > 0x10_ff_ff ? '' : String.fromCodePoint(code);
    return char.replaceAll(NO_CHARACTER, '');
  });
  return isSound ? plain : undefined;
}

function elementOf({ tag, attributes, children, text }: Draft): XmlElement {
  return { name: tag.slice(tag.indexOf(':') + 1), attributes, children, text: text.trim() };
}
