/** What a SIP fuzzer puts into messages: pieces that have broken parsers elsewhere. */

/** Bounds of the integers that somebody might have used, and what is no number. */
export const NUMBERS: readonly string[] = [
  ...['', '0', '-1', '00000000001', '1x', '0x10', '1.5', '1e9', '+1', ' 1', '٣'],
  ...['99', '100', '255', '256', '699', '700', '5060', '65535', '65536', '262144', '262145'],
  ...['2147483647', '2147483648', '4294967295', '4294967296', '9007199254740993'],
  ...['18446744073709551616', '9'.repeat(40), '9'.repeat(400)],
];

export const FRAGMENTS: readonly string[] = [
  // Separators and what is half of something.
  ...['"', '\\', '<', '>', ';', ',', '=', ':', '@', '?', '&', '/', '%', '*', '[', ']', '(', ')'],
  ...['"\\"', '<>', '""', ';;', ',,', '==', '::', ':::', '@@', '%0', '%00', '%0d%0a', '%zz', '%25'],
  // Line ends, blanks, controls.
  ...['\r', '\n', '\r\n', '\r\n ', '\r\n\r\n', '\0', '\t', '   ', '\x0b', '\x7f', '\x1b[2J'],
  // No UTF-8, unusual UTF-8, display codes.
  ...['\x80', '\x804', '\xff', '\xc0\x80', '\xed\xa0\x80', '\xf4\x90\x80\x80', '\xe2\x82', '\xc3'],
  ...['\xef\xbb\xbf', '\xe2\x80\xa8', '\xf0\x9f\x94\x92', '\xc2\x85', '\xc2\xa0', '\xef\xbf\xbd'],
  // URIs and addresses.
  ...['sip:', 'sips:a@b', 'tel:+1', 'urn:x:y', 'sip:[::1]', 'sip:[::', 'sip:a:b:c@d', 'sip:@'],
  ...['[2001:db8:::1.2.3.4]', '::ffff:1.2.3.4', '1.2.3.4.5', '999.1.1.1', 'a..b', '-a', 'a:0'],
  ...['sip:a@b;maddr=127.0.0.1', 'sip:a@b?Route=%3Csip:c%3E', '<sip:a@b>, <sip:c@d>', '*'],
  // Parameters.
  ...[';tag=', ';tag=a;tag=b', ';branch=z9hG4bK', ';rport', ';rport=99999', ';received=::1'],
  ...[';lr', ';lr=', ';ttl=256', ';q=2', ';expires=-1', ';maddr=', ';__proto__=1', ';constructor'],
  ...[';boundary=', ';boundary="', ';boundary=--', ';x="\\', ';x="a;b,c<d>"', ';=', ';a b=c'],
  // Whole fields.
  ...['\r\nVia: SIP/2.0/UDP a', '\r\nContent-Length: 5', '\r\nl: 0', '\r\nRoute: <sip:x;lr>'],
  ...['\r\n__proto__: x', '\r\nCSeq: 1 ACK', '\r\nTo: <sip:a@b>;tag=1', '\r\nRequire: x'],
  ...['\r\nContact: *', '\r\nMax-Forwards: 0', '\r\nContent-Encoding: gzip', '\r\nReplaces: a'],
  // Pieces of SDP and XML.
  ...['m=audio 0 RTP/SAVP 0\r\n', 'a=crypto:1 X inline:', 'c=IN IP6 ::\r\n', 'a=rtpmap:0 /\r\n'],
  ...['<!DOCTYPE a [<!ENTITY b "c">]>', '<![CDATA[', '<a b="', '&#0;', '&b;', ']]>', '<?xml'],
];

/** Long names in small letters, to their compact forms. */
export const COMPACT: Readonly<Record<string, string>> = {
  'call-id': 'i',
  contact: 'm',
  'content-length': 'l',
  'content-type': 'c',
  event: 'o',
  from: 'f',
  'refer-to': 'r',
  'session-expires': 'x',
  supported: 'k',
  to: 't',
  via: 'v',
};
