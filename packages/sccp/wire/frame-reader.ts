/**
 * Cuts a byte stream into SCCP frames, however TCP split or merged them.
 *
 * Bounds: a frame is at most FRAME_SIZE_MAX bytes and at most one unfinished frame is kept, so a
 * connection costs at most that much whatever its peer sends. After an error the reader stays in it.
 */
import { fail, ok, type Result } from '@conclave/base';

const HEADER_SIZE = 8;
const ID_SIZE = 4;

/** Data messages carry 2,000 bytes and the largest layouts take some 3 kB; ten times that is hostile. */
export const FRAME_SIZE_MAX: number = 32 * 1024;

export interface Frame {
  /** Header version: 0 for the basic layout, otherwise the negotiated version. */
  readonly version: number;
  readonly messageId: number;
  /** The bytes after the message id; they stay valid. */
  readonly payload: Uint8Array;
}

export type FrameError = 'frame-too-large' | 'frame-too-small';

export class FrameReader {
  #rest: Uint8Array = new Uint8Array(0);
  #error: FrameError | undefined;

  /** Takes the next bytes and gives the frames that they complete. */
  push(chunk: Uint8Array): Result<readonly Frame[], FrameError> {
    if (this.#error) return fail(this.#error);
    const bytes = this.#rest.length === 0 ? chunk : concatenated(this.#rest, chunk);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const frames: Frame[] = [];
    let at = 0;
    while (bytes.length - at >= HEADER_SIZE) {
      const length = view.getUint32(at, true);
      if (length < ID_SIZE) return this.#fail('frame-too-small');
      if (length > FRAME_SIZE_MAX - HEADER_SIZE) return this.#fail('frame-too-large');
      const end = at + HEADER_SIZE + length;
      if (end > bytes.length) break;
      frames.push({
        version: view.getUint32(at + 4, true),
        messageId: view.getUint32(at + HEADER_SIZE, true),
        payload: bytes.slice(at + HEADER_SIZE + ID_SIZE, end),
      });
      at = end;
    }
    this.#rest = bytes.slice(at);
    return ok(frames);
  }

  #fail(error: FrameError): Result<never, FrameError> {
    this.#error = error;
    this.#rest = new Uint8Array(0);
    return fail(error);
  }
}

function concatenated(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
