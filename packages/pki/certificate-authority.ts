/**
 * A private certificate authority: one self-signed EC P-256 certificate, and leaves for call manager,
 * bridges and phones. Times are arguments, so that expired certificates can be made for tests.
 */
import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

x509.cryptoProvider.set(webcrypto as Crypto);

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const AUTHORITY_DAYS = 3650;
const LEAF_DAYS = 825;
const DAY_MS = 86_400_000;

/** Clocks differ: a certificate is valid from a little before it was made. */
const BACKDATE_MS = 3_600_000;

/** A certificate and its key, both PEM. */
export interface PemIdentity {
  readonly certificate: string;
  readonly key: string;
}

export interface LeafWish {
  readonly commonName: string;
  /** DNS names and dotted addresses for the subject alternative name; the device check ignores it. */
  readonly alternativeNames?: readonly string[];
  readonly notBefore: Date;
  readonly notAfter?: Date;
  /** True makes an intermediate authority. */
  readonly authority?: boolean;
}

/** A new self-signed authority. `now` is the beginning of its validity. */
export async function createAuthority(commonName: string, now: Date): Promise<PemIdentity> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(commonName),
    notBefore: new Date(now.getTime() - BACKDATE_MS),
    notAfter: new Date(now.getTime() + AUTHORITY_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
}

/** A leaf for both sides of TLS, issued by `authority`. */
export async function issueLeaf(authority: PemIdentity, wish: LeafWish): Promise<PemIdentity> {
  const issuer = new x509.X509Certificate(authority.certificate);
  const issuerKey = await importKey(authority.key);
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serialNumber(),
    subject: nameOf(wish.commonName),
    issuer: issuer.subject,
    notBefore: wish.notBefore,
    notAfter: wish.notAfter ?? new Date(wish.notBefore.getTime() + LEAF_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: issuerKey,
    extensions: await extensionsOf(wish, issuer, keys.publicKey),
  });
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
}

/** A certificate that signs itself, as a device without an authority has. */
export async function createSelfSigned(wish: LeafWish): Promise<PemIdentity> {
  const keys = await newKeys();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: nameOf(wish.commonName),
    notBefore: wish.notBefore,
    notAfter: wish.notAfter ?? new Date(wish.notBefore.getTime() + LEAF_DAYS * DAY_MS),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [new x509.BasicConstraintsExtension(false)],
  });
  return { certificate: pem(certificate), key: await keyPem(keys.privateKey) };
}

async function extensionsOf(
  wish: LeafWish,
  issuer: x509.X509Certificate,
  publicKey: CryptoKey,
): Promise<x509.Extension[]> {
  const authority = wish.authority === true;
  const usages = authority
    ? x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign
    : x509.KeyUsageFlags.digitalSignature;
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(authority, undefined, true),
    new x509.KeyUsagesExtension(usages, true),
    await x509.SubjectKeyIdentifierExtension.create(publicKey),
    await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
  ];
  if (!authority) {
    extensions.push(
      new x509.ExtendedKeyUsageExtension([
        x509.ExtendedKeyUsage.serverAuth,
        x509.ExtendedKeyUsage.clientAuth,
      ]),
    );
  }
  const names = wish.alternativeNames ?? [];
  if (names.length > 0) {
    extensions.push(
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isAddress(value) ? 'ip' : 'dns', value })),
      ),
    );
  }
  return extensions;
}

function isAddress(name: string): boolean {
  return /^\d+\.\d+\.\d+\.\d+$/.test(name) || name.includes(':');
}

function nameOf(commonName: string): x509.JsonName {
  return [{ CN: [commonName] }];
}

/** 128 random bits; the first octet keeps the number positive and of full length. */
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

async function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function keyPem(key: CryptoKey): Promise<string> {
  return `${x509.PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}

async function importKey(text: string): Promise<CryptoKey> {
  const [der] = x509.PemConverter.decode(text);
  if (!der) throw new Error('the authority has no key');
  return (await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, true, ['sign'])) as CryptoKey;
}
