/**
 * For tests and benchmarks: a phone reduced to its media. It joins a conference through a fake call
 * manager, sends a tone with one key and listens with another.
 */
import { randomBytes } from 'node:crypto';
import {
  type AudioCodec,
  audioCodecOf,
  detectTones,
  loudnessOf,
  SAMPLE_RATE_HZ,
  ToneGenerator,
  type WaveformPayloadType,
} from '@conclave/audio';
import { UdpSocket } from '@conclave/net';
import type { FakeLink } from '@conclave/resource/fake-call-manager';
import {
  IncomingStream,
  keySizeOf,
  OutgoingStream,
  type SrtpMasterKey,
  type SrtpSuite,
  saltSizeOf,
} from '@conclave/rtp';

/** Enough to tell tones apart that are 100 Hz from each other. */
const HEARING_MS = 320;

const DATAGRAMS_MAX = 16;

const FRAME_MS = 20;

const PACKET_MS_MAX = 60;

/** Payload capabilities of SCCP. */
const CAPABILITIES: Readonly<Record<WaveformPayloadType, number>> = { 0: 4, 8: 2, 9: 6 };

const TONE_LEVEL_DBOV = -20;

const ALGORITHMS: Readonly<Record<SrtpSuite, number>> = {
  AES_CM_128_HMAC_SHA1_32: 1,
  AES_CM_128_HMAC_SHA1_80: 2,
  AEAD_AES_128_GCM: 5,
  AEAD_AES_256_GCM: 6,
};

export interface FakePartyOptions {
  readonly conferenceId?: number;
  readonly callReference: number;
  /** 0 is µ-law, 8 is A-law, 9 is G.722. */
  readonly payloadType: WaveformPayloadType;
  /** Of both directions: 20. */
  readonly packetMs?: number;
  /** What the party really sends: the same. */
  readonly sentMs?: number;
  /** Absent for RTP. */
  readonly suite?: SrtpSuite;
  /** What the party says; absent for nothing, so that no packet is sent. */
  readonly toneHz?: number;
}

export class FakeParty {
  readonly options: FakePartyOptions;
  readonly socket: UdpSocket;
  /** The bridge's port for this party. */
  bridgePort = 0;
  /** What the party sends with, and what it hears with. */
  readonly sendKey: SrtpMasterKey | undefined;
  readonly hearKey: SrtpMasterKey | undefined;
  /** Datagrams from the bridge as they came, the latest last. */
  readonly datagrams: Uint8Array[] = [];
  readonly outgoing: OutgoingStream;
  readonly incoming: IncomingStream;
  /** Sequence numbers and sources as they were heard. */
  readonly ssrcs: Set<number> = new Set<number>();
  /** How long the packets were that were heard. */
  readonly packetMs: Set<number> = new Set<number>();
  readonly #codec: AudioCodec;
  readonly #tone: ToneGenerator | undefined;
  readonly #packetMs: number;
  readonly #sentMs: number;
  readonly #samples: Int16Array;
  readonly #payload = new Uint8Array(480);
  readonly #decoded: Int16Array;
  readonly #heard: Int16Array;
  #heardSamples = 0;
  #unsaidMs = 0;

  private constructor(options: FakePartyOptions, socket: UdpSocket) {
    const { payloadType, suite, toneHz, packetMs = FRAME_MS } = options;
    this.options = options;
    this.socket = socket;
    this.sendKey = suite && newKey(suite);
    this.hearKey = suite && newKey(suite);
    this.#codec = audioCodecOf(payloadType);
    this.#packetMs = packetMs;
    this.#sentMs = options.sentMs ?? packetMs;
    this.#samples = new Int16Array(this.#countOf(this.#sentMs));
    this.#decoded = new Int16Array(this.#countOf(PACKET_MS_MAX));
    this.#heard = new Int16Array(this.#countOf(HEARING_MS));
    const { sampleRateHz } = this.#codec;
    const tone = { frequenciesHz: [toneHz ?? 1], levelDbov: TONE_LEVEL_DBOV, sampleRateHz };
    this.#tone = toneHz === undefined ? undefined : new ToneGenerator(tone);
    this.outgoing = new OutgoingStream({
      payloadType,
      ssrc: randomBytes(4).readUInt32BE(),
      sequenceNumber: randomBytes(2).readUInt16BE(),
      timestamp: randomBytes(4).readUInt32BE(),
      ...(this.sendKey && { key: copyOf(this.sendKey) }),
    });
    this.incoming = new IncomingStream({
      payloadType,
      ...(this.hearKey && { key: copyOf(this.hearKey) }),
    });
  }

  /** A party that is in no conference. */
  static async alone(options: FakePartyOptions): Promise<FakeParty> {
    let party: FakeParty | undefined;
    const socket = await UdpSocket.open({
      host: '127.0.0.1',
      port: 0,
      onPacket: (bytes, from) => party?.hear(bytes, from),
    });
    party = new FakeParty(options, socket);
    return party;
  }

