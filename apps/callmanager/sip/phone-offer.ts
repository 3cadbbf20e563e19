/**
 * What a phone's SDP offers, in the rules' words, and our answer to it. Keys count only when the
 * signalling that carries them is protected (SEC-03); SRTP offered without them is no offer to us, and
 * opportunistic SRTP (RFC 8643) is RTP there.
 */
import {
  type Codec,
  type MediaAddress,
  type MediaOffer,
  RESOURCE_SUITES,
  type SrtpSuite,
  type StreamFormat,
} from '@conclave/core';
import {
  type AudioMedia,
  answerTo,
  audioMediaOf,
  type Direction,
  formatDescription,
  offerOf,
  parseDescription,
  type SessionDescription,
  withoutKeys,
} from '@conclave/sdp';
import { isSecureTransport, type SipTransport } from '@conclave/sip';
import { isSameKey, type KeyVault, type MasterKey } from '../key-vault.ts';
import type { SipPeer } from './sip-peer.ts';

/** Milliseconds of audio in a packet, where none is agreed on. */
const PACKET_MS = 20;

const DISCARD_PORT = 9;

/** Encodings by their names in SDP. */
const CODECS: ReadonlyMap<string, Codec> = new Map([
  ['PCMU', 'pcmu'],
  ['PCMA', 'pcma'],
  ['G722', 'g722'],
]);

const NAMES: Readonly<Record<Codec, string>> = { pcmu: 'PCMU', pcma: 'PCMA', g722: 'G722' };

/** What everybody has. */
const G711: readonly Codec[] = ['pcmu', 'pcma'];

export interface Answer {
  /** Where the phone is to send. */
  readonly host: string;
  readonly port: number;
  readonly rtcpPort?: number;
  readonly codec: Codec;
  readonly packetMs?: number;
  readonly direction: Direction;
  /** The stream that the phone is to receive. */
  readonly crypto?: { readonly suite: SrtpSuite; readonly key: MasterKey };
}

/** Of our descriptions: of the session, and its how-manieth. */
export interface Origin {
  readonly session: number;
  readonly version: number;
}

export class PhoneOffer {
  readonly media: MediaOffer;
  readonly description: SessionDescription;
  readonly #audio: AudioMedia;

  constructor(description: SessionDescription, audio: AudioMedia, media: MediaOffer) {
    this.description = description;
    this.#audio = audio;
    this.media = media;
  }

  /** Where the phone listens. */
  get host(): string {
    return this.#audio.host;
  }

  get port(): number {
    return this.#audio.port;
  }

  get address(): MediaAddress {
    const { host, port, rtcpPort } = this.#audio;
    return { host, port, ...(rtcpPort !== undefined && { rtcpPort }) };
  }

  /** Without SRTP there is nothing to answer. */
  get isSrtpRequired(): boolean {
    return this.#audio.profile === 'srtp';
  }

  /** It does not want to hear the other side. */
  get isHold(): boolean {
    return this.#audio.direction === 'sendonly' || this.#audio.direction === 'inactive';
  }

  /** The key of what the phone sends with this suite. */
  keyOf(suite: SrtpSuite): MasterKey | undefined {
    return this.#lineOf(suite);
  }

  tagOf(suite: SrtpSuite): number {
    return this.#lineOf(suite)?.tag ?? 1;
  }

  /** Whether it can do the same. */
  allows({ codecs, suites, packetMs, telephoneEvent }: MediaOffer): boolean {
    return (
      String(codecs) === String(this.media.codecs) &&
      String(suites) === String(this.media.suites) &&
      packetMs === this.media.packetMs &&
      telephoneEvent === this.media.telephoneEvent
    );
  }

  /** Whether it says the same, keys included. */
  equals(other: PhoneOffer): boolean {
    return (
      this.allows(other.media) &&
      this.host === other.host &&
      this.port === other.port &&
      this.address.rtcpPort === other.address.rtcpPort &&
      this.isHold === other.isHold &&
      this.media.suites.every((suite) => isSameKey(this.keyOf(suite), other.keyOf(suite)))
    );
  }

