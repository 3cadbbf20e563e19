/**
 * `npm run coverage` writes docs/coverage.md: each rule with the tests whose names claim to prove it, and
 * the rules that none does. Tests are read, not run: titles, rows of tables, and the `proves` of scenarios.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LEDGER, type LedgerSection } from './ledger-ids.ts';
import { readSource, type SourceText } from './source-text.ts';

/** A test, or a scenario, that names rules. */
export interface Proof {
  readonly file: string;
  readonly title: string;
  readonly ids: readonly string[];
}

export const COVERAGE_FILE = 'docs/coverage.md';

const ROOT = join(import.meta.dirname, '..');

const TITLES: ReadonlyMap<string, string> = new Map(
  LEDGER.flatMap(({ rules }) => Object.entries(rules)),
);

const ID = /\b([A-Z]{3}|D)-(\d\d)\b(?:\s*(?:\.{3}|…|to)\s*(?:([A-Z]{3}|D)-)?(\d\d)\b)?/g;

/** A row's first words may be the rules that it proves. */
const BEGINS_WITH_ID = /^(?:[A-Z]{3}|D)-\d\d\b/;

const CALL = /(?<![\w.$])(describe|test|it)((?:\.\w+)*)\s*\(/g;

/** `SEC-06 ... SEC-08, D-03` gives four ids; a range is within one section. */
export function idsIn(text: string): readonly string[] {
  return [...text.matchAll(ID)].flatMap(([, section = '', first = '', , last = first]) => {
    const length = Math.max(0, Number(last) - Number(first)) + 1;
    return Array.from(
      { length },
      (_, index) => `${section}-${String(Number(first) + index).padStart(2, '0')}`,
    );
  });
}

/** The tests of one file that name rules, a `describe` counting for all in it. Skipped ones do not. */
export function proofsInTests(file: string, text: string): readonly Proof[] {
  const source = readSource(text);
  const calls = [...source.code.matchAll(CALL)].flatMap((found) => callAt(source, found));
  return calls
    .filter(({ isTest }) => isTest)
    .map((test) => {
      const around = calls.filter((each) => each.start <= test.start && each.end >= test.end);
      const title = around.map((each) => each.title).join(' › ');
      const ids = around.flatMap((each) => each.ids);
      return { file, title, ids: [...new Set(ids)].sort() };
    })
    .filter(({ ids }) => ids.length > 0);
}

/** What a scenario says that it proves. */
export function proofsInScenario(file: string, text: string): readonly Proof[] {
  const proves = /^proves:\s*(\[[^\]]*\]|.*(?:\n\s+-.*)*)/m.exec(text)?.[1] ?? '';
  const title = /^name:\s*(.*)$/m.exec(text)?.[1] ?? '';
  const ids = idsIn(proves);
  return ids.length > 0 ? [{ file, title, ids }] : [];
}

/** Every proof in the files that git knows. The tests of the tools prove no rule. */
export function allProofs(): readonly Proof[] {
  const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], {
    cwd: ROOT,
    encoding: 'utf8',
  }).split('\n');
  return files
    .filter((file) => file !== '' && !file.startsWith('tools/') && existsSync(join(ROOT, file)))
    .flatMap((file) => {
      const read = (): string => readFileSync(join(ROOT, file), 'utf8');
      if (file.endsWith('.test.ts')) return proofsInTests(file, read());
      return /^test\/scenario\/.*\.yaml$/.test(file) ? proofsInScenario(file, read()) : [];
    });
}

/** Proofs of rules that there are none of, each as a sentence. */
export function unknownIds(proofs: readonly Proof[]): readonly string[] {
  return proofs.flatMap(({ file, title, ids }) =>
    ids.filter((id) => !TITLES.has(id)).map((id) => `${file}: ${title}: there is no ${id}`),
  );
}

