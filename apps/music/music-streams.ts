/**
 * Every stream that is played now: its own place in the music, its own source and numbers, its own key
 * (BRG-09). All leave by one socket, on which nobody is listened to.
 */
import { randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { codecOf, FRAME_SAMPLES, type G711Codec } from '@conclave/audio';
import { openMediaSocket, type UdpSocket } from '@conclave/net';
import { OutgoingStream, type StreamSource } from '@conclave/rtp';
import {
  type ChannelReference,
  MediaStatus,
  type MusicAnswer,
  type MusicCommand,
} from '@conclave/sccp';

/** SSRC, timestamp and sequence number, in this order. */
const RANDOM_SIZE = 10;

type StartCommand = Extract<MusicCommand, { type: 'start-transmit' }>;
type StatisticsCommand = Extract<MusicCommand, { type: 'connection-statistics' }>;

export interface StreamStatus {
  readonly callReference: number;
  readonly kind: 'srtp' | 'rtp';
  readonly codec: 'PCMU' | 'PCMA';
  readonly address: string;
  readonly port: number;
  readonly packetsSent: number;
}

export interface MusicStreamsOptions {
  /** To send from. */
  readonly address: string;
  readonly streamsMax: number;
  /** What is played now: another array for other music, at least one frame of it. */
  readonly music: () => Int16Array;
}

interface Stream {
  readonly callReference: number;
  readonly isSecure: boolean;
  readonly codec: G711Codec;
  readonly remote: StreamSource;
  readonly outgoing: OutgoingStream;
  /** What it plays, and the sample that is next. */
  music: Int16Array;
  position: number;
}

export class MusicStreams {
  readonly #options: MusicStreamsOptions;
  readonly #socket: UdpSocket;
  /** By the call manager's party number. */
  readonly #streams = new Map<number, Stream>();
  readonly #frame = new Int16Array(FRAME_SAMPLES);
  readonly #payload = new Uint8Array(FRAME_SAMPLES);

  private constructor(options: MusicStreamsOptions, socket: UdpSocket) {
    this.#options = options;
    this.#socket = socket;
  }

  /** Rejects with an Error that has a `code` when there is no socket. */
  static async open(options: MusicStreamsOptions): Promise<MusicStreams> {
    return new MusicStreams(options, await openMediaSocket(options.address, () => {}));
  }

  get count(): number {
    return this.#streams.size;
  }

  /** Plays from the beginning, instead of an older stream of this party if there is one. */
  start(command: StartCommand): MusicAnswer {
    const { passThroughPartyId, callReference, remote, payloadType, key } = command;
    this.stop(command);
    const status = payloadType === 9 ? MediaStatus.InvalidCodec : this.#statusFor(remote);
    if (payloadType !== 9 && status === MediaStatus.Ok) {
      const random = randomBytes(RANDOM_SIZE);
      this.#streams.set(passThroughPartyId, {
        callReference,
        isSecure: key !== undefined,
        codec: codecOf(payloadType),
        remote,
        outgoing: new OutgoingStream({
          payloadType,
          ssrc: random.readUInt32BE(0),
          timestamp: random.readUInt32BE(4),
          sequenceNumber: random.readUInt16BE(8),
          ...(key && { key }),
        }),
        music: this.#options.music(),
        position: 0,
      });
    }
    key?.key.fill(0);
    key?.salt.fill(0);
    return {
      type: 'transmit-started',
      conferenceId: command.conferenceId,
      callReference,
      passThroughPartyId,
      status,
      address: status === MediaStatus.Ok ? this.#options.address : '',
      port: status === MediaStatus.Ok ? this.#socket.port : 0,
    };
  }

  /** A party that is not played to is no fault: the stop may have crossed our own end. */
  stop({ passThroughPartyId }: Pick<ChannelReference, 'passThroughPartyId'>): void {
    this.#streams.get(passThroughPartyId)?.outgoing.close();
    this.#streams.delete(passThroughPartyId);
  }

  statistics(command: StatisticsCommand): MusicAnswer {
    const streams = [...this.#streams.values()].filter(
      ({ callReference }) => callReference === command.callReference,
    );
    const sum = (of: (stream: OutgoingStream) => number): number =>
      streams.reduce((total, { outgoing }) => total + of(outgoing), 0);
    return {
      type: 'statistics-taken',
      callReference: command.callReference,
      directoryNumber: command.directoryNumber,
      processingMode: command.processingMode,
      packetsSent: sum(({ packetsSent }) => packetsSent),
      octetsSent: sum(({ octetsSent }) => octetsSent),
      packetsReceived: 0,
      octetsReceived: 0,
      packetsLost: 0,
      jitterMs: 0,
    };
  }

  /** Twenty milliseconds for everybody. */
  tick(): void {
    const music = this.#options.music();
    for (const stream of this.#streams.values()) {
      if (stream.music !== music) {
        stream.music = music;
        stream.position = 0;
      }
      this.#fill(stream);
      stream.codec.encode(this.#frame, this.#payload);
      const { address, port } = stream.remote;
      this.#socket.send(stream.outgoing.next(this.#payload), port, address);
    }
  }

  status(): readonly StreamStatus[] {
    return [...this.#streams.values()].map(({ callReference, isSecure, codec, ...stream }) => ({
      callReference,
      kind: isSecure ? 'srtp' : 'rtp',
      codec: codec.name,
      address: stream.remote.address,
      port: stream.remote.port,
      packetsSent: stream.outgoing.packetsSent,
    }));
  }

  /** Ends every stream and wipes its key; gives how many there were. The socket stays. */
  stopAll(): number {
    const { size } = this.#streams;
    for (const passThroughPartyId of [...this.#streams.keys()]) this.stop({ passThroughPartyId });
    return size;
  }

  /** Closing twice is a fault: the socket is gone. */
  close(): void {
    this.stopAll();
    this.#socket.close();
  }

  /** The next frame; after the last sample comes the first. */
  #fill(stream: Stream): void {
    const { music } = stream;
    const untilEnd = music.length - stream.position;
    this.#frame.set(music.subarray(stream.position, stream.position + FRAME_SAMPLES));
    if (untilEnd < FRAME_SAMPLES) {
      this.#frame.set(music.subarray(0, FRAME_SAMPLES - untilEnd), untilEnd);
    }
    stream.position = (stream.position + FRAME_SAMPLES) % music.length;
  }

  #statusFor({ address }: StreamSource): MediaStatus {
    if (this.#streams.size >= this.#options.streamsMax) return MediaStatus.NotEnoughChannels;
    const isReachable = isIPv6(address) === isIPv6(this.#options.address);
    return isReachable ? MediaStatus.Ok : MediaStatus.RequestedIpAddrTypeUnAvailable;
  }
}
