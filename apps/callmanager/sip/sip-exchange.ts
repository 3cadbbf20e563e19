/**
 * Everything of SIP between the transports and the rules: the user agent, who is registered, lines and
 * trunks. It knows no socket.
 *
 * What has to be sent is sent at once, in the order of the effects; what is to be known waits until the
 * rules are at rest.
 */
import { type Result, unreachable } from '@conclave/base';
import type { Event, LegId, MediaEffect, NoteEffect, PhoneEffect, State } from '@conclave/core';
import type { Clock, Timer } from '@conclave/net';
import {
  answerChallenge,
  type DigestSecret,
  type Flow,
  formatHostPort,
  type RefusedRequest,
  type Reply,
  type SipMessage,
  type SipRequest,
  TOKEN_REGISTRATION,
  UserAgent,
  type UserAgentCommands,
  type UserAgentOutput,
} from '@conclave/sip';
import type { KeyVault } from '../key-vault.ts';
import type { Phrases } from '../locale/phrases.ts';
import { EnterprisePhones } from './enterprise-phones.ts';
import { finalStatusOf, reasonFields } from './final-status.ts';
import type { SipAgent } from './sip-agent.ts';
import type { Speaker } from './sip-call.ts';
import { SipLines } from './sip-lines.ts';
import type { SipPeer } from './sip-peer.ts';
import { SipRequests } from './sip-requests.ts';

/** The way to the wire. */
export interface SipWire {
  send(message: SipMessage, flow: Flow, remote?: Flow['remote']): void;
  connect(uri: string): Promise<Result<Flow>>;
}

/** The answer to who has to prove itself, or has failed to. */
export interface TurnedDown {
  readonly status: number;
  readonly reply: Reply;
}

/** Who is registered, and where. */
export interface SipDirectory {
  peerOf(device: string): SipPeer | undefined;
  /** Who sends this request outside of a dialog; undefined: nobody that we know. */
  senderOf(request: SipRequest, flow: Flow): SipPeer | TurnedDown | undefined;
  /** Who we are to the system that this Request-URI leads to; undefined: nobody. */
  secretFor?(uri: string): DigestSecret | undefined;
  register(transaction: number, request: SipRequest, flow: Flow, agent: SipAgent): void;
  flowClosed(flowId: string): void;
}

/** Nobody is registered over SIP, and nobody can be. */
export const NO_SIP_DIRECTORY: SipDirectory = {
  peerOf: () => undefined,
  senderOf: () => undefined,
  register: (transaction, _request, _flow, agent) => {
    agent.run((each, nowMs) => each.respond(transaction, 503, {}, nowMs));
  },
  flowClosed: () => {},
};

export interface SipExchangeOptions {
  readonly clock: Clock;
  /** A fresh word of 64 bits or more. */
  readonly token: () => string;
  readonly keys: KeyVault;
  readonly directory: SipDirectory;
  phrasesOf(device: string): Phrases;
  /** Absent: refusals are not said. */
  readonly annunciator?: Speaker | undefined;
  state(): State;
  happen(event: Event): void;
  passOn(effect: MediaEffect): void;
}

const ALLOW = [
  ...['INVITE', 'ACK', 'CANCEL', 'BYE', 'OPTIONS', 'REGISTER', 'PRACK', 'UPDATE'],
  ...['INFO', 'REFER', 'SUBSCRIBE', 'NOTIFY'],
];

const SUPPORTED = ['100rel', 'timer', 'replaces', 'join', 'norefersub', 'x-cisco-callinfo'];

const EVENTS = ['conference', 'refer', 'dialog'];

/** An hour would be long for a conference that has lost its phone silently. */
const SESSION_SECONDS = 1_800;

export class SipExchange implements SipAgent {
  readonly lines: SipLines;
  readonly #options: SipExchangeOptions;
  readonly #agent: UserAgent;
  readonly #timer: Timer;
  readonly #requests: SipRequests;
  readonly #phones: EnterprisePhones;
  readonly #inbox: UserAgentOutput[] = [];
  #isReading = false;
  #wire: SipWire | undefined;

