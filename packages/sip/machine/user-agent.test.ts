import {
  answerOffers,
  INVITE,
  isMethod,
  isNothingLeft,
  SipPair,
  sdp,
  sipCall,
  toldOf,
  wireOf,
} from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { PROCEEDING_MS } from './transaction.ts';

/*
 * Goal: a call as a back-to-back user agent needs it, both ways. Method: two user agents on a quiet
 * network; what passed between them and what their users were told is compared with the RFCs' rules.
 */

describe('a call', () => {
  test('without an offer: it comes in the 200, the answer goes into the ACK (RFC 3261 §13.2.2.4)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    expect(wireOf(a)).toEqual(['INVITE', 'ACK']);
    expect(wireOf(b)).toEqual(['180 INVITE', '200 INVITE']);
    expect(toldOf(a, mine)).toEqual(['ringing', 'answered offer: b1']);
    expect(toldOf(b, theirs)).toEqual(['acked', 'answer: a1']);
    expect(a.agent.session(mine)).toMatchObject({ phase: 'confirmed', isStable: true });
    expect(b.agent.session(theirs)).toMatchObject({ phase: 'confirmed', isStable: true });
  });

  test('with an offer: the answer comes in the 200', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair, 'a1');
    expect(toldOf(a, mine)).toEqual(['ringing', 'answered answer: b1']);
    expect(toldOf(b, theirs)).toEqual(['acked']);
  });

  test('BYE of the caller ends both', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.bye(mine, { headers: [['Reason', 'Q.850;cause=16']] }, pair.nowMs);
    pair.run(100);
    expect(toldOf(a, mine).at(-1)).toBe('ended bye-sent');
    expect(toldOf(b, theirs).at(-1)).toBe('ended bye');
    const last = b.events(theirs).at(-1);
    expect(last?.type === 'ended' && last.message?.headers.get('Reason')).toBe('Q.850;cause=16');
    expectNothingLeft(pair);
  });

  test('a callee that hangs up at once waits for the ACK (§15)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.accept(b.incoming, { body: sdp('b1') }, pair.nowMs);
    b.agent.bye(b.incoming, {}, pair.nowMs);
    pair.run(5);
    expect(wireOf(b)).not.toContain('BYE');
    answerOffers(pair, a, 'a');
    pair.run(1000);
    expect(wireOf(b)).toEqual(['200 INVITE', 'BYE']);
    expectNothingLeft(pair);
  });

  test.each([
    [486, 'failed 486'],
    [603, 'failed 603'],
  ])('rejected with %s', (status, event) => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    const headers = [['Reason', 'Q.850;cause=58']] as const;
    b.agent.reject(b.incoming, status, { headers, phrase: 'No' }, pair.nowMs);
    pair.run(100);
    expect(toldOf(a, mine)).toEqual([event]);
    expect(toldOf(b, b.incoming)).toEqual(['ended rejected']);
    expect(wireOf(a)).toEqual(['INVITE', 'ACK']);
    expectNothingLeft(pair);
  });

  test('refused once, nothing is kept of it, and it is refused again when it comes again (§8.2.7)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    let lost = 1;
    b.filter = (message) => message.type === 'request' || lost-- <= 0;
    b.on = (output) => {
      if (output.type === 'incoming') {
        b.agent.reject(output.session, 403, { once: true }, pair.nowMs);
      }
    };
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    expect(b.agent.isEmpty).toBe(true);
    pair.run(40_000);
    expect(wireOf(b)).toEqual(['403 INVITE', '403 INVITE']);
    expect(toldOf(a, mine)).toEqual(['failed 403']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('cancelled while it rings', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.ring(b.incoming, 180, {}, pair.nowMs);
    pair.run(20);
    a.agent.cancel(mine, { headers: [['Reason', 'SIP;cause=200']] }, pair.nowMs);
    pair.run(100);
    expect(wireOf(a)).toEqual(['INVITE', 'CANCEL', 'ACK']);
    expect(wireOf(b)).toEqual(['180 INVITE', '200 CANCEL', '487 INVITE']);
    expect(toldOf(a, mine)).toEqual(['ringing', 'ended cancel-sent']);
    expect(toldOf(b, b.incoming)).toEqual(['cancelled']);
    expectNothingLeft(pair);
  });

  test('cancelled before anything came back: CANCEL waits for a provisional response (§9.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    a.agent.cancel(mine, {}, 0);
    pair.run(100);
    expect(wireOf(a)).toEqual(['INVITE']);
    pair.run(500);
    expect(wireOf(a).slice(0, 2)).toEqual(['INVITE', 'CANCEL']);
    expect(toldOf(b, b.incoming)).toEqual(['cancelled']);
    expect(toldOf(a, mine)).toEqual(['ended cancel-sent']);
    expectNothingLeft(pair);
  });

  test('cancelled and answered at the same time: it is acknowledged and ended', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.ring(b.incoming, 180, {}, pair.nowMs);
    pair.run(20);
    a.agent.cancel(mine, {}, pair.nowMs);
    b.agent.accept(b.incoming, { body: sdp('b1') }, pair.nowMs);
    pair.run(100);
    expect(wireOf(a)).toEqual(['INVITE', 'CANCEL', 'ACK', 'BYE']);
    expect(toldOf(b, b.incoming)).toEqual(['acked', 'answer: ', 'ended bye']);
    expectNothingLeft(pair);
  });

  test('nobody there: 408 after 64 * T1', () => {
    const pair = new SipPair(1);
    const { a } = pair;
    a.filter = () => false;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(31_999);
    expect(toldOf(a, mine)).toEqual([]);
    pair.run(1);
    expect(toldOf(a, mine)).toEqual(['failed 408']);
    expectNothingLeft(pair);
  });

  test('the 200 is repeated until the ACK comes, the ACK as often as the 200 (§13.3.1.4)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    let lost = 3;
    a.filter = (message) => !(isMethod(message, 'ACK') && lost-- > 0);
    const [, theirs] = sipCall(pair);
    pair.run(10_000);
    expect(wireOf(b).filter((each) => each === '200 INVITE')).toHaveLength(4);
    expect(wireOf(a).filter((each) => each === 'ACK')).toHaveLength(4);
    expect(toldOf(b, theirs)).toEqual(['acked', 'answer: a1']);
  });

  test('no ACK for 64 * T1: the session is ended', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    a.filter = (message) => !isMethod(message, 'ACK');
    const [mine, theirs] = sipCall(pair);
    pair.run(40_000);
    expect(toldOf(b, theirs)).toEqual(['ended no-ack']);
    expect(toldOf(a, mine).at(-1)).toBe('ended bye');
    expectNothingLeft(pair);
  });

  test('a call that ends answers what its peer still waits for (§15.1.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => {};
    a.agent.update(mine, { body: sdp('a2') }, pair.nowMs);
    pair.run(100);
    a.agent.flowClosed('a', pair.nowMs);
    b.agent.update(theirs, {}, pair.nowMs);
    pair.run(100);
    expect(toldOf(b, theirs).slice(-2)).toEqual(['offered update: a2', 'ended gone']);
    expect(wireOf(b)).toContain('487 UPDATE');
    expectNothingLeft(pair);
  });

  test('a peer that says nothing after 100 costs nothing once the call is over', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => {};
    b.filter = (message) => message.type === 'request' || message.status !== 487;
    a.agent.reinvite(mine, {}, pair.nowMs);
    pair.run(1000);
    b.agent.bye(theirs, {}, pair.nowMs);
    pair.run(PROCEEDING_MS);
    expect(toldOf(a, mine).at(-1)).toBe('ended bye');
    expectNothingLeft(pair);
  });

  test('no ACK, but an UPDATE with an offer: it is ended all the same', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    a.filter = (message) => !isMethod(message, 'ACK');
    const [mine, theirs] = sipCall(pair, 'a1');
    b.on = () => {};
    pair.run(20_000);
    a.agent.update(mine, { body: sdp('a2') }, pair.nowMs);
    pair.run(20_000);
    expect(toldOf(b, theirs)).toEqual(['offered update: a2', 'ended no-ack']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('an offer that the user leaves unanswered is given up in time', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.accept(b.incoming, { body: sdp('b1') }, pair.nowMs);
    pair.run(25_000);
    expect(toldOf(a, mine)).toEqual(['answered offer: b1', 'ended unanswered']);
    expectNothingLeft(pair);
  });

  test('a call that nobody answers ends by itself, either way', () => {
    for (const side of ['a', 'b'] as const) {
      const pair = new SipPair(1, undefined, { limits: { ringMs: 60_000 } });
      const { a, b } = pair;
      if (side === 'a') b.filter = (message) => message.type === 'request' || message.status < 400;
      const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
      pair.run(20);
      b.agent.ring(b.incoming, 180, {}, pair.nowMs);
      pair.run(200_000);
      expect(toldOf(a, mine).at(-1)).toMatch(/^(?:ended cancel-sent|failed 480)$/);
      expectNothingLeft(pair);
    }
  });

  test('ringing is repeated every minute, so that proxies keep the call (§13.3.1.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.ring(b.incoming, 180, {}, pair.nowMs);
    pair.run(130_000);
    expect(wireOf(b)).toEqual(['180 INVITE', '180 INVITE', '180 INVITE']);
  });

  test('a closed flow ends what depends on it, once', () => {
    const pair = new SipPair(1);
    const { a } = pair;
    const [mine] = sipCall(pair);
    const ringing = a.agent.invite(INVITE, { flow: a.flow }, pair.nowMs);
    a.agent.flowClosed('a', pair.nowMs);
    pair.run(0);
    expect(toldOf(a, mine).at(-1)).toBe('ended flow-closed');
    expect(toldOf(a, ringing)).toEqual(['failed 503']);
    expect(a.agent.isEmpty).toBe(true);
  });

  test('on a trunk a re-INVITE whose flow closes is forgotten', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.agent.setRouting(theirs, 'dialog');
    b.on = () => {};
    a.agent.reinvite(mine, {}, pair.nowMs);
    pair.run(100);
    b.agent.flowClosed('b', pair.nowMs);
    expect(b.agent.refuseOffer(theirs, 488, {}, pair.nowMs)).toBe(true);
    b.agent.bye(theirs, {}, pair.nowMs);
    expectNothingLeft(pair);
  });

  test('on a trunk it goes on when its flow closes: the dialog finds another', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.setRouting(mine, 'dialog');
    a.agent.flowClosed('a', pair.nowMs);
    a.agent.bye(mine, {}, pair.nowMs);
    pair.run(100);
    expect(toldOf(b, theirs).at(-1)).toBe('ended bye');
  });
});

function expectNothingLeft(pair: SipPair): void {
  expect(isNothingLeft(pair)).toBe(true);
}
