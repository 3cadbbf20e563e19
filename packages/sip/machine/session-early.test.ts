import {
  answerOffers,
  asFork,
  INVITE,
  isMethod,
  isNothingLeft,
  outputsOf,
  rawRequest,
  requestsOf,
  responsesOf,
  SipPair,
  sdp,
  sipCall,
  toldOf,
  wireOf,
} from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { SipRequest, SipResponse } from '../wire/message.ts';
import { decodeText } from '../wire/text.ts';

/*
 * Goal: everything that may happen between an INVITE and its end: reliable provisional responses
 * (RFC 3262), forks (RFC 3261 §13.2.2.4), CANCEL that meets an answer (§9), what comes too late.
 * Method: two user agents, and messages of phones that behave otherwise than ours.
 */

const RELIABLY = { headers: [['Require', '100rel']] } as const;

describe('PRACK (RFC 3262)', () => {
  test('each reliable response waits for the PRACK of the one before it (§3)', () => {
    const { pair, theirs } = reliableCall();
    const { a, b } = pair;
    for (const status of [180, 181, 182]) b.agent.ring(theirs, status, {}, pair.nowMs);
    pair.run(5);
    expect(wireOf(b)).toEqual(['180 INVITE']);
    pair.run(200);
    const reliable = b.sent.filter((each) => each.headers.has('RSeq'));
    const numbers = reliable.map(({ headers }) => Number(headers.get('RSeq')));
    const [first = 0] = numbers;
    expect(numbers).toEqual([first, first + 1, first + 2]);
    expect(first).toBeGreaterThan(0);
    expect(first).toBeLessThan(2 ** 31);
    const racks = requestsOf(a, 'PRACK').map(({ headers }) => headers.get('RAck'));
    expect(racks).toEqual(numbers.map((number) => `${number} 1 INVITE`));
  });

  test('past its bound no further one waits', () => {
    const { pair, theirs } = reliableCall();
    const { b } = pair;
    const taken = Array.from({ length: 20 }, () => b.agent.ring(theirs, 183, {}, pair.nowMs));
    expect(taken.filter((each) => each)).toHaveLength(9);
  });

  test('is repeated in doubling pauses; without a PRACK for 64 * T1 the call is refused (§3)', () => {
    const { pair, theirs } = reliableCall();
    const { a, b } = pair;
    a.filter = (message) => !isMethod(message, 'PRACK');
    b.agent.ring(theirs, 180, {}, pair.nowMs);
    pair.run(31_900);
    expect(wireOf(b).filter((each) => each === '180 INVITE')).toHaveLength(7);
    pair.run(40_000);
    expect(wireOf(b)).toContain('504 INVITE');
    expect(toldOf(b, theirs)).toEqual(['ended rejected']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a repeated or later one in the wrong order is not acknowledged (§4)', () => {
    const { pair, theirs } = reliableCall();
    const { a, b } = pair;
    b.agent.ring(theirs, 180, {}, pair.nowMs);
    pair.run(100);
    const [first] = responsesOf(b, 180, 'INVITE');
    if (!first) throw new Error('did not ring');
    const number = Number(first.headers.get('RSeq'));
    const later = { ...first, headers: first.headers.with('RSeq', String(number + 2)) };
    for (const each of [first, later]) a.agent.receive(each, a.flow, pair.nowMs);
    pair.run(100);
    expect(requestsOf(a, 'PRACK')).toHaveLength(1);
  });

  test('one that names no response of ours: 481 (§3)', () => {
    const { pair, mine, theirs } = reliableCall();
    const { a, b } = pair;
    b.agent.ring(theirs, 180, {}, pair.nowMs);
    pair.run(100);
    a.agent.request(mine, 'PRACK', { headers: [['RAck', '1 1 INVITE']] }, pair.nowMs);
    pair.run(50);
    expect(wireOf(b).at(-1)).toBe('481 PRACK');
  });

  test('an offer in a reliable 183 is answered in its PRACK, and the 200 has none (§5)', () => {
    const { pair, mine, theirs } = reliableCall();
    const { a, b } = pair;
    answerOffers(pair, a, 'a');
    b.agent.ring(theirs, 183, { body: sdp('b1') }, pair.nowMs);
    pair.run(100);
    expect(decodeText(requestsOf(a, 'PRACK')[0]?.body ?? sdp(''))).toBe('a1');
    expect(toldOf(b, theirs)).toEqual(['answer: a1']);
    b.agent.accept(theirs, { body: sdp('b2') }, pair.nowMs);
    pair.run(100);
    expect(responsesOf(b, 200, 'INVITE')[0]?.body.length).toBe(0);
    expect(toldOf(a, mine)).toEqual(['offered provisional: b1', 'answered none: ']);
  });

  test('a second description is not sent where both are described already (RFC 6337 §2.2)', () => {
    const { pair, theirs } = reliableCall();
    const { a, b } = pair;
    answerOffers(pair, a, 'a');
    for (const name of ['b1', 'b2']) b.agent.ring(theirs, 183, { body: sdp(name) }, pair.nowMs);
    pair.run(300);
    const bodies = responsesOf(b, 183, 'INVITE').map(({ body }) => decodeText(body));
    expect(bodies).toEqual(['b1', '']);
  });

  test('a 200 waits while a description in a 183 is not acknowledged (§3)', () => {
    const { pair, theirs } = reliableCall();
    const { a, b } = pair;
    answerOffers(pair, a, 'a');
    b.agent.ring(theirs, 183, { body: sdp('b1') }, pair.nowMs);
    b.agent.accept(theirs, {}, pair.nowMs);
    pair.run(5);
    expect(wireOf(b)).toEqual(['183 INVITE']);
    pair.run(100);
    expect(wireOf(b)).toEqual(['183 INVITE', '200 PRACK', '200 INVITE']);
  });

  test('what a caller does not require is not sent reliably, and offers nothing', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.ring(b.incoming, 183, { body: sdp('b1') }, pair.nowMs);
    pair.run(50);
    expect(toldOf(a, mine)).toEqual(['ringing']);
    expect(responsesOf(b, 183, 'INVITE')[0]?.headers.has('RSeq')).toBe(false);
  });
});

