/**
 * One conference: who is in it, and one mix a tick. Everybody hears everybody who speaks but himself.
 *
 * A tick: each participant who says something contributes his frame, or the loudest do if there are too
 * many; all are mixed once; each is sent what he hears, in his own law and with his own key. All who did
 * not contribute hear the same, so that this is encoded once for each law. While one alone speaks there
 * is nothing to mix, and while nobody does there is silence.
 *
 * Invariant: who has been dropped is out of the mix and off the wire. `callReferences` is therefore
 * the truth on which a call manager may raise a lock.
 */
import {
  ConferenceMixer,
  FRAME_SAMPLES,
  type G711Codec,
  LoudestSpeakers,
  type MixerPort,
  PCMA,
  PCMU,
  type Speaker,
} from '@conclave/audio';
import type { ParticipantLeg } from './participant-leg.ts';

/** What one law makes of the common mix, once a tick. */
interface CommonPayload {
  readonly codec: G711Codec;
  readonly bytes: Uint8Array;
  isFresh: boolean;
}

const SILENCE: Readonly<Record<G711Codec['name'], Uint8Array>> = {
  PCMU: new Uint8Array(FRAME_SAMPLES).fill(PCMU.silence),
  PCMA: new Uint8Array(FRAME_SAMPLES).fill(PCMA.silence),
};

interface Participant extends Speaker {
  readonly leg: ParticipantLeg;
  readonly place: MixerPort;
}

export class Conference {
  readonly id: number;
  /** Of its sockets; see `MEDIA_GROUPS`. */
  readonly group: number;
  /** Places that the call manager asked to be kept; a promise of ours, not a limit. */
  reserved: number;
  readonly #mixer = new ConferenceMixer();
  readonly #loudest = new LoudestSpeakers();
  readonly #participants: Participant[] = [];
  readonly #legs = new Map<number, ParticipantLeg>();
  readonly #common: CommonPayload[] = [];
  readonly #mixed = new Int16Array(FRAME_SAMPLES);
  readonly #own = new Uint8Array(FRAME_SAMPLES);

  constructor(id: number, reserved: number, group = 0) {
    this.id = id;
    this.group = group;
    this.reserved = reserved;
  }

  get legs(): ReadonlyMap<number, ParticipantLeg> {
    return this.#legs;
  }

  /** Everybody who is in the mix. */
  get callReferences(): readonly number[] {
    return this.#participants.map(({ leg }) => leg.callReference);
  }

  /** The conference owns the leg from now on. */
  add(leg: ParticipantLeg): void {
    const place = this.#mixer.add(String(leg.callReference));
    this.#participants.push({ leg, place, loudness: 0, isMixed: false });
    this.#legs.set(leg.callReference, leg);
  }

  /** Out of the mix and off the wire when this returns; undefined when nobody of that name is in. */
  drop(callReference: number): ParticipantLeg | undefined {
    const index = this.#participants.findIndex(({ leg }) => leg.callReference === callReference);
    const participant = this.#participants[index];
    if (!participant) return undefined;
    participant.leg.close();
    this.#mixer.remove(participant.place.id);
    this.#participants.splice(index, 1);
    this.#legs.delete(callReference);
    return participant.leg;
  }

  close(): void {
    for (const callReference of this.callReferences) this.drop(callReference);
  }

  tick(): void {
    const participants = this.#participants;
    for (const participant of participants) participant.loudness = participant.leg.listen();
    this.#loudest.choose(participants);
    for (const common of this.#common) common.isFresh = false;
    let speakers = 0;
    let speaker: ParticipantLeg | undefined;
    let isAnnouncing = false;
    for (const { leg, isMixed } of participants) {
      if (leg.announcements.isPlaying) isAnnouncing = true;
      if (!isMixed) continue;
      speakers += 1;
      speaker = leg;
    }
    if (speakers > 1 || isAnnouncing) this.#mix();
    else this.#relay(speaker);
  }

  #mix(): void {
    const participants = this.#participants;
    for (const { leg, place, isMixed } of participants) if (isMixed) leg.contribute(place);
    this.#mixer.mix();
    for (const { leg, place } of participants) {
      const codec = leg.transmitCodec;
      if (!codec) continue;
      const heard = place.output();
      leg.deliver(
        leg.announcements.isPlaying
          ? this.#announced(leg, heard, codec)
          : this.#payloadOf(heard, codec),
      );
    }
  }

  /** The only one who speaks is passed on as he is, which is what a mix of one would come to. */
  #relay(speaker: ParticipantLeg | undefined): void {
    for (const { leg } of this.#participants) {
      const codec = leg.transmitCodec;
      if (!codec) continue;
      if (!speaker || leg === speaker) leg.deliver(SILENCE[codec.name]);
      else leg.deliver(speaker.frameIn(codec) ?? this.#translated(speaker, codec));
    }
  }

  #translated(speaker: ParticipantLeg, codec: G711Codec): Uint8Array {
    const common = this.#commonOf(codec);
    if (!common.isFresh) {
      speaker.decode(this.#mixed);
      codec.encode(this.#mixed, common.bytes);
      common.isFresh = true;
    }
    return common.bytes;
  }

  #announced(leg: ParticipantLeg, heard: Int16Array, codec: G711Codec): Uint8Array {
    leg.announcements.mix(heard, this.#mixed);
    codec.encode(this.#mixed, this.#own);
    return this.#own;
  }

  #payloadOf(heard: Int16Array, codec: G711Codec): Uint8Array {
    if (heard !== this.#mixer.common) {
      codec.encode(heard, this.#own);
      return this.#own;
    }
    const common = this.#commonOf(codec);
    if (!common.isFresh) {
      codec.encode(heard, common.bytes);
      common.isFresh = true;
    }
    return common.bytes;
  }

  #commonOf(codec: G711Codec): CommonPayload {
    for (const common of this.#common) if (common.codec === codec) return common;
    const made = { codec, bytes: new Uint8Array(FRAME_SAMPLES), isFresh: false };
    this.#common.push(made);
    return made;
  }
}
