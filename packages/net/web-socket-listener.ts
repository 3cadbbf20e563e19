/**
 * Listens for WebSocket connections (RFC 6455) of one sub-protocol, with or without TLS. Each message
 * of a connection is one chunk; frames, fragments, pings and compression end here.
 *
 * Bounds: the size of a message, how long an upgrade may take, and unsent bytes as on a stream. A peer
 * that does not answer a ping before the next one is gone. Compression is off: it costs memory for
 * each connection, and what it saves here is little.
 */
import { isUtf8 } from 'node:buffer';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { assert } from '@conclave/base';
import { type WebSocket, WebSocketServer } from 'ws';
import { SocketListener, type SocketListenerOptions } from './socket-listener.ts';
import {
  type Channel,
  END_MS,
  type PeerProof,
  plainAddress,
  proofOf,
  type StreamHandlers,
  UNSENT_MAX,
} from './stream-connection.ts';

/** A client that has not asked for a WebSocket by then is cut off. */
export const UPGRADE_TIMEOUT_MS = 10_000;

/** Headers of the request for an upgrade; a browser sends about one kilobyte. */
const HEADERS_MAX_BYTES = 8 * 1024;

/** Keeps the mappings of address translators open, and finds peers that vanished. */
const PING_INTERVAL_MS = 30_000;

export interface WebSocketListenerOptions extends SocketListenerOptions {
  /** The sub-protocol that a client must offer, such as `sip`. */
  readonly protocol: string;
  /** A longer message closes its connection. */
  readonly messageMaxBytes: number;
  readonly onConnection: (connection: WebSocketConnection) => void;
}

export class WebSocketListener {
  readonly #listener: SocketListener;
  readonly #http = createServer({ maxHeaderSize: HEADERS_MAX_BYTES }, refuseOrdinary);
  readonly #ws: WebSocketServer;
  readonly #options: WebSocketListenerOptions;

  constructor(options: WebSocketListenerOptions) {
    this.#options = options;
    this.#ws = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: options.messageMaxBytes,
      handleProtocols: () => options.protocol,
    });
    this.#http.on('upgrade', (request, socket, head) => {
      this.#upgrade(request, socket as Socket, head);
    });
    this.#listener = new SocketListener(options, (socket) => this.#accept(socket));
  }

  /** Binds; resolves with the port. Rejects when the port is taken or not allowed. */
  listen(): Promise<number> {
    return this.#listener.listen();
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    await this.#listener.close();
  }

  #accept(socket: Socket): void {
    // The HTTP server does not listen itself, and so does not watch over its connections.
    const timer = setTimeout(() => socket.destroy(), UPGRADE_TIMEOUT_MS).unref();
    socket.once('close', () => clearTimeout(timer));
    UPGRADE_TIMERS.set(socket, timer);
    this.#http.emit('connection', socket);
  }

  #upgrade(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',');
    if (!offered.some((each) => each.trim() === this.#options.protocol)) {
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    this.#ws.handleUpgrade(request, socket, head, (webSocket) => {
      clearTimeout(UPGRADE_TIMERS.get(socket));
      this.#options.onConnection(new WebSocketConnection(webSocket, socket));
    });
  }
}

/** The timer of each socket that has not become a WebSocket yet. */
const UPGRADE_TIMERS = new WeakMap<Socket, NodeJS.Timeout>();

export class WebSocketConnection implements Channel {
  readonly transport: 'ws' | 'wss';
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localAddress: string;
  readonly proof: PeerProof | undefined;
  readonly #webSocket: WebSocket;
  readonly #ping: NodeJS.Timeout;
  #handlers: StreamHandlers | undefined;
  #reason = 'the peer closed the connection';
  #answered = true;
  #closed = false;

  constructor(webSocket: WebSocket, socket: Socket | TLSSocket) {
    this.#webSocket = webSocket;
    this.transport = 'encrypted' in socket ? 'wss' : 'ws';
    this.remoteAddress = plainAddress(socket.remoteAddress);
    this.remotePort = socket.remotePort ?? 0;
    this.localAddress = plainAddress(socket.localAddress);
    this.proof = 'encrypted' in socket ? proofOf(socket) : undefined;
    webSocket.binaryType = 'nodebuffer';
    webSocket.pause();
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      this.#reason = error.code ?? error.message;
    });
    webSocket.on('pong', () => {
      this.#answered = true;
    });
    this.#ping = setInterval(() => this.#askForLife(), PING_INTERVAL_MS).unref();
    webSocket.on('close', () => {
      clearInterval(this.#ping);
      this.#closed = true;
      this.#handlers?.onClose(this.#reason);
    });
  }

  open(handlers: StreamHandlers): void {
    assert(this.#handlers === undefined, 'a connection is opened once');
    this.#handlers = handlers;
    this.#webSocket.on('message', (data) => {
      assert(Buffer.isBuffer(data), 'messages are asked for in one piece');
      handlers.onData(data);
    });
    this.#webSocket.resume();
    if (this.#closed) queueMicrotask(() => handlers.onClose(this.#reason));
  }

  /** One message; as text when it is UTF-8, which is what browsers expect. */
  send(bytes: Uint8Array): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return;
    this.#webSocket.send(bytes, { binary: !isUtf8(bytes) });
    if (this.#webSocket.bufferedAmount > UNSENT_MAX) this.destroy('the peer does not read');
  }

  end(reason: string): void {
    this.#reason = reason;
    this.#webSocket.close();
    setTimeout(() => this.#webSocket.terminate(), END_MS).unref();
  }

  destroy(reason: string): void {
    this.#reason = reason;
    this.#webSocket.terminate();
  }

  #askForLife(): void {
    if (!this.#answered) {
      this.destroy('the peer does not answer pings');
      return;
    }
    this.#answered = false;
    if (this.#webSocket.readyState === this.#webSocket.OPEN) this.#webSocket.ping();
  }
}

/** Nothing is served here but WebSockets. */
function refuseOrdinary(_: IncomingMessage, response: ServerResponse): void {
  response.writeHead(426, { Connection: 'close', Upgrade: 'websocket' }).end();
}
