/**
 * The dependency directions of the house, as a checker: which folder may import what, and which words
 * a pure folder must not contain. It reads text; it runs nothing.
 */

export interface Zone {
  /** Folders that the rule is about, as path prefixes. */
  readonly folders: readonly string[];
  /** What modules may be imported: prefixes of bare names. Relative imports stay inside the folder. */
  readonly imports: readonly string[];
  /** What the code must not say, and why. */
  readonly banned?: readonly { readonly pattern: RegExp; readonly why: string }[];
}

const CLOCKS_AND_CHANCE = [
  { pattern: /\bDate\.now\b|\bnew Date\(\)/, why: 'time is an argument' },
  { pattern: /\bMath\.random\b|\bcrypto\.random/, why: 'chance is an argument' },
  { pattern: /\bset(Timeout|Interval|Immediate)\b/, why: 'a deadline is a return value' },
  { pattern: /\basync\b|\bawait\b|\bPromise\b/, why: 'a pure step does not wait' },
];

export const ZONES: readonly Zone[] = [
  { folders: ['packages/base/'], imports: [] },
  { folders: ['packages/core/'], imports: ['@conclave/base'], banned: CLOCKS_AND_CHANCE },
  { folders: ['packages/sccp/wire/'], imports: ['@conclave/base'], banned: CLOCKS_AND_CHANCE },
  { folders: ['packages/sccp/machine/'], imports: ['@conclave/base'], banned: CLOCKS_AND_CHANCE },
  { folders: ['packages/rtp/'], imports: ['@conclave/base', 'node:crypto'] },
  { folders: ['packages/audio/'], imports: ['@conclave/base'] },
  {
    folders: ['packages/pki/'],
    imports: ['@conclave/base', 'node:', '@peculiar/x509', 'reflect-metadata'],
  },
  { folders: ['packages/net/'], imports: ['@conclave/base', 'node:'] },
  { folders: ['packages/store/'], imports: ['@conclave/base', 'node:', 'kysely'] },
  { folders: ['packages/telemetry/'], imports: ['@conclave/base', 'node:', 'pino'] },
  {
    folders: ['apps/callmanager/adapters/'],
    imports: ['@conclave/base', '@conclave/core', '@conclave/sccp'],
  },
  // A bridge and a phone know no rules: what they show and mix is what they are told.
  {
    folders: ['apps/bridge/', 'apps/phone/'],
    imports: [
      ...['@conclave/base', '@conclave/audio', '@conclave/net', '@conclave/pki'],
      ...['@conclave/rtp', '@conclave/sccp', 'node:'],
    ],
  },
];

/** Files that may hold another line of the house to account, such as tables of facts. */
const LINES_MAX = 500;
const LONG_BY_NATURE =
  /(messages|structs|enumerations|columns|display-codes|\.test|\.rfc\.test)\.ts$/;

/** The faults of one file; `path` is relative to the root, with forward slashes. */
export function faultsOfFile(path: string, text: string): readonly string[] {
  const faults: string[] = [];
  const code = withoutComments(text);
  const test = /\.(test|bench)\.ts$/.test(path) || path.startsWith('packages/testkit/');
  const zone = ZONES.find((each) => each.folders.some((folder) => path.startsWith(folder)));
  if (zone && !test) {
    for (const name of importsOf(code)) {
      const relative = name.startsWith('.');
      if (
        !relative &&
        !zone.imports.some((allowed) => name === allowed || name.startsWith(allowed))
      ) {
        faults.push(`${path}: imports ${name}`);
      }
      if (name.startsWith('../../')) faults.push(`${path}: reaches ${name}`);
    }
    for (const { pattern, why } of zone.banned ?? []) {
      if (pattern.test(code)) faults.push(`${path}: ${pattern.source}: ${why}`);
    }
  }
  if (!test && /@conclave\/testkit/.test(code)) faults.push(`${path}: imports the test kit`);
  if (path.startsWith('packages/sccp/wire/') && /from '\.\.\/machine/.test(code)) {
    faults.push(`${path}: the wire knows no machine`);
  }
  if (!test && !/index\.ts$|config\.ts$/.test(path) && !/^\s*(\/\*|\/\/)/.test(text)) {
    faults.push(`${path}: has no header comment`);
  }
  if (/^export default/m.test(code) && !/config\.ts$/.test(path)) {
    faults.push(`${path}: has a default export`);
  }
  const lines = text.split('\n').length;
  if (lines > LINES_MAX && !LONG_BY_NATURE.test(path)) faults.push(`${path}: has ${lines} lines`);
  return faults;
}

/** What a module imports or re-exports. */
export function importsOf(code: string): readonly string[] {
  const found = code.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\(\s*)['"]([^'"]+)['"]/g);
  return [...found].flatMap((match) => match[1] ?? []);
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|[^:])\/\/.*$/gm, '$1');
}
