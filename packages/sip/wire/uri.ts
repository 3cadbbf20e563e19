/**
 * URIs of SIP: `sip:` and `sips:` in full, `tel:` with its parameters, others as they are.
 *
 * Users, passwords and parameters are kept without %-escapes, as what a user dialled is compared with
 * numbers; `formatUri` escapes again what must be. So `%3B` and `;` in a user are the same here, which
 * RFC 3261 §19.1.4 leaves different. Headers stay as written: we obey none. Bytes that are no UTF-8
 * survive as `text.ts` says. Source: [rfc] RFC 3261 §19.1, RFC 3966.
 */
import { fail, ok, type Result } from '@conclave/base';
import { tableOf } from './characters.ts';
import { formatHostPort, parseHostPort, sameHost } from './host.ts';
import { NO_PARAMETERS, type Parameters } from './parameters.ts';
import { decodeText, encodeText } from './text.ts';

export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** Without escapes; may hold anything. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** In small letters, IPv6 without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
  /** Names in small letters; '' for one without value, such as `lr`. */
  readonly parameters: Parameters;
  /** What follows the question mark, as written. */
  readonly headers?: string | undefined;
}

export interface TelUri {
  readonly scheme: 'tel';
  /** With `+` if global, without visual separators. */
  readonly number: string;
  readonly parameters: Parameters;
}

/** A scheme that we do not take apart. */
export interface OtherUri {
  readonly scheme: 'other';
  /** All of it, as written; the scheme in front of the first colon is that of `schemeOf`. */
  readonly text: string;
}

export type Uri = SipUri | TelUri | OtherUri;

const USER = tableOf("-_.!~*'()&=+$,;?/");
const PASSWORD = tableOf("-_.!~*'()&=+$,");
const PARAMETER = tableOf("-_.!~*'()[]/:&+$");

/** More are not read. */
const PARAMETERS_MAX = 100;

export function parseUri(text: string): Result<Uri, 'bad-uri'> {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*$/.test(scheme) || /[\s<>"]/.test(text)) return fail('bad-uri');
  const rest = text.slice(colon + 1);
  const uri =
    scheme === 'sip' || scheme === 'sips'
      ? parseSip(scheme, rest)
      : scheme === 'tel'
        ? parseTel(rest)
        : ({ scheme: 'other', text } as const);
  return uri ? ok(uri) : fail('bad-uri');
}

export function formatUri(uri: Uri): string {
  switch (uri.scheme) {
    case 'other':
      return uri.text;
    case 'tel':
      return `tel:${uri.number}${formatUriParameters(uri.parameters)}`;
    default:
      return formatSip(uri);
  }
}

/** The scheme in small letters. */
export function schemeOf(uri: Uri): string {
  return uri.scheme === 'other'
    ? uri.text.slice(0, uri.text.indexOf(':')).toLowerCase()
    : uri.scheme;
}

/** [rfc] RFC 3261 §19.1.4; for other schemes the same text, for `tel` RFC 3966 §5. */
export function sameUri(a: Uri, b: Uri): boolean {
  if (a.scheme === 'other' || b.scheme === 'other') {
    return a.scheme === b.scheme && formatUri(a) === formatUri(b);
  }
  if (a.scheme === 'tel' || b.scheme === 'tel') {
    if (a.scheme !== 'tel' || b.scheme !== 'tel' || a.number !== b.number) return false;
    return (
      a.parameters.size === b.parameters.size && sameParameters(a, b, [...a.parameters.keys()])
    );
  }
  return (
    a.scheme === b.scheme &&
    a.user === b.user &&
    a.password === b.password &&
    sameHost(a.host, b.host) &&
    a.port === b.port &&
    sameParameters(a, b, ['user', 'ttl', 'method', 'maddr', 'transport']) &&
    sameHeaders(a.headers, b.headers)
  );
}

/** %-escapes for every character that is not in `allowed`. */
function escapeText(text: string, allowed: Uint8Array): string {
  let plain = true;
  for (let at = 0; plain && at < text.length; at++) plain = allowed[text.charCodeAt(at)] === 1;
  if (plain) return text;
  let escaped = '';
  for (const byte of encodeText(text)) {
    escaped +=
      allowed[byte] === 1
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return escaped;
}

/** Undefined if an escape is not complete. */
function unescapeText(text: string): string | undefined {
  if (!text.includes('%')) return text;
  const bytes = encodeText(text);
  let used = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at] ?? 0;
    if (byte === 0x25) {
      const digits = String.fromCharCode(bytes[at + 1] ?? 0, bytes[at + 2] ?? 0);
      if (!/^[0-9a-f]{2}$/i.test(digits)) return undefined;
      byte = Number.parseInt(digits, 16);
      at += 2;
    }
    bytes[used++] = byte;
  }
  return decodeText(bytes.subarray(0, used));
}

