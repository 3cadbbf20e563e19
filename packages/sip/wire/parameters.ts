/**
 * Parameters behind a semicolon: `;tag=a;lr`. Names are kept in small letters, as they compare without
 * regard to case; values as they were written, with their quotes: `unquote` takes those off. A
 * parameter without a value has the value ''. [rfc] RFC 3261 §7.3.1.
 */
import { fail, ok, type Result } from '@conclave/base';
import { isToken, trimBlanks } from './characters.ts';
import { isQuoted } from './quoted-string.ts';
import { splitAt } from './split-list.ts';

export type Parameters = ReadonlyMap<string, string>;

export const NO_PARAMETERS: Parameters = new Map();

/** More are not read; usual headers have at most ten. */
const PARAMETERS_MAX = 100;

/** Reads `;a=b;c`; the empty text has none. No name may come twice. */
export function parseParameters(text: string): Result<Parameters, 'bad-parameters'> {
  if (text === '') return ok(NO_PARAMETERS);
  const [before, ...parts] = splitAt(text, ';');
  if (before !== '' || parts.length > PARAMETERS_MAX) return fail('bad-parameters');
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = trimBlanks(part, 0, equals < 0 ? part.length : equals).toLowerCase();
    const value = equals < 0 ? '' : trimBlanks(part, equals + 1);
    if (!isToken(name) || parameters.has(name)) return fail('bad-parameters');
    if (equals >= 0 && !isValue(value)) return fail('bad-parameters');
    parameters.set(name, value);
  }
  return ok(parameters);
}

export function formatParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) text += value === '' ? `;${name}` : `;${name}=${value}`;
  return text;
}

/** These parameters with others set, at their place or at the end. */
export function withParameters(
  parameters: Parameters,
  entries: Iterable<readonly [name: string, value: string]>,
): Parameters {
  return new Map([...parameters, ...entries]);
}

/** A quoted string, or text that cannot be mistaken for anything else: tokens, hosts, URIs. */
function isValue(value: string): boolean {
  if (value.startsWith('"')) return isQuoted(value);
  return value !== '' && !/[\s"\\<>,]/.test(value);
}
