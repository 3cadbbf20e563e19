import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { audioMediaOf } from './audio-media.ts';
import type { SessionDescription } from './description.ts';
import { answerDirection, DIRECTIONS } from './direction.ts';
import { formatDescription } from './format-description.ts';
import { answerTo, type LocalAudio, offerOf } from './local-audio.ts';
import { parseDescription } from './parse-description.ts';

/*
 * Goal: our answers are ones that RFC 3264 allows, and never promise protection that was not offered or
 * drop protection that was demanded. Method: properties over offers of any sections, and examples.
 */

const ORIGIN = { sessionId: '5', version: 2 };
const BYTES = { key: new Uint8Array(16).fill(1), salt: new Uint8Array(14).fill(2) };
const HEAD = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=2 3'];
const KEY = `inline:${Buffer.alloc(30, 7).toString('base64')}`;
const LOCAL: LocalAudio = {
  host: '198.51.100.7',
  port: 40_000,
  codecs: ['PCMU', 'PCMA'],
  direction: 'sendrecv',
  packetMs: 20,
};
const OURS = { tag: 4, suite: 'AES_CM_128_HMAC_SHA1_80', ...BYTES } as const;

describe('an answer', () => {
  test('has the sections of the offer in their order, at most one of them taken (RFC 3264 §6)', () => {
    fc.assert(
      fc.property(fc.array(sections, { maxLength: 6 }), (lines) => {
        const offer = parse(...HEAD, ...lines.flat());
        const answer = answerTo(offer, LOCAL, ORIGIN);
        const index = audioMediaOf(offer)?.index;
        if (!answer) return;
        expect(answer.media.map(kindOf)).toEqual(offer.media.map(kindOf));
        expect(answer.media.map(({ port }) => port)).toEqual(
          offer.media.map((_, at) => (at === index ? LOCAL.port : 0)),
        );
        expect(parseDescription(formatDescription(answer))).toEqual({ ok: true, value: answer });
      }),
    );
  });

  test('takes the first encoding of ours that was offered, under the number that the offer gave it', () => {
    const offer = parse(
      ...HEAD,
      'm=video 6000 RTP/AVP 96',
      'm=audio 5004 RTP/AVP 9 97 0 98',
      'a=rtpmap:97 pcma/8000',
      'a=rtpmap:98 telephone-event/8000',
      'm=application 7000 UDP/BFCP *',
    );
    expect(linesOf(answerTo(offer, LOCAL, ORIGIN))).toEqual([
      'v=0',
      'o=- 5 2 IN IP4 198.51.100.7',
      's=Conclave',
      'c=IN IP4 198.51.100.7',
      't=2 3',
      'm=video 0 RTP/AVP 96',
      'm=audio 40000 RTP/AVP 97 98',
      'a=rtpmap:97 PCMA/8000',
      'a=rtpmap:98 telephone-event/8000',
      'a=fmtp:98 0-15',
      'a=ptime:20',
      'a=sendrecv',
      'm=application 0 UDP/BFCP *',
    ]);
  });

  test('declares our key under the tag of the accepted line (RFC 4568 §5.1.2)', () => {
    for (const protocol of ['RTP/SAVP', 'RTP/SAVPF', 'rtp/savp', 'RTP/AVP', 'RTP/AVPF']) {
      const answer = answerTo(offerIn(protocol), { ...LOCAL, crypto: OURS }, ORIGIN);
      expect(answer && audioMediaOf(answer)).toMatchObject({ protocol, crypto: [OURS] });
    }
  });

  test('is not given when it would not keep what it says (SEC-03)', () => {
    const refused = (protocol: string, more: Partial<LocalAudio>) =>
      expect(answerTo(offerIn(protocol), { ...LOCAL, ...more }, ORIGIN)).toBeUndefined();
    refused('RTP/SAVP', {});
    refused('RTP/SAVP', { crypto: { ...OURS, tag: 5 } });
    refused('RTP/AVP', { crypto: { ...OURS, suite: 'AES_CM_128_HMAC_SHA1_32' } });
    refused('UDP/TLS/RTP/SAVP', {});
    refused('UDP/TLS/RTP/SAVP', { crypto: OURS });
    refused('RTP/AVP', { codecs: ['G722'] });
  });

  test('goes without protection where it was only an opportunity (RFC 8643 §3)', () => {
    const answer = answerTo(offerIn('RTP/AVP'), LOCAL, ORIGIN);
    expect(answer && audioMediaOf(answer)?.protection).toBe('rtp');
  });

  test('may fall back from SRTP to RTP only for a phone that is known to take that', () => {
    const answer = answerTo(offerIn('RTP/SAVP'), { ...LOCAL, fallback: true }, ORIGIN);
    expect(answer?.media[0]).toMatchObject({ protocol: 'RTP/AVP', port: 40_000 });
    expect(linesOf(answer).join()).not.toContain('crypto');
    expect(answerTo(offerIn('RTP/SAVPX'), { ...LOCAL, fallback: true }, ORIGIN)).toBeUndefined();
  });
});

