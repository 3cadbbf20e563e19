/**
 * Passwords as they are kept: scrypt, with its cost beside the hash, so that it can rise later.
 *
 *   scrypt$N$r$p$salt$hash     salt and hash in base64
 */
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const MEMORY_BYTES = 64 * 1024 * 1024;
const HASH_BYTES = 32;

export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;

export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, HASH_BYTES, { ...COST, maxmem: MEMORY_BYTES });
  const { N, r, p } = COST;
  return ['scrypt', N, r, p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/** What a name that nobody has is measured against: it takes as long as any other. */
const NOBODY: Promise<string> = hashPassword(randomBytes(16).toString('hex'));

/** Without a hash it is false, and takes its time all the same. */
export async function isPassword(password: string, kept: string | undefined): Promise<boolean> {
  const [, n, r, p, salt = '', hash = ''] = (kept ?? (await NOBODY)).split('$');
  const expected = Buffer.from(hash, 'base64');
  const cost = { N: Number(n), r: Number(r), p: Number(p), maxmem: MEMORY_BYTES };
  const found = await derive(password, Buffer.from(salt, 'base64'), expected.length, cost);
  return timingSafeEqual(found, expected) && kept !== undefined;
}
