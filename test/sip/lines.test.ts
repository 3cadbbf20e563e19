/*
 * Goal: calls of SIP phones as the rules want them, with the keys where they belong. Method: phones that
 * are user agents of their own, under virtual time; what the two ends of a stream were told is compared.
 */
import { configurationOf } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { type ClientSpec, type SipClient, SipHouse } from './sip-house.ts';

const TLS = { transport: 'tls', signalling: 'tls-encrypted', isStandard: true } as const;

function houseOf(...specs: readonly ClientSpec[]): { house: SipHouse; clients: SipClient[] } {
  const configuration = configurationOf({
    phones: [
      ...specs.map(({ device, signalling, isTrunk }, index) => ({
        name: device,
        mode: signalling === 'clear' ? ('nonsecure' as const) : ('encrypted' as const),
        number: String(2001 + index),
        settings: {
          protocol: 'SIP' as const,
          model: 'Third-party SIP Device (Advanced)',
          ...(isTrunk && { kind: 'sip-trunk' as const, srtpAllowed: true, lines: [] }),
        },
      })),
      { name: 'SEP1', mode: 'encrypted' as const, number: '1001' },
    ],
    bridges: [{ name: 'CFB', secure: true }],
    parameters: { computeStatusForNonsecureMeetMe: true },
  });
  const house = new SipHouse({
    ...configuration,
    conferenceFactory: '8000',
    routes: [{ pattern: '9XXX', trunk: 'TRUNK' }],
  });
  const clients = specs.map((spec) => house.client(spec));
  house.happen({
    type: 'bridge-registered',
    registration: {
      name: 'CFB',
      secure: true,
      sinceMs: 0,
      address: '198.51.100.1',
      conferencesMax: 8,
      partiesMax: 32,
      streamsMax: 128,
    },
  });
  house.happen({
    type: 'phone-registered',
    registration: {
      name: 'SEP1',
      signalling: 'tls-encrypted',
      sinceMs: 0,
      address: '198.51.100.2',
      codecs: ['pcmu', 'pcma'],
    },
  });
  return { house, clients };
}

function two(a: Partial<ClientSpec> = {}, b: Partial<ClientSpec> = {}) {
  const { house, clients } = houseOf(
    { device: 'ADA', ...TLS, srtp: 'mandatory', ...a },
    { device: 'BOB', ...TLS, srtp: 'mandatory', ...b },
  );
  const [ada, bob] = clients as [SipClient, SipClient];
  return { house, ada, bob };
}

function levelOf(house: SipHouse): string | undefined {
  return [...house.state.conferences.values()][0]?.level;
}

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

  test("REFER with Replaces brings a call of one's own in", () => {
    const { house, ada } = two();
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
      conference: [...house.state.conferences.keys()][0] ?? 0,
      leg: [...house.state.legs.keys()][0] ?? 0,
      digit: '*',
    });
    ada.info('6');
    house.run(400);
    expect(said()).toContain('unmuted');
    expect(ada.remote?.direction).toBe('sendrecv');
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
});
