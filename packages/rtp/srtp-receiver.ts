/**
 * SRTP, receiving side: protected packets in, RTP packets out. One receiver per master key and
 * direction.
 *
 * Order of the checks: form, replay window, authentication, and only then does anything change. So
 * a forged packet neither creates state nor moves the rollover counter or the window, and a
 * replayed one costs no hash.
 *
 * Late joiner: of a source not heard before, the first packet may come from after the first wrap of
 * its sequence numbers (the sender started near 65535 and we missed the beginning). RFC 3711 leaves
 * that receiver deaf for good; this one tries the signalled ROC and then the next, and lets the tag
 * decide. The price: packets of unknown sources that fail the first try cost a second hash, and a
 * forger of a first packet has two chances in 2^32 (or in 2^80) instead of one.
 *
 * Not here: SRTCP, MKI, re-keying (a new key is a new receiver).
 *
 * Source: [rfc] RFC 3711 §3.3, §3.3.1 and §3.3.2.
 */

import { assert, fail, ok, type Result } from '@conclave/base';
import { PacketSlab } from './packet-slab.ts';
import { ReplayWindow } from './replay-window.ts';
import { measureRtpHeader, sequenceNumberOf, ssrcOf } from './rtp-packet.ts';
import { estimateRolloverCounter, packetIndexOf, ROLLOVER_COUNTER_MAX } from './sequence.ts';
import type { SrtpMasterKey } from './srtp-key-derivation.ts';
import {
  openTransform,
  type PacketParts,
  type PacketPosition,
  type SrtpTransform,
} from './srtp-transform.ts';

/**
 * A phone makes a new source when it is held, moved or restarted. Past the bound new sources are
 * refused, not old ones forgotten: forgetting one would let its packets be replayed.
 */
export const RECEIVER_SOURCE_COUNT_MAX = 256;

export type SrtpError =
  /** No RTP packet with a tag: too short, too long, wrong version or a header that does not fit. */
  | 'malformed'
  /** Forged, damaged, or protected with another key. */
  | 'auth-failed'
  /** Accepted before. */
  | 'replayed'
  /** Behind the replay window, so nobody can tell whether it was accepted before. */
  | 'too-old'
  /** A new source past `RECEIVER_SOURCE_COUNT_MAX`. */
  | 'too-many-sources';

export interface SrtpReceiverOptions {
  /** ROC of the first packet of every source; 0 unless it is signalled otherwise. */
  readonly rolloverCounter?: number;
}

/** What is remembered of a source; `position` is that of its newest packet. */
interface Source {
  readonly position: PacketPosition;
  readonly window: ReplayWindow;
}

const MALFORMED = fail('malformed');
const AUTH_FAILED = fail('auth-failed');
const REPLAYED = fail('replayed');
const TOO_OLD = fail('too-old');
const TOO_MANY_SOURCES = fail('too-many-sources');

export class SrtpReceiver {
  readonly #transform: SrtpTransform;
  readonly #slab = new PacketSlab();
  readonly #sources = new Map<number, Source>();
  readonly #rolloverCounter: number;
  /** The source of the last packet, which is nearly always that of the next one. */
  #lastSource: Source | undefined;
  /** Of the packet at hand; one object for all packets. */
  readonly #current: PacketPosition = { ssrc: 0, rolloverCounter: 0, sequenceNumber: 0 };
  #closed = false;

  constructor(master: SrtpMasterKey, options: SrtpReceiverOptions = {}) {
    this.#rolloverCounter = options.rolloverCounter ?? 0;
    this.#transform = openTransform(master);
  }

  /** Sources heard so far, all of them authenticated. */
  get sourceCount(): number {
    return this.#sources.size;
  }

  /**
   * Authenticates and decrypts. `packet` is left as it is; the answer is fresh bytes that the
   * caller owns. Every error means: count it and drop the packet.
   */
  unprotect(packet: Uint8Array): Result<Uint8Array, SrtpError> {
    assert(!this.#closed, 'a closed receiver unprotects nothing');
    const length = packet.length - this.#transform.tagSize;
    const headerSize = measureRtpHeader(packet, length);
    if (typeof headerSize !== 'number') return MALFORMED;

    const ssrc = ssrcOf(packet);
    const known = this.#lastSource?.position.ssrc === ssrc ? this.#lastSource : this.#find(ssrc);
    if (known === undefined && this.#sources.size >= RECEIVER_SOURCE_COUNT_MAX) {
      return TOO_MANY_SOURCES;
    }
    const current = this.#current;
    current.ssrc = ssrc;
    current.sequenceNumber = sequenceNumberOf(packet);
    const parts = { bytes: packet, headerSize, length };
    if (known !== undefined) {
      const { position, window } = known;
      current.rolloverCounter = estimateRolloverCounter(
        position.rolloverCounter,
        position.sequenceNumber,
        current.sequenceNumber,
      );
      const verdict = window.check(indexOf(current));
      if (verdict !== 'new') return verdict === 'replayed' ? REPLAYED : TOO_OLD;
    }
    const rtp = known ? this.#transform.open(parts, current, this.#slab) : this.#openFirst(parts);
    if (rtp === undefined) return AUTH_FAILED;
    this.#remember(known ?? this.#addSource(ssrc));
    return ok(rtp);
  }

  /** Wipes the keys. Closing twice is harmless. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#transform.close();
    this.#sources.clear();
    this.#lastSource = undefined;
  }

  #find(ssrc: number): Source | undefined {
    return this.#sources.get(ssrc);
  }

  /** The first packet of a source: there is no state to estimate from, see "late joiner" above. */
  #openFirst(parts: PacketParts): Uint8Array | undefined {
    const current = this.#current;
    current.rolloverCounter = this.#rolloverCounter;
    const rtp = this.#transform.open(parts, current, this.#slab);
    if (rtp || current.rolloverCounter === ROLLOVER_COUNTER_MAX) return rtp;
    current.rolloverCounter += 1;
    return this.#transform.open(parts, current, this.#slab);
  }

  #addSource(ssrc: number): Source {
    const position = { ssrc, rolloverCounter: 0, sequenceNumber: 0 };
    const source = { position, window: new ReplayWindow() };
    this.#sources.set(ssrc, source);
    return source;
  }

  /** The packet at hand is authentic: the only place where the state of a source changes. */
  #remember(source: Source): void {
    const index = indexOf(this.#current);
    if (index > source.window.highestIndex) {
      source.position.rolloverCounter = this.#current.rolloverCounter;
      source.position.sequenceNumber = this.#current.sequenceNumber;
    }
    source.window.accept(index);
    this.#lastSource = source;
  }
}

function indexOf(position: PacketPosition): number {
  return packetIndexOf(position.rolloverCounter, position.sequenceNumber);
}
