/** Parts of messages that the state machines look at: tags, sequence numbers, lists, URIs as written. */

import { type CSeq, readCSeq } from '../wire/cseq.ts';
import type { Headers } from '../wire/headers.ts';
import { parseParameters } from '../wire/parameters.ts';
import { splitList } from '../wire/split-list.ts';

/** The `tag` of From or To; '' if there is none. */
export function tagOf(headers: Headers, name: 'From' | 'To'): string {
  return name === 'From'
    ? headers.once('From tag', (each) => tagIn(each.get('From') ?? ''))
    : headers.once('To tag', (each) => tagIn(each.get('To') ?? ''));
}

/** The `tag` in a name and address. */
export function tagIn(value: string): string {
  return parameterIn(value, 'tag') ?? '';
}

/** A parameter of the header, not of the URI in it; '' if it has no value. */
export function parameterIn(value: string, name: string): string | undefined {
  const from = value.indexOf(';', endOfAddress(value));
  if (from < 0) return undefined;
  const parameters = parseParameters(value.slice(from));
  return parameters.ok ? parameters.value.get(name) : undefined;
}

/** The URI in a name and address, as written. */
export function uriIn(value: string): string {
  const open = openBracket(value);
  if (open >= 0) return value.slice(open + 1, Math.max(value.indexOf('>', open), open + 1)).trim();
  const semicolon = value.indexOf(';');
  return (semicolon < 0 ? value : value.slice(0, semicolon)).trim();
}

/** Undefined if it cannot be read. */
export function sequenceOf(headers: Headers): CSeq | undefined {
  return headers.once('CSeq', readCSeq);
}

/** The values of a comma-separated header, of however many fields. */
export function listOf(headers: Headers, name: string): readonly string[] {
  const fields = headers.all(name);
  const [only] = fields;
  if (fields.length === 1 && only !== undefined) return splitList(only);
  return fields.flatMap(splitList);
}

/** Whether a list of words has this one: option tags compare without regard to case. */
export function lists(headers: Headers, name: string, word: string): boolean {
  const wanted = word.toLowerCase();
  return listOf(headers, name).some((each) => each.toLowerCase() === wanted);
}

/** A number of seconds in front of parameters and comments; undefined if there is none. */
export function secondsOf(headers: Headers, name: string): number | undefined {
  const digits = /^\s*(\d{1,10})(?:\D|$)/.exec(headers.get(name) ?? '')?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where the angle bracket of the URI opens; a quoted name in front may hold others. */
function openBracket(value: string): number {
  if (!value.startsWith('"')) return value.indexOf('<');
  for (let at = 1; at < value.length; at++) {
    if (value[at] === '\\') at++;
    else if (value[at] === '"') return value.indexOf('<', at);
  }
  return -1;
}

function endOfAddress(value: string): number {
  const open = openBracket(value);
  return open < 0 ? 0 : Math.max(value.indexOf('>', open), 0);
}
