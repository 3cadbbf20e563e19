/**
 * One conference: who is in it, and one mix a tick. Everybody hears everybody who speaks but himself.
 *
 * A tick: each participant who says something contributes his frame, or the loudest do if there are too
 * many; all are mixed once; each is sent what he hears, in his own law and with his own key. All who did
 * not contribute hear the same, so that this is encoded once for each law. While one alone speaks there
 * is nothing to mix. While nobody does there is silence, or the comfort noise of who spoke last.
 *
 * The mixer runs at 16 kHz while somebody is there who says or hears more than 8 kHz hold, otherwise at
 * 8. Legs with another codec than G.711, or other packet times, take the frames themselves (`say`).
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
  Resampler,
  SAMPLE_RATE_HZ,
  type Speaker,
  WIDE_FRAME_SAMPLES,
  WIDE_SAMPLE_RATE_HZ,
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
  place: MixerPort;
}

export class Conference {
  readonly id: number;
  /** Of its sockets; see `MEDIA_GROUPS`. */
  readonly group: number;
  /** Places that the call manager asked to be kept; a promise of ours, not a limit. */
  reserved: number;
  #mixer = new ConferenceMixer();
  readonly #loudest = new LoudestSpeakers();
  readonly #participants: Participant[] = [];
  readonly #legs = new Map<number, ParticipantLeg>();
  readonly #common: CommonPayload[] = [];
  #mixed = new Int16Array(FRAME_SAMPLES);
  /** Of the mixer's frames. */
  #silence: Int16Array = new Int16Array(FRAME_SAMPLES);
  readonly #own = new Uint8Array(FRAME_SAMPLES);
  readonly #narrow = new Int16Array(FRAME_SAMPLES);
  /** While the mixer is wide: what all hear, for those who hear 8 kHz. */
  #narrower: Resampler | undefined;
  #isNarrowFresh = false;
  /** Whose noise is heard while nobody speaks. */
  #lastSpeaker: ParticipantLeg | undefined;

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

  get mixerRateHz(): number {
    return this.#narrower ? WIDE_SAMPLE_RATE_HZ : SAMPLE_RATE_HZ;
  }

  /** The conference owns the leg from now on. */
  add(leg: ParticipantLeg): void {
    const place = this.#mixer.add(String(leg.callReference));
    this.#participants.push({ leg, place, loudness: 0, isMixed: false });
    this.#legs.set(leg.callReference, leg);
    leg.mixAt(this.mixerRateHz);
  }

  /** Out of the mix and off the wire when this returns; undefined when nobody of that name is in. */
  drop(callReference: number): ParticipantLeg | undefined {
    const index = this.#participants.findIndex(({ leg }) => leg.callReference === callReference);
    const participant = this.#participants[index];
    if (!participant) return undefined;
    participant.leg.close();
    this.#mixer.remove(participant.place.id);
    if (this.#lastSpeaker === participant.leg) this.#lastSpeaker = undefined;
    this.#participants.splice(index, 1);
    this.#legs.delete(callReference);
    this.settle();
    return participant.leg;
  }

  /** After channels were opened or closed: the mixer gets the rate that they need. */
  settle(): void {
    const isWide = this.#participants.some(({ leg }) => leg.isWide);
    if (isWide === (this.#narrower !== undefined)) return;
    const frameSamples = isWide ? WIDE_FRAME_SAMPLES : FRAME_SAMPLES;
    this.#narrower = isWide
      ? new Resampler(WIDE_SAMPLE_RATE_HZ, SAMPLE_RATE_HZ, WIDE_FRAME_SAMPLES)
      : undefined;
    this.#mixer = new ConferenceMixer(frameSamples);
    this.#mixed = new Int16Array(frameSamples);
    this.#silence = new Int16Array(frameSamples);
    for (const participant of this.#participants) {
      participant.place = this.#mixer.add(String(participant.leg.callReference));
      participant.leg.mixAt(this.mixerRateHz);
    }
  }

  close(): void {
    for (const callReference of this.callReferences) this.drop(callReference);
  }

  tick(): void {
    const participants = this.#participants;
    for (const participant of participants) participant.loudness = participant.leg.listen();
    this.#loudest.choose(participants);
    for (const common of this.#common) common.isFresh = false;
    this.#isNarrowFresh = false;
    let speakers = 0;
    let speaker: ParticipantLeg | undefined;
    let isAnnouncing = false;
    for (const { leg, isMixed } of participants) {
      if (leg.announcing) isAnnouncing = true;
      if (!isMixed) continue;
      speakers += 1;
      speaker = leg;
    }
    if (speakers > 1 || isAnnouncing) this.#mix();
    else this.#relay(speaker ?? (this.#lastSpeaker?.isNoisy ? this.#lastSpeaker : undefined));
    if (speaker) this.#lastSpeaker = speaker;
  }

  #mix(): void {
    const participants = this.#participants;
    for (const { leg, place, isMixed } of participants) if (isMixed) leg.contribute(place);
    this.#mixer.mix();
    for (const { leg, place } of participants) {
      const law = leg.transmitLaw;
      if (!law && !leg.isSentTo) continue;
      let heard = place.output();
      const { announcing } = leg;
      if (announcing) {
        announcing.mix(heard, this.#mixed);
        heard = this.#mixed;
      }
      if (law) leg.deliver(this.#payloadOf(leg, heard, law));
      else leg.say(heard);
    }
  }

  /** The only one who speaks is passed on as he is, which is what a mix of one would come to. */
  #relay(speaker: ParticipantLeg | undefined): void {
    let isDecoded = false;
    for (const { leg } of this.#participants) {
      const law = leg.transmitLaw;
      if (!law && !leg.isSentTo) continue;
      const isHearing = speaker !== undefined && leg !== speaker;
      if (!isHearing) {
        if (law) leg.deliver(SILENCE[law.name]);
        else leg.say(this.#silence);
        continue;
      }
      const asSent = law && speaker.frameIn(law);
      if (asSent) {
        leg.deliver(asSent);
        continue;
      }
      if (!isDecoded) speaker.decode(this.#mixed);
      isDecoded = true;
      if (law) leg.deliver(this.#commonPayload(this.#mixed, law));
      else leg.say(this.#mixed);
    }
  }

  #payloadOf(leg: ParticipantLeg, heard: Int16Array, law: G711Codec): Uint8Array {
    if (heard === this.#mixer.common) return this.#commonPayload(heard, law);
    law.encode(this.#narrower ? leg.narrow(heard) : heard, this.#own);
    return this.#own;
  }

  /** What many hear, encoded once for each law. */
  #commonPayload(heard: Int16Array, law: G711Codec): Uint8Array {
    const common = this.#commonOf(law);
    if (!common.isFresh) {
      law.encode(this.#narrowed(heard), common.bytes);
      common.isFresh = true;
    }
    return common.bytes;
  }

  #narrowed(heard: Int16Array): Int16Array {
    if (!this.#narrower) return heard;
    if (!this.#isNarrowFresh) this.#narrower.resample(heard, this.#narrow);
    this.#isNarrowFresh = true;
    return this.#narrow;
  }

  #commonOf(codec: G711Codec): CommonPayload {
    for (const common of this.#common) if (common.codec === codec) return common;
    const made = { codec, bytes: new Uint8Array(FRAME_SAMPLES), isFresh: false };
    this.#common.push(made);
    return made;
  }
}
