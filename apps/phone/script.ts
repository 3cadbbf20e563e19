/**
 * The script language of phones: one command a line, checked whole before anything is started.
 *
 *   phone alice SEP000000001001 mode=encrypted tone=400     declares a phone and registers it
 *   alice call 1002                                         a phone does something
 *   all expect icon lock                                    every phone does
 *   alice,bob wait connected 20s                            two of them do
 *   sleep 2                                                 nobody does anything
 *
 * `#` begins a comment. With a single phone its name may be left away.
 */
import { faultOfCommand } from './commands.ts';
import { type Condition, parseCondition } from './conditions.ts';
import type { SecurityMode } from './options.ts';

export type ScriptStep =
  | { readonly type: 'phone'; readonly name: string; readonly declaration: Declaration }
  | { readonly type: 'sleep'; readonly seconds: number }
  | { readonly type: 'print'; readonly text: string }
  | {
      readonly type: 'command';
      readonly who: readonly string[];
      readonly words: readonly string[];
    }
  | {
      readonly type: 'wait' | 'expect' | 'keeps';
      readonly who: readonly string[];
      readonly condition: Condition;
      readonly seconds: number;
    };

export interface Declaration {
  readonly device: string;
  readonly mode: SecurityMode;
  readonly options: Readonly<Record<string, string>>;
}

export interface ScriptLine {
  readonly number: number;
  readonly text: string;
  readonly step: ScriptStep;
}

/** A script that cannot be run; the message names each line and what is wrong with it. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  readonly code = 'SCRIPT';
}

/** Every phone that is registered. */
export const ALL = 'all';

/** How long a condition may take to come true, and for how long it must keep so. */
const SECONDS = { expect: 5, wait: 10, keeps: 2 } as const;

const STATEMENTS = new Set(['phone', 'sleep', 'print', ALL]);

/** What the value of an option must look like, and how to say so. */
const OPTIONS: Readonly<Record<string, readonly [pattern: RegExp, wanted: string]>> = {
  mode: [/^(nonsecure|authenticated|encrypted)$/, 'nonsecure, authenticated or encrypted'],
  model: [/./, 'a model'],
  firmware: [/./, 'a firmware release'],
  host: [/./, 'a host'],
  port: [/^\d{1,5}$/, 'a port number'],
  certificate: [/./, 'a file'],
  key: [/./, 'a file'],
  trust: [/./, 'a file or folder'],
  tone: [/^\d+(\.\d+)?$/, 'a frequency in Hz'],
  level: [/^-\d+(\.\d+)?$/, 'a level in dBov, such as -20'],
  play: [/./, 'a file'],
  record: [/./, 'a file'],
  answer: [/^(auto|manual)$/, 'auto or manual'],
  codec: [/^(pcmu|pcma|g722)$/, 'pcmu, pcma or g722'],
  version: [/^([3-9]|1\d|2[0-2])$/, '3 to 22'],
  lines: [/^\d{1,2}$/, 'a number of lines'],
  'media-address': [/./, 'an address'],
  register: [/^(yes|no)$/, 'yes or no'],
};

/** `known` are phones that exist before the script, such as the one of the command line. */
export function parseScript(text: string, known: readonly string[] = []): readonly ScriptLine[] {
  const names = new Set(known);
  const faults: string[] = [];
  const lines = text.split('\n').flatMap((raw, index): readonly ScriptLine[] => {
    try {
      const words = wordsOf(raw);
      if (words.length === 0) return [];
      const step = parseLine(words, names);
      return [{ number: index + 1, text: raw.trim(), step }];
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      faults.push(`line ${index + 1}: ${error.message}`);
      return [];
    }
  });
  if (faults.length > 0) throw new ScriptError(faults.join('\n'));
  return lines;
}

