/** What an administrator wants to know of a certificate: a row of the trust store's list (SUP-04). */
import type { X509Certificate } from 'node:crypto';
import { commonNameOf } from './device-identity.ts';

export interface CertificateFacts {
  /** Undefined when the subject has none, or several. */
  readonly commonName: string | undefined;
  /** The issuer's common name; undefined when it has none, or several. */
  readonly issuerName: string | undefined;
  readonly selfSigned: boolean;
  /** Milliseconds since 1970, UTC. */
  readonly validFromMs: number;
  readonly validToMs: number;
  /** Hexadecimal. */
  readonly serialNumber: string;
  /** SHA-256, hexadecimal in pairs with colons. */
  readonly fingerprint: string;
}

export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  const { subject, issuer } = certificate.toLegacyObject();
  return {
    commonName: commonNameOf({ subject }),
    issuerName: commonNameOf({ subject: issuer }),
    selfSigned: certificate.checkIssued(certificate) && certificate.verify(certificate.publicKey),
    validFromMs: certificate.validFromDate.getTime(),
    validToMs: certificate.validToDate.getTime(),
    serialNumber: certificate.serialNumber.toLowerCase(),
    fingerprint: certificate.fingerprint256,
  };
}