describe('forks (RFC 3261 §13.2.2.4)', () => {
  test('every phone that rings is heard; the second one that answers gets ACK and BYE', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    const [ok] = responsesOf(b, 200, 'INVITE');
    if (!ok) throw new Error('not answered');
    for (let each = 0; each < 2; each++) a.agent.receive(asFork(ok, 'other'), a.flow, pair.nowMs);
    pair.run(50);
    const toOther = a.sent.filter(({ headers }) => headers.get('To')?.endsWith('tag=other'));
    expect(toOther.map((each) => each.type === 'request' && each.method)).toEqual([
      ...['ACK', 'BYE', 'ACK'],
    ]);
    expect(a.agent.session(mine)?.phase).toBe('confirmed');
    expect(toldOf(a, mine).filter((each) => each.startsWith('answered'))).toHaveLength(1);
  });

  test('early dialogs of phones that did not answer are forgotten', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = ringing(pair);
    const [ring] = responsesOf(b, 180, 'INVITE');
    if (!ring) throw new Error('did not ring');
    for (let each = 0; each < 40; each++) {
      a.agent.receive(asFork(ring, `other${each}`), a.flow, pair.nowMs);
    }
    pair.run(0);
    // Bounded: further forks ring without a dialog of their own.
    expect(toldOf(a, mine)).toHaveLength(16);
    answerOffers(pair, a, 'a');
    b.agent.accept(b.incoming, { body: sdp('b1') }, pair.nowMs);
    pair.run(50);
    a.agent.bye(mine, {}, pair.nowMs);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('more 2xx than anybody forks to are not answered, and cost nothing', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    sipCall(pair);
    const [ok] = responsesOf(b, 200, 'INVITE');
    if (!ok) throw new Error('not answered');
    for (let each = 0; each < 100; each++) {
      a.agent.receive(asFork(ok, `other${each}`), a.flow, pair.nowMs);
    }
    pair.run(0);
    expect(requestsOf(a, 'BYE').length).toBeLessThan(20);
  });
});

