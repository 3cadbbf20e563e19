/**
 * Says to a caller why it is refused, before the refusal: early media from the call manager itself, as the
 * caller must not come near the conference. One socket sends to all; nobody is listened to.
 */
import { randomBytes } from 'node:crypto';
import { codecOf, FRAME_SAMPLES, type G711Codec } from '@conclave/audio';
import type { Codec, SrtpSuite } from '@conclave/core';
import { MediaClock } from '@conclave/net';
import { type Clips, readClips } from '@conclave/resource';
import { OutgoingStream } from '@conclave/rtp';
import type { MasterKey } from './key-vault.ts';

export interface Announcement {
  readonly name: 'refused-authenticated' | 'refused-encrypted';
  readonly to: { readonly host: string; readonly port: number };
  readonly codec: Exclude<Codec, 'g722'>;
  /** Absent for RTP. */
  readonly crypto?: { readonly suite: SrtpSuite; readonly key: MasterKey };
}

/** Callers that are told at a time; others are refused without a word. */
const PLAYING_MAX = 50;

const SUITES = ['AES_CM_128_HMAC_SHA1_80', 'AES_CM_128_HMAC_SHA1_32'] as const;

const PAYLOAD_TYPES = { pcmu: 0, pcma: 8 } as const;

/** What everybody is sent from. */
export interface SpeakerSocket {
  readonly port: number;
  send(packet: Uint8Array, port: number, host: string): void;
}

interface Playing {
  readonly stream: OutgoingStream;
  readonly codec: G711Codec;
  readonly clip: Int16Array;
  readonly to: Announcement['to'];
  readonly ended: () => void;
  position: number;
}

export class Annunciator {
  readonly #socket: SpeakerSocket;
  readonly #clips: Clips;
  readonly #playing = new Set<Playing>();
  readonly #clock = new MediaClock(() => this.#tick());
  readonly #payload = new Uint8Array(FRAME_SAMPLES);
  readonly #frame = new Int16Array(FRAME_SAMPLES);

  constructor(socket: SpeakerSocket) {
    this.#socket = socket;
    this.#clips = readClips('en');
  }

  readonly suites: readonly SrtpSuite[] = SUITES;

  /** Where it sends from. */
  get port(): number {
    return this.#socket.port;
  }

  /** Gives what stops it; undefined when it cannot be said. */
  play(announcement: Announcement, ended: () => void): (() => void) | undefined {
    const { name, to, codec, crypto } = announcement;
    const clip = this.#clips.get(name);
    if (!clip || this.#playing.size >= PLAYING_MAX) return undefined;
    const suite = SUITES.find((each) => each === crypto?.suite);
    if (crypto && !suite) return undefined;
    const key = suite && crypto && { suite, ...crypto.key };
    const random = randomBytes(10);
    const payloadType = PAYLOAD_TYPES[codec];
    const playing: Playing = {
      stream: new OutgoingStream({
        payloadType,
        ssrc: random.readUInt32BE(0),
        timestamp: random.readUInt32BE(4),
        sequenceNumber: random.readUInt16BE(8),
        ...(key && { key }),
      }),
      codec: codecOf(payloadType),
      clip,
      to,
      ended,
      position: 0,
    };
    this.#playing.add(playing);
    this.#clock.start();
    return () => this.#stop(playing);
  }

  /** Nothing is said any more. */
  close(): void {
    for (const playing of this.#playing) this.#stop(playing);
  }

  #tick(): void {
    for (const playing of [...this.#playing]) {
      const { clip, position, codec, stream, to } = playing;
      if (position >= clip.length) {
        this.#stop(playing);
        playing.ended();
        continue;
      }
      this.#frame.fill(0);
      this.#frame.set(clip.subarray(position, position + FRAME_SAMPLES));
      codec.encode(this.#frame, this.#payload);
      this.#socket.send(stream.next(this.#payload), to.port, to.host);
      playing.position += FRAME_SAMPLES;
    }
  }

  #stop(playing: Playing): void {
    playing.stream.close();
    this.#playing.delete(playing);
    if (this.#playing.size === 0) this.#clock.stop();
  }
}
