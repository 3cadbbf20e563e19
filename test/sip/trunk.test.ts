/*
 * Goal: other SIP systems. Method: as in lines.test.ts.
 */
import { decodeText } from '@conclave/sip';
import { describe, expect, test } from 'vitest';
import { houseOf, levelOf, TLS } from './sip-cast.ts';
import type { SipClient } from './sip-client.ts';

describe('a SIP trunk', () => {
  function withTrunk() {
    const { house, clients } = houseOf(
      { device: 'ADA', ...TLS, srtp: 'mandatory' },
      { device: 'TRUNK', ...TLS, isStandard: false, isTrunk: true, srtp: 'mandatory' },
    );
    const [ada, trunk] = clients as [SipClient, SipClient];
    return { house, ada, trunk };
  }

  test('is dialled by its routes; SRTP over TLS, and nonsecure all the same (TRK-04)', async () => {
    const { house, ada, trunk } = withTrunk();
    ada.call('9123');
    house.run();
    await Promise.resolve();
    await Promise.resolve();
    house.run();
    const invite = trunk.received[0];
    expect(invite?.type === 'request' && invite.uri).toMatch(/^sip:9123@/);
    expect(trunk.isTalking && ada.isTalking).toBe(true);
    expect(ada.receiveKey).toBe(trunk.sendKey);
    expect(ada.security).toBe('NotAuthenticated');
    expect(trunk.security).toBeUndefined();
  });

  test('brings many calls at a time, each with its own caller; one in a conference lowers it (TRK-03)', () => {
    const { house, ada, trunk } = withTrunk();
    ada.call('5000');
    house.run();
    expect(levelOf(house)).toBe('encrypted');
    trunk.call('5000');
    const first = trunk.session;
    house.run();
    trunk.call('5000');
    house.run();
    expect(levelOf(house)).toBe('nonsecure');
    expect([...house.state.conferences.values()][0]?.participants).toHaveLength(3);
    expect(ada.security).toBe('NotAuthenticated');
    for (const session of [first, trunk.session]) {
      trunk.session = session;
      trunk.bye();
    }
    house.run(400);
    expect(ada.security).toBe('Encrypted');
  });

  test('that asks for our offer is told that SRTP is possible, where its connection protects keys', () => {
    const { house, trunk } = withTrunk();
    trunk.call('2001', false);
    house.run(400);
    const answer = trunk.received.find((each) => each.type === 'response' && each.status === 200);
    const offer = decodeText(answer?.body ?? new Uint8Array());
    expect(offer).toMatch(/m=audio 9 RTP\/AVP .*a=crypto:1 AES_CM_128_HMAC_SHA1_80.*a=inactive/s);
  });

  test('below a minimum it is refused with 488 (RES-08, RES-09)', () => {
    const { house, ada, trunk } = withTrunk();
    ada.call('5002');
    house.run();
    trunk.call('5002');
    house.run();
    expect(trunk.last).toMatchObject({ status: 488 });
    expect(trunk.last?.headers.get('Reason')).toBe('Q.850;cause=58');
  });

  test('may not make calls of its own by REFER', () => {
    const { house, ada, trunk } = withTrunk();
    trunk.call('2001');
    house.run(400);
    trunk.refer('<sip:9000@192.0.2.1>');
    house.run(400);
    expect(trunk.isTalking && ada.isTalking).toBe(true);
    expect(trunk.last).toMatchObject({ status: 403 });
  });

  test('a party that holds hears nothing and is not heard until it resumes (INT-02)', () => {
    const { house, ada, trunk } = withTrunk();
    trunk.call('2001');
    house.run(400);
    trunk.reinvite('sendonly');
    house.run(400);
    expect(ada.remote?.direction).toBe('inactive');
    trunk.reinvite('sendrecv');
    house.run(400);
    expect(ada.remote?.direction).toBe('sendrecv');
    expect(trunk.remote?.direction).toBe('sendrecv');
    expect(ada.receiveKey).toBe(trunk.sendKey);
  });

  test.each([
    [true, 'Encrypted'],
    [false, 'NotAuthenticated'],
  ])(
    'trusted: %s; what it tells of its party counts only then (D-19, TRK-03)',
    (trusted, shown) => {
      const { house, ada, trunk } = withTrunk();
      if (trusted) house.configure('TRUNK', { trustSecurityStatus: true });
      const security = '<urn:x-cisco-remotecc:callinfo>; security= Encrypted';
      trunk.call('2001', true, [['Call-Info', security]]);
      house.run(400);
      expect(ada.security).toBe(shown);
    },
  );
});
