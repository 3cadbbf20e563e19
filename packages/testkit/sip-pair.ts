/**
 * Two SIP user agents and a network between them that loses, repeats and reorders, under virtual time.
 * What passes is written out and read again, as on a real wire.
 */
import {
  type Flow,
  formatMessage,
  parseMessage,
  type SessionEvent,
  type SipMessage,
  type SipTransport,
  UserAgent,
  type UserAgentOptions,
  type UserAgentOutput,
} from '@conclave/sip';
import { SimClock } from './sim/clock.ts';
import { Prng } from './sim/prng.ts';

export interface SipNetwork {
  readonly transport: SipTransport;
  /** Of each message; only `udp` loses and repeats. */
  readonly loss: number;
  readonly duplication: number;
  readonly delayMs: readonly [least: number, most: number];
}

export const QUIET_NETWORK: SipNetwork = {
  transport: 'udp',
  loss: 0,
  duplication: 0,
  delayMs: [10, 10],
};

/** All methods and options that the machine knows. */
export const SIP_ABILITIES = {
  serverName: 'conclave-test',
  allow: [
    ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'UPDATE', 'PRACK', 'INFO', 'REFER', 'NOTIFY'],
    ...['SUBSCRIBE', 'MESSAGE', 'REGISTER'],
  ],
  supported: ['100rel', 'timer', 'replaces', 'join', 'norefersub'],
  allowEvents: ['conference', 'dialog', 'refer'],
} as const;

export class SipEnd {
  readonly agent: UserAgent;
  readonly flow: Flow;
  /** Everything that was told to the user. */
  readonly heard: UserAgentOutput[] = [];
  /** Every message that was sent, also those that were lost. */
  readonly sent: SipMessage[] = [];
  /** Acts on what is told. */
  on: (output: UserAgentOutput) => void = () => {};
  /** Whether a message may pass; it sees everything that this end sends. */
  filter: (message: SipMessage) => boolean = () => true;

  constructor(options: UserAgentOptions, flow: Flow) {
    this.agent = new UserAgent(options);
    this.flow = flow;
  }

  /** Events of one session, in order. */
  events(session: number): readonly SessionEvent[] {
    return this.heard.flatMap((each) =>
      each.type === 'session' && each.session === session ? [each.event] : [],
    );
  }

  /** The session of the last incoming call. */
  get incoming(): number {
    const last = this.heard.findLast((each) => each.type === 'incoming');
    return last?.type === 'incoming' ? last.session : 0;
  }
}

export class SipPair {
  readonly clock = new SimClock(0);
  readonly prng: Prng;
  readonly a: SipEnd;
  readonly b: SipEnd;
  network: SipNetwork;
  /** What arrives instead of what was sent; what cannot be read of it is lost. */
  tamper: ((bytes: Uint8Array, to: SipEnd) => readonly Uint8Array[]) | undefined;
  readonly #timers: readonly { readonly end: SipEnd; set(deadlineMs: number): void }[];
  #lastArrivalMs = 0;

  constructor(seed: number, network = QUIET_NETWORK, options: Partial<UserAgentOptions> = {}) {
    this.prng = new Prng(seed);
    this.network = network;
    const [here, there] = [
      { host: '192.0.2.1', port: 5060 },
      { host: '192.0.2.2', port: 5060 },
    ];
    const { transport } = network;
    const flowA: Flow = { id: 'a', transport, local: here, remote: there };
    const flowB: Flow = { id: 'b', transport, local: there, remote: here };
    this.a = new SipEnd(this.#options(options), flowA);
    this.b = new SipEnd(this.#options(options), flowB);
    this.#timers = [this.a, this.b].map((end) => {
      const timer = this.clock.timer(() => end.agent.clock(this.clock.nowMs()));
      return { end, set: (deadlineMs) => timer.set(deadlineMs) };
    });
  }

  get nowMs(): number {
    return this.clock.nowMs();
  }

  /** Carries out what the ends want, until nothing is left to do at this moment. */
  pump(): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const end of [this.a, this.b]) {
        for (const output of end.agent.take()) {
          busy = true;
          this.#carryOut(end, output);
        }
      }
    }
    for (const { end, set } of this.#timers) set(end.agent.deadlineMs);
  }

  /** Lets time pass. */
  run(forMs: number): void {
    this.pump();
    this.clock.runUntil(this.nowMs + forMs, () => this.pump());
  }

  #options(options: Partial<UserAgentOptions>): UserAgentOptions {
    return {
      ...SIP_ABILITIES,
      token: () =>
        Array.from({ length: 4 }, () => this.prng.between(0, 2 ** 31).toString(36)).join(''),
      addressOf: ({ local }) => ({
        sentBy: `${local.host}:${local.port}`,
        contact: `sip:${local.host}:${local.port}`,
      }),
      ...options,
    };
  }

  #carryOut(end: SipEnd, output: UserAgentOutput): void {
    if (output.type === 'send') {
      end.sent.push(output.message);
      if (end.filter(output.message)) this.#transmit(end, output.message);
    } else if (output.type === 'connect') end.agent.connected(output.id, end.flow, this.nowMs);
    else {
      end.heard.push(output);
      end.on(output);
    }
  }

  #transmit(from: SipEnd, message: SipMessage): void {
    const to = from === this.a ? this.b : this.a;
    const bytes = formatMessage(message);
    const { loss, duplication, transport } = this.network;
    const isLossy = transport === 'udp';
    const copies = isLossy && this.prng.chance(duplication) ? 2 : 1;
    for (let copy = 0; copy < copies; copy++) {
      if (isLossy && this.prng.chance(loss)) continue;
      for (const arriving of this.tamper?.(bytes, to) ?? [bytes]) {
        this.clock.at(this.#arrivalMs(isLossy), () => {
          const parsed = parseMessage(arriving);
          if (parsed.ok) to.agent.receive(parsed.value, to.flow, this.nowMs);
          else if (arriving === bytes) throw new Error(`nobody can read this: ${parsed.error}`);
        });
      }
    }
  }

  /** Streams keep their order. */
  #arrivalMs(isLossy: boolean): number {
    const [least, most] = this.network.delayMs;
    const arrivalMs = this.nowMs + this.prng.between(least, most);
    if (isLossy) return arrivalMs;
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, arrivalMs);
    return this.#lastArrivalMs;
  }
}