/** The document. One line a proof, so that two people's new tests seldom meet in one line. */
export function coverageDocument(proofs: readonly Proof[]): string {
  const byId = Map.groupBy(
    proofs.flatMap((proof) => proof.ids.map((id) => ({ id, proof }))),
    ({ id }) => id,
  );
  const isOpen = (id: string): boolean => !byId.has(id);
  const ruleLines = ([id, title]: readonly [string, string]): readonly string[] => {
    const lines = (byId.get(id) ?? []).map(({ proof }) => `  - ${proofLine(proof)}`);
    return [`- **${id}** ${title}`, ...[...new Set(lines)].sort()];
  };
  const open = (sections: readonly LedgerSection[]): readonly string[] => {
    const rules = sections.flatMap(({ rules }) => Object.entries(rules));
    const lines = rules.filter(([id]) => isOpen(id)).map(([id, title]) => `- **${id}** ${title}`);
    return lines.length > 0 ? lines : ['None.'];
  };
  return `${[
    '# Which tests prove which rule',
    '',
    'Written by `npm run coverage` from the names of the tests; `tools/ledger-coverage.test.ts` fails when',
    'it is not up to date. A rule is a row of the requirement ledger, by its number and in a few words of',
    'our own.',
    '',
    '## Open',
    '',
    'Of calls and conferences:',
    '',
    ...open(LEDGER.filter(({ later }) => !later)),
    '',
    'Of set-up and administration, which is later work:',
    '',
    ...open(LEDGER.filter(({ later }) => later)),
    ...LEDGER.flatMap(({ title, rules }) => [
      '',
      `## ${title}`,
      '',
      ...Object.entries(rules).flatMap(ruleLines),
    ]),
  ].join('\n')}\n`;
}

function proofLine({ file, title }: Proof): string {
  return `[${basename(file)}](../${file}): ${title.replace(/[[\]<>*_\\`|]/g, '\\$&')}`;
}

interface TestCall {
  readonly isTest: boolean;
  readonly title: string;
  readonly ids: readonly string[];
  readonly start: number;
  readonly end: number;
}

function callAt(source: SourceText, found: RegExpExecArray): readonly TestCall[] {
  const [whole, name, modifiers = ''] = found;
  if (/\.(?:skip|todo)\b/.test(modifiers)) return [];
  const open = found.index + whole.length - 1;
  const close = closing(source.code, open);
  // `test.each(rows)(title, body)`
  const curried = /\.(?:each|for|skipIf|runIf)$/.test(modifiers);
  const rows = curried ? rowsIn(source, source.code.slice(open + 1, close)) : [];
  const start = curried ? source.code.indexOf('(', close) : open;
  const title = titleIn(source, start + 1);
  if (title === undefined) return [];
  const ids = [...idsIn(title), ...rows.filter((each) => BEGINS_WITH_ID.test(each)).flatMap(idsIn)];
  return [{ isTest: name !== 'describe', title, ids, start, end: closing(source.code, start) }];
}

/** The texts of a table of rows, which may have been given a name. */
function rowsIn({ code, texts }: SourceText, argument: string): readonly string[] {
  const name = /^\s*([A-Z_]+)\s*$/.exec(argument)?.[1];
  const table = name && new RegExp(`\\bconst ${name}\\b[^=]*=\\s*(?=\\[)`).exec(code);
  const from = table ? table.index + table[0].length : 0;
  const rows = table ? code.slice(from, closing(code, from)) : argument;
  return [...rows.matchAll(/"(\d+)"/g)].map(([, index]) => texts[Number(index)] ?? '');
}

/** The first argument, when it is written there; what is computed in a template is left out. */
function titleIn({ code, texts }: SourceText, at: number): string | undefined {
  const found = /^\s*(?:"(\d+)"|`(\d+)`)/.exec(code.slice(at, at + 100));
  const text = texts[Number(found?.[1] ?? found?.[2])];
  return text?.replace(/\\(.)/g, '$1').trim();
}

/** Where the bracket that opens at `open` is closed. */
function closing(code: string, open: number): number {
  let depth = 0;
  for (let at = open; at < code.length; at += 1) {
    const char = code[at] ?? '';
    if ('([{'.includes(char)) depth += 1;
    if (')]}'.includes(char)) depth -= 1;
    if (depth === 0) return at;
  }
  return code.length;
}

if (import.meta.main) {
  const proofs = allProofs();
  const unknown = unknownIds(proofs);
  writeFileSync(join(ROOT, COVERAGE_FILE), coverageDocument(proofs));
  const proven = new Set(proofs.flatMap(({ ids }) => ids));
  for (const { title, rules } of LEDGER) {
    const ids = Object.keys(rules);
    const open = ids.filter((id) => !proven.has(id));
    const count = `${ids.length - open.length}/${ids.length}`;
    process.stdout.write(
      `${count.padStart(6)}  ${title}${open.length ? `: ${open.join(' ')}` : ''}\n`,
    );
  }
  for (const each of unknown) process.stdout.write(`${each}\n`);
  if (unknown.length > 0) process.exitCode = 1;
}
