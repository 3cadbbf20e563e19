import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatHostPort, parseHostPort, parseIpv6, sameHost } from './host.ts';
import { formatUri, parseUri, sameUri, schemeOf, type Uri } from './uri.ts';

/*
 * Goal: what a URI means survives reading and writing, equality is that of RFC 3261 §19.1.4, and no
 * text makes the reader throw or take long. Method: the RFCs' examples, and arbitrary values.
 */

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const hosts = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());
const sipUris = fc.record(
  {
    scheme: fc.constantFrom('sip' as const, 'sips' as const),
    user: text,
    password: text,
    host: hosts.map((host) => host.toLowerCase()),
    port: fc.integer({ min: 1, max: 65_535 }),
    parameters: fc
      .array(fc.tuple(text, fc.string({ unit: 'grapheme', maxLength: 20 })), { maxLength: 4 })
      .map((entries) => new Map(entries.map(([name, value]) => [name.toLowerCase(), value]))),
    headers: fc.constantFrom('Subject=x', 'a=b&c=d', ''),
  },
  { requiredKeys: ['scheme', 'host', 'parameters'] },
);

describe('SIP URIs', () => {
  test('what is written is read back as it was, whatever is in it', () => {
    fc.assert(
      fc.property(sipUris, (sent) => {
        const uri = sent.user === undefined ? { ...sent, password: undefined } : sent;
        const written = formatUri(uri);
        expect(written).toMatch(/^[\x21-\x7e]+$/);
        const read = parseUri(written);
        expect(read.ok && read.value).toEqual(uri);
        expect(read.ok && sameUri(read.value, uri)).toBe(true);
      }),
    );
  });

  test('no text makes it throw', () => {
    const parts = fc.constantFrom('sip:', 'sips:', 'tel:', '@', ':', ';', '=', '%', '%4', '[', ']');
    const near = fc.array(fc.oneof(parts, text), { maxLength: 12 }).map((each) => each.join(''));
    fc.assert(
      fc.property(near, (written) => {
        const read = parseUri(written);
        // Whatever was taken stays the same when it is written and read again.
        if (read.ok) expect(parseUri(formatUri(read.value))).toEqual(read);
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtlanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:ada@[2001:db8::0:1]', 'sip:ada@[2001:DB8:0::1]'],
  ])('RFC 3261 §19.1.4, RFC 5954: %s is %s', (one, other) => {
    expect(sameUri(uriOf(one), uriOf(other))).toBe(true);
    expect(sameUri(uriOf(other), uriOf(one))).toBe(true);
  });

  test.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:bob@biloxi.com', 'sips:bob@biloxi.com'],
    ['sip:bob@biloxi.com', 'sip:bob:x@biloxi.com'],
    ['sip:bob@biloxi.com', 'tel:+1'],
  ])('RFC 3261 §19.1.4: %s is not %s', (one, other) => {
    expect(sameUri(uriOf(one), uriOf(other))).toBe(false);
    expect(sameUri(uriOf(other), uriOf(one))).toBe(false);
  });

  test.each([
    '',
    'sip:',
    'sip:@host',
    'sip:a@',
    'sip:a@b@c',
    'sip:a%4@b',
    'sip:a%zz@b',
    'sip:a b@c',
    'sip:<a@b>',
    'sip:a@b:',
    'sip:a@b:65536',
    'sip:a@b:5060x',
    'sip:a@b;',
    'sip:a@b;x=1;X=2',
    'sip:a@b..c',
    'sip:a@[::1',
    'sip:a@::1',
    'sip:a@[1.2.3.4]',
    'alan@example.org',
    '1tel:5',
    'tel:',
    'tel:12x',
  ])('"%s" is refused', (written) => {
    expect(parseUri(written).ok).toBe(false);
  });

  test('a telephone number counts without its visual separators (RFC 3966 §5)', () => {
    const one = uriOf('tel:+1-(201)-555.0123');
    expect(formatUri(one)).toBe('tel:+12015550123');
    expect(sameUri(one, uriOf('TEL:+12015550123'))).toBe(true);
    const local = uriOf('tel:7042;phone-context=example.com');
    expect(local).toMatchObject({ number: '7042' });
    expect(sameUri(local, uriOf('tel:7042'))).toBe(false);
  });

  test('other schemes stay as they are', () => {
    const uri = uriOf('urn:x-cisco-remotecc:callinfo');
    expect(schemeOf(uri)).toBe('urn');
    expect(formatUri(uri)).toBe('urn:x-cisco-remotecc:callinfo');
    expect(sameUri(uri, uriOf('urn:service:sos'))).toBe(false);
  });
});

describe('hosts', () => {
  test('an IPv6 address is one, however it is written', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (words) => {
        const full = words.map((word) => word.toString(16)).join(':');
        const padded = words.map((word) => word.toString(16).padStart(4, '0')).join(':');
        expect(parseIpv6(full)).toBe(full);
        expect(sameHost(full, padded.toUpperCase())).toBe(true);
      }),
    );
    expect(sameHost('::ffff:192.0.2.1', '::FFFF:c000:201')).toBe(true);
    expect(sameHost('::1', '::2')).toBe(false);
    expect(sameHost('::1', 'localhost')).toBe(false);
  });

  test.each([
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '1.2.3.4::',
    '::1.2.3.256',
    '::1.2.3',
    'g::',
    'host',
    '',
  ])('"%s" is no IPv6 address', (written) => {
    expect(parseIpv6(written)).toBeUndefined();
  });

  test('ports and brackets', () => {
    expect(parseHostPort('[2001:DB8::1]:5061')).toEqual({ host: '2001:db8::1', port: 5061 });
    expect(parseHostPort('Host.Example.org : 5060')).toEqual({
      host: 'host.example.org',
      port: 5060,
    });
    expect(formatHostPort({ host: '::1', port: 5060 })).toBe('[::1]:5060');
    expect(formatHostPort({ host: 'a' })).toBe('a');
    expect(parseHostPort('[::1]5060')).toBeUndefined();
  });
});

function uriOf(written: string): Uri {
  const read = parseUri(written);
  if (!read.ok) throw new Error(written);
  return read.value;
}
