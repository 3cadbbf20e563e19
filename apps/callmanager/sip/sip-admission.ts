/**
 * As what a SIP device may register, with what it has proved (D-01, TIP-07 ... TIP-10). Pure.
 *
 * A leg's signalling is protected only with proof from both sides: the device verifies our certificate, and
 * shows its own or, if it is a standard client, knows its password. A nonsecure device may use TLS, and
 * stays nonsecure.
 */
import type { Signalling } from '@conclave/core';
import { isSecureTransport, type SipTransport } from '@conclave/sip';
import type { SipProof } from './registrations.ts';
import type { SipDevice } from './sip-devices.ts';

export type SipAdmission =
  | { readonly admitted: true; readonly signalling: Signalling }
  | {
      readonly admitted: false;
      /** Stable word for alarms. */
      readonly reason: string;
      /** A sentence for the administrator. */
      readonly sentence: string;
      /** For the device's screen. */
      readonly text: string;
    };

export interface SipApplicant {
  readonly transport: SipTransport;
  readonly proof: SipProof;
  /** Of the certificate that TLS has verified, whosever it is. */
  readonly commonName?: string | undefined;
}

export function sipAdmissionOf(
  device: SipDevice,
  mixedMode: boolean,
  { transport, proof, commonName }: SipApplicant,
): SipAdmission {
  const { name, securityMode, isStandard } = device;
  if (!mixedMode || securityMode === 'nonsecure') return { admitted: true, signalling: 'clear' };
  const called = securityMode === 'encrypted' ? 'Encrypted' : 'Authenticated';
  if (!isSecureTransport(transport)) {
    return {
      admitted: false,
      reason: 'security-mode-mismatch',
      sentence: `${name} is configured as ${called}, but registers without security over ${transport.toUpperCase()}.`,
      text: 'Security mode mismatch',
    };
  }
  if (proof === 'certificate' || (proof === 'digest' && isStandard)) {
    const isEncrypted = securityMode === 'encrypted';
    return { admitted: true, signalling: isEncrypted ? 'tls-encrypted' : 'tls-authenticated' };
  }
  const shown = commonName === undefined ? 'none' : `that of ${JSON.stringify(commonName)}`;
  return {
    admitted: false,
    reason: 'certificate-name-mismatch',
    sentence: `${name} is configured as ${called} and needs a certificate of its own; it presented ${shown}.`,
    text: 'Certificate name mismatch',
  };
}
