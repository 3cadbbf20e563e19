/**
 * What is stored of a password for SIP digest: its hashes with user and realm, of no use in another
 * realm. Source: [rfc] RFC 7616 §3.4.2.
 */
import { createHash } from 'node:crypto';
import type { StoredDigest } from './configuration.ts';

/** Characters. */
export const PASSWORD_MAX = 128;

export function digestOf({
  user,
  realm,
  password,
}: {
  readonly user: string;
  readonly realm: string;
  readonly password: string;
}): StoredDigest {
  const secret = `${user}:${realm}:${password}`;
  const hash = (algorithm: string): string => createHash(algorithm).update(secret).digest('hex');
  return { user, realm, md5: hash('md5'), sha256: hash('sha256') };
}
