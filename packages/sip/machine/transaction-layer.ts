/**
 * All transactions of one user agent: finds the one that a message belongs to, repeats what has to be
 * repeated, and hands to its user what is new. Bounded: past `max` a request is answered with 503.
 *
 * Source: [rfc] RFC 3261 §17 and §18, RFC 6026, RFC 3581. A request whose branch does not begin with
 * the magic cookie is matched by Call-ID, CSeq, tag and Via (§17.2.3).
 */
import { unreachable } from '@conclave/base';
import type { Headers } from '../wire/headers.ts';
import type { SipMessage, SipRequest, SipResponse } from '../wire/message.ts';
import type { RefusedRequest } from '../wire/parse-message.ts';
import { MAGIC_COOKIE, parseTopVia, type Via } from '../wire/via.ts';
import { type Flow, isReliable } from './flow.ts';
import { type Field, hopRequest } from './hop-request.ts';
import { sequenceOf, tagOf } from './message-parts.ts';
import { makeResponse } from './response.ts';
import { type Timed, TimerQueue } from './timer-queue.ts';
import {
  deadlineOf,
  LIFETIME_MS,
  newTransaction,
  stepTransaction,
  type Transaction,
  type TransactionInput,
  type TransactionOutput,
} from './transaction.ts';
import type { Destination, LocalAddress } from './user-agent-types.ts';
import { noteSource, ownVia, type Remote, sentByOf, wayBack } from './way-back.ts';

/** Who owns the layer. It may call the layer from within. */
export interface TransactionUser {
  send(message: SipMessage, flow: Flow, remote: Remote | undefined): void;
  connect(id: number, uri: string): void;
  /** A new request. `cancelled`: the INVITE that this CANCEL names, 0 if there is none. */
  onRequest(request: SipRequest, origin: Origin, nowMs: number): void;
  /** An ACK that ends no transaction: for a 2xx. */
  onAck(request: SipRequest, flow: Flow, nowMs: number): void;
  onResponse(transaction: number, response: SipResponse, flow: Flow, nowMs: number): void;
  /** No final response: nobody answered, or there is no way. */
  onFailure(transaction: number, failure: Failure, nowMs: number): void;
  /** Nothing more comes of this client transaction. */
  onGone(transaction: number): void;
  /** The last fields, which depend on the flow: our Contact. */
  complete(request: SipRequest, flow: Flow): SipRequest;
}

export interface Origin {
  readonly transaction: number;
  readonly flow: Flow;
  readonly cancelled: number;
  /** The same request has come on another way already (RFC 3261 §8.2.2.2). */
  readonly isMerged: boolean;
}

export type Failure = 'timeout' | 'transport-error';

export interface TransactionLayerOptions {
  readonly token: () => string;
  readonly nextId: () => number;
  readonly addressOf: (flow: Flow) => LocalAddress;
  readonly max: number;
}

interface Entry extends Timed {
  readonly id: number;
  /** '' while a client has no flow. */
  key: string;
  /** Server, of a request outside of dialogs: what it has in common with its copies. */
  mergeKey: string;
  /** Undefined while a client has no flow. */
  state: Transaction | undefined;
  flow: Flow | undefined;
  readonly remote: Remote | undefined;
  /** A client's with our Via, once it has a flow. */
  request: SipRequest;
  /** Server: what was said last. */
  response: SipResponse | undefined;
  /** INVITE client: our ACKs for 2xx, by the tag of who sent it. */
  acks: Map<string, Ack> | undefined;
  /** An ACK that waits for a flow: what it acknowledges. */
  readonly acknowledges: { readonly entry: Entry; readonly tag: string } | undefined;
}

interface Ack {
  readonly request: SipRequest;
  readonly flow: Flow;
}

/** Forks of one INVITE whose 2xx are acknowledged; further ones are left to give up. */
const ACKS_MAX = 32;

/** [rfc] RFC 3261 §21.5.4: seconds after which an overloaded server may be asked again. */
const RETRY_AFTER = '10';

export class TransactionLayer {
  readonly #user: TransactionUser;
  readonly #options: TransactionLayerOptions;
  readonly #byId = new Map<number, Entry>();
  readonly #byKey = new Map<string, Entry>();
  readonly #byMergeKey = new Map<string, Entry>();
  readonly #byFlow = new Map<string, Set<Entry>>();
  readonly #timers = new TimerQueue<Entry>();

  constructor(options: TransactionLayerOptions, user: TransactionUser) {
    this.#options = options;
    this.#user = user;
  }

  get size(): number {
    return this.#byId.size;
  }

  get deadlineMs(): number {
    return this.#timers.deadlineMs;
  }

