/**
 * For tests and benchmarks: a phone reduced to its media. It joins a conference through a fake call
 * manager, sends a tone with one key and listens with another.
 */
import { randomBytes } from 'node:crypto';
import {
  codecOf,
  detectTones,
  FRAME_SAMPLES,
  type G711Codec,
  loudnessOf,
  ToneGenerator,
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

/** 320 ms: enough to tell tones apart that are 100 Hz from each other. */
const HEARING_FRAMES = 16;

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
  /** 0 is µ-law, 8 is A-law. */
  readonly payloadType: 0 | 8;
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
  readonly #codec: G711Codec;
  readonly #tone: ToneGenerator | undefined;
  readonly #samples = new Int16Array(FRAME_SAMPLES);
  readonly #payload = new Uint8Array(FRAME_SAMPLES);
  readonly #heard = new Int16Array(HEARING_FRAMES * FRAME_SAMPLES);
  #heardFrames = 0;

  private constructor(options: FakePartyOptions, socket: UdpSocket) {
    const { payloadType, suite, toneHz } = options;
    this.options = options;
    this.socket = socket;
    this.sendKey = suite && newKey(suite);
    this.hearKey = suite && newKey(suite);
    this.#codec = codecOf(payloadType);
    const tone = { frequenciesHz: [toneHz ?? 1], levelDbov: TONE_LEVEL_DBOV };
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
    const { conferenceId = 0, callReference, payloadType } = this.options;
    const names = { conferenceId, callReference, passThroughPartyId: this.partyId };
    const compressionType = payloadType === 0 ? 4 : 2;
    const opened = await link.ask(
      'OpenReceiveChannel',
      {
        ...names,
        compressionType,
        milliSecondPacketSize: 20,
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
        compressionType,
        milliSecondPacketSize: 20,
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
    const packet = this.nextPacket();
    if (packet) this.send(packet);
  }

  /** The next packet of the tone, not sent. */
  nextPacket(): Uint8Array | undefined {
    if (!this.#tone) return undefined;
    this.#tone.write(this.#samples);
    this.#codec.encode(this.#samples, this.#payload);
    return this.outgoing.next(this.#payload);
  }

  send(packet: Uint8Array): void {
    this.socket.send(packet, this.bridgePort, '127.0.0.1');
  }

  hear(bytes: Uint8Array, from: { readonly address: string; readonly port: number }): void {
    this.datagrams.push(new Uint8Array(bytes));
    if (this.datagrams.length > HEARING_FRAMES) this.datagrams.shift();
    const packet = this.incoming.receive(bytes, from, performance.now());
    if (packet?.payload.length !== FRAME_SAMPLES) return;
    this.ssrcs.add(packet.ssrc);
    this.#heard.copyWithin(0, FRAME_SAMPLES);
    this.#codec.decode(packet.payload, this.#heard.subarray(-FRAME_SAMPLES));
    this.#heardFrames += 1;
  }

  /** Forgets what was heard until now. */
  listenAnew(): void {
    this.#heardFrames = 0;
  }

  /** Which of these tones sound; undefined until enough was heard. */
  hears(candidatesHz: readonly number[]): readonly number[] | undefined {
    return this.#heardFrames < HEARING_FRAMES ? undefined : detectTones(this.#heard, candidatesHz);
  }

  /** Of what was heard last. */
  loudness(): number {
    return loudnessOf(this.#heard);
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
