/** One conference: its participants and one mix a tick. Everybody hears everybody else. */
import { ConferenceMixer, FRAME_SAMPLES, type G711Codec, PCMA, PCMU } from '@conclave/audio';
import { ParticipantLeg } from './participant-leg.ts';

export class BridgeConference {
  readonly id: number;
  readonly #mixer = new ConferenceMixer();
  readonly #legs = new Map<number, ParticipantLeg>();
  /** What listeners who did not speak hear, encoded once for each codec. */
  readonly #common = new Map<G711Codec, Uint8Array>([
    [PCMU, new Uint8Array(FRAME_SAMPLES)],
    [PCMA, new Uint8Array(FRAME_SAMPLES)],
  ]);
  readonly #encoded = new Set<G711Codec>();
  readonly #own = new Uint8Array(FRAME_SAMPLES);

  constructor(id: number) {
    this.id = id;
  }

  get legs(): ReadonlyMap<number, ParticipantLeg> {
    return this.#legs;
  }

  add(callReference: number, name: string): ParticipantLeg {
    const leg = new ParticipantLeg(callReference, name, this.#mixer.add(String(callReference)));
    this.#legs.set(callReference, leg);
    return leg;
  }

  /** Out of the mix and off the wire when this returns. */
  drop(callReference: number): void {
    const leg = this.#legs.get(callReference);
    if (!leg) return;
    leg.media.close();
    this.#mixer.remove(leg.port.id);
    this.#legs.delete(callReference);
  }

  close(): void {
    for (const callReference of [...this.#legs.keys()]) this.drop(callReference);
  }

  tick(): void {
    for (const leg of this.#legs.values()) leg.contribute();
    this.#mixer.mix();
    this.#encoded.clear();
    for (const leg of this.#legs.values()) {
      const codec = leg.media.transmitCodec;
      if (codec) leg.media.send(this.#payloadFor(leg.port.output(), codec));
    }
  }

  #payloadFor(samples: Int16Array, codec: G711Codec): Uint8Array {
    const common = this.#common.get(codec);
    if (samples !== this.#mixer.common || !common) {
      codec.encode(samples, this.#own);
      return this.#own;
    }
    if (!this.#encoded.has(codec)) {
      codec.encode(samples, common);
      this.#encoded.add(codec);
    }
    return common;
  }
}
