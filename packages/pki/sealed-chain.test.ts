import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { createAuthority, issueLeaf, type PemIdentity } from './certificate-authority.ts';
import { CHAIN_START, chainLine, sealLine, verifyChain } from './sealed-chain.ts';

/*
 * Goal: whatever is done to a sealed file is found out, whoever does it, unless he has the key. Method: every line
 * left out, doubled, swapped, changed in any character; a file that somebody else signed.
 */

const NOW = new Date('2026-11-23T12:00:00Z');
const BODIES = [1, 2, 3, 4].map((level) => ({
  type: 'level',
  level,
  because: 'a "quoted" reason',
}));

let authority: PemIdentity;
let signer: PemIdentity;
let lines: readonly string[];

beforeAll(async () => {
  authority = await createAuthority('Conclave CA', NOW);
  signer = await issueLeaf(authority, { commonName: 'conclave-records', notBefore: NOW });
  lines = linesOf(BODIES, signer);
});

function linesOf(bodies: readonly object[], by: PemIdentity): readonly string[] {
  let head = CHAIN_START;
  const texts = bodies.map((body) => {
    const { hash, text } = chainLine(head, body);
    head = hash;
    return text;
  });
  return [...texts, sealLine(head, by).text];
}

function verdict(parts: readonly string[] = lines) {
  return verifyChain(parts.join(''), authority.certificate);
}

test('a whole file says what was written, and who signed it', () => {
  expect(verdict()).toMatchObject({ entries: BODIES, signedBy: 'conclave-records' });
  expect(verdict().fault).toBeUndefined();
});

test('a file that is being written is whole as far as it goes, and not sealed', () => {
  const open = verdict(lines.slice(0, 3));
  expect([open.entries, open.signedBy, open.fault]).toEqual([
    BODIES.slice(0, 3),
    undefined,
    undefined,
  ]);
});

describe('what is found out', () => {
  test.each([0, 1, 2, 3])('line %i is left out', (at) => {
    expect(verdict(lines.filter((_, index) => index !== at)).fault).toBeDefined();
  });

  test.each([0, 1, 2])('line %i and the next change places', (at) => {
    const changed = [...lines];
    [changed[at], changed[at + 1]] = [lines[at + 1] ?? '', lines[at] ?? ''];
    expect(verdict(changed).fault).toBeDefined();
  });

  test('any character of it is another one', () => {
    const whole = lines.join('');
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 33, max: 126 }), (at, code) => {
        const other = String.fromCharCode(code);
        fc.pre(whole[at] !== other);
        const changed = whole.slice(0, at) + other + whole.slice(at + 1);
        const { fault, entries, signedBy } = verifyChain(changed, authority.certificate);
        // What the seal says of itself beside signature and certificate changes nothing that was written.
        if (fault === undefined) expect([entries, signedBy]).toEqual([BODIES, 'conclave-records']);
      }),
      { numRuns: 400 },
    );
  });

  test('the seal is of another file, or by another authority, or something follows it', async () => {
    const others = linesOf(BODIES.slice(1), signer);
    expect(verdict([...lines.slice(0, 4), others.at(-1) ?? '']).fault).toBeDefined();
    const stranger = await createAuthority('Stranger', NOW);
    const forged = await issueLeaf(stranger, { commonName: 'conclave-records', notBefore: NOW });
    expect(verdict(linesOf(BODIES, forged)).fault).toContain('does not know');
    expect(verdict([...lines, 'more\n']).fault).toContain('something follows it');
    expect(verdict([...lines, 'torn']).fault).toContain('something follows it');
  });

  test('an end that is torn off within a line', () => {
    expect(verdict([...lines.slice(0, 2), (lines[2] ?? '').slice(0, 30)]).fault).toContain('torn');
  });
});
