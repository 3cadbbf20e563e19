/**
 * Challenges and credentials as headers: WWW-Authenticate, Proxy-Authenticate, Authorization,
 * Proxy-Authorization, Authentication-Info. The words only; what they prove is computed elsewhere.
 * [rfc] RFC 3261 §25.1, RFC 7616, RFC 8760.
 */
import { fail, ok, type Result } from '@conclave/base';
import { isToken, trimBlanks } from './characters.ts';
import type { Parameters } from './parameters.ts';
import { isQuoted, quote, unquote } from './quoted-string.ts';
import { splitAt } from './split-list.ts';

export interface AuthHeader {
  /** In small letters: `digest`. */
  readonly scheme: string;
  /** Names in small letters, values without quotes. */
  readonly parameters: Parameters;
}

/** [rfc] RFC 7616 §3.3 and §3.4: which values stand without quotes, in either direction. */
const BARE_IN_CHALLENGE: ReadonlySet<string> = new Set(['stale', 'algorithm']);
const BARE_IN_CREDENTIALS: ReadonlySet<string> = new Set(['qop', 'nc', 'algorithm']);

const PARAMETERS_MAX = 30;

/** One header field; several challenges or credentials come in several fields. */
export function parseAuthHeader(text: string): Result<AuthHeader, 'bad-auth-header'> {
  const blank = text.search(/[ \t]/);
  const scheme = text.slice(0, Math.max(blank, 0));
  if (!isToken(scheme)) return fail('bad-auth-header');
  const parts = splitAt(text.slice(blank), ',').filter((part) => part !== '');
  if (parts.length > PARAMETERS_MAX) return fail('bad-auth-header');
  const parameters = new Map<string, string>();
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = trimBlanks(part, 0, Math.max(equals, 0)).toLowerCase();
    const value = trimBlanks(part, equals + 1);
    const broken = value.includes('"') && !isQuoted(value);
    if (!isToken(name) || broken || parameters.has(name)) return fail('bad-auth-header');
    parameters.set(name, unquote(value));
  }
  return ok({ scheme: scheme.toLowerCase(), parameters });
}

/** `Digest` with these parameters, for WWW-Authenticate and Proxy-Authenticate. */
export function formatChallenge(parameters: Parameters): string {
  return formatDigest(parameters, BARE_IN_CHALLENGE);
}

/** `Digest` with these parameters, for Authorization and Proxy-Authorization. */
export function formatCredentials(parameters: Parameters): string {
  return formatDigest(parameters, BARE_IN_CREDENTIALS);
}

function formatDigest(parameters: Parameters, bare: ReadonlySet<string>): string {
  const parts = Array.from(parameters, ([name, value]) =>
    bare.has(name) ? `${name}=${value}` : `${name}=${quote(value)}`,
  );
  return `Digest ${parts.join(', ')}`;
}
