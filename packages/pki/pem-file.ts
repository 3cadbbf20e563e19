/**
 * PEM files on disk: read with reasons, created whole or not at all, never overwritten.
 *
 * A file that is being made has another name until it is complete and flushed, so that neither a kill
 * nor a loss of power leaves half a certificate. Several processes may create the same file: one of
 * them wins, and the others are told.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PemIdentity } from './certificate-authority.ts';
import { KeyStoreError } from './key-store-error.ts';

/** Only the user who runs the call manager. */
export const KEY_MODE = 0o600;
export const CERTIFICATE_MODE = 0o644;
const FOLDER_MODE = 0o700;

/** A PEM file is a few kilobytes; a bundle of every public authority is 250 kB. */
const FILE_BYTES_MAX = 1_000_000;

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Where an identity is. */
export interface IdentityFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Reads a certificate and its key. Throws a KeyStoreError that names the file and the reason. */
export function readIdentity(files: IdentityFiles): PemIdentity {
  const certificate = readText(files.certificate);
  const key = readText(files.key);
  const [leaf] = certificatesOf(files.certificate, certificate);
  if (!leaf?.checkPrivateKey(privateKeyOf(files.key, key))) {
    throw new KeyStoreError(
      'KEY_STORE_MISMATCH',
      files.key,
      `${files.key} is not the key of ${files.certificate}; replace both together.`,
    );
  }
  return { certificate, key };
}

/** The text of a private key in PEM form, checked. Throws a KeyStoreError. */
export function readKey(file: string): string {
  const text = readText(file);
  privateKeyOf(file, text);
  return text;
}

/** The text of every PEM file of a folder, in order of name, or of one file. */
export function readTrust(path: string): readonly string[] {
  return trustFiles(path).map((file) => {
    const text = readText(file);
    certificatesOf(file, text);
    return text;
  });
}

/** The PEM files of a folder in order of name, or the one file that `path` is. */
export function trustFiles(path: string): readonly string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path).filter((name) => name.endsWith('.pem'));
    return names.toSorted().map((name) => join(path, name));
  } catch (error) {
    throw accessError(path, error);
  }
}

/** The certificates in `text`, at least one. `file` is for the error that is thrown otherwise. */
export function certificatesOf(file: string, text: string): readonly X509Certificate[] {
  const blocks = text.match(CERTIFICATE) ?? [];
  try {
    if (blocks.length > 0) return blocks.map((block) => new X509Certificate(block));
  } catch {
    // The sentence below says it better than OpenSSL does.
  }
  throw new KeyStoreError('KEY_STORE_FORMAT', file, `${file} is not a certificate in PEM form.`);
}

/** Reads a text file of reasonable size. Throws a KeyStoreError. */
export function readText(file: string): string {
  try {
    if (statSync(file).size <= FILE_BYTES_MAX) return readFileSync(file, 'utf8');
  } catch (error) {
    throw accessError(file, error);
  }
  throw new KeyStoreError('KEY_STORE_FORMAT', file, `${file} is too large for a PEM file.`);
}

/** Creates `file` with its folders; false when it was there, and then nothing has changed. */
export function createFile(file: string, text: string, mode: number): boolean {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: FOLDER_MODE });
    const temporary = writeTemporary(file, text, mode);
    try {
      return place(temporary, file);
    } finally {
      rmSync(temporary, { force: true });
      flushFolder(dirname(file));
    }
  } catch (error) {
    throw accessError(file, error);
  }
}

/**
 * Creates a folder that holds one file; false when the folder was there, whatever it holds. An empty
 * folder is thus never taken for one that has not been made yet.
 */
export function createFolder(folder: string, fileName: string, text: string): boolean {
  if (existsSync(folder)) return false;
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    rmSync(temporary, { recursive: true, force: true });
    createFile(join(temporary, fileName), text, CERTIFICATE_MODE);
    renameSync(temporary, folder);
    flushFolder(dirname(folder));
    return true;
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (existsSync(folder)) return false;
    throw accessError(folder, error);
  }
}

function privateKeyOf(file: string, text: string): KeyObject {
  try {
    return createPrivateKey(text);
  } catch {
    const why = text.includes('ENCRYPTED')
      ? 'is protected by a passphrase; store it without one'
      : 'is not a private key in PEM form';
    throw new KeyStoreError('KEY_STORE_FORMAT', file, `${file} ${why}.`);
  }
}

function writeTemporary(file: string, text: string, mode: number): string {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`);
  rmSync(temporary, { force: true });
  const descriptor = openSync(temporary, 'wx', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  return temporary;
}

/** A link, unlike a rename, never replaces what another process has put there meanwhile. */
function place(temporary: string, file: string): boolean {
  try {
    linkSync(temporary, file);
  } catch {
    if (existsSync(file)) return false;
    // Some file systems know no links.
    renameSync(temporary, file);
  }
  return true;
}

/** Makes the new name itself durable. */
function flushFolder(folder: string): void {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function accessError(file: string, error: unknown): KeyStoreError {
  if (error instanceof KeyStoreError) return error;
  const code = errorCode(error);
  if (code === 'ENOENT') {
    return new KeyStoreError('KEY_STORE_MISSING', file, `${file} is missing.`);
  }
  const why = code ?? (error instanceof Error ? error.message : String(error));
  return new KeyStoreError('KEY_STORE_ACCESS', file, `${file} cannot be used: ${why}.`);
}

function errorCode(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** Puts the text in the place of the file, whole or not at all. */
export function replaceFile(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}.new`;
  const descriptor = openSync(temporary, 'w', mode);
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, file);
}
