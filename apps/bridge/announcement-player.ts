/** What one participant is told: clips one after the other, over the conference, which steps back. */
import { saturate } from '@conclave/audio';

/** Clips that may wait; what is past them is not said. */
const QUEUE_MAX = 128;

/** How much of the conference is left beside a clip. */
const DUCKING = 0.25;

export class AnnouncementPlayer {
  readonly #queue: Int16Array[] = [];
  #position = 0;

  get isPlaying(): boolean {
    return this.#queue.length > 0;
  }

  /** `instead`: nothing of what waits or plays is true any more. */
  play(clips: readonly Int16Array[], instead: boolean): void {
    if (instead) this.stop();
    this.#queue.push(...clips.slice(0, QUEUE_MAX - this.#queue.length));
  }

  stop(): void {
    this.#queue.length = 0;
    this.#position = 0;
  }

  /** Writes the next frame, over what is heard of the conference, into `target`. Allocates nothing. */
  mix(heard: Int16Array, target: Int16Array): void {
    const [clip] = this.#queue;
    for (let index = 0; index < target.length; index++) {
      const said = clip?.[this.#position + index] ?? 0;
      target[index] = saturate(said + Math.round(DUCKING * (heard[index] ?? 0)));
    }
    this.#position += target.length;
    if (clip && this.#position < clip.length) return;
    this.#queue.shift();
    this.#position = 0;
  }
}
