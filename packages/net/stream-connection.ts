/**
 * One TCP or TLS connection as its user sees it: bytes in, bytes out, one end. It knows no protocol.
 *
 * Bounds: a peer that does not read is cut off when `UNSENT_MAX` bytes wait for it, so that a stalled
 * phone costs a fixed amount of memory and never a late truth.
 */
import type { Socket } from 'node:net';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { assert } from '@conclave/base';

/** Unsent bytes that a peer may leave waiting: some hundred messages. */
export const UNSENT_MAX: number = 256 * 1024;

/** How long a peer may take to close its half. */
export const END_MS = 2_000;

/** What TLS found out about the other side; nothing here is decided yet. */
export interface PeerProof {
  /** Whether the chain leads to a trusted certificate and is valid now. */
  readonly authorized: boolean;
  /** OpenSSL's word for what is wrong, such as `CERT_HAS_EXPIRED`. */
  readonly authorizationError: string | undefined;
  /** Absent when the peer presented none. */
  readonly certificate: PeerCertificate | undefined;
  /** Such as `TLSv1.3`. */
  readonly protocol: string;
  readonly cipher: string;
}

export interface StreamHandlers {
  onData(chunk: Uint8Array): void;
  /** Exactly once. `reason` is for logs, never for control flow. */
  onClose(reason: string): void;
}

/** What users of a connection see of it, whatever carries it. */
export interface Channel {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  /** Absent without TLS. */
  readonly proof: PeerProof | undefined;
  /** Starts reading; called once. */
  open(handlers: StreamHandlers): void;
  /** Writes, or cuts off a peer that lets more than `UNSENT_MAX` wait. */
  send(bytes: Uint8Array): void;
  /** Sends what waits, then closes. */
  end(reason: string): void;
  /** Closes at once. */
  destroy(reason: string): void;
}

/** A stream of bytes, whether there is a socket behind it or a simulation. */
export interface Connection extends Channel {
  readonly transport: 'tcp' | 'tls';
}

export class StreamConnection implements Connection {
  readonly transport: 'tcp' | 'tls';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly proof: PeerProof | undefined;
  readonly #socket: Socket;
  #handlers: StreamHandlers | undefined;
  #reason = 'the peer closed the connection';

  constructor(socket: Socket | TLSSocket) {
    this.#socket = socket;
    this.transport = 'encrypted' in socket ? 'tls' : 'tcp';
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress);
    this.proof = 'encrypted' in socket ? proofOf(socket) : undefined;
    socket.setNoDelay(true);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code ?? error.message;
    });
    socket.on('close', () => this.#handlers?.onClose(this.#reason));
  }

  open(handlers: StreamHandlers): void {
    assert(this.#handlers === undefined, 'a connection is opened once');
    this.#handlers = handlers;
    this.#socket.on('data', (chunk) => {
      assert(typeof chunk !== 'string', 'no encoding is set on sockets');
      handlers.onData(chunk);
    });
    if (this.#socket.destroyed) queueMicrotask(() => handlers.onClose(this.#reason));
  }

  send(bytes: Uint8Array): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    this.#socket.write(bytes);
    if (this.#socket.writableLength > UNSENT_MAX) this.destroy('the peer does not read');
  }

  end(reason: string): void {
    this.#reason = reason;
    this.#socket.end();
    // A peer that keeps its half open must not hold ours, however much it goes on saying.
    setTimeout(() => this.#socket.destroy(), END_MS).unref();
  }

  destroy(reason: string): void {
    this.#reason = reason;
    this.#socket.destroy();
  }
}

/** What is known of the other side of a connection whose handshake is over. */
export function proofOf(socket: TLSSocket): PeerProof {
  const certificate = socket.getPeerCertificate(true);
  const presented = certificate && Object.keys(certificate).length > 0;
  // Node types this as Error, but it is the code as a string.
  const error: unknown = socket.authorizationError;
  return {
    authorized: socket.authorized && presented,
    authorizationError: error === undefined || error === null ? undefined : wordOf(error),
    certificate: presented ? certificate : undefined,
    protocol: socket.getProtocol() ?? '',
    cipher: socket.getCipher()?.name ?? '',
  };
}

function wordOf(error: unknown): string {
  if (error instanceof Error) {
    return (error as NodeJS.ErrnoException).code ?? error.message;
  }
  return String(error);
}

/** An IPv4 address without its IPv6 mapping. */
export function plainAddress(address: string | undefined): string {
  return (address ?? '').replace(/^::ffff:/, '');
}
