/** A UDP socket for media: bound once, sends and receives whole packets. */
import { createSocket, type Socket, type SocketOptions } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP } from 'node:net';

/** Receive buffer wanted from the kernel: some 100 ms of a busy bridge. */
const RECEIVE_BUFFER_BYTES = 1024 * 1024;

export interface UdpOptions {
  /** Address to bind, such as `127.0.0.1` or `0.0.0.0`. */
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** The packet is only valid during the call. */
  readonly onPacket: (packet: Uint8Array, from: { address: string; port: number }) => void;
}

export class UdpSocket {
  readonly #socket: Socket;

  private constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** Rejects with an Error that has a `code` when the address cannot be bound. */
  static async open(options: UdpOptions): Promise<UdpSocket> {
    const type = options.host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, lookup: atOnce });
    socket.on('message', (packet, from) => options.onPacket(packet, from));
    await new Promise<void>((resolve, reject) => {
      socket.once('error', (error) => {
        socket.close();
        reject(error);
      });
      socket.bind({ address: options.host, port: options.port, exclusive: true }, () => {
        socket.removeAllListeners('error');
        resolve();
      });
    });
    // An unreachable listener is that listener's loss (RFC 3550 has no delivery errors).
    socket.on('error', () => {});
    try {
      socket.setRecvBufferSize(RECEIVE_BUFFER_BYTES);
    } catch {
      // A smaller buffer works too.
    }
    return new UdpSocket(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  send(packet: Uint8Array, port: number, address: string): void {
    this.#socket.send(packet, port, address, ignore);
  }

  close(): void {
    this.#socket.close();
  }
}

function ignore(): void {}

/** Asking what an address is costs a turn of the event loop for every packet. */
const atOnce: NonNullable<SocketOptions['lookup']> = (host, options, callback) => {
  const family = isIP(host);
  if (family === 0) lookup(host, options, callback);
  else callback(null, host, family);
};
