/**
 * One stream that we receive: authenticated when there is a key, from the named source when there is
 * none. Whatever fails is counted and given to nobody.
 */
import { PacketOpener, type StreamSource } from './packet-opener.ts';
import { type IncomingCounters, Reception } from './reception.ts';
import type { RtpPacket } from './rtp-packet.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';

export interface IncomingStreamOptions {
  readonly payloadType: number;
  /** Absent for RTP. */
  readonly key?: SrtpMasterKey;
}

export class IncomingStream {
  readonly #opener: PacketOpener;
  readonly #reception: Reception;

  constructor(options: IncomingStreamOptions) {
    this.#opener = new PacketOpener(options.key);
    this.#reception = new Reception(options.payloadType);
  }

  get counters(): IncomingCounters {
    return this.#reception.counters;
  }

  /** See `Reception`. */
  get lost(): number {
    return this.#reception.lost;
  }

  /** See `Reception`. */
  get jitterMs(): number {
    return this.#reception.jitterMs;
  }

  /** See `PacketOpener`. */
  expect(source: StreamSource): void {
    this.#opener.expect(source);
  }

  /** The packet, or undefined for one that counts against its sender. `nowMs` is its arrival. */
  receive(bytes: Uint8Array, from: StreamSource, nowMs: number): RtpPacket | undefined {
    const opened = this.#opener.open(bytes, from);
    if (opened.ok) return this.#reception.accept(opened.value, nowMs) ? opened.value : undefined;
    this.#reception.refuse(opened.error);
    return undefined;
  }

  /** Wipes the key. */
  close(): void {
    this.#opener.close();
  }
}
