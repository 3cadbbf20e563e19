import { describe, expect, test } from 'vitest';
import { type AuthHeader, formatCredentials, parseAuthHeader } from '../wire/auth-header.ts';
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import {
  answerChallenge,
  credentialsOf,
  type DigestSecret,
  digestOf,
  digestResponse,
} from './digest.ts';
import { DigestServer, NONCE_LIFETIME_MS } from './digest-server.ts';

/*
 * Goal: who knows the password gets in, once with each digest; nobody else does, and nothing tells
 * whether a user exists. Method: our own client and server against each other, and answers that are
 * changed in one thing.
 */

const REALM = 'conclave';
const SECRET = secretOf('ada', 'lovelace');
const NOW = 1_700_000_000_000;
const URI = 'sip:pbx.example.org';
const SEAL_KEY = new Uint8Array(32).fill(7);

test('RFC 8760 §2.4: both algorithms are offered, the strongest first, with one nonce', () => {
  const challenges = server().challenge(NOW).map(parameters);
  expect(challenges.map((each) => each.get('algorithm'))).toEqual(['SHA-256', 'MD5']);
  expect(new Set(challenges.map((each) => each.get('nonce'))).size).toBe(1);
  expect(challenges.map((each) => [each.get('realm'), each.get('qop'), each.get('stale')])).toEqual(
    Array.from({ length: 2 }, () => [REALM, 'auth', undefined]),
  );
});

test('two challenges of one moment have two nonces', () => {
  const digests = server();
  const nonces = [1, 2].map(() => parameters(digests.challenge(NOW)[0] ?? '').get('nonce'));
  expect(nonces[0]).not.toBe(nonces[1]);
});

test.each(['SHA-256', 'MD5'] as const)('who knows the password gets in with %s', (algorithm) => {
  const digests = server();
  const credentials = answered(digests, { algorithm });
  expect(credentials.parameters.get('algorithm')).toBe(algorithm);
  expect(verdict(digests, credentials)).toBe('valid');
});

test('RFC 7616 §5.4: a digest is taken once, and the next one of the same nonce too', () => {
  const digests = server();
  const [challenge = ''] = digests.challenge(NOW);
  const first = respond(challenge, { count: '00000001' });
  const second = respond(challenge, { count: '00000002' });
  expect(verdict(digests, first)).toBe('valid');
  expect(verdict(digests, first)).toBe('replayed');
  expect(verdict(digests, second)).toBe('valid');
  // An old one that was kept back is no better.
  expect(verdict(digests, first)).toBe('replayed');
});

test('what was not right is not remembered: it takes nobody the nonce', () => {
  const digests = server();
  const [challenge = ''] = digests.challenge(NOW);
  expect(verdict(digests, respond(challenge, { password: 'guess', count: '000000ff' }))).toBe(
    'wrong',
  );
  expect(digests.size).toBe(0);
  expect(verdict(digests, respond(challenge, {}))).toBe('valid');
});

describe('nonces', () => {
  test('RFC 7616 §3.3: an old one is stale for who knows the password, and wrong for others', () => {
    const digests = server();
    const [challenge = ''] = digests.challenge(NOW);
    const late = NOW + NONCE_LIFETIME_MS;
    expect(verdict(digests, respond(challenge, {}), late - 1)).toBe('valid');
    const again = { count: '00000002' };
    expect(verdict(digests, respond(challenge, again), late)).toBe('stale');
    expect(verdict(digests, respond(challenge, { ...again, password: 'x' }), late)).toBe('wrong');
    expect(parameters(digests.challenge(late, true)[0] ?? '').get('stale')).toBe('true');
  });

  test('one of another run, of the future or made up is stale', () => {
    const other = new DigestServer({ realm: REALM, sealKey: new Uint8Array(32) });
    const [challenge = ''] = other.challenge(NOW);
    expect(verdict(server(), respond(challenge, {}))).toBe('stale');
    const digests = server();
    const [early = ''] = digests.challenge(NOW + 1_000);
    expect(verdict(digests, respond(early, {}))).toBe('stale');
    for (const nonce of ['', '.', 'x', 'zzzz.0.x', '🔑.1.2']) {
      const forged = respond(challenge, { nonce });
      expect(verdict(server(), forged)).toBe('stale');
    }
  });

  test('past the bound the oldest are forgotten, and cannot come back', () => {
    const digests = new DigestServer({ realm: REALM, sealKey: SEAL_KEY, noncesMax: 2 });
    const used = [0, 1, 2, 3].map((after) => {
      const [challenge = ''] = digests.challenge(NOW + after);
      const credentials = respond(challenge, {});
      expect(verdict(digests, credentials, NOW + after)).toBe('valid');
      return credentials;
    });
    expect(digests.size).toBe(2);
    const again = used.map((credentials) => verdict(digests, credentials, NOW + 4));
    expect(again).toEqual(['stale', 'stale', 'replayed', 'replayed']);
  });

  test('those whose time is over make room', () => {
    const digests = server();
    expect(verdict(digests, answered(digests, {}))).toBe('valid');
    const [challenge = ''] = digests.challenge(NOW + NONCE_LIFETIME_MS);
    expect(verdict(digests, respond(challenge, {}), NOW + NONCE_LIFETIME_MS)).toBe('valid');
    expect(digests.size).toBe(1);
  });
});

