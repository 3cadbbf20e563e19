/**
 * SIP messages over UDP, TCP, TLS and WebSocket: everything between sockets and the user agent. It has
 * sockets, time and names from outside, so that a simulation can give it others.
 *
 * A flow is a connection, or for UDP a pair of addresses, which holds no state here. It writes no header
 * but one: a request that is too large for UDP goes over TCP, and its Via says so. A malformed message
 * costs its connection; a malformed datagram is dropped.
 * Source: [rfc] RFC 3261 §18, RFC 3263, RFC 3581, RFC 5626 §3.5.1, RFC 7118.
 */
import { fail, ok, type Result } from '@conclave/base';
import type {
  Clock,
  Connection,
  PeerProof,
  ResolvedTarget,
  ServiceTarget,
  ServiceTransport,
} from '@conclave/net';
import {
  type Flow,
  formatMessage,
  formatVia,
  type MalformedMessage,
  parseMessage,
  parseUri,
  type RefusedRequest,
  type SipMessage,
  type SipRequest,
  topViaOf,
} from '@conclave/sip';
import { isLineEnds, type SipChannel, SipConnection } from './sip-connection.ts';
import { SourceLimit } from './source-limit.ts';

/** [rfc] RFC 3261 §18.1.1: requests within 200 bytes of an unknown path MTU of 1500. */
export const UDP_REQUEST_MAX_BYTES = 1_300;

/** Messages of one address in a second: many times what its calls need. */
export const MESSAGES_PER_SECOND_MAX = 1_000;

/**
 * Bytes of unfinished messages on all connections of one address: parts of usual messages of more phones
 * than it may have, but not of many of the largest.
 */
export const UNFINISHED_BYTES_MAX: number = 8 * 1024 * 1024;

/** Connections being opened at one time; beyond, a peer counts as unreachable. */
const DIALS_MAX = 500;

/** Peers remembered that have no TCP for what is too large for UDP. */
const WITHOUT_TCP_MAX = 10_000;

export interface SipTransportHandlers {
  onMessage(message: SipMessage, flow: Flow): void;
  /** Exactly once for each connection that has closed. UDP has none. */
  onFlowClosed(flowId: string, reason: string): void;
  /** `refused`: a request that deserves an answer, which may be sent on the flow during this call. */
  onMalformed(flow: Flow, reason: string, refused: RefusedRequest | undefined): void;
  /** A source sends more than it may: its connection is closed, or its datagrams dropped. */
  onFlood(flow: Flow): void;
}

export interface SipTransportOptions {
  readonly clock: Clock;
  readonly handlers: SipTransportHandlers;
  /** Our own ports, for flows that we open. */
  readonly ports: { readonly udp: number; readonly tcp: number; readonly tls: number };
  /** Sends a datagram to a literal address; absent without UDP. */
  readonly sendDatagram?: (packet: Uint8Array, port: number, address: string) => void;
  /** Our address as this peer reaches it over UDP. */
  readonly localAddressFor: (peer: string) => string;
  /** Opens a connection; rejects when there is none. `name`: whom its certificate must name. */
  readonly dial: (to: ResolvedTarget, name: string) => Promise<Connection>;
  readonly resolve: (target: ServiceTarget) => Promise<Result<readonly ResolvedTarget[]>>;
  /** `MESSAGES_PER_SECOND_MAX` unless given. */
  readonly messagesPerSecondMax?: number;
}

/** What there is to count. */
export interface SipTransportCounts {
  received: number;
  sent: number;
  malformed: number;
  /** Datagrams dropped and connections closed because their source sent too much. */
  flooded: number;
}

export class SipTransportLayer {
  readonly counts: SipTransportCounts = { received: 0, sent: 0, malformed: 0, flooded: 0 };
  readonly #options: SipTransportOptions;
  readonly #limit: SourceLimit;
  readonly #connections = new Map<string, SipConnection>();
  /** Open connections by the place at their other end. */
  readonly #places = new Map<string, SipConnection>();
  /** Connections being opened. */
  readonly #dials = new Map<string, Promise<SipConnection | undefined>>();
  readonly #withoutTcp = new Set<string>();
  /** Bytes of unfinished messages by address. */
  readonly #unfinished = new Map<string, number>();
  #nextId = 1;
  #closed = false;

  constructor(options: SipTransportOptions) {
    this.#options = options;
    this.#limit = new SourceLimit(options.messagesPerSecondMax ?? MESSAGES_PER_SECOND_MAX);
  }

  get connections(): number {
    return this.#connections.size;
  }

