/**
 * Certificates and keys on disk, one folder for each role. Operators may replace any file; nothing
 * here overwrites what exists.
 *
 *   pki/ca/                    ca.pem ca.key              the private authority
 *   pki/callmanager/           CallManager.pem .key       the call manager's own
 *   pki/CallManager-trust/     *.pem                      whom the call manager trusts
 *   pki/bridges/<name>/        <name>.pem .key trust/*.pem
 *   pki/phones/<name>/         <name>.pem .key trust/*.pem
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { createAuthority, issueLeaf, type PemIdentity } from './certificate-authority.ts';

/** A file that cannot be used; the message names it and says why. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
  readonly code = 'KEY_STORE';
}

/** An identity with those it trusts, all PEM. */
export interface TrustedIdentity extends PemIdentity {
  readonly trust: readonly string[];
}

export type DeviceClass = 'bridges' | 'phones';

export class KeyStore {
  readonly folder: string;

  /** `dataDirectory` is the root; everything is in its `pki`. */
  constructor(dataDirectory: string) {
    this.folder = join(dataDirectory, 'pki');
  }

  /** Makes the authority and the call manager's identity where they are missing. */
  async ensureCallManager(alternativeNames: readonly string[], now: Date): Promise<void> {
    const authority = await this.#ensureAuthority(now);
    const files = this.#callManagerFiles();
    if (!existsSync(files.certificate)) {
      const wish = { commonName: 'CallManager', alternativeNames, notBefore: backdated(now) };
      writeIdentity(files, await issueLeaf(authority, wish));
    }
    const trust = join(this.folder, 'CallManager-trust');
    if (!existsSync(trust)) writeFile(join(trust, 'conclave-ca.pem'), authority.certificate, 0o644);
  }

  /** Makes a device's identity where it is missing; true when it was made now. */
  async ensureDevice(kind: DeviceClass, name: string, now: Date): Promise<boolean> {
    const files = this.deviceFiles(kind, name);
    const authority = await this.#ensureAuthority(now);
    if (!existsSync(files.trust)) {
      // The device trusts whoever issued the call manager's certificate (BRG-05, TIP-13).
      writeFile(join(files.trust, 'conclave-ca.pem'), authority.certificate, 0o644);
    }
    if (existsSync(files.certificate)) return false;
    const wish = { commonName: name, notBefore: backdated(now) };
    writeIdentity(files, await issueLeaf(authority, wish));
    return true;
  }

  /** The call manager's identity and trust store. Throws a KeyStoreError for unusable files. */
  readCallManager(): TrustedIdentity {
    const files = this.#callManagerFiles();
    return {
      ...readIdentity(files),
      trust: readTrust(join(this.folder, 'CallManager-trust')),
    };
  }

  readDevice(kind: DeviceClass, name: string): TrustedIdentity {
    const files = this.deviceFiles(kind, name);
    return { ...readIdentity(files), trust: readTrust(files.trust) };
  }

  deviceFiles(
    kind: DeviceClass,
    name: string,
  ): { readonly certificate: string; readonly key: string; readonly trust: string } {
    if (!/^[A-Za-z0-9._-]{1,128}$/.test(name) || name.startsWith('.')) {
      throw new KeyStoreError(`${JSON.stringify(name)} cannot be a device name.`);
    }
    const folder = join(this.folder, kind, name);
    return {
      certificate: join(folder, `${name}.pem`),
      key: join(folder, `${name}.key`),
      trust: join(folder, 'trust'),
    };
  }

  #callManagerFiles(): { readonly certificate: string; readonly key: string } {
    const folder = join(this.folder, 'callmanager');
    return { certificate: join(folder, 'CallManager.pem'), key: join(folder, 'CallManager.key') };
  }

  async #ensureAuthority(now: Date): Promise<PemIdentity> {
    const files = {
      certificate: join(this.folder, 'ca', 'ca.pem'),
      key: join(this.folder, 'ca', 'ca.key'),
    };
    if (!existsSync(files.certificate)) {
      writeIdentity(files, await createAuthority('Conclave private CA', now));
    }
    return readIdentity(files);
  }
}

/** Reads a certificate and its key. Throws a KeyStoreError when they do not belong together. */
export function readIdentity(files: {
  readonly certificate: string;
  readonly key: string;
}): PemIdentity {
  const certificate = readText(files.certificate);
  const key = readText(files.key);
  let matches: boolean;
  try {
    matches = new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new KeyStoreError(`${files.certificate} and ${files.key} cannot be read: ${why}`);
  }
  if (!matches) {
    throw new KeyStoreError(`${files.key} is not the key of ${files.certificate}.`);
  }
  return { certificate, key };
}

/** Every certificate of a folder of PEM files, or of one file. */
export function readTrust(path: string): readonly string[] {
  if (!existsSync(path)) throw new KeyStoreError(`${path} is missing.`);
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.pem'))
        .sort()
        .map((name) => join(path, name))
    : [path];
  return files.map((file) => {
    const text = readText(file);
    try {
      new X509Certificate(text);
    } catch {
      throw new KeyStoreError(`${file} is not a certificate in PEM form.`);
    }
    return text;
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new KeyStoreError(`${file}: ${(error as NodeJS.ErrnoException).code}`);
  }
}

/** The key first: a certificate without its key must never be what a killed start leaves behind. */
function writeIdentity(
  files: { readonly certificate: string; readonly key: string },
  identity: PemIdentity,
): void {
  writeFile(files.key, identity.key, 0o600);
  writeFile(files.certificate, identity.certificate, 0o644);
}

/** Whole or not at all: written beside, flushed, then put in place. */
function writeFile(file: string, text: string, mode: number): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  const descriptor = openSync(temporary, 'w', mode);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}

function backdated(now: Date): Date {
  return new Date(now.getTime() - 3_600_000);
}
