import { describe, expect, test } from 'vitest';
import { audioMediaOf } from './audio-media.ts';
import type { SessionDescription } from './description.ts';
import { formatDescription } from './format-description.ts';
import { answerTo } from './local-audio.ts';
import { parseDescription } from './parse-description.ts';

/*
 * Goal: the printed examples of RFC 3264, RFC 4317 and RFC 4568 are read and answered as those RFCs do. They
 * name hosts, which we do not look up: where an answer is wanted an address stands in the name's place.
 */

const BASIC_OFFER = `v=0
o=alice 2890844526 2890844526 IN IP4 host.anywhere.com
s=
c=IN IP4 host.anywhere.com
t=0 0
m=audio 49170 RTP/AVP 0
a=rtpmap:0 PCMU/8000
m=video 51372 RTP/AVP 31
a=rtpmap:31 H261/90000
m=video 53000 RTP/AVP 32
a=rtpmap:32 MPV/90000
`;

const HOLD_OFFER = `v=0
o=alice 2890844526 2890844527 IN IP4 host.atlanta.example.com
s=
c=IN IP4 host.atlanta.example.com
t=0 0
m=audio 49170 RTP/AVP 97 0
a=rtpmap:97 iLBC/8000
a=rtpmap:0 PCMU/8000
a=sendonly
`;

const SECURITY_DESCRIPTIONS = `v=0
o=jdoe 2890844526 2890842807 IN IP4 10.47.16.5
s=SDP Seminar
i=A Seminar on the session description protocol
u=http://www.example.com/seminars/sdp.pdf
e=j.doe@example.com (Jane Doe)
c=IN IP4 161.44.17.12/127
t=2873397496 2873404696
m=video 51372 RTP/SAVP 31
a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:d0RmdmcmVCspeEc3QGZiNWpVLFJhQX1cfHAwJSoj|2^20|1:32
m=audio 49170 RTP/SAVP 0
a=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:NzB4d1BINUAvLEw6UzF3WSJ+PSdFcGdUJShpX1Zj|2^20|1:32
m=application 32416 udp wb
a=orient:portrait
`;

const LOCAL = {
  host: '192.0.2.2',
  port: 49_920,
  codecs: ['PCMU'],
  direction: 'sendrecv',
  packetMs: 20,
} as const;
const ORIGIN = { sessionId: '2890844730', version: 2_890_844_730 };

describe('RFC 3264', () => {
  test('§10.1: three streams are offered, the audio is taken, the others are refused', () => {
    const answer = answerTo(addressed(BASIC_OFFER), LOCAL, ORIGIN);
    expect(answer?.media.map(({ media, port, formats }) => [media, port, ...formats])).toEqual([
      ['audio', 49_920, '0'],
      ['video', 0, '31'],
      ['video', 0, '32'],
    ]);
  });

  test('§10.1: the offer is written as it was read', () => {
    const text = new TextDecoder().decode(formatDescription(parse(BASIC_OFFER)));
    expect(text).toBe(BASIC_OFFER.replaceAll('\n', '\r\n'));
  });
});

describe('RFC 4317', () => {
  test('§3.1: sendonly, a hold, is answered with recvonly and an encoding of both', () => {
    const answer = answerTo(addressed(HOLD_OFFER), LOCAL, ORIGIN);
    expect(answer && audioMediaOf(answer)).toMatchObject({
      direction: 'recvonly',
      codecs: [{ name: 'PCMU' }],
    });
  });
});

describe('RFC 4568', () => {
  test('§4: a key with an identifier in each packet is none that we could use', () => {
    const description = parse(SECURITY_DESCRIPTIONS);
    expect(description.media.map(({ protocol }) => protocol)).toEqual([
      'RTP/SAVP',
      'RTP/SAVP',
      'udp',
    ]);
    expect(audioMediaOf(description)).toMatchObject({ index: 1, protection: 'unusable' });
  });

  test('§4: the same key without the identifier', () => {
    const [line] = audioMediaOf(parse(SECURITY_DESCRIPTIONS.replaceAll('|1:32', '')))?.crypto ?? [];
    expect(line).toMatchObject({ tag: 1, suite: 'AES_CM_128_HMAC_SHA1_32' });
    const bytes = [...(line?.key ?? []), ...(line?.salt ?? [])];
    expect(String.fromCharCode(...bytes)).toBe('70xwPH5@/,L:S1wY"~=\'EpgT%(i_Vc');
  });
});

function addressed(text: string): SessionDescription {
  return parse(text.replaceAll(/host\.[\w.]+/g, '192.0.2.1'));
}

function parse(text: string): SessionDescription {
  const parsed = parseDescription(new TextEncoder().encode(text));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
