/**
 * The jitter queue of one participant: packets go in as they come, one frame comes out per 20 ms
 * tick.
 *
 *   put ──► late? duplicate? far off? ──► slots, by sequence number ──► take, one per tick
 *
 * It holds a fixed delay of two frames. States:
 *
 * - *filling*: nothing plays until two frames wait, or the first one has waited for two ticks (a
 *   talker who says one frame is heard too).
 * - *playing*: one frame per tick, in order. A frame that is not there when its turn comes is lost,
 *   as long as later ones are there. When none is there, back to *filling*: the sender paused, or the
 *   network got slower; either way the delay is built up again.
 *
 * A delay that has grown shrinks again: when more than two frames waited at every one of 10 ticks,
 * half of those too many are skipped. (The worst moment counts, so a sender that comes in bursts of
 * three keeps the delay that it needs.) Lost frames and pauses of the sender are skipped for free.
 * A queue that overflows keeps its newest two frames.
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

/** A burst after a stall of ours runs a little over the end; a jump leaves it far behind. */
const JUMP_FRAMES_MIN: number = 2 * PLAYOUT_CAPACITY_FRAMES;

/** So many late packets, and none in time, are a sender that restarted. */
const LATE_RUN_MAX = 10;

/** 200 ms with a frame too many at the worst moment: the delay has grown for good. */
const CATCH_UP_TICKS = 10;

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
  loudness: number;
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
  #loudness = 0;
  #isPlaying = false;
  /** False until the first packet, and after `reset`: `#next` means nothing. */
  #isStarted = false;
  /** The sequence number whose turn it is. */
  #next = 0;
  /** Frames from `#next` to the newest one, those that are missing included; 0 when empty. */
  #span = 0;
  /** False until something played since the last start. */
  #hasPlayed = false;
  /** The timestamp of the frame whose turn it is, if the sender made no pause; while playing. */
  #expectedTimestamp = 0;
  #ticksFilling = 0;
  #ticksWatched = 0;
  #leastSpan = PLAYOUT_CAPACITY_FRAMES;
  #lateRun = 0;
  /** The number after a stray packet: if it comes next, the stray was none. */
  #probe: number | undefined;

  /** Of the frame that was taken last. */
  get loudness(): number {
    return this.#loudness;
  }

  /** Frames waiting, holes included: the delay in units of 20 ms. */
  get depth(): number {
    return this.#span;
  }

  /**
   * Takes in a packet: sequence number (16 bits), timestamp (32 bits) and payload, which is copied;
   * its loudness is given back with it.
   * Never fails; what cannot be used is counted.
   */
  put(sequenceNumber: number, timestamp: number, payload: Uint8Array, loudness = 0): void {
    this.counters.received++;
    if (payload.length === 0 || payload.length > PLAYOUT_PAYLOAD_SIZE_MAX) {
      this.counters.refused++;
      return;
    }
    if (!this.#isStarted) this.#restart(sequenceNumber);
    if (this.#admits(sequenceNumber)) {
      this.#store(sequenceNumber, timestamp, payload).loudness = loudness;
    }
  }

  /**
   * The payload to play in this tick, valid until the next `put` or `reset`; undefined when there
   * is none, and the participant contributes nothing.
   */
  take(): Uint8Array | undefined {
    if (!this.#isPlaying && !this.#mayStart()) return undefined;
    if (this.#span === 0) {
      this.counters.underruns++;
      this.#fill();
      return undefined;
    }
    this.#skipHoles();
    this.#catchUp();
    const slot = this.#slotOf(this.#next);
    if (!slot.isUsed) {
      this.counters.lost++;
      this.#step();
      return undefined;
    }
    if (this.#holdsPause(slot.timestamp)) return undefined;
    this.counters.played++;
    this.#loudness = slot.loudness;
    slot.isUsed = false;
    this.#step();
    this.#hasPlayed = true;
    this.#expectedTimestamp = (slot.timestamp + FRAME_SAMPLES) | 0;
    return slot.payload;
  }

  /** Forgets all frames, as at the start; the counters stay. For a change of SSRC. */
  reset(): void {
    this.#dropFrames();
    this.#isStarted = false;
    this.#hasPlayed = false;
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

  /**
   * Decides on a packet by its number alone, counts it if it is dropped, starts anew after a jump.
   */
  #admits(sequenceNumber: number): boolean {
    const ahead = distance(this.#next, sequenceNumber);
    if (ahead < -LATE_FRAMES_MAX || ahead >= JUMP_FRAMES_MIN) {
      if (this.#believesJump(sequenceNumber)) return this.#resync(sequenceNumber);
      this.counters.stray++;
      return false;
    }
    this.#probe = undefined;
    if (ahead >= 0 || this.#canPrepend(ahead)) {
      this.#lateRun = 0;
      return true;
    }
    this.#lateRun++;
    if (this.#lateRun > LATE_RUN_MAX) return this.#resync(sequenceNumber);
    this.counters.late++;
    return false;
  }

  #believesJump(sequenceNumber: number): boolean {
    if (this.#span === 0 || sequenceNumber === this.#probe) return true;
    this.#probe = (sequenceNumber + 1) & 0xffff;
    return false;
  }

  /** Before anything of a beginning has played, a packet from before it may still be let in. */
  #canPrepend(ahead: number): boolean {
    return !this.#hasPlayed && this.#span - ahead <= PLAYOUT_CAPACITY_FRAMES;
  }

  #resync(sequenceNumber: number): true {
    this.counters.resyncs++;
    this.#restart(sequenceNumber);
    return true;
  }

  #store(sequenceNumber: number, timestamp: number, payload: Uint8Array): Slot {
    const ahead = distance(this.#next, sequenceNumber);
    if (ahead < 0) {
      this.#next = sequenceNumber;
      this.#span -= ahead;
    } else {
      if (ahead >= PLAYOUT_CAPACITY_FRAMES) this.#skip(ahead + 1 - PLAYOUT_TARGET_FRAMES);
      this.#span = Math.max(this.#span, distance(this.#next, sequenceNumber) + 1);
    }
    const slot = this.#slotOf(sequenceNumber);
    if (slot.isUsed) {
      this.counters.duplicate++;
      return slot;
    }
    slot.isUsed = true;
    slot.timestamp = timestamp;
    slot.bytes.set(payload);
    if (slot.payload.length !== payload.length) {
      slot.payload = slot.bytes.subarray(0, payload.length);
    }
    return slot;
  }

  /** Called once per tick while filling. */
  #mayStart(): boolean {
    if (this.#span === 0) return false;
    this.#ticksFilling++;
    let holeCount = 0;
    while (!this.#slotOf(this.#next + holeCount).isUsed) holeCount++;
    const waitingFrames = this.#span - holeCount;
    if (waitingFrames < PLAYOUT_TARGET_FRAMES && this.#ticksFilling <= PLAYOUT_TARGET_FRAMES) {
      return false;
    }
    // What was lost before the first frame is silence already spent.
    this.#skip(holeCount);
    this.#isPlaying = true;
    this.#expectedTimestamp = this.#slotOf(this.#next).timestamp;
    return true;
  }

  #fill(): void {
    this.#isPlaying = false;
    this.#ticksFilling = 0;
    this.#watchAnew();
  }

  /** Holes cost a tick each, as the frames would have, unless the delay is too long anyway. */
  #skipHoles(): void {
    while (this.#span > PLAYOUT_TARGET_FRAMES && !this.#slotOf(this.#next).isUsed) {
      this.counters.lost++;
      this.#step();
    }
  }

  #catchUp(): void {
    this.#leastSpan = Math.min(this.#leastSpan, this.#span);
    this.#ticksWatched++;
    if (this.#ticksWatched < CATCH_UP_TICKS) return;
    const excessFrames = this.#leastSpan - PLAYOUT_TARGET_FRAMES;
    if (excessFrames > 0) this.#skip(Math.ceil(excessFrames / 2));
    this.#watchAnew();
  }

  #watchAnew(): void {
    this.#ticksWatched = 0;
    this.#leastSpan = PLAYOUT_CAPACITY_FRAMES;
  }

  /**
   * A pause in the timestamps without a gap in the numbers: the sender was silent for a moment. It
   * is kept as long as the delay needs it.
   */
  #holdsPause(timestamp: number): boolean {
    if (this.#span > PLAYOUT_TARGET_FRAMES) return false;
    const pauseSamples = (timestamp - this.#expectedTimestamp) | 0;
    const isPause =
      pauseSamples >= FRAME_SAMPLES && pauseSamples <= PLAYOUT_TARGET_FRAMES * FRAME_SAMPLES;
    if (isPause) this.#expectedTimestamp = (this.#expectedTimestamp + FRAME_SAMPLES) | 0;
    return isPause;
  }

  /** Throws away this many frames from the front, holes included. */
  #skip(count: number): void {
    for (let skipped = 0; skipped < count; skipped++) {
      const slot = this.#slotOf(this.#next);
      if (slot.isUsed) this.counters.skipped++;
      slot.isUsed = false;
      this.#step();
    }
  }

  /** The turn goes to the next number. */
  #step(): void {
    this.#next = (this.#next + 1) & 0xffff;
    this.#span = Math.max(0, this.#span - 1);
    this.#expectedTimestamp = (this.#expectedTimestamp + FRAME_SAMPLES) | 0;
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
  return {
    bytes,
    payload: bytes.subarray(0, FRAME_SAMPLES),
    loudness: 0,
    timestamp: 0,
    isUsed: false,
  };
}

/** The signed shortest way on the circle of sequence numbers, positive when `to` is newer. */
function distance(from: number, to: number): number {
  return ((to - from) << 16) >> 16;
}
