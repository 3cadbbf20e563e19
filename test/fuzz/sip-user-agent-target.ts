/**
 * What must hold for our SIP user agent whoever talks to it: nothing throws; what it keeps for others
 * stays bounded; its clock never asks for a moment that has passed; each session ends once and is silent
 * afterwards; what it writes can be read; and once its user has hung up everything, nothing is left.
 *
 * Two of them talk over a network that mutates, repeats and invents messages, for users who do
 * everything at any time.
 */
import { ok } from 'node:assert/strict';
import { parseMessage, type UserAgentLimits } from '@conclave/sip';
import { mutate, type Prng, type SipEnd, SipPair } from '@conclave/testkit';
import { SipUser } from './sip-user.ts';

const LIMITS: UserAgentLimits = {
  transactionsMax: 60,
  sessionsMax: 8,
  subscriptionsMax: 6,
  ringMs: 60_000,
};

/** Messages that are remembered, to come again or to lend their lines. */
const HEARD_MAX = 30;

/** Longer than anything may take that nobody waits for any more. */
const END_MS = 30 * 60_000;

/** What one story may say: repetitions are no storm. */
const SENT_MAX = 5000;

export function checkSipUserAgent(message: Uint8Array, chance: Prng): void {
  const transport = chance.chance(0.5) ? 'udp' : 'tls';
  const network = { transport, loss: 0.05, duplication: 0.05, delayMs: [1, 60] } as const;
  const pair = new SipPair(chance.between(0, 2 ** 31), network, {
    limits: LIMITS,
    sessionExpiresSeconds: chance.pick([0, 90, 1800]) ?? 0,
  });
  const users = [pair.a, pair.b].map((end) => new SipUser(end, pair, chance));
  for (const { agent } of [pair.a, pair.b]) watchClock(agent);
  const heard = [message];
  pair.tamper = (bytes) => tampered(bytes, heard, chance);
  for (let step = chance.between(5, 40); step > 0; step--) {
    const user = chance.pick(users);
    if (chance.chance(0.3)) say(pair, chance.pick(heard) ?? message, chance);
    else user?.act();
    pair.run(chance.pick([0, 1, 30, 200, 200, 5000, 70_000]) ?? 0);
    for (const end of [pair.a, pair.b]) checkBounds(end);
  }
  pair.tamper = readable;
  for (const user of users) user.leave();
  pair.run(END_MS);
  for (const user of users) user.leave();
  pair.run(END_MS);
  for (const user of users) user.checkEnd();
}

/** Says something that nobody asked for. */
function say(pair: SipPair, bytes: Uint8Array, chance: Prng): void {
  const to = chance.pick([pair.a, pair.b]) ?? pair.a;
  const parsed = parseMessage(
    chance.chance(0.5) ? bytes : mutate(chance.between(1, 2 ** 31), bytes),
  );
  if (!parsed.ok) return;
  // At times from somebody else than the one it seems to come from.
  const flow = chance.chance(0.7) ? to.flow : { ...to.flow, id: 'x', transport: 'tcp' as const };
  to.agent.receive(parsed.value, flow, pair.nowMs);
  if (chance.chance(0.1)) to.agent.flowClosed(flow.id, pair.nowMs);
}

function tampered(bytes: Uint8Array, heard: Uint8Array[], chance: Prng): readonly Uint8Array[] {
  heard.push(bytes);
  if (heard.length > HEARD_MAX) heard.shift();
  if (chance.chance(0.7)) return readable(bytes);
  const mutated = mutate(chance.between(1, 2 ** 31), bytes, heard);
  return chance.chance(0.5) ? [mutated] : [mutated, ...readable(bytes)];
}

/** Who echoes the huge fields of a peer may get over what is read: that is the peer's loss. */
function readable(bytes: Uint8Array): readonly Uint8Array[] {
  const parsed = parseMessage(bytes);
  ok(parsed.ok || parsed.error === 'header-too-large', 'it wrote what cannot be read');
  return parsed.ok ? [bytes] : [];
}

function checkBounds({ agent, sent }: SipEnd): void {
  const { sessions, transactions } = agent.counts;
  ok(sessions <= LIMITS.sessionsMax + SipUser.SESSIONS_MAX, `${sessions} sessions`);
  // Its own requests are not limited by what peers send.
  ok(transactions <= 3 * LIMITS.transactionsMax, `${transactions} transactions`);
  ok(sent.length < SENT_MAX, `${sent.length} messages`);
}

/** A clock that asks for a moment that is past rings for ever. */
function watchClock(agent: SipEnd['agent']): void {
  const ring = agent.clock.bind(agent);
  agent.clock = (nowMs) => {
    ring(nowMs);
    ok(agent.deadlineMs > nowMs, 'its deadline does not move on');
  };
}
