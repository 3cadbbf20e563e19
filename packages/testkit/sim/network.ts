/**
 * A network without sockets. Each direction of a connection keeps its order, as TCP does; different
 * connections overtake each other, because each has a delay of its own that changes.
 *
 * A side may stop reading: what waits for it counts, and a sender that lets too much wait cuts it off.
 * A wire may break so that both sides learn of it, each in its own time, or so that neither does.
 */
import type { Connection, PeerProof, StreamHandlers } from '@conclave/net';
import type { SimClock } from './clock.ts';
import type { Prng } from './prng.ts';

export interface WireOptions {
  /** Address of who connects. */
  readonly from: string;
  readonly to: string;
  /** Present for TLS: what the client's certificate proves. */
  readonly proof?: PeerProof;
  /** Delay of a chunk, drawn anew for each. */
  readonly delayMs: readonly [least: number, most: number];
  /** Unread bytes after which a sender gives up. */
  readonly unsentMax: number;
}

export class SimWire {
  readonly client: SimEnd;
  readonly server: SimEnd;

  constructor(clock: SimClock, prng: Prng, options: WireOptions) {
    const ways = { clock, prng, options };
    this.client = new SimEnd(ways, options.to, options.from);
    this.server = new SimEnd(ways, options.from, options.to, options.proof);
    this.client.peer = this.server;
    this.server.peer = this.client;
  }

  /** The wire is cut: both sides learn of it after their delay, or, silently, never. */
  cut(silently: boolean): void {
    for (const end of [this.client, this.server]) end.lose(silently);
  }
}

export class SimEnd implements Connection {
  readonly transport: 'tcp' | 'tls';
  readonly remoteAddress: string;
  readonly remotePort = 40_000;
  readonly localAddress: string;
  readonly proof: PeerProof | undefined;
  peer: SimEnd | undefined;
  /** Sees what is sent, at that moment. */
  witness: ((bytes: Uint8Array) => void) | undefined;
  readonly #clock: SimClock;
  readonly #prng: Prng;
  readonly #options: WireOptions;
  #handlers: StreamHandlers | undefined;
  /** Bytes that arrived and are not read. */
  readonly #unread: Uint8Array[] = [];
  #waiting = 0;
  #lastArrivalMs = 0;
  #stalledUntilMs = 0;
  #isCut = false;
  #isEnding = false;
  #isClosed = false;

  constructor(
    ways: { readonly clock: SimClock; readonly prng: Prng; readonly options: WireOptions },
    remoteAddress: string,
    localAddress: string,
    proof?: PeerProof,
  ) {
    this.#clock = ways.clock;
    this.#prng = ways.prng;
    this.#options = ways.options;
    this.transport = ways.options.proof ? 'tls' : 'tcp';
    this.remoteAddress = remoteAddress;
    this.localAddress = localAddress;
    this.proof = proof;
  }

  open(handlers: StreamHandlers): void {
    this.#handlers = handlers;
  }

  send(bytes: Uint8Array): void {
    const { peer } = this;
    if (this.#isClosed || this.#isEnding || !peer) return;
    this.witness?.(bytes);
    const copy = new Uint8Array(bytes);
    peer.#waiting += copy.length;
    if (!this.#isCut) this.#clock.at(this.#arrivalMs(), () => peer.#arrive(copy));
    const isStuck = this.#isCut || this.#clock.nowMs() < peer.#stalledUntilMs;
    if (isStuck && peer.#waiting > this.#options.unsentMax) this.destroy('the peer does not read');
  }

  end(reason: string): void {
    if (this.#isClosed || this.#isEnding) return;
    this.#isEnding = true;
    this.#clock.at(this.#arrivalMs(), () => this.destroy(reason));
  }

  destroy(reason: string): void {
    if (this.#isClosed) return;
    const { peer } = this;
    this.#close(reason);
    if (!this.#isCut && peer) {
      this.#clock.at(this.#arrivalMs(), () => peer.#readLast('the peer closed the connection'));
    }
  }

  /** Reads nothing for a while. */
  stall(forMs: number): void {
    this.#stalledUntilMs = Math.max(this.#stalledUntilMs, this.#clock.nowMs() + forMs);
    this.#clock.at(this.#stalledUntilMs, () => this.#read());
  }

  lose(silently: boolean): void {
    this.#isCut = true;
    if (!silently) this.#clock.after(this.#delayMs(), () => this.#close('ECONNRESET'));
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  #delayMs(): number {
    const [least, most] = this.#options.delayMs;
    return this.#prng.between(least, most);
  }

  /** When what is sent now arrives: never before what was sent earlier. */
  #arrivalMs(): number {
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, this.#clock.nowMs() + this.#delayMs());
    return this.#lastArrivalMs;
  }

  #arrive(bytes: Uint8Array): void {
    if (this.#isClosed || this.#isCut) return;
    this.#unread.push(bytes);
    this.#read();
  }

  #read(): void {
    if (this.#clock.nowMs() < this.#stalledUntilMs) return;
    for (let next = this.#unread.shift(); next; next = this.#unread.shift()) {
      this.#waiting -= next.length;
      if (!this.#isClosed) this.#handlers?.onData(next);
    }
  }

  /** The other side is gone: what it said before is read first. */
  #readLast(reason: string): void {
    if (this.#clock.nowMs() < this.#stalledUntilMs) {
      this.#clock.at(this.#stalledUntilMs, () => this.#readLast(reason));
      return;
    }
    this.#read();
    this.#close(reason);
  }

  #close(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#handlers?.onClose(reason);
  }
}
