/**
 * `a=crypto` (SDES): the suite and key of the stream that whoever declares it sends.
 *
 *   1 AES_CM_128_HMAC_SHA1_80 inline:BASE64(key || salt)|2^31|1:4 FEC_ORDER=FEC_SRTP
 *   tag suite                 key parameters                     session parameters
 *
 * Source: [rfc] RFC 4568 §4, §6, §9; RFC 7714 §14.
 */

export type CryptoSuite =
  | 'AES_CM_128_HMAC_SHA1_80'
  | 'AES_CM_128_HMAC_SHA1_32'
  | 'AEAD_AES_128_GCM'
  | 'AEAD_AES_256_GCM';

/** Bytes of master key and master salt. */
const SIZES: Readonly<Record<CryptoSuite, { readonly key: number; readonly salt: number }>> = {
  AES_CM_128_HMAC_SHA1_80: { key: 16, salt: 14 },
  AES_CM_128_HMAC_SHA1_32: { key: 16, salt: 14 },
  AEAD_AES_128_GCM: { key: 16, salt: 12 },
  AEAD_AES_256_GCM: { key: 32, salt: 12 },
};

export interface CryptoLine {
  /** 0 ... 999999999. */
  readonly tag: number;
  readonly suite: CryptoSuite;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

/** What may be passed over: extensions that say so, and a hint about the size of the replay window. */
const HARMLESS = /^(-.+|WSH=\d+)$/;

/**
 * The value of one `a=crypto`. Undefined for what we cannot do: unknown suites, several keys, a master
 * key identifier in every packet, and session parameters that change what is protected, or how.
 */
export function parseCrypto(value: string): CryptoLine | undefined {
  const [tag = '', suite = '', keys = '', ...session] = value.trim().split(/ +/);
  if (!/^\d{1,9}$/.test(tag) || !isSuite(suite)) return undefined;
  if (!session.every((each) => HARMLESS.test(each))) return undefined;
  const [method = '', inline = ''] = splitOnce(keys, ':');
  if (method.toLowerCase() !== 'inline' || keys.includes(';')) return undefined;
  const [encoded = '', ...more] = inline.split('|');
  // A lifetime is a bound that no call of ours reaches; an identifier would be in the packets.
  if (more.length > 1 || !more.every((each) => /^(2\^)?\d{1,20}$/.test(each))) return undefined;
  const bytes = fromBase64(encoded);
  const { key, salt } = SIZES[suite];
  if (bytes?.length !== key + salt) return undefined;
  const line = { tag: Number(tag), suite, key: bytes.slice(0, key), salt: bytes.slice(key) };
  bytes.fill(0);
  return line;
}

export function formatCrypto({ tag, suite, key, salt }: CryptoLine): string {
  const bytes = new Uint8Array(key.length + salt.length);
  bytes.set(key);
  bytes.set(salt, key.length);
  const encoded = bytes.toBase64();
  bytes.fill(0);
  return `${tag} ${suite} inline:${encoded}`;
}

function isSuite(name: string): name is CryptoSuite {
  return Object.hasOwn(SIZES, name);
}

function splitOnce(text: string, separator: string): readonly [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function fromBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return undefined;
  try {
    return Uint8Array.fromBase64(text);
  } catch {
    return undefined;
  }
}
