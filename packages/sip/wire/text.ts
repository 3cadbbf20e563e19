/**
 * Header text and its bytes.
 *
 * Text on the wire is UTF-8, but enterprise phones put bytes into display names that are none: the
 * display codes `0x80 n`. A byte that is no part of valid UTF-8 is kept as one lone surrogate,
 * U+DC80 ... U+DCFF for 0x80 ... 0xff, and written back as that byte. So every text is a proper string
 * of characters, and every sequence of bytes comes back as it was: `encodeText(decodeText(x))` is `x`.
 */

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const ENCODER = new TextEncoder();

const RAW = 0xdc00;

/** Shorter runs of good bytes are decoded by hand: a call of the decoder costs more. */
const RUN_MIN = 16;

export function decodeText(bytes: Uint8Array): string {
  const text = DECODER.decode(bytes);
  return text.includes('\ufffd') ? decodeWithRawBytes(bytes) : text;
}

export function encodeText(text: string): Uint8Array {
  return text.isWellFormed() ? ENCODER.encode(text) : encodeWithRawBytes(text);
}

/** Bytes, one a character, as text that is written as these very bytes: for display codes. */
export function rawText(bytes: string): string {
  let text = '';
  for (let at = 0; at < bytes.length; at++) text += rawChar(bytes.charCodeAt(at) & 0xff);
  return text;
}

function rawChar(byte: number): string {
  return String.fromCharCode(byte < 0x80 ? byte : RAW + byte);
}

/** Quick also where a peer sends 64 kB in which every other byte is raw. */
function decodeWithRawBytes(bytes: Uint8Array): string {
  let text = '';
  let good = 0;
  let at = 0;
  while (at < bytes.length) {
    const size = characterSizeAt(bytes, at);
    if (size === 0) {
      text += decodeRun(bytes, good, at) + rawChar(bytes[at] ?? 0);
      good = at + 1;
    }
    at += size || 1;
  }
  return text + decodeRun(bytes, good, at);
}

/** Valid UTF-8. */
function decodeRun(bytes: Uint8Array, from: number, to: number): string {
  if (to - from >= RUN_MIN) return DECODER.decode(bytes.subarray(from, to));
  let text = '';
  for (let at = from; at < to; ) {
    const size = characterSizeAt(bytes, at);
    text += String.fromCodePoint(codePointAt(bytes, at, size));
    at += size;
  }
  return text;
}

/** The code point of a valid character of `size` bytes. */
function codePointAt(bytes: Uint8Array, at: number, size: number): number {
  const first = bytes[at] ?? 0;
  let code = size === 1 ? first : first & (0x7f >> size);
  for (let index = 1; index < size; index++) code = (code << 6) | ((bytes[at + index] ?? 0) & 0x3f);
  return code;
}

/** Bytes of the valid UTF-8 character at `at`; 0 if there is none. Source: [rfc] RFC 3629 §4. */
function characterSizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (second < secondMin(first) || second > secondMax(first)) return 0;
  if (first < 0xe0) return 2;
  if (!isContinuation(bytes[at + 2])) return 0;
  if (first < 0xf0) return 3;
  return isContinuation(bytes[at + 3]) ? 4 : 0;
}

function secondMin(first: number): number {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
}

function secondMax(first: number): number {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

function encodeWithRawBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(3 * text.length);
  let used = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0;
    if (code < 0x80) bytes[used++] = code;
    else if (code > RAW + 0x7f && code <= RAW + 0xff) bytes[used++] = code - RAW;
    else {
      used += ENCODER.encodeInto(String.fromCodePoint(code), bytes.subarray(used)).written;
      if (code > 0xffff) at++;
    }
  }
  return bytes.slice(0, used);
}
