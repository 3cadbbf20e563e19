/**
 * Bytes to a SIP message: start line, header fields, body. Strict about what separates one message or
 * field from the next (CRLF, one space in the start line, Content-Length), because two parsers that
 * disagree about that see different messages; values stay text until somebody asks for them.
 *
 * Not here: whether a request makes sense (`check-request.ts`), and where a message ends in a stream
 * (`message-reader.ts`). Source: [rfc] RFC 3261 §7, §18.3, §25.
 */
import { CR, isBlank, isToken, LF, parseNumber, trimBlanks } from './characters.ts';
import { canonicalName, usualName } from './header-name.ts';
import { type HeaderField, Headers } from './headers.ts';
import { BODY_BYTES_MAX, HEADER_BYTES_MAX, HEADER_FIELDS_MAX } from './limits.ts';
import { NO_BODY, type SipMessage, type SipRequest } from './message.ts';
import { decodeText } from './text.ts';
import { parseTopVia } from './via.ts';

export type MessageError =
  /** Neither a request nor a response of SIP: dropped without a word. */
  | 'not-sip'
  | 'bad-start-line'
  | 'bad-version'
  | 'bad-header'
  | 'header-too-large'
  | 'bad-content-length'
  | 'missing-content-length'
  | 'body-too-large'
  | 'truncated';

/** A request that cannot be taken but can be answered. */
export interface RefusedRequest {
  /** What to answer: 400, 413, 505 or 513. */
  readonly status: number;
  /** A reason phrase that says what is wrong. */
  readonly reason: string;
  /**
   * What could be read of it, for the answer: the top Via is good; From, To, Call-ID and CSeq may be
   * absent or rubbish. The body is empty. Never an ACK, as nothing answers one.
   */
  readonly request: SipRequest;
}

export interface MalformedMessage {
  readonly ok: false;
  readonly error: MessageError;
  readonly detail: string;
  /** Absent: nothing to be done about it but to count it. */
  readonly refused?: RefusedRequest;
}

export type ParsedMessage = { readonly ok: true; readonly value: SipMessage } | MalformedMessage;

/** What is in front of the body, and the first thing that is wrong with it. */
export interface MessageHead {
  readonly start: StartLine;
  readonly fields: readonly HeaderField[];
  readonly fault?: Fault | undefined;
}

export interface Fault {
  readonly error: MessageError;
  readonly status: number;
  readonly detail: string;
}

const BODY_TOO_LARGE: Fault = fault('body-too-large', 413, 'Request Entity Too Large');

type StartLine =
  | { readonly type: 'request'; readonly method: string; readonly uri: string }
  | { readonly type: 'response'; readonly status: number; readonly reason: string };

/**
 * The message of one datagram or of one WebSocket frame. What follows the body that Content-Length
 * announces is ignored (RFC 3261 §18.3); without Content-Length the body is the rest.
 * `bytes` are not kept.
 */
export function parseMessage(bytes: Uint8Array): ParsedMessage {
  const from = skipLineEnds(bytes);
  const blank = findHeadEnd(bytes, from);
  const end = blank < 0 ? bytes.length : blank;
  if (end - from > HEADER_BYTES_MAX) {
    return { ok: false, error: 'header-too-large', detail: 'Headers Too Large' };
  }
  const head = parseHead(bytes.subarray(from, end));
  if (!head) return { ok: false, error: 'not-sip', detail: 'Not SIP' };
  if (blank < 0) return malformed(head, fault('truncated', 400, 'No Empty Line After Headers'));
  const rest = bytes.subarray(end + 4);
  const length = bodyLength(head.fields);
  if (typeof length === 'object') return malformed(head, length);
  if (length !== undefined && length > rest.length) {
    return malformed(head, fault('truncated', 400, 'Body Shorter Than Content-Length'));
  }
  if (length === undefined && rest.length > BODY_BYTES_MAX) return malformed(head, BODY_TOO_LARGE);
  return completeMessage(head, length === undefined ? rest : rest.subarray(0, length));
}

/** A message of a head and its body, or what is wrong with the head. The body is copied. */
export function completeMessage(head: MessageHead, body: Uint8Array): ParsedMessage {
  if (head.fault) return malformed(head, head.fault);
  const content = body.length === 0 ? NO_BODY : new Uint8Array(body);
  const headers = Headers.ofCanonical(head.fields);
  return { ok: true, value: { ...head.start, headers, body: content } };
}

/** A fault with the answer to it, if the message is a request that can be answered. */
export function malformed(head: MessageHead, otherwise: Fault): MalformedMessage {
  const { error, status, detail } = head.fault ?? otherwise;
  const { start, fields } = head;
  if (start.type === 'response' || start.method === 'ACK') return { ok: false, error, detail };
  const headers = Headers.ofCanonical(fields);
  if (!parseTopVia(headers)) return { ok: false, error, detail };
  const request: SipRequest = { ...start, headers, body: NO_BODY };
  return { ok: false, error, detail, refused: { status, reason: detail, request } };
}

/** Where the first CRLF CRLF from `from` on begins; -1 if there is none. */
export function findHeadEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(CR, from); at >= 0; at = bytes.indexOf(CR, at + 1)) {
    if (bytes[at + 1] === LF && bytes[at + 2] === CR && bytes[at + 3] === LF) return at;
  }
  return -1;
}

