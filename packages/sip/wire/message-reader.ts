/**
 * Cuts a byte stream into SIP messages, however TCP split or merged them. [rfc] RFC 3261 §7.5, §18.3.
 *
 * A message ends where its Content-Length says; without one, or with a bad one, nobody knows where the
 * next begins, and the stream is broken. Other faults cost that message only.
 *
 * Between messages line ends are keep-alives of RFC 5626 §3.5.1: `ping` is CRLF CRLF and wants one CRLF
 * back, `pong` is one CRLF. A ping is told as a `pong` and then a `ping`, as nobody can know after the
 * first CRLF whether a second will come: who expects no pong ignores it.
 *
 * Bounds: at most HEADER_BYTES_MAX of a head and BODY_BYTES_MAX of a body are kept, room grows with what
 * arrives and not with what is announced, and an idle connection holds none.
 */
import { CR, isToken, LF } from './characters.ts';
import { HEADER_BYTES_MAX } from './limits.ts';
import type { SipMessage } from './message.ts';
import {
  bodyLength,
  completeMessage,
  fault,
  findHeadEnd,
  type MalformedMessage,
  type MessageHead,
  malformed,
  parseHead,
} from './parse-message.ts';

export type StreamItem =
  | { readonly type: 'message'; readonly message: SipMessage }
  /** The stream goes on; a request that deserves an answer is in `malformed.refused`. */
  | { readonly type: 'malformed'; readonly malformed: MalformedMessage }
  /** As above, but nothing more is read: close the connection. Always the last item. */
  | { readonly type: 'broken'; readonly malformed: MalformedMessage }
  | { readonly type: 'ping' }
  | { readonly type: 'pong' };

/** Usual messages fit; larger ones double it. */
const ROOM_MIN = 2048;

const NO_BYTES = new Uint8Array(0);

const NO_LENGTH = fault('missing-content-length', 400, 'Missing Content-Length');
const NOT_SIP: MalformedMessage = { ok: false, error: 'not-sip', detail: 'Not SIP' };
const TOO_LARGE: MalformedMessage = {
  ok: false,
  error: 'header-too-large',
  detail: 'Headers Too Large',
};

export class MessageReader {
  #room = NO_BYTES;
  #used = 0;
  /** How much of the head that has begun is known to hold no end of it. */
  #searched = 0;
  #head: MessageHead | undefined;
  /** Bytes of the body that `#head` announced. */
  #bodySize = 0;
  /** The last thing that came was one CRLF: the next one completes a ping. */
  #halfPing = false;
  #broken = false;

  /** Bytes reserved for an unfinished message; 0 between messages. */
  get heldBytes(): number {
    return this.#room.length;
  }

  /** Whether a message has begun and not ended: a peer that stays here for long does so on purpose. */
  get isInMessage(): boolean {
    return this.#head !== undefined || this.#used > 0;
  }

  /** Takes the next bytes and gives what they complete. `chunk` is not kept. */
  push(chunk: Uint8Array): readonly StreamItem[] {
    const items: StreamItem[] = [];
    if (this.#broken) return items;
    const bytes = this.#used === 0 ? chunk : this.#keep(chunk);
    let at: number | undefined = 0;
    let done = 0;
    while (at !== undefined) {
      done = at;
      at = this.#readNext(bytes, at, items);
    }
    this.#keepRest(bytes, done);
    return items;
  }

  /** Reads a line end, a head or a body; gives where it ends, undefined if it does not end here. */
  #readNext(bytes: Uint8Array, at: number, items: StreamItem[]): number | undefined {
    if (this.#broken) return undefined;
    if (this.#head) return this.#readBody(this.#head, bytes, at, items);
    if (at === bytes.length) return undefined;
    if (bytes[at] === CR) return this.#readLineEnd(bytes, at, items);
    this.#halfPing = false;
    return this.#readHead(bytes, at, items);
  }

  #readLineEnd(bytes: Uint8Array, at: number, items: StreamItem[]): number | undefined {
    if (at + 1 === bytes.length) return undefined;
    if (bytes[at + 1] !== LF) return this.#breakOff(NOT_SIP, items);
    items.push({ type: this.#halfPing ? 'ping' : 'pong' });
    this.#halfPing = !this.#halfPing;
    return at + 2;
  }

  #readHead(bytes: Uint8Array, at: number, items: StreamItem[]): number | undefined {
    // What does not even begin like SIP (TLS, say) is told at once: nothing more may ever arrive.
    if (!isToken(String.fromCharCode(bytes[at] ?? 0))) return this.#breakOff(NOT_SIP, items);
    const end = findHeadEnd(bytes, at + this.#searched);
    const size = end < 0 ? bytes.length - at - 3 : end - at;
    if (size > HEADER_BYTES_MAX) return this.#breakOff(TOO_LARGE, items);
    this.#searched = end < 0 ? Math.max(size, 0) : 0;
    if (end < 0) return undefined;
    const head = parseHead(bytes.subarray(at, end));
    if (!head) return this.#breakOff(NOT_SIP, items);
    const length = bodyLength(head.fields) ?? NO_LENGTH;
    if (typeof length === 'object') return this.#breakOff(malformed(head, length), items);
    this.#head = head;
    this.#bodySize = length;
    return end + 4;
  }

  #readBody(
    head: MessageHead,
    bytes: Uint8Array,
    at: number,
    items: StreamItem[],
  ): number | undefined {
    const end = at + this.#bodySize;
    if (end > bytes.length) return undefined;
    const parsed = completeMessage(head, bytes.subarray(at, end));
    this.#head = undefined;
    if (parsed.ok) items.push({ type: 'message', message: parsed.value });
    else items.push({ type: 'malformed', malformed: parsed });
    return end;
  }

  #breakOff(malformed: MalformedMessage, items: StreamItem[]): undefined {
    this.#broken = true;
    items.push({ type: 'broken', malformed });
  }

  /** Adds to what is kept, and gives all of it. */
  #keep(bytes: Uint8Array): Uint8Array {
    const needed = this.#used + bytes.length;
    if (needed > this.#room.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#room.length, ROOM_MIN));
      larger.set(this.#room.subarray(0, this.#used));
      this.#room = larger;
    }
    this.#room.set(bytes, this.#used);
    this.#used = needed;
    return this.#room.subarray(0, needed);
  }

  /** Keeps what is in `bytes` from `from` on, and nothing else. */
  #keepRest(bytes: Uint8Array, from: number): void {
    if (this.#broken || from === bytes.length) {
      this.#room = NO_BYTES;
      this.#used = 0;
    } else if (this.#used === 0) this.#keep(bytes.subarray(from));
    else if (from > 0) {
      this.#room.copyWithin(0, from, this.#used);
      this.#used -= from;
    }
  }
}
