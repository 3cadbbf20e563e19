/** Who uses a SIP user agent in a fuzzed story: does anything at any time, and hangs up at the end. */
import { equal, ok } from 'node:assert/strict';
import type { Content, SessionEvent, UserAgentOutput } from '@conclave/sip';
import type { Prng, SipEnd, SipPair } from '@conclave/testkit';

const OUTGOING = {
  uri: 'sip:2002@192.0.2.2',
  from: '"Ada" <sip:2001@192.0.2.1>',
  to: '<sip:2002@192.0.2.2>',
};

const METHODS = ['OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'REFER', 'NOTIFY', 'REGISTER', 'INFO'];

const INNER_METHODS = ['INFO', 'REFER', 'NOTIFY', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'FOO'];

const FINAL: ReadonlySet<SessionEvent['type']> = new Set(['failed', 'cancelled', 'ended']);

export class SipUser {
  /** Calls of its own. */
  static readonly SESSIONS_MAX = 6;
  readonly #end: SipEnd;
  readonly #pair: SipPair;
  readonly #chance: Prng;
  readonly #sessions = new Set<number>();
  readonly #ended = new Set<number>();
  readonly #subscriptions = new Set<number>();
  #isLeaving = false;

  constructor(end: SipEnd, pair: SipPair, chance: Prng) {
    this.#end = end;
    this.#pair = pair;
    this.#chance = chance;
    end.on = (output) => this.#on(output);
  }

  /** Does something. */
  act(): void {
    const chance = this.#chance;
    const session = chance.pick([...this.#sessions]);
    const what = chance.next();
    if (session === undefined || what < 0.2) this.#begin();
    else if (what < 0.9) this.#command(session);
    else this.#tellSubscriber();
  }

  /** Hangs up everything, and goes on doing so. */
  leave(): void {
    this.#isLeaving = true;
    const { nowMs } = this.#pair;
    for (const id of this.#subscriptions) {
      this.#end.agent.notify(id, { state: 'terminated' }, nowMs);
      this.#end.agent.resubscribe(id, 0, nowMs);
    }
    for (const id of this.#sessions) this.#hangUp(id);
  }

  checkEnd(): void {
    const { agent } = this.#end;
    equal(this.#sessions.size, 0, 'a session has not ended');
    ok(agent.isEmpty, `something is left: ${JSON.stringify(agent.counts)}`);
    equal(agent.deadlineMs, Number.POSITIVE_INFINITY);
  }

  #begin(): void {
    const { agent, flow } = this.#end;
    const chance = this.#chance;
    const { nowMs } = this.#pair;
    const destination = chance.chance(0.8) ? { flow } : { uri: OUTGOING.uri };
    if (chance.chance(0.6)) {
      if (this.#sessions.size >= SipUser.SESSIONS_MAX) return;
      this.#sessions.add(agent.invite({ ...OUTGOING, ...this.#content() }, destination, nowMs));
      return;
    }
    const method = chance.pick(METHODS) ?? 'OPTIONS';
    const headers = [
      ['Event', chance.pick(['conference', 'dialog', 'refer', 'x']) ?? ''],
      ['Expires', chance.pick(['0', '60', '3600']) ?? ''],
      ['Refer-To', '<sip:2003@192.0.2.2>'],
    ] as const;
    const id = agent.send({ ...OUTGOING, method, headers }, destination, nowMs);
    if (method === 'SUBSCRIBE' || method === 'REFER') this.#subscriptions.add(id);
  }

  #command(id: number): void {
    const { agent } = this.#end;
    const chance = this.#chance;
    const { nowMs } = this.#pair;
    const content = this.#content();
    const commands = [
      () => agent.ring(id, chance.pick([180, 183, 199]) ?? 180, content, nowMs),
      () => agent.accept(id, content, nowMs),
      () => agent.accept(id, content, nowMs),
      () => agent.reject(id, chance.pick([302, 486, 488, 603]) ?? 486, content, nowMs),
      () => agent.reject(id, 403, { once: true }, nowMs),
      () => agent.cancel(id, content, nowMs),
      () => agent.reinvite(id, content, nowMs),
      () => agent.update(id, content, nowMs),
      () => agent.answerOffer(id, Buffer.from('v=0\r\n'), {}, nowMs),
      () => agent.refuseOffer(id, 488, {}, nowMs),
      () => agent.bye(id, {}, nowMs),
      () => agent.request(id, chance.pick(INNER_METHODS) ?? 'INFO', content, nowMs),
      () => agent.setRouting(id, chance.chance(0.5) ? 'dialog' : 'flow'),
    ];
    chance.pick(commands)?.();
  }

  #tellSubscriber(): void {
    const id = this.#chance.pick([...this.#subscriptions]);
    if (id === undefined) return;
    const { agent } = this.#end;
    const { nowMs } = this.#pair;
    const state = this.#chance.pick(['active', 'pending', 'terminated'] as const) ?? 'active';
    const commands = [
      () => agent.notify(id, { ...this.#content(), state }, nowMs),
      () => agent.notifyReferred(id, 180, 'Ringing', nowMs),
      () => agent.resubscribe(id, this.#chance.pick([0, 60]) ?? 0, nowMs),
    ];
    this.#chance.pick(commands)?.();
  }

  #content(): Content {
    const chance = this.#chance;
    const bodies = ['', 'v=0\r\n', `v=0\r\ns=${chance.between(0, 9)}\r\n`];
    return { body: Buffer.from(chance.pick(bodies) ?? '') };
  }

  #on(output: UserAgentOutput): void {
    switch (output.type) {
      case 'incoming':
        this.#sessions.add(output.session);
        if (this.#isLeaving) this.#hangUp(output.session);
        return;
      case 'session':
        this.#onSession(output.session, output.event);
        return;
      case 'request':
        this.#answer(output.transaction, output.request.method);
        return;
      case 'subscription':
        if (output.event.type === 'ended') this.#subscriptions.delete(output.subscription);
        return;
      default:
        return;
    }
  }

  #onSession(id: number, event: SessionEvent): void {
    ok(!this.#ended.has(id), `session ${id} says ${event.type} after its end`);
    ok(this.#sessions.has(id), `nobody knows session ${id}`);
    if (FINAL.has(event.type)) {
      this.#sessions.delete(id);
      this.#ended.add(id);
    } else if (event.type === 'request') this.#answer(event.transaction, event.request.method);
    else if (this.#isLeaving) this.#hangUp(id);
    else if (this.#chance.chance(0.6)) this.#answerOffer(id, event);
  }

  #answerOffer(id: number, event: SessionEvent): void {
    const isOffer =
      event.type === 'offered' ||
      event.type === 'offer-wanted' ||
      (event.type === 'answered' && event.role === 'offer');
    if (!isOffer) return;
    this.#end.agent.answerOffer(id, Buffer.from('v=0\r\n'), {}, this.#pair.nowMs);
  }

  /** A user answers every request: one that nobody answers is the user's fault. */
  #answer(transaction: number, method: string): void {
    const { agent } = this.#end;
    const { nowMs } = this.#pair;
    const asks = method === 'SUBSCRIBE' || method === 'REFER';
    if (asks && !this.#isLeaving && this.#chance.chance(0.8)) {
      const id = agent.acceptSubscription(transaction, { seconds: 60 }, nowMs);
      if (id === 0) return;
      this.#subscriptions.add(id);
      agent.notify(id, { state: 'active' }, nowMs);
    } else {
      const reply = this.#chance.chance(0.3) ? ({ once: true } as const) : {};
      agent.respond(transaction, this.#chance.pick([200, 404, 603]) ?? 200, reply, nowMs);
    }
  }

  #hangUp(id: number): void {
    const { agent } = this.#end;
    const { nowMs } = this.#pair;
    if (agent.bye(id, {}, nowMs) || agent.cancel(id, {}, nowMs)) return;
    agent.reject(id, 603, {}, nowMs);
  }
}
