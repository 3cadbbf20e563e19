import {
  INVITE,
  isNothingLeft,
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
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import { makeResponse } from './response.ts';
import {
  acceptFields,
  expiryDelayMs,
  refreshDelayMs,
  timerOfRequest,
  timerOfResponse,
} from './session-timer.ts';

/*
 * Goal: both ends agree who refreshes a session and when, whatever the peer knows of session timers,
 * and a session whose peer is gone ends (RFC 4028). Method: the pure rules by table, then two agents.
 */

const OURS = { seconds: 1800, minSeconds: 90 };
const NONE = { seconds: 0, minSeconds: 90 };

describe('what we answer to', () => {
  test.each([
    // Session-Expires, Supported, ours, seconds, who refreshes, what our 2xx says
    ['1800', 'timer', NONE, 1800, 'peer', '1800;refresher=uac, Require'],
    ['1800;refresher=uas', 'timer', NONE, 1800, 'us', '1800;refresher=uas, Require'],
    ['1800;refresher=uac', 'timer', NONE, 1800, 'peer', '1800;refresher=uac, Require'],
    // A proxy asked for a caller that does not know: we refresh, and demand nothing (§9).
    ['1800', '100rel', NONE, 1800, 'us', '1800;refresher=uas'],
    [undefined, 'timer', OURS, 1800, 'peer', '1800;refresher=uac, Require'],
    [undefined, '', OURS, 1800, 'us', '1800;refresher=uas'],
    [undefined, 'timer', NONE, undefined, undefined, ''],
  ] as const)('Session-Expires %s, Supported %s', (expires, supported, config, ...rest) => {
    const [seconds, refresher, said] = rest;
    const request = withFields(expires, supported);
    const timer = timerOfRequest(request, config);
    expect([timer?.seconds, timer?.refresher]).toEqual([seconds, refresher]);
    const fields = acceptFields(request, timer);
    expect(fields.map(([name, value]) => (name === 'Require' ? name : value)).join(', ')).toBe(
      said,
    );
  });

  test('an interval below the Min-SE of a proxy is raised to it', () => {
    const request = withFields('100', 'timer', '400');
    expect(timerOfRequest(request, NONE)?.seconds).toBe(400);
  });
});

test.each([
  ['1800;refresher=uac', 1800, { seconds: 1800, refresher: 'us' }],
  ['1800;refresher=uas', 0, { seconds: 1800, refresher: 'peer' }],
  // It knows nothing of timers: we refresh alone (§7.2).
  [undefined, 1800, { seconds: 1800, refresher: 'us' }],
  [undefined, 0, undefined],
  // Nobody may be asked to refresh more often than this (§4).
  ['1;refresher=uac', 1800, { seconds: 90, refresher: 'us' }],
] as const)('a 2xx with Session-Expires %s to a request with %s', (expires, asked, timer) => {
  const fields = expires === undefined ? [] : [['Session-Expires', expires] as const];
  const response = { ...makeResponse(withFields(), 200), headers: Headers.of(fields) };
  expect(timerOfResponse(response, asked)).toEqual(timer);
});

test('refreshed half way; given up 32 s, or a third, before the end (§10)', () => {
  expect(refreshDelayMs({ seconds: 1800, refresher: 'us' })).toBe(900_000);
  expect(refreshDelayMs({ seconds: 1800, refresher: 'peer' })).toBe(Number.POSITIVE_INFINITY);
  expect(expiryDelayMs({ seconds: 1800, refresher: 'peer' })).toBe(1_768_000);
  expect(expiryDelayMs({ seconds: 90, refresher: 'peer' })).toBe(60_000);
});

describe('a session', () => {
  test('is refreshed by who agreed to, by UPDATE without an offer, and goes on for hours', () => {
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 1800 });
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    pair.run(3 * 3_600_000);
    expect(requestsOf(a, 'UPDATE')).toHaveLength(11);
    expect(requestsOf(a, 'UPDATE').every(({ body }) => body.length === 0)).toBe(true);
    expect(requestsOf(b, 'UPDATE')).toEqual([]);
    expect(a.agent.session(mine)?.phase).toBe('confirmed');
  });

  test('is refreshed by re-INVITE where the peer does not allow UPDATE', () => {
    const allow = ['INVITE', 'ACK', 'CANCEL', 'BYE'];
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 1800, allow });
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    pair.run(1_000_000);
    expect(requestsOf(a, 'INVITE')).toHaveLength(2);
    expect(toldOf(a, mine).at(-1)).toBe('offered 2xx: b2');
    expect(b.agent.session(b.incoming)?.phase).toBe('confirmed');
  });

  test('whose refresher is silent ends with a BYE before its time is over', () => {
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 1800 });
    const { a, b } = pair;
    const [, theirs] = sipCall(pair);
    a.filter = () => false;
    pair.run(1_768_000 - 200);
    expect(b.agent.session(theirs)?.phase).toBe('confirmed');
    pair.run(200);
    expect(toldOf(b, theirs).at(-1)).toBe('ended expired');
    expect(wireOf(b).at(-1)).toBe('BYE');
    expect(isNothingLeft(pair)).toBe(true);
  });

  test('a refresh with an offer counts as well', () => {
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 1800 });
    const { a } = pair;
    const [mine] = sipCall(pair);
    for (let each = 0; each < 5; each++) {
      pair.run(800_000);
      a.agent.reinvite(mine, { body: sdp(`a${each}`) }, pair.nowMs);
    }
    pair.run(800_000);
    expect(requestsOf(a, 'UPDATE')).toEqual([]);
    expect(a.agent.session(mine)?.phase).toBe('confirmed');
  });
});

