/**
 * Whether a certificate's common name is a device's (TIP-15 ... TIP-17, D-24).
 *
 * The label up to the first dot must be the name, whatever the case; alternative names do not count.
 * A phone's factory certificate has `CP-<model>-` before its name.
 */

/** A name that a certificate can carry for a device: printable ASCII without tricks. */
const PLAIN = /^[\x21-\x7e]{1,128}$/;

const FACTORY = /^CP-[A-Za-z0-9-]+-(SEP[0-9A-Fa-f]{12})$/;

export interface NameRule {
  /** Accept any common name that begins with the device name (the letter of TIP-15). */
  readonly literalPrefix: boolean;
}

export function matchesDeviceName(commonName: string, deviceName: string, rule: NameRule): boolean {
  if (!PLAIN.test(commonName) || deviceName === '') return false;
  const wanted = deviceName.toLowerCase();
  const label = commonName.split('.')[0] ?? '';
  if (label.toLowerCase() === wanted) return true;
  if (FACTORY.exec(label)?.[1]?.toLowerCase() === wanted) return true;
  return rule.literalPrefix && commonName.toLowerCase().startsWith(wanted);
}

/** The one common name of a certificate's subject; undefined for none or several. */
export function commonNameOf(certificate: {
  readonly subject: { readonly CN?: string | string[] };
}): string | undefined {
  const { CN: name } = certificate.subject ?? {};
  return typeof name === 'string' ? name : undefined;
}