describe('an offer of ours', () => {
  test('has our encodings, events and direction', () => {
    const offer = offerOf({ ...LOCAL, host: '2001:db8::7', direction: 'inactive' }, ORIGIN);
    expect(audioMediaOf(offer)).toMatchObject({
      host: '2001:db8::7',
      family: 'IP6',
      protection: 'rtp',
      direction: 'inactive',
      telephoneEvent: 101,
      packetMs: 20,
      codecs: [{ name: 'PCMU' }, { name: 'PCMA' }],
    });
  });

  test('demands protection, or only offers it (RFC 8643 §3)', () => {
    const local = { ...LOCAL, crypto: OURS };
    const protection = (offer: SessionDescription) => audioMediaOf(offer)?.protection;
    expect(protection(offerOf(local, ORIGIN))).toBe('srtp');
    expect(protection(offerOf(local, ORIGIN, 'RTP/AVP'))).toBe('opportunistic');
  });
});

describe('the direction of an answer', () => {
  test('sends only to who receives, and receives only from who sends (RFC 3264 §6.1, §8.4)', () => {
    const table = DIRECTIONS.map((wanted) =>
      DIRECTIONS.map((offered) => answerDirection(offered, wanted)),
    );
    expect(table).toEqual([
      ['sendrecv', 'recvonly', 'sendonly', 'inactive'],
      ['sendonly', 'inactive', 'sendonly', 'inactive'],
      ['recvonly', 'recvonly', 'inactive', 'inactive'],
      ['inactive', 'inactive', 'inactive', 'inactive'],
    ]);
  });
});

const sections = fc
  .tuple(
    fc.constantFrom('audio', 'audio', 'video', 'application', 'image'),
    fc.constantFrom(0, 9, 5004, 65_535),
    fc.constantFrom('RTP/AVP', 'RTP/SAVP', 'RTP/AVPF', 'UDP/TLS/RTP/SAVPF', 'udptl', 'UDP/BFCP'),
    fc.constantFrom('0', '8 0 101', '9', '*', '96 97'),
    fc.constantFrom([], ['a=sendonly'], [`a=crypto:4 AES_CM_128_HMAC_SHA1_80 ${KEY}`]),
  )
  .map(([media, port, protocol, formats, more]) => [
    `m=${media} ${port} ${protocol} ${formats}`,
    ...more,
  ]);

function kindOf({ media, protocol }: SessionDescription['media'][number]): string {
  return `${media} ${protocol}`;
}

function offerIn(protocol: string): SessionDescription {
  return parse(...HEAD, `m=audio 5004 ${protocol} 0`, `a=crypto:4 AES_CM_128_HMAC_SHA1_80 ${KEY}`);
}

function linesOf(description: SessionDescription | undefined): readonly string[] {
  const text = description && new TextDecoder().decode(formatDescription(description));
  return text?.trimEnd().split('\r\n') ?? [];
}

function parse(...lines: string[]): SessionDescription {
  const parsed = parseDescription(new TextEncoder().encode(lines.join('\r\n')));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
