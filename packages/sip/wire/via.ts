/** Via: which way a request came, and so which way its answers go. [rfc] RFC 3261 §20.42, RFC 3581. */
import { fail, ok, type Result } from '@conclave/base';
import { isToken, trimBlanks } from './characters.ts';
import type { Headers } from './headers.ts';
import { formatHostPort, parseHostPort } from './host.ts';
import { formatParameters, type Parameters, parseParameters } from './parameters.ts';
import { splitList } from './split-list.ts';

export interface Via {
  /** In capitals: UDP, TCP, TLS, WS, WSS or another. */
  readonly transport: string;
  /** Where its sender says it is reached: without brackets, in small letters. */
  readonly host: string;
  readonly port?: number | undefined;
  /** `branch`, `received`, `rport`, `maddr`, `ttl` and others. */
  readonly parameters: Parameters;
}

/** Begins the branch of every transaction of RFC 3261. */
export const MAGIC_COOKIE = 'z9hG4bK';

/** One value of a Via header: `splitList` has taken lists apart. */
export function parseVia(text: string): Result<Via, 'bad-via'> {
  const first = text.indexOf('/');
  const second = text.indexOf('/', first + 1);
  const semicolon = text.indexOf(';');
  const end = semicolon < 0 ? text.length : semicolon;
  if (first < 0 || second < 0 || second > end) return fail('bad-via');
  if (trimBlanks(text, 0, first).toUpperCase() !== 'SIP') return fail('bad-via');
  // Any version, so that a request of another one can be answered with 505.
  if (!isToken(trimBlanks(text, first + 1, second))) return fail('bad-via');
  const sent = trimBlanks(text, second + 1, end);
  const space = sent.search(/[ \t]/);
  const transport = sent.slice(0, Math.max(space, 0)).toUpperCase();
  const at = parseHostPort(trimBlanks(sent, Math.max(space, 0)));
  const parameters = parseParameters(text.slice(end));
  if (!isToken(transport) || !at || !parameters.ok) return fail('bad-via');
  return ok({ transport, ...at, parameters: parameters.value });
}

export function formatVia(via: Via): string {
  return `SIP/2.0/${via.transport} ${formatHostPort(via)}${formatParameters(via.parameters)}`;
}

/** The first value of the first Via header, if it can be read. */
export function parseTopVia(headers: Headers): Via | undefined {
  return headers.once('top Via', readTopVia);
}

function readTopVia(headers: Headers): Via | undefined {
  const [first] = splitList(headers.get('Via') ?? '');
  const via = first === undefined ? undefined : parseVia(first);
  return via?.ok ? via.value : undefined;
}
