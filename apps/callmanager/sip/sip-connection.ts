/**
 * One connection on which SIP is spoken: bytes to messages, keep-alives, and what its peer may cost.
 *
 * A peer that begins a message and does not go on, that never says anything, or that has been silent for
 * longer than any registration lasts is cut off; so is one whose stream cannot be followed any more.
 * Nothing of it touches another connection.
 */
import type { Channel, Clock, Connection, Timer } from '@conclave/net';
import {
  type Flow,
  type MalformedMessage,
  MessageReader,
  parseMessage,
  type SipMessage,
  type SipTransport,
  type StreamItem,
} from '@conclave/sip';

/** What carries a flow: a stream, or a WebSocket whose chunks are whole messages. */
export type SipChannel = Connection | (Channel & { readonly transport: 'ws' | 'wss' });

/** A connection that has said nothing by then, or whose message is not whole by then, is closed. */
export const MESSAGE_TIMEOUT_MS = 10_000;

/** Longer than the registrations that we grant; keep-alives count as life. */
export const IDLE_MS = 65 * 60_000;

const PONG = new Uint8Array([0x0d, 0x0a]);

export interface SipConnectionOwner {
  readonly clock: Clock;
  /** Whether one more message of this source is taken. */
  allows(flow: Flow): boolean;
  /** The connection keeps so many bytes more of an unfinished message. False: its source keeps too many. */
  keeps(flow: Flow, bytes: number): boolean;
  message(flow: Flow, message: SipMessage): void;
  /** `refused` of it is answered by the user before the connection is closed. */
  malformed(flow: Flow, malformed: MalformedMessage): void;
  /** Exactly once. */
  closed(connection: SipConnection, reason: string): void;
}

export class SipConnection {
  readonly flow: Flow;
  readonly channel: SipChannel;
  readonly #owner: SipConnectionOwner;
  readonly #reader = new MessageReader();
  readonly #timer: Timer;
  /** Whether a message is due: the first one, or the rest of one that has begun. */
  #awaitsMessage: boolean;
  /** When the connection is given up. The timer rings then or earlier: it is moved only forwards. */
  #deadlineMs: number;
  #ringMs = Number.POSITIVE_INFINITY;
  /** Bytes of an unfinished message, as the owner knows them. */
  #keptBytes = 0;
  #ended = false;

  /** `isOurs`: we have opened it, so the peer need not speak first. */
  constructor(
    channel: SipChannel,
    options: { readonly flow: Flow; readonly isOurs: boolean },
    owner: SipConnectionOwner,
  ) {
    this.channel = channel;
    this.flow = options.flow;
    this.#owner = owner;
    this.#awaitsMessage = !options.isOurs;
    this.#timer = owner.clock.timer(() => this.#look());
    this.#deadlineMs = this.#freshDeadline();
    this.#arm();
  }

  /** Begins to read; the owner knows the connection by now. */
  open(): void {
    this.channel.open({
      onData: (chunk) => this.#onData(chunk),
      onClose: (reason) => this.#end(reason),
    });
  }

  get transport(): SipTransport {
    return this.flow.transport;
  }

  send(bytes: Uint8Array): void {
    if (!this.#ended) this.channel.send(bytes);
  }

  /** Sends what waits, then closes. */
  close(reason: string): void {
    if (this.#ended) return;
    this.channel.end(reason);
    this.#end(reason);
  }

  #onData(chunk: Uint8Array): void {
    // What a peer says after its end is nobody's business.
    if (this.#ended) return;
    const isWeb = this.transport === 'ws' || this.transport === 'wss';
    const items = isWeb ? webItems(chunk) : this.#reader.push(chunk);
    for (const item of items) {
      this.#take(item);
      if (this.#ended) return;
    }
    if (!this.#keep(this.#reader.heldBytes)) return this.close('too many unfinished messages');
    const isInMessage = this.#reader.isInMessage;
    // What dribbles in does not buy time.
    if (items.length === 0 && (this.#awaitsMessage || !isInMessage)) return;
    this.#awaitsMessage = isInMessage;
    this.#deadlineMs = this.#freshDeadline();
    this.#arm();
  }

  #take(item: StreamItem): void {
    switch (item.type) {
      case 'message':
        if (!this.#owner.allows(this.flow)) return this.close('too many messages');
        return this.#owner.message(this.flow, item.message);
      case 'ping':
        if (!this.#owner.allows(this.flow)) return this.close('too many messages');
        return this.send(PONG);
      case 'pong':
        return;
      case 'malformed':
      case 'broken':
        this.#owner.malformed(this.flow, item.malformed);
        return this.close(`malformed message: ${item.malformed.detail}`);
    }
  }

  #keep(bytes: number): boolean {
    const more = bytes - this.#keptBytes;
    this.#keptBytes = bytes;
    return more === 0 || this.#owner.keeps(this.flow, more);
  }

  #freshDeadline(): number {
    return this.#owner.clock.nowMs() + (this.#awaitsMessage ? MESSAGE_TIMEOUT_MS : IDLE_MS);
  }

  #arm(): void {
    if (this.#deadlineMs >= this.#ringMs) return;
    this.#ringMs = this.#deadlineMs;
    this.#timer.set(this.#ringMs);
  }

  #look(): void {
    this.#ringMs = Number.POSITIVE_INFINITY;
    if (this.#owner.clock.nowMs() < this.#deadlineMs) return this.#arm();
    this.close(this.#awaitsMessage ? 'no whole message in time' : 'silent for too long');
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.set(undefined);
    this.#keep(0);
    this.#owner.closed(this, reason);
  }
}

/** The message of one WebSocket frame; CRLFs alone are a keep-alive (RFC 7118 §6). */
function webItems(chunk: Uint8Array): readonly StreamItem[] {
  if (isLineEnds(chunk)) return [{ type: 'ping' }];
  const parsed = parseMessage(chunk);
  return [
    parsed.ok
      ? { type: 'message', message: parsed.value }
      : { type: 'malformed', malformed: parsed },
  ];
}

/** Nothing but line ends and zeros: what clients send to keep a way open. */
export function isLineEnds(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x0d || byte === 0x0a || byte === 0);
}
