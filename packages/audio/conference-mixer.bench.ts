/**
 * What one tick (20 ms) of a conference costs, without network and SRTP: decode every speaker, mix,
 * encode what each hears. A third of the participants speak; the others share one encoding.
 *
 *   node packages/audio/conference-mixer.bench.ts
 *
 * Method: rounds of 500 ticks, the first for warming up; the median round is printed.
 */

import { ConferenceMixer, type MixerPort } from './conference-mixer.ts';
import { PCMU } from './g711.ts';
import { FRAME_SAMPLES } from './pcm.ts';
import { PlayoutQueue } from './playout-queue.ts';

const TICKS_PER_ROUND = 500;
const ROUNDS = 15;

interface Leg {
  readonly port: MixerPort;
  readonly queue: PlayoutQueue;
  readonly speaks: boolean;
}

for (const legCount of [3, 10, 30, 100, 300]) benchConference(legCount);

function benchConference(legCount: number): void {
  const mixer = new ConferenceMixer();
  const legs = Array.from({ length: legCount }, (_, index): Leg => {
    const port = mixer.add(`leg ${index}`);
    return { port, queue: new PlayoutQueue(), speaks: index % 3 === 0 };
  });
  const payload = Uint8Array.from({ length: FRAME_SAMPLES }, (_, index) => index);
  const encoded = new Uint8Array(FRAME_SAMPLES);
  let tick = 0;
  const durationsMs: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const startMs = performance.now();
    for (let count = 0; count < TICKS_PER_ROUND; count++) {
      runTick({ mixer, legs, payload, encoded, tick: tick++ });
    }
    if (round > 0) durationsMs.push(performance.now() - startMs);
  }
  const [medianMs = 0] = durationsMs.toSorted((a, b) => a - b).slice(ROUNDS >> 1);
  const tickUs = (1000 * medianMs) / TICKS_PER_ROUND;
  const share = tickUs / 20_000;
  console.log(
    `${String(legCount).padStart(4)} legs ${tickUs.toFixed(1).padStart(8)} us per tick ` +
      `${(100 * share).toFixed(2).padStart(6)} % of a core`,
  );
}

function runTick(bench: {
  readonly mixer: ConferenceMixer;
  readonly legs: readonly Leg[];
  readonly payload: Uint8Array;
  readonly encoded: Uint8Array;
  readonly tick: number;
}): void {
  const { mixer, legs, payload, encoded, tick } = bench;
  for (const { port, queue, speaks } of legs) {
    if (!speaks) continue;
    queue.put(tick & 0xffff, (tick * FRAME_SAMPLES) >>> 0, payload);
    const frame = queue.take();
    if (frame === undefined) continue;
    PCMU.decode(frame, port.input);
    port.active = true;
  }
  mixer.mix();
  PCMU.encode(mixer.common, encoded);
  for (const { port } of legs) {
    const heard = port.output();
    if (heard !== mixer.common) PCMU.encode(heard, encoded);
  }
}
