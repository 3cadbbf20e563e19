/** A signing request (PKCS #10) for an authority that an operator trusts more than ours. */
import * as x509 from '@peculiar/x509';
import { keysOf, nameOf } from './certificate-authority.ts';

/** PEM. `key` is the PEM of the key that is to be certified; it signs the request and stays where it is. */
export async function certificateRequest(
  key: string,
  commonName: string,
  alternativeNames: readonly string[] = [],
): Promise<string> {
  const keys = keysOf(key);
  const names = alternativeNames.map((value) => ({ type: 'dns' as const, value }));
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: nameOf(commonName),
    keys,
    signingAlgorithm: keys.algorithm,
    extensions: names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : [],
  });
  return `${request.toString('pem')}\n`;
}