  clock(nowMs: number): void {
    for (let entry = this.#timers.due(nowMs); entry; entry = this.#timers.due(nowMs)) {
      if (entry.state) this.#step(entry, { type: 'clock' }, nowMs);
      else this.#fail(entry, 'timeout', nowMs);
    }
  }

  receive(message: SipMessage, flow: Flow, nowMs: number): void {
    const via = parseTopVia(message.headers);
    // Nobody can be answered, or nothing was asked by us.
    if (!via) return;
    if (message.type === 'response') this.#receiveResponse(message, via, flow, nowMs);
    else this.#receiveRequest(noteSource(message, via, flow), via, flow, nowMs);
  }

  /** Answers what could not be read, and forgets it. */
  refuse({ request, status, reason }: RefusedRequest, flow: Flow): void {
    const via = parseTopVia(request.headers);
    if (!via) return;
    const parts = { phrase: reason, toTag: this.#options.token() };
    const response = makeResponse(noteSource(request, via, flow), status, parts);
    this.#user.send(response, flow, wayBack(via, flow));
  }

  /** Sends a request that has no Via yet; gives the number of its transaction. */
  request(request: SipRequest, destination: Destination, nowMs: number): number {
    return this.#newClient(request, destination, undefined, nowMs).id;
  }

  /** Sends the ACK for a 2xx, and sends it again whenever that 2xx comes again. */
  acknowledge(transaction: number, ack: SipRequest, destination: Destination, nowMs: number): void {
    const entry = this.#byId.get(transaction);
    if (!entry) return;
    const acknowledges = { entry, tag: tagOf(ack.headers, 'To') };
    this.#newClient(ack, destination, acknowledges, nowMs);
  }

  /** Cancels an INVITE that has had a provisional response. */
  cancel(transaction: number, fields: readonly Field[], nowMs: number): void {
    const entry = this.#byId.get(transaction);
    if (!entry?.flow || entry.state?.phase !== 'proceeding') return;
    const request = hopRequest(entry.request, 'CANCEL', fields);
    const cancel = this.#newEntry(request, undefined);
    this.#start(cancel, entry.flow, this.#clientKey(request), nowMs);
  }

  respond(transaction: number, response: SipResponse, nowMs: number): boolean {
    const entry = this.#byId.get(transaction);
    if (!entry?.state) return false;
    const isSaid = entry.state.phase === 'completed' || entry.state.phase === 'confirmed';
    if (isSaid) return false;
    entry.response = response;
    this.#step(entry, { type: 'respond', status: response.status }, nowMs);
    return true;
  }

  /** Answers and forgets: the same request is a new one when it comes again. [rfc] §8.2.7. */
  respondOnce(transaction: number, response: SipResponse, nowMs: number): boolean {
    const entry = this.#byId.get(transaction);
    // Who has heard 100 does not ask again.
    if (!entry?.flow || entry.response) return this.respond(transaction, response, nowMs);
    this.#user.send(response, entry.flow, entry.remote);
    this.#remove(entry);
    return true;
  }

  /** Sends the last response of a server transaction once more. */
  repeat(transaction: number): void {
    const entry = this.#byId.get(transaction);
    if (entry?.flow) this.#resend(entry, entry.flow);
  }

  /** The request of a server transaction that lives. */
  requestOf(transaction: number): SipRequest | undefined {
    return this.#byId.get(transaction)?.request;
  }

  flowOf(transaction: number): Flow | undefined {
    return this.#byId.get(transaction)?.flow;
  }

  connected(id: number, flow: Flow, nowMs: number): void {
    const entry = this.#byId.get(id);
    if (entry && !entry.state) this.#launch(entry, flow, nowMs);
  }

  unreachable(id: number, nowMs: number): void {
    const entry = this.#byId.get(id);
    if (entry && !entry.state) this.#fail(entry, 'transport-error', nowMs);
  }

  /** What waits on this flow fails; what would have been answered on it is forgotten. */
  flowClosed(flowId: string, nowMs: number): void {
    for (const entry of [...(this.#byFlow.get(flowId) ?? [])]) {
      this.#step(entry, { type: 'transport-error' }, nowMs);
      this.#remove(entry);
    }
  }

  /** The user of a client transaction expects nothing of it: it waits for as long as answers travel. */
  giveUp(transaction: number, nowMs: number): void {
    const entry = this.#byId.get(transaction);
    if (!entry?.state) return;
    const endAtMs = Math.min(entry.state.endAtMs, nowMs + LIFETIME_MS);
    entry.state = { ...entry.state, endAtMs };
    this.#settle(entry);
  }

  #receiveRequest(request: SipRequest, via: Via, flow: Flow, nowMs: number): void {
    const { method } = request;
    const entry = this.#byKey.get(serverKey(request, via, method === 'ACK' ? 'INVITE' : method));
    if (method === 'ACK') {
      if (!entry || entry.state?.phase === 'accepted') this.#user.onAck(request, flow, nowMs);
      else this.#step(entry, { type: 'ack' }, nowMs);
      return;
    }
    if (entry) {
      this.#step(entry, { type: 'request' }, nowMs);
      return;
    }
    const remote = wayBack(via, flow);
    if (this.#byId.size >= this.#options.max) {
      const headers: readonly Field[] = [['Retry-After', RETRY_AFTER]];
      const toTag = this.#options.token();
      this.#user.send(makeResponse(request, 503, { headers, toTag }), flow, remote);
      return;
    }
    const added = this.#newEntry(request, remote);
    this.#start(added, flow, serverKey(request, via, method), nowMs);
    const cancelled =
      method === 'CANCEL' ? this.#byKey.get(serverKey(request, via, 'INVITE'))?.id : undefined;
    const isMerged = method !== 'CANCEL' && this.#isMerged(added);
    const origin = { transaction: added.id, flow, cancelled: cancelled ?? 0, isMerged };
    this.#user.onRequest(request, origin, nowMs);
  }

  #isMerged(entry: Entry): boolean {
    const { headers, method } = entry.request;
    if (tagOf(headers, 'To') !== '') return false;
    const key = `${oldKey(headers)} ${method}`;
    if (this.#byMergeKey.has(key)) return true;
    entry.mergeKey = key;
    this.#byMergeKey.set(key, entry);
    return false;
  }

  #receiveResponse(response: SipResponse, via: Via, flow: Flow, nowMs: number): void {
    const branch = via.parameters.get('branch') ?? '';
    const method = sequenceOf(response.headers)?.method ?? '';
    const entry = this.#byKey.get(clientKey(branch, method));
    if (!entry?.state) return;
    const { state, outputs } = stepTransaction(
      entry.state,
      { type: 'response', status: response.status },
      nowMs,
    );
    entry.state = state;
    for (const output of outputs) {
      if (output === 'send-ack') this.#acknowledgeFailure(entry, response);
      else if (output === 'pass' && !this.#repeatAck(entry, response)) {
        this.#user.onResponse(entry.id, response, flow, nowMs);
      }
    }
    this.#settle(entry);
  }

  #newClient(
    request: SipRequest,
    destination: Destination,
    acknowledges: Entry['acknowledges'],
    nowMs: number,
  ): Entry {
    const entry = this.#newEntry(request, undefined, acknowledges);
    if ('flow' in destination) this.#launch(entry, destination.flow, nowMs);
    else {
      this.#timers.set(entry, nowMs + LIFETIME_MS);
      this.#user.connect(entry.id, destination.uri);
    }
    return entry;
  }