describe('what is no answer to our challenge', () => {
  test.each([
    ['no qop: it could be replayed', { qop: undefined }],
    ['a qop that was not offered', { qop: 'auth-int' }],
    ['an algorithm that was not offered', { algorithm: 'MD5-sess' }],
    ['no count', { nc: undefined }],
    ['a count that is none', { nc: '1' }],
    ['no client nonce', { cnonce: undefined }],
    ['a client nonce without end', { cnonce: 'x'.repeat(257) }],
    ['another opaque', { opaque: 'x' }],
    ['no uri', { uri: undefined }],
    ['the uri of another request', { uri: 'sip:other.example.org' }],
  ])('%s', (_name, change) => {
    const digests = server();
    const { scheme, parameters: right } = answered(digests, {});
    const changed = Object.entries({ ...Object.fromEntries(right), ...change });
    const kept = changed.filter((entry): entry is [string, string] => entry[1] !== undefined);
    expect(verdict(digests, { scheme, parameters: new Map(kept) })).toBe('malformed');
  });

  test('the uri may be written otherwise if it is the same (RFC 3261 §19.1.4)', () => {
    const digests = server();
    const [challenge = ''] = digests.challenge(NOW);
    expect(verdict(digests, respond(challenge, { uri: 'sip:PBX.example.org' }))).toBe('valid');
  });

  test('a digest for another method', () => {
    const digests = server();
    const credentials = answered(digests, {});
    const request = { method: 'INVITE', uri: URI };
    expect(digests.verify(request, credentials, SECRET, NOW)).toBe('wrong');
  });

  test('a user who is not known, or another than the one the secret is of', () => {
    const digests = server();
    const request = { method: 'REGISTER', uri: URI };
    expect(digests.verify(request, answered(digests, {}), undefined, NOW)).toBe('wrong');
    const other = { ...SECRET, user: 'alan' };
    expect(digests.verify(request, answered(digests, {}), other, NOW)).toBe('wrong');
  });

  test('no user at all, where none is known', () => {
    const digests = server();
    const { scheme, parameters: right } = answered(digests, {});
    const nobody = new Map([...right].filter(([name]) => name !== 'username'));
    const request = { method: 'REGISTER', uri: URI };
    expect(digests.verify(request, { scheme, parameters: nobody }, undefined, NOW)).toBe('wrong');
  });
});

describe('credentials of a request', () => {
  test('are those for the realm, of whatever scheme the others are', () => {
    const request = requestWith([
      ['Authorization', 'Basic x'],
      ['Authorization', 'Digest realm="other", username="a"'],
      ['Authorization', `Digest realm="${REALM}", username="b"`],
    ]);
    expect(credentialsOf(request, REALM)?.parameters.get('username')).toBe('b');
    expect(credentialsOf(request, 'third')).toBeUndefined();
  });
});

