/** Makes the response to a request. Source: [rfc] RFC 3261 §8.2.6. */
import type { HeaderField } from '../wire/headers.ts';
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import { tagIn } from './message-parts.ts';

/** Usual phrases; the class's own name for others. */
const PHRASES: ReadonlyMap<number, string> = new Map([
  [100, 'Trying'],
  [180, 'Ringing'],
  [181, 'Call Is Being Forwarded'],
  [182, 'Queued'],
  [183, 'Session Progress'],
  [200, 'OK'],
  [202, 'Accepted'],
  [302, 'Moved Temporarily'],
  [400, 'Bad Request'],
  [401, 'Unauthorized'],
  [403, 'Forbidden'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [407, 'Proxy Authentication Required'],
  [408, 'Request Timeout'],
  [415, 'Unsupported Media Type'],
  [416, 'Unsupported URI Scheme'],
  [420, 'Bad Extension'],
  [422, 'Session Interval Too Small'],
  [423, 'Interval Too Brief'],
  [480, 'Temporarily Unavailable'],
  [481, 'Call/Transaction Does Not Exist'],
  [482, 'Loop Detected'],
  [483, 'Too Many Hops'],
  [484, 'Address Incomplete'],
  [486, 'Busy Here'],
  [487, 'Request Terminated'],
  [488, 'Not Acceptable Here'],
  [489, 'Bad Event'],
  [491, 'Request Pending'],
  [493, 'Undecipherable'],
  [500, 'Server Internal Error'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [504, 'Server Time-out'],
  [600, 'Busy Everywhere'],
  [603, 'Decline'],
]);

const CLASSES = ['', 'Progress', 'OK', 'Redirection', 'Client Error', 'Server Error', 'Failure'];

export function phraseOf(status: number): string {
  return PHRASES.get(status) ?? CLASSES[Math.floor(status / 100)] ?? 'Failure';
}

export interface ResponseParts {
  readonly phrase?: string | undefined;
  /** For To, if the request has none there. */
  readonly toTag?: string | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
  readonly body?: Uint8Array | undefined;
}

export function makeResponse(
  request: SipRequest,
  status: number,
  parts: ResponseParts = {},
): SipResponse {
  const fields: [string, string][] = [];
  for (const field of request.headers) copyField(field, status, parts.toTag, fields);
  if (parts.headers) for (const [name, value] of parts.headers) fields.push([name, value]);
  return {
    type: 'response',
    status,
    reason: parts.phrase ?? phraseOf(status),
    headers: Headers.of(fields),
    body: parts.body ?? NO_BODY,
  };
}

function copyField(
  { name, value }: HeaderField,
  status: number,
  toTag: string | undefined,
  fields: [string, string][],
): void {
  switch (name) {
    case 'Via':
    case 'From':
    case 'Call-ID':
    case 'CSeq':
      fields.push([name, value]);
      return;
    case 'To':
      fields.push([name, status > 100 ? withTag(value, toTag) : value]);
      return;
    case 'Timestamp':
      if (status === 100) fields.push([name, value]);
      return;
    case 'Record-Route':
      // What forms a dialog tells the caller its route.
      if (status > 100 && status < 300) fields.push([name, value]);
      return;
    default:
  }
}

function withTag(value: string, tag: string | undefined): string {
  return tag === undefined || tagIn(value) !== '' ? value : `${value};tag=${tag}`;
}
