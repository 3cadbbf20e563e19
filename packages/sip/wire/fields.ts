/**
 * What messages say, by type: nothing is parsed before somebody asks, and once only. Undefined
 * means absent or not readable; `check-request.ts` has told which before a request gets anywhere.
 */
import { isToken, parseNumber, trimBlanks } from './characters.ts';
import { type CSeq, readCSeq } from './cseq.ts';
import type { Headers } from './headers.ts';
import type { SipMessage } from './message.ts';
import { type NameAddress, parseNameAddress, parseNameAddresses } from './name-address.ts';
import { type Parameters, parseParameters } from './parameters.ts';
import { splitList } from './split-list.ts';
import { parseTopVia, parseVia, type Via } from './via.ts';

/** A token and its parameters: Content-Type, Event, Subscription-State, Reason and their like. */
export interface TokenWithParameters {
  /** In small letters. */
  readonly token: string;
  readonly parameters: Parameters;
}

/** A dialog that somebody else names: Replaces, Join, Target-Dialog. */
export interface NamedDialog {
  readonly callId: string;
  /** `to-tag`, `from-tag` (in Target-Dialog `local-tag`, `remote-tag`), `early-only`. */
  readonly parameters: Parameters;
}

export function topViaOf({ headers }: SipMessage): Via | undefined {
  return parseTopVia(headers);
}

/** From the top down; undefined if one of them cannot be read. */
export function viasOf({ headers }: SipMessage): readonly Via[] | undefined {
  return headers.once('Vias', readVias);
}

function readVias(headers: Headers): readonly Via[] | undefined {
  const vias: Via[] = [];
  const [first, ...others] = headers.all('Via').flatMap(splitList);
  const top = first === undefined ? undefined : parseTopVia(headers);
  if (first !== undefined && !top) return undefined;
  if (top) vias.push(top);
  for (const text of others) {
    const via = parseVia(text);
    if (!via.ok) return undefined;
    vias.push(via.value);
  }
  return vias;
}

export function fromOf(message: SipMessage): NameAddress | undefined {
  return addressOf(message, 'From');
}

export function toOf(message: SipMessage): NameAddress | undefined {
  return addressOf(message, 'To');
}

/** The one address in a header that has no list. */
export function addressOf({ headers }: SipMessage, name: string): NameAddress | undefined {
  return headers.once(name, () => {
    const value = headers.get(name);
    const parsed = value === undefined ? undefined : parseNameAddress(value);
    return parsed?.ok ? parsed.value : undefined;
  });
}

/** All addresses of all fields of this name, in order; undefined if one of them cannot be read. */
export function addressesOf(
  { headers }: SipMessage,
  name: string,
): readonly NameAddress[] | undefined {
  return headers.once(`all ${name}`, () => {
    const parsed = parseNameAddresses(headers.all(name));
    return parsed.ok ? parsed.value : undefined;
  });
}

/** The tag in From or To. */
export function tagOf(message: SipMessage, name: 'From' | 'To'): string | undefined {
  return addressOf(message, name)?.parameters.get('tag');
}

/** The first contact; undefined for `*` too. */
export function contactOf(message: SipMessage): NameAddress | undefined {
  return contactsOf(message)?.[0];
}

/** Undefined if one cannot be read; empty for `*` and for none: ask `isStarContact`. */
export function contactsOf(message: SipMessage): readonly NameAddress[] | undefined {
  return isStarContact(message) ? [] : addressesOf(message, 'Contact');
}

/** `Contact: *`, which takes back all bindings; alone, as RFC 3261 §10.2.2 wants it. */
export function isStarContact({ headers }: SipMessage): boolean {
  return headers.get('Contact') === '*' && headers.count('Contact') === 1;
}

export function callIdOf({ headers }: SipMessage): string | undefined {
  return headers.get('Call-ID');
}

/** [rfc] RFC 3891 §6.1, RFC 3911 §7.1, RFC 4538 §7. */
export function namedDialogOf({ headers }: SipMessage, name: string): NamedDialog | undefined {
  const value = headers.get(name) ?? '';
  const semicolon = value.indexOf(';');
  const callId = trimBlanks(value, 0, Math.max(semicolon, 0));
  const parameters = parseParameters(value.slice(Math.max(semicolon, 0)));
  return callId === '' || !parameters.ok ? undefined : { callId, parameters: parameters.value };
}

export function cseqOf({ headers }: SipMessage): CSeq | undefined {
  return headers.once('CSeq', readCSeq);
}

/** 0 ... 255. */
export function maxForwardsOf(message: SipMessage): number | undefined {
  return numberOf(message, 'Max-Forwards', 255);
}

/** Seconds; a greater number than 2^32 - 1 is that, as RFC 3261 §20.19 has it. */
export function expiresOf(message: SipMessage): number | undefined {
  return parseSeconds(message.headers.get('Expires') ?? '');
}

/** Seconds of an `expires` parameter or of an Expires header. */
export function parseSeconds(text: string): number | undefined {
  const seconds = parseNumber(text, Number.POSITIVE_INFINITY);
  return seconds === undefined ? undefined : Math.min(seconds, 2 ** 32 - 1);
}

/** The number that is all of the first field of this name. */
export function numberOf(
  { headers }: SipMessage,
  name: string,
  max: number = 2 ** 32 - 1,
): number | undefined {
  return parseNumber(headers.get(name) ?? '', max);
}

/** Tokens of all fields of this name, in small letters: Supported, Require, Allow-Events. */
export function tokensOf({ headers }: SipMessage, name: string): readonly string[] {
  return headers.all(name).flatMap((value) => splitList(value).map((each) => each.toLowerCase()));
}

/** Methods of the Allow fields, as written: methods are case-sensitive. */
export function allowOf({ headers }: SipMessage): readonly string[] {
  return headers.all('Allow').flatMap(splitList);
}

export function contentTypeOf(message: SipMessage): TokenWithParameters | undefined {
  return parseTokenWithParameters(message.headers.get('Content-Type') ?? '');
}

/** Such as `application/sdp;charset=utf-8`; blanks around a slash are taken away. */
export function parseTokenWithParameters(text: string): TokenWithParameters | undefined {
  const semicolon = text.indexOf(';');
  const end = semicolon < 0 ? text.length : semicolon;
  const parts = text.slice(0, end).split('/', 3);
  const tokens = parts.map((part) => trimBlanks(part).toLowerCase());
  const parameters = parseParameters(text.slice(end));
  if (tokens.length > 2 || !tokens.every(isToken) || !parameters.ok) return undefined;
  return { token: tokens.join('/'), parameters: parameters.value };
}
