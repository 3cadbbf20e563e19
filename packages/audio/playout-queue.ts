/**
 * The jitter queue of one participant: packets go in as they come, one frame comes out per 20 ms tick.
 *
 *   put ──► late? duplicate? far off? ──► slots, by sequence number ──► take, one per tick
 *
 * It holds a fixed delay of two frames. States:
 *
 * - *filling*: nothing plays until two frames wait, or the first one has waited for two ticks (a
 *   talker who says one frame is heard too).
 * - *playing*: one frame per tick, in order. A frame that is not there when its turn comes is lost, as
 *   long as later ones are there. When none is there, back to *filling*: the sender paused, or the
 *   network got slower; either way the delay is built up again.
 *
 * A delay that has grown shrinks again: when more than two frames waited at every one of 16 ticks, one
 * frame is skipped; a lost frame and a pause of the sender are skipped for free. A queue that
 * overflows keeps its newest frames.
 *
 * Jumps: far ahead or far behind, two packets in a row are believed and one is not; an empty queue
 * believes one. A run of late packets with nothing else is a sender that restarted. On a change of
 * SSRC the caller, who sees it, calls `reset`.
 *
 * One frame per packet: a sender with another packet time than 20 ms is not served by this queue.
 * No allocation once payloads have their size: they are copied into the slots.
 */

import { assert } from '@conclave/base';
import { FRAME_SAMPLES } from './pcm.ts';

/** 40 ms: one frame for the jitter of a good network, one for our own tick. */
export const PLAYOUT_TARGET_FRAMES = 2;

/** 320 ms; past it the oldest frames are skipped. A power of two, for slots by sequence number. */
export const PLAYOUT_CAPACITY_FRAMES = 16;

/** 60 ms of G.711; larger payloads are dropped. */
export const PLAYOUT_PAYLOAD_SIZE_MAX = 480;

/** Further behind than 2 s is no delay but another beginning. */
const LATE_FRAMES_MAX = 100;

/** So many late packets, and none in time, are a sender that restarted. */
const LATE_RUN_MAX = 10;

/** 320 ms with a frame too many at its worst moment: the delay has grown for good. */
const CATCH_UP_TICKS = 16;

/** All since the queue was made. */
export interface PlayoutCounters {
  /** Packets put in; each is later played, skipped, or one of the dropped below. */
  received: number;
  played: number;
  /** Frames that were not there in their turn. */
  lost: number;
  /** Dropped: its turn was over. */
  late: number;
  /** Dropped: it is there already. */
  duplicate: number;
  /** Dropped: empty or larger than the bound. */
  refused: number;
  /** Dropped: far off and alone. */
  stray: number;
  /** Frames thrown away to catch up, on overflow and on a jump. */
  skipped: number;
  /** Times the queue ran dry. */
  underruns: number;
  /** Times it started anew after a jump. */
  resyncs: number;
}

interface Slot {
  readonly bytes: Uint8Array;
  payload: Uint8Array;
  timestamp: number;
  isUsed: boolean;
}

export class PlayoutQueue {
  readonly counters: PlayoutCounters = {
    received: 0,
    played: 0,
    lost: 0,
    late: 0,
    duplicate: 0,
    refused: 0,
    stray: 0,
    skipped: 0,
    underruns: 0,
    resyncs: 0,
  };
  readonly #slots: readonly Slot[] = Array.from({ length: PLAYOUT_CAPACITY_FRAMES }, makeSlot);
  #isPlaying = false;
  /** False until the first packet, and after `reset`: `#next` means nothing. */
  #isStarted = false;
  /** The sequence number whose turn it is. */
  #next = 0;
  /** Frames from `#next` to the newest one, those that are missing included; 0 when empty. */
  #span = 0;
  /** The timestamp that follows on the frame played last; undefined when none was. */
  #expectedTimestamp: number | undefined;
  #ticksFilling = 0;
  #ticksWatched = 0;
  #leastSpan = PLAYOUT_CAPACITY_FRAMES;
  #lateRun = 0;
  /** The number after a stray packet: if it comes next, the stray was none. */
  #probe: number | undefined;

