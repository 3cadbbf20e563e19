/**
 * A name and an address: From, To, Contact, Route, Refer-To, Remote-Party-ID and their like.
 *
 *   "Ada" <sip:2000@example.org;transport=tls>;tag=x     parameters of the URI, then of the header
 *   sip:2000@example.org;tag=x                           parameters of the header only
 *
 * Source: [rfc] RFC 3261 §20.10, §25.1.
 */
import { fail, ok, type Result } from '@conclave/base';
import { endOfQuoted, isToken, trimBlanks } from './characters.ts';
import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { quote, unquote } from './quoted-string.ts';
import { splitList } from './split-list.ts';
import { formatUri, parseUri, type Uri } from './uri.ts';

export interface NameAddress {
  /** Without quotes and escapes; absent if there is none or an empty one. */
  readonly displayName?: string | undefined;
  readonly uri: Uri;
  readonly parameters: Parameters;
}

export type NameAddressError = 'bad-name-address' | 'bad-uri' | 'bad-parameters';

/** One name and address: `parseNameAddresses` takes lists apart. */
export function parseNameAddress(text: string): Result<NameAddress, NameAddressError> {
  const nameEnd = text.startsWith('"') ? endOfQuoted(text, 0) : 0;
  if (nameEnd < 0) return fail('bad-name-address');
  const open = text.indexOf('<', nameEnd);
  if (open < 0) return nameEnd > 0 ? fail('bad-name-address') : parseBare(text);
  const close = text.indexOf('>', open);
  if (close < 0) return fail('bad-name-address');
  const displayName = parseDisplayName(trimBlanks(text, 0, open));
  const uri = parseUri(text.slice(open + 1, close));
  const parameters = parseParameters(trimBlanks(text, close + 1));
  if (displayName === undefined) return fail('bad-name-address');
  if (!uri.ok) return uri;
  if (!parameters.ok) return parameters;
  return ok({
    ...(displayName === '' ? {} : { displayName }),
    uri: uri.value,
    parameters: parameters.value,
  });
}

/** Every value of one header or of several that were given as a list; fails if one is bad. */
export function parseNameAddresses(
  values: readonly string[],
): Result<readonly NameAddress[], NameAddressError> {
  const found: NameAddress[] = [];
  for (const text of values.flatMap(splitList)) {
    const parsed = parseNameAddress(text);
    if (!parsed.ok) return parsed;
    found.push(parsed.value);
  }
  return ok(found);
}

/** Always with angle brackets, and the name in quotes. */
export function formatNameAddress({ displayName, uri, parameters }: NameAddress): string {
  const name = displayName === undefined ? '' : `${quote(displayName)} `;
  return `${name}<${formatUri(uri)}>${formatParameters(parameters)}`;
}

/** Without brackets a URI has no parameters and headers of its own: they would be ambiguous. */
function parseBare(text: string): Result<NameAddress, NameAddressError> {
  const semicolon = text.indexOf(';');
  const end = semicolon < 0 ? text.length : semicolon;
  const uri = parseUri(trimBlanks(text, 0, end));
  const parameters = parseParameters(text.slice(end));
  if (!uri.ok) return uri;
  if (!parameters.ok) return parameters;
  if (/[?,]/.test(text.slice(0, end))) return fail('bad-name-address');
  return ok({ uri: uri.value, parameters: parameters.value });
}

/**
 * The name without quotes; '' if there is none. Without quotes the grammar wants tokens; text in other
 * characters is taken, as phones send it, but nothing that other readers might split on.
 */
function parseDisplayName(text: string): string | undefined {
  if (text === '' || isToken(text)) return text;
  if (!text.startsWith('"')) return /[",;:<>@\\]/.test(text) ? undefined : text;
  return endOfQuoted(text, 0) === text.length ? unquote(text) : undefined;
}
