import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseAuthHeader } from './auth-header.ts';
import { accepts, checkRequest, isSoundResponse, unknownExtensions } from './check-request.ts';
import {
  addressesOf,
  callIdOf,
  contactOf,
  contactsOf,
  contentTypeOf,
  cseqOf,
  fromOf,
  maxForwardsOf,
  toOf,
  topViaOf,
  viasOf,
} from './fields.ts';
import { formatMessage } from './format-message.ts';
import type { SipMessage, SipRequest } from './message.ts';
import { MessageReader } from './message-reader.ts';
import { partsOf } from './multipart.ts';
import type { NameAddress } from './name-address.ts';
import { parseMessage } from './parse-message.ts';
import { unquote } from './quoted-string.ts';
import { decodeText } from './text.ts';
import { parseUri, type SipUri } from './uri.ts';

/*
 * Goal: each message of RFC 4475 and RFC 5118 ends as its RFC says: taken, answered with a status, or
 * dropped. Where an RFC leaves a choice, the table says which was made: strict, as two readers that
 * repair a message differently see different messages. Method: the messages as datagrams.
 *
 * 'taken': parsed, and nothing stands against handing it to a transaction. A number: the answer.
 * 'dropped': no answer, no effect.
 */

type Outcome = 'taken' | 'dropped' | number;

const RFC_4475: readonly (readonly [section: string, name: string, outcome: Outcome])[] = [
  ['3.1.1.1', 'wsinv', 'taken'],
  ['3.1.1.2', 'intmeth', 'taken'],
  ['3.1.1.3', 'esc01', 'taken'],
  ['3.1.1.4', 'escnull', 'taken'],
  ['3.1.1.5', 'esc02', 'taken'],
  ['3.1.1.6', 'lwsdisp', 'taken'],
  ['3.1.1.7', 'longreq', 'taken'],
  ['3.1.1.8', 'dblreq', 'taken'],
  ['3.1.1.9', 'semiuri', 'taken'],
  ['3.1.1.10', 'transports', 'taken'],
  ['3.1.1.11', 'mpart01', 'taken'],
  ['3.1.1.12', 'unreason', 'taken'],
  ['3.1.1.13', 'noreason', 'taken'],
  ['3.1.2.1', 'badinv01', 400],
  ['3.1.2.2', 'clerr', 400],
  ['3.1.2.3', 'ncl', 400],
  ['3.1.2.4', 'scalar02', 400],
  ['3.1.2.5', 'scalarlg', 'dropped'],
  ['3.1.2.6', 'quotbal', 400],
  ['3.1.2.7', 'ltgtruri', 400],
  ['3.1.2.8', 'lwsruri', 400],
  ['3.1.2.9', 'lwsstart', 400],
  ['3.1.2.10', 'trws', 400],
  ['3.1.2.11', 'escruri', 400],
  // Its Date is of no importance to us.
  ['3.1.2.12', 'baddate', 'taken'],
  ['3.1.2.13', 'regbadct', 400],
  ['3.1.2.14', 'badaspec', 400],
  ['3.1.2.15', 'baddn', 400],
  ['3.1.2.16', 'badvers', 505],
  ['3.1.2.17', 'mismatch01', 400],
  // 501 would do as well, but methods are not the codec's to know.
  ['3.1.2.18', 'mismatch02', 400],
  ['3.1.2.19', 'bigcode', 'dropped'],
  ['3.2.1', 'badbranch', 400],
  ['3.3.1', 'insuf', 400],
  ['3.3.2', 'unkscm', 416],
  ['3.3.3', 'novelsc', 416],
  // The answer of a registrar: To has to be a SIP URI.
  ['3.3.4', 'unksm2', 400],
  // 420, 415, 401, 483 and 406 belong to who is asked: see below.
  ['3.3.5', 'bext01', 'taken'],
  ['3.3.6', 'invut', 'taken'],
  ['3.3.7', 'regaut01', 'taken'],
  ['3.3.8', 'multi01', 400],
  ['3.3.9', 'mcl01', 400],
  ['3.3.10', 'bcast', 'dropped'],
  ['3.3.11', 'zeromf', 'taken'],
  ['3.3.12', 'cparam01', 'taken'],
  ['3.3.13', 'cparam02', 'taken'],
  ['3.3.14', 'regescrt', 'taken'],
  ['3.3.15', 'sdp01', 'taken'],
  ['3.4.1', 'inv2543', 'taken'],
];