  /** Whether media of this format goes on as it was `before`. */
  sustains(before: PhoneOffer, { codec, suite }: StreamFormat): boolean {
    return (
      this.host === before.host &&
      this.port === before.port &&
      this.address.rtcpPort === before.address.rtcpPort &&
      this.isHold === before.isHold &&
      this.media.codecs.includes(codec) &&
      (suite === undefined
        ? !this.isSrtpRequired
        : this.media.suites.includes(suite) && isSameKey(this.keyOf(suite), before.keyOf(suite)))
    );
  }

  /** Its keys are used no more. */
  wipe(): void {
    for (const { key, salt } of this.#audio.crypto) {
      key.fill(0);
      salt.fill(0);
    }
  }

  #lineOf(suite: SrtpSuite): AudioMedia['crypto'][number] | undefined {
    return this.#audio.crypto.find((each) => each.suite === suite);
  }
}

/** Undefined: nothing in it that we could answer (488). */
export function readOffer(body: Uint8Array, transport: SipTransport): PhoneOffer | undefined {
  const parsed = parseDescription(body);
  if (!parsed.ok) return undefined;
  const description = isSecureTransport(transport) ? parsed.value : withoutKeys(parsed.value);
  const audio = audioMediaOf(description);
  if (!audio || audio.protection === 'unusable') return undefined;
  const codecs = audio.codecs.flatMap(({ name, clockRateHz }) =>
    clockRateHz === 8000 ? (CODECS.get(name) ?? []) : [],
  );
  if (codecs.length === 0) return undefined;
  const suites = [...new Set(audio.crypto.map(({ suite }) => suite))];
  const { packetMs, telephoneEvent } = audio;
  return new PhoneOffer(description, audio, {
    codecs,
    suites,
    ...(packetMs !== undefined && { packetMs }),
    ...(telephoneEvent !== undefined && { telephoneEvent }),
  });
}

/** Undefined: the offer admits no such answer. */
export function answerBody(
  offer: PhoneOffer,
  answer: Answer,
  origin: Origin,
): Uint8Array | undefined {
  const { codec, direction, crypto, packetMs = PACKET_MS, ...address } = answer;
  const line = crypto && {
    tag: offer.tagOf(crypto.suite),
    suite: crypto.suite,
    ...crypto.key,
  };
  const local = {
    ...address,
    codecs: [NAMES[codec]],
    direction,
    ...(line && { crypto: line }),
    packetMs,
  };
  const description = answerTo(offer.description, local, ours(origin));
  return description && formatDescription(description);
}

/**
 * What a peer counts as able of until it says. A phone: of no SRTP. A trunk: of what its connection protects,
 * as another call manager asks us for our offer just as we ask it, and would wait for ever.
 */
export function unsaidOffer({ isTrunk, flow }: SipPeer): MediaOffer {
  const suites = isTrunk && isSecureTransport(flow.transport) ? RESOURCE_SUITES : [];
  return { codecs: G711, suites };
}

/**
 * For a peer that calls without an offer: audio is agreed, with SRTP if it can (RFC 8643), and nothing is
 * sent yet.
 */
export function inactiveOffer(peer: SipPeer, session: number, keys: KeyVault): Uint8Array {
  const [suite] = unsaidOffer(peer).suites;
  const local = {
    host: peer.flow.local.host,
    port: DISCARD_PORT,
    codecs: G711.map((codec) => NAMES[codec]),
    direction: 'inactive',
    packetMs: PACKET_MS,
    ...(suite && { crypto: { tag: 1, suite, ...keys.fresh(suite) } }),
  } as const;
  const description = offerOf(local, ours({ session, version: 0 }));
  const media = description.media.map((each) => ({ ...each, protocol: 'RTP/AVP' }));
  return formatDescription({ ...description, media });
}

function ours({ session, version }: Origin): { sessionId: string; version: number } {
  return { sessionId: String(session), version };
}
