/**
 * Sockets for the media of many legs, with SRTP: what a bridge needs of the network, once a tick. There
 * are two ways that do the same: a native one, which reads and writes in batches, and a portable one
 * on Node's own sockets and ciphers.
 */
import type {
  IncomingPacket,
  Refusal,
  RtpHeader,
  SrtpMasterKey,
  StreamSource,
} from '@conclave/rtp';

export type MediaPath = 'native' | 'portable';

/**
 * Who is mixed together is in one group. Groups go through a tick one after the other, so that what is
 * known of a leg is still at hand when its packets are mixed and sent.
 */
export const MEDIA_GROUPS = 16;

export interface MediaIo {
  readonly path: MediaPath;
  /**
   * Binds a socket of a group to any free even port of `host`. Rejects with an Error that has a `code`
   * when it cannot.
   */
  open(host: string, group: number, handler: PacketHandler): Promise<MediaSocket>;
  /**
   * Before a group is mixed: hands over the packets that have come for it, if they were not already.
   */
  receive(group: number): void;
  /** After that: sends what still waits. */
  flush(): void;
  /** Closes all sockets and wipes all keys. Closing twice is harmless. */
  close(): void;
}

export interface PacketHandler {
  /**
   * In clear text, authenticated, or from the expected source. The packet is only valid during the
   * call; `arrivalMs` is of a clock of its own.
   */
  accepted(packet: IncomingPacket, arrivalMs: number): void;
  /** Given to nobody. The numbers are as the packet has them, and may be lies. */
  refused(reason: Refusal, payloadType: number, payloadLength: number): void;
  /** The socket does not listen. */
  unexpected(): void;
}

/** The socket of one leg. Keys are the caller's to wipe: only what is derived from them is kept. */
export interface MediaSocket {
  /** 0 once it is closed. */
  readonly port: number;
  /** Accepts packets: authentic ones when there is a key, otherwise those of the expected source. */
  listen(key?: SrtpMasterKey): void;
  /** Wipes the key. */
  stopListening(): void;
  /** Who sends, as signalling told: without a key nobody else is heard. Port 0 is any of it. */
  expect(source: StreamSource): void;
  /** Where packets go from now on, and with which key. Its packets have one SSRC. */
  transmitTo(remote: StreamSource, key?: SrtpMasterKey): void;
  /** Wipes the key. */
  stopTransmitting(): void;
  /** The payload is copied; sequence numbers only move forward. */
  send(header: RtpHeader, payload: Uint8Array): void;
  /** Off the wire when this returns. Closing twice is harmless. */
  close(): void;
}
