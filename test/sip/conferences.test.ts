/*
 * Goal: what SIP clients ask of conferences, and are told of them. Method: as in lines.test.ts.
 */
import { decodeText } from '@conclave/sip';
import { describe, expect, test } from 'vitest';
import { houseOf, levelOf, partyAtBridge, TLS, two } from './sip-cast.ts';
import type { SipClient } from './sip-client.ts';

/** Ada brings her call with Bob into a conference of her own: REFER with Replaces (RFC 4579 §5.9). */
function merged() {
  const all = two();
  const { house, ada } = all;
  ada.call('2002');
  house.run(400);
  const view = ada.agent.session(ada.session);
  ada.reinvite('sendonly');
  house.run(400);
  ada.direction = 'sendrecv';
  ada.call('8000');
  house.run(600);
  const replaces = encodeURIComponent(
    `${view?.callId};to-tag=${view?.remoteTag};from-tag=${view?.localTag}`,
  );
  ada.refer(`<sip:2002@192.0.2.1?Replaces=${replaces}>`);
  house.run(800);
  return all;
}

describe('conferences', () => {
  test('REFER to the focus calls others in, and takes them out (RFC 4579 §5.5, §5.11)', () => {
    const { house, ada, bob } = two();
    ada.call('8000');
    house.run(400);
    ada.refer('<sip:2002@192.0.2.1>');
    house.run(600);
    const [conference] = house.state.conferences.values();
    expect(conference?.participants.map(({ device }) => device)).toEqual(['ADA', 'BOB']);
    expect(ada.sipfrags.at(-1)).toMatch(/^SIP\/2.0 200/);
    expect(bob.isTalking).toBe(true);
    expect(bob.security).toBe('Encrypted');
    ada.refer('<sip:2002@192.0.2.1;method=BYE>');
    house.run(600);
    expect(bob.isTalking).toBe(false);
    expect(ada.isTalking).toBe(true);
    expect([...house.state.conferences.values()][0]?.participants).toHaveLength(1);
    ada.bye();
    house.run(600);
    expect(house.state.conferences.size).toBe(0);
    expect(house.vault.size).toBe(0);
  });

  test('a client that repeats only the codec in use keeps the key that it hears with', () => {
    const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE'];
    const clear = { transport: 'udp', signalling: 'clear', srtp: 'none' } as const;
    const { house, ada, bob } = two({ allow, narrows: true }, clear);
    ada.call('5000');
    house.run(400);
    bob.call('5000');
    house.run(800);
    expect(ada.security).toBe('NotAuthenticated');
    const keys = ada.received.flatMap(({ body }) => /a=crypto:.*/.exec(decodeText(body)) ?? []);
    expect(keys.length).toBeGreaterThan(1);
    expect(new Set(keys).size).toBe(1);
  });

  test("REFER with Replaces brings a call of one's own in", () => {
    const { house } = merged();
    const [conference] = house.state.conferences.values();
    expect(conference?.participants.map(({ device }) => device)).toEqual(['ADA', 'BOB']);
    expect(house.state.legs.size).toBe(2);
  });

  test('its roster is told by the conference event package, with levels (RFC 4575)', () => {
    const { house, ada, bob } = two();
    ada.call('8000');
    house.run(400);
    ada.subscribe();
    house.run();
    expect(ada.roster).toMatch(/version="1"/);
    expect(ada.roster).toMatch(/<sec:level>encrypted<.*conference-state>/s);
    ada.refer('<sip:2002@192.0.2.1>');
    house.run(600);
    expect(ada.roster).toContain('<display-text>BOB (encrypted)</display-text>');
    expect(ada.roster).toContain('<user-count>2</user-count>');
    bob.bye();
    house.run(600);
    expect(ada.roster).toContain('<user-count>1</user-count>');
  });

  test('nobody else is told the roster', () => {
    const { house, ada, bob } = two();
    ada.call('8000');
    house.run(400);
    const [conference] = house.state.conferences.keys();
    bob.subscribeOutside(`sip:conf-${conference}@192.0.2.1`);
    house.run();
    expect(bob.roster).toBeUndefined();
    expect(bob.last).toMatchObject({ status: 403 });
  });

  test('star codes over INFO: level, roster, mute (the bridge says them)', () => {
    const { house, ada } = two();
    ada.call('5002');
    house.run(400);
    const said = () =>
      house.log.flatMap((each) => (each.type === 'announce' ? each.announcements : []));
    expect(said()).toEqual(['level-encrypted']);
    for (const digit of ['*', '1', '*', '2', '*', '6']) {
      ada.info(digit);
      house.run(50);
    }
    expect(said().slice(1)).toEqual(['level-encrypted', 'alone', 'muted']);
    const closed = house.told.filter(({ effect }) => effect.type === 'close-receive');
    expect(closed.map(({ effect }) => 'end' in effect && effect.end.kind)).toEqual(['bridge']);
    house.happen({
      type: 'participant-digit',
      bridge: 'CFB',
      party: partyAtBridge(house),
      digit: '*',
    });
    ada.info('6');
    house.run(400);
    expect(said()).toContain('unmuted');
    expect(ada.remote?.direction).toBe('sendrecv');
    const asked = house.told.filter(({ effect }) => effect.type === 'open-receive');
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
    expect(ada.received.filter(({ body }) => decodeText(body).includes('a=crypto'))).toHaveLength(
      1,
    );
  });

  test("the roster by voice tells each party's level, never as the conference's", () => {
    const clear = { transport: 'udp', signalling: 'clear', srtp: 'none' } as const;
    const { house, ada, bob } = two({}, clear);
    ada.call('5000');
    house.run(400);
    bob.call('5000');
    house.run(800);
    expect(levelOf(house)).toBe('nonsecure');
    const before = house.log.length;
    for (const digit of ['*', '2']) {
      ada.info(digit);
      house.run(50);
    }
    const said = house.log
      .slice(before)
      .flatMap((each) => (each.type === 'announce' ? each.announcements : []));
    expect(said.filter((each) => !each.startsWith('digit-'))).toEqual([
      'participants',
      'party-nonsecure',
      'party-encrypted',
    ]);
  });

  test('meet-me by dialling; the contact is a focus (RFC 4579 §5.1)', () => {
    const { house, ada, bob } = two();
    ada.call('5002');
    house.run();
    bob.call('5002');
    house.run();
    expect(levelOf(house)).toBe('encrypted');
    expect(ada.isTalking && bob.isTalking).toBe(true);
    expect(ada.shown).toBe('"Conference (encrypted)"');
    const keys = house.told.filter(({ effect }) => effect.type === 'open-receive');
    expect(keys.map(({ key }) => key)).toEqual([ada.sendKey, bob.sendKey]);
    const answer = ada.received.find((each) => each.type === 'response' && each.status === 200);
    expect(answer?.headers.get('Contact')).toContain(';isfocus');
  });

  test('below the minimum: 488, Warning, and Q.850 cause 58 (MTM-02, CDR-04)', () => {
    const clear = { transport: 'udp', signalling: 'clear', srtp: 'none' } as const;
    const { house, ada, bob } = two({}, clear);
    ada.call('5002');
    house.run();
    bob.call('5002');
    house.run();
    expect(bob.last).toMatchObject({ status: 183 });
    expect(house.spoken).toEqual(['refused-encrypted']);
    expect([...house.state.conferences.values()][0]?.participants).toHaveLength(1);
    house.run(1000);
    expect(bob.last).toMatchObject({ status: 488 });
    expect(bob.last?.headers.get('Reason')).toBe('Q.850;cause=58');
    expect(bob.last?.headers.get('Warning')).toMatch(/^399 /);
    expect(levelOf(house)).toBe('encrypted');
  });

  test('a clear-text party lowers what everybody is shown; when it has left they are shown the lock again', () => {
    const clear = { transport: 'udp', signalling: 'clear', srtp: 'none' } as const;
    const { house, clients } = houseOf(
      { device: 'ADA', ...TLS, srtp: 'mandatory' },
      { device: 'BOB', ...TLS, srtp: 'mandatory' },
      { device: 'EVE', isStandard: true, ...clear },
    );
    const [ada, bob, eve] = clients as [SipClient, SipClient, SipClient];
    for (const each of [ada, bob]) {
      each.call('5000');
      house.run();
    }
    expect([ada.security, bob.security]).toEqual(['Encrypted', 'Encrypted']);
    eve.call('5000');
    house.run();
    expect([ada, bob, eve].map(({ security }) => security)).toEqual(
      Array.from({ length: 3 }, () => 'NotAuthenticated'),
    );
    expect(ada.shown).toBe('"Conference (nonsecure)"');
    eve.bye();
    house.run(400);
    expect([ada.security, bob.security]).toEqual(['Encrypted', 'Encrypted']);
  });

  test('the conference factory (RFC 4579 §5.4) makes one of which the caller is the first member', () => {
    const { house, ada } = two();
    ada.call('8000');
    house.run();
    expect(ada.isTalking).toBe(true);
    const [conference] = house.state.conferences.values();
    expect(conference).toMatchObject({ kind: 'ad-hoc', focus: true });
    expect(conference?.participants).toHaveLength(1);
  });
});

