import { Prng } from '@conclave/testkit';
import { describe, expect, test } from 'vitest';
import { PlayoutQueue } from './playout-queue.ts';

/*
 * Goal: what a network does to the packets of one talker is hardly heard, at no more delay than it
 * takes. Method: a sender with a clock of its own, a network that delays, loses and reorders, a receiver
 * with a tick of 20 ms, all in virtual time; speech is 1.2 s of 1.6.
 */

const TICK_MS = 20;
const SPEECH = 60;
const LOUD = 90;

interface Network {
  /** Each packet is late by anything up to this, so that they overtake each other. */
  readonly jitterMs: number;
  readonly lossPercent?: number;
  /** Of the sender's clock; positive is fast. */
  readonly driftPpm?: number;
  readonly seconds: number;
}

interface Score {
  /** Of the packets with speech that were sent, lost ones included. */
  readonly heardPercent: number;
  /** From sending to playing, less what the network takes at least; at the end. */
  readonly delayMs: number;
}

describe('what is heard of speech, and how late', () => {
  test.each<[string, Network, Score]>([
    ['a still network', { jitterMs: 0, seconds: 60 }, { heardPercent: 99.9, delayMs: 30 }],
    ['20 ms of jitter', { jitterMs: 20, seconds: 60 }, { heardPercent: 99.8, delayMs: 50 }],
    ['40 ms', { jitterMs: 40, seconds: 60 }, { heardPercent: 99.8, delayMs: 50 }],
    ['80 ms', { jitterMs: 80, seconds: 60 }, { heardPercent: 99.3, delayMs: 90 }],
    [
      '80 ms and 1 % loss',
      { jitterMs: 80, lossPercent: 1, seconds: 60 },
      { heardPercent: 97.8, delayMs: 90 },
    ],
    [
      'a fast clock',
      { jitterMs: 10, driftPpm: 200, seconds: 600 },
      { heardPercent: 99.9, delayMs: 40 },
    ],
    [
      'a slow clock',
      { jitterMs: 10, driftPpm: -200, seconds: 600 },
      { heardPercent: 99.9, delayMs: 40 },
    ],
  ])('%s', (_, network, least) => {
    const { heardPercent, delayMs } = new Line(1).run(network);
    expect(heardPercent).toBeGreaterThanOrEqual(least.heardPercent);
    expect(delayMs).toBeLessThanOrEqual(least.delayMs);
  });

  test('the delay that a bad network took is given back when it is good again', () => {
    const line = new Line(2);
    const bad = line.run({ jitterMs: 80, seconds: 30 });
    const good = line.run({ jitterMs: 0, seconds: 40 });
    expect(bad.delayMs).toBeGreaterThan(80);
    expect(good.delayMs).toBeLessThanOrEqual(45);
    expect(good.heardPercent).toBeGreaterThan(99.5);
  });
});

/** One talker, one network, one listener. */
class Line {
  readonly #queue = new PlayoutQueue();
  readonly #prng: Prng;
  readonly #sentMs = new Map<number, number>();
  #flying: { readonly number: number; readonly atMs: number }[] = [];
  #nowMs = 7;
  #nextMs = 0;
  #number = 0;

  constructor(seed: number) {
    this.#prng = new Prng(seed);
  }

  run({ jitterMs, lossPercent = 0, driftPpm = 0, seconds }: Network): Score {
    const endMs = this.#nowMs + 1000 * seconds;
    const delays: number[] = [];
    let spoken = 0;
    let heard = 0;
    for (; this.#nowMs < endMs; this.#nowMs += TICK_MS) {
      for (; this.#nextMs <= this.#nowMs; this.#nextMs += TICK_MS / (1 + driftPpm / 1e6)) {
        this.#number += 1;
        if (isSpeech(this.#number)) spoken += 1;
        this.#sentMs.set(this.#number, this.#nextMs);
        if (this.#prng.between(0, 9999) < 100 * lossPercent) continue;
        const atMs = this.#nextMs + (jitterMs * this.#prng.between(0, 1000)) / 1000;
        this.#flying.push({ number: this.#number, atMs });
      }
      this.#arrive();
      const payload = this.#queue.take();
      if (!payload) continue;
      const number = new DataView(payload.buffer, payload.byteOffset).getUint32(0);
      if (isSpeech(number)) heard += 1;
      delays.push(this.#nowMs - (this.#sentMs.get(number) ?? 0));
    }
    const late = delays.slice(-500);
    return {
      heardPercent: (100 * heard) / spoken,
      delayMs: late.reduce((sum, each) => sum + each, 0) / late.length,
    };
  }

  #arrive(): void {
    const [there, flying] = [true, false].map((isThere) =>
      this.#flying.filter(({ atMs }) => atMs <= this.#nowMs === isThere),
    );
    this.#flying = flying ?? [];
    for (const { number } of (there ?? []).toSorted((a, b) => a.atMs - b.atMs)) {
      const payload = new Uint8Array(160);
      new DataView(payload.buffer).setUint32(0, number);
      const loudness = isSpeech(number) ? LOUD : 0;
      this.#queue.put(number & 0xffff, number * 160, payload, loudness);
    }
  }
}

function isSpeech(number: number): boolean {
  return number % 80 < SPEECH;
}
