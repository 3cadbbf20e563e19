/** Media through Node's own sockets and ciphers, packet by packet as they come and go. */
import { openMediaSocket, type UdpSocket } from '@conclave/net';
import {
  PacketOpener,
  PacketSealer,
  RTP_HEADER_SIZE,
  type RtpHeader,
  type SrtpMasterKey,
  type StreamSource,
} from '@conclave/rtp';
import type { MediaIo, MediaSocket, PacketHandler } from './media-io.ts';

export class PortableMediaIo implements MediaIo {
  readonly path = 'portable';
  readonly #sockets = new Set<PortableSocket>();

  async open(host: string, _group: number, handler: PacketHandler): Promise<MediaSocket> {
    const socket = await PortableSocket.open(host, handler, (closed) =>
      this.#sockets.delete(closed),
    );
    this.#sockets.add(socket);
    return socket;
  }

  receive(): void {}

  flush(): void {}

  close(): void {
    for (const socket of this.#sockets) socket.close();
  }
}

class PortableSocket implements MediaSocket {
  readonly #handler: PacketHandler;
  readonly #closed: (socket: PortableSocket) => void;
  #socket: UdpSocket | undefined;
  #opener: PacketOpener | undefined;
  #sealer: PacketSealer | undefined;
  #remote: StreamSource | undefined;

  private constructor(handler: PacketHandler, closed: (socket: PortableSocket) => void) {
    this.#handler = handler;
    this.#closed = closed;
  }

  static async open(
    host: string,
    handler: PacketHandler,
    closed: (socket: PortableSocket) => void,
  ): Promise<PortableSocket> {
    const made = new PortableSocket(handler, closed);
    made.#socket = await openMediaSocket(host, (bytes, from) => made.#onPacket(bytes, from));
    return made;
  }

  get port(): number {
    return this.#socket?.port ?? 0;
  }

  listen(key?: SrtpMasterKey): void {
    this.stopListening();
    this.#opener = new PacketOpener(key);
  }

  stopListening(): void {
    this.#opener?.close();
    this.#opener = undefined;
  }

  expect(source: StreamSource): void {
    this.#opener?.expect(source);
  }

  transmitTo(remote: StreamSource, key?: SrtpMasterKey): void {
    this.stopTransmitting();
    this.#remote = remote;
    this.#sealer = new PacketSealer(key);
  }

  stopTransmitting(): void {
    this.#sealer?.close();
    this.#sealer = undefined;
    this.#remote = undefined;
  }

  send(header: RtpHeader, payload: Uint8Array): void {
    if (!this.#sealer || !this.#remote) return;
    const packet = this.#sealer.seal(header, payload);
    this.#socket?.send(packet, this.#remote.port, this.#remote.address);
  }

  close(): void {
    this.stopListening();
    this.stopTransmitting();
    this.#socket?.close();
    this.#socket = undefined;
    this.#closed(this);
  }

  #onPacket(bytes: Uint8Array, from: StreamSource): void {
    if (!this.#opener) return this.#handler.unexpected();
    const opened = this.#opener.open(bytes, from);
    if (opened.ok) return this.#handler.accepted(opened.value, performance.now());
    const payloadType = (bytes[1] ?? 0) & 0x7f;
    this.#handler.refused(opened.error, payloadType, bytes.length - RTP_HEADER_SIZE);
  }
}
