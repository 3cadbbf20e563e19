/**
 * What must hold before anybody acts on a message that could be parsed. [rfc] RFC 3261 §8.1.3, §8.2,
 * §16.3, §20.
 *
 * Not here, as it depends on who is asked: unknown methods (405, 501), unknown extensions (420, see
 * `unknownExtensions`), bodies and answers of unknown type (415 and 406, see `accepts`), Max-Forwards of
 * 0 (483 is for those who would forward), whether a dialog exists (481). Missing Max-Forwards, From tag
 * and branch are let pass: RFC 2543 had none.
 */
import {
  addressesOf,
  addressOf,
  cseqOf,
  isStarContact,
  maxForwardsOf,
  tokensOf,
  viasOf,
} from './fields.ts';
import type { SipMessage, SipRequest, SipResponse } from './message.ts';
import { parseUri } from './uri.ts';
import { MAGIC_COOKIE } from './via.ts';

/** What to answer; nothing answers an ACK, which is dropped instead. */
export interface Refusal {
  readonly status: number;
  /** A reason phrase that says what is wrong. */
  readonly reason: string;
}

/** Without these nothing can be answered as the sender expects. */
const NEEDED = ['Call-ID', 'From', 'To', 'CSeq', 'Via'];

/** Headers that have one value: which of two should be believed? */
const SINGLE: ReadonlySet<string> = new Set([
  ...['Call-ID', 'From', 'To', 'CSeq', 'Max-Forwards', 'Content-Type', 'Expires', 'Event'],
  ...['Refer-To', 'Replaces', 'Join', 'Session-Expires', 'Min-SE', 'RAck', 'Subscription-State'],
]);

/** Lists of addresses that decide where something is sent. Contact is last, as it may be a star. */
const ADDRESS_LISTS = ['Route', 'Record-Route', 'Path', 'Contact'];

/** Undefined: nothing is wrong with it. */
export function checkRequest(request: SipRequest): Refusal | undefined {
  const wrong = faultOf(request);
  if (wrong !== undefined) return badRequest(wrong);
  if (cseqOf(request)?.method !== request.method) return badRequest('CSeq Has Another Method');
  if (request.headers.has('Max-Forwards') && maxForwardsOf(request) === undefined) {
    return badRequest('Bad Max-Forwards');
  }
  if (request.method === 'REGISTER' && !isSip(addressOf(request, 'To')?.uri.scheme)) {
    return badRequest('To Is No SIP URI');
  }
  return checkRequestUri(request.uri);
}

/** Whether an answer is of use to a user agent; others are dropped without a word. */
export function isSoundResponse(response: SipResponse): boolean {
  // RFC 3261 §8.1.3.3: with a second Via it was on its way to somebody else.
  return faultOf(response) === undefined && viasOf(response)?.length === 1;
}

/** Extensions that the request needs and we do not have: with any, answer 420 with Unsupported. */
export function unknownExtensions(
  request: SipRequest,
  known: ReadonlySet<string>,
): readonly string[] {
  // RFC 3261 §8.2.2.3: ACK and CANCEL are not refused for it.
  if (request.method === 'ACK' || request.method === 'CANCEL') return [];
  return tokensOf(request, 'Require').filter((each) => !known.has(each));
}

/**
 * Whether the sender takes bodies of this type, such as `application/sdp`. Without Accept it takes
 * SDP, and nothing else that we could send unasked. [rfc] RFC 3261 §20.1.
 */
export function accepts(message: SipMessage, type: string): boolean {
  if (!message.headers.has('Accept')) return type === 'application/sdp';
  const whole = `${type.slice(0, type.indexOf('/'))}/*`;
  return tokensOf(message, 'Accept')
    .map((range) => range.split(';', 1)[0]?.trim())
    .some((range) => range === type || range === whole || range === '*/*');
}

/** What is wrong with requests and responses alike. */
function faultOf(message: SipMessage): string | undefined {
  const { headers } = message;
  const missing = NEEDED.find((name) => !headers.get(name));
  if (missing !== undefined) return `Missing ${missing}`;
  const repeated = repeatedIn(message);
  if (repeated !== undefined) return `More Than One ${repeated}`;
  const top = viasOf(message)?.[0];
  // RFC 3261 §17.2.3 takes the cookie as a promise that something unique follows.
  if (!top || top.parameters.get('branch') === MAGIC_COOKIE) return 'Bad Via';
  if (!addressOf(message, 'From')) return 'Bad From';
  if (!addressOf(message, 'To')) return 'Bad To';
  if (!cseqOf(message)) return 'Bad CSeq';
  const bad = ADDRESS_LISTS.find((name) => headers.has(name) && !addressesOf(message, name));
  if (bad === undefined || (bad === 'Contact' && isStarContact(message))) return undefined;
  return `Bad ${bad}`;
}

/** The first header of one value that is there twice. */
function repeatedIn({ headers }: SipMessage): string | undefined {
  const seen = new Set<string>();
  for (const { name } of headers) {
    if (!SINGLE.has(name)) continue;
    if (seen.has(name)) return name;
    seen.add(name);
  }
  return undefined;
}

function checkRequestUri(text: string): Refusal | undefined {
  const uri = parseUri(text);
  if (!uri.ok) return badRequest('Bad Request-URI');
  if (uri.value.scheme === 'other') return { status: 416, reason: 'Unsupported URI Scheme' };
  if (uri.value.scheme === 'tel') return undefined;
  // They would be headers of a request that somebody else makes of it (RFC 3261 §19.1.1).
  return uri.value.headers === undefined ? undefined : badRequest('Headers in Request-URI');
}

function isSip(scheme: string | undefined): boolean {
  return scheme === 'sip' || scheme === 'sips';
}

function badRequest(reason: string): Refusal {
  return { status: 400, reason };
}
