/**
 * What must hold for the whole SIP side of the call manager, rules included, while registered phones
 * say mutated things in and around calls and conferences at times: nothing throws; who is
 * in a call with a phone in the clear, or over a trunk, is never shown a lock; and when everybody has
 * hung up nothing is left, neither calls nor keys.
 */
import { deepStrictEqual, ok } from 'node:assert/strict';
import type { Softkey, State } from '@conclave/core';
import { formatMessage, parseMessage, type SipMessage } from '@conclave/sip';
import { mutate, type Prng } from '@conclave/testkit';
import { houseOf, TLS } from '../sip/sip-cast.ts';
import type { SipClient } from '../sip/sip-client.ts';
import type { SipHouse } from '../sip/sip-house.ts';

/** The one without TLS, and another system's parties: no lock beside them (SEC-03, TRK-03). */
const LOCKLESS = ['EVE', 'TRUNK'];

/** An SCCP phone. */
const DESK = 'SEP1';

const NUMBERS = [
  ...['1001', '2001', '2002', '2003', '2004', '5000', '8000'],
  ...['*1', '', 'conf-1', '%00', '9'.repeat(300)],
];

const KEYS: readonly Softkey[] = ['answer', 'hold', 'resume', 'confrn', 'end-call', 'join', 'park'];

/** Messages that are remembered, to come again or to lend their lines. */
const HEARD_MAX = 30;

/** Session timers have run out by then, twice. */
const END_MS = 2 * 3_600_000;

export function checkSipLines(message: Uint8Array, chance: Prng): void {
  const { house, clients } = houseOf(
    { device: 'ADA', ...TLS, srtp: 'mandatory' },
    { device: 'BOB', ...TLS, srtp: 'offered', rekeys: true },
    { device: 'EVE', transport: 'udp', signalling: 'clear', isStandard: true, srtp: 'none' },
    { device: 'SEP9', ...TLS, isStandard: false, srtp: 'offered' },
    { device: 'TRUNK', ...TLS, isStandard: false, isTrunk: true, srtp: 'mandatory' },
  );
  const story = new Story(house, clients, chance, message);
  story.begin();
  for (let step = chance.between(4, 24); step > 0; step--) {
    story.act();
    house.run(chance.pick([0, 5, 100, 400, 400, 30_000]) ?? 0);
    story.checkLocks();
  }
  story.end();
}

class Story {
  readonly #house: SipHouse;
  readonly #clients: readonly SipClient[];
  readonly #chance: Prng;
  readonly #heard: Uint8Array[];
  readonly #shown = new Map<string, { readonly leg: number; readonly isLocked: boolean }>();
  #isTampering = false;
  #read = 0;

  constructor(house: SipHouse, clients: readonly SipClient[], chance: Prng, message: Uint8Array) {
    this.#house = house;
    this.#clients = clients;
    this.#chance = chance;
    this.#heard = [message];
    this.#tamper();
  }

  /** In half of the stories a conference is up already. */
  begin(): void {
    const [host] = this.#clients;
    if (host && this.#chance.chance(0.5)) {
      host.call('8000');
      this.#house.run();
      const guest = this.#chance.pick(['2002', '2002', '2003', '2004']) ?? '';
      for (const number of [guest, '1001']) {
        host.refer(`<sip:${number}@192.0.2.1>`);
        this.#house.run();
      }
      this.#press('answer', undefined);
      this.#house.run();
    }
    this.#isTampering = true;
  }

