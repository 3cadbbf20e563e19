import {
  INVITE,
  isMethod,
  isNothingLeft,
  requestsOf,
  responsesOf,
  SipPair,
  sdp,
  sipCall,
  toldOf,
  wireOf,
} from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { NO_BODY, type SipRequest } from '../wire/message.ts';
import { decodeText } from '../wire/text.ts';
import { makeResponse } from './response.ts';

/*
 * Goal: a call is changed by one exchange at a time, whoever begins (RFC 3261 §14, RFC 3264, RFC 3311).
 * Method: two user agents; what each sends and is told.
 */

describe('re-INVITE', () => {
  test('without an offer: it comes in the 200, the answer goes into the ACK (§14.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.reinvite(mine, {}, pair.nowMs);
    pair.run(100);
    expect(toldOf(b, theirs).slice(-3)).toEqual(['offer-wanted', 'acked', 'answer: a2']);
    expect(toldOf(a, mine).slice(-2)).toEqual(['modified INVITE', 'offered 2xx: b2']);
    expect(requestsOf(a, 'ACK').map(({ body }) => decodeText(body))).toEqual(['a1', 'a2']);
  });

  test('with an offer: the answer comes in the 200', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.agent.reinvite(theirs, { body: sdp('b7') }, pair.nowMs);
    pair.run(100);
    expect(toldOf(a, mine).slice(-2)).toEqual(['offered invite: b7', 'acked']);
    expect(toldOf(b, theirs).slice(-2)).toEqual(['modified INVITE', 'answer: a2']);
  });

  test('its ACK with the answer is repeated as often as the 200 (§13.2.2.4)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    let lost = 2;
    a.filter = (message) => !(isMethod(message, 'ACK') && lost-- > 0);
    a.agent.reinvite(mine, {}, pair.nowMs);
    pair.run(5_000);
    expect(requestsOf(a, 'ACK')).toHaveLength(2);
    expect(wireOf(a).filter((each) => each === 'ACK')).toHaveLength(4);
    expect(toldOf(b, theirs).filter((each) => each === 'answer: a2')).toHaveLength(1);
  });

  test('turned down: everything stays as it was (§14.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => b.agent.refuseOffer(theirs, 488, {}, pair.nowMs);
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(100);
    expect(toldOf(a, mine).at(-1)).toBe('modify-failed INVITE 488');
    for (const [end, id] of [
      [a, mine],
      [b, theirs],
    ] as const) {
      expect(end.agent.session(id)).toMatchObject({ phase: 'confirmed', isStable: true });
    }
  });

  test.each([408, 481])(
    '%s: the peer knows nothing of the call, it is over (§12.2.1.2)',
    (status) => {
      const pair = new SipPair(1);
      const { a, b } = pair;
      const [mine] = sipCall(pair);
      b.filter = () => false;
      a.agent.reinvite(mine, {}, pair.nowMs);
      pair.run(20);
      const sent = requestsOf(a, 'INVITE').at(-1);
      if (sent) a.agent.receive(makeResponse(sent, status), a.flow, pair.nowMs);
      pair.run(0);
      expect(toldOf(a, mine).at(-1)).toBe('ended gone');
      expect(wireOf(a).at(-1)).toBe('BYE');
    },
  );

  test('waits for the one before it; of those that wait only the newest is sent', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.on = () => {};
    for (const n of [5, 6, 7]) a.agent.reinvite(mine, { body: sdp(`a${n}`) }, pair.nowMs);
    pair.run(1000);
    expect(requestsOf(a, 'INVITE')).toHaveLength(2);
    b.agent.answerOffer(b.incoming, sdp('b5'), {}, pair.nowMs);
    pair.run(100);
    const bodies = requestsOf(a, 'INVITE').map(({ body }) => decodeText(body));
    expect(bodies).toEqual(['', 'a5', 'a7']);
  });

  test('cancelled by the peer: nothing has changed (§9.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => {};
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(300);
    const [, invite] = requestsOf(a, 'INVITE');
    if (!invite) throw new Error('no re-INVITE');
    const cancel = { ...invite, method: 'CANCEL', body: sdp('') };
    const headers = invite.headers.with('CSeq', '2 CANCEL').without('Content-Type');
    b.agent.receive({ ...cancel, headers }, b.flow, pair.nowMs);
    pair.run(100);
    expect(toldOf(b, theirs).at(-1)).toBe('withdrawn');
    expect(toldOf(a, mine).at(-1)).toBe('modify-failed INVITE 487');
    expect(b.agent.session(theirs)).toMatchObject({ phase: 'confirmed', isStable: true });
  });

  test('a second one before the first is answered: 500 with Retry-After of 0 to 10 s (§14.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.on = () => {};
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(100);
    b.agent.receive(again(requestsOf(a, 'INVITE').at(-1), 'INVITE', 3), b.flow, pair.nowMs);
    pair.run(0);
    const [refused] = responsesOf(b, 500, 'INVITE');
    expect(Number(refused?.headers.get('Retry-After'))).toBeLessThanOrEqual(10);
  });

  test('a request with a lower CSeq than one before it: 500 (§12.2.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    a.agent.request(mine, 'INFO', {}, pair.nowMs);
    pair.run(50);
    b.agent.receive(again(requestsOf(a, 'INFO')[0], 'INFO', 1), b.flow, pair.nowMs);
    pair.run(0);
    expect(wireOf(b).at(-1)).toBe('500 INFO');
  });
});

