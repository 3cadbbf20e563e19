/**
 * Digest: what proves that a peer knows a password, and our own proof for systems that challenge us.
 *
 * Passwords are not here: HA1, the hash of user, realm and password, is all that is needed. Only
 * `qop=auth` is spoken, with MD5 and SHA-256. Source: [rfc] RFC 7616, RFC 8760, RFC 3261 §22.
 */
import { hash } from 'node:crypto';
import { type AuthHeader, formatCredentials, parseAuthHeader } from '../wire/auth-header.ts';
import type { SipRequest, SipResponse } from '../wire/message.ts';

/** Who somebody is in a realm: HA1 in lower-case hexadecimal. */
export interface DigestSecret {
  readonly user: string;
  readonly realm: string;
  readonly md5: string;
  readonly sha256: string;
}

export type DigestAlgorithm = 'MD5' | 'SHA-256';

/** The strongest first: a client takes the first one that it knows (RFC 8760 §2.4). */
export const DIGEST_ALGORITHMS: readonly DigestAlgorithm[] = ['SHA-256', 'MD5'];

/** What is hashed beside HA1. */
export interface DigestParts {
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  /** Absent for peers that know no `qop` (RFC 2069); we answer such, and accept none. */
  readonly quality?: {
    readonly qop: string;
    /** Eight hexadecimal digits. */
    readonly count: string;
    readonly clientNonce: string;
  };
}

export function digestOf(algorithm: DigestAlgorithm, text: string): string {
  return hash(algorithm === 'MD5' ? 'md5' : 'sha256', text, 'hex');
}

/** HA1 of a secret for an algorithm. */
export function hashOf(secret: DigestSecret, algorithm: DigestAlgorithm): string {
  return algorithm === 'MD5' ? secret.md5 : secret.sha256;
}

/** The `response` parameter. */
export function digestResponse(
  algorithm: DigestAlgorithm,
  ha1: string,
  { method, uri, nonce, quality }: DigestParts,
): string {
  const ha2 = digestOf(algorithm, `${method}:${uri}`);
  const middle = quality
    ? `${nonce}:${quality.count}:${quality.clientNonce}:${quality.qop}`
    : nonce;
  return digestOf(algorithm, `${ha1}:${middle}:${ha2}`);
}

/** Undefined for algorithms that are not spoken here; no name means MD5 (RFC 7616 §3.3). */
export function algorithmOf({ parameters }: AuthHeader): DigestAlgorithm | undefined {
  const name = (parameters.get('algorithm') ?? 'MD5').toUpperCase();
  return DIGEST_ALGORITHMS.find((each) => each === name);
}

/** The first credentials for this realm in a request. */
export function credentialsOf(
  { headers }: SipRequest,
  realm: string,
  name: 'Authorization' | 'Proxy-Authorization' = 'Authorization',
): AuthHeader | undefined {
  return digestsIn(headers.all(name)).find((each) => each.parameters.get('realm') === realm);
}

/**
 * The field that answers a 401 or 407, for the same request sent again with the next CSeq number.
 * Undefined if the challenge cannot be met: another realm, an unknown algorithm, or a `nonce` that
 * was answered already and is not stale, which means that the peer does not take our secret.
 */
export function answerChallenge(
  response: SipResponse,
  request: Pick<SipRequest, 'method' | 'uri' | 'headers'>,
  given: { readonly secret: DigestSecret; readonly clientNonce: string },
): { readonly name: 'Authorization' | 'Proxy-Authorization'; readonly value: string } | undefined {
  const isProxy = response.status === 407;
  const name = isProxy ? 'Proxy-Authorization' : 'Authorization';
  const { secret, clientNonce } = given;
  const challenge = digestsIn(
    response.headers.all(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate'),
  ).find((each) => each.parameters.get('realm') === secret.realm && isAnswerable(each));
  const algorithm = challenge && algorithmOf(challenge);
  const nonce = challenge?.parameters.get('nonce');
  if (!challenge || !algorithm || nonce === undefined) return undefined;
  const isStale = challenge.parameters.get('stale')?.toLowerCase() === 'true';
  if (!isStale && digestsIn(request.headers.all(name)).length > 0) return undefined;
  const { method, uri } = request;
  const quality = challenge.parameters.has('qop') && {
    qop: 'auth',
    count: '00000001',
    clientNonce,
  };
  const parts = { method, uri, nonce, ...(quality && { quality }) };
  const opaque = challenge.parameters.get('opaque');
  const value = formatCredentials(
    new Map([
      ['username', secret.user],
      ['realm', secret.realm],
      ['nonce', nonce],
      ['uri', uri],
      ['response', digestResponse(algorithm, hashOf(secret, algorithm), parts)],
      ['algorithm', algorithm],
      ...(quality
        ? ([
            ['qop', 'auth'],
            ['nc', quality.count],
            ['cnonce', clientNonce],
          ] as const)
        : []),
      ...(opaque === undefined ? [] : [['opaque', opaque] as const]),
    ]),
  );
  return { name, value };
}

function isAnswerable(challenge: AuthHeader): boolean {
  const qop = challenge.parameters.get('qop');
  const offersAuth = qop === undefined || qop.split(',').some((each) => each.trim() === 'auth');
  return offersAuth && algorithmOf(challenge) !== undefined;
}

function digestsIn(values: readonly string[]): readonly AuthHeader[] {
  return values.flatMap((each) => {
    const parsed = parseAuthHeader(each);
    return parsed.ok && parsed.value.scheme === 'digest' ? [parsed.value] : [];
  });
}
