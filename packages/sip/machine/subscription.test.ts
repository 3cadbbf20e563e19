import {
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
import { decodeText } from '../wire/text.ts';

/*
 * Goal: who subscribes hears the present state, in order, until the end, and knows that it is the end
 * (RFC 6665); who is referred somewhere tells how it goes (RFC 3515). Method: two user agents.
 */

const CONFERENCE = {
  method: 'SUBSCRIBE',
  uri: 'sip:conf@192.0.2.2',
  from: '<sip:2001@192.0.2.1>',
  to: '<sip:conf@192.0.2.2>',
  headers: [
    ['Event', 'conference'],
    ['Expires', '600'],
  ],
} as const;

const REFER = {
  ...CONFERENCE,
  method: 'REFER',
  headers: [['Refer-To', '<sip:2003@192.0.2.2>']],
} as const;

describe('a subscription', () => {
  test('is accepted, and the present state follows at once', () => {
    const { pair, mine } = subscription();
    expect(wireOf(pair.b)).toEqual(['200 SUBSCRIBE', 'NOTIFY']);
    expect(told(pair, 'a', mine)).toEqual(['accepted', 'notified one']);
    const [notify] = requestsOf(pair.b, 'NOTIFY');
    expect(notify?.headers.get('Subscription-State')).toBe('active;expires=600');
    expect(responsesOf(pair.b, 200, 'SUBSCRIBE')[0]?.headers.get('Expires')).toBe('600');
  });

  test('one NOTIFY is on its way at a time; of those that wait only the newest is sent', () => {
    const { pair, theirs, mine } = subscription();
    for (const text of ['two', 'three', 'four']) say(pair, theirs, text);
    pair.run(200);
    expect(told(pair, 'a', mine).slice(2)).toEqual(['notified two', 'notified four']);
  });

  test('the last state is not overtaken by one that is older', () => {
    const { pair, theirs, mine } = subscription();
    say(pair, theirs, 'two');
    pair.b.agent.notify(theirs, { state: 'terminated', reason: 'noresource' }, pair.nowMs);
    say(pair, theirs, 'three');
    pair.run(200);
    expect(told(pair, 'a', mine).slice(2)).toEqual([
      ...['notified two', 'notified ', 'ended terminated'],
    ]);
    expect(told(pair, 'b', theirs)).toEqual(['ended terminated']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a NOTIFY that comes before the 200 finds it (§4.4.1)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    b.filter = (message) => message.type === 'request';
    const mine = a.agent.send(CONFERENCE, { flow: a.flow }, 0);
    pair.run(20);
    accept(pair, 600);
    pair.run(50);
    expect(told(pair, 'a', mine)).toEqual(['notified one']);
    b.filter = () => true;
    pair.run(4_000);
    expect(told(pair, 'a', mine)).toEqual(['notified one', 'accepted']);
  });

  test('is refreshed in its dialog: it goes on, and the user says the state again', () => {
    const { pair, theirs, mine } = subscription();
    pair.run(500_000);
    pair.a.agent.resubscribe(mine, 600, pair.nowMs);
    pair.run(50);
    expect(told(pair, 'b', theirs)).toEqual(['refreshed 600']);
    say(pair, theirs, 'two');
    pair.run(300_000);
    expect(told(pair, 'a', mine).at(-1)).toBe('notified two');
    expect(told(pair, 'b', theirs)).toEqual(['refreshed 600']);
  });

  test('that nobody refreshes ends with a NOTIFY that says so (§4.2.2)', () => {
    const { pair, theirs, mine } = subscription();
    pair.run(601_000);
    expect(told(pair, 'b', theirs)).toEqual(['ended expired']);
    expect(requestsOf(pair.b, 'NOTIFY').at(-1)?.headers.get('Subscription-State')).toBe(
      'terminated;reason=timeout',
    );
    expect(told(pair, 'a', mine).at(-1)).toBe('ended terminated');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('whose notifier is silent ends at the subscriber too', () => {
    const { pair, mine } = subscription();
    pair.b.filter = () => false;
    pair.run(700_000);
    expect(told(pair, 'a', mine).at(-1)).toBe('ended expired');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('is ended with 0 seconds: one last NOTIFY (§4.1.2.3)', () => {
    const { pair, theirs, mine } = subscription();
    pair.a.agent.resubscribe(mine, 0, pair.nowMs);
    pair.run(20);
    expect(told(pair, 'b', theirs)).toEqual(['refreshed 0']);
    say(pair, theirs, 'last');
    pair.run(50);
    expect(told(pair, 'a', mine).slice(-2)).toEqual(['notified last', 'ended terminated']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a user that says nothing after that costs nothing', () => {
    const { pair, mine } = subscription();
    pair.a.agent.resubscribe(mine, 0, pair.nowMs);
    pair.run(10_000);
    expect(told(pair, 'a', mine).at(-1)).toBe('ended terminated');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('whose subscriber knows nothing of it any more ends (481, §4.2.2)', () => {
    const { pair, theirs } = subscription();
    pair.a.agent.flowClosed('a', pair.nowMs);
    say(pair, theirs, 'two');
    pair.run(50);
    expect(told(pair, 'b', theirs)).toEqual(['ended gone']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('ends with its flow', () => {
    const { pair, theirs } = subscription();
    pair.b.agent.flowClosed('b', pair.nowMs);
    pair.run(0);
    expect(told(pair, 'b', theirs)).toEqual(['ended flow-closed']);
    expect(pair.b.agent.isEmpty).toBe(true);
  });

  test('turned down: the subscriber hears why', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const mine = a.agent.send(CONFERENCE, { flow: a.flow }, 0);
    pair.run(20);
    b.agent.respond(outputsOf(b, 'request')[0]?.transaction ?? 0, 403, {}, pair.nowMs);
    pair.run(20);
    expect(told(pair, 'a', mine)).toEqual(['ended refused']);
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('past the bound: 503', () => {
    const pair = new SipPair(1, undefined, { limits: { subscriptionsMax: 1 } });
    const { a, b } = pair;
    for (let each = 0; each < 2; each++) {
      a.agent.send(CONFERENCE, { flow: a.flow }, pair.nowMs);
      pair.run(20);
      accept(pair, 600);
    }
    expect(wireOf(b)).toContain('503 SUBSCRIBE');
    expect(outputsOf(b, 'request')).toHaveLength(1);
  });

  test('more in one dialog than any phone has: 503', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    let taken = 0;
    b.on = (output) => {
      if (output.type !== 'session' || output.event.type !== 'request') return;
      const made = b.agent.acceptSubscription(
        output.event.transaction,
        { seconds: 60 },
        pair.nowMs,
      );
      if (made > 0) taken += 1;
    };
    for (let each = 0; each < 20; each++) {
      a.agent.request(mine, 'REFER', { headers: [['Refer-To', '<sip:2003@x>']] }, pair.nowMs);
      pair.run(20);
    }
    expect(taken).toBe(16);
    expect(responsesOf(b, 503, 'REFER')).toHaveLength(4);
  });

  test('a NOTIFY of nothing that we asked for: 481 (§4.1.3)', () => {
    const pair = new SipPair(1);
    const { b } = pair;
    const fields = { To: '<sip:2002@192.0.2.2>;tag=x', Event: 'conference' };
    b.agent.receive(rawRequest('NOTIFY', fields), b.flow, 0);
    pair.run(0);
    expect(wireOf(b)).toEqual(['481 NOTIFY']);
  });
});

describe('REFER (RFC 3515)', () => {
  test('outside of a dialog: 202, a NOTIFY with 100 at once, progress, the end', () => {
    const { pair, mine, theirs } = referred();
    pair.b.agent.notifyReferred(theirs, 180, 'Ringing', pair.nowMs);
    pair.run(50);
    pair.b.agent.notifyReferred(theirs, 200, 'OK', pair.nowMs);
    pair.run(50);
    expect(wireOf(pair.b).slice(0, 2)).toEqual(['202 REFER', 'NOTIFY']);
    expect(told(pair, 'a', mine)).toEqual([
      'accepted',
      'notified SIP/2.0 100 Trying',
      'notified SIP/2.0 180 Ringing',
      'notified SIP/2.0 200 OK',
      'ended terminated',
    ]);
    const [first] = requestsOf(pair.b, 'NOTIFY');
    expect(first?.headers.get('Content-Type')).toBe('message/sipfrag;version=2.0');
    expect(first?.headers.get('Event')).toBe('refer');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('within a call: its NOTIFYs are in the dialog of the call; a second one has an id (§2.4.6)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine, theirs] = sipCall(pair);
    b.on = (output) => {
      if (output.type !== 'session' || output.event.type !== 'request') return;
      b.agent.acceptSubscription(output.event.transaction, { seconds: 60 }, pair.nowMs);
    };
    const refer = { headers: [['Refer-To', '<sip:2003@192.0.2.2>']] } as const;
    a.agent.request(mine, 'REFER', refer, pair.nowMs);
    a.agent.request(mine, 'REFER', refer, pair.nowMs);
    pair.run(50);
    const events = requestsOf(b, 'NOTIFY').map(({ headers }) => headers.get('Event'));
    expect(events).toEqual(['refer', 'refer;id=3']);
    expect(toldOf(a, mine).filter((each) => each === 'request NOTIFY')).toHaveLength(2);
    expect(toldOf(b, theirs).filter((each) => each === 'request REFER')).toHaveLength(2);
  });

  test('the call may end before the referral: NOTIFYs go on in what is left of the dialog', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    a.on = (output) => {
      if (output.type !== 'session' || output.event.type !== 'request') return;
      a.agent.respond(output.event.transaction, 200, {}, pair.nowMs);
    };
    let made = 0;
    b.on = (output) => {
      if (output.type !== 'session' || output.event.type !== 'request') return;
      made = b.agent.acceptSubscription(output.event.transaction, { seconds: 60 }, pair.nowMs);
    };
    a.agent.request(mine, 'REFER', { headers: [['Refer-To', '<sip:2003@x>']] }, pair.nowMs);
    pair.run(50);
    b.agent.bye(b.incoming, {}, pair.nowMs);
    pair.run(50);
    expect(b.agent.notifyReferred(made, 200, 'OK', pair.nowMs)).toBe(true);
    pair.run(50);
    expect(decodeText(requestsOf(b, 'NOTIFY').at(-1)?.body ?? sdp(''))).toBe('SIP/2.0 200 OK\r\n');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('Refer-Sub: false makes no subscription (RFC 4488)', () => {
    const pair = new SipPair(1);
    const { a, b } = pair;
    const headers = [...REFER.headers, ['Refer-Sub', 'false']] as const;
    a.agent.send({ ...REFER, headers }, { flow: a.flow }, 0);
    pair.run(20);
    expect(accept(pair, 60)).toBe(0);
    pair.run(50);
    expect(wireOf(b)).toEqual(['202 REFER']);
    expect(responsesOf(b, 202, 'REFER')[0]?.headers.get('Refer-Sub')).toBe('false');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a referral of which nobody tells the end ends with its time', () => {
    const { pair, mine } = referred();
    pair.run(61_000);
    expect(told(pair, 'a', mine).at(-1)).toBe('ended terminated');
    expect(isNothingLeft(pair)).toBe(true);
  });
});

interface Subscribed {
  readonly pair: SipPair;
  /** Of `a`, the subscriber. */
  readonly mine: number;
  /** Of `b`, the notifier. */
  readonly theirs: number;
}

function subscription(): Subscribed {
  const pair = new SipPair(1);
  const mine = pair.a.agent.send(CONFERENCE, { flow: pair.a.flow }, 0);
  pair.run(20);
  const theirs = accept(pair, 600);
  pair.run(50);
  return { pair, mine, theirs };
}

function referred(): Subscribed {
  const pair = new SipPair(1);
  const mine = pair.a.agent.send(REFER, { flow: pair.a.flow }, 0);
  pair.run(20);
  const asked = outputsOf(pair.b, 'request').at(-1)?.transaction ?? 0;
  const theirs = pair.b.agent.acceptSubscription(asked, { seconds: 60 }, pair.nowMs);
  pair.run(50);
  return { pair, mine, theirs };
}

/** The notifier accepts the last request and says the first state. */
function accept(pair: SipPair, seconds: number): number {
  const { agent } = pair.b;
  const asked = outputsOf(pair.b, 'request').at(-1)?.transaction ?? 0;
  const made = agent.acceptSubscription(asked, { seconds }, pair.nowMs);
  if (made > 0) say(pair, made, 'one');
  return made;
}

function say(pair: SipPair, subscription: number, text: string): void {
  const headers = [['Content-Type', 'text/plain']] as const;
  pair.b.agent.notify(subscription, { state: 'active', headers, body: sdp(text) }, pair.nowMs);
}

function told(pair: SipPair, side: 'a' | 'b', id: number): readonly string[] {
  return outputsOf(pair[side], 'subscription').flatMap(({ subscription, event }) => {
    if (subscription !== id) return [];
    if (event.type === 'notified') return [`notified ${decodeText(event.request.body).trim()}`];
    if (event.type === 'ended') return [`ended ${event.reason}`];
    return [event.type === 'refreshed' ? `refreshed ${event.seconds}` : event.type];
  });
}