describe('glare (§14.1)', () => {
  test.each(['INVITE', 'UPDATE'] as const)(
    'two %s with offers meet: both get 491, who made the call waits longer, both get through',
    (method) => {
      const pair = new SipPair(5);
      const { a, b } = pair;
      const [mine, theirs] = sipCall(pair);
      const before = requestsOf(a, method).length;
      const change = method === 'INVITE' ? 'reinvite' : 'update';
      a.agent[change](mine, { body: sdp('a7') }, pair.nowMs);
      b.agent[change](theirs, { body: sdp('b7') }, pair.nowMs);
      pair.run(50);
      expect(responsesOf(a, 491, method)).toHaveLength(1);
      expect(responsesOf(b, 491, method)).toHaveLength(1);
      pair.run(2_000);
      expect(requestsOf(b, method)).toHaveLength(2);
      expect(requestsOf(a, method)).toHaveLength(before + 1);
      pair.run(2_100);
      expect(requestsOf(a, method)).toHaveLength(before + 2);
      expect(toldOf(a, mine)).toContain(`offered ${method.toLowerCase()}: b7`);
      expect(toldOf(b, theirs)).toContain(`offered ${method.toLowerCase()}: a7`);
      expect(toldOf(a, mine).filter((each) => each.startsWith('modify-failed'))).toEqual([]);
    },
  );

  test('it takes no two units of 10 ms alone, and all of the range (owner 2.1 to 4 s, else 0 to 2 s)', () => {
    const delays = { client: new Set<number>(), server: new Set<number>() };
    for (let seed = 1; seed <= 60; seed++) {
      for (const role of ['client', 'server'] as const) delays[role].add(retryAfter(seed, role));
    }
    for (const [role, least, most] of [
      ['client', 2_100, 4_000],
      ['server', 0, 2_000],
    ] as const) {
      const all = [...delays[role]];
      expect(all.length).toBeGreaterThan(30);
      expect(all.every((each) => each % 10 === 0 && each >= least && each <= most)).toBe(true);
    }
  });

  test('a peer that always says 491 is asked eleven times, then the change is given up', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.filter = () => false;
    a.agent.reinvite(mine, {}, pair.nowMs);
    const answered = new Set<string>();
    for (let each = 0; each < 60; each++) {
      pair.run(1_000);
      const last = requestsOf(a, 'INVITE').at(-1);
      const number = last?.headers.get('CSeq') ?? '';
      if (!last || answered.has(number)) continue;
      answered.add(number);
      a.agent.receive(makeResponse(last, 491), a.flow, pair.nowMs);
    }
    expect(answered.size).toBe(11);
    expect(toldOf(a, mine).at(-1)).toBe('modify-failed INVITE 491');
    expect(a.agent.session(mine)).toMatchObject({ phase: 'confirmed', isStable: true });
  });
});

