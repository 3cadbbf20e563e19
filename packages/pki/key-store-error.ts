/** What can be wrong with the files of a key store, each with the file that an operator must mend. */

export type KeyStoreErrorCode =
  /** The file or folder is not there. */
  | 'KEY_STORE_MISSING'
  /** It is there but cannot be read or written. */
  | 'KEY_STORE_ACCESS'
  /** It is not what its name says: no certificate, no private key. */
  | 'KEY_STORE_FORMAT'
  /** Key and certificate do not belong together. */
  | 'KEY_STORE_MISMATCH'
  /** A name that no file may have. */
  | 'KEY_STORE_NAME';

/** A file that cannot be used. The message names it and says why; it never holds the content. */
export class KeyStoreError extends Error {
  override readonly name = 'KeyStoreError';
  readonly code: KeyStoreErrorCode;
  /** Path of the file or folder; the name itself for KEY_STORE_NAME. */
  readonly file: string;

  constructor(code: KeyStoreErrorCode, file: string, message: string) {
    super(message);
    this.code = code;
    this.file = file;
  }
}
