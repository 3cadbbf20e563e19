/**
 * A file of entries in which nothing can be changed, left out, added or put into another order without being found
 * out: each entry's hash covers the one before, and the last entry seals the chain with a signature.
 *
 *   <sha-256 of the hash before and this body, hexadecimal> <body: JSON in one line>
 *
 * The hash is of the very text of the body, so that no two readers can disagree about what was hashed. The seal is
 * the body `{"type":"seal","signature":...,"certificate":...}`; its signature is ECDSA or RSA with SHA-256 over the
 * hash of the entry before it. What is *not* found out: that a whole file is missing, which is for who keeps a list.
 */
import { createHash, createPrivateKey, sign, verify, X509Certificate } from 'node:crypto';
import type { PemIdentity } from './certificate-authority.ts';
import { commonNameOf } from './device-identity.ts';

/** The hash before the first entry. */
export const CHAIN_START: string = '0'.repeat(64);

const LINE = /^([0-9a-f]{64}) (\{.*\})$/;

export interface ChainLine {
  readonly hash: string;
  /** With its line feed. */
  readonly text: string;
}

/** The line of an entry that follows the one with the hash `before`. */
export function chainLine(before: string, body: object): ChainLine {
  const text = JSON.stringify(body);
  const hash = hashOf(before, text);
  return { hash, text: `${hash} ${text}\n` };
}

/** The last line. `signer` has the chain of its certificate, up to but without the authority. */
export function sealLine(before: string, signer: PemIdentity): ChainLine {
  const signature = sign('sha256', Buffer.from(before, 'hex'), createPrivateKey(signer.key));
  return chainLine(before, {
    type: 'seal',
    signature: signature.toString('base64'),
    certificate: signer.certificate,
  });
}

export interface ChainVerdict {
  /** Without the seal; up to the first fault. */
  readonly entries: readonly Readonly<Record<string, unknown>>[];
  /** Of each entry. */
  readonly hashes: readonly string[];
  /** The last of them. */
  readonly head: string;
  /** Absent: it is not sealed. */
  readonly signedBy?: string;
  /** The first thing that is wrong, in a sentence. Absent: nothing. */
  readonly fault?: string;
}

/** Reads a chain. `authority`: the PEM of whose certificates are believed; absent: any signature is. */
export function verifyChain(text: string, authority?: string): ChainVerdict {
  const entries: Readonly<Record<string, unknown>>[] = [];
  const hashes: string[] = [];
  const lines = text.split('\n');
  const isTorn = lines.pop() !== '';
  let head = CHAIN_START;
  for (const [at, line] of lines.entries()) {
    const [, hash, body = ''] = LINE.exec(line) ?? [];
    const fail = (fault: string): ChainVerdict => ({
      entries,
      hashes,
      head,
      fault: `Line ${at + 1} ${fault}`,
    });
    if (hash === undefined) return fail('is no entry.');
    if (hash !== hashOf(head, body)) return fail('is not what was written there.');
    const entry = parsed(body);
    if (!entry) return fail('is no JSON.');
    if (entry.type === 'seal') {
      const signer = signerOf(entry, head, authority);
      if ('fault' in signer) return fail(signer.fault);
      if (at + 1 < lines.length || isTorn) return fail('is the seal, and something follows it.');
      return { entries, hashes, head, signedBy: signer.name };
    }
    entries.push(entry);
    hashes.push(hash);
    head = hash;
  }
  const whole = { entries, hashes, head };
  return isTorn ? { ...whole, fault: 'The last line is torn.' } : whole;
}

function hashOf(before: string, body: string): string {
  return createHash('sha256').update(`${before}\n${body}`).digest('hex');
}

function parsed(body: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return JSON.parse(body) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

function signerOf(
  { signature, certificate }: Readonly<Record<string, unknown>>,
  head: string,
  authority: string | undefined,
): { readonly name: string } | { readonly fault: string } {
  try {
    const leaf = new X509Certificate(String(certificate));
    const bytes = Buffer.from(String(signature), 'base64');
    if (!verify('sha256', Buffer.from(head, 'hex'), leaf.publicKey, bytes)) {
      return { fault: 'has a signature that is not of this file.' };
    }
    if (authority !== undefined) {
      const issuer = new X509Certificate(authority);
      const isIssued = leaf.checkIssued(issuer) && leaf.verify(issuer.publicKey);
      if (!isIssued) return { fault: 'is signed by somebody whom this authority does not know.' };
    }
    return { name: commonNameOf(leaf) ?? leaf.subject };
  } catch {
    return { fault: 'has a seal that cannot be read.' };
  }
}
