/**
 * Bodies of several parts. Each part has headers and a body, as a message has, so a part that is itself
 * multipart is read by the same function; how deep to go is the caller's business.
 * [rfc] RFC 2046 §5.1, RFC 5621.
 */
import { fail, ok, type Result } from '@conclave/base';
import { CR, isBlank, LF } from './characters.ts';
import { parseTokenWithParameters } from './fields.ts';
import { type HeaderField, Headers } from './headers.ts';
import { findHeadEnd, parseFields } from './parse-message.ts';
import { unquote } from './quoted-string.ts';
import { decodeText, encodeText } from './text.ts';

export interface BodyPart {
  /** `Content-Type`, `Content-ID`, `Content-Disposition` and their like. */
  readonly headers: Headers;
  readonly body: Uint8Array;
}

export type MultipartError = 'bad-content-type' | 'bad-multipart' | 'too-many-parts';

/** The largest of enterprise phones have three. */
const PARTS_MAX = 32;

/** [rfc] RFC 2046 §5.1.1. */
const BOUNDARY_MAX = 70;

const DASH = 0x2d;

/**
 * The parts of a message or part; itself alone if its type is not multipart, nothing if it has no body.
 * What stands before the first boundary and after the last is no part. Bodies share memory with it.
 */
export function partsOf(whole: BodyPart): Result<readonly BodyPart[], MultipartError> {
  if (whole.body.length === 0) return ok([]);
  const type = parseTokenWithParameters(whole.headers.get('Content-Type') ?? '');
  if (!type) return fail('bad-content-type');
  if (!type.token.startsWith('multipart/')) return ok([whole]);
  const boundary = unquote(type.parameters.get('boundary') ?? '');
  if (boundary === '' || boundary.length > BOUNDARY_MAX) return fail('bad-content-type');
  return splitParts(whole.body, encodeText(`--${boundary}`));
}

/**
 * A body of these parts and its Content-Type. `boundary` is a token; if parts hold what others wrote, it
 * must be one that they could not guess. Fails if it occurs in a part.
 */
export function formatMultipart(
  parts: readonly BodyPart[],
  boundary: string,
): Result<{ readonly contentType: string; readonly body: Uint8Array }, 'boundary-in-part'> {
  const delimiter = encodeText(`--${boundary}`);
  if (parts.some(({ body }) => indexOfBytes(body, delimiter, 0) >= 0)) {
    return fail('boundary-in-part');
  }
  const pieces = parts.flatMap(({ headers, body }) => [
    encodeText(`\r\n--${boundary}\r\n${formatFields(headers)}\r\n`),
    body,
  ]);
  const body = joined([...pieces, encodeText(`\r\n--${boundary}--\r\n`)]).subarray(2);
  return ok({ contentType: `multipart/mixed;boundary=${boundary}`, body });
}

function splitParts(
  body: Uint8Array,
  delimiter: Uint8Array,
): Result<readonly BodyPart[], MultipartError> {
  const parts: BodyPart[] = [];
  let line = nextDelimiter(body, delimiter, 0);
  while (line && !line.isLast) {
    if (parts.length === PARTS_MAX) return fail('too-many-parts');
    // The line end in front of a delimiter belongs to it, also when it ends an empty part.
    const next = nextDelimiter(body, delimiter, line.end - 2);
    if (!next) break;
    const part = parsePart(body.subarray(line.end, Math.max(next.start, line.end)));
    if (!part) return fail('bad-multipart');
    parts.push(part);
    line = next;
  }
  return line?.isLast ? ok(parts) : fail('bad-multipart');
}

interface DelimiterLine {
  /** Where the line end in front of it begins. */
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly isLast: boolean;
}

/** The next line that is the delimiter; text that only begins like it is content. */
function nextDelimiter(
  body: Uint8Array,
  delimiter: Uint8Array,
  from: number,
): DelimiterLine | undefined {
  let at = indexOfBytes(body, delimiter, from);
  for (; at >= 0; at = indexOfBytes(body, delimiter, at + 1)) {
    const begins = at === 0 || (body[at - 2] === CR && body[at - 1] === LF);
    let end = at + delimiter.length;
    if (!begins) continue;
    const isLast = body[end] === DASH && body[end + 1] === DASH;
    if (isLast) return { start: Math.max(at - 2, 0), end: end + 2, isLast };
    while (isBlank(body[end] ?? 0)) end++;
    if (body[end] !== CR || body[end + 1] !== LF) continue;
    return { start: Math.max(at - 2, 0), end: end + 2, isLast };
  }
  return undefined;
}

function parsePart(bytes: Uint8Array): BodyPart | undefined {
  if (bytes[0] === CR && bytes[1] === LF) {
    return { headers: Headers.of([]), body: bytes.subarray(2) };
  }
  const end = findHeadEnd(bytes, 0);
  const head = decodeText(end < 0 ? bytes : bytes.subarray(0, end));
  const fields: HeaderField[] = [];
  if (parseFields(head, 0, fields)) return undefined;
  const body = end < 0 ? bytes.subarray(bytes.length) : bytes.subarray(end + 4);
  return { headers: Headers.ofCanonical(fields), body };
}

function formatFields(headers: Headers): string {
  let text = '';
  for (const { name, value } of headers) text += `${name}: ${value.replace(/[\r\n]/g, ' ')}\r\n`;
  return text;
}

function indexOfBytes(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at;
  }
  return -1;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
