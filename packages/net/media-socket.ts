/** A UDP socket for media, on an even port as RTP wants it (RFC 3550 §11). */
import { UdpSocket } from './udp-socket.ts';

/** Half of the free ports are even: so many odd ones in a row do not happen. */
const ATTEMPTS_MAX = 64;

/**
 * Binds to any free even port of `host`. Rejects with an Error that has a `code` when the address
 * cannot be bound.
 */
export async function openMediaSocket(
  host: string,
  onPacket: (packet: Uint8Array, from: { address: string; port: number }) => void,
): Promise<UdpSocket> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt += 1) {
    const socket = await UdpSocket.open({ host, port: 0, onPacket });
    if (socket.port % 2 === 0) return socket;
    socket.close();
  }
  throw Object.assign(new Error(`no free even port on ${host}`), { code: 'EADDRINUSE' });
}
