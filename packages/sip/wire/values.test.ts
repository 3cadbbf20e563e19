import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatChallenge, formatCredentials, parseAuthHeader } from './auth-header.ts';
import { formatCSeq, parseCSeq } from './cseq.ts';
import {
  formatNameAddress,
  type NameAddress,
  parseNameAddress,
  parseNameAddresses,
} from './name-address.ts';
import { formatParameters, parseParameters, withParameters } from './parameters.ts';
import { quote, unquote } from './quoted-string.ts';
import { splitList } from './split-list.ts';
import { decodeText, encodeText, rawText } from './text.ts';
import { formatVia, parseVia, type Via } from './via.ts';

/*
 * Goal: values of headers mean the same after they were written and read; lists come apart only where
 * they are lists; no text makes a reader throw. Method: arbitrary values, arbitrary text made of what
 * the grammar has, and examples of the RFCs and of enterprise phones.
 */

const token = fc.stringMatching(/^[A-Za-z0-9.!%*_+`'~-]{1,12}$/);
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 });
const parameterValue = fc.oneof(token, text.map(quote), fc.constant(''));
const parameters = fc
  .array(fc.tuple(token, parameterValue), { maxLength: 5 })
  .map((entries) => new Map(entries.map(([name, value]) => [name.toLowerCase(), value])));
const addresses: fc.Arbitrary<NameAddress> = fc.record(
  {
    displayName: text,
    uri: fc.record({
      scheme: fc.constant('sip' as const),
      user: text,
      host: fc.ipV6(),
      parameters: fc.constant(new Map([['lr', '']])),
    }),
    parameters,
  },
  { requiredKeys: ['uri', 'parameters'] },
);
const grammar = fc.constantFrom(
  '"',
  '<',
  '>',
  ';',
  ',',
  '=',
  '\\',
  ':',
  ' ',
  'sip:a@b',
  '/',
  '2.0',
);
const nearly = fc.array(fc.oneof(grammar, text), { maxLength: 15 }).map((each) => each.join(''));

test('no text makes any reader throw', () => {
  fc.assert(
    fc.property(nearly, (written) => {
      parseNameAddress(written);
      parseNameAddresses([written]);
      parseParameters(written);
      parseVia(written);
      parseCSeq(written);
      parseAuthHeader(written);
      splitList(written);
      unquote(written);
    }),
    { numRuns: 1000 },
  );
});

describe('names and addresses', () => {
  test('what is written is read back as it was, alone and in lists', () => {
    fc.assert(
      fc.property(fc.array(addresses, { minLength: 1, maxLength: 4 }), (sent) => {
        const written = sent.map(formatNameAddress);
        expect(parseNameAddress(written[0] ?? '')).toEqual({ ok: true, value: sent[0] });
        expect(parseNameAddresses([written.join(' , ')])).toEqual({ ok: true, value: sent });
      }),
    );
  });

  test('a display code in a name passes as bytes (sip display codes)', () => {
    const wire = Uint8Array.of(0x22, 0x80, 0x34, 0x22, ...encodeText(' <sip:b0@192.0.2.1>'));
    const read = parseNameAddress(decodeText(wire));
    expect(read.ok && read.value.displayName).toBe(rawText('\x804'));
    expect(read.ok && encodeText(formatNameAddress(read.value))).toEqual(wire);
  });

  test('Call-Info of enterprise phones: blanks behind the equals signs', () => {
    const written =
      '<urn:x-cisco-remotecc:callinfo>; security= Encrypted; orientation= to; gci= 1-2029; isVoip';
    const read = parseNameAddress(written);
    expect(read.ok && [...read.value.parameters]).toEqual([
      ['security', 'Encrypted'],
      ['orientation', 'to'],
      ['gci', '1-2029'],
      ['isvoip', ''],
    ]);
  });

  test.each([
    ['sip:a@b;tag=1', undefined, 'tag'],
    ['<sip:a@b;x>;tag=1', undefined, 'tag'],
    ['Ada Lovelace <sip:a@b>;tag=1', 'Ada Lovelace', 'tag'],
    ['"Ada \\"the\\" <first>" <sip:a@b>', 'Ada "the" <first>', undefined],
    ['Zoë <sip:a@b>', 'Zoë', undefined],
    ['"" <sip:a@b>', undefined, undefined],
  ])('%s', (written, displayName, parameter) => {
    const read = parseNameAddress(written);
    expect(read.ok && read.value.displayName).toBe(displayName);
    expect(read.ok && [...read.value.parameters.keys()][0]).toBe(parameter);
  });

  test.each([
    '',
    'sip:a@b?x=y',
    '"Ada <sip:a@b>',
    'Ada "x" <sip:a@b>',
    '"Ada" x <sip:a@b>',
    '"Ada" sip:a@b',
    'Bell, Ada <sip:a@b>',
    '<sip:a@b',
    '<sip:a@b> x',
    '<sip:a@b>;tag=1;tag=2',
    '<sip:a@b>;tag=',
    '<sip:a@b>;=1',
    '<>',
    '*',
  ])('"%s" is refused', (written) => {
    expect(parseNameAddress(written).ok).toBe(false);
  });
});

describe('lists and parameters', () => {
  test('commas inside quotes and brackets separate nothing; empty values are left away', () => {
    expect(splitList('"a,b" <sip:c,d@e>;x="f,\\",g",, h ,')).toEqual([
      '"a,b" <sip:c,d@e>;x="f,\\",g"',
      'h',
    ]);
    expect(splitList(' ')).toEqual([]);
  });

  test('parameters are written as they were read', () => {
    fc.assert(
      fc.property(parameters, (sent) => {
        const read = parseParameters(formatParameters(sent));
        expect(read.ok && [...read.value]).toEqual([...sent]);
      }),
    );
  });

  test('one is changed at its place, a new one comes last', () => {
    const read = parseParameters(';a=1;rport;b="x;y"');
    if (!read.ok) throw new Error('refused');
    const changed = withParameters(read.value, [
      ['rport', '5060'],
      ['received', '192.0.2.1'],
    ]);
    expect(formatParameters(changed)).toBe(';a=1;rport=5060;b="x;y";received=192.0.2.1');
  });

  test('any text passes through quotes', () => {
    fc.assert(
      fc.property(text, (sent) => {
        expect(unquote(quote(sent))).toBe(sent);
      }),
    );
  });
});

describe('Via and CSeq', () => {
  test('what is written is read back as it was', () => {
    const vias: fc.Arbitrary<Via> = fc.record({
      transport: fc.constantFrom('UDP', 'TCP', 'TLS', 'WS', 'WSS', 'X'),
      host: fc.oneof(fc.ipV4(), fc.ipV6()),
      port: fc.integer({ min: 0, max: 65_535 }),
      parameters,
    });
    fc.assert(
      fc.property(vias, (sent) => {
        expect(parseVia(formatVia(sent))).toEqual({ ok: true, value: sent });
      }),
    );
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), token, (number, method) => {
        const read = parseCSeq(formatCSeq({ number, method }));
        expect(read).toEqual({ ok: true, value: { number, method } });
      }),
    );
  });

  test.each(['', '1', 'INVITE', '1INVITE', '-1 INVITE', '2147483648 INVITE', '1 INV ITE', '1.0 A'])(
    'CSeq "%s" is refused',
    (written) => {
      expect(parseCSeq(written).ok).toBe(false);
    },
  );

  test.each([
    '',
    'SIP/2.0/UDP',
    'SIP/2.0 host',
    'HTTP/2.0/UDP host',
    'SIP/2.0/UDP host;;',
    'SIP/2.0/UDP host:x',
    'SIP/2.0/UDP ho st',
    'SIP/2.0/UDP host;branch=1;branch=2',
  ])('Via "%s" is refused', (written) => {
    expect(parseVia(written).ok).toBe(false);
  });
});

describe('challenges and credentials', () => {
  test('RFC 8760: several algorithms come in several fields; values lose their quotes', () => {
    const read = parseAuthHeader(
      'Digest realm="example.org", nonce="a,b\\"c", algorithm=SHA-256, qop="auth,auth-int"',
    );
    expect(read.ok && read.value.scheme).toBe('digest');
    expect(read.ok && [...read.value.parameters]).toEqual([
      ['realm', 'example.org'],
      ['nonce', 'a,b"c'],
      ['algorithm', 'SHA-256'],
      ['qop', 'auth,auth-int'],
    ]);
  });

  test('RFC 7616 §3.3, §3.4: what stands in quotes in each direction', () => {
    const challenge = formatChallenge(
      new Map([
        ['realm', 'a'],
        ['algorithm', 'MD5'],
        ['qop', 'auth'],
        ['stale', 'true'],
      ]),
    );
    expect(challenge).toBe('Digest realm="a", algorithm=MD5, qop="auth", stale=true');
    const credentials = formatCredentials(
      new Map([
        ['username', 'a"b'],
        ['qop', 'auth'],
        ['nc', '00000001'],
      ]),
    );
    expect(credentials).toBe('Digest username="a\\"b", qop=auth, nc=00000001');
  });

  test.each(['', 'Digest', 'Digest realm', 'Digest realm="a', 'Digest a=1, a=2', 'Digest "a"=1'])(
    '"%s" is refused',
    (written) => {
      expect(parseAuthHeader(written).ok).toBe(false);
    },
  );
});
