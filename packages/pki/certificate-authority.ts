/**
 * A private certificate authority: one self-signed certificate, and leaves for call manager, bridges
 * and phones. Keys are EC P-256; an authority that an operator brings may also be P-384 or RSA.
 *
 * It is no public authority: there is no revocation list and no policy, and whoever holds the key may
 * issue any name. Times are arguments, so that certificates of the past and future can be made too.
 * Source: [rfc] RFC 5280 §4.1, §4.2.
 */
import 'reflect-metadata';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  webcrypto,
} from 'node:crypto';
import { isIP } from 'node:net';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as Crypto);

const AUTHORITY_DAYS = 3_650;

/** What browsers and phones accept for a leaf at most. */
const LEAF_DAYS = 825;

const DAY_MS = 86_400_000;

/** Clocks differ: an authority is valid from a little before it was made. */
export const BACKDATE_MS: number = 3_600_000;

/** A certificate and its key, both PEM. `certificate` may go on with its intermediates. */
export interface PemIdentity {
  readonly certificate: string;
  readonly key: string;
}

export type CertificatePurpose = 'server' | 'client';

export interface LeafWish {
  readonly commonName: string;
  /** DNS names and IP addresses for the subject alternative name; the device check ignores it. */
  readonly alternativeNames?: readonly string[];
  readonly notBefore: Date;
  /** Absent means 825 days after `notBefore`. */
  readonly notAfter?: Date;
  /** Sides of TLS the leaf may be used on; absent means both. */
  readonly purposes?: readonly CertificatePurpose[];
  /** True makes an intermediate authority. */
  readonly authority?: boolean;
  /** PEM of the key to certify; absent makes a new one. */
  readonly key?: string;
}

/** A key that cannot sign or be certified; the message says which kinds can. */
export class AuthorityError extends Error {
  override readonly name = 'AuthorityError';
  readonly code = 'AUTHORITY_KEY';
}

/** A new EC P-256 private key in PEM (PKCS #8). */
export function createKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/**
 * A new self-signed authority for ten years from `now`, one hour backdated. `key` is the PEM of the
 * key to use; absent makes a new one.
 */
export async function createAuthority(
  commonName: string,
  now: Date,
  key: string = createKey(),
): Promise<PemIdentity> {
  const keys = keysOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(commonName),
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: keys.algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(AUTHORITY_USAGES, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key };
}

/**
 * A certificate issued by `authority`, by default a leaf for both sides of TLS. Whether the authority
 * is valid itself is not looked at. Throws an AuthorityError when its key cannot sign.
 */
export async function issueLeaf(authority: PemIdentity, wish: LeafWish): Promise<PemIdentity> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const signer = keysOf(authority.key);
  const key = wish.key ?? createKey();
  const { publicKey } = keysOf(key);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(wish.commonName),
    issuer: issuer.subjectName,
    notBefore: wish.notBefore,
    notAfter: endOf(wish),
    signingAlgorithm: signer.algorithm,
    publicKey,
    signingKey: signer.privateKey,
    extensions: [
      ...(await extensionsOf(wish, publicKey)),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return { certificate: pem(certificate), key };
}

/** A certificate that signs itself, as a device without an authority has. */
export async function createSelfSigned(wish: LeafWish): Promise<PemIdentity> {
  const key = wish.key ?? createKey();
  const keys = keysOf(key);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(wish.commonName),
    notBefore: wish.notBefore,
    notAfter: endOf(wish),
    signingAlgorithm: keys.algorithm,
    keys,
    extensions: await extensionsOf(wish, keys.publicKey),
  });
  return { certificate: pem(certificate), key };
}

/** `leaf` followed by the intermediates that lead from it to an authority, nearest first. */
export function withChain(
  leaf: PemIdentity,
  ...intermediates: readonly PemIdentity[]
): PemIdentity {
  const certificates = [leaf, ...intermediates].map(({ certificate }) => certificate);
  return { certificate: certificates.join(''), key: leaf.key };
}

const AUTHORITY_USAGES = x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign;

async function extensionsOf(wish: LeafWish, publicKey: CryptoKey): Promise<x509.Extension[]> {
  const authority = wish.authority === true;
  const usages = authority ? AUTHORITY_USAGES : x509.KeyUsageFlags.digitalSignature;
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(authority, undefined, true),
    new x509.KeyUsagesExtension(usages, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
  ];
  if (!authority) extensions.push(new x509.ExtendedKeyUsageExtension(purposesOf(wish)));
  const names = wish.alternativeNames ?? [];
  if (names.length > 0) {
    extensions.push(
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value })),
      ),
    );
  }
  return extensions;
}

function purposesOf({ purposes = ['server', 'client'] }: LeafWish): x509.ExtendedKeyUsageType[] {
  return purposes.map((purpose) =>
    purpose === 'server' ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth,
  );
}

function endOf({ notBefore, notAfter }: LeafWish): Date {
  return notAfter ?? new Date(notBefore.getTime() + LEAF_DAYS * DAY_MS);
}

/** Typed, so that the library does not look for quotes, escapes and `#` in the name. */
export function nameOf(commonName: string): x509.Name {
  return new x509.Name([{ CN: [{ utf8String: commonName }] }]);
}

/** 128 random bits; the first octet is set so that the number is positive and of full length. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

interface Keys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly algorithm: webcrypto.EcdsaParams & webcrypto.EcKeyImportParams;
}

/** The keys in the form that the generator signs with. */
export function keysOf(key: string): Keys {
  const privateKey = createPrivateKey(key);
  const algorithm = algorithmOf(privateKey);
  return {
    privateKey: privateKey.toCryptoKey(algorithm, false, ['sign']) as CryptoKey,
    publicKey: createPublicKey(privateKey).toCryptoKey(algorithm, true, ['verify']) as CryptoKey,
    algorithm,
  };
}

function algorithmOf(key: KeyObject): Keys['algorithm'] {
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (curve === 'prime256v1') return { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  if (curve === 'secp384r1') return { name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' };
  if (key.asymmetricKeyType === 'rsa') {
    return { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as Keys['algorithm'];
  }
  const kind = curve ?? key.asymmetricKeyType;
  throw new AuthorityError(`A key of kind ${kind} cannot be used; EC P-256, P-384 and RSA can.`);
}