describe('CANCEL (§9)', () => {
  test('comes after the 200: answered, and without effect (§9.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [, theirs] = sipCall(pair);
    const [invite] = requestsOf(a, 'INVITE');
    if (!invite) throw new Error('no INVITE');
    const headers = invite.headers.with('CSeq', '1 CANCEL');
    b.agent.receive({ ...invite, method: 'CANCEL', headers }, b.flow, pair.nowMs);
    pair.run(0);
    expect(wireOf(b).at(-1)).toBe('200 CANCEL');
    expect(b.agent.session(theirs)?.phase).toBe('confirmed');
  });

  test('for nothing: 481', () => {
    const pair = new SipPair(1);
    const { b } = pair;
    b.agent.receive(rawRequest('CANCEL'), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['481 CANCEL']);
  });

  test('nobody answers the INVITE in spite of it: given up after 64 * T1', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = ringing(pair);
    b.filter = () => false;
    a.agent.cancel(mine, {}, pair.nowMs);
    pair.run(32_500);
    expect(toldOf(a, mine)).toEqual(['ringing', 'ended cancel-sent']);
    b.agent.reject(b.incoming, 480, {}, pair.nowMs);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a phone that answers after all is acknowledged and told to hang up', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = ringing(pair);
    a.filter = (message) => !isMethod(message, 'CANCEL');
    a.agent.cancel(mine, {}, pair.nowMs);
    pair.run(33_000);
    expect(toldOf(a, mine).at(-1)).toBe('ended cancel-sent');
    b.agent.accept(b.incoming, { body: sdp('b1') }, pair.nowMs);
    pair.run(50);
    expect(wireOf(a).slice(-2)).toEqual(['ACK', 'BYE']);
    expect(toldOf(b, b.incoming).at(-1)).toBe('ended bye');
    expect(isNothingLeft(pair)).toBe(true);
  });
});

describe('what comes too late', () => {
  test('a 180 after the 200, and a second 200 after the end, say nothing new', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    const [ring, ok] = [responsesOf(b, 180, 'INVITE')[0], responsesOf(b, 200, 'INVITE')[0]];
    a.agent.bye(mine, {}, pair.nowMs);
    pair.run(100);
    const heard = toldOf(a, mine);
    for (const each of [ring, ok] as readonly SipResponse[]) {
      a.agent.receive(each, a.flow, pair.nowMs);
    }
    pair.run(100);
    expect(toldOf(a, mine)).toEqual(heard);
    expect(wireOf(a).at(-1)).toBe('ACK');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('commands for a call that is over do nothing and say so', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.bye(mine, {}, pair.nowMs);
    pair.run(100);
    const sent = a.sent.length + b.sent.length;
    for (const [end, id] of [
      [a, mine],
      [b, theirs],
      [b, 9999],
    ] as const) {
      const { agent } = end;
      expect([
        agent.cancel(id, {}, pair.nowMs),
        agent.ring(id, 180, {}, pair.nowMs),
        agent.accept(id, {}, pair.nowMs),
        agent.reject(id, 486, {}, pair.nowMs),
        agent.reinvite(id, {}, pair.nowMs),
        agent.update(id, {}, pair.nowMs),
        agent.answerOffer(id, sdp('x'), {}, pair.nowMs),
        agent.refuseOffer(id, 488, {}, pair.nowMs),
        agent.bye(id, {}, pair.nowMs),
        agent.request(id, 'INFO', {}, pair.nowMs),
        agent.session(id),
      ]).toEqual([...Array(9).fill(false), 0, undefined]);
    }
    pair.run(0);
    expect(a.sent.length + b.sent.length).toBe(sent);
  });

  test('BYE for a call that we do not know: 481 (§15.1.2)', () => {
    const pair = new SipPair(1);
    const { b } = pair;
    b.agent.receive(rawRequest('BYE', { To: '<sip:2002@192.0.2.2>;tag=gone' }), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['481 BYE']);
  });

  test('both hang up at once: both BYEs are answered, both hear it once', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.bye(mine, {}, pair.nowMs);
    b.agent.bye(theirs, {}, pair.nowMs);
    pair.run(100);
    expect(toldOf(a, mine).filter((each) => each.startsWith('ended'))).toEqual(['ended bye-sent']);
    expect(toldOf(b, theirs).at(-1)).toBe('ended bye-sent');
    expect(isNothingLeft(pair)).toBe(true);
  });
});

