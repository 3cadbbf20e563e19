/** The SIP messages that a client says it sent and received, read by our own parser. */
import { parseMessage, type SipMessage, type SipRequest, type SipResponse } from '@conclave/sip';

export interface TracedMessage {
  readonly isSent: boolean;
  readonly transport: string;
  readonly message: SipMessage;
}

export function bodyOf(message: SipMessage): string {
  return Buffer.from(message.body).toString();
}

/** The requests of one method, in order. */
export function requestsOf(
  trace: readonly TracedMessage[],
  method: string,
  direction: 'sent' | 'received',
): readonly SipRequest[] {
  return trace.flatMap(({ isSent, message }) =>
    message.type === 'request' && message.method === method && isSent === (direction === 'sent')
      ? [message]
      : [],
  );
}

/** The responses to one method, in order. */
export function responsesTo(
  trace: readonly TracedMessage[],
  method: string,
  direction: 'sent' | 'received',
): readonly SipResponse[] {
  return trace.flatMap(({ isSent, message }) =>
    message.type === 'response' &&
    message.headers.get('CSeq')?.endsWith(` ${method}`) === true &&
    isSent === (direction === 'sent')
      ? [message]
      : [],
  );
}

/** A message as a log shows it: line ends may have lost their CR. */
export function messageOfText(text: string): SipMessage | undefined {
  const wire = text.replace(/\r?\n/g, '\r\n');
  const parsed = parseMessage(Buffer.from(wire));
  return parsed.ok ? parsed.value : undefined;
}