  /** Frames waiting, holes included: the delay in units of 20 ms. */
  get depth(): number {
    return this.#span;
  }

  /**
   * Takes in a packet: sequence number (16 bits), timestamp (32 bits) and payload, which is copied.
   * Never fails; what cannot be used is counted.
   */
  put(sequenceNumber: number, timestamp: number, payload: Uint8Array): void {
    this.counters.received++;
    if (payload.length === 0 || payload.length > PLAYOUT_PAYLOAD_SIZE_MAX) {
      this.counters.refused++;
      return;
    }
    if (!this.#isStarted) this.#restart(sequenceNumber);
    let ahead = distance(this.#next, sequenceNumber);
    if (this.#isJump(ahead)) {
      if (!this.#believesJump(sequenceNumber)) {
        this.counters.stray++;
        return;
      }
      this.counters.resyncs++;
      this.#restart(sequenceNumber);
      ahead = 0;
    }
    this.#probe = undefined;
    if (ahead < 0 && !this.#canPrepend(ahead)) {
      this.#dropLate(sequenceNumber);
      return;
    }
    this.#lateRun = 0;
    this.#store({ sequenceNumber, timestamp, payload, ahead });
  }

  /**
   * The payload to play in this tick, valid until the next `put` or `reset`; undefined when there is
   * none, and the participant contributes nothing.
   */
  take(): Uint8Array | undefined {
    if (!this.#isPlaying && !this.#mayStart()) return undefined;
    if (this.#span === 0) {
      this.counters.underruns++;
      this.#fill();
      return undefined;
    }
    this.#catchUp();
    const slot = this.#slotOf(this.#next);
    if (!slot.isUsed) {
      this.counters.lost++;
      this.#step();
      this.#expectedTimestamp = follow(this.#expectedTimestamp);
      return undefined;
    }
    if (this.#holdsPause(slot.timestamp)) return undefined;
    this.counters.played++;
    this.#expectedTimestamp = (slot.timestamp + FRAME_SAMPLES) >>> 0;
    slot.isUsed = false;
    this.#step();
    return slot.payload;
  }

  /** Forgets all frames, as at the start; the counters stay. For a change of SSRC. */
  reset(): void {
    this.#dropFrames();
    this.#isStarted = false;
    this.#expectedTimestamp = undefined;
    this.#lateRun = 0;
    this.#probe = undefined;
    this.#fill();
  }

  /** Begins anew at this number, with nothing in the queue. */
  #restart(sequenceNumber: number): void {
    this.reset();
    this.#isStarted = true;
    this.#next = sequenceNumber;
  }

  #isJump(ahead: number): boolean {
    if (ahead < -LATE_FRAMES_MAX) return true;
    // A burst after a stall of ours runs a little over the end; a jump leaves it far behind. An empty
    // queue has nothing to lose and takes any step ahead as a gap.
    return ahead >= 2 * PLAYOUT_CAPACITY_FRAMES;
  }

  #believesJump(sequenceNumber: number): boolean {
    if (this.#span === 0 || sequenceNumber === this.#probe) return true;
    this.#probe = (sequenceNumber + 1) & 0xffff;
    return false;
  }

  /** While nothing of the new beginning has played, a packet from before it may still be let in. */
  #canPrepend(ahead: number): boolean {
    if (this.#isPlaying || this.#expectedTimestamp !== undefined) return false;
    return this.#span - ahead <= PLAYOUT_CAPACITY_FRAMES;
  }

  #dropLate(sequenceNumber: number): void {
    this.counters.late++;
    this.#lateRun++;
    if (this.#lateRun < LATE_RUN_MAX) return;
    this.counters.resyncs++;
    this.#restart((sequenceNumber + 1) & 0xffff);
  }

  #store(packet: {
    readonly sequenceNumber: number;
    readonly timestamp: number;
    readonly payload: Uint8Array;
    readonly ahead: number;
  }): void {
    const { sequenceNumber, timestamp, payload, ahead } = packet;
    if (ahead < 0) {
      this.#next = sequenceNumber;
      this.#span -= ahead;
    } else {
      while (distance(this.#next, sequenceNumber) >= PLAYOUT_CAPACITY_FRAMES) this.#skip();
      this.#span = Math.max(this.#span, distance(this.#next, sequenceNumber) + 1);
    }
    const slot = this.#slotOf(sequenceNumber);
    if (slot.isUsed) {
      this.counters.duplicate++;
      return;
    }
    slot.isUsed = true;
    slot.timestamp = timestamp;
    slot.bytes.set(payload);
    if (slot.payload.length !== payload.length) {
      slot.payload = slot.bytes.subarray(0, payload.length);
    }
  }

  #mayStart(): boolean {
    if (this.#span === 0) return false;
    this.#ticksFilling++;
    if (this.#span < PLAYOUT_TARGET_FRAMES && this.#ticksFilling <= PLAYOUT_TARGET_FRAMES) {
      return false;
    }
    // What was lost at the end of the last talk spurt is not waited for.
    while (this.#span > 0 && !this.#slotOf(this.#next).isUsed) this.#step();
    this.#isPlaying = true;
    return true;
  }

  #fill(): void {
    this.#isPlaying = false;
    this.#ticksFilling = 0;
    this.#ticksWatched = 0;
    this.#leastSpan = PLAYOUT_CAPACITY_FRAMES;
  }

  #catchUp(): void {
    const isHole = !this.#slotOf(this.#next).isUsed;
    if (isHole && this.#span > PLAYOUT_TARGET_FRAMES) {
      this.counters.lost++;
      this.#step();
      return;
    }
    this.#leastSpan = Math.min(this.#leastSpan, this.#span);
    this.#ticksWatched++;
    if (this.#ticksWatched < CATCH_UP_TICKS) return;
    if (this.#leastSpan > PLAYOUT_TARGET_FRAMES) this.#skip();
    this.#ticksWatched = 0;
    this.#leastSpan = PLAYOUT_CAPACITY_FRAMES;
  }

  /**
   * A pause in the timestamps without a gap in the numbers: the sender was silent for a moment. It is
   * kept as long as the delay needs it.
   */
  #holdsPause(timestamp: number): boolean {
    const expected = this.#expectedTimestamp;
    if (expected === undefined || this.#span > PLAYOUT_TARGET_FRAMES) return false;
    const pauseSamples = (timestamp - expected) | 0;
    const isPause =
      pauseSamples >= FRAME_SAMPLES && pauseSamples <= PLAYOUT_TARGET_FRAMES * FRAME_SAMPLES;
    if (isPause) this.#expectedTimestamp = follow(expected);
    return isPause;
  }

  #skip(): void {
    const slot = this.#slotOf(this.#next);
    if (slot.isUsed) this.counters.skipped++;
    slot.isUsed = false;
    this.#step();
  }

  #step(): void {
    this.#next = (this.#next + 1) & 0xffff;
    this.#span = Math.max(0, this.#span - 1);
  }

  #dropFrames(): void {
    for (const slot of this.#slots) {
      if (slot.isUsed) this.counters.skipped++;
      slot.isUsed = false;
    }
    this.#span = 0;
  }

  #slotOf(sequenceNumber: number): Slot {
    const slot = this.#slots[sequenceNumber % PLAYOUT_CAPACITY_FRAMES];
    assert(slot !== undefined, 'there is a slot for every remainder');
    return slot;
  }
}

function makeSlot(): Slot {
  const bytes = new Uint8Array(PLAYOUT_PAYLOAD_SIZE_MAX);
  return { bytes, payload: bytes.subarray(0, FRAME_SAMPLES), timestamp: 0, isUsed: false };
}

/** The signed shortest way on the circle of sequence numbers, positive when `to` is newer. */
function distance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}

function follow(timestamp: number | undefined): number | undefined {
  return timestamp === undefined ? undefined : (timestamp + FRAME_SAMPLES) >>> 0;
}