  /** Adds the party to its conference and opens both of its channels. */
  static async join(link: FakeLink, options: FakePartyOptions): Promise<FakeParty> {
    const party = await FakeParty.alone(options);
    const { conferenceId = 0, callReference } = options;
    const added = await link.ask(
      'AddParticipantReq',
      { conferenceId, callReference, participantName: `party ${callReference}` },
      'AddParticipantRes',
    );
    if (added.add_participant_result !== 0) throw new Error('the bridge adds the party');
    await party.openChannels(link);
    return party;
  }

  /** Opens both channels, or opens them anew. */
  async openChannels(link: FakeLink): Promise<void> {
    const { conferenceId = 0, callReference } = this.options;
    const names = { conferenceId, callReference, passThroughPartyId: this.partyId };
    const format = {
      compressionType: CAPABILITIES[this.options.payloadType],
      milliSecondPacketSize: this.#packetMs,
      RFC2833PayloadType: 101,
    };
    const opened = await link.ask(
      'OpenReceiveChannel',
      {
        ...names,
        ...format,
        mRxMediaEncryptionKeyInfo: keyInfo(this.sendKey),
      },
      'OpenReceiveChannelAck',
    );
    if (opened.mediaReceptionStatus !== 0) throw new Error('the bridge opens a receive channel');
    this.bridgePort = opened.portNumber;
    this.incoming.expect({ address: '127.0.0.1', port: this.bridgePort });
    await link.ask(
      'StartMediaTransmission',
      {
        ...names,
        ...format,
        remoteIpAddr: '127.0.0.1',
        remotePortNumber: this.socket.port,
        mTxMediaEncryptionKeyInfo: keyInfo(this.hearKey),
      },
      'StartMediaTransmissionAck',
    );
  }

  get partyId(): number {
    return 1000 + this.options.callReference;
  }

  /** Says one frame of the tone. */
  speak(): void {
    for (this.#unsaidMs += FRAME_MS; this.#unsaidMs >= this.#sentMs; ) {
      this.#unsaidMs -= this.#sentMs;
      const packet = this.nextPacket();
      if (packet) this.send(packet);
    }
  }

  /** The next packet of the tone, not sent. */
  nextPacket(): Uint8Array | undefined {
    if (!this.#tone) return undefined;
    this.#tone.write(this.#samples);
    const size = this.#codec.encode(this.#samples, this.#payload);
    return this.outgoing.next(this.#payload.subarray(0, size));
  }

  send(packet: Uint8Array): void {
    this.socket.send(packet, this.bridgePort, '127.0.0.1');
  }

  hear(bytes: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    this.datagrams.push(new Uint8Array(bytes));
    if (this.datagrams.length > DATAGRAMS_MAX) this.datagrams.shift();
    const packet = this.incoming.receive(bytes, from, performance.now());
    const count = packet ? this.#codec.decode(packet.payload, this.#decoded) : 0;
    if (!packet || count === 0) return;
    this.ssrcs.add(packet.ssrc);
    this.packetMs.add((1000 * count) / this.#codec.sampleRateHz);
    this.#heard.copyWithin(0, count);
    this.#heard.set(this.#decoded.subarray(0, count), this.#heard.length - count);
    this.#heardSamples += count;
  }

  /** Forgets what was heard until now. */
  listenAnew(): void {
    this.#heardSamples = 0;
  }

  /** Which of these tones sound; undefined until enough was heard. */
  hears(candidatesHz: readonly number[]): readonly number[] | undefined {
    if (this.#heardSamples < this.#heard.length) return undefined;
    const found = detectTones(
      this.#heard,
      candidatesHz.map((each) => this.#narrow(each)),
    );
    return candidatesHz.filter((each) => found.includes(this.#narrow(each)));
  }

  /** Of what was heard last. */
  loudness(): number {
    return loudnessOf(this.#heard);
  }

  #countOf(ms: number): number {
    return (ms * this.#codec.sampleRateHz) / 1000;
  }

  /** Tones are found at 8 kHz: one of a faster clock is as much lower there. */
  #narrow(toneHz: number): number {
    return (toneHz * SAMPLE_RATE_HZ) / this.#codec.sampleRateHz;
  }

  close(): void {
    this.socket.close();
    this.outgoing.close();
    this.incoming.close();
  }
}

export function keyInfo(key: SrtpMasterKey | undefined): {
  readonly algorithmID: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
} {
  if (!key) return { algorithmID: 0, key: new Uint8Array(0), salt: new Uint8Array(0) };
  return { algorithmID: ALGORITHMS[key.suite], key: key.key, salt: key.salt };
}

function newKey(suite: SrtpSuite): SrtpMasterKey {
  return {
    suite,
    key: new Uint8Array(randomBytes(keySizeOf(suite))),
    salt: new Uint8Array(randomBytes(saltSizeOf(suite))),
  };
}

function copyOf({ suite, key, salt }: SrtpMasterKey): SrtpMasterKey {
  return { suite, key: key.slice(), salt: salt.slice() };
}
