import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeMessage } from './codec.ts';
import { FRAME_HEADER_SIZE, FRAME_SIZE_MAX, type Frame, FrameReader } from './frame-reader.ts';

/*
 * Goal: where TCP cuts does not matter, memory stays bounded, frames own their bytes, and what cannot
 * be a frame is told as soon as its header is there. Method: streams of arbitrary frames, cut anywhere.
 */

const frames = fc.array(
  fc.record({
    version: fc.constantFrom(0, 11, 22, 0xffff_ffff),
    messageId: fc.nat(0xffff_ffff),
    payload: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: 900, maxLength: 1100 }),
    ),
  }),
  { maxLength: 8 },
);

describe('framing', () => {
  test('any split and merge of any sequence gives the same frames', () => {
    fc.assert(
      fc.property(frames, fc.array(fc.nat(200), { minLength: 1 }), (sent, sizes) => {
        const reader = new FrameReader();
        const read = chunksOf(streamOf(sent), sizes).flatMap((chunk) => framesFrom(reader, chunk));
        expect(read).toEqual(sent);
        expect(reader.heldBytes).toBe(0);
      }),
    );
  });

  test('byte by byte, and all at once', () => {
    const sent = [encodeMessage('SoftKeyTemplateRes', {}, 20), encodeMessage('OnHook', {}, 20)];
    const stream = Uint8Array.from(sent.flatMap((each) => [...each]));
    const whole = framesFrom(new FrameReader(), stream);
    const reader = new FrameReader();
    expect([...stream].flatMap((byte) => framesFrom(reader, Uint8Array.of(byte)))).toEqual(whole);
    expect(whole).toHaveLength(2);
  });

  test('the largest frame passes', () => {
    const sent = { version: 0, messageId: 1, payload: new Uint8Array(FRAME_SIZE_MAX - 12).fill(7) };
    const reader = new FrameReader();
    const read = chunksOf(streamOf([sent]), [1400]).flatMap((chunk) => framesFrom(reader, chunk));
    expect(read).toEqual([sent]);
  });

  test('frames and what is kept own their bytes: a buffer may be used again', () => {
    const sent = { version: 20, messageId: 9, payload: Uint8Array.of(1, 2, 3, 4) };
    const stream = streamOf([sent, sent]);
    for (let cut = 1; cut < stream.length; cut += 1) {
      const reader = new FrameReader();
      const buffer = Buffer.alloc(stream.length);
      const read: Frame[] = [];
      for (const part of [stream.subarray(0, cut), stream.subarray(cut)]) {
        buffer.set(part);
        read.push(...framesFrom(reader, buffer.subarray(0, part.length)));
        buffer.fill(0xee);
      }
      expect(read).toEqual([sent, sent]);
      expect(read.every((frame) => frame.payload.constructor === Uint8Array)).toBe(true);
    }
  });
});

describe('bounds', () => {
  test('an idle connection holds nothing, an unfinished frame no more than twice what came', () => {
    const reader = new FrameReader();
    expect(reader.heldBytes).toBe(0);
    const largest = FRAME_SIZE_MAX - FRAME_HEADER_SIZE;
    framesFrom(reader, headerOf(largest));
    let came = FRAME_HEADER_SIZE;
    for (; came < FRAME_SIZE_MAX - 100; came += 100) {
      framesFrom(reader, new Uint8Array(100));
      expect(reader.heldBytes).toBeLessThanOrEqual(Math.max(256, 2 * (came + 100)));
      expect(reader.heldBytes).toBeLessThanOrEqual(FRAME_SIZE_MAX);
    }
    expect(framesFrom(reader, new Uint8Array(FRAME_SIZE_MAX - came))).toHaveLength(1);
    expect(reader.heldBytes).toBe(0);
  });

  test.each([
    [0, 'frame-too-small'],
    [3, 'frame-too-small'],
    [FRAME_SIZE_MAX - FRAME_HEADER_SIZE + 1, 'frame-too-large'],
    [0xffff_ffff, 'frame-too-large'],
  ])(
    'length %i is refused at once however it comes, and the reader stays in error',
    (length, error) => {
      const good = encodeMessage('KeepAliveReq', {}, 20);
      for (const cut of [0, 1, 4, 7, 8]) {
        const reader = new FrameReader();
        const header = headerOf(length);
        expect(reader.push(header.subarray(0, cut)).ok).toBe(cut < 8);
        if (cut < 8) expect(reader.push(header.subarray(cut))).toEqual({ ok: false, error });
        expect(reader.push(good)).toEqual({ ok: false, error });
        expect(reader.heldBytes).toBe(0);
      }
    },
  );

  test('an error after good frames is told in the same push', () => {
    const good = encodeMessage('KeepAliveReq', {}, 20);
    const result = new FrameReader().push(Uint8Array.of(...good, ...headerOf(2)));
    expect(result).toEqual({ ok: false, error: 'frame-too-small' });
  });
});

function framesFrom(reader: FrameReader, chunk: Uint8Array): readonly Frame[] {
  const read = reader.push(chunk);
  if (!read.ok) throw new Error(read.error);
  return read.value;
}

function headerOf(length: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(FRAME_HEADER_SIZE));
  header.setUint32(0, length, true);
  return new Uint8Array(header.buffer);
}

function streamOf(sent: readonly Frame[]): Uint8Array {
  return Buffer.concat(
    sent.map(({ version, messageId, payload }) => {
      const head = new DataView(new ArrayBuffer(12));
      head.setUint32(0, payload.length + 4, true);
      head.setUint32(4, version, true);
      head.setUint32(8, messageId, true);
      return Buffer.concat([new Uint8Array(head.buffer), payload]);
    }),
  );
}

/** Pieces of the given sizes, over and over; empty ones among them. */
function chunksOf(stream: Uint8Array, sizes: readonly number[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; at < stream.length; index += 1) {
    // A whole round of empty chunks would never end.
    const size = sizes[index % sizes.length] ?? 1;
    const end = at + (size === 0 && index >= sizes.length ? 1 : size);
    chunks.push(stream.subarray(at, end));
    at = end;
  }
  return chunks;
}