function parseSip(scheme: 'sip' | 'sips', rest: string): SipUri | undefined {
  // A user may hold `;` and `?`, but neither may hold `@` unescaped.
  const at = rest.indexOf('@');
  const credentials = at < 0 ? { user: undefined } : parseUser(rest.slice(0, at));
  const place = rest.slice(at + 1);
  const question = place.indexOf('?');
  const beforeHeaders = question < 0 ? place : place.slice(0, question);
  const semicolon = beforeHeaders.indexOf(';');
  const hostEnd = semicolon < 0 ? beforeHeaders.length : semicolon;
  const hostPort = parseHostPort(beforeHeaders.slice(0, hostEnd));
  const parameters = parseUriParameters(beforeHeaders.slice(hostEnd));
  if (!credentials || !hostPort || !parameters || place.includes('@')) return undefined;
  const headers = question < 0 ? undefined : place.slice(question + 1);
  return { scheme, ...credentials, ...hostPort, parameters, headers };
}

function parseUser(text: string): Pick<SipUri, 'user' | 'password'> | undefined {
  const colon = text.indexOf(':');
  const user = unescapeText(colon < 0 ? text : text.slice(0, colon));
  if (user === undefined || user === '') return undefined;
  if (colon < 0) return { user };
  const password = unescapeText(text.slice(colon + 1));
  return password === undefined ? undefined : { user, password };
}

function parseTel(rest: string): TelUri | undefined {
  const semicolon = rest.indexOf(';');
  const end = semicolon < 0 ? rest.length : semicolon;
  const number = rest.slice(0, end).replace(/[-.()]/g, '');
  const parameters = parseUriParameters(rest.slice(end));
  if (!/^\+?[0-9A-F*#]+$/i.test(number) || !parameters) return undefined;
  return { scheme: 'tel', number, parameters };
}

function parseUriParameters(text: string): Parameters | undefined {
  if (text === '') return NO_PARAMETERS;
  const parameters = new Map<string, string>();
  const parts = text.slice(1).split(';', PARAMETERS_MAX + 1);
  if (parts.length > PARAMETERS_MAX) return undefined;
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = unescapeText(equals < 0 ? part : part.slice(0, equals))?.toLowerCase();
    const value = equals < 0 ? '' : unescapeText(part.slice(equals + 1));
    if (!name || value === undefined || parameters.has(name)) return undefined;
    parameters.set(name, value);
  }
  return parameters;
}

function formatSip(uri: SipUri): string {
  const user = uri.user === undefined ? '' : escapeText(uri.user, USER);
  const password = uri.password === undefined ? '' : `:${escapeText(uri.password, PASSWORD)}`;
  const at = uri.user === undefined ? '' : `${user}${password}@`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  const place = `${formatHostPort(uri)}${formatUriParameters(uri.parameters)}`;
  return `${uri.scheme}:${at}${place}${headers}`;
}

function formatUriParameters(parameters: Parameters): string {
  let text = '';
  for (const [name, value] of parameters) {
    text += `;${escapeText(name, PARAMETER)}`;
    if (value !== '') text += `=${escapeText(value, PARAMETER)}`;
  }
  return text;
}

/** Parameters in both must be the same, and those of `needed` in both or in none. */
function sameParameters(
  { parameters: a }: SipUri | TelUri,
  { parameters: b }: SipUri | TelUri,
  needed: readonly string[],
): boolean {
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other !== undefined && other.toLowerCase() !== value.toLowerCase()) return false;
  }
  return needed.every((name) => a.has(name) === b.has(name));
}

/** Header names and values in any order; escapes count as what they stand for. */
function sameHeaders(a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true;
  const [one, other] = [headerEntries(a ?? ''), headerEntries(b ?? '')];
  return one.length === other.length && one.every((entry, index) => entry === other[index]);
}

function headerEntries(text: string): readonly string[] {
  return text
    .split('&')
    .map((entry) => {
      const equals = entry.indexOf('=');
      const name = equals < 0 ? entry : entry.slice(0, equals);
      return `${name.toLowerCase()}=${unescapeText(entry.slice(name.length + 1)) ?? ''}`;
    })
    .toSorted();
}
