/**
 * All streams of one phone. One clock takes a frame from every stream that is received, plays their
 * sum into the ear, and sends what the phone says to every stream that is transmitted.
 *
 * The streams of one call are mixed: each is sent what the phone says and what the others of the call
 * say. With a single stream that is the microphone; a second one is a party that barges in through the
 * built-in bridge, heard and sent for exactly as long as its streams are open (SEC-17).
 *
 * Keys live only in the streams: the request's copy is wiped when a direction opens, the derived ones
 * when it closes. What does not authenticate is counted and never heard.
 */
import { ConferenceMixer, FRAME_SAMPLES, type MixerPort, saturate } from '@conclave/audio';
import { MediaClock } from '@conclave/net';
import {
  MediaEncryptionAlgorithm,
  MediaPayloadType,
  type PhoneChannel,
  type PhoneCodec,
  type PhoneEndpoint,
  type PhoneMediaKey,
  type ReceiveRequest,
  type TransmitRequest,
} from '@conclave/sccp';
import { type KeyInfo, MediaChannel } from './media-channel.ts';
import { addCounters, type MediaCounters, NO_COUNTERS } from './media-counters.ts';
import type { PhoneAudio } from './phone-audio.ts';

/** Calls whose counters are remembered after their end; the oldest go first. */
const PAST_CALLS_MAX = 64;

/** Streams at a time; a call manager that opens more is refused. */
const STREAMS_MAX = 32;

/** Ports are handed out at random, so half of them are even, as RFC 3550 §11 wants them. */
const PORT_ATTEMPTS_MAX = 32;

const PAYLOADS: Readonly<Record<PhoneCodec, number>> = {
  pcmu: MediaPayloadType.G711Ulaw64k,
  pcma: MediaPayloadType.G711Alaw64k,
  g722: MediaPayloadType.G722_64k,
};

const ALGORITHMS: Readonly<Record<PhoneMediaKey['suite'], number>> = {
  AES_CM_128_HMAC_SHA1_32: MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_32,
  AES_CM_128_HMAC_SHA1_80: MediaEncryptionAlgorithm.AES_CM_128_HMAC_SHA1_80,
};

export type Protection = 'srtp' | 'rtp' | 'none';

/** Of one call, from its first stream on. */
export interface CallStatistics extends MediaCounters {
  /** What is sent now. */
  readonly sent: Protection;
  /** What is received now. */
  readonly received: Protection;
}

/** What the streams of one call and the phone's user say to each other. */
interface CallMix {
  readonly mixer: ConferenceMixer;
  readonly user: MixerPort;
}

/** One party of one call. */
interface Stream {
  readonly call: number;
  readonly channel: MediaChannel;
  readonly place: MixerPort;
  /** Our own port, once it is known. */
  port: number;
  /** Openings so far. */
  openings: number;
  /** The opening whose socket is being bound and is still wanted; 0 for none. */
  wanted: number;
  past: MediaCounters;
}

export class PhoneMedia {
  readonly #address: string;
  readonly #audio: PhoneAudio;
  /** By the call manager's party number. */
  readonly #streams = new Map<number, Stream>();
  /** By call, for those that have streams. */
  readonly #mixes = new Map<number, CallMix>();
  readonly #past = new Map<number, MediaCounters>();
  readonly #clock = new MediaClock(() => this.#tick());
  readonly #sum = new Int32Array(FRAME_SAMPLES);
  readonly #said = new Int16Array(FRAME_SAMPLES);
  readonly #heard = new Int16Array(FRAME_SAMPLES);
  #total: MediaCounters = NO_COUNTERS;

  /** `address` is the one to listen on. */
  constructor(address: string, audio: PhoneAudio) {
    this.#address = address;
    this.#audio = audio;
  }

