/**
 * The script language of phones: one command a line, checked whole before anything is started.
 *
 *   phone alice SEP000000001001 mode=encrypted tone=400     declares a phone and registers it
 *   alice call 1002                                         a phone does something
 *   all expect icon lock                                    every phone does
 *   sleep 2                                                 nobody does anything
 *
 * `#` begins a comment. With a single phone its name may be left away.
 */
import { isCommand } from './commands.ts';
import { type Condition, parseCondition } from './conditions.ts';

export type ScriptStep =
  | { readonly type: 'phone'; readonly name: string; readonly declaration: Declaration }
  | { readonly type: 'sleep'; readonly seconds: number }
  | { readonly type: 'command'; readonly who: string; readonly words: readonly string[] }
  | {
      readonly type: 'wait' | 'expect';
      readonly who: string;
      readonly condition: Condition;
      readonly seconds: number;
    };

export interface Declaration {
  readonly device: string;
  readonly mode: 'nonsecure' | 'authenticated' | 'encrypted';
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

/** Every phone of the script. */
export const ALL = 'all';

const EXPECT_SECONDS = 5;
const WAIT_SECONDS = 10;

const OPTIONS = new Set(
  (
    'mode model firmware host port certificate key trust tone play record answer codec version ' +
    'media-address register'
  ).split(' '),
);

/** `known` are phones that exist before the script, such as the one of the command line. */
export function parseScript(text: string, known: readonly string[] = []): readonly ScriptLine[] {
  const names = new Set(known);
  const faults: string[] = [];
  const lines = text.split('\n').flatMap((raw, index): readonly ScriptLine[] => {
    const plain = raw.replace(/(^|\s)#.*$/, '').trim();
    if (plain === '') return [];
    try {
      return [{ number: index + 1, text: plain, step: parseLine(plain, names) }];
    } catch (error) {
      if (!(error instanceof ScriptError)) throw error;
      faults.push(`line ${index + 1}: ${error.message}`);
      return [];
    }
  });
  if (faults.length > 0) throw new ScriptError(faults.join('\n'));
  return lines;
}

function parseLine(text: string, names: Set<string>): ScriptStep {
  const words = wordsOf(text);
  const [first = '', ...rest] = words;
  if (first === 'phone') return declaration(rest, names);
  if (first === 'sleep') return { type: 'sleep', seconds: numberOf(rest[0], 'sleep') };
  if (names.has(first) || first === ALL) return action(first, rest);
  const [only] = names;
  if (names.size === 1 && only !== undefined) return action(only, words);
  const known = names.size > 0 ? `phones are ${[...names].join(', ')}` : 'no phone is declared yet';
  throw new ScriptError(`${first} is no phone (${known})`);
}

function declaration(words: readonly string[], names: Set<string>): ScriptStep {
  const [name = '', device = '', ...pairs] = words;
  if (!/^[a-z][\w-]*$/i.test(name) || name === ALL || name === 'phone' || name === 'sleep') {
    throw new ScriptError(`${name || 'nothing'} cannot be the name of a phone`);
  }
  if (device === '') throw new ScriptError('expected: phone NAME DEVICE [OPTION=VALUE ...]');
  const options: Record<string, string> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    const key = pair.slice(0, at);
    if (at < 1 || !OPTIONS.has(key)) {
      throw new ScriptError(`${pair}: options are ${[...OPTIONS].join(', ')}, each with =VALUE`);
    }
    options[key] = pair.slice(at + 1);
  }
  const mode = options.mode ?? 'encrypted';
  if (mode !== 'nonsecure' && mode !== 'authenticated' && mode !== 'encrypted') {
    throw new ScriptError(`mode=${mode}: must be nonsecure, authenticated or encrypted`);
  }
  names.add(name);
  return { type: 'phone', name, declaration: { device, mode, options } };
}

function action(who: string, words: readonly string[]): ScriptStep {
  const [verb = '', ...rest] = words;
  if (verb === 'wait' || verb === 'expect') return waiting(verb, who, rest);
  const fault = isCommand(words);
  if (fault !== undefined) throw new ScriptError(fault);
  return { type: 'command', who, words };
}

/** A number at the end is the time to wait, in seconds. */
function waiting(type: 'wait' | 'expect', who: string, words: readonly string[]): ScriptStep {
  const last = words.at(-1) ?? '';
  const timed = /^\d+(\.\d+)?s$/.test(last);
  const condition = parseCondition(timed ? words.slice(0, -1) : words);
  if (typeof condition === 'string') throw new ScriptError(condition);
  const usual = type === 'wait' ? WAIT_SECONDS : EXPECT_SECONDS;
  return { type, who, condition, seconds: timed ? Number(last.slice(0, -1)) : usual };
}

function numberOf(word: string | undefined, what: string): number {
  const number = Number(word);
  if (word === undefined || !Number.isFinite(number) || number < 0) {
    throw new ScriptError(`${what} needs a number of seconds`);
  }
  return number;
}

/** Words, with "quoted ones" whole. */
function wordsOf(text: string): readonly string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '');
}
