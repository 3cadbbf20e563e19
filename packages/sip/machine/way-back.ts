/**
 * What our end of the transport does with Via: notes where a request really came from, finds the way
 * back for answers, and writes our own. Source: [rfc] RFC 3261 §18, RFC 3581.
 */
import { Headers } from '../wire/headers.ts';
import { formatHost, sameHost } from '../wire/host.ts';
import type { SipRequest } from '../wire/message.ts';
import { withParameters } from '../wire/parameters.ts';
import { splitList } from '../wire/split-list.ts';
import { formatVia, type Via } from '../wire/via.ts';
import type { Flow, SipTransport } from './flow.ts';

/** Where the peer is, when it is not the remote end of the flow. */
export interface Remote {
  readonly host: string;
  readonly port: number;
}

const PORT = 5060;

/**
 * The request with what we know of its sender in its topmost Via: the sender's own claims there are
 * replaced.
 */
export function noteSource(request: SipRequest, via: Via, flow: Flow): SipRequest {
  const { parameters } = via;
  const asksForPort = parameters.has('rport');
  const isElsewhere = !sameHost(via.host, flow.remote.host);
  if (!asksForPort && !isElsewhere && !parameters.has('received')) return request;
  const noted = withParameters(parameters, [
    ['received', flow.remote.host],
    ...(asksForPort ? [['rport', String(flow.remote.port)] as const] : []),
  ]);
  const top = formatVia({ ...via, parameters: noted });
  return { ...request, headers: replaceTopVia(request.headers, top) };
}

/** Where answers go; undefined: to the remote end of the flow. */
export function wayBack(via: Via, flow: Flow): Remote | undefined {
  if (flow.transport !== 'udp' || via.parameters.has('rport')) return undefined;
  const port = via.port ?? PORT;
  return port === flow.remote.port ? undefined : { host: flow.remote.host, port };
}

export function ownVia(transport: SipTransport, sentBy: string, branch: string): string {
  return `SIP/2.0/${transport.toUpperCase()} ${sentBy};branch=${branch};rport`;
}

/** `host:port` as the key of a transaction: a request without a port comes from the usual one. */
export function sentByOf(via: Via): string {
  return `${formatHost(via.host)}:${via.port ?? PORT}`;
}

/** Puts another value in the place of the topmost one, which may stand in a list with others. */
function replaceTopVia(headers: Headers, top: string): Headers {
  const fields: [string, string][] = [];
  let isDone = false;
  for (const { name, value } of headers) {
    if (name !== 'Via' || isDone) {
      fields.push([name, value]);
      continue;
    }
    isDone = true;
    fields.push([name, [top, ...splitList(value).slice(1)].join(', ')]);
  }
  return Headers.of(fields);
}
