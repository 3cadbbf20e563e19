/**
 * SRTP, sending side: RTP packets in, protected packets out. One sender per master key and
 * direction.
 *
 * Invariant: a packet index is never used twice with one SSRC, for that would encrypt two payloads
 * with one keystream and give both away. So the sequence numbers of a source only move forward, by
 * less than half a turn at a time; the caller owns that, and a caller that breaks it is stopped.
 * Two senders with the same master key would break it behind the back of both: a key is sent with
 * once, and the other direction has its own.
 *
 * Not here: SRTCP, MKI, re-keying (a new key is a new sender).
 *
 * Source: [rfc] RFC 3711 §3.3 and §9.1.
 */

import { assert } from '@conclave/base';
import { PacketSlab } from './packet-slab.ts';
import { measureRtpHeader, RTP_PACKET_SIZE_MAX, sequenceNumberOf, ssrcOf } from './rtp-packet.ts';
import { isNewerSequence, ROLLOVER_COUNTER_MAX } from './sequence.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import { openTransform, type PacketPosition, type SrtpTransform } from './srtp-transform.ts';

/** One leg sends one source, or a few when it is moved; more than this is a leak of ours. */
export const SENDER_SOURCE_COUNT_MAX = 64;

export interface SrtpSenderOptions {
  /** ROC of the first packet of every source; 0 unless it is signalled otherwise. */
  readonly rolloverCounter?: number;
}

export class SrtpSender {
  readonly #transform: SrtpTransform;
  readonly #slab = new PacketSlab();
  readonly #sources = new Map<number, PacketPosition>();
  readonly #rolloverCounter: number;
  /** The source of the last packet, which is nearly always that of the next one. */
  #lastSource: PacketPosition | undefined;
  #closed = false;

  constructor(master: SrtpMasterKey, options: SrtpSenderOptions = {}) {
    this.#rolloverCounter = options.rolloverCounter ?? 0;
    this.#transform = openTransform(master);
  }

  /** Bytes that `protect` adds. */
  get tagSize(): number {
    return this.#transform.tagSize;
  }

  /**
   * Encrypts the payload and appends the tag. `rtp` is left as it is; the answer is fresh bytes
   * that the caller owns. Asserts that the packet is well formed and newer than the last of its
   * source.
   */
  protect(rtp: Uint8Array): Uint8Array {
    assert(!this.#closed, 'a closed sender protects nothing');
    const length = rtp.length;
    const headerSize = measureRtpHeader(rtp, length);
    assert(typeof headerSize === 'number', 'we send well-formed packets');
    assert(length + this.tagSize <= RTP_PACKET_SIZE_MAX, 'we never send what we would refuse');

    const position = this.#advance(ssrcOf(rtp), sequenceNumberOf(rtp));
    const packet = this.#slab.take(length + this.tagSize);
    packet.set(rtp);
    this.#transform.seal({ bytes: packet, headerSize, length }, position);
    return packet;
  }

  /** Wipes the keys. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transform.close();
    this.#sources.clear();
    this.#lastSource = undefined;
  }

  /** Moves the source on to this sequence number, before anything is encrypted with it. */
  #advance(ssrc: number, sequenceNumber: number): PacketPosition {
    const source = this.#lastSource?.ssrc === ssrc ? this.#lastSource : this.#sources.get(ssrc);
    if (source === undefined) return this.#addSource(ssrc, sequenceNumber);
    assert(
      isNewerSequence(sequenceNumber, source.sequenceNumber),
      'the sequence numbers of a source only move forward',
    );
    if (sequenceNumber < source.sequenceNumber) {
      assert(source.rolloverCounter < ROLLOVER_COUNTER_MAX, 'a key protects 2^48 packets at most');
      source.rolloverCounter += 1;
    }
    source.sequenceNumber = sequenceNumber;
    this.#lastSource = source;
    return source;
  }

  #addSource(ssrc: number, sequenceNumber: number): PacketPosition {
    assert(this.#sources.size < SENDER_SOURCE_COUNT_MAX, 'a leg sends a bounded number of sources');
    const source = { ssrc, rolloverCounter: this.#rolloverCounter, sequenceNumber };
    this.#sources.set(ssrc, source);
    this.#lastSource = source;
    return source;
  }
}
