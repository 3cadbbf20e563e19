/**
 * ACK for a failure and CANCEL: requests about another one, that take exactly its way.
 * Source: [rfc] RFC 3261 §9.1, §17.1.1.3.
 */
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest } from '../wire/message.ts';
import { sequenceOf } from './message-parts.ts';

export type Field = readonly [name: string, value: string];

const COPIED: ReadonlySet<string> = new Set([
  'Via',
  'Max-Forwards',
  'From',
  'To',
  'Call-ID',
  'Route',
]);

/** `request` is ours: it has one Via. */
export function hopRequest(
  request: SipRequest,
  method: 'ACK' | 'CANCEL',
  fields: readonly Field[],
): SipRequest {
  const copied: Field[] = [];
  for (const { name, value } of request.headers) if (COPIED.has(name)) copied.push([name, value]);
  const number = sequenceOf(request.headers)?.number ?? 0;
  copied.push(['CSeq', `${number} ${method}`], ...fields);
  return { type: 'request', method, uri: request.uri, headers: Headers.of(copied), body: NO_BODY };
}
