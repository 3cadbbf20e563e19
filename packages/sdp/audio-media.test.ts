import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AudioMedia, audioMediaOf } from './audio-media.ts';
import type { SessionDescription } from './description.ts';
import { parseDescription } from './parse-description.ts';
import { withoutKeys } from './protection.ts';

/*
 * Goal: what a phone offers of audio is read right, and a key that came in the clear is none. Method: offers
 * of real clients (fixtures/sdp), and small ones for each rule.
 */

const HEAD = ['v=0', 'o=- 1 1 IN IP4 192.0.2.1', 's=-', 'c=IN IP4 192.0.2.1', 't=0 0'];
const KEY = `1 AES_CM_128_HMAC_SHA1_80 inline:${Buffer.alloc(30, 7).toString('base64')}`;

describe('what clients offer', () => {
  test.each([
    ['baresip-none', 'rtp', 'rtp', 'PCMU PCMA', 0],
    ['baresip-srtp', 'opportunistic', 'rtp', 'PCMU PCMA', 1],
    ['baresip-srtp-mand', 'srtp', 'unusable', 'PCMU PCMA', 1],
    ['baresip-srtp-mandf', 'srtp', 'unusable', 'PCMU PCMA', 1],
    ['baresip-dtls-srtp', 'unusable', 'unusable', 'PCMU PCMA', 0],
    ['linphone-none', 'rtp', 'rtp', 'OPUS SPEEX SPEEX PCMU PCMA G729', 0],
    // Two of its four suites are none of ours.
    ['linphone-srtp', 'srtp', 'unusable', 'OPUS SPEEX SPEEX PCMU PCMA G729', 2],
    ['linphone-dtls', 'unusable', 'unusable', 'OPUS SPEEX SPEEX PCMU PCMA G729', 0],
    ['linphone-zrtp', 'rtp', 'rtp', 'OPUS SPEEX SPEEX PCMU PCMA G729', 0],
    ['cisco-8861-plain', 'rtp', 'rtp', 'OPUS G722 ISAC PCMU PCMA ILBC G729', 0],
    ['cisco-8861-encrypted', 'srtp', 'unusable', 'OPUS G722 ISAC PCMU PCMA ILBC G729', 4],
    ['cisco-8865-video-bfcp', 'srtp', 'unusable', 'OPUS G722 ISAC PCMU PCMA ILBC G729', 2],
    ['cisco-7961-hold', 'srtp', 'unusable', 'PCMU PCMA G729', 1],
  ])('%s: %s, in the clear %s (SEC-03)', (name, protection, inTheClear, codecs, keys) => {
    const description = fixture(name);
    const audio = audioMediaOf(description);
    expect(audio).toMatchObject({ index: 0, protection, telephoneEvent: 101 });
    expect(audio?.codecs.map((codec) => codec.name).join(' ')).toBe(codecs);
    expect(audio?.crypto).toHaveLength(keys);
    const clear = audioMediaOf(withoutKeys(description));
    expect(clear).toMatchObject({ protection: inTheClear, crypto: [] });
  });

  test('the suites of an enterprise phone in its order of preference', () => {
    const audio = audioMediaOf(fixture('cisco-8861-encrypted'));
    expect(audio?.crypto.map(({ tag, suite }) => `${tag} ${suite}`)).toEqual([
      '1 AEAD_AES_256_GCM',
      '2 AEAD_AES_128_GCM',
      '3 AES_CM_128_HMAC_SHA1_80',
      '4 AES_CM_128_HMAC_SHA1_32',
    ]);
  });

  test('the old hold, the address 0.0.0.0 (RFC 3264 §8.4)', () => {
    const audio = audioMediaOf(fixture('cisco-7961-hold'));
    expect(audio).toMatchObject({ host: '0.0.0.0', direction: 'sendonly' });
  });
});

