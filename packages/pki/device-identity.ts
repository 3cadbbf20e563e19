/**
 * Whether a certificate is a device's own, by its common name (TIP-15 ... TIP-17, D-24). Pure.
 *
 * The label up to the first dot must be the device's name, whatever the case: a device cannot take a
 * certificate of another whose name only begins alike. A phone may also carry the certificate of its
 * factory, whose label is `CP-<model>-<name>`. Alternative names do not count (TIP-16). Names with
 * bytes outside printable ASCII never match: a NUL or a look-alike is an attempt, not a name.
 * Source: [doc] CUCM Security Guide, tips on securing conference resources; [inferred] the label rule,
 * from the guide's example of a name with a host part.
 */
import { X509Certificate } from 'node:crypto';

/** RFC 5280 allows 64 characters in a common name; some authorities allow twice that. */
const COMMON_NAME = /^[\x21-\x7e]{1,128}$/;

const PHONE_NAME = /^SEP[0-9A-F]{12}$/i;

const FACTORY_LABEL = /^CP-[A-Z0-9-]+-(SEP[0-9A-F]{12})$/i;

export interface NameRule {
  /** Accept any common name that begins with the device name: the letter of TIP-15. */
  readonly literalPrefix: boolean;
}

/** A certificate as node:tls describes a peer's (`{}` when there is none), or as node:crypto does. */
export type CertificateWithSubject =
  | X509Certificate
  | { readonly subject?: { readonly CN?: string | readonly string[] | undefined } | undefined };

/**
 * The labels that the common name of a device's certificate may begin with: for a bridge its name,
 * for a phone its name (LSC) and that of its factory (MIC) when the model is known.
 */
export function certificateNames(device: {
  readonly name: string;
  /** Such as `7961G`. */
  readonly model?: string;
}): readonly string[] {
  const { name, model } = device;
  return PHONE_NAME.test(name) && model !== undefined ? [name, `CP-${model}-${name}`] : [name];
}

/** Whether a certificate with this common name may stand for the device. */
export function matchesDeviceName(commonName: string, deviceName: string, rule: NameRule): boolean {
  if (!COMMON_NAME.test(commonName) || deviceName === '') return false;
  const wanted = deviceName.toLowerCase();
  const label = commonName.slice(0, `${commonName}.`.indexOf('.'));
  if (label.toLowerCase() === wanted) return true;
  if (FACTORY_LABEL.exec(label)?.[1]?.toLowerCase() === wanted) return true;
  return rule.literalPrefix && commonName.toLowerCase().startsWith(wanted);
}

/** The one common name of a certificate's subject; undefined for none or several. */
export function commonNameOf(certificate: CertificateWithSubject): string | undefined {
  const { subject } =
    certificate instanceof X509Certificate ? certificate.toLegacyObject() : certificate;
  return typeof subject?.CN === 'string' ? subject.CN : undefined;
}
