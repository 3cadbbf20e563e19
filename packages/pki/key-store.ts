/**
 * Certificates and keys on disk, one folder for each role. Operators may replace any file by hand; what exists
 * is overwritten only when somebody asks for it (`reissue`, `install`), whole or not at all.
 *
 *   pki/ca/                    ca.pem ca.key              the private authority
 *   pki/callmanager/           CallManager.pem .key       the call manager's own
 *   pki/CallManager-trust/     *.pem                      whom the call manager trusts (BRG-04)
 *   pki/bridges/<name>/        <name>.pem .key trust/*.pem
 *   pki/music-servers/<name>/  <name>.pem .key trust/*.pem
 *   pki/phones/<name>/         <name>.pem .key trust/*.pem
 *
 * Keys are readable by their owner only, as are all folders. The authority is needed only to issue:
 * once everybody has a certificate its key may be taken away.
 */
import { createPublicKey, hash, type X509Certificate } from 'node:crypto';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  AuthorityError,
  BACKDATE_MS,
  createAuthority,
  createKey,
  issueLeaf,
  type LeafWish,
  type PemIdentity,
} from './certificate-authority.ts';
import { type CertificateFacts, certificateFacts } from './certificate-facts.ts';
import { KeyStoreError } from './key-store-error.ts';
import {
  CERTIFICATE_MODE,
  certificatesOf,
  createFile,
  createFolder,
  type IdentityFiles,
  KEY_MODE,
  readIdentity,
  readKey,
  readText,
  readTrust,
  replaceFile,
  trustFiles,
} from './pem-file.ts';

/** Followed by digits of its key, so that two data directories never seem to have one authority. */
const AUTHORITY_NAME = 'Conclave private CA';
const AUTHORITY_KEY_DIGITS = 8;

/** Who signs the security timelines. */
const SIGNER_NAME = 'conclave-records';

const CALL_MANAGER_NAME = 'CallManager';

/** Under this name the authority's certificate is in trust folders. */
const AUTHORITY_FILE = 'conclave-ca.pem';

const FILE_NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/;

/** An identity with those it trusts, all PEM. */
export interface TrustedIdentity extends PemIdentity {
  readonly trust: readonly string[];
}

export type DeviceClass = 'bridges' | 'music-servers' | 'phones';

export interface DeviceFiles extends IdentityFiles {
  /** Folder of the certificates that the device trusts. */
  readonly trust: string;
}

/** A certificate with its key beside it. */
export interface OwnEntry extends CertificateFacts {
  /** The device's name, or `CallManager`. */
  readonly id: string;
  /** Absent: the call manager's. */
  readonly kind?: DeviceClass;
}

/** One certificate of the CallManager-trust folder. */
export interface TrustEntry extends CertificateFacts {
  /** Name of the file in the folder. */
  readonly file: string;
}

export class KeyStore {
  readonly folder: string;

  /** `dataDirectory` is the root; everything is in its `pki`. Nothing is read or made yet. */
  constructor(dataDirectory: string) {
    this.folder = join(dataDirectory, 'pki');
  }

