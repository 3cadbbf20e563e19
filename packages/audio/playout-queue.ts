/**
 * The jitter queue of one participant: packets go in as they come, one frame comes out per 20 ms
 * tick.
 *
 *   put ──► late? duplicate? far off? ──► slots, by sequence number ──► take, one per tick
 *
 * It holds two packets at its worst moments, whatever delay that takes. States:
 *
 * - *filling*: nothing plays until two packets wait, or the first one has waited for two ticks (a
 *   talker who says one frame is heard too).
 * - *playing*: one packet per turn, in order. A packet that is not there when its turn comes is lost,
 *   as long as later ones are there. When none is there, back to *filling*: the sender paused, or the
 *   network got slower; either way the delay is built up again.
 *
 * A packet that comes late makes the delay longer by as much, up to a bound: a turn is held, where it is
 * quiet if that comes soon. When more than two packets waited at every moment of a watch, half of those too
 * many are skipped, again where it is quiet if that comes soon. A watch is 10 turns, and up to 640 where
 * short ones were followed by late packets: what jitter needed lately, it is left. Lost packets and pauses
 * of the sender are skipped for free. A queue that overflows keeps its newest two packets.
 *
 * Jumps: far ahead or far behind, two packets in a row are believed and one is not; an empty queue
 * believes one. A run of late packets with nothing else is a sender that restarted. On a change of
 * SSRC the caller, who sees it, calls `reset`.
 *
 * A turn is one packet, whatever its length: who takes does so as often as he needs one.
 * No allocation once payloads have their size: they are copied into the slots.
 */

import { assert } from '@conclave/base';
import { FRAME_SAMPLES } from './pcm.ts';
import { SPEECH_LOUDNESS_MIN } from './voice-activity.ts';

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

/** 200 ms with a packet too many at the worst moment: the delay has grown for good. */
const WATCH_TURNS_MIN = 10;

/** 13 s: jitter that comes back within that is served by one delay. */
const WATCH_TURNS_MAX = 640;

/** 200 ms: late packets add no more delay than that. */
const DELAY_MAX = 10;

/** Holding and skipping wait for so long for a quiet packet. */
const QUIET_WAIT_TURNS = 25;

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
  #turnsWatched = 0;
  #watchTurns = WATCH_TURNS_MIN;
  #leastSpan = PLAYOUT_CAPACITY_FRAMES;
  /** Turns to hold when positive, packets to skip when negative. */
  #correction = 0;
  /** For how long it has waited for a quiet packet. */
  #correctionTurns = 0;
  /** By bits, the latest turn lowest: those that found nothing, while there was more behind. */
  #missed = 0;
  /** RTP clock of one packet. */
  #packetClock = FRAME_SAMPLES;
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
      // One octet for one tick of the clock, as G.711 and G.722 have it (RFC 3551 §4.5.2).
      this.#packetClock = payload.length;
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
    this.#watch();
    if (this.#correction !== 0 && this.#holdsTurn()) return undefined;
    const slot = this.#slotOf(this.#next);
    if (!slot.isUsed) {
      this.counters.lost++;
      this.#step();
      this.#missed |= 1;
      return undefined;
    }
    if (this.#holdsPause(slot.timestamp)) return undefined;
    this.counters.played++;
    this.#loudness = slot.loudness;
    slot.isUsed = false;
    this.#step();
    this.#hasPlayed = true;
    this.#expectedTimestamp = (slot.timestamp + this.#packetClock) | 0;
    return slot.payload;
  }

  /** Forgets all frames, as at the start; the counters stay. For a change of SSRC. */
  reset(): void {
    this.#dropFrames();
    this.#isStarted = false;
    this.#hasPlayed = false;
    this.#lateRun = 0;
    this.#probe = undefined;
    this.#watchTurns = WATCH_TURNS_MIN;
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
    if (this.#isPlaying && this.#wasMissed(-ahead)) this.#grow(-ahead);
    return false;
  }

  /** Its turn so many turns ago found nothing: others are copies, which nobody need wait for. */
  #wasMissed(turns: number): boolean {
    return turns <= DELAY_MAX && ((this.#missed >> (turns - 1)) & 1) === 1;
  }

  /** A packet came so many turns late. */
  #grow(turns: number): void {
    this.#watchLonger();
    this.#correction = Math.max(
      this.#correction,
      Math.min(turns, DELAY_MAX - Math.min(this.#span, DELAY_MAX)),
    );
  }

  #watchLonger(): void {
    this.#watchTurns = Math.min(4 * this.#watchTurns, WATCH_TURNS_MAX);
    this.#watchAnew();
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
    this.#correction = 0;
    this.#watchAnew();
  }

  #watch(): void {
    if (this.#span < this.#leastSpan) this.#leastSpan = this.#span;
    this.#turnsWatched++;
    if (this.#turnsWatched < this.#watchTurns) return;
    const excess = this.#leastSpan - PLAYOUT_TARGET_FRAMES;
    if (this.#correction === 0) {
      this.#correction = excess > 0 ? -Math.ceil(excess / 2) : 0;
      this.#correctionTurns = 0;
    }
    if (excess <= 0) this.#watchTurns = Math.max(this.#watchTurns >> 1, WATCH_TURNS_MIN);
    this.#watchAnew();
  }

  /** Corrects the delay, if this is the moment for it. True when this turn is to be held. */
  #holdsTurn(): boolean {
    const { isUsed, loudness } = this.#slotOf(this.#next);
    this.#correctionTurns++;
    const isOverdue = this.#correctionTurns > QUIET_WAIT_TURNS;
    if (isUsed && loudness >= SPEECH_LOUDNESS_MIN && !isOverdue) return false;
    if (this.#correction > 0) {
      this.#correction--;
      return true;
    }
    this.#correction++;
    if (!isUsed) this.counters.lost++;
    this.#skip(1);
    return false;
  }

  #watchAnew(): void {
    this.#turnsWatched = 0;
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
      pauseSamples >= this.#packetClock &&
      pauseSamples <= PLAYOUT_TARGET_FRAMES * this.#packetClock;
    if (isPause) this.#expectedTimestamp = (this.#expectedTimestamp + this.#packetClock) | 0;
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
    this.#missed <<= 1;
    this.#span = Math.max(0, this.#span - 1);
    this.#expectedTimestamp = (this.#expectedTimestamp + this.#packetClock) | 0;
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