const RFC_5118: readonly (readonly [section: string, name: string, outcome: Outcome])[] = [
  ['4.1', 'ipv6-good', 'taken'],
  ['4.2', 'ipv6-bad', 400],
  ['4.3', 'port-ambiguous', 'taken'],
  ['4.4', 'port-unambiguous', 'taken'],
  ['4.5', 'via-received-param-with-delim', 'taken'],
  ['4.5', 'via-received-param-no-delim', 'taken'],
  ['4.6', 'ipv6-in-sdp', 'taken'],
  ['4.7', 'mult-ip-in-header', 'taken'],
  ['4.8', 'mult-ip-in-sdp', 'taken'],
  ['4.9', 'ipv4-mapped-ipv6', 'taken'],
  ['4.10', 'ipv6-bug-abnf-3-colons', 'taken'],
  ['4.10', 'ipv6-correct-abnf-2-colons', 'taken'],
];

describe.each([
  ['rfc4475', RFC_4475],
  ['rfc5118', RFC_5118],
] as const)('%s', (folder, table) => {
  test('the table has every message', () => {
    const names = readdirSync(fixture(folder, '')).map((name) => name.replace('.dat', ''));
    expect(table.map(([, name]) => name).toSorted()).toEqual(names.toSorted());
  });

  test.each(table)('%s %s: %s', (_, name, outcome) => {
    expect(outcomeOf(bytesOf(folder, name))).toBe(outcome);
  });

  test.each(table.filter(([, , outcome]) => outcome === 'taken'))(
    '%s %s is written so that it reads the same',
    (_, name) => {
      const message = read(folder, name);
      const again = parseMessage(formatMessage(message));
      const fields = (each: SipMessage) =>
        [...each.headers].filter((field) => field.name !== 'Content-Length');
      expect(again.ok && { ...again.value, headers: fields(again.value) }).toEqual({
        ...message,
        headers: fields(message),
      });
    },
  );

  test.each(table)('%s %s does not break a stream reader, however it is cut', (_, name) => {
    const bytes = bytesOf(folder, name);
    const whole = new MessageReader().push(bytes);
    const reader = new MessageReader();
    expect([...bytes].flatMap((byte) => reader.push(Uint8Array.of(byte)))).toEqual(whole);
  });
});

