/**
 * A dialog: what two ends need to send each other requests, and in which order they came. Pure.
 * Source: [rfc] RFC 3261 §12.
 */
import { fail, ok, type Result } from '@conclave/base';
import { Headers } from '../wire/headers.ts';
import { NO_BODY, type SipRequest, type SipResponse } from '../wire/message.ts';
import type { Field } from './hop-request.ts';
import { listOf, sequenceOf, tagIn, tagOf, uriIn } from './message-parts.ts';

export interface Dialog {
  readonly callId: string;
  readonly localTag: string;
  /** Empty if the peer gave none, as RFC 2543 permitted. */
  readonly remoteTag: string;
  /** For From, with our tag. */
  readonly localParty: string;
  /** For To, with the peer's tag. */
  readonly remoteParty: string;
  /** Number of our last request. */
  readonly localSequence: number;
  /** Number of the peer's last request; -1 if there was none. */
  readonly remoteSequence: number;
  /** URI of the peer's Contact. */
  readonly remoteTarget: string;
  /** In the order of our Route headers. */
  readonly routeSet: readonly string[];
}

/** Requests whose Contact replaces the remote target (RFC 3261 §12.2, 3311, 3515, 6665). */
const REFRESHES: ReadonlySet<string> = new Set([
  'INVITE',
  'UPDATE',
  'SUBSCRIBE',
  'NOTIFY',
  'REFER',
]);

/** More hops than any real route. Further ones are not remembered. */
const ROUTES_MAX = 32;

export const MAX_FORWARDS = 70;

export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

export function keyOf(dialog: Dialog): string {
  return dialogKey(dialog.callId, dialog.localTag, dialog.remoteTag);
}

/** Of a request that we answer with this tag. */
export function dialogOfServer(request: SipRequest, localTag: string): Dialog {
  const { headers } = request;
  const remoteParty = headers.get('From') ?? '';
  const to = headers.get('To') ?? '';
  return {
    callId: headers.get('Call-ID') ?? '',
    localTag,
    remoteTag: tagIn(remoteParty),
    localParty: tagIn(to) === '' ? `${to};tag=${localTag}` : to,
    remoteParty,
    localSequence: 0,
    remoteSequence: sequenceOf(headers)?.number ?? 0,
    remoteTarget: contactUri(headers) ?? uriIn(remoteParty),
    routeSet: listOf(headers, 'Record-Route').slice(0, ROUTES_MAX),
  };
}

/** Of a request of ours and a response that has a tag. */
export function dialogOfClient(request: SipRequest, response: SipResponse): Dialog {
  const localParty = request.headers.get('From') ?? '';
  const remoteParty = response.headers.get('To') ?? '';
  return {
    callId: request.headers.get('Call-ID') ?? '',
    localTag: tagIn(localParty),
    remoteTag: tagIn(remoteParty),
    localParty,
    remoteParty,
    localSequence: sequenceOf(request.headers)?.number ?? 0,
    remoteSequence: -1,
    remoteTarget: contactUri(response.headers) ?? request.uri,
    routeSet: listOf(response.headers, 'Record-Route').toReversed().slice(0, ROUTES_MAX),
  };
}

/** The dialog that a message of the peer names. */
export function dialogKeyOf({ type, headers }: SipRequest | SipResponse): string {
  const [from, to] = [tagOf(headers, 'From'), tagOf(headers, 'To')];
  const callId = headers.get('Call-ID') ?? '';
  return type === 'request' ? dialogKey(callId, to, from) : dialogKey(callId, from, to);
}

/** With the peer's request noted; ACK and CANCEL are no requests of their own. */
export function acceptRequest(dialog: Dialog, request: SipRequest): Result<Dialog, 'out-of-order'> {
  const number = sequenceOf(request.headers)?.number ?? -1;
  if (number <= dialog.remoteSequence) return fail('out-of-order');
  const target = REFRESHES.has(request.method) ? contactUri(request.headers) : undefined;
  const remoteTarget = target ?? dialog.remoteTarget;
  return ok({ ...dialog, remoteSequence: number, remoteTarget });
}

/** With the target of a 2xx to a request that refreshes it. */
export function refreshTarget(dialog: Dialog, response: SipResponse): Dialog {
  const remoteTarget = contactUri(response.headers);
  return remoteTarget === undefined ? dialog : { ...dialog, remoteTarget };
}

/** The 2xx decides the route, whatever a provisional response said (RFC 3261 §13.2.2.4). */
export function confirmClient(early: Dialog, request: SipRequest, response: SipResponse): Dialog {
  const { localSequence, remoteSequence } = early;
  return { ...dialogOfClient(request, response), localSequence, remoteSequence };
}

export interface DialogRequest {
  readonly dialog: Dialog;
  readonly request: SipRequest;
}

/** Our next request. `fields` come after those of the dialog. */
export function nextRequest(
  dialog: Dialog,
  method: string,
  fields: readonly Field[],
  body: Uint8Array = NO_BODY,
): DialogRequest {
  const localSequence = dialog.localSequence + 1;
  const next = { ...dialog, localSequence };
  return { dialog: next, request: requestOf(next, method, localSequence, { fields, body }) };
}

/** ACK for the 2xx to the INVITE of this number. */
export function ackOf(
  dialog: Dialog,
  sequence: number,
  fields: readonly Field[],
  body: Uint8Array = NO_BODY,
): SipRequest {
  return requestOf(dialog, 'ACK', sequence, { fields, body });
}

/** Where requests of this dialog go first (RFC 3263 takes it from there). */
export function nextHop(dialog: Dialog): string {
  const [first] = dialog.routeSet;
  return first === undefined ? dialog.remoteTarget : uriIn(first);
}

function requestOf(
  dialog: Dialog,
  method: string,
  sequence: number,
  content: { readonly fields: readonly Field[]; readonly body: Uint8Array },
): SipRequest {
  const { uri, routes } = addressing(dialog);
  const fields: Field[] = [['Max-Forwards', String(MAX_FORWARDS)]];
  for (const route of routes) fields.push(['Route', route]);
  fields.push(
    ['From', dialog.localParty],
    ['To', dialog.remoteParty],
    ['Call-ID', dialog.callId],
    ['CSeq', `${sequence} ${method}`],
    ...content.fields,
  );
  return { type: 'request', method, uri, headers: Headers.of(fields), body: content.body };
}

/** A first router without `lr` wants to be the Request-URI itself (RFC 3261 §12.2.1.1). */
function addressing(dialog: Dialog): { readonly uri: string; readonly routes: readonly string[] } {
  const { remoteTarget, routeSet } = dialog;
  const [first] = routeSet;
  if (first === undefined) return { uri: remoteTarget, routes: routeSet };
  const uri = uriIn(first);
  if (/;lr(?:[;=?]|$)/i.test(uri)) return { uri: remoteTarget, routes: routeSet };
  return { uri, routes: [...routeSet.slice(1), `<${remoteTarget}>`] };
}

function contactUri(headers: Headers): string | undefined {
  const contact = headers.get('Contact');
  const uri = contact === undefined ? '' : uriIn(contact);
  return uri === '' || uri === '*' ? undefined : uri;
}