describe('our own answers', () => {
  test('RFC 3261 §22.3: 407 is answered in Proxy-Authorization', () => {
    const response = responseWith(407, [['Proxy-Authenticate', server().challenge(NOW)[0] ?? '']]);
    expect(ours(response)).toMatchObject({ name: 'Proxy-Authorization' });
  });

  test('without qop the answer has none (RFC 2069)', () => {
    const response = responseWith(401, [
      ['WWW-Authenticate', `Digest realm="${REALM}", nonce="n"`],
    ]);
    const { value = '' } = ours(response) ?? {};
    expect(parameters(value).has('qop')).toBe(false);
    expect(parameters(value).get('response')).toBe(
      digestOf('MD5', `${SECRET.md5}:n:${digestOf('MD5', `REGISTER:${URI}`)}`),
    );
  });

  test.each([
    ['another realm', `Digest realm="other", nonce="n", qop="auth"`],
    ['an algorithm that we do not know', `Digest realm="${REALM}", nonce="n", algorithm=SHA-1`],
    ['auth-int only', `Digest realm="${REALM}", nonce="n", qop="auth-int"`],
    ['no nonce', `Digest realm="${REALM}", qop="auth"`],
    ['another scheme', `Basic realm="${REALM}"`],
    ['no header', ''],
  ])('%s is not answered', (_name, challenge) => {
    expect(ours(responseWith(401, [['WWW-Authenticate', challenge]]))).toBeUndefined();
  });

  test('RFC 3261 §22.2: who is not believed does not try again, unless the nonce was stale', () => {
    const digests = server();
    const first = ours(responseWith(401, challenged(digests.challenge(NOW))));
    if (!first) throw new Error('the first challenge is answered');
    const request = requestWith([[first.name, first.value]]);
    expect(ours(responseWith(401, challenged(digests.challenge(NOW))), request)).toBeUndefined();
    const stale = responseWith(401, challenged(digests.challenge(NOW, true)));
    expect(ours(stale, request)).toBeDefined();
  });
});

interface Wish {
  readonly algorithm?: 'SHA-256' | 'MD5';
  readonly password?: string;
  readonly count?: string;
  readonly nonce?: string;
  readonly uri?: string;
}

function server(): DigestServer {
  return new DigestServer({ realm: REALM, sealKey: SEAL_KEY });
}

function verdict(digests: DigestServer, credentials: AuthHeader, nowMs: number = NOW): string {
  return digests.verify({ method: 'REGISTER', uri: URI }, credentials, SECRET, nowMs);
}

/** What our own client answers to a challenge. */
function answered(digests: DigestServer, { algorithm = 'SHA-256' }: Wish): AuthHeader {
  const wanted = digests.challenge(NOW).filter((each) => each.includes(`=${algorithm}`));
  const answer = ours(responseWith(401, challenged(wanted)));
  const parsed = parseAuthHeader(answer?.value ?? '');
  if (!parsed.ok) throw new Error('the challenge is answered');
  return parsed.value;
}

/** What a client of another make answers. */
function respond(challenge: string, wish: Wish): AuthHeader {
  const { password = 'lovelace', count = '00000001', uri = URI } = wish;
  const nonce = wish.nonce ?? parameters(challenge).get('nonce') ?? '';
  const quality = { qop: 'auth', count, clientNonce: 'c' };
  const parts = { method: 'REGISTER', uri, nonce, quality };
  const given = {
    username: 'ada',
    realm: REALM,
    nonce,
    uri,
    response: digestResponse('SHA-256', secretOf('ada', password).sha256, parts).toUpperCase(),
    algorithm: 'SHA-256',
    qop: 'auth',
    nc: count,
    cnonce: 'c',
  };
  return {
    scheme: 'digest',
    parameters: parameters(formatCredentials(new Map(Object.entries(given)))),
  };
}

function ours(
  response: SipResponse,
  request: SipRequest = requestWith([]),
): ReturnType<typeof answerChallenge> {
  return answerChallenge(response, request, { secret: SECRET, clientNonce: 'c' });
}

function challenged(challenges: readonly string[]): readonly [string, string][] {
  return challenges.map((each) => ['WWW-Authenticate', each]);
}

function requestWith(fields: readonly (readonly [string, string])[]): SipRequest {
  const headers = Headers.of(fields);
  return { type: 'request', method: 'REGISTER', uri: URI, headers, body: NO_BODY };
}

function responseWith(status: number, fields: readonly (readonly [string, string])[]): SipResponse {
  return { type: 'response', status, reason: '', headers: Headers.of(fields), body: NO_BODY };
}

function parameters(text: string): ReadonlyMap<string, string> {
  const parsed = parseAuthHeader(text);
  if (!parsed.ok) throw new Error(`${text} can be read`);
  return parsed.value.parameters;
}

function secretOf(user: string, password: string): DigestSecret {
  const secret = `${user}:${REALM}:${password}`;
  return { user, realm: REALM, md5: digestOf('MD5', secret), sha256: digestOf('SHA-256', secret) };
}