  /** Takes over a connection that a peer has opened, for its whole life. */
  accept(channel: SipChannel): void {
    this.#adopt(channel, false, undefined);
  }

  /** Takes a datagram; it is not kept. */
  datagram(packet: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    // Nobody can be answered at port 0.
    if (this.#closed || from.port === 0 || isLineEnds(packet)) return;
    const flow = this.#udpFlow(from.address, from.port);
    if (!this.#allows(flow)) return;
    const parsed = parseMessage(packet);
    if (parsed.ok) this.#message(flow, parsed.value);
    else this.#malformed(flow, parsed);
  }

  /**
   * Sends on a flow; what is sent on one that is gone is lost, as its end has told. `remote`: where to
   * on this UDP flow, if not to its own remote end.
   */
  send(
    message: SipMessage,
    flow: Flow,
    remote: { readonly host: string; readonly port: number } = flow.remote,
  ): void {
    const bytes = formatMessage(message);
    this.counts.sent += 1;
    if (flow.transport !== 'udp') {
      this.#connections.get(flow.id)?.send(bytes);
      return;
    }
    if (message.type === 'request' && bytes.length > UDP_REQUEST_MAX_BYTES) {
      void this.#sendLarge(message, bytes, remote);
    } else this.#sendDatagram(bytes, remote);
  }

  /** A flow to where a URI leads; `error` says why there is none. Never rejects. */
  async connect(uri: string): Promise<Result<Flow>> {
    const target = targetOf(uri);
    if (!target) return fail('bad-uri', `no way leads to ${uri}`);
    return await this.connectTo(target);
  }

  /** The same for a host, such as that of a trunk. Uses a connection that is open to it already. */
  async connectTo(target: ServiceTarget): Promise<Result<Flow>> {
    const open = this.#openTo(target);
    if (open) return ok(open.flow);
    const resolved = await this.#options.resolve(target);
    if (!resolved.ok) return resolved;
    for (const place of resolved.value) {
      if (place.transport === 'udp') {
        if (this.#options.sendDatagram) return ok(this.#udpFlow(place.address, place.port));
        continue;
      }
      const connection = await this.#connectionTo(place, target.host);
      if (connection) return ok(connection.flow);
    }
    return fail('unreachable', `${target.host} does not answer`);
  }

  /** What TLS found out about the peer of a flow; undefined without TLS and when the flow is gone. */
  proofOf(flowId: string): PeerProof | undefined {
    return this.#connections.get(flowId)?.channel.proof;
  }

  /** Closes one connection. */
  closeFlow(flowId: string, reason: string): void {
    this.#connections.get(flowId)?.close(reason);
  }

  close(reason: string): void {
    this.#closed = true;
    for (const connection of [...this.#connections.values()]) connection.close(reason);
  }

  #adopt(channel: SipChannel, isOurs: boolean, place: string | undefined): SipConnection {
    const { transport, remoteAddress, remotePort, localAddress } = channel;
    const { ports, handlers, clock } = this.#options;
    const flow: Flow = {
      id: `${transport}:${this.#nextId++}`,
      transport,
      remote: { host: remoteAddress, port: remotePort },
      local: { host: localAddress, port: isSecure(transport) ? ports.tls : ports.tcp },
    };
    const key = place ?? placeOf(transport, remoteAddress, remotePort);
    const connection = new SipConnection(
      channel,
      { flow, isOurs },
      {
        clock,
        allows: (from) => this.#allows(from),
        keeps: (from, bytes) => this.#keeps(from, bytes),
        message: (from, message) => this.#message(from, message),
        malformed: (from, malformed) => this.#malformed(from, malformed),
        closed: (ended, reason) => {
          this.#connections.delete(flow.id);
          if (this.#places.get(key) === ended) this.#places.delete(key);
          handlers.onFlowClosed(flow.id, reason);
        },
      },
    );
    this.#connections.set(flow.id, connection);
    this.#places.set(key, connection);
    connection.open();
    if (this.#closed) connection.close('the call manager stops');
    return connection;
  }

  #allows(flow: Flow): boolean {
    const verdict = this.#limit.count(flow.remote.host, this.#options.clock.nowMs());
    if (verdict === 'within') return true;
    this.counts.flooded += 1;
    if (verdict === 'first-over') this.#options.handlers.onFlood(flow);
    return false;
  }

  #keeps({ remote }: Flow, bytes: number): boolean {
    const kept = (this.#unfinished.get(remote.host) ?? 0) + bytes;
    if (kept > 0) this.#unfinished.set(remote.host, kept);
    else this.#unfinished.delete(remote.host);
    return bytes < 0 || kept <= UNFINISHED_BYTES_MAX;
  }

  #message(flow: Flow, message: SipMessage): void {
    this.counts.received += 1;
    this.#options.handlers.onMessage(message, flow);
  }

  #malformed(flow: Flow, { detail, refused }: MalformedMessage): void {
    this.counts.malformed += 1;
    this.#options.handlers.onMalformed(flow, detail, refused);
  }

  #udpFlow(address: string, port: number): Flow {
    const { localAddressFor, ports } = this.#options;
    return {
      id: `udp:${address}:${port}`,
      transport: 'udp',
      remote: { host: address, port },
      local: { host: localAddressFor(address), port: ports.udp },
    };
  }

  #sendDatagram(bytes: Uint8Array, to: { readonly host: string; readonly port: number }): void {
    if (to.port < 1 || to.port > 65_535) return;
    this.#options.sendDatagram?.(bytes, to.port, to.host);
  }

  /** [rfc] RFC 3261 §18.1.1: over TCP, and over UDP all the same to a peer that has no TCP. */
  async #sendLarge(
    request: SipRequest,
    bytes: Uint8Array,
    to: { readonly host: string; readonly port: number },
  ): Promise<void> {
    const place: ResolvedTarget = { address: to.host, port: to.port, transport: 'tcp' };
    const key = placeOf('tcp', to.host, to.port);
    // Sent again while the connection is being opened: it is on its way.
    if (this.#dials.has(key)) return;
    const connection = this.#withoutTcp.has(key)
      ? undefined
      : await this.#connectionTo(place, to.host);
    if (connection) return connection.send(formatMessage(overTcp(request)));
    if (this.#withoutTcp.size >= WITHOUT_TCP_MAX) this.#withoutTcp.clear();
    this.#withoutTcp.add(key);
    this.#sendDatagram(bytes, to);
  }

  /** An open connection to exactly this place, such as one that a phone has opened. */
  #openTo({ host, port, transport, sips }: ServiceTarget): SipConnection | undefined {
    const wanted = sips === true ? 'tls' : transport;
    if (port === undefined || wanted === undefined || wanted === 'udp') return undefined;
    return this.#places.get(placeOf(wanted, host, port));
  }

  async #connectionTo(place: ResolvedTarget, name: string): Promise<SipConnection | undefined> {
    // A server that has proved one name has not proved another (RFC 5923 §9).
    const bare = placeOf(place.transport, place.address, place.port);
    const key = place.transport === 'tls' && name !== place.address ? `${bare} ${name}` : bare;
    const open = this.#places.get(key);
    if (open) return open;
    const under = this.#dials.get(key);
    if (under) return await under;
    if (this.#dials.size >= DIALS_MAX) return undefined;
    const dialling = this.#options.dial(place, name).then(
      (channel) => this.#adopt(channel, true, key),
      () => undefined,
    );
    this.#dials.set(key, dialling);
    const connection = await dialling;
    this.#dials.delete(key);
    return connection;
  }
}