describe('an audio section', () => {
  test('has payload types with and without rtpmap, and others are left out (RFC 3551 §6)', () => {
    expect(
      audioOf(
        'm=audio 5004 RTP/AVP 0 96 77 97 300 x 8',
        'a=rtpmap:96 opus/48000/2',
        'a=rtpmap:97 ?',
      )?.codecs,
    ).toEqual([
      { payloadType: 0, name: 'PCMU', clockRateHz: 8000, channels: 1 },
      { payloadType: 96, name: 'OPUS', clockRateHz: 48_000, channels: 2 },
      { payloadType: 8, name: 'PCMA', clockRateHz: 8000, channels: 1 },
    ]);
  });

  test('has telephone events of 8 kHz or none (RFC 4733 §2.1)', () => {
    const events = (...maps: string[]) =>
      audioOf('m=audio 5004 RTP/AVP 0 100 101', ...maps)?.telephoneEvent;
    expect(events('a=rtpmap:101 telephone-event/8000')).toBe(101);
    expect(events('a=rtpmap:100 TELEPHONE-EVENT/48000', 'a=rtpmap:101 Telephone-Event/8000')).toBe(
      101,
    );
    expect(events('a=rtpmap:100 telephone-event/48000')).toBeUndefined();
    expect(events('a=rtpmap:102 telephone-event/8000')).toBeUndefined();
  });

  test('has a direction: its own, else that of the session, else both ways (RFC 8866 §6.7)', () => {
    const direction = (session: string[], ...own: string[]) =>
      audioMediaOf(parse(...HEAD, ...session, 'm=audio 5004 RTP/AVP 0', ...own))?.direction;
    expect(direction([])).toBe('sendrecv');
    expect(direction(['a=inactive'])).toBe('inactive');
    expect(direction(['a=inactive'], 'a=recvonly')).toBe('recvonly');
    expect(direction([], 'a=sendonly')).toBe('sendonly');
    expect(direction([], 'c=IN IP4 0.0.0.0')).toBe('sendonly');
    expect(direction([], 'c=IN IP6 0::0')).toBe('sendonly');
    expect(direction(['a=recvonly'], 'c=IN IP4 0.0.0.0')).toBe('inactive');
  });

  test('says where RTCP goes, at its own address only (RFC 3605 §2.1)', () => {
    const port = (value: string) => audioOf('m=audio 5004 RTP/AVP 0', value)?.rtcpPort;
    expect(port('a=rtcp:53020')).toBe(53_020);
    expect(port('a=rtcp:53020 IN IP4 192.0.2.1')).toBe(53_020);
    expect(port('a=rtcp:53020 IN IP4 198.51.100.1')).toBeUndefined();
    expect(port('a=rtcp:53020 IN IP6 2001:db8::1')).toBeUndefined();
    // What is no port, what goes without saying, and what would be multiplexed with the media.
    const nothing = ['0', '70000', '-1', '53020 x', '', '5005', '5004'];
    expect(nothing.map((each) => port(`a=rtcp:${each}`))).toEqual(nothing.map(() => undefined));
  });

  test('has a packet time if one was said that is one', () => {
    const time = (value: string) => audioOf('m=audio 5004 RTP/AVP 0', value)?.packetMs;
    expect(time('a=ptime:30')).toBe(30);
    expect(['a=ptime:0', 'a=ptime:-1', 'a=ptime:x', 'a=ptime:0x10', 'a=ptime'].map(time)).toEqual(
      Array(5).fill(undefined),
    );
  });

  test('is the first one that is not refused and that we can protect as it wants', () => {
    expect(audioOf('m=audio 0 RTP/AVP 0', 'm=video 5 RTP/AVP 31')).toBeUndefined();
    expect(
      audioOf('m=video 5 RTP/AVP 31', 'm=audio 0 RTP/AVP 0', 'm=audio 6 RTP/AVP 0')?.index,
    ).toBe(2);
    expect(audioOf('m=audio 5 UDP/TLS/RTP/SAVPF 0', 'm=audio 6 RTP/AVP 0')?.index).toBe(1);
    const both = parse(...HEAD, 'm=audio 5 RTP/SAVP 0', `a=crypto:${KEY}`, 'm=audio 6 RTP/AVP 0');
    expect(audioMediaOf(both)).toMatchObject({ index: 0, protection: 'srtp' });
    expect(audioMediaOf(withoutKeys(both))).toMatchObject({ index: 1, protection: 'rtp' });
  });

  test.each([
    ['IP4 203.0.113.9', '203.0.113.9'],
    ['IP4 203.0.113.9/127', '203.0.113.9'],
    ['IP6 2001:db8::9', '2001:db8::9'],
    ['IP6 2001:DB8:0:0::0009', '2001:db8::9'],
    ['IP4 host.example.com', undefined],
    ['IP4 203.0.113.999', undefined],
    ['IP4 0313.0.113.9', undefined],
    ['IP4 203.0.113', undefined],
    ['IP4 224.2.1.1', undefined],
    ['IP4 255.255.255.255', undefined],
    ['IP6 ff02::1', undefined],
    ['IP6 203.0.113.9', undefined],
    ['IP6 2001:db8::9::1', undefined],
  ])('has an address of one host, and names are not looked up: %s', (connection, host) => {
    expect(audioOf('m=audio 5 RTP/AVP 0', `c=IN ${connection}`)?.host).toBe(host);
  });

  test('has no address: it is none', () => {
    expect(audioMediaOf(parse(...HEAD.slice(0, 3), 'm=audio 5 RTP/AVP 0'))).toBeUndefined();
  });
});

function audioOf(...lines: string[]): AudioMedia | undefined {
  return audioMediaOf(parse(...HEAD, ...lines));
}

function fixture(name: string): SessionDescription {
  const file = join(import.meta.dirname, '../../fixtures/sdp', `${name}.sdp`);
  return parse(readFileSync(file, 'utf8'));
}

function parse(...lines: string[]): SessionDescription {
  const parsed = parseDescription(new TextEncoder().encode(lines.join('\r\n')));
  if (!parsed.ok) throw new Error(parsed.error);
  return parsed.value;
}
