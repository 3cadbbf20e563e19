/**
 * The media of one call at a device, phone or bridge: one socket, one stream each way, each direction
 * with its own key (BRG-09). What does not authenticate is counted and given to nobody.
 */
import { randomBytes } from 'node:crypto';
import {
  audioCodecOf,
  LegTranscoder,
  PacketVoice,
  PlayoutQueue,
  type WaveformPayloadType,
} from '@conclave/audio';
import { UdpSocket } from '@conclave/net';
import {
  type IncomingCounters,
  IncomingStream,
  OutgoingStream,
  type SrtpMasterKey,
  type SrtpSuite,
  type StreamSource,
} from '@conclave/rtp';

const SUITES: Readonly<Record<number, SrtpSuite>> = {
  1: 'AES_CM_128_HMAC_SHA1_32',
  2: 'AES_CM_128_HMAC_SHA1_80',
};

/** Payload capability numbers and RTP payload types. */
const PAYLOAD_TYPES: Readonly<Record<number, WaveformPayloadType>> = { 4: 0, 2: 8, 6: 9 };

/** 60 ms of G.711 or G.722. */
const PACKET_SIZE_MAX = 480;

/** Key information of OpenReceiveChannel and StartMediaTransmission. */
export interface KeyInfo {
  readonly algorithmID: number;
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
}

export interface MediaStatistics {
  readonly sent: 'srtp' | 'rtp' | 'none';
  readonly received: 'srtp' | 'rtp' | 'none';
  readonly packetsSent: number;
  readonly octetsSent: number;
  readonly packetsLost: number;
  readonly jitterMs: number;
  readonly counters: IncomingCounters | undefined;
}

/** A stream cannot be made of what the call manager asked for. */
export class MediaError extends Error {
  override readonly name = 'MediaError';
  readonly code = 'MEDIA';
}

export class MediaChannel {
  readonly #queue = new PlayoutQueue();
  #socket: UdpSocket | undefined;
  #incoming: IncomingStream | undefined;
  #outgoing: OutgoingStream | undefined;
  #voice: PacketVoice | undefined;
  #transcoder: LegTranscoder | undefined;
  readonly #packet = new Uint8Array(PACKET_SIZE_MAX);
  #remote: StreamSource | undefined;
  #ssrc: number | undefined;
  #last: MediaStatistics | undefined;
  #receiveSecure = false;
  #transmitSecure = false;

  /**
   * Listens; resolves with the port. `source` is who sends, if it is not the one that is sent to.
   * Throws a MediaError for what cannot be received.
   */
  async openReceive(
    compression: number,
    info: KeyInfo,
    { host, source }: { readonly host: string; readonly source?: StreamSource },
  ): Promise<number> {
    this.closeReceive();
    const payloadType = payloadTypeOf(compression);
    const key = keyFor(info);
    this.#voice = new PacketVoice(audioCodecOf(payloadType), this.#queue);
    this.#receiveSecure = key !== undefined;
    const incoming = new IncomingStream({ payloadType, ...(key && { key }) });
    const expected = this.#remote ?? source;
    if (expected) incoming.expect(expected);
    this.#incoming = incoming;
    const socket = await UdpSocket.open({
      host,
      port: 0,
      onPacket: (bytes, from) => this.#receive(bytes, from),
    });
    if (this.#incoming !== incoming) {
      socket.close();
      throw new MediaError('the channel was closed meanwhile');
    }
    this.#socket = socket;
    return socket.port;
  }

  startTransmit(
    format: { readonly compression: number; readonly packetMs: number },
    info: KeyInfo,
    remote: StreamSource,
  ): void {
    this.stopTransmit();
    const payloadType = payloadTypeOf(format.compression);
    const key = keyFor(info);
    const random = randomBytes(10);
    this.#transcoder = new LegTranscoder(audioCodecOf(payloadType), format.packetMs);
    this.#transmitSecure = key !== undefined;
    this.#remote = remote;
    this.#incoming?.expect(remote);
    this.#outgoing = new OutgoingStream({
      payloadType,
      ssrc: random.readUInt32BE(0),
      sequenceNumber: random.readUInt16BE(4),
      timestamp: random.readUInt32BE(6),
      ...(key && { key }),
    });
  }

  /** Sends the packets that are full with this frame; none while nothing is to be sent. */
  say(frame: Int16Array): void {
    const [outgoing, transcoder, remote] = [this.#outgoing, this.#transcoder, this.#remote];
    if (!outgoing || !transcoder || !this.#socket || !remote) return;
    transcoder.say(frame);
    for (
      let size = transcoder.takePacket(this.#packet);
      size > 0;
      size = transcoder.takePacket(this.#packet)
    ) {
      const packet = outgoing.next(this.#packet.subarray(0, size));
      this.#socket.send(packet, remote.port, remote.address);
    }
  }

  /** Decodes the next frame heard into `target` (160 samples); false for silence. */
  take(target: Int16Array): boolean {
    const frame = this.#incoming && this.#voice?.next();
    if (frame) target.set(frame);
    return frame !== undefined;
  }

  /** Of the streams that are open, or of the last ones. */
  statistics(): MediaStatistics {
    if (!this.#incoming && !this.#outgoing && this.#last) return this.#last;
    return {
      sent: this.#outgoing ? (this.#transmitSecure ? 'srtp' : 'rtp') : 'none',
      received: this.#incoming ? (this.#receiveSecure ? 'srtp' : 'rtp') : 'none',
      packetsSent: this.#outgoing?.packetsSent ?? 0,
      octetsSent: this.#outgoing?.octetsSent ?? 0,
      packetsLost: this.#incoming?.lost ?? 0,
      jitterMs: this.#incoming?.jitterMs ?? 0,
      counters: this.#incoming?.counters,
    };
  }

  /** True while anything is heard or sent. */
  get open(): boolean {
    return this.#incoming !== undefined || this.#outgoing !== undefined;
  }

  closeReceive(): void {
    if (this.#incoming) this.#last = this.statistics();
    this.#socket?.close();
    this.#socket = undefined;
    this.#incoming?.close();
    this.#incoming = undefined;
    this.#queue.reset();
    this.#ssrc = undefined;
  }

  stopTransmit(): void {
    if (this.#outgoing) this.#last = this.statistics();
    this.#outgoing?.close();
    this.#outgoing = undefined;
    this.#remote = undefined;
  }

  close(): void {
    this.stopTransmit();
    this.closeReceive();
  }

  #receive(bytes: Uint8Array, from: StreamSource): void {
    const packet = this.#incoming?.receive(bytes, from, performance.now());
    if (!packet) return;
    if (packet.ssrc !== this.#ssrc) this.#queue.reset();
    this.#ssrc = packet.ssrc;
    this.#queue.put(packet.sequenceNumber, packet.timestamp, packet.payload);
  }
}

function payloadTypeOf(compression: number): WaveformPayloadType {
  const payloadType = PAYLOAD_TYPES[compression];
  if (payloadType === undefined) throw new MediaError(`payload capability ${compression}`);
  return payloadType;
}

function keyFor({ algorithmID, key, salt }: KeyInfo): SrtpMasterKey | undefined {
  if (algorithmID === 0) return undefined;
  const suite = SUITES[algorithmID];
  if (!suite || key.length !== 16 || salt.length !== 14) {
    throw new MediaError(`encryption algorithm ${algorithmID}`);
  }
  return { suite, key, salt };
}
