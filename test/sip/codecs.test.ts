/*
 * Goal: what a SIP phone offers of codecs, packet times and key presses decides what its leg at a bridge
 * is told (RFC 3264 §6.1, RFC 8866 §6.4, RFC 4733 §2.4). Method: as in lines.test.ts.
 */
import { decodeText } from '@conclave/sip';
import { describe, expect, test } from 'vitest';
import { two } from './sip-cast.ts';
import type { SipClient } from './sip-client.ts';
import type { SipHouse } from './sip-house.ts';

const WIDE = {
  formats: '9 0 96',
  attributes: ['a=rtpmap:9 G722/8000', 'a=rtpmap:96 telephone-event/8000', 'a=ptime:30'],
};

describe('a leg at a bridge', () => {
  test('G.722 in packets of 30 ms, its key presses as 96', () => {
    const { house, ada } = two({ audio: WIDE });
    ada.call('8000');
    house.run(400);
    expect(formatsAtBridge(house)).toEqual([
      { codec: 'g722', packetMs: 30, telephoneEvent: 96 },
      { codec: 'g722', packetMs: 30, telephoneEvent: 96 },
    ]);
    expect(answerTo(ada)).toMatch(/^m=audio \d+ RTP\/SAVP 9 96\r\n.*a=ptime:30\r\n/ms);
  });

  test('without key presses and packet time: none, and 20 ms', () => {
    const { house, ada } = two({ audio: { formats: '8', attributes: [] } });
    ada.call('8000');
    house.run(400);
    expect(formatsAtBridge(house)[0]).toEqual({ codec: 'pcma', packetMs: 20, telephoneEvent: 0 });
    expect(answerTo(ada)).toMatch(/^m=audio \d+ RTP\/SAVP 8\r\n.*a=ptime:20\r\n/ms);
  });

  test('a phone that has GCM only is encrypted at a bridge (RFC 7714 §14)', () => {
    const { house, ada } = two({ suites: ['AEAD_AES_128_GCM'] });
    ada.call('8000');
    house.run(400);
    expect(suitesAtBridge(house)).toEqual(['AEAD_AES_128_GCM']);
    expect(ada.security).toBe('Encrypted');
    expect(answerTo(ada)).toContain('AEAD_AES_128_GCM');
  });

  test.each([
    ['encrypted', {}],
    ['clear', { transport: 'udp', signalling: 'clear', srtp: 'none' }],
  ] as const)('a call without an offer: what the phone says afterwards counts, %s', (_, spec) => {
    const { house, ada } = two({ ...spec, audio: { ...WIDE, formats: '0 8 96' } });
    ada.call('5000', false);
    house.run(600);
    expect(formatsAtBridge(house).at(-1)).toMatchObject({ packetMs: 30, telephoneEvent: 96 });
  });

  test('a packet time that no bridge has is not agreed to', () => {
    const { house, ada } = two({ audio: { ...WIDE, attributes: ['a=ptime:25'] } });
    ada.call('8000');
    house.run(400);
    expect(formatsAtBridge(house)[0]).toMatchObject({ packetMs: 20 });
    expect(answerTo(ada)).toContain('a=ptime:20\r\n');
  });
});

function formatsAtBridge(house: SipHouse): readonly object[] {
  return house.told.flatMap(({ effect }) => {
    if (effect.type !== 'open-receive' && effect.type !== 'start-transmit') return [];
    const { key: _, suite: __, ...format } = effect.format;
    return effect.end.kind === 'bridge' ? [format] : [];
  });
}

function suitesAtBridge(house: SipHouse): readonly unknown[] {
  const suites = house.told.flatMap(({ effect }) =>
    effect.type === 'open-receive' && effect.end.kind === 'bridge' ? [effect.format.suite] : [],
  );
  return [...new Set(suites)];
}

function answerTo(client: SipClient): string {
  return client.received.map(({ body }) => decodeText(body)).findLast((body) => body !== '') ?? '';
}
