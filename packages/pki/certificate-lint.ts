/**
 * What is wrong with a certificate before it is saved: each fault with the field and the rule. Whether a name is a
 * device's is TIP-15; the rest is what TLS would find out when it is too late.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { commonNameOf, matchesDeviceName, type NameRule } from './device-identity.ts';

export interface CertificateFault {
  readonly field: 'certificate' | 'name' | 'validity' | 'chain' | 'key';
  readonly rule: string;
}

export interface LintWish {
  /** PEM: the leaf first, then its intermediates, as far as they are needed. */
  readonly chain: string;
  readonly nowMs: number;
  /** PEM of the key that it must belong to. Absent: nobody's here, such as a certificate to trust. */
  readonly key?: string;
  /** The device whose own it is to be. */
  readonly device?: { readonly name: string; readonly rule: NameRule };
  /** PEM of the certificates that its peers trust; one of them must end the chain. Absent: that is not asked. */
  readonly trusted?: readonly string[];
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

const RSA_BITS_MIN = 2_048;

/** Empty: it can be saved. */
export function lintCertificate(wish: LintWish): readonly CertificateFault[] {
  const certificates = certificatesIn(wish.chain);
  const [leaf, ...others] = certificates ?? [];
  if (!certificates || !leaf) {
    return [{ field: 'certificate', rule: 'is no certificate in PEM form' }];
  }
  return [
    ...(wish.device ? nameFaults(leaf, wish.device) : []),
    ...certificates.flatMap((each) => validityFaults(each, wish.nowMs)),
    ...chainFaults(leaf, others, wish),
    ...certificates.flatMap(strengthFaults),
    ...(wish.key === undefined ? [] : keyFaults(leaf, wish.key)),
  ];
}

/** Undefined: one of them cannot be read, or there is none. */
function certificatesIn(text: string): readonly X509Certificate[] | undefined {
  try {
    const found = text.match(PEM)?.map((each) => new X509Certificate(each));
    // A private key does not belong here, and must not be kept by mistake.
    return /PRIVATE KEY/.test(text) ? undefined : found;
  } catch {
    return undefined;
  }
}

function nameFaults(
  leaf: X509Certificate,
  { name, rule }: NonNullable<LintWish['device']>,
): readonly CertificateFault[] {
  const commonName = commonNameOf(leaf);
  if (commonName !== undefined && matchesDeviceName(commonName, name, rule)) return [];
  const found = commonName === undefined ? 'has no single common name' : `is ${commonName}`;
  return [{ field: 'name', rule: `must begin with ${name}, and ${found} (TIP-15)` }];
}

function validityFaults(each: X509Certificate, nowMs: number): readonly CertificateFault[] {
  const name = commonNameOf(each) ?? 'the certificate';
  if (each.validToDate.getTime() <= nowMs) {
    return [{ field: 'validity', rule: `of ${name} ended on ${dayOf(each.validToDate)}` }];
  }
  if (each.validFromDate.getTime() > nowMs) {
    return [{ field: 'validity', rule: `of ${name} begins only on ${dayOf(each.validFromDate)}` }];
  }
  return [];
}

function chainFaults(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  { key, trusted }: LintWish,
): readonly CertificateFault[] {
  const faults: CertificateFault[] = [];
  if (key !== undefined && leaf.ca) {
    faults.push({ field: 'chain', rule: 'begins with an authority, not with the certificate' });
  }
  let last = leaf;
  for (const above of others) {
    if (!above.ca || !isIssuedBy(last, above)) {
      const [one, other] = [commonNameOf(last), commonNameOf(above)];
      faults.push({ field: 'chain', rule: `is broken: ${other} has not issued ${one}` });
    }
    last = above;
  }
  const anchors = (trusted ?? []).flatMap((text) => certificatesIn(text) ?? []);
  const ends = anchors.some(
    (anchor) => anchor.fingerprint256 === last.fingerprint256 || isIssuedBy(last, anchor),
  );
  if (trusted && !ends) {
    faults.push({
      field: 'chain',
      rule: `ends with ${commonNameOf(last)}, whom nobody here trusts`,
    });
  }
  return faults;
}

function strengthFaults(each: X509Certificate): readonly CertificateFault[] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = each.publicKey;
  const name = commonNameOf(each) ?? 'the certificate';
  if (type === 'rsa' && (details?.modulusLength ?? 0) < RSA_BITS_MIN) {
    return [{ field: 'key', rule: `of ${name} has less than ${RSA_BITS_MIN} bits` }];
  }
  if (type === 'rsa' || type === 'ec') return [];
  return [{ field: 'key', rule: `of ${name} is neither RSA nor EC` }];
}

function keyFaults(leaf: X509Certificate, key: string): readonly CertificateFault[] {
  if (leaf.checkPrivateKey(createPrivateKey(key))) return [];
  return [{ field: 'key', rule: 'is not the one that the certificate is for' }];
}

function isIssuedBy(one: X509Certificate, other: X509Certificate): boolean {
  return one.checkIssued(other) && one.verify(other.publicKey);
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}
