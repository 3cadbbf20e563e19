import { type SipEnd, SipPair } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import type { SipMessage } from '../wire/message.ts';
import { decodeText, encodeText } from '../wire/text.ts';
import type { SessionEvent } from './session-events.ts';

/*
 * Goal: whatever the network loses, repeats and reorders, and whatever both users do, both ends agree
 * on which calls there are and on both descriptions of each (RFC 3264), every call ends at both, and
 * nothing is left over. Method: random users on a random network, under virtual time, by seed.
 */

const SEEDS = 150;

describe.each([
  ['a quiet network', 0, 0, [5, 5]],
  ['loss', 0.15, 0, [5, 40]],
  ['repetition and reordering', 0, 0.3, [1, 400]],
  ['all of it', 0.25, 0.25, [1, 900]],
] as const)('%s', (_, loss, duplication, delayMs) => {
  test(`calls of ${SEEDS} seeds`, () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const day = new Day(seed, { loss, duplication, delayMs });
      day.run();
      expect(day.faults, `seed ${seed}`).toEqual([]);
    }
  });
});

class Day {
  readonly faults: string[] = [];
  readonly #pair: SipPair;
  readonly #users: readonly User[];

  constructor(
    seed: number,
    network: {
      readonly loss: number;
      readonly duplication: number;
      readonly delayMs: readonly [number, number];
    },
  ) {
    const transport = seed % 3 === 0 ? 'tcp' : 'udp';
    const options = seed % 2 === 0 ? { sessionExpiresSeconds: 90 } : {};
    this.#pair = new SipPair(seed, { transport, ...network }, options);
    this.#users = [this.#pair.a, this.#pair.b].map((end) => new User(this.#pair, end, this.faults));
  }

