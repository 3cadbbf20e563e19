/** What is known of one stream that we receive: what came, what was refused and why, loss and jitter. */
import type { Refusal } from './packet-opener.ts';
import type { RtpHeader } from './rtp-packet.ts';
import { sequenceDistance } from './sequence.ts';

/** Of G.711. */
const CLOCK_PER_MS = 8;

/** All since the stream was opened. */
export interface IncomingCounters {
  received: number;
  octets: number;
  /** See `Refusal` for these four. */
  unauthenticated: number;
  replayed: number;
  malformed: number;
  wrongSource: number;
  wrongPayload: number;
}

/** As much of a packet as is counted. */
export interface IncomingPacket extends RtpHeader {
  readonly payload: Uint8Array;
  /** Of G.711, on its codec's scale, if whoever received it has looked already. */
  readonly loudness?: number;
}

export class Reception {
  readonly counters: IncomingCounters = {
    received: 0,
    octets: 0,
    unauthenticated: 0,
    replayed: 0,
    malformed: 0,
    wrongSource: 0,
    wrongPayload: 0,
  };
  readonly #payloadType: number;
  #first: number | undefined;
  #ssrc: number | undefined;
  #highest = 0;
  #transitMs = 0;
  #jitterMs = 0;

  constructor(payloadType: number) {
    this.#payloadType = payloadType;
  }

  /** False for another codec than was agreed on. `nowMs` is its arrival. */
  accept(packet: IncomingPacket, nowMs: number): boolean {
    if (packet.payloadType !== this.#payloadType) {
      this.counters.wrongPayload += 1;
      return false;
    }
    this.#note(packet, nowMs);
    return true;
  }

  /** Of the same stream, but not of its codec: key presses, comfort noise. */
  acceptOther(packet: IncomingPacket): void {
    if (this.#first !== undefined) this.#count(packet);
  }

  refuse(reason: Refusal): void {
    if (reason === 'wrong-source') this.counters.wrongSource += 1;
    else this.counters[reason] += 1;
  }

  /** Packets that never came, by the sequence numbers (RFC 3550 §6.4.1). */
  get lost(): number {
    if (this.#first === undefined) return 0;
    return Math.max(0, this.#highest - this.#first + 1 - this.counters.received);
  }

  /** Packets that there were, by the sequence numbers. */
  get expected(): number {
    return this.#first === undefined ? 0 : this.#highest - this.#first + 1;
  }

  /** With the count of wraps in the upper half. */
  get highestSequence(): number {
    return this.#highest;
  }

  /** Of the stream that is counted; undefined before its first packet. */
  get ssrc(): number | undefined {
    return this.#ssrc;
  }

  /** The same as `jitterMs` in ticks of the stream's clock. */
  get jitter(): number {
    return CLOCK_PER_MS * this.#jitterMs;
  }

  /** Interarrival jitter in milliseconds (RFC 3550 §6.4.1). */
  get jitterMs(): number {
    return Math.round(this.#jitterMs);
  }

  #note(packet: IncomingPacket, nowMs: number): void {
    this.#ssrc = packet.ssrc;
    const transitMs = nowMs - packet.timestamp / CLOCK_PER_MS;
    if (this.#first === undefined) {
      this.#first = packet.sequenceNumber;
      this.#highest = packet.sequenceNumber;
      this.#transitMs = transitMs;
    }
    this.#count(packet);
    const differenceMs = Math.abs(transitMs - this.#transitMs);
    this.#transitMs = transitMs;
    // A jump of the timestamp is another stream, not jitter.
    if (differenceMs < 1000) this.#jitterMs += (differenceMs - this.#jitterMs) / 16;
  }

  #count(packet: IncomingPacket): void {
    this.counters.received += 1;
    this.counters.octets += packet.payload.length;
    const ahead = sequenceDistance(this.#highest & 0xffff, packet.sequenceNumber);
    if (ahead > 0) this.#highest += ahead;
  }
}