/** Reads start line and fields; `bytes` end before the empty line. Undefined: this is not SIP. */
export function parseHead(bytes: Uint8Array): MessageHead | undefined {
  const text = decodeText(bytes);
  const lineEnd = text.indexOf('\r\n');
  const line = lineEnd < 0 ? text : text.slice(0, lineEnd);
  const start = parseStartLine(line);
  if (!start) return undefined;
  const fields: HeaderField[] = [];
  const inFields = lineEnd < 0 ? undefined : parseFields(text, lineEnd + 2, fields);
  return { start: start.line, fields, fault: start.fault ?? inFields };
}

/**
 * The length that the fields announce: undefined if they announce none. Several fields must not be
 * there, even if they agree.
 */
export function bodyLength(fields: readonly HeaderField[]): number | Fault | undefined {
  let length: number | undefined;
  for (const { name, value } of fields) {
    if (name !== 'Content-Length') continue;
    const announced = parseNumber(value, Number.MAX_SAFE_INTEGER);
    if (length !== undefined || announced === undefined) {
      return fault('bad-content-length', 400, 'Bad Content-Length');
    }
    length = announced;
  }
  if (length === undefined || length <= BODY_BYTES_MAX) return length;
  return BODY_TOO_LARGE;
}

/**
 * Reads the fields in `text` from `from` on and adds those that can be read to `fields`; gives the first
 * thing that is wrong. Parts of a multipart body have such fields too.
 */
export function parseFields(text: string, from: number, fields: HeaderField[]): Fault | undefined {
  let found: Fault | undefined;
  let at = from;
  while (at < text.length) {
    const end = endOfField(text, at);
    const field = parseField(text, at, end);
    if (typeof field === 'string') found ??= fault('bad-header', 400, field);
    else if (fields.length < HEADER_FIELDS_MAX) fields.push(field);
    else return found ?? fault('header-too-large', 513, 'Too Many Headers');
    at = end + 2;
  }
  return found;
}

export function fault(error: MessageError, status: number, detail: string): Fault {
  return { error, status, detail };
}

/** [rfc] RFC 3261 §7.5: empty lines in front of a message are ignored. */
function skipLineEnds(bytes: Uint8Array): number {
  let at = 0;
  while (bytes[at] === CR && bytes[at + 1] === LF) at += 2;
  return at;
}

function parseStartLine(line: string): { line: StartLine; fault?: Fault } | undefined {
  if (isVersion(line.slice(0, line.indexOf(' ')))) return parseStatusLine(line);
  const last = line.trimEnd();
  const version = last.slice(last.lastIndexOf(' ') + 1);
  if (!isVersion(version)) return undefined;
  const [method = '', uri = '', third, ...rest] = line.split(' ', 4);
  const parsed = { line: { type: 'request', method, uri } } as const;
  // One space between the parts and none behind them: a liberal reader would have to guess.
  if (!isToken(method) || uri === '' || /\s/.test(uri) || third !== version || rest.length > 0) {
    return { ...parsed, fault: fault('bad-start-line', 400, 'Bad Request-Line') };
  }
  if (isOurVersion(version)) return parsed;
  return { ...parsed, fault: fault('bad-version', 505, 'Version Not Supported') };
}

function parseStatusLine(line: string): { line: StartLine; fault?: Fault } {
  const version = line.indexOf(' ');
  const codeEnd = line.indexOf(' ', version + 1);
  const code = line.slice(version + 1, codeEnd < 0 ? line.length : codeEnd);
  const reason = codeEnd < 0 ? '' : line.slice(codeEnd + 1);
  const status = code.length === 3 ? (parseNumber(code, 699) ?? 0) : 0;
  const parsed = { line: { type: 'response', status, reason } } as const;
  if (!isOurVersion(line.slice(0, version))) {
    return { ...parsed, fault: fault('bad-version', 0, 'Version Not Supported') };
  }
  if (status >= 100 && !/[\r\n]/.test(reason)) return parsed;
  return { ...parsed, fault: fault('bad-start-line', 0, 'Bad Status-Line') };
}

/** SIP of any version; HTTP and garbage are not. */
function isVersion(text: string): boolean {
  return /^SIP\/\d{1,9}\.\d{1,9}$/i.test(text);
}

function isOurVersion(version: string): boolean {
  return version === 'SIP/2.0' || version.toUpperCase() === 'SIP/2.0';
}

/** The end of the line at `from` and of the lines that continue it, without the last CRLF. */
function endOfField(text: string, from: number): number {
  let at = from;
  for (;;) {
    const end = text.indexOf('\r\n', at);
    if (end < 0) return text.length;
    if (!isBlank(text.charCodeAt(end + 2))) return end;
    at = end + 2;
  }
}

/** One field, or a sentence that says why it is none. */
function parseField(text: string, from: number, end: number): HeaderField | string {
  const colon = text.indexOf(':', from);
  if (colon < 0 || colon >= end) return 'Header Line Without Colon';
  const written = trimBlanks(text, from, colon);
  let name = usualName(written);
  if (name === undefined) {
    // A blank in front would have made the line part of the one before, unless it is the first.
    if (!isToken(written) || isBlank(text.charCodeAt(from))) return 'Bad Header Name';
    name = canonicalName(written);
  }
  const value = trimBlanks(text, colon + 1, end);
  if (!value.includes('\r') && !value.includes('\n')) return { name, value };
  const lines = value.split('\r\n').map((line) => trimBlanks(line));
  const unfolded = trimBlanks(lines.join(' '));
  if (/[\r\n]/.test(unfolded)) return `Stray Line End in ${name}`;
  return { name, value: unfolded };
}
