/**
 * One participant on the bridge: its socket, what it sends us and what we send it, each direction
 * with its own key (BRG-09). What does not authenticate is counted and never mixed.
 */

import { randomBytes } from 'node:crypto';
import { codecOf, type G711Codec, type MixerPort, PlayoutQueue } from '@conclave/audio';
import { UdpSocket } from '@conclave/net';
import {
  IncomingStream,
  OutgoingStream,
  type SrtpMasterKey,
  type StreamSource,
} from '@conclave/rtp';

/** Payload capability numbers of the wire and RTP payload types (RFC 3551). */
const PAYLOAD_TYPES: Readonly<Record<number, 0 | 8>> = { 4: 0, 2: 8 };

export interface ReceiveWish {
  readonly party: number;
  /** Payload capability: 4 µ-law, 2 A-law. */
  readonly compression: number;
  readonly key?: SrtpMasterKey;
}

export interface TransmitWish extends ReceiveWish {
  readonly remote: StreamSource;
}

/** The codec of a payload capability; undefined for one that we do not mix. */
export function codecOfCompression(compression: number): G711Codec | undefined {
  const payloadType = PAYLOAD_TYPES[compression];
  return payloadType === undefined ? undefined : codecOf(payloadType);
}

export class ParticipantLeg {
  readonly callReference: number;
  readonly name: string;
  readonly port: MixerPort;
  readonly #queue = new PlayoutQueue();
  #socket: UdpSocket | undefined;
  #incoming: IncomingStream | undefined;
  #outgoing: OutgoingStream | undefined;
  #receiveCodec: G711Codec | undefined;
  #transmitCodec: G711Codec | undefined;
  #remote: StreamSource | undefined;
  #ssrc: number | undefined;
  /** Party id of the open receive channel; 0 for none. */
  party = 0;

  constructor(callReference: number, name: string, port: MixerPort) {
    this.callReference = callReference;
    this.name = name;
    this.port = port;
  }

  get secure(): boolean {
    return this.#secure;
  }
  #secure = false;

  get incoming(): IncomingStream | undefined {
    return this.#incoming;
  }

  get outgoing(): OutgoingStream | undefined {
    return this.#outgoing;
  }

  /** The codec that this participant is sent; undefined while nothing is sent to it. */
  get transmitCodec(): G711Codec | undefined {
    return this.#outgoing && this.#transmitCodec;
  }

  /** Listens; resolves with the port. Replaces an older channel. */
  async openReceive(wish: ReceiveWish, host: string): Promise<number> {
    this.closeReceive();
    const codec = codecOfCompression(wish.compression);
    if (!codec) throw new Error('a codec that the bridge does not mix');
    this.party = wish.party;
    this.#receiveCodec = codec;
    this.#secure = wish.key !== undefined;
    this.#incoming = new IncomingStream({
      payloadType: codec.payloadType,
      ...(wish.key && { key: wish.key }),
    });
    if (this.#remote) this.#incoming.expect(this.#remote);
    const socket = await UdpSocket.open({
      host,
      port: 0,
      onPacket: (packet, from) => this.#receive(packet, from),
    });
    if (this.party !== wish.party) {
      // Closed, or opened anew, while the socket was being bound.
      socket.close();
      throw new Error('the channel was closed meanwhile');
    }
    this.#socket = socket;
    return socket.port;
  }

  startTransmit(wish: TransmitWish): boolean {
    this.stopTransmit();
    const codec = codecOfCompression(wish.compression);
    if (!codec) return false;
    const random = randomBytes(10);
    this.#transmitCodec = codec;
    this.#remote = wish.remote;
    this.#incoming?.expect(wish.remote);
    this.#outgoing = new OutgoingStream({
      payloadType: codec.payloadType,
      ssrc: random.readUInt32BE(0),
      sequenceNumber: random.readUInt16BE(4),
      timestamp: random.readUInt32BE(6),
      ...(wish.key && { key: wish.key }),
    });
    return true;
  }

  closeReceive(): void {
    this.party = 0;
    this.#socket?.close();
    this.#socket = undefined;
    this.#incoming?.close();
    this.#incoming = undefined;
    this.#queue.reset();
    this.#ssrc = undefined;
  }

  stopTransmit(): void {
    this.#outgoing?.close();
    this.#outgoing = undefined;
    this.#remote = undefined;
  }

  close(): void {
    this.stopTransmit();
    this.closeReceive();
  }

  /** Before the mix: the next frame of this participant, if there is one. */
  contribute(): void {
    const payload = this.#incoming && this.#queue.take();
    if (!payload || payload.length !== this.port.input.length) return;
    this.#receiveCodec?.decode(payload, this.port.input);
    this.port.active = true;
  }

  /** After the mix: sends this participant's frame. */
  deliver(payload: Uint8Array): void {
    const remote = this.#remote;
    if (!this.#outgoing || !this.#socket || !remote) return;
    this.#socket.send(this.#outgoing.next(payload), remote.port, remote.address);
  }

  #receive(bytes: Uint8Array, from: StreamSource): void {
    const packet = this.#incoming?.receive(bytes, from, performance.now());
    if (!packet) return;
    if (packet.ssrc !== this.#ssrc) this.#queue.reset();
    this.#ssrc = packet.ssrc;
    this.#queue.put(packet.sequenceNumber, packet.timestamp, packet.payload);
  }
}