/** Where a URI of SIP leads; undefined for others, and for transports that only clients open. */
export function targetOf(uri: string): ServiceTarget | undefined {
  const parsed = parseUri(uri);
  if (!parsed.ok || (parsed.value.scheme !== 'sip' && parsed.value.scheme !== 'sips')) {
    return undefined;
  }
  const { scheme, host, port, parameters } = parsed.value;
  const transport = parameters.get('transport')?.toLowerCase();
  if (transport !== undefined && !isServiceTransport(transport)) return undefined;
  return {
    host: parameters.get('maddr') ?? host,
    ...(port !== undefined && { port }),
    ...(transport !== undefined && { transport }),
    ...(scheme === 'sips' && { sips: true }),
  };
}

function isServiceTransport(word: string): word is ServiceTransport {
  return word === 'udp' || word === 'tcp' || word === 'tls';
}

function isSecure(transport: Flow['transport']): boolean {
  return transport === 'tls' || transport === 'wss';
}

function placeOf(transport: Flow['transport'], host: string, port: number): string {
  return `${transport} ${host} ${port}`;
}

/** The same request with a Via of TCP. Requests of ours have one. */
function overTcp(request: SipRequest): SipRequest {
  const via = topViaOf(request);
  if (!via) return request;
  const headers = request.headers.with('Via', formatVia({ ...via, transport: 'TCP' }));
  return { ...request, headers };
}