  /**
   * Makes the call manager's identity and trust store where they are missing, and the authority when
   * it takes one. `alternativeNames` are DNS names and addresses. Throws a KeyStoreError.
   */
  async ensureCallManager(alternativeNames: readonly string[], now: Date): Promise<void> {
    await this.#ensureLeaf(this.#callManagerFiles(), now, {
      commonName: CALL_MANAGER_NAME,
      alternativeNames,
    });
    const { trust } = this.#callManagerFiles();
    if (existsSync(trust)) return;
    createFolder(trust, AUTHORITY_FILE, (await this.#ensureAuthority(now)).certificate);
  }

  /** Makes a device's identity and trust where missing; true when its certificate was made now. */
  async ensureDevice(kind: DeviceClass, name: string, now: Date): Promise<boolean> {
    const files = this.deviceFiles(kind, name);
    if (!existsSync(files.trust)) {
      createFolder(files.trust, AUTHORITY_FILE, await this.#anchor(now));
    }
    return await this.#ensureLeaf(files, now, { commonName: name });
  }

  /** The call manager's identity and trust store. Throws a KeyStoreError for unusable files. */
  readCallManager(): TrustedIdentity {
    const files = this.#callManagerFiles();
    return { ...readIdentity(files), trust: readTrust(files.trust) };
  }

  /**
   * Who signs the records, made where it is missing; `authority` is the PEM of who issued it. Throws a
   * KeyStoreError.
   */
  async ensureSigner(now: Date): Promise<PemIdentity & { readonly authority: string }> {
    const folder = join(this.folder, 'records');
    const files = { certificate: join(folder, 'records.pem'), key: join(folder, 'records.key') };
    await this.#ensureLeaf(files, now, { commonName: SIGNER_NAME });
    return { ...readIdentity(files), authority: (await this.#ensureAuthority(now)).certificate };
  }

  /** A device's identity and whom it trusts. Throws a KeyStoreError for unusable files. */
  readDevice(kind: DeviceClass, name: string): TrustedIdentity {
    const files = this.deviceFiles(kind, name);
    return { ...readIdentity(files), trust: readTrust(files.trust) };
  }

  /** Where a device's files are, whether they exist or not. Throws for a name no file may have. */
  deviceFiles(kind: DeviceClass, name: string): DeviceFiles {
    checkName(name);
    const folder = join(this.folder, kind, name);
    return {
      certificate: join(folder, `${name}.pem`),
      key: join(folder, `${name}.key`),
      trust: join(folder, 'trust'),
    };
  }

  /** Every certificate with a key beside it; the call manager's first. Files that cannot be read are left out. */
  listOwn(): readonly OwnEntry[] {
    const kinds = ['bridges', 'music-servers', 'phones'] as const;
    const devices = kinds.flatMap((kind) => {
      const folder = join(this.folder, kind);
      const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
      return names.map((name) => ({ id: name, kind, files: this.deviceFiles(kind, name) }));
    });
    const own = [{ id: CALL_MANAGER_NAME, files: this.#callManagerFiles() }, ...devices];
    return own.flatMap(({ id, files, ...kind }) => {
      const [leaf] = existsSync(files.certificate) ? this.#certificatesOf(files) : [];
      return leaf ? [{ id, ...kind, ...certificateFacts(leaf) }] : [];
    });
  }

  /** The files of what `listOwn` names; undefined: there is none of that name. */
  filesOf(id: string): DeviceFiles | undefined {
    const entry = this.listOwn().find((each) => each.id === id);
    if (!entry) return undefined;
    return entry.kind ? this.deviceFiles(entry.kind, id) : this.#callManagerFiles();
  }

  /**
   * A new certificate of the private authority for the key that is there; who trusts the authority trusts it.
   * `alternativeNames` are those of the call manager. Throws a KeyStoreError.
   */
  async reissue(id: string, now: Date, alternativeNames: readonly string[]): Promise<void> {
    const files = this.filesOf(id);
    if (!files) throw new KeyStoreError('KEY_STORE_MISSING', id, `${id} has no certificate.`);
    const notBefore = new Date(now.getTime() - BACKDATE_MS);
    const names = id === CALL_MANAGER_NAME ? { alternativeNames } : {};
    const wish = { commonName: id, notBefore, key: readKey(files.key), ...names };
    const { certificate } = await issueLeaf(await this.#ensureAuthority(now), wish);
    replaceFile(files.certificate, certificate, CERTIFICATE_MODE);
  }

  /** Puts a chain in the place of a certificate; `lintCertificate` has found nothing wrong with it. */
  install(id: string, chain: string): void {
    const files = this.filesOf(id);
    if (!files) throw new KeyStoreError('KEY_STORE_MISSING', id, `${id} has no certificate.`);
    replaceFile(files.certificate, chain, CERTIFICATE_MODE);
  }

  #certificatesOf({ certificate }: DeviceFiles): readonly X509Certificate[] {
    try {
      return certificatesOf(certificate, readText(certificate));
    } catch {
      return [];
    }
  }

  /** Every certificate the call manager trusts, in order of file (TIP-19, SUP-04). */
  listTrust(): readonly TrustEntry[] {
    return trustFiles(this.#callManagerFiles().trust).flatMap((file) =>
      certificatesOf(file, readText(file)).map((certificate) => ({
        file: basename(file),
        ...certificateFacts(certificate),
      })),
    );
  }

  /**
   * Puts certificates into the call manager's trust store under `name`.pem. Listeners use them once
   * they are made anew (SUP-05). Throws a KeyStoreError when it is no certificate or the name is taken.
   */
  addTrust(name: string, certificate: string): void {
    const file = this.#trustFile(`${name}.pem`);
    certificatesOf(`${name}.pem`, certificate);
    if (createFile(file, certificate, CERTIFICATE_MODE)) return;
    throw new KeyStoreError('KEY_STORE_NAME', file, `${file} exists; remove it first.`);
  }

  /** The text of a file as `listTrust` names it. */
  trustedPem(fileName: string): string {
    return readText(this.#trustFile(fileName));
  }

  /** Takes a file as `listTrust` names it out of the trust store. Throws when there is none. */
  removeTrust(fileName: string): void {
    const file = this.#trustFile(fileName);
    if (!existsSync(file)) {
      throw new KeyStoreError('KEY_STORE_MISSING', file, `${file} is missing.`);
    }
    rmSync(file);
  }

  #callManagerFiles(): DeviceFiles {
    const folder = join(this.folder, 'callmanager');
    return {
      certificate: join(folder, 'CallManager.pem'),
      key: join(folder, 'CallManager.key'),
      trust: join(this.folder, 'CallManager-trust'),
    };
  }

  #authorityFiles(): IdentityFiles {
    const folder = join(this.folder, 'ca');
    return { certificate: join(folder, 'ca.pem'), key: join(folder, 'ca.key') };
  }

  #trustFile(fileName: string): string {
    checkName(fileName);
    return join(this.#callManagerFiles().trust, fileName);
  }

  async #ensureAuthority(now: Date): Promise<PemIdentity> {
    const files = this.#authorityFiles();
    await ensureIdentity(files, (key) => createAuthority(authorityName(key), now, key));
    return readIdentity(files);
  }

  async #ensureLeaf(
    files: IdentityFiles,
    now: Date,
    wish: Omit<LeafWish, 'notBefore'>,
  ): Promise<boolean> {
    return await ensureIdentity(files, async (key) => {
      const authority = await this.#ensureAuthority(now);
      const notBefore = new Date(now.getTime() - BACKDATE_MS);
      try {
        return await issueLeaf(authority, { ...wish, notBefore, key });
      } catch (error) {
        if (!(error instanceof AuthorityError)) throw error;
        const file = this.#authorityFiles().key;
        throw new KeyStoreError('KEY_STORE_FORMAT', file, `${file}: ${error.message}`);
      }
    });
  }

  /**
   * What a device must hold to trust the call manager (BRG-05, TIP-13): the authority at the top of
   * the chain of CallManager.pem as far as it is known here, else that certificate itself.
   */
  async #anchor(now: Date): Promise<string> {
    const file = this.#callManagerFiles().certificate;
    if (!existsSync(file)) return (await this.#ensureAuthority(now)).certificate;
    const known = [...certificatesOf(file, readText(file))];
    const authority = this.#authorityFiles().certificate;
    if (existsSync(authority)) known.push(...certificatesOf(authority, readText(authority)));
    let top = known[0];
    for (let left = known.length; top && left > 0; left -= 1) {
      const below = top;
      const above = known.find((each) => below.checkIssued(each) && below.verify(each.publicKey));
      if (!above || above === below) break;
      top = above;
    }
    return top?.toString() ?? '';
  }
}

/**
 * Makes key and certificate where the certificate is missing; true when it was made now. The key is
 * first: a kill in between leaves a key without certificate, and the next call certifies that key.
 */
async function ensureIdentity(
  files: IdentityFiles,
  issue: (key: string) => Promise<PemIdentity>,
): Promise<boolean> {
  if (existsSync(files.certificate)) return false;
  createFile(files.key, createKey(), KEY_MODE);
  const { certificate } = await issue(readKey(files.key));
  return createFile(files.certificate, certificate, CERTIFICATE_MODE);
}

function authorityName(key: string): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const digits = hash('sha256', spki).slice(0, AUTHORITY_KEY_DIGITS).toUpperCase();
  return `${AUTHORITY_NAME} ${digits}`;
}

function checkName(name: string): void {
  if (FILE_NAME.test(name)) return;
  throw new KeyStoreError('KEY_STORE_NAME', name, `${JSON.stringify(name)} cannot name a file.`);
}