  /** A client has found its way. */
  #launch(entry: Entry, flow: Flow, nowMs: number): void {
    const branch = `${MAGIC_COOKIE}${this.#options.token()}`;
    const via = ownVia(flow.transport, this.#options.addressOf(flow).sentBy, branch);
    const complete = this.#user.complete(entry.request, flow);
    entry.request = { ...complete, headers: complete.headers.prepend('Via', via) };
    const { acknowledges, request } = entry;
    if (acknowledges) {
      this.#remove(entry);
      this.#keepAck(acknowledges.entry, acknowledges.tag, { request, flow });
      this.#user.send(request, flow, undefined);
    } else this.#start(entry, flow, clientKey(branch, request.method), nowMs);
  }

  #keepAck(entry: Entry, tag: string, ack: Ack): void {
    entry.acks ??= new Map();
    if (entry.acks.size < ACKS_MAX) entry.acks.set(tag, ack);
  }

  /** Whether this 2xx is one that we have acknowledged before. */
  #repeatAck(entry: Entry, response: SipResponse): boolean {
    const ack = entry.acks?.get(tagOf(response.headers, 'To'));
    if (ack) this.#user.send(ack.request, ack.flow, undefined);
    return ack !== undefined;
  }

  #newEntry(
    request: SipRequest,
    remote: Remote | undefined,
    acknowledges?: Entry['acknowledges'],
  ): Entry {
    const entry: Entry = {
      id: this.#options.nextId(),
      key: '',
      mergeKey: '',
      state: undefined,
      flow: undefined,
      remote,
      request,
      response: undefined,
      acks: undefined,
      acknowledges,
      deadlineMs: Number.POSITIVE_INFINITY,
      place: -1,
    };
    this.#byId.set(entry.id, entry);
    return entry;
  }

  #start(entry: Entry, flow: Flow, key: string, nowMs: number): void {
    const isClient = key.startsWith(CLIENT);
    const isInvite = entry.request.method === 'INVITE';
    const kind = isClient
      ? isInvite
        ? 'invite-client'
        : 'client'
      : isInvite
        ? 'invite-server'
        : 'server';
    entry.flow = flow;
    entry.key = key;
    this.#byKey.set(key, entry);
    const onFlow = this.#byFlow.get(flow.id);
    if (onFlow) onFlow.add(entry);
    else this.#byFlow.set(flow.id, new Set([entry]));
    entry.state = newTransaction(kind, isReliable(flow.transport), nowMs);
    this.#settle(entry);
    if (isClient) this.#user.send(entry.request, flow, undefined);
  }

  #step(entry: Entry, input: TransactionInput, nowMs: number): void {
    if (!entry.state) return;
    const { state, outputs } = stepTransaction(entry.state, input, nowMs);
    entry.state = state;
    for (const output of outputs) this.#carryOut(entry, output, nowMs);
    this.#settle(entry);
  }

  /** Once its user has heard everything a transaction may go; it may have been dropped meanwhile. */
  #settle(entry: Entry): void {
    if (!entry.state || !this.#byId.has(entry.id)) return;
    if (entry.state.phase === 'terminated') this.#remove(entry);
    else this.#timers.set(entry, deadlineOf(entry.state));
  }

  #carryOut(entry: Entry, output: TransactionOutput, nowMs: number): void {
    const { flow } = entry;
    if (!flow) return;
    switch (output) {
      case 'send':
        if (entry.response) this.#user.send(entry.response, flow, entry.remote);
        return;
      case 'send-trying':
        entry.response = makeResponse(entry.request, 100);
        this.#user.send(entry.response, flow, entry.remote);
        return;
      case 'resend':
        this.#resend(entry, flow);
        return;
      case 'timeout':
      case 'transport-error':
        this.#user.onFailure(entry.id, output, nowMs);
        return;
      case 'send-ack':
      case 'pass':
        // These follow from messages, and are done where those arrive.
        return;
      default:
        return unreachable(output);
    }
  }

  #resend(entry: Entry, flow: Flow): void {
    if (entry.key.startsWith(CLIENT)) this.#user.send(entry.request, flow, undefined);
    else if (entry.response) this.#user.send(entry.response, flow, entry.remote);
  }

  #acknowledgeFailure(entry: Entry, response: SipResponse): void {
    if (!entry.flow) return;
    const to = response.headers.get('To') ?? '';
    const ack = hopRequest(entry.request, 'ACK', []);
    this.#user.send({ ...ack, headers: ack.headers.with('To', to) }, entry.flow, undefined);
  }

  #fail(entry: Entry, failure: Failure, nowMs: number): void {
    // Without its ACK the peer ends the call by itself.
    if (!entry.acknowledges) this.#user.onFailure(entry.id, failure, nowMs);
    this.#remove(entry);
  }

  #remove(entry: Entry): void {
    if (!this.#byId.delete(entry.id)) return;
    this.#timers.set(entry, Number.POSITIVE_INFINITY);
    if (entry.key !== '') this.#byKey.delete(entry.key);
    if (entry.mergeKey !== '') this.#byMergeKey.delete(entry.mergeKey);
    if (!entry.key.startsWith(SERVER)) this.#user.onGone(entry.id);
    if (!entry.flow) return;
    const onFlow = this.#byFlow.get(entry.flow.id);
    onFlow?.delete(entry);
    if (onFlow?.size === 0) this.#byFlow.delete(entry.flow.id);
  }

  #clientKey(request: SipRequest): string {
    const branch = parseTopVia(request.headers)?.parameters.get('branch') ?? '';
    return clientKey(branch, request.method);
  }
}

/** Branches of ours and of peers never meet in one key. */
const CLIENT = '>';
const SERVER = '<';

function clientKey(branch: string, method: string): string {
  return `${CLIENT}${branch} ${method}`;
}

/** [rfc] RFC 3261 §17.2.3. */
function serverKey({ headers }: SipRequest, via: Via, method: string): string {
  const branch = via.parameters.get('branch') ?? '';
  if (branch.length > MAGIC_COOKIE.length && branch.startsWith(MAGIC_COOKIE)) {
    return `${SERVER}${branch} ${sentByOf(via)} ${method}`;
  }
  return `${SERVER}${oldKey(headers)} ${sentByOf(via)} ${branch} ${method}`;
}

/** What was unique in a request before branches were. */
function oldKey(headers: Headers): string {
  const sequence = sequenceOf(headers)?.number ?? -1;
  return `${headers.get('Call-ID') ?? ''} ${sequence} ${tagOf(headers, 'From')}`;
}