function parseLine(words: readonly string[], names: Set<string>): ScriptStep {
  const [first = '', ...rest] = words;
  if (first === 'phone') return declaration(rest, names);
  if (first === 'sleep') return { type: 'sleep', seconds: secondsOf(rest) };
  if (first === 'print') return { type: 'print', text: rest.join(' ') };
  const who = first.split(',');
  if (who.every((name) => names.has(name) || name === ALL)) return action(who, rest);
  const [only] = names;
  if (names.size === 1 && only !== undefined) return action([only], words);
  const known = names.size > 0 ? `phones are ${[...names].join(', ')}` : 'no phone is declared yet';
  throw new ScriptError(`${first} is no phone (${known})`);
}

function declaration(words: readonly string[], names: Set<string>): ScriptStep {
  const [name = '', device = '', ...pairs] = words;
  if (!/^[a-z][\w-]*$/i.test(name) || STATEMENTS.has(name)) {
    throw new ScriptError(`${name || 'nothing'} cannot be the name of a phone`);
  }
  if (names.has(name)) throw new ScriptError(`${name} is declared twice`);
  // What follows may speak of the phone even if the rest of this line is wrong.
  names.add(name);
  if (device === '') throw new ScriptError('expected: phone NAME DEVICE [OPTION=VALUE ...]');
  const options: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    const value = pair.slice(at + 1);
    const rule = at > 0 && Object.hasOwn(OPTIONS, key) ? OPTIONS[key] : undefined;
    if (!rule) {
      const known = Object.keys(OPTIONS).join(', ');
      throw new ScriptError(`${pair}: options are ${known}, each with =VALUE`);
    }
    if (!rule[0].test(value)) throw new ScriptError(`${pair}: must be ${rule[1]}`);
    options[key] = value;
  }
  const mode = (options.mode ?? 'encrypted') as SecurityMode;
  return { type: 'phone', name, declaration: { device, mode, options } };
}

function action(who: readonly string[], words: readonly string[]): ScriptStep {
  const [verb = '', ...rest] = words;
  if (verb === 'wait' || verb === 'expect' || verb === 'keeps') return conditional(verb, who, rest);
  const fault = faultOfCommand(words);
  if (fault !== undefined) throw new ScriptError(fault);
  return { type: 'command', who, words };
}

/**
 * The last word may be the time in seconds: `20s`, or a bare number where the condition would make no
 * sense with it.
 */
function conditional(
  type: 'wait' | 'expect' | 'keeps',
  who: readonly string[],
  words: readonly string[],
): ScriptStep {
  const last = words.at(-1) ?? '';
  const [, digits, unit] = /^(\d+(?:\.\d+)?)(s?)$/.exec(last) ?? [];
  const whole = unit === 's' ? undefined : parseCondition(words);
  if (typeof whole === 'object') return { type, who, condition: whole, seconds: SECONDS[type] };
  const condition = digits === undefined ? undefined : parseCondition(words.slice(0, -1));
  if (typeof condition === 'object') return { type, who, condition, seconds: Number(digits) };
  throw new ScriptError(condition ?? whole ?? 'expected a condition');
}

function secondsOf(words: readonly string[]): number {
  const [, digits] = /^(\d+(?:\.\d+)?)s?$/.exec(words[0] ?? '') ?? [];
  if (digits === undefined || words.length > 1) {
    throw new ScriptError('sleep needs a number of seconds');
  }
  return Number(digits);
}

/** Words, with "quoted ones" whole; what stands behind a `#` that begins a word is a comment. */
function wordsOf(text: string): readonly string[] {
  const words: string[] = [];
  for (const [found] of text.matchAll(/"[^"]*"|[^\s"]+"[^"]*"|\S+/g)) {
    if (found.startsWith('#')) break;
    words.push(found.replace(/^([^"]*)"([^"]*)"$/, '$1$2'));
  }
  if ((text.match(/"/g)?.length ?? 0) % 2 === 1) throw new ScriptError('a quote is not closed');
  return words;
}
