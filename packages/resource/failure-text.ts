/** Why a registration failed, for people. */
import type { Failure } from './registration-keeper.ts';

/** Codes of TLS for a chain that does not lead to whom we trust. */
const UNTRUSTED = /CERT|SIGNATURE|ISSUER|SELF_SIGNED|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;

export function failureText(
  { code, reason }: Pick<Failure, 'code' | 'reason'>,
  isEncrypted: boolean,
): string {
  switch (code) {
    case 'REJECTED':
      return `the call manager says "${oneLine(reason)}"`;
    case 'ECONNREFUSED':
      return 'nobody listens there';
    case 'ETIMEDOUT':
      return 'no answer';
    case 'DISCONNECTED':
      return (
        `the call manager closed the connection (${oneLine(reason)})` +
        // In TLS 1.3 a client hears of its own refusal only after the handshake.
        (isEncrypted ? '; it may not trust our certificate' : '')
      );
    case 'GAVE_UP':
      return oneLine(reason);
    default:
      return UNTRUSTED.test(code)
        ? `the call manager's certificate is not trusted (${code})`
        : `${oneLine(reason)} (${code})`;
  }
}

export function againText(retryMs: number): string {
  return `trying again in ${retryMs / 1000} s`;
}

/** What peers say may hold anything. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ').trim();
}
