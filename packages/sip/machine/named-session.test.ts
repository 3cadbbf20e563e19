import { INVITE, outputsOf, requestsOf, SipPair, sipCall, wireOf } from '@conclave/testkit';
import { expect, test } from 'vitest';

/*
 * Goal: an INVITE that takes over a call (RFC 3891) or joins one (RFC 3911) finds it by either end's
 * tags, and is refused when there is nothing to take. Method: a phone with two calls names one of them.
 */

test.each(['Replaces', 'Join'])('%s names a call that is confirmed', (header) => {
  const { pair, callId, ours, peers, theirs } = twoEnds();
  const value = `${callId};to-tag=${ours};from-tag=${peers}`;
  expect(name(pair, header, value)).toEqual({
    type: header.toLowerCase(),
    session: theirs,
    isSwapped: false,
    isEarlyOnly: false,
  });
});

test('tags as the peer has them name the same call: it took us for a proxy', () => {
  const { pair, callId, ours, peers, theirs } = twoEnds();
  const value = `${callId};to-tag=${peers};from-tag=${ours}`;
  expect(name(pair, 'Replaces', value)).toMatchObject({ session: theirs, isSwapped: true });
});

test.each([
  ['no such call (RFC 3891 §3)', 'x;to-tag=1;from-tag=2', '481 INVITE'],
  ['no tags', 'x', '400 INVITE'],
  ['one tag', 'x;to-tag=1', '400 INVITE'],
  ['no Call-ID', ';to-tag=1;from-tag=2', '400 INVITE'],
])('%s: %s', (_, value, answer) => {
  const { pair } = twoEnds();
  expect(name(pair, 'Replaces', value)).toBeUndefined();
  expect(wireOf(pair.b).at(-1)).toBe(answer);
});

test('two of them in one INVITE: 400 (RFC 3891 §3)', () => {
  const { pair, callId, ours, peers } = twoEnds();
  const value = `${callId};to-tag=${ours};from-tag=${peers}`;
  invite(pair, [
    ['Replaces', value],
    ['Join', value],
  ]);
  expect(wireOf(pair.b).at(-1)).toBe('400 INVITE');
});

test('early-only and answered already: 486 (RFC 3891 §3)', () => {
  const { pair, callId, ours, peers } = twoEnds();
  const value = `${callId};to-tag=${ours};from-tag=${peers};early-only`;
  expect(name(pair, 'Replaces', value)).toBeUndefined();
  expect(wireOf(pair.b).at(-1)).toBe('486 INVITE');
});

test('early-only of one that rings', () => {
  const pair = new SipPair(1);
  const { a, b } = pair;
  a.agent.invite(INVITE, { flow: a.flow }, 0);
  pair.run(20);
  const theirs = b.incoming;
  const view = b.agent.session(theirs);
  const value = `${view?.callId};to-tag=${view?.localTag};from-tag=${view?.remoteTag};early-only`;
  expect(name(pair, 'Replaces', value)).toMatchObject({ session: theirs, isEarlyOnly: true });
});

test('a call that is just ending: 603 (RFC 3891 §3)', () => {
  const { pair, callId, ours, peers, theirs } = twoEnds();
  const { a, b } = pair;
  a.filter = (message) => message.type === 'request';
  b.agent.bye(theirs, {}, pair.nowMs);
  a.agent.invite(
    { ...INVITE, headers: [['Replaces', `${callId};to-tag=${ours};from-tag=${peers}`]] },
    { flow: a.flow },
    pair.nowMs,
  );
  pair.run(20);
  expect(wireOf(b)).toContain('603 INVITE');
});

/** A call, and the tags of its callee's end. */
function twoEnds() {
  const pair = new SipPair(1);
  const [, theirs] = sipCall(pair);
  const view = pair.b.agent.session(theirs);
  if (!view) throw new Error('no call');
  return { pair, theirs, callId: view.callId, ours: view.localTag, peers: view.remoteTag };
}

/** What the callee is told of an INVITE with this header. */
function name(pair: SipPair, header: string, value: string) {
  const before = outputsOf(pair.b, 'incoming').length;
  invite(pair, [[header, value]]);
  return outputsOf(pair.b, 'incoming')[before]?.named;
}

function invite(pair: SipPair, headers: readonly (readonly [string, string])[]): void {
  pair.a.agent.invite({ ...INVITE, headers }, { flow: pair.a.flow }, pair.nowMs);
  pair.run(30);
  expect(requestsOf(pair.a, 'INVITE').length).toBeGreaterThan(1);
}