  constructor(options: SipExchangeOptions) {
    this.#options = options;
    const { clock } = options;
    this.#agent = new UserAgent({
      token: options.token,
      serverName: 'Conclave',
      allow: ALLOW,
      supported: SUPPORTED,
      allowEvents: EVENTS,
      sessionExpiresSeconds: SESSION_SECONDS,
      addressOf: (flow) => ({
        sentBy: formatHostPort(flow.local),
        contact: contactUri(flow),
      }),
      prove: (request, response) => {
        const secret = options.directory.secretFor?.(request.uri);
        if (!secret) return undefined;
        const proof = answerChallenge(response, request, { secret, clientNonce: options.token() });
        return proof && [proof.name, proof.value];
      },
    });
    this.#timer = clock.timer(() => this.#input((agent, nowMs) => agent.clock(nowMs)));
    this.lines = new SipLines({
      agent: this,
      keys: options.keys,
      annunciator: options.annunciator,
      state: options.state,
      happen: options.happen,
      passOn: options.passOn,
      peerOf: (device) => options.directory.peerOf(device),
      request: (call, { transaction, request }) =>
        this.#requests.inCall(call, transaction, request),
    });
    const shared = { agent: this, lines: this.lines, state: options.state };
    const { token, phrasesOf } = options;
    this.#phones = new EnterprisePhones({ ...shared, token, phrasesOf });
    this.#requests = new SipRequests({ ...shared, phones: this.#phones });
  }

  /** Without a wire nothing is sent. */
  attach(wire: SipWire): void {
    this.#wire = wire;
  }

  receive(message: SipMessage, flow: Flow): void {
    this.#input((agent, nowMs) => agent.receive(message, flow, nowMs));
  }

  /** Answers what could not be read. */
  refuse(refused: RefusedRequest, flow: Flow): void {
    this.#input((agent) => agent.refuse(refused, flow));
  }

  flowClosed(flowId: string): void {
    this.#input((agent, nowMs) => agent.flowClosed(flowId, nowMs));
    this.#options.directory.flowClosed(flowId);
  }

  /** False: it is for a device that does not speak SIP. */
  show(effect: PhoneEffect): boolean {
    if (!this.lines.serves(effect.device, 'leg' in effect ? effect.leg : undefined)) return false;
    this.lines.show(effect);
    const peer = this.#options.directory.peerOf(effect.device);
    if (peer) this.#phones.show(effect, peer);
    return true;
  }

  /** See `SipLines.media`. */
  media(effect: MediaEffect): boolean {
    return this.lines.media(effect);
  }

  /** The Call-ID of this leg's session; undefined: SIP does not carry it. */
  callIdOf(leg: LegId): string | undefined {
    const call = this.lines.callOfLeg(leg);
    return call && this.#agent.session(call.session)?.callId;
  }

  note(effect: NoteEffect): void {
    if (effect.type === 'refusal') this.lines.refused(effect.refusal);
  }

  /** After every step of the rules. */
  settled(): void {
    this.lines.settled();
    this.#requests.settled();
    if (this.#inbox.length > 0 && !this.#isReading) queueMicrotask(() => this.#read());
  }

  run<T>(command: (agent: UserAgentCommands, nowMs: number) => T): T {
    const result = command(this.#agent, this.#options.clock.nowMs());
    this.#flush();
    return result;
  }

  close(): void {
    this.#timer.set(undefined);
  }

  #input(input: (agent: UserAgent, nowMs: number) => void): void {
    input(this.#agent, this.#options.clock.nowMs());
    this.#flush();
    this.#read();
  }

  /** Sends what is to be sent; the rest waits in the inbox. */
  #flush(): void {
    for (const output of this.#agent.take()) {
      if (output.type === 'send') this.#wire?.send(output.message, output.flow, output.remote);
      else if (output.type === 'connect') void this.#connect(output.id, output.uri);
      else this.#inbox.push(output);
    }
    const { deadlineMs } = this.#agent;
    this.#timer.set(deadlineMs === Infinity ? undefined : deadlineMs);
  }

  async #connect(id: number, uri: string): Promise<void> {
    const flow = await this.#wire?.connect(uri);
    this.#input((agent, nowMs) => {
      if (flow?.ok) agent.connected(id, flow.value, nowMs);
      else agent.unreachable(id, nowMs);
    });
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let next = this.#inbox.shift(); next; next = this.#inbox.shift()) this.#take(next);
    } finally {
      this.#isReading = false;
    }
  }

  #take(output: UserAgentOutput): void {
    switch (output.type) {
      case 'incoming':
        return this.#incoming(output);
      case 'session':
        return this.lines.event(output.session, output.event);
      case 'request':
        return this.#request(output.transaction, output.request, output.flow);
      case 'subscription':
        return this.#requests.subscription(output.subscription, output.event);
      case 'response':
      case 'send':
      case 'connect':
        return;
      default:
        return unreachable(output);
    }
  }

  #incoming({
    session,
    request,
    flow,
    named,
  }: Extract<UserAgentOutput, { type: 'incoming' }>): void {
    const peer = this.#options.directory.senderOf(request, flow);
    if (peer && 'device' in peer) {
      this.lines.incoming(session, request, { ...peer, flow }, named);
      return;
    }
    const headers = reasonFields(finalStatusOf('key-not-active'), flow.local.host);
    const { status, reply } = peer ?? { status: 403, reply: { headers } };
    this.run((agent, nowMs) => agent.reject(session, status, { ...reply, once: true }, nowMs));
  }

  #request(transaction: number, request: SipRequest, flow: Flow): void {
    if (request.method === 'REGISTER') {
      this.#options.directory.register(transaction, request, flow, this);
      return;
    }
    // A phone that is registered with another server asks whether it may come back.
    const mayCome = request.headers.get('Refer-To')?.includes(TOKEN_REGISTRATION) === true;
    if (request.method === 'OPTIONS' || mayCome) {
      const status = mayCome ? 202 : 200;
      this.run((agent, nowMs) => agent.respond(transaction, status, { once: true }, nowMs));
      return;
    }
    const peer = this.#options.directory.senderOf(request, flow);
    if (peer && 'device' in peer) {
      this.#requests.outside({ ...peer, flow }, transaction, request);
      return;
    }
    const { status, reply } = peer ?? { status: 403, reply: {} };
    this.run((agent, nowMs) => agent.respond(transaction, status, { ...reply, once: true }, nowMs));
  }
}

/** How a peer on this flow reaches us. */
function contactUri({ transport, local }: Flow): string {
  const parameter = transport === 'udp' ? '' : `;transport=${transport}`;
  return `sip:${formatHostPort(local)}${parameter}`;
}