describe('a key that a phone keeps (BRG-09)', () => {
  function transferred(rekeys: boolean) {
    const { house, clients } = houseOf(
      { device: 'ADA', ...TLS, srtp: 'mandatory', rekeys: true },
      { device: 'BOB', ...TLS, srtp: 'mandatory', rekeys },
      { device: 'CAT', ...TLS, srtp: 'mandatory', rekeys: true },
    );
    const [ada, bob, cat] = clients as [SipClient, SipClient, SipClient];
    ada.call('2002');
    house.run(400);
    expect(bob.security).toBe('Encrypted');
    ada.refer('<sip:2003@192.0.2.1>');
    house.run(800);
    expect(cat.receiveKey).toBe(bob.sendKey);
    return { house, ada, bob, cat };
  }

  test('is no secret any more from who has left: the call is authenticated at most, and it says why', () => {
    const { house, bob, cat } = transferred(false);
    expect([bob.security, cat.security]).toEqual(['Authenticated', 'Authenticated']);
    const [call] = house.state.calls.values();
    const facts = JSON.stringify(call?.assessment?.limits);
    expect(facts).toContain('ADA, which has left, knows a key that BOB still uses.');
  });

  test('a new key for the new party makes it encrypted again', () => {
    const { bob, cat } = transferred(true);
    expect([bob.security, cat.security]).toEqual(['Encrypted', 'Encrypted']);
  });

  test('a conference is encrypted while all who know the key are in it', () => {
    const { house, ada, bob } = merged();
    expect([levelOf(house), bob.security]).toEqual(['encrypted', 'Encrypted']);
    ada.bye();
    house.run(600);
    expect([levelOf(house), bob.security]).toEqual(['authenticated', 'Authenticated']);
  });

  test('who never takes another is sent to with the one it has, and that is told as well', () => {
    const { house, ada } = two({ keepsKeys: true });
    house.happen({ type: 'phone', device: 'SEP1', action: { type: 'dial', digits: '2001' } });
    house.run(400);
    const first = ada.receiveKey;
    const leg = [...house.state.legs.values()].find(({ device }) => device === 'SEP1')?.id ?? 0;
    const press = (key: 'confrn', on: number) =>
      house.happen({
        type: 'phone',
        device: 'SEP1',
        action: { type: 'softkey', key, line: 1, leg: on },
      });
    press('confrn', leg);
    house.run(100);
    house.happen({ type: 'phone', device: 'SEP1', action: { type: 'dial', digits: '2002' } });
    house.run(400);
    const second = [...house.state.legs.values()].find(({ consultFor }) => consultFor === leg);
    press('confrn', second?.id ?? 0);
    house.run(800);
    expect(levelOf(house)).toBe('encrypted');
    expect(ada.remote?.direction).toBe('sendrecv');
    expect(ada.receiveKey).toBe(first);
    const sends = house.told.filter(
      ({ effect }) => effect.type === 'start-transmit' && effect.end.kind === 'bridge',
    );
    expect(sends.map(({ key }) => key)).toContain(first);
  });
});
