/**
 * Cuts a byte stream into SCCP frames, however TCP split or merged them.
 *
 *   byte  0        4        8            12
 *         +--------+--------+------------+---------- - -
 *         | length | header | message id | payload
 *         +--------+--------+------------+---------- - -     everything little endian
 *
 * Bounds: a frame is at most FRAME_SIZE_MAX bytes and at most one unfinished frame is kept. The room
 * for it grows with what arrives and not with what is announced, and an idle connection holds none.
 * After an error the reader stays in it; frames in front of the error in the same chunk are lost with
 * the connection, which no caller can keep.
 */
import { fail, ok, type Result } from '@conclave/base';

/** Bytes of length and header version, which `length` does not count. */
export const FRAME_HEADER_SIZE = 8;

/** Bytes of the message id, which `length` counts. */
export const MESSAGE_ID_SIZE = 4;

/** Data messages carry 2,000 bytes, the largest layouts some 3 kB; ten times that is hostile. */
export const FRAME_SIZE_MAX: number = 32 * 1024;

/** Most frames fit; larger ones double it. */
const ROOM_MIN = 256;

const NO_BYTES = new Uint8Array(0);

export interface Frame {
  /** Header version: 0 for the basic layout, otherwise the negotiated version. */
  readonly version: number;
  readonly messageId: number;
  /** The bytes after the message id: a copy, safe to keep. */
  readonly payload: Uint8Array;
}

export type FrameError = 'frame-too-large' | 'frame-too-small';

export class FrameReader {
  #room = NO_BYTES;
  #used = 0;
  #error: FrameError | undefined;

  /** Bytes reserved for an unfinished frame; 0 between frames. */
  get heldBytes(): number {
    return this.#room.length;
  }

  /** Takes the next bytes and gives the frames that they complete. `chunk` is not kept. */
  push(chunk: Uint8Array): Result<readonly Frame[], FrameError> {
    const frames: Frame[] = [];
    let at = 0;
    while (!this.#error) {
      at +=
        this.#used === 0 ? this.#readWhole(chunk, at, frames) : this.#readPart(chunk, at, frames);
      if (at === chunk.length) break;
    }
    if (!this.#error) return ok(frames);
    this.#clear();
    return fail(this.#error);
  }

  /** Takes whole frames straight from the chunk, then keeps the rest; gives the bytes taken. */
  #readWhole(chunk: Uint8Array, from: number, frames: Frame[]): number {
    let at = from;
    while (chunk.length - at >= FRAME_HEADER_SIZE) {
      const size = this.#sizeOf(chunk, at);
      if (size === undefined || size > chunk.length - at) break;
      frames.push(frameOf(chunk, at, size));
      at += size;
    }
    if (!this.#error) this.#keep(chunk.subarray(at));
    return chunk.length - from;
  }

  /** Completes the kept header or frame as far as the chunk goes; gives the bytes taken. */
  #readPart(chunk: Uint8Array, from: number, frames: Frame[]): number {
    const known = this.#used >= FRAME_HEADER_SIZE;
    const size = known ? this.#sizeOf(this.#room, 0) : FRAME_HEADER_SIZE;
    if (size === undefined) return 0;
    const part = chunk.subarray(from, from + size - this.#used);
    this.#keep(part);
    if (this.#used < size) return part.length;
    if (known) {
      frames.push(frameOf(this.#room, 0, size));
      this.#clear();
    } else {
      // A header that cannot be is told at once: nothing more may ever arrive.
      this.#sizeOf(this.#room, 0);
    }
    return part.length;
  }

  /** The whole size of the frame at `at`, of which the header is there; undefined on an error. */
  #sizeOf(bytes: Uint8Array, at: number): number | undefined {
    const length = viewOf(bytes).getUint32(at, true);
    if (length < MESSAGE_ID_SIZE) this.#error = 'frame-too-small';
    if (length > FRAME_SIZE_MAX - FRAME_HEADER_SIZE) this.#error = 'frame-too-large';
    return this.#error ? undefined : FRAME_HEADER_SIZE + length;
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    const needed = this.#used + bytes.length;
    if (needed > this.#room.length) {
      const size = Math.min(Math.max(needed, 2 * this.#room.length, ROOM_MIN), FRAME_SIZE_MAX);
      const larger = new Uint8Array(size);
      larger.set(this.#room.subarray(0, this.#used));
      this.#room = larger;
    }
    this.#room.set(bytes, this.#used);
    this.#used = needed;
  }

  #clear(): void {
    this.#room = NO_BYTES;
    this.#used = 0;
  }
}

function frameOf(bytes: Uint8Array, at: number, size: number): Frame {
  const view = viewOf(bytes);
  const payload = at + FRAME_HEADER_SIZE + MESSAGE_ID_SIZE;
  return {
    version: view.getUint32(at + 4, true),
    messageId: view.getUint32(at + FRAME_HEADER_SIZE, true),
    // Not `slice`: sockets give a Buffer, whose `slice` shares its memory.
    payload: new Uint8Array(bytes.subarray(payload, at + size)),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
