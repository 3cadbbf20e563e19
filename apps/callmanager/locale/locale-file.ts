/**
 * A locale file: texts that replace ours on phones of a language. YAML, and so JSON too. A text that is
 * left away is that of English; what is wrong is named, all of it.
 */
import type { TextId } from '@conclave/core';
import { utf8ToWire } from '@conclave/sccp';
import { parse } from 'yaml';
import { ENGLISH, type ListWords, type Phrases } from './phrases.ts';

/** What phones of every version show whole; a number that follows needs some of it. */
const TEXT_MAX_BYTES = 31;
const NUMBER_ROOM_BYTES = 8;
const WORD_MAX_BYTES = 31;

/** Texts that a number follows. */
const WITH_NUMBER: ReadonlySet<string> = new Set<TextId>(['parked-at', 'to-barge']);

export interface LocaleFile {
  /** Other names of the language, such as `Spanish_Spain`. */
  readonly names: readonly string[];
  readonly texts: Partial<Phrases['texts']>;
  readonly list: Partial<ListWords>;
}

export type ParsedLocale =
  | { readonly ok: true; readonly locale: LocaleFile }
  | { readonly ok: false; readonly faults: readonly string[] };

export function parseLocaleFile(source: string): ParsedLocale {
  let found: unknown;
  try {
    found = parse(source);
  } catch (error) {
    return { ok: false, faults: [error instanceof Error ? firstLine(error.message) : 'no YAML'] };
  }
  if (!isRecord(found)) return { ok: false, faults: ['must have the keys names, texts and list'] };
  const { names = [], texts = {}, list = {}, ...others } = found;
  const faults = [
    ...Object.keys(others).map((key) => `${key}: is not known; names, texts and list are`),
    ...namesFaults(names),
    ...phraseFaults('texts', texts, ENGLISH.texts),
    ...phraseFaults('list', list, ENGLISH.list),
  ];
  if (faults.length > 0) return { ok: false, faults };
  const locale = { names, texts: onTheWire(texts as Readonly<Record<string, string>>), list };
  return { ok: true, locale: locale as LocaleFile };
}

function namesFaults(names: unknown): readonly string[] {
  const isRight = Array.isArray(names) && names.every((name) => typeof name === 'string');
  return isRight ? [] : ['names: must be a list of names such as Spanish_Spain'];
}

function phraseFaults(section: string, given: unknown, known: object): readonly string[] {
  if (!isRecord(given)) return [`${section}: must be a list of phrases by name`];
  return Object.entries(given).flatMap(([id, phrase]) => {
    const rule = Object.hasOwn(known, id)
      ? phraseRule(phrase, section === 'list' ? WORD_MAX_BYTES : maxBytesOf(id))
      : 'is no phrase that phones are shown';
    return rule === undefined ? [] : [`${section}.${id}: ${rule}`];
  });
}

/** What is wrong with a phrase. */
function phraseRule(phrase: unknown, maxBytes: number): string | undefined {
  if (typeof phrase !== 'string' || phrase.trim() === '') return 'must be a text';
  if (/\p{Cc}/u.test(phrase)) return 'must have no control characters';
  const bytes = new TextEncoder().encode(phrase).length;
  return bytes > maxBytes ? `must be at most ${maxBytes} bytes, and has ${bytes}` : undefined;
}

function maxBytesOf(id: string): number {
  return WITH_NUMBER.has(id) ? TEXT_MAX_BYTES - NUMBER_ROOM_BYTES : TEXT_MAX_BYTES;
}

function onTheWire(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(texts).map(([id, text]) => [
      id,
      utf8ToWire(WITH_NUMBER.has(id) ? `${text.trimEnd()} ` : text),
    ]),
  );
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
