/*
 * Goal: calls of SIP phones as the rules want them, with the keys where they belong. Method: phones that
 * are user agents of their own, under virtual time; what the two ends of a stream were told is compared.
 */
import { describe, expect, test } from 'vitest';
import { houseOf, TLS, two } from './sip-cast.ts';
import type { SipClient } from './sip-client.ts';

describe('a call between SIP phones', () => {
  test('media goes from one to the other, each with the key that its sender chose (RFC 4568 §7.1)', () => {
    const { house, ada, bob } = two();
    ada.call('2002');
    house.run();
    expect(ada.isTalking && bob.isTalking).toBe(true);
    expect(ada.remote?.host).toBe(bob.flow.remote.host);
    expect(bob.remote?.host).toBe(ada.flow.remote.host);
    expect(ada.receiveKey).toBe(bob.sendKey);
    expect(bob.receiveKey).toBe(ada.sendKey);
    expect(ada.sendKey).not.toBe(bob.sendKey);
    expect([ada.security, bob.security]).toEqual(['Encrypted', 'Encrypted']);
    expect(bob.shown).toContain('(encrypted)');
    ada.bye();
    house.run();
    expect(bob.isTalking).toBe(false);
    expect(house.vault.size).toBe(0);
    expect(house.sip.lines.size).toBe(0);
    expect(house.records).toHaveLength(1);
  });

  test('each is told where the other listens to RTCP (RFC 3605)', () => {
    const audio = { formats: '0', attributes: ['a=rtcp:53020'] };
    const { house, ada, bob } = two({}, { audio });
    ada.call('2002');
    house.run();
    expect(ada.remote?.rtcpPort).toBe(53_020);
    expect(bob.remote?.rtcpPort).toBeUndefined();
  });

  test('over clear signalling RTP/SAVP is refused with 488, and OSRTP is RTP (RFC 8643, SEC-03)', () => {
    const clear = { transport: 'udp', signalling: 'clear' } as const;
    const { house, ada } = two(clear, {});
    ada.call('2002');
    house.run();
    expect(ada.last).toMatchObject({ type: 'response', status: 488 });
    const again = two({ ...clear, srtp: 'offered' }, { srtp: 'offered' });
    again.ada.call('2002');
    again.house.run();
    expect(again.ada.isTalking && again.bob.isTalking).toBe(true);
    expect(again.ada.remote?.crypto).toEqual([]);
    expect(again.ada.security).toBe('NotAuthenticated');
  });

  test('a callee that has no UPDATE is told by re-INVITE, and its media goes on', () => {
    const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS'];
    const { house, ada, bob } = two({ allow }, { allow });
    ada.call('2002');
    house.run(400);
    expect([ada.security, bob.security]).toEqual(['Encrypted', 'Encrypted']);
    expect(ada.receiveKey).toBe(bob.sendKey);
    expect(bob.receiveKey).toBe(ada.sendKey);
  });

  test.each([
    ['busy', 486, 'BOB'],
    ['declined', 486, 'BOB'],
  ])('a callee that is %s', (_how, status) => {
    const { house, ada, bob } = two();
    bob.answersCalls = false;
    ada.call('2002');
    house.run();
    const incoming = bob.heard.find((each) => each.type === 'incoming');
    bob.agent.reject(incoming?.session ?? 0, 486, {}, bob.nowMs);
    bob.pump();
    house.run();
    expect(ada.last).toMatchObject({ status });
    expect(house.state.legs.size).toBe(0);
  });

  test.each([
    ['udp', 'clear', 'none', 480],
    ['tls', 'tls-encrypted', 'mandatory', undefined],
  ] as const)(
    'a sips address is not called where a hop is %s (RFC 5630)',
    (transport, signalling, srtp, status) => {
      const { house, ada, bob } = two({}, { transport, signalling, srtp });
      ada.scheme = 'sips';
      ada.call('2002');
      house.run();
      expect(bob.received.length > 0).toBe(status === undefined);
      expect(ada.isTalking).toBe(status === undefined);
      if (status !== undefined) expect(ada.last).toMatchObject({ status });
    },
  );

  test('an unknown number is 404', () => {
    const { house, ada } = two();
    ada.call('4711');
    house.run();
    expect(ada.last).toMatchObject({ status: 404 });
    expect(house.state.legs.size).toBe(0);
  });

  test('CANCEL stops the ringing', () => {
    const { house, ada, bob } = two();
    bob.answersCalls = false;
    ada.call('2002');
    house.run();
    ada.agent.cancel(ada.session, {}, ada.nowMs);
    ada.pump();
    house.run();
    expect(bob.received.some((each) => each.type === 'request' && each.method === 'CANCEL')).toBe(
      true,
    );
    expect(house.state.legs.size).toBe(0);
  });

  test('hold and resume by re-INVITE (RFC 3264 §8.4): the other side is stopped, then goes on', () => {
    const { house, ada, bob } = two({}, { rekeys: true });
    ada.call('2002');
    house.run(400);
    ada.reinvite('sendonly');
    house.run(400);
    expect(ada.remote?.direction).not.toBe('sendrecv');
    expect(bob.remote?.direction).toBe('inactive');
    ada.reinvite('sendrecv');
    house.run(400);
    expect(ada.remote?.direction).toBe('sendrecv');
    expect(bob.remote?.direction).toBe('sendrecv');
    expect(ada.receiveKey).toBe(bob.sendKey);
    expect(bob.receiveKey).toBe(ada.sendKey);
  });

  test('an INVITE without an offer is answered, and then asked for one', () => {
    const { house, ada, bob } = two({ srtp: 'offered' }, { srtp: 'offered' });
    ada.call('2002', false);
    house.run(600);
    expect(ada.remote?.direction).toBe('sendrecv');
    expect(ada.remote?.host).toBe(bob.flow.remote.host);
    expect(ada.receiveKey).toBe(bob.sendKey);
    expect(ada.security).toBe('Encrypted');
  });
});

