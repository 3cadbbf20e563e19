import { X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createSelfSigned } from './certificate-authority.ts';
import { certificateNames, commonNameOf, matchesDeviceName } from './device-identity.ts';

/*
 * Goal: a certificate stands for its own device and for no other, by TIP-15 ... TIP-17 with D-24.
 * Method: a table of common names with the trick each one tries, then properties.
 */

describe('the label up to the first dot is the device name (D-24, TIP-15)', () => {
  test.each([
    // common name                         device name        label  prefix
    ['example', 'example', true, true],
    ['example.cisco.com', 'example', true, true],
    ['EXAMPLE.cisco.com', 'example', true, true],
    ['example', 'EXAMPLE', true, true],
    ['example.cisco.com', 'examp', false, true],
    ['examples', 'example', false, true],
    ['example-2.cisco.com', 'example', false, true],
    ['example.', 'example', true, true],
    ['example..', 'example', true, true],
    ['.example', 'example', false, false],
    ['cisco.example', 'example', false, false],
    ['xexample', 'example', false, false],
    ['exampl', 'example', false, false],
    ['', 'example', false, false],
    ['example', '', false, false],
    ['', '', false, false],
    ['.', '', false, false],
    ['*', 'example', false, false],
    ['*.cisco.com', 'example', false, false],
    // A dot in the device name leaves it without any certificate: two bridges could share one.
    ['example.cisco.com', 'example.cisco', false, true],
    // Tricks: NUL, white space, line feeds, look-alikes, compatibility forms.
    ['example\0.evil.com', 'example', false, false],
    ['example\0', 'example', false, false],
    [' example', 'example', false, false],
    ['example ', 'example', false, false],
    ['example\n', 'example', false, false],
    ['ехample', 'example', false, false],
    ['éxample', 'éxample', false, false],
    ['example.cisco.com', 'example', true, true],
    ['example\u202e', 'example', false, false],
    ['CFB-ſecure', 'CFB-SECURE', false, false],
    ['example'.padEnd(129, 'x'), 'example', false, false],
  ])('%j for %j: %s, as a literal prefix %s', (commonName, deviceName, byLabel, byPrefix) => {
    expect(matchesDeviceName(commonName, deviceName, { literalPrefix: false })).toBe(byLabel);
    expect(matchesDeviceName(commonName, deviceName, { literalPrefix: true })).toBe(byPrefix);
  });
});

describe('a phone may carry LSC or MIC', () => {
  test.each([
    ['SEP0011223344AB', true],
    ['sep0011223344ab', true],
    ['SEP0011223344AB.example.com', true],
    ['CP-7961G-SEP0011223344AB', true],
    ['CP-7941G-GE-SEP0011223344AB', true],
    ['cp-7961g-sep0011223344ab', true],
    ['CP-7961G-SEP0011223344AB.example.com', true],
    ['CP-7961G-SEP0011223344AC', false],
    ['CP-SEP0011223344AB', false],
    ['7961G-SEP0011223344AB', false],
    ['CP-7961G-SEP0011223344ABC', false],
    ['CP-79.61-SEP0011223344AB', false],
  ])('%s: %s', (commonName, matches) => {
    const rule = { literalPrefix: false };
    expect(matchesDeviceName(commonName, 'SEP0011223344AB', rule)).toBe(matches);
  });

  test('the form of a factory name does nothing for a bridge', () => {
    expect(matchesDeviceName('CP-7961G-CFB1', 'CFB1', { literalPrefix: false })).toBe(false);
  });
});

test('certificateNames are the names that match', () => {
  expect(certificateNames({ name: 'CFB-SECURE' })).toEqual(['CFB-SECURE']);
  expect(certificateNames({ name: 'CFB-SECURE', model: 'DSP' })).toEqual(['CFB-SECURE']);
  expect(certificateNames({ name: 'SEP0011223344AB' })).toEqual(['SEP0011223344AB']);
  const names = certificateNames({ name: 'SEP0011223344AB', model: '7961G' });
  expect(names).toEqual(['SEP0011223344AB', 'CP-7961G-SEP0011223344AB']);
  for (const name of names) {
    expect(matchesDeviceName(name, 'SEP0011223344AB', { literalPrefix: false })).toBe(true);
  }
});

const LABEL = fc.stringMatching(/^[A-Za-z0-9_-]{1,15}$/);

test('one certificate stands for one device only, whatever the two are called (TIP-17)', () => {
  fc.assert(
    fc.property(LABEL, LABEL, fc.string(), (one, other, host) => {
      fc.pre(one.toLowerCase() !== other.toLowerCase());
      const rule = { literalPrefix: false };
      const commonName = `${one}.${host}`;
      expect(
        matchesDeviceName(commonName, one, rule) && matchesDeviceName(commonName, other, rule),
      ).toBe(false);
    }),
  );
});

test('the literal prefix accepts whatever the label accepts, never the reverse', () => {
  fc.assert(
    fc.property(LABEL, fc.string(), (name, rest) => {
      const commonName = `${name}${rest}`;
      const byLabel = matchesDeviceName(commonName, name, { literalPrefix: false });
      const byPrefix = matchesDeviceName(commonName, name, { literalPrefix: true });
      expect(byLabel && !byPrefix).toBe(false);
    }),
  );
});

describe('the common name of a certificate', () => {
  test.each([
    ['one', { subject: { CN: 'example' } }, 'example'],
    ['several', { subject: { CN: ['example', 'other'] } }, undefined],
    ['none', { subject: {} }, undefined],
    ['no subject', { subject: undefined }, undefined],
    ['no certificate at all', {}, undefined],
  ])('%s', (_name, certificate, expected) => {
    expect(commonNameOf(certificate)).toBe(expected);
  });

  test.each(['CFB-SECURE', 'a, CN=b', 'SEP1\0evil', 'Ä', ''])('%j survives X.509', async (name) => {
    const notBefore = new Date('2026-01-01T00:00:00Z');
    const { certificate } = await createSelfSigned({ commonName: name, notBefore });
    expect(commonNameOf(new X509Certificate(certificate))).toBe(name);
  });
});

test('the alternative name does not count (TIP-16)', async () => {
  const { certificate } = await createSelfSigned({
    commonName: 'foo',
    alternativeNames: ['example'],
    notBefore: new Date('2026-01-01T00:00:00Z'),
  });
  const commonName = commonNameOf(new X509Certificate(certificate)) ?? '';
  expect(matchesDeviceName(commonName, 'example', { literalPrefix: true })).toBe(false);
});