  act(): void {
    const chance = this.#chance;
    const client = chance.pick(this.#clients);
    const what = chance.next();
    if (!client || what < 0.2) this.#useDesk();
    else if (what < 0.35) this.#say(client);
    else this.#use(client);
  }

  /** Whoever is in a call or conference with the phone in the clear sees no lock. */
  checkLocks(): void {
    const { log, state } = this.#house;
    for (const effect of log.slice(this.#read)) {
      if (effect.type === 'call-info') {
        const { device, leg, level } = effect;
        this.#shown.set(`${device}/${leg}`, { leg, isLocked: level === 'encrypted' });
      }
      if (effect.type === 'call-state' && effect.state === 'on-hook') {
        this.#shown.delete(`${effect.device}/${effect.leg}`);
      }
    }
    this.#read = log.length;
    for (const [where, { leg, isLocked }] of this.#shown) {
      const other = isLocked && LOCKLESS.find((device) => meets(state, leg, device));
      ok(!other, `${where} shows a lock beside ${other}`);
    }
  }

  /** Nobody lies any more, everybody hangs up. */
  end(): void {
    const house = this.#house;
    this.#isTampering = false;
    for (let round = 0; round < 3; round++) {
      for (const client of this.#clients) hangUp(client);
      for (const { id, device } of house.state.legs.values()) {
        if (device === DESK) this.#press('end-call', id);
      }
      house.run(round === 1 ? END_MS : 60_000);
    }
    const { legs, calls, conferences, connections } = house.state;
    const left = {
      legs,
      calls,
      conferences,
      connections,
      sessions: house.sip.lines,
      keys: house.vault,
    };
    const sizes = Object.entries(left).map(([name, { size }]) => [name, size]);
    deepStrictEqual(Object.fromEntries(sizes), {
      legs: 0,
      calls: 0,
      conferences: 0,
      connections: 0,
      sessions: 0,
      keys: 0,
    });
  }

  #use(client: SipClient): void {
    const chance = this.#chance;
    const number = chance.pick(NUMBERS) ?? '';
    const uri = `<sip:${number}@192.0.2.1${chance.chance(0.3) ? ';method=BYE' : ''}>`;
    const actions = [
      () => client.call(number, chance.chance(0.5)),
      () =>
        client.call(chance.pick(['1001', '2001', '2002', '2003', '2004', '5000', '8000']) ?? ''),
      () =>
        client.reinvite(chance.pick(['sendrecv', 'sendonly', 'inactive'] as const) ?? 'inactive'),
      () => client.refer(uri),
      () => client.info(chance.pick(['1', '*', '#', 'x', '11']) ?? ''),
      () => client.subscribe(),
      () => client.subscribeOutside(`sip:conf-${chance.between(0, 3)}@192.0.2.1`),
      () => client.bye(),
      () => this.#house.sip.flowClosed(client.spec.device),
    ];
    chance.pick(actions)?.();
  }

  #useDesk(): void {
    const chance = this.#chance;
    const mine = [...this.#house.state.legs.values()].filter(({ device }) => device === DESK);
    if (mine.length > 0 && chance.chance(0.8)) {
      this.#press(chance.pick(KEYS) ?? 'answer', chance.pick(mine)?.id);
      return;
    }
    const digits = chance.pick(['2001', '2002', '2003', '2004']) ?? '';
    this.#house.happen({
      type: 'phone',
      device: DESK,
      action: { type: 'dial', digits, fresh: true },
    });
  }

  #press(key: Softkey, leg: number | undefined): void {
    const action = { type: 'softkey', key, line: 1, ...(leg !== undefined && { leg }) } as const;
    this.#house.happen({ type: 'phone', device: DESK, action });
  }

  /** Something that nobody asked for, on the flow of a registered phone. */
  #say({ flow }: SipClient): void {
    const bytes = this.#chance.pick(this.#heard);
    if (bytes) this.#receive(bytes, flow);
  }

  /** Between the phones and the server: what they say is mutated at times, and comes again. */
  #tamper(): void {
    const { sip, clock } = this.#house;
    const receive = sip.receive.bind(sip);
    sip.receive = (message, flow) => {
      const bytes = formatMessage(message);
      this.#heard.push(bytes);
      if (this.#heard.length > HEARD_MAX) this.#heard.shift();
      if (!this.#isTampering || this.#chance.chance(0.8)) receive(message, flow);
      else {
        if (this.#chance.chance(0.5)) receive(message, flow);
        this.#receive(bytes, flow, receive);
      }
    };
    sip.attach({
      send: (message, flow) => {
        const read = reread(message);
        const client = this.#clients.find(({ spec }) => spec.device === flow.id);
        if (read) clock.after(1, () => client?.receive(read));
      },
      connect: async () => ({ ok: false, error: 'unreachable' }),
    });
  }

  #receive(
    bytes: Uint8Array,
    flow: SipClient['flow'],
    receive = this.#house.sip.receive.bind(this.#house.sip),
  ): void {
    const parsed = parseMessage(mutate(this.#chance.between(1, 2 ** 31), bytes, this.#heard));
    if (parsed.ok) receive(parsed.value, flow);
  }
}

/** Whether this leg and one of that device are in one call or conference. */
function meets({ legs, calls, conferences }: State, id: number, device: string): boolean {
  const leg = legs.get(id);
  const call = calls.get(leg?.call ?? 0);
  const ends = call?.state === 'connected' ? [call.caller, ...call.callees] : [];
  if (leg?.conference !== undefined) {
    for (const each of conferences.get(leg.conference)?.participants ?? []) ends.push(each.leg);
  }
  return ends.some((each) => legs.get(each)?.device === device);
}

function hangUp(client: SipClient): void {
  const sessions = client.heard.flatMap((each) => (each.type === 'incoming' ? [each.session] : []));
  for (const id of new Set([client.session, ...sessions, ...known(client)])) {
    const { agent, nowMs } = client;
    if (!agent.bye(id, {}, nowMs) && !agent.cancel(id, {}, nowMs)) agent.reject(id, 486, {}, nowMs);
  }
  client.pump();
}

/** Sessions that it was told anything of. */
function known({ heard }: SipClient): readonly number[] {
  return heard.flatMap((each) => (each.type === 'session' ? [each.session] : []));
}

/** As it comes off the wire; undefined where it echoes more than anybody reads. */
function reread(message: SipMessage): SipMessage | undefined {
  const parsed = parseMessage(formatMessage(message));
  ok(parsed.ok || parsed.error === 'header-too-large', 'it wrote what cannot be read');
  return parsed.ok ? parsed.value : undefined;
}