  /**
   * Listens on a fresh even port. Undefined when the stream was closed or opened anew meanwhile;
   * rejects when there is no room or no socket.
   */
  async openReceive(request: ReceiveRequest): Promise<PhoneEndpoint | undefined> {
    const stream = this.#streamOf(request);
    keepReceived(stream);
    stream.openings += 1;
    const opening = stream.openings;
    stream.wanted = opening;
    const info = keyInfoOf(request.key);
    const { source } = request;
    const place = { host: this.#address, ...(source && { source }) };
    try {
      for (let attempt = 1; stream.wanted === opening; attempt += 1) {
        stream.port = await stream.channel.openReceive(PAYLOADS[request.codec], info, place);
        if (stream.wanted !== opening) break;
        if (stream.port % 2 === 1 && attempt < PORT_ATTEMPTS_MAX) continue;
        stream.wanted = 0;
        return { address: this.#address, port: stream.port };
      }
      return undefined;
    } catch (error) {
      if (stream.wanted !== opening) return undefined;
      closeReceive(stream);
      throw error;
    } finally {
      wipe(info);
      this.#settle();
    }
  }

  /** Sends from the port that the stream listens on. Throws when it does not, or there is no room. */
  startTransmit(request: TransmitRequest): PhoneEndpoint {
    const stream = this.#streamOf(request);
    keepSent(stream);
    const info = keyInfoOf(request.key);
    try {
      if (stream.wanted === 0 && stream.channel.statistics().received === 'none') {
        throw Object.assign(new Error('no receive channel to send from'), { code: 'ENOTCONN' });
      }
      const { codec, packetMs, remote } = request;
      stream.channel.startTransmit({ compression: PAYLOADS[codec], packetMs }, info, remote);
      return { address: this.#address, port: stream.port };
    } finally {
      wipe(info);
      this.#settle();
    }
  }

  closeReceive({ party }: PhoneChannel): void {
    const stream = this.#streams.get(party);
    if (!stream) return;
    closeReceive(stream);
    this.#settle();
  }

  stopTransmit({ party }: PhoneChannel): void {
    const stream = this.#streams.get(party);
    if (!stream) return;
    stopTransmit(stream);
    this.#settle();
  }

  /** Ends all streams and wipes all keys; the counters stay. */
  close(): void {
    for (const stream of this.#streams.values()) close(stream);
    this.#settle();
  }

  /** Of all calls, since the phone connected. */
  counters(): MediaCounters {
    return [...this.#streams.values()].map(countersOf).reduce(addCounters, this.#total);
  }

  /** Undefined for a call that never had media. */
  statisticsOf(call: number): CallStatistics | undefined {
    const streams = [...this.#streams.values()].filter((stream) => stream.call === call);
    const past = this.#past.get(call);
    return streams.length === 0 && !past ? undefined : statisticsOf(streams, past);
  }

  /** Of one party of a call, while it has a stream. */
  statisticsOfParty(party: number): CallStatistics | undefined {
    const stream = this.#streams.get(party);
    return stream && statisticsOf([stream]);
  }

  #streamOf({ party, call }: PhoneChannel): Stream {
    const found = this.#streams.get(party);
    if (found?.call === call) return found;
    // The call manager uses the party for another call now.
    if (found) close(found);
    this.#settle();
    if (this.#streams.size >= STREAMS_MAX) {
      throw Object.assign(new Error(`${STREAMS_MAX} streams are open`), { code: 'EMFILE' });
    }
    const stream: Stream = {
      call,
      channel: new MediaChannel(),
      place: this.#mixOf(call).mixer.add(String(party)),
      port: 0,
      openings: 0,
      wanted: 0,
      past: NO_COUNTERS,
    };
    this.#streams.set(party, stream);
    return stream;
  }

  #mixOf(call: number): CallMix {
    const found = this.#mixes.get(call);
    if (found) return found;
    const mixer = new ConferenceMixer();
    const mix: CallMix = { mixer, user: mixer.add('user') };
    this.#mixes.set(call, mix);
    return mix;
  }

  /** Forgets streams that do nothing any more, but not what they counted; runs the clock if need be. */
  #settle(): void {
    for (const [party, stream] of this.#streams) {
      if (stream.channel.open || stream.wanted > 0) continue;
      this.#total = addCounters(this.#total, stream.past);
      this.#past.set(
        stream.call,
        addCounters(this.#past.get(stream.call) ?? NO_COUNTERS, stream.past),
      );
      this.#streams.delete(party);
      this.#forget(stream);
    }
    for (const call of this.#past.keys()) {
      if (this.#past.size <= PAST_CALLS_MAX) break;
      this.#past.delete(call);
    }
    if (this.#streams.size > 0) return this.#clock.start();
    this.#clock.stop();
    this.#audio.hush();
  }

  /** Takes the stream out of the mix of its call. */
  #forget({ call, place }: Stream): void {
    const mixer = this.#mixes.get(call)?.mixer;
    mixer?.remove(place.id);
    if (mixer?.portCount === 1) this.#mixes.delete(call);
  }

  #tick(): void {
    this.#audio.speak(this.#said);
    for (const { user } of this.#mixes.values()) {
      user.input.set(this.#said);
      user.active = true;
    }
    for (const { channel, place } of this.#streams.values()) {
      place.active = channel.take(place.input);
    }
    this.#sum.fill(0);
    for (const { mixer, user } of this.#mixes.values()) {
      mixer.mix();
      for (const [index, sample] of user.output().entries()) {
        this.#sum[index] = (this.#sum[index] ?? 0) + sample;
      }
    }
    for (const [index, sample] of this.#sum.entries()) this.#heard[index] = saturate(sample);
    this.#audio.listen(this.#heard);
    for (const { channel, place } of this.#streams.values()) {
      channel.say(place.output());
    }
  }
}

function statisticsOf(
  streams: readonly Stream[],
  past: MediaCounters = NO_COUNTERS,
): CallStatistics {
  const open = streams.map(({ channel }) => channel.statistics());
  return {
    ...streams.map(countersOf).reduce(addCounters, past),
    sent: weakest(open.map(({ sent }) => sent)),
    received: weakest(open.map(({ received }) => received)),
  };
}

function close(stream: Stream): void {
  closeReceive(stream);
  stopTransmit(stream);
}

function closeReceive(stream: Stream): void {
  keepReceived(stream);
  stream.wanted = 0;
  stream.channel.closeReceive();
}

function stopTransmit(stream: Stream): void {
  keepSent(stream);
  stream.channel.stopTransmit();
}

/** Each direction's counters end with it. */
function keepReceived(stream: Stream): void {
  stream.past = addCounters(stream.past, receivedOf(stream.channel));
}

function keepSent(stream: Stream): void {
  stream.past = addCounters(stream.past, sentOf(stream.channel));
}

function countersOf({ channel, past }: Stream): MediaCounters {
  return [receivedOf(channel), sentOf(channel)].reduce(addCounters, past);
}

/** Of the stream that is received now. */
function receivedOf(channel: MediaChannel): MediaCounters {
  const { received, counters, packetsLost, jitterMs } = channel.statistics();
  if (!channel.open || received === 'none' || !counters) return NO_COUNTERS;
  const { received: packetsReceived, octets: octetsReceived, ...failures } = counters;
  return { ...NO_COUNTERS, ...failures, packetsReceived, octetsReceived, packetsLost, jitterMs };
}

/** Of the stream that is sent now. */
function sentOf(channel: MediaChannel): MediaCounters {
  const { sent, packetsSent, octetsSent } = channel.statistics();
  if (!channel.open || sent === 'none') return NO_COUNTERS;
  return { ...NO_COUNTERS, packetsSent, octetsSent };
}

/** One stream in the clear makes all of it clear. */
function weakest(protections: readonly Protection[]): Protection {
  const open = protections.filter((each) => each !== 'none');
  if (open.length === 0) return 'none';
  return open.includes('rtp') ? 'rtp' : 'srtp';
}

function keyInfoOf(key: PhoneMediaKey | undefined): KeyInfo {
  if (!key) return { algorithmID: 0, key: new Uint8Array(0), salt: new Uint8Array(0) };
  return { algorithmID: ALGORITHMS[key.suite], key: key.key, salt: key.salt };
}

function wipe({ key, salt }: KeyInfo): void {
  key.fill(0);
  salt.fill(0);
}
