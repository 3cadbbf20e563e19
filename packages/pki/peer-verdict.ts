/**
 * What is wrong with a TLS peer, in words for an administrator (BRG-04, BRG-05, TIP-12, TIP-20).
 *
 * OpenSSL says that something in a chain is wrong; these functions look at the chain and say which
 * certificate it is. They do not decide: `authorized` has been decided before. Names come from the
 * peer, so they are shortened and escaped before they are in a sentence.
 * Source: [doc] Node.js, "X509 certificate error codes"; [rfc] RFC 8446 §6.2 for alerts.
 */
import type { PeerCertificate } from 'node:tls';
import { commonNameOf } from './device-identity.ts';

/** No real chain is longer; one that is a loop of lies ends here. */
const CHAIN_MAX = 10;

/** Characters of a peer's name that a sentence repeats. */
const NAME_MAX = 64;

export interface PeerEvidence {
  /** Whether the chain leads to a trusted certificate and is valid now. */
  readonly authorized: boolean;
  /** The code of node:tls, such as `CERT_HAS_EXPIRED`; undefined when authorized. */
  readonly authorizationError: string | undefined;
  /** From `getPeerCertificate(true)`; undefined when the peer presented none. */
  readonly certificate: PeerCertificate | undefined;
  /** When this is judged, milliseconds since 1970; absent means now. */
  readonly nowMs?: number;
}

/** Stable words for alarms and metrics. */
export type RefusalReason =
  | 'no-certificate'
  | 'unknown-issuer'
  | 'expired'
  | 'not-yet-valid'
  | 'bad-signature'
  | 'wrong-purpose'
  | 'invalid-authority'
  | 'too-weak'
  | 'revoked'
  | 'not-trusted';

export interface PeerRefusal {
  readonly reason: RefusalReason;
  /** Names the certificate and what it lacks: the issuer, the dates, the purpose. */
  readonly sentence: string;
}

const REASONS: ReadonlyMap<string, RefusalReason> = new Map<string, RefusalReason>([
  ['UNABLE_TO_GET_ISSUER_CERT', 'unknown-issuer'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'unknown-issuer'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'unknown-issuer'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'unknown-issuer'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'unknown-issuer'],
  ['CERT_UNTRUSTED', 'unknown-issuer'],
  ['CERT_HAS_EXPIRED', 'expired'],
  ['CERT_NOT_YET_VALID', 'not-yet-valid'],
  ['CERT_SIGNATURE_FAILURE', 'bad-signature'],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', 'bad-signature'],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', 'bad-signature'],
  ['INVALID_PURPOSE', 'wrong-purpose'],
  ['CERT_REJECTED', 'wrong-purpose'],
  ['INVALID_CA', 'invalid-authority'],
  ['PATH_LENGTH_EXCEEDED', 'invalid-authority'],
  ['CERT_CHAIN_TOO_LONG', 'invalid-authority'],
  ['EE_KEY_TOO_SMALL', 'too-weak'],
  ['CA_KEY_TOO_SMALL', 'too-weak'],
  ['CA_MD_TOO_WEAK', 'too-weak'],
  ['CERT_REVOKED', 'revoked'],
]);

/** What the other side complained about before it hung up, by the code of the socket's error. */
const ALERTS: ReadonlyMap<string, string> = new Map([
  ['UNKNOWN_CA', 'it does not know the issuer of the CallManager certificate (BRG-05, TIP-13)'],
  ['CERTIFICATE_EXPIRED', 'it finds the CallManager certificate out of date'],
  ['BAD_CERTIFICATE', 'it does not accept the CallManager certificate'],
  ['CERTIFICATE_UNKNOWN', 'it does not accept the CallManager certificate'],
  ['UNSUPPORTED_CERTIFICATE', 'it cannot use the kind of the CallManager certificate'],
  ['CERTIFICATE_REVOKED', 'it holds the CallManager certificate for revoked'],
  ['ACCESS_DENIED', 'it denies access'],
  ['HANDSHAKE_FAILURE', 'it offers no cipher that is accepted here'],
  ['PROTOCOL_VERSION', 'it speaks no version of TLS that is accepted here'],
]);

/** OpenSSL names the version of the protocol that the alert stems from. */
const ALERT_CODE = /^ERR_SSL_(?:TLSV1|TLSV13|SSLV3|SSL\/TLS)_(?:ALERT_)?(?<alert>[A-Z_]+)$/;

