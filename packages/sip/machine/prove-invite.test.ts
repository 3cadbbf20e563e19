import { INVITE, QUIET_NETWORK, requestsOf, SipPair, toldOf } from '@conclave/testkit';
import { expect, test } from 'vitest';
import { answerChallenge, credentialsOf, type DigestSecret, digestOf } from './digest.ts';
import { DigestServer } from './digest-server.ts';

/*
 * Goal: a call that is challenged is made again with a proof, in the same Call-ID, and only while there is
 * another proof to give (RFC 3261 §22.2). Method: two agents; one challenges by the rules.
 */

test('a call goes through with the right password; its ACK fits the second INVITE', () => {
  const { pair, judged } = challenging('secret');
  const mine = pair.a.agent.invite(INVITE, { flow: pair.a.flow }, 0);
  pair.run(1_000);
  expect(judged).toEqual([undefined, 'valid']);
  const [first, second, ...others] = requestsOf(pair.a, 'INVITE');
  expect(others).toEqual([]);
  expect(second?.headers.get('Call-ID')).toBe(first?.headers.get('Call-ID'));
  expect(second?.headers.get('From')).toBe(first?.headers.get('From'));
  expect(second?.headers.get('CSeq')).toBe('2 INVITE');
  pair.a.agent.answerOffer(mine, new Uint8Array(1), {}, pair.nowMs);
  pair.run(1_000);
  expect(requestsOf(pair.a, 'ACK').at(-1)?.headers.get('CSeq')).toBe('2 ACK');
  expect(pair.a.agent.session(mine)?.phase).toBe('confirmed');
});

test('with a wrong password it fails after the second try', () => {
  const { pair, judged } = challenging('guess');
  const mine = pair.a.agent.invite(INVITE, { flow: pair.a.flow }, 0);
  pair.run(1_000);
  expect(judged).toEqual([undefined, 'wrong']);
  expect(toldOf(pair.a, mine)).toEqual(['failed 401']);
});

test('without a password it fails at once', () => {
  const { pair, judged } = challenging(undefined);
  const mine = pair.a.agent.invite(INVITE, { flow: pair.a.flow }, 0);
  pair.run(1_000);
  expect(judged).toEqual([undefined]);
  expect(toldOf(pair.a, mine)).toEqual(['failed 401']);
});

/** `b` takes no call without a proof; it says how it judged each. */
function challenging(password: string | undefined): {
  readonly pair: SipPair;
  readonly judged: (string | undefined)[];
} {
  const digests = new DigestServer({ realm: 'far', sealKey: new Uint8Array(16) });
  const judged: (string | undefined)[] = [];
  const pair = new SipPair(1, QUIET_NETWORK, {
    prove: (request, response) => {
      if (password === undefined) return undefined;
      const given = { secret: secretOf(password), clientNonce: 'c' };
      const answer = answerChallenge(response, request, given);
      return answer && [answer.name, answer.value];
    },
  });
  pair.b.on = (output) => {
    if (output.type !== 'incoming') return;
    const { session, request } = output;
    const credentials = credentialsOf(request, 'far');
    const verdict =
      credentials && digests.verify(request, credentials, secretOf('secret'), pair.nowMs);
    judged.push(verdict);
    const headers = digests
      .challenge(pair.nowMs)
      .map((value) => ['WWW-Authenticate', value] as const);
    if (verdict === 'valid') pair.b.agent.accept(session, { body: new Uint8Array(1) }, pair.nowMs);
    else pair.b.agent.reject(session, 401, { headers }, pair.nowMs);
  };
  return { pair, judged };
}

function secretOf(password: string): DigestSecret {
  const text = `us:far:${password}`;
  return {
    user: 'us',
    realm: 'far',
    md5: digestOf('MD5', text),
    sha256: digestOf('SHA-256', text),
  };
}