describe('422 (§6, §7.4)', () => {
  test('of ours: the interval of an INVITE is too short, Min-SE says what is not', () => {
    const pair = new SipPair(1, undefined, { minSessionExpiresSeconds: 600 });
    const { b } = pair;
    const fields = { Supported: 'timer', 'Session-Expires': '300' };
    b.agent.receive(rawRequest('INVITE', fields), b.flow, 0);
    pair.run(0);
    expect(responsesOf(b, 422, 'INVITE')[0]?.headers.get('Min-SE')).toBe('600');
    expect(b.incoming).toBe(0);
  });

  test('is not said to who cannot have meant it', () => {
    const pair = new SipPair(1, undefined, { minSessionExpiresSeconds: 600 });
    const { b } = pair;
    b.agent.receive(rawRequest('INVITE', { 'Session-Expires': '300' }), b.flow, 0);
    pair.run(0);
    expect(b.incoming).toBeGreaterThan(0);
  });

  test('of the peer: the call is tried again with what it wants, in the same Call-ID', () => {
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 120 });
    const { a } = pair;
    const mine = a.agent.invite(INVITE, { flow: a.flow }, 0);
    refuse(pair, 422, 600);
    const [first, second] = requestsOf(a, 'INVITE');
    expect(second?.headers.get('Session-Expires')).toBe('600');
    expect(second?.headers.get('Min-SE')).toBe('600');
    expect(second?.headers.get('Call-ID')).toBe(first?.headers.get('Call-ID'));
    expect(second?.headers.get('CSeq')).toBe('2 INVITE');
    refuse(pair, 422, 600);
    expect(toldOf(a, mine)).toEqual(['failed 422']);
  });

  test('of the peer to a re-INVITE: likewise, and a 422 that asks for no more is a refusal', () => {
    const pair = new SipPair(1, undefined, { sessionExpiresSeconds: 120 });
    const { a, b } = pair;
    const [mine] = sipCall(pair);
    b.on = () => {};
    a.agent.reinvite(mine, { body: sdp('a7') }, pair.nowMs);
    refuse(pair, 422, 600);
    expect(requestsOf(a, 'INVITE').at(-1)?.headers.get('Session-Expires')).toMatch(/^600;/);
    refuse(pair, 422, 600);
    expect(toldOf(a, mine).at(-1)).toBe('modify-failed INVITE 422');
    expect(a.agent.session(mine)).toMatchObject({ phase: 'confirmed', isStable: true });
  });
});

/** The peer turns the last INVITE down. */
function refuse(pair: SipPair, status: number, minSeconds: number): void {
  const { a, b } = pair;
  b.filter = () => false;
  pair.run(20);
  const invite = requestsOf(a, 'INVITE').at(-1);
  if (!invite) throw new Error('no INVITE');
  const headers = [['Min-SE', String(minSeconds)]] as const;
  const refusal: SipResponse = makeResponse(invite, status, { headers, toTag: 'b' });
  a.agent.receive(refusal, a.flow, pair.nowMs);
  pair.run(0);
}

function withFields(expires?: string, supported?: string, minimum?: string): SipRequest {
  const fields = Object.entries({
    'Session-Expires': expires,
    Supported: supported,
    'Min-SE': minimum,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  return {
    type: 'request',
    method: 'INVITE',
    uri: 'sip:a@b',
    headers: Headers.of(fields),
    body: NO_BODY,
  };
}
