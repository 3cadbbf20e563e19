/** The SIP messages that a client says it sent and received, read by our own parser. */
import { parseMessage, type SipMessage, type SipRequest, type SipResponse } from '@conclave/sip';

export interface TracedMessage {
  readonly isSent: boolean;
  readonly transport: string;
  readonly message: SipMessage;
}

/** Empty without a message. */
export function bodyOf(message: SipMessage | undefined): string {
  return message ? Buffer.from(message.body).toString() : '';
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

/** What a person looks at first when a call is not heard: a line a message, with the media in it. */
export function outlineOf(trace: readonly TracedMessage[]): string {
  return trace
    .map(({ isSent, message }) => {
      const head = message.type === 'request' ? message.method : message.status;
      const media = bodyOf(message)
        .replace(/inline:(.{4}).*/g, 'inline:$1...')
        .match(/^(?:m=audio|a=crypto|a=(?:sendrecv|inactive|sendonly|recvonly)).*/gm);
      const number = message.headers.get('CSeq') ?? '';
      return [isSent ? '>' : '<', head, `(${number})`, media?.join(' | ') ?? ''].join(' ');
    })
    .join('\n');
}

/** A message as a log shows it: line ends may have lost their CR. */
export function messageOfText(text: string): SipMessage | undefined {
  const parsed = parseMessage(Buffer.from(text.replace(/\r?\n/g, '\r\n')));
  return parsed.ok ? parsed.value : undefined;
}

/** Several messages in a row, each with its Content-Length, as a stream brings them. */
export function messagesOfText(text: string): readonly SipMessage[] {
  const messages: SipMessage[] = [];
  let rest = text.replace(/\r?\n/g, '\r\n').replace(/^(?:\r\n)+/, '');
  while (rest.includes('\r\n\r\n')) {
    const bodyAt = rest.indexOf('\r\n\r\n') + 4;
    const length = /^(?:Content-Length|l) *: *(\d+)/im.exec(rest.slice(0, bodyAt))?.[1] ?? '0';
    const message = messageOfText(rest.slice(0, bodyAt + Number(length)));
    if (message) messages.push(message);
    rest = rest.slice(bodyAt + Number(length)).replace(/^(?:\r\n)+/, '');
  }
  return messages;
}
