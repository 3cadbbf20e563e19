/** SIP requests as text, and those that ask more of a server than any call needs. */

export interface RequestParts {
  /** Call-ID, and part of the branch: one of its own in each request. */
  readonly id: string;
  /** Who says that it calls; a URI without `sip:`. */
  readonly from?: string;
  /** Whole value of From. */
  readonly fromField?: string;
  readonly to?: string;
  readonly via?: string;
  readonly contact?: string;
  readonly version?: string;
  /** More fields, before Content-Length. */
  readonly extra?: string;
  /** Content-Length as it is said; undefined for none. */
  readonly length?: string | undefined;
  readonly body?: string;
}

/** Right in everything that `parts` leaves alone. */
export function sipRequest(method: string, parts: RequestParts): string {
  const { id, from = 'a@example.org', to = 'b@example.org', version = '2.0', body = '' } = parts;
  const length = 'length' in parts ? parts.length : String(body.length);
  return [
    `${method} sip:${to} SIP/${version}`,
    `Via: ${parts.via ?? `SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK${id}${method};rport`}`,
    'Max-Forwards: 70',
    `From: ${parts.fromField ?? `<sip:${from}>;tag=1`}`,
    `To: <sip:${to}>`,
    `Call-ID: ${id}`,
    `CSeq: 1 ${method}`,
    `Contact: <sip:${parts.contact ?? 'a@192.0.2.1'}>`,
    'Event: conference',
    'Refer-To: <sip:c@example.org>',
    ...(parts.extra === undefined ? [] : [parts.extra]),
    ...(length === undefined ? [] : [`Content-Length: ${length}`]),
    '',
    body,
  ].join('\r\n');
}

/** Larger than any bound on headers, smaller than what a header of 64 kB may have. */
const HUGE = 131_072;
const LARGE = 60_000;

type Case<T> = readonly [name: string, T];

/** Nothing of it can be read: a server that waits for its end waits for ever. */
export const ENDLESS: readonly Case<string>[] = [
  ['a header without end', `OPTIONS sip:a SIP/2.0\r\nX: ${'a'.repeat(HUGE)}`],
  ['headers without end', `OPTIONS sip:a SIP/2.0\r\n${'X: y\r\n'.repeat(HUGE / 6)}`],
  ['a start line without end', 'A'.repeat(HUGE)],
];

/** What is said of the size of a message makes no sense. With the status of the refusal. */
export const MISSIZED: readonly (readonly [string, Omit<RequestParts, 'id'>, status: number])[] = [
  ['a huge body', { length: '9999999999' }, 413],
  ['a body of a negative length', { length: '-1' }, 400],
  ['two lengths', { extra: 'l: 5' }, 400],
  ['no length', { length: undefined }, 400],
  ['hundreds of headers', { extra: 'X: y\r\n'.repeat(500).trimEnd() }, 513],
];

/** Structure in structure, each within the bounds of a message. */
export const DEEP: readonly Case<Omit<RequestParts, 'id'>>[] = [
  ['quotes in quotes', { fromField: `"${'\\"'.repeat(LARGE / 2)}" <sip:a@b>;tag=1` }],
  ['a quote that is open', { fromField: `"${'a'.repeat(LARGE)} <sip:a@b>;tag=1` }],
  ['brackets', { fromField: `${'<'.repeat(LARGE)}sip:a@b${'>'.repeat(20)};tag=1` }],
  ['parameters', { contact: `a@b>${';a=1'.repeat(LARGE / 4)};b=<` }],
  ['URI parameters', { contact: `a@b${';a'.repeat(LARGE / 2)}` }],
  ['escapes', { contact: `${'%41'.repeat(LARGE / 3)}@b` }],
  ['addresses', { extra: `Route: ${'<sip:a>,'.repeat(LARGE / 8)}<sip:b>` }],
  ['blanks', { extra: `Subject: ${' \t'.repeat(LARGE / 2)}a` }],
  ['folds', { extra: `Subject: a${'\r\n a'.repeat(LARGE / 4)}` }],
  ['Vias', { extra: `Via: ${'SIP/2.0/TCP a;branch=b,'.repeat(2000)}SIP/2.0/TCP c` }],
  ['parts in parts', partsInParts(500)],
];

function partsInParts(levels: number): Omit<RequestParts, 'id'> {
  let body = 'v=0\r\n';
  let type = 'application/sdp';
  for (let level = 0; level < levels; level += 1) {
    body = `--b${level}\r\nContent-Type: ${type}\r\n\r\n${body}\r\n--b${level}--\r\n`;
    type = `multipart/mixed;boundary=b${level}`;
  }
  return { extra: `Content-Type: ${type}`, body };
}
