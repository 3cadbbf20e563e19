/**
 * The languages that phones are served in: English, the shipped ones, and the operator's own files in
 * `locales/` of the data directory, which may also change single phrases of the others (TIP-01).
 *
 * A file that cannot be used is told and left out: a typing error must not stop the telephones.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { type LocaleFile, parseLocaleFile } from './locale-file.ts';
import { ENGLISH, type Phrases } from './phrases.ts';

const SHIPPED = join(import.meta.dirname, 'shipped');

const EXTENSIONS: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json']);

/** English as devices are given it, and of every country. */
const ENGLISH_NAME = /^(?:|en|english(?:_.*)?)$/i;

export interface UnusableFile {
  readonly file: string;
  readonly faults: readonly string[];
}

interface Language {
  readonly names: ReadonlySet<string>;
  readonly phrases: Phrases;
}

export class Locales {
  readonly #directory: string;
  #languages: readonly Language[] = [];

  constructor(dataDirectory: string) {
    this.#directory = join(dataDirectory, 'locales');
  }

  /** Reads all files anew and says which cannot be used. */
  read(): readonly UnusableFile[] {
    const languages = new Map<string, Language>();
    const unusable: UnusableFile[] = [];
    for (const directory of [SHIPPED, this.#directory]) {
      for (const file of filesIn(directory)) {
        const parsed = parseFile(join(directory, file));
        const name = parse(file).name.toLowerCase();
        if (parsed.ok) languages.set(name, merged(name, languages.get(name), parsed.locale));
        else unusable.push({ file, faults: parsed.faults });
      }
    }
    this.#languages = [...languages.values()];
    return unusable;
  }

  knows(userLocale: string): boolean {
    return ENGLISH_NAME.test(userLocale) || this.#languageOf(userLocale) !== undefined;
  }

  /** English for a language that is not known. */
  phrasesOf(userLocale: string): Phrases {
    return this.#languageOf(userLocale)?.phrases ?? ENGLISH;
  }

  #languageOf(userLocale: string): Language | undefined {
    const wanted = ENGLISH_NAME.test(userLocale) ? 'en' : userLocale.toLowerCase();
    return this.#languages.find(({ names }) => names.has(wanted));
  }
}

/** Later files add to earlier ones of the same name. */
function merged(
  name: string,
  before: Language | undefined,
  { names, texts, list }: LocaleFile,
): Language {
  const { phrases = ENGLISH } = before ?? {};
  return {
    names: new Set([name, ...(before?.names ?? []), ...names.map((each) => each.toLowerCase())]),
    phrases: { texts: { ...phrases.texts, ...texts }, list: { ...phrases.list, ...list } },
  };
}

function parseFile(path: string): ReturnType<typeof parseLocaleFile> {
  try {
    return parseLocaleFile(readFileSync(path, 'utf8'));
  } catch (error) {
    return { ok: false, faults: [error instanceof Error ? error.message : String(error)] };
  }
}

function filesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory)
      .filter((file) => EXTENSIONS.has(parse(file).ext))
      .toSorted();
  } catch {
    // The operator need not have any.
    return [];
  }
}