describe('a SIP phone and an SCCP phone', () => {
  test('the SCCP phone is asked to listen only with the key that the SIP phone has declared', () => {
    const { house, ada } = two();
    ada.call('1001');
    house.run();
    const leg = [...house.state.legs.values()].find(({ device }) => device === 'SEP1');
    house.happen({
      type: 'phone',
      device: 'SEP1',
      action: { type: 'off-hook', leg: leg?.id ?? 0 },
    });
    house.run();
    const listens = house.told.find(({ effect }) => effect.type === 'open-receive');
    const sends = house.told.find(({ effect }) => effect.type === 'start-transmit');
    expect(listens?.key).toBe(ada.sendKey);
    expect(sends?.key).toBe(ada.receiveKey);
    expect(ada.isTalking).toBe(true);
  });

  test('called by it, likewise: the offer comes in the 200', () => {
    const { house, ada } = two();
    house.happen({ type: 'phone', device: 'SEP1', action: { type: 'dial', digits: '2001' } });
    house.run();
    const listens = house.told.find(({ effect }) => effect.type === 'open-receive');
    expect(listens?.key).toBe(ada.sendKey);
    expect(ada.isTalking).toBe(true);
    expect(ada.security).toBe('Encrypted');
  });
});

describe('transfer (RFC 5589)', () => {
  function three() {
    const { house, clients } = houseOf(
      { device: 'ADA', ...TLS, srtp: 'mandatory' },
      { device: 'BOB', ...TLS, srtp: 'mandatory' },
      { device: 'CAT', ...TLS, srtp: 'mandatory' },
    );
    const [ada, bob, cat] = clients as [SipClient, SipClient, SipClient];
    return { house, ada, bob, cat };
  }

  test('blind: the party waits, and is with the target when that answers', () => {
    const { house, ada, bob, cat } = three();
    ada.call('2002');
    house.run(400);
    ada.refer('<sip:2003@192.0.2.1>');
    house.run(600);
    expect(ada.isTalking).toBe(false);
    expect(bob.receiveKey).toBe(cat.sendKey);
    expect(cat.receiveKey).toBe(bob.sendKey);
    expect(bob.shown).toContain('CAT');
  });

  test('blind to a number that does not ring: nothing changes, and the REFER is told so', () => {
    const { house, ada, bob } = three();
    ada.call('2002');
    house.run(400);
    ada.refer('<sip:4711@192.0.2.1>');
    house.run(400);
    expect(ada.isTalking && bob.isTalking).toBe(true);
    expect(bob.receiveKey).toBe(ada.sendKey);
    expect(ada.sipfrags.at(-1)).toMatch(/^SIP\/2.0 4/);
  });

  test('attended: Replaces names the other dialog', () => {
    const { house, ada, bob, cat } = three();
    ada.call('2002');
    house.run(400);
    const first = ada.session;
    ada.reinvite('sendonly');
    house.run(400);
    ada.direction = 'sendrecv';
    ada.call('2003');
    house.run(400);
    const view = ada.agent.session(ada.session);
    const replaces = encodeURIComponent(
      `${view?.callId};to-tag=${view?.remoteTag};from-tag=${view?.localTag}`,
    );
    ada.refer(`<sip:2003@192.0.2.1?Replaces=${replaces}>`, first);
    house.run(600);
    expect(ada.isTalking).toBe(false);
    expect(bob.receiveKey).toBe(cat.sendKey);
    expect(cat.receiveKey).toBe(bob.sendKey);
    expect(house.state.legs.size).toBe(2);
  });
});