  run(): void {
    const { prng } = this.#pair;
    for (let step = 0; step < 25; step++) {
      for (const user of this.#users) if (prng.chance(0.5)) user.act();
      this.#pair.run(prng.between(1, 3_000));
    }
    this.#pair.run(100_000);
    this.#compare();
    for (const user of this.#users) user.hangUpAll();
    this.#pair.run(40_000);
    for (const user of this.#users) user.hangUpAll();
    this.#pair.run(200_000);
    for (const user of this.#users) user.judge();
  }

  /** Nobody has done anything for long enough. */
  #compare(): void {
    const [mine, theirs] = this.#users.map((user) => user.views());
    for (const callId of new Set([...(mine?.keys() ?? []), ...(theirs?.keys() ?? [])])) {
      const [a, b] = [mine?.get(callId), theirs?.get(callId)];
      // Who rings cannot know that the caller has gone if the network is bad enough.
      if (a?.phase !== 'confirmed' && b?.phase !== 'confirmed') continue;
      if (a?.phase !== b?.phase) this.faults.push(`${a?.phase} here, ${b?.phase} there`);
      if (a?.local !== b?.remote || a?.remote !== b?.local) {
        this.faults.push(`${a?.local} to ${a?.remote} here, ${b?.local} to ${b?.remote} there`);
      }
    }
  }
}

/** What one user believes of one call. */
interface Call {
  isAnswered: boolean;
  isOver: boolean;
  readonly isOutgoing: boolean;
  /** Of the peer, without an answer yet. */
  peerOffer: string | undefined;
  ownOffer: string;
  /** As agreed last. */
  local: string;
  remote: string;
}

interface View {
  readonly phase: 'ringing' | 'confirmed';
  readonly local: string;
  readonly remote: string;
}

class User {
  readonly #pair: SipPair;
  readonly #end: SipEnd;
  readonly #faults: string[];
  readonly #calls = new Map<number, Call>();
  readonly #byCallId = new Map<string, Call>();
  readonly #sent = new WeakSet<SipMessage>();
  #version = 0;

  constructor(pair: SipPair, end: SipEnd, faults: string[]) {
    this.#pair = pair;
    this.#end = end;
    this.#faults = faults;
    end.on = (output) => {
      if (output.type === 'incoming') {
        const { body } = output.request;
        this.#add(output.session, false, body.length > 0 ? decodeText(body) : undefined);
      } else if (output.type === 'session') this.#hear(output.session, output.event);
    };
    end.filter = (message) => {
      this.#watch(message);
      return true;
    };
  }

  act(): void {
    const { prng, nowMs } = this.#pair;
    const { agent, flow } = this.#end;
    const open = [...this.#calls].filter(([, call]) => !call.isOver);
    const [id, call] = prng.pick(open) ?? [];
    if (id === undefined || !call || (open.length < 3 && prng.chance(0.3))) {
      const body = prng.chance(0.5) ? { body: this.#sdp() } : {};
      const headers = prng.chance(0.2) ? [['Require', '100rel'] as const] : [];
      const invite = {
        uri: 'sip:x@192.0.2.2',
        from: '<sip:a@a>',
        to: '<sip:b@b>',
        headers,
        ...body,
      };
      const session = agent.invite(invite, { flow }, nowMs);
      this.#add(session, true, undefined);
      return;
    }
    if (!call.isAnswered) this.#actEarly(id, call);
    else this.#actConfirmed(id);
  }

  hangUpAll(): void {
    const { nowMs } = this.#pair;
    const { agent } = this.#end;
    for (const [id, call] of this.#calls) {
      if (call.isOver) continue;
      if (call.isOutgoing) agent.cancel(id, {}, nowMs);
      else agent.reject(id, 486, {}, nowMs);
      agent.bye(id, {}, nowMs);
    }
  }

  /** By Call-ID: the calls that are not over. */
  views(): ReadonlyMap<string, View> {
    const views = new Map<string, View>();
    for (const [id, { isOver, local, remote }] of this.#calls) {
      const session = this.#end.agent.session(id);
      if (isOver || !session) continue;
      const phase = session.phase === 'confirmed' ? 'confirmed' : 'ringing';
      if (phase === 'confirmed') views.set(session.callId, { phase, local, remote });
      else views.set(session.callId, { phase, local: '', remote: '' });
    }
    return views;
  }

  judge(): void {
    for (const [id, call] of this.#calls) {
      if (!call.isOver) this.#faults.push(`session ${id} never ended`);
    }
    if (!this.#end.agent.isEmpty) this.#faults.push('something is left over');
    const { deadlineMs } = this.#end.agent;
    if (deadlineMs !== Number.POSITIVE_INFINITY) this.#faults.push(`a timer runs: ${deadlineMs}`);
  }

  #add(session: number, isOutgoing: boolean, peerOffer: string | undefined): void {
    const nothing = { isAnswered: false, isOver: false, ownOffer: '', local: '', remote: '' };
    const call = { ...nothing, isOutgoing, peerOffer };
    this.#calls.set(session, call);
    this.#byCallId.set(this.#end.agent.session(session)?.callId ?? '', call);
  }

  #actEarly(id: number, call: Call): void {
    const { prng, nowMs } = this.#pair;
    const { agent } = this.#end;
    if (call.isOutgoing) {
      if (prng.chance(0.2)) agent.cancel(id, {}, nowMs);
      return;
    }
    const chance = prng.next();
    if (chance < 0.4) agent.ring(id, 180, {}, nowMs);
    else if (chance < 0.6) agent.ring(id, 183, { body: this.#sdp() }, nowMs);
    else if (chance < 0.9) {
      if (agent.accept(id, { body: this.#sdp() }, nowMs)) call.isAnswered = true;
    } else agent.reject(id, 486, {}, nowMs);
  }

  #actConfirmed(id: number): void {
    const { prng, nowMs } = this.#pair;
    const { agent } = this.#end;
    const chance = prng.next();
    if (chance < 0.3) agent.reinvite(id, {}, nowMs);
    else if (chance < 0.5) agent.reinvite(id, { body: this.#sdp() }, nowMs);
    else if (chance < 0.65) agent.update(id, { body: this.#sdp() }, nowMs);
    else if (chance < 0.8) agent.update(id, { headers: [['Call-Info', '<x>']] }, nowMs);
    else if (chance < 0.9) agent.request(id, 'INFO', {}, nowMs);
    else agent.bye(id, {}, nowMs);
  }

  #hear(id: number, event: SessionEvent): void {
    const { prng, nowMs } = this.#pair;
    const { agent } = this.#end;
    const call = this.#calls.get(id);
    if (!call) {
      this.#faults.push(`${event.type} of unknown session ${id}`);
      return;
    }
    if (call.isOver) this.#faults.push(`${event.type} after the end of ${id}`);
    switch (event.type) {
      case 'answered':
        call.isAnswered = true;
        if (event.role === 'answer') agree(call, call.ownOffer, decodeText(event.body));
        if (event.role !== 'offer') return;
        call.peerOffer = decodeText(event.body);
        this.#answer(id);
        return;
      case 'progress':
        if (event.isAnswer) agree(call, call.ownOffer, decodeText(event.body));
        return;
      case 'answer':
        agree(call, call.ownOffer, decodeText(event.body));
        return;
      case 'offered':
      case 'offer-wanted':
        if (event.type === 'offered') call.peerOffer = decodeText(event.body);
        if (prng.chance(0.2) && agent.refuseOffer(id, 488, {}, nowMs)) call.peerOffer = undefined;
        else this.#answer(id);
        return;
      case 'withdrawn':
        call.peerOffer = undefined;
        return;
      case 'request':
        agent.respond(event.transaction, 200, {}, nowMs);
        return;
      case 'failed':
      case 'cancelled':
      case 'ended':
        call.isOver = true;
        return;
      default:
    }
  }

  #answer(id: number): void {
    const delayMs = this.#pair.prng.chance(0.5) ? 0 : this.#pair.prng.between(1, 3_000);
    this.#pair.clock.after(delayMs, () => {
      this.#end.agent.answerOffer(id, this.#sdp(), {}, this.#pair.nowMs);
    });
  }

  #sdp(): Uint8Array {
    this.#version += 1;
    return encodeText(`description ${this.#version} of ${this.#end.flow.id}`);
  }

  /** What is sent for the first time: an offer, or the answer to the peer's. */
  #watch(message: SipMessage): void {
    const call = this.#byCallId.get(message.headers.get('Call-ID') ?? '');
    if (!call || message.body.length === 0 || this.#sent.has(message)) return;
    this.#sent.add(message);
    const isPreview =
      message.type === 'response' && message.status < 200 && !message.headers.has('RSeq');
    const body = decodeText(message.body);
    if (call.peerOffer === undefined) call.ownOffer = body;
    else if (!isPreview) agree(call, body, call.peerOffer);
  }
}

function agree(call: Call, local: string, remote: string): void {
  call.local = local;
  call.remote = remote;
  call.peerOffer = undefined;
}