describe('RFC 4475: what is read', () => {
  test('3.1.1.1 wsinv: folding, blanks, escapes, leading zeros, compact and repeated fields', () => {
    const message = request('wsinv');
    expect(toOf(message)?.parameters.get('tag')).toBe('1918181833n');
    expect(fromOf(message)).toMatchObject({ displayName: 'J Rosenberg \\"' });
    expect(fromOf(message)?.parameters.get('tag')).toBe('98asjd8');
    expect(maxForwardsOf(message)).toBe(68);
    expect(cseqOf(message)).toEqual({ number: 9, method: 'INVITE' });
    expect(message.headers.get('Subject')).toBe('');
    expect(message.headers.get('NewFangledHeader')).toBe(
      'newfangled value continued newfangled value',
    );
    expect(message.headers.get('UnknownHeaderWithUnusualValue')).toBe(';;,,;;,;');
    expect(
      viasOf(message)?.map(({ transport, host, parameters }) => [
        transport,
        host,
        parameters.get('branch'),
      ]),
    ).toEqual([
      ['UDP', '192.0.2.2', '390skdjuw'],
      ['TCP', 'spindle.example.com', 'z9hG4bK9ikj8'],
      ['UDP', '192.168.255.111', 'z9hG4bK30239'],
    ]);
    const contact = contactOf(message);
    expect(contact?.displayName).toBe('Quoted string ""');
    expect([...(contact?.parameters ?? [])]).toEqual([
      ['newparam', 'newvalue'],
      ['secondparam', ''],
      ['q', '0.33'],
    ]);
    const [route] = addressesOf(message, 'Route') ?? [];
    expect([...uriOf(route).parameters]).toEqual([
      ['lr', ''],
      ['unknownwith', 'value'],
      ['unknown-no-value', ''],
    ]);
    expect(message.body).toHaveLength(150);
  });

  test('3.1.1.2 intmeth: every character that a token, a word and a user may have', () => {
    const message = request('intmeth');
    expect(message.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
    expect(sipUri(message.uri)).toMatchObject({
      user: "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*",
      password: "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)",
      host: 'example.com',
    });
    expect(toOf(message)?.displayName).toBe('BEL:\x07 NUL:\x00 DEL:\x7f');
    expect(fromOf(message)?.displayName).toBe("token1~` token2'+_ token3*%!.-");
    expect(fromOf(message)?.parameters.get('tag')).toBe("_token~1'+`*%!-.");
    expect(unquote(fromOf(message)?.parameters.get("fromparam''~+*_!.-%") ?? '')).toBe(
      'работающий',
    );
    expect(callIdOf(message)).toBe('intmeth.word%ZK-!.*_+\'@word`~)(><:\\/"][?}{');
    expect(message.headers.get("extensionHeader-!.%*+_`'~")).toBe('\ufeff大停電');
  });

  test('3.1.1.3 esc01: escapes stand for their character, once', () => {
    const message = request('esc01');
    expect(sipUri(message.uri).user).toBe('sips:user@example.com');
    expect(uriOf(toOf(message)).user).toBe('user');
    expect(uriOf(fromOf(message)).user).toBe('I have spaces');
    expect(uriOf(contactOf(message)).user).toBe('caller');
    expect([...uriOf(contactOf(message)).parameters]).toEqual([
      ['lr', ''],
      ['name', 'value%41'],
    ]);
  });

  test('3.1.1.4 escnull: a NUL does not end a user', () => {
    const message = request('escnull');
    expect(uriOf(toOf(message)).user).toBe('null-\0-null');
    expect(contactsOf(message)?.map((each) => uriOf(each).user)).toEqual(['\0', '\0\0']);
  });

  test('3.1.1.5 esc02: no escapes in methods, display names and header names', () => {
    const message = request('esc02');
    expect(message.method).toBe('RE%47IST%45R');
    expect(toOf(message)?.displayName).toBe('%Z%45');
    expect(contactsOf(message)?.map((each) => uriOf(each).user)).toEqual(['alias1', 'alias3']);
  });

  test('3.1.1.6 lwsdisp: a display name without a blank behind it', () => {
    expect(fromOf(request('lwsdisp'))?.displayName).toBe('caller');
  });

  test('3.1.1.7 longreq: long values and 34 values of Via', () => {
    const message = request('longreq');
    expect(viasOf(message)).toHaveLength(34);
    expect(fromOf(message)?.parameters.get('tag')?.length).toBeGreaterThan(100);
  });

  test('3.1.1.8 dblreq: what follows the body in a datagram is noise', () => {
    const message = request('dblreq');
    expect(message.method).toBe('REGISTER');
    expect(message.body).toHaveLength(0);
    // On a stream it would be the next request.
    const items = new MessageReader().push(bytesOf('rfc4475', 'dblreq'));
    expect(items.slice(0, 3).map(methodOf)).toEqual(['REGISTER', 'pong', 'INVITE']);
  });

  test('3.1.1.9 semiuri: a semicolon in a user begins no parameter', () => {
    expect(sipUri(request('semiuri').uri)).toMatchObject({
      user: 'user;par=u@example.net',
      host: 'example.com',
    });
  });

  test('3.1.1.10 transports: known and unknown ones', () => {
    const transports = viasOf(request('transports'))?.map(({ transport }) => transport);
    expect(transports).toEqual(['UDP', 'SCTP', 'TLS', 'UNKNOWN', 'TCP']);
  });

  test('3.1.1.11 mpart01: parts with NUL in them', () => {
    const parts = partsOf(request('mpart01'));
    expect(parts.ok && parts.value.map(({ headers }) => headers.get('Content-Type'))).toEqual([
      'text/plain',
      'application/octet-stream',
    ]);
    expect(parts.ok && parts.value[0]?.body).toEqual(new TextEncoder().encode('Hello'));
    expect(parts.ok && parts.value[1]?.body.includes(0)).toBe(true);
  });

  test('3.1.1.12 and 3.1.1.13: unusual and empty reason phrases', () => {
    expect(read('rfc4475', 'unreason')).toMatchObject({
      status: 200,
      reason: '= 2**3 * 5**2 но сто девяносто девять - простое',
    });
    expect(read('rfc4475', 'noreason')).toMatchObject({ status: 100, reason: '' });
  });

  test('3.1.2.2 clerr and 3.1.2.3 ncl on a stream: wait for more, or end', () => {
    const reader = new MessageReader();
    expect(reader.push(bytesOf('rfc4475', 'clerr'))).toEqual([]);
    expect(reader.isInMessage).toBe(true);
    const items = new MessageReader().push(bytesOf('rfc4475', 'ncl'));
    expect(items).toMatchObject([{ type: 'broken', malformed: { refused: { status: 400 } } }]);
  });

  test('3.3.5 bext01: the extensions for the Unsupported header', () => {
    expect(unknownExtensions(request('bext01'), new Set())).toEqual([
      'nothingsupportsthis',
      'nothingsupportsthiseither',
    ]);
  });

  test('3.3.6 invut, 3.3.15 sdp01: types for 415 and 406', () => {
    expect(contentTypeOf(request('invut'))?.token).toBe('application/unknownformat');
    expect(accepts(request('sdp01'), 'application/sdp')).toBe(false);
  });

  test('3.3.7 regaut01: credentials of an unknown scheme are read', () => {
    const header = parseAuthHeader(request('regaut01').headers.get('Authorization') ?? '');
    expect(header.ok && header.value.scheme).toBe('nooneknowsthisscheme');
  });

  test('3.3.11 zeromf: Max-Forwards of 0 is a number like another', () => {
    expect(maxForwardsOf(request('zeromf'))).toBe(0);
  });

  test('3.3.12 cparam01, 3.3.13 cparam02: of the contact, and of the URI in brackets', () => {
    const [one, other] = [contactOf(request('cparam01')), contactOf(request('cparam02'))];
    expect(one?.parameters.has('unknownparam')).toBe(true);
    expect(uriOf(one).parameters.size).toBe(0);
    expect(other?.parameters.size).toBe(0);
    expect(uriOf(other).parameters.has('unknownparam')).toBe(true);
  });

  test('3.3.14 regescrt: headers of a URI are kept for whoever calls it', () => {
    expect(uriOf(contactOf(request('regescrt'))).headers).toBe('Route=%3Csip:sip.example.com%3E');
  });

  test('3.4.1 inv2543: no branch, no tag, no Max-Forwards, no Content-Length', () => {
    const message = request('inv2543');
    expect(topViaOf(message)?.parameters.size).toBe(0);
    expect(decodeText(message.body).startsWith('v=0')).toBe(true);
  });
});

describe('RFC 5118: what is read', () => {
  test.each([
    ['ipv6-good', '2001:db8::10', undefined],
    ['port-ambiguous', '2001:db8::10:5070', undefined],
    ['port-unambiguous', '2001:db8::10', 5070],
    ['ipv6-bug-abnf-3-colons', '2001:db8::192.0.2.1', undefined],
    ['ipv6-correct-abnf-2-colons', '2001:db8::192.0.2.1', undefined],
  ])('%s: host %s, port %s', (name, host, port) => {
    expect(sipUri(request(name, 'rfc5118').uri)).toMatchObject(port ? { host, port } : { host });
    expect(sipUri(request(name, 'rfc5118').uri).port).toBe(port);
  });

  test('4.1 ipv6-good: in Via and Contact', () => {
    const message = request('ipv6-good', 'rfc5118');
    expect(topViaOf(message)?.host).toBe('2001:db8::9:1');
    expect(uriOf(contactOf(message)).host).toBe('2001:db8::1');
  });

  test.each([
    ['via-received-param-with-delim', '[2001:db8::9:255]'],
    ['via-received-param-no-delim', '2001:db8::9:255'],
  ])('4.5 %s: both forms of received are read', (name, received) => {
    const via = topViaOf(request(name, 'rfc5118'));
    expect(via?.parameters.get('received')).toBe(received);
    expect(via?.parameters.has('branch')).toBe(true);
  });

  test('4.6 as printed, with a body shorter than Content-Length, is refused', () => {
    const text = decodeText(bytesOf('rfc5118', 'ipv6-in-sdp'));
    const printed = text.replace('Content-Length: 251', 'Content-Length: 268');
    expect(outcomeOf(new TextEncoder().encode(printed))).toBe(400);
  });

  test('4.7, 4.9: addresses of both kinds in Via', () => {
    const hosts = (name: string) =>
      viasOf(request(name, 'rfc5118'))?.map(({ host, port }) => [host, port]);
    expect(hosts('mult-ip-in-header')).toEqual([
      ['2001:db8::9:1', 6050],
      ['192.0.2.1', undefined],
      ['2001:db8::9:255', undefined],
    ]);
    expect(hosts('ipv4-mapped-ipv6')).toEqual([
      ['::ffff:192.0.2.10', 19823],
      ['::ffff:192.0.2.2', undefined],
    ]);
  });
});

/** What becomes of a datagram. */
function outcomeOf(bytes: Uint8Array): Outcome {
  const parsed = parseMessage(bytes);
  if (!parsed.ok) return parsed.refused?.status ?? 'dropped';
  if (parsed.value.type === 'request') return checkRequest(parsed.value)?.status ?? 'taken';
  return isSoundResponse(parsed.value) ? 'taken' : 'dropped';
}

function read(folder: string, name: string): SipMessage {
  const parsed = parseMessage(bytesOf(folder, name));
  if (!parsed.ok) throw new Error(`${name}: ${parsed.detail}`);
  return parsed.value;
}

function request(name: string, folder = 'rfc4475'): SipRequest {
  const message = read(folder, name);
  if (message.type !== 'request') throw new Error(`${name} is no request`);
  return message;
}

function sipUri(text: string): SipUri {
  const uri = parseUri(text);
  if (!uri.ok || uri.value.scheme === 'tel' || uri.value.scheme === 'other') throw new Error(text);
  return uri.value;
}

function uriOf(address: NameAddress | undefined): SipUri {
  const uri = address?.uri;
  if (!uri || uri.scheme === 'tel' || uri.scheme === 'other') throw new Error('no SIP URI');
  return uri;
}

function methodOf(item: ReturnType<MessageReader['push']>[number]): string {
  return item.type === 'message' && item.message.type === 'request'
    ? item.message.method
    : item.type;
}

function bytesOf(folder: string, name: string): Uint8Array {
  return new Uint8Array(readFileSync(fixture(folder, `${name}.dat`)));
}

function fixture(folder: string, name: string): string {
  return join(import.meta.dirname, '../../../fixtures/sip', folder, name);
}
