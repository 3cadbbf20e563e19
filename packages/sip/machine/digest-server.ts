/**
 * Challenges peers and judges their answers.
 *
 * A nonce carries its time and our seal, so that a challenge costs no memory; only one that was
 * answered rightly is remembered, with the highest count it came with: the same digest is not taken
 * twice. Past the bound the oldest is forgotten, and with it every nonce as old, so that none of them
 * can come back. Source: [rfc] RFC 7616 §3.3, §3.4, §5.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AuthHeader, formatChallenge } from '../wire/auth-header.ts';
import { encodeText } from '../wire/text.ts';
import { parseUri, sameUri } from '../wire/uri.ts';
import {
  algorithmOf,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  type DigestSecret,
  digestOf,
  digestResponse,
  hashOf,
} from './digest.ts';

/** A client that knows the password asks again at once; a thief has this long. */
export const NONCE_LIFETIME_MS = 300_000;

/** Nonces remembered: a cluster's phones, several times. */
const NONCES_MAX = 50_000;

/** Characters of a `cnonce`; usual ones have 8 to 50. */
const CLIENT_NONCE_MAX = 256;

export type DigestVerdict =
  | 'valid'
  /** Right, but for a nonce that is too old or not ours: challenge again with `stale`. */
  | 'stale'
  /** Right, and seen before. */
  | 'replayed'
  /** Another password, or another user. */
  | 'wrong'
  /** No answer to our challenge: parameters missing, or of another request. */
  | 'malformed';

export interface DigestServerOptions {
  readonly realm: string;
  /** At least 16 bytes that nobody can guess. */
  readonly sealKey: Uint8Array;
  /** `NONCE_LIFETIME_MS` unless given. */
  readonly lifetimeMs?: number;
  /** `NONCES_MAX` unless given. */
  readonly noncesMax?: number;
}

/** What credentials must have. */
interface Answer {
  readonly nonce: string;
  readonly uri: string;
  readonly response: string;
  readonly count: string;
  readonly clientNonce: string;
}

export class DigestServer {
  readonly realm: string;
  readonly #sealKey: Uint8Array;
  readonly #lifetimeMs: number;
  readonly #noncesMax: number;
  readonly #opaque: string;
  /** Highest count by nonce, in the order of first use. */
  readonly #used = new Map<string, number>();
  /** Stands for users that are not known, so that they take the same time. */
  readonly #nobody: DigestSecret;
  #made = 0;
  #forgottenMs = Number.NEGATIVE_INFINITY;

  constructor(options: DigestServerOptions) {
    const { realm, sealKey } = options;
    this.realm = realm;
    this.#sealKey = sealKey;
    this.#lifetimeMs = options.lifetimeMs ?? NONCE_LIFETIME_MS;
    this.#noncesMax = options.noncesMax ?? NONCES_MAX;
    this.#opaque = digestOf('SHA-256', realm).slice(0, 16);
    const hashes = { md5: this.#seal('md5'), sha256: this.#seal('sha256') };
    this.#nobody = { user: '', realm, ...hashes };
  }

  /** For metrics. */
  get size(): number {
    return this.#used.size;
  }

  /** Values of `WWW-Authenticate`, one field each, in this order (RFC 8760 §2.4). */
  challenge(
    nowMs: number,
    stale: boolean = false,
    algorithms: readonly DigestAlgorithm[] = DIGEST_ALGORITHMS,
  ): readonly string[] {
    const time = `${Math.trunc(nowMs).toString(36)}.${(this.#made++).toString(36)}`;
    const nonce = `${time}.${this.#seal(time)}`;
    return algorithms.map((algorithm) =>
      formatChallenge(
        new Map([
          ['realm', this.realm],
          ['nonce', nonce],
          ['opaque', this.#opaque],
          ...(stale ? [['stale', 'true'] as const] : []),
          ['algorithm', algorithm],
          ['qop', 'auth'],
        ]),
      ),
    );
  }

  /**
   * `secret`: that of the user whom the credentials name, undefined when there is none. `uri` is the
   * Request-URI.
   */
  verify(
    { method, uri }: { readonly method: string; readonly uri: string },
    credentials: AuthHeader,
    secret: DigestSecret | undefined,
    nowMs: number,
  ): DigestVerdict {
    const algorithm = algorithmOf(credentials);
    const answer = this.#answerIn(credentials);
    if (!algorithm || !answer || !isSame(answer.uri, uri)) return 'malformed';
    const { nonce, count, clientNonce } = answer;
    const quality = { qop: 'auth', count, clientNonce };
    const parts = { method, uri: answer.uri, nonce, quality };
    const ha1 = hashOf(secret ?? this.#nobody, algorithm);
    const isRight = isEqual(answer.response.toLowerCase(), digestResponse(algorithm, ha1, parts));
    const isKnown = secret !== undefined && secret.user === credentials.parameters.get('username');
    if (!isRight || !isKnown) return 'wrong';
    const bornMs = this.#bornMs(nonce);
    const isFresh = bornMs > this.#forgottenMs && nowMs - bornMs < this.#lifetimeMs;
    if (bornMs > nowMs || !isFresh) return 'stale';
    const used = Number.parseInt(count, 16);
    if (used <= (this.#used.get(nonce) ?? 0)) return 'replayed';
    this.#remember(nonce, used, nowMs);
    return 'valid';
  }

  #answerIn({ parameters }: AuthHeader): Answer | undefined {
    const text = (name: string): string => parameters.get(name) ?? '';
    const answer = {
      nonce: text('nonce'),
      uri: text('uri'),
      response: text('response'),
      count: text('nc'),
      clientNonce: text('cnonce'),
    };
    const isWhole =
      text('qop') === 'auth' &&
      /^[0-9a-f]{8}$/i.test(answer.count) &&
      answer.clientNonce !== '' &&
      answer.clientNonce.length <= CLIENT_NONCE_MAX &&
      (parameters.get('opaque') ?? this.#opaque) === this.#opaque;
    return isWhole ? answer : undefined;
  }

  /** When we made it; minus infinity if we did not. */
  #bornMs(nonce: string): number {
    const end = nonce.lastIndexOf('.');
    const time = nonce.slice(0, Math.max(end, 0));
    if (!isEqual(nonce.slice(end + 1), this.#seal(time))) return Number.NEGATIVE_INFINITY;
    return timeIn(nonce);
  }

  #remember(nonce: string, count: number, nowMs: number): void {
    this.#used.set(nonce, count);
    for (const oldest of this.#used.keys()) {
      const bornMs = timeIn(oldest);
      const isOver = this.#used.size > this.#noncesMax;
      if (!isOver && nowMs - bornMs < this.#lifetimeMs) return;
      if (isOver) this.#forgottenMs = Math.max(this.#forgottenMs, bornMs);
      this.#used.delete(oldest);
    }
  }

  #seal(text: string): string {
    return createHmac('sha256', this.#sealKey).update(text).digest('base64url').slice(0, 24);
  }
}

/** Of a nonce that is ours. */
function timeIn(nonce: string): number {
  return Number.parseInt(nonce, 36);
}

/** The same request: as written, or by the rules for URIs. */
function isSame(given: string, requested: string): boolean {
  if (given === requested) return true;
  const [one, other] = [parseUri(given), parseUri(requested)];
  return one.ok && other.ok && sameUri(one.value, other.value);
}

/** In a time that does not tell where they differ. */
function isEqual(given: string, wanted: string): boolean {
  const [one, other] = [encodeText(given), encodeText(wanted)];
  return one.length === other.length && timingSafeEqual(one, other);
}