/** Why the peer is refused; undefined when its chain is trusted and valid now. */
export function refusalOf(evidence: PeerEvidence): PeerRefusal | undefined {
  const { authorized, authorizationError, certificate, nowMs = Date.now() } = evidence;
  const chain = chainOf(certificate);
  const [leaf] = chain;
  if (!leaf) return { reason: 'no-certificate', sentence: 'The peer presented no certificate.' };
  if (authorized) return undefined;
  const reason = REASONS.get(authorizationError ?? '') ?? 'not-trusted';
  return { reason, sentence: sentenceOf(reason, chain, { leaf, nowMs, authorizationError }) };
}

/**
 * What a TLS handshake failed of, by the `code` of the error that ended it (such as
 * `ERR_SSL_TLSV1_ALERT_UNKNOWN_CA`); undefined when the code says nothing of certificates or ciphers.
 */
export function handshakeSentence(code: string): string | undefined {
  const complaint = ALERTS.get(ALERT_CODE.exec(code)?.groups?.alert ?? '');
  if (complaint !== undefined) return `The peer ended the handshake: ${complaint}.`;
  if (code === 'ERR_SSL_NO_SHARED_CIPHER') return 'The peer offers no cipher accepted here.';
  if (code === 'ERR_SSL_UNSUPPORTED_PROTOCOL') {
    return 'The peer speaks no version of TLS that is accepted here.';
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_HTTP_REQUEST') {
    return 'The peer does not speak TLS; nonsecure devices belong on the port without it (TIP-22).';
  }
  return undefined;
}

interface Case {
  readonly leaf: PeerCertificate;
  readonly nowMs: number;
  readonly authorizationError: string | undefined;
}

function sentenceOf(
  reason: RefusalReason,
  chain: readonly PeerCertificate[],
  { leaf, nowMs, authorizationError }: Case,
): string {
  const subject = nameOf(leaf.subject);
  switch (reason) {
    case 'unknown-issuer':
      return unknownIssuer(leaf, chain.at(-1) ?? leaf);
    case 'expired': {
      const late = chain.find((each) => Date.parse(each.valid_to) < nowMs);
      return late
        ? `${whose(late, leaf)} expired on ${day(late.valid_to)}.`
        : `The certificate ${subject}, or one above it, has expired.`;
    }
    case 'not-yet-valid': {
      const early = chain.find((each) => Date.parse(each.valid_from) > nowMs);
      return early
        ? `${whose(early, leaf)} is not valid before ${day(early.valid_from)}.`
        : `The certificate ${subject}, or one above it, is not valid yet.`;
    }
    case 'bad-signature':
      return `The certificate ${subject} was not signed by the ${nameOf(leaf.issuer)} trusted here.`;
    case 'wrong-purpose':
      return `The certificate ${subject} is not made for this side of TLS (extended key usage).`;
    default:
      return `The certificate ${subject} is not accepted: ${authorizationError ?? 'no reason given'}.`;
  }
}

/** The one above the highest certificate that was presented is missing. */
function unknownIssuer(leaf: PeerCertificate, top: PeerCertificate): string {
  const subject = nameOf(leaf.subject);
  const missing = nameOf(top.issuer);
  if (top === leaf && nameOf(leaf.subject) === missing) {
    return `The certificate ${subject} is self-signed and is not in the trust store.`;
  }
  return `The certificate ${subject} leads to the issuer ${missing}, whose certificate is not in the trust store.`;
}

function whose(certificate: PeerCertificate, leaf: PeerCertificate): string {
  if (certificate === leaf) return `The certificate ${nameOf(leaf.subject)}`;
  const authority = nameOf(certificate.subject);
  return `The certificate ${nameOf(leaf.subject)} depends on the authority ${authority}, which`;
}

/** The leaf and what is known above it; empty when there is none. */
function chainOf(certificate: PeerCertificate | undefined): readonly PeerCertificate[] {
  const chain: PeerCertificate[] = [];
  let next = certificate;
  while (next?.subject && !chain.includes(next) && chain.length < CHAIN_MAX) {
    chain.push(next);
    next = (next as { readonly issuerCertificate?: PeerCertificate }).issuerCertificate;
  }
  return chain;
}

/** A name for a sentence: the common name, else the organisation; never more than it should be. */
function nameOf(subject: PeerCertificate['subject'] | undefined): string {
  const { O: organisation, OU: unit } = subject ?? {};
  const name = (subject && commonNameOf({ subject })) ?? organisation ?? unit;
  if (name === undefined) return 'without a common name';
  const shown = [name].flat().join(', ').slice(0, NAME_MAX);
  return JSON.stringify(shown).replace(/[^\x20-\x7e]/g, '?');
}

function day(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? date : new Date(time).toISOString().slice(0, 10);
}