describe('requests before any call', () => {
  test('the same INVITE on two ways: the second one is refused with 482 (§8.2.2.2)', () => {
    const pair = new SipPair(1);
    const { b } = pair;
    b.agent.receive(rawRequest('INVITE'), b.flow, 0);
    const Via = 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-another';
    b.agent.receive(rawRequest('INVITE', { Via }), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['482 INVITE']);
    expect(outputsOf(b, 'incoming')).toHaveLength(1);
  });

  test('Max-Forwards 0: 483, as the call would go on from here (RFC 7332)', () => {
    const pair = new SipPair(1);
    const { b } = pair;
    b.agent.receive(rawRequest('INVITE', { 'Max-Forwards': '0' }), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['483 INVITE']);
  });

  test.each([
    ['an unknown extension is required', 'INVITE', { Require: 'chess' }, '420 INVITE'],
    ['an unknown method', 'JUMP', {}, '405 JUMP'],
    ['an unknown event package', 'SUBSCRIBE', { Event: 'weather' }, '489 SUBSCRIBE'],
    ['a request of a dialog without a dialog', 'INFO', {}, '481 INFO'],
  ])('%s', (_, method, fields, answer) => {
    const pair = new SipPair(1);
    const { b } = pair;
    b.agent.receive(rawRequest(method, fields), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual([answer]);
    expect(b.heard).toEqual([]);
  });

  test('past the bound of sessions: 503, and those that are there go on', () => {
    const pair = new SipPair(1, undefined, { limits: { sessionsMax: 2 } });
    const { b } = pair;
    for (const n of [1, 2, 3]) b.agent.receive(numbered(n), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['503 INVITE']);
    expect(b.agent.counts.sessions).toBe(2);
    for (const { session } of outputsOf(b, 'incoming')) b.agent.reject(session, 486, {}, 0);
    b.agent.receive(numbered(4), b.flow, 0);
    pair.run(0);
    expect(outputsOf(b, 'incoming')).toHaveLength(3);
  });

  test('a dialog of a TLS connection is not taken over from a clear-text one', () => {
    const pair = new SipPair(1, { transport: 'tls', loss: 0, duplication: 0, delayMs: [5, 5] });
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.request(mine, 'INFO', {}, pair.nowMs);
    pair.run(20);
    const [info] = requestsOf(a, 'INFO');
    if (!info) throw new Error('no INFO');
    const headers = info.headers
      .with('CSeq', '9 BYE')
      .with('Via', 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-spy');
    const spy = { ...b.flow, id: 'spy', transport: 'udp' } as const;
    b.agent.receive({ ...info, method: 'BYE', headers }, spy, pair.nowMs);
    pair.run(0);
    expect(wireOf(b).at(-1)).toBe('481 BYE');
    expect(b.agent.session(theirs)?.phase).toBe('confirmed');
  });
});

function reliableCall(): {
  readonly pair: SipPair;
  readonly mine: number;
  readonly theirs: number;
} {
  const pair = new SipPair(1);
  const { a, b } = pair;
  const mine = a.agent.invite({ ...INVITE, ...RELIABLY }, { flow: a.flow }, 0);
  pair.run(20);
  return { pair, mine, theirs: b.incoming };
}

function ringing(pair: SipPair): number {
  const { a, b } = pair;
  const mine = a.agent.invite(INVITE, { flow: a.flow }, pair.nowMs);
  pair.run(20);
  b.agent.ring(b.incoming, 180, {}, pair.nowMs);
  pair.run(20);
  return mine;
}

function numbered(n: number): SipRequest {
  const Via = `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-${n}`;
  return rawRequest('INVITE', { Via, 'Call-ID': `call-${n}` });
}
