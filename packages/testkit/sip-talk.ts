/** What tests of calls between two SIP ends say and read: short words for messages and events. */
import {
  decodeText,
  encodeText,
  Headers,
  NO_BODY,
  type SessionEvent,
  type SipMessage,
  type SipRequest,
  type SipResponse,
  type UserAgentOutput,
} from '@conclave/sip';
import type { SipEnd, SipPair } from './sip-pair.ts';

export const INVITE = {
  uri: 'sip:2002@192.0.2.2',
  from: '"Ada" <sip:2001@192.0.2.1>',
  to: '<sip:2002@192.0.2.2>',
} as const;

/** A call that is answered; both ends answer every offer from then on. */
export function sipCall(pair: SipPair, offer?: string): readonly [mine: number, theirs: number] {
  const { a, b } = pair;
  const body = offer === undefined ? {} : { body: sdp(offer) };
  const mine = a.agent.invite({ ...INVITE, ...body }, { flow: a.flow }, pair.nowMs);
  pair.run(20);
  const theirs = b.incoming;
  answerOffers(pair, a, 'a');
  answerOffers(pair, b, 'b');
  b.agent.ring(theirs, 180, {}, pair.nowMs);
  b.agent.accept(theirs, { body: sdp('b1') }, pair.nowMs);
  pair.run(100);
  return [mine, theirs];
}

/** Answers what is offered with numbered descriptions. */
export function answerOffers(pair: SipPair, end: SipEnd, name: string): void {
  let count = name === 'b' ? 1 : 0;
  end.on = (output) => {
    if (output.type !== 'session' || !isOffer(output.event)) return;
    count += 1;
    end.agent.answerOffer(output.session, sdp(`${name}${count}`), {}, pair.nowMs);
  };
}

function isOffer(event: SessionEvent): boolean {
  if (event.type === 'answered') return event.role === 'offer';
  return event.type === 'offered' || event.type === 'offer-wanted';
}

/** Whether, a while later, neither end remembers anything. */
export function isNothingLeft(pair: SipPair): boolean {
  pair.run(70_000);
  return [pair.a, pair.b].every(
    ({ agent }) => agent.isEmpty && agent.deadlineMs === Number.POSITIVE_INFINITY,
  );
}

export function sdp(name: string): Uint8Array {
  return encodeText(name);
}

/** What an end has sent: methods, or status and method. */
export function wireOf(end: SipEnd): readonly string[] {
  return end.sent.map(briefOf);
}

export function briefOf(message: SipMessage): string {
  if (message.type === 'request') return message.method;
  return `${message.status} ${message.headers.get('CSeq')?.split(' ')[1]}`;
}

/** What an end was told of a session. */
export function toldOf(end: SipEnd, session: number): readonly string[] {
  return end.events(session).map(eventText);
}

function eventText(event: SessionEvent): string {
  switch (event.type) {
    case 'answered':
      return `answered ${event.role}: ${decodeText(event.body)}`;
    case 'offered':
      return `offered ${event.carrier}: ${decodeText(event.body)}`;
    case 'progress':
    case 'answer':
      return `${event.type}: ${decodeText(event.body)}`;
    case 'failed':
      return `failed ${event.status}`;
    case 'modified':
      return `modified ${event.method}`;
    case 'modify-failed':
      return `modify-failed ${event.method} ${event.status}`;
    case 'ended':
      return `ended ${event.reason}`;
    case 'request':
      return `request ${event.request.method}`;
    case 'response':
      return `response ${event.status}`;
    default:
      return event.type;
  }
}

export function isMethod(message: SipMessage, method: string): boolean {
  return message.type === 'request' && message.method === method;
}

/** Every request of this method that an end sent, repetitions left out. */
export function requestsOf(end: SipEnd, method: string): readonly SipRequest[] {
  const found = end.sent.filter((each) => each.type === 'request' && each.method === method);
  return [...new Set(found)] as readonly SipRequest[];
}

export function responsesOf(end: SipEnd, status: number, method: string): readonly SipResponse[] {
  const brief = `${status} ${method}`;
  return [...new Set(end.sent.filter((each) => briefOf(each) === brief))] as SipResponse[];
}

export function outputsOf<T extends UserAgentOutput['type']>(
  end: SipEnd,
  type: T,
): readonly Extract<UserAgentOutput, { readonly type: T }>[] {
  return end.heard.filter((each) => each.type === type) as Extract<
    UserAgentOutput,
    { readonly type: T }
  >[];
}

/** A request that no agent of ours would send. */
export function rawRequest(
  method: string,
  fields: Readonly<Record<string, string>> = {},
  body: Uint8Array = NO_BODY,
): SipRequest {
  const usual = {
    Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK-raw;rport',
    'Max-Forwards': '70',
    From: '<sip:2001@192.0.2.1>;tag=raw',
    To: '<sip:2002@192.0.2.2>',
    'Call-ID': 'raw',
    CSeq: `1 ${method}`,
    Contact: '<sip:192.0.2.1:5060>',
  };
  const headers = Headers.of(Object.entries({ ...usual, ...fields }));
  return { type: 'request', method, uri: 'sip:2002@192.0.2.2', headers, body };
}

/** A response of another phone than the one that answered: the same, with this tag. */
export function asFork(response: SipResponse, tag: string): SipResponse {
  const to = (response.headers.get('To') ?? '').replace(/;tag=.*$/, `;tag=${tag}`);
  return { ...response, headers: response.headers.with('To', to) };
}
