/**
 * One stream that we receive: authenticated when there is a key, from the named source when there is
 * none. Whatever fails is counted and given to nobody.
 */
import { decodeRtpPacket, type RtpPacket } from './rtp-packet.ts';
import { sequenceDistance } from './sequence.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { SrtpReceiver } from './srtp-receiver.ts';

export interface StreamSource {
  readonly address: string;
  readonly port: number;
}

export interface IncomingStreamOptions {
  readonly payloadType: number;
  /** Absent for RTP. */
  readonly key?: SrtpMasterKey;
}

/** All since the stream was opened. */
export interface IncomingCounters {
  received: number;
  octets: number;
  /** SRTP that did not authenticate: tampered, with another key, or in clear text. */
  unauthenticated: number;
  replayed: number;
  malformed: number;
  /** RTP from somebody else than the signalled sender, or before one was signalled. */
  wrongSource: number;
  wrongPayload: number;
}

export class IncomingStream {
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
  readonly #srtp: SrtpReceiver | undefined;
  #source: StreamSource | undefined;
  #first: number | undefined;
  #highest = 0;
  #transitMs = 0;
  #jitterMs = 0;

  constructor(options: IncomingStreamOptions) {
    this.#payloadType = options.payloadType;
    this.#srtp = options.key && new SrtpReceiver(options.key);
  }

  /** Who sends, as signalling told: without a key nobody else is heard. Port 0 is any of it. */
  expect(source: StreamSource): void {
    this.#source = source;
  }

  /** The packet, or undefined for one that counts against its sender. `nowMs` is its arrival. */
  receive(bytes: Uint8Array, from: StreamSource, nowMs: number): RtpPacket | undefined {
    const clear = this.#srtp
      ? this.#authenticated(bytes, this.#srtp)
      : this.#fromSource(bytes, from);
    if (!clear) return undefined;
    const decoded = decodeRtpPacket(clear);
    if (!decoded.ok) {
      this.counters.malformed += 1;
      return undefined;
    }
    if (decoded.value.payloadType !== this.#payloadType) {
      this.counters.wrongPayload += 1;
      return undefined;
    }
    this.#note(decoded.value, nowMs);
    return decoded.value;
  }

  /** Packets that never came, by the sequence numbers (RFC 3550 §6.4.1). */
  get lost(): number {
    if (this.#first === undefined) return 0;
    return Math.max(0, this.#highest - this.#first + 1 - this.counters.received);
  }

  /** Interarrival jitter in milliseconds (RFC 3550 §6.4.1). */
  get jitterMs(): number {
    return Math.round(this.#jitterMs);
  }

  /** Wipes the key. */
  close(): void {
    this.#srtp?.close();
  }

  #authenticated(bytes: Uint8Array, srtp: SrtpReceiver): Uint8Array | undefined {
    const result = srtp.unprotect(bytes);
    if (result.ok) return result.value;
    if (result.error === 'replayed' || result.error === 'too-old') this.counters.replayed += 1;
    else if (result.error === 'malformed') this.counters.malformed += 1;
    else this.counters.unauthenticated += 1;
    return undefined;
  }

  #fromSource(bytes: Uint8Array, from: StreamSource): Uint8Array | undefined {
    const source = this.#source;
    const isPort = source?.port === 0 || source?.port === from.port;
    if (source?.address === from.address && isPort) return bytes;
    this.counters.wrongSource += 1;
    return undefined;
  }

  #note(packet: RtpPacket, nowMs: number): void {
    this.counters.received += 1;
    this.counters.octets += packet.payload.length;
    const transitMs = nowMs - packet.timestamp / 8;
    if (this.#first === undefined) {
      this.#first = packet.sequenceNumber;
      this.#highest = packet.sequenceNumber;
      this.#transitMs = transitMs;
      return;
    }
    const ahead = sequenceDistance(this.#highest & 0xffff, packet.sequenceNumber);
    if (ahead > 0) this.#highest += ahead;
    const differenceMs = Math.abs(transitMs - this.#transitMs);
    this.#transitMs = transitMs;
    // A jump of the timestamp is another stream, not jitter.
    if (differenceMs < 1000) this.#jitterMs += (differenceMs - this.#jitterMs) / 16;
  }
}
