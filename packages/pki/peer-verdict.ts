/** What is wrong with a TLS peer's certificate, in words for an administrator (BRG-04, TIP-12, TIP-20). */
import type { PeerCertificate } from 'node:tls';
import { commonNameOf } from './device-identity.ts';

export interface PeerEvidence {
  readonly authorized: boolean;
  readonly authorizationError: string | undefined;
  readonly certificate: PeerCertificate | undefined;
}

export interface PeerRefusal {
  /** Stable word for alarms and metrics. */
  readonly reason:
    | 'no-certificate'
    | 'unknown-issuer'
    | 'expired'
    | 'not-yet-valid'
    | 'bad-signature'
    | 'wrong-purpose'
    | 'not-trusted';
  readonly sentence: string;
}

const REASONS: Readonly<Record<string, PeerRefusal['reason']>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-issuer',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-issuer',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'unknown-issuer',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-issuer',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'unknown-issuer',
  CERT_UNTRUSTED: 'unknown-issuer',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  CERT_SIGNATURE_FAILURE: 'bad-signature',
  INVALID_PURPOSE: 'wrong-purpose',
};

/** Why the peer is refused; undefined when its chain is trusted and valid now. */
export function refusalOf(evidence: PeerEvidence): PeerRefusal | undefined {
  const { authorized, authorizationError, certificate } = evidence;
  if (!certificate) {
    return { reason: 'no-certificate', sentence: 'The device presented no certificate.' };
  }
  if (authorized) return undefined;
  const reason = REASONS[authorizationError ?? ''] ?? 'not-trusted';
  const name = nameOf(certificate.subject);
  switch (reason) {
    case 'unknown-issuer':
      return {
        reason,
        sentence:
          `The certificate ${name} was issued by ${nameOf(certificate.issuer)}, which is not in ` +
          'the CallManager trust store.',
      };
    case 'expired':
      return { reason, sentence: `The certificate ${name} expired on ${certificate.valid_to}.` };
    case 'not-yet-valid':
      return {
        reason,
        sentence: `The certificate ${name} is not valid before ${certificate.valid_from}.`,
      };
    default:
      return {
        reason,
        sentence: `The certificate ${name} is not accepted: ${authorizationError}.`,
      };
  }
}

function nameOf(subject: PeerCertificate['subject'] | undefined): string {
  return JSON.stringify((subject && commonNameOf({ subject })) ?? 'without a common name');
}