describe('UPDATE', () => {
  test('without a description it is answered at once, also while an offer waits (RFC 3311 §5.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => {};
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(50);
    b.agent.receive(again(requestsOf(a, 'INVITE').at(-1), 'UPDATE', 3), b.flow, pair.nowMs);
    pair.run(0);
    expect(wireOf(b).at(-1)).toBe('200 UPDATE');
    expect(toldOf(b, theirs).at(-1)).toBe('refreshed');
  });

  test('of ours waits until an INVITE of the peer is answered', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = () => {};
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(50);
    b.agent.update(theirs, { headers: [['Call-Info', '<x>']] }, pair.nowMs);
    pair.run(50);
    expect(requestsOf(b, 'UPDATE')).toEqual([]);
    b.agent.answerOffer(theirs, sdp('b7'), {}, pair.nowMs);
    pair.run(50);
    expect(requestsOf(b, 'UPDATE')[0]?.headers.get('Call-Info')).toBe('<x>');
    expect(toldOf(a, mine).at(-1)).toBe('refreshed');
  });

  test('with an offer: answered by the user in its 200', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    a.agent.update(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(50);
    expect(toldOf(b, theirs).at(-1)).toBe('offered update: a7');
    expect(toldOf(a, mine).slice(-2)).toEqual(['modified UPDATE', 'answer: b2']);
  });

  test('another offer while one is not answered: 500 with Retry-After (RFC 3311 §5.2)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.on = () => {};
    a.agent.update(mine, { body: sdp('a7') }, pair.nowMs);
    pair.run(50);
    const copy = again(requestsOf(a, 'UPDATE')[0], 'UPDATE', 3);
    b.agent.receive({ ...copy, body: sdp('a8') }, b.flow, pair.nowMs);
    pair.run(0);
    expect(responsesOf(b, 500, 'UPDATE')[0]?.headers.has('Retry-After')).toBe(true);
  });

  test('is not sent to a peer that does not allow it', () => {
    const pair = new SipPair(1, undefined, { allow: ['INVITE', 'ACK', 'BYE', 'CANCEL'] });
    const [mine] = sipCall(pair);
    expect(pair.a.agent.update(mine, {}, pair.nowMs)).toBe(false);
  });

  test('in an early dialog of a caller: level and name change while it rings (RFC 3311 §5.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.ring(b.incoming, 180, {}, pair.nowMs);
    pair.run(20);
    b.agent.update(b.incoming, { headers: [['Call-Info', '<x>']] }, pair.nowMs);
    pair.run(50);
    expect(toldOf(a, mine)).toEqual(['ringing', 'refreshed']);
    expect(toldOf(b, b.incoming)).toEqual(['modified UPDATE']);
  });

  test('a change that nobody answers ends the call (§12.2.1.2), and nothing is left over', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.filter = () => false;
    a.agent.update(mine, {}, pair.nowMs);
    pair.run(32_000);
    expect(toldOf(a, mine).at(-1)).toBe('ended gone');
    b.agent.bye(b.incoming, {}, pair.nowMs);
    expect(isNothingLeft(pair)).toBe(true);
  });
});

/** How long one side waits after a 491. */
function retryAfter(seed: number, role: 'client' | 'server'): number {
  const pair = new SipPair(seed);
  const { a, b } = pair;
  const [mine, theirs] = sipCall(pair);
  const [end, id] = role === 'client' ? ([a, mine] as const) : ([b, theirs] as const);
  end.agent.reinvite(id, {}, pair.nowMs);
  pair.pump();
  const sent = requestsOf(end, 'INVITE').at(-1);
  if (!sent) throw new Error('no re-INVITE');
  end.filter = () => false;
  const [atMs, count] = [pair.nowMs, requestsOf(end, 'INVITE').length];
  end.agent.receive(makeResponse(sent, 491), end.flow, pair.nowMs);
  pair.pump();
  while (requestsOf(end, 'INVITE').length === count) pair.run(1);
  return pair.nowMs - atMs;
}

/** Another request in the dialog of this one, without its description. */
function again(request: SipRequest | undefined, method: string, sequence: number): SipRequest {
  if (!request) throw new Error('nothing was sent');
  const headers = request.headers
    .with('CSeq', `${sequence} ${method}`)
    .with('Via', `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-${method}${sequence}`)
    .without('Content-Type');
  return { ...request, method, headers, body: NO_BODY };
}
