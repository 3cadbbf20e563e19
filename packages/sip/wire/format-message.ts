/**
 * A SIP message to bytes. Content-Length is ours, whatever the headers say, and stands last.
 *
 * No value can begin a new line: a CR or LF in it goes out as a space, wherever it came from.
 */
import type { SipMessage } from './message.ts';
import { encodeText } from './text.ts';

export function formatMessage(message: SipMessage): Uint8Array {
  let head = startLine(message);
  for (const { name, value } of message.headers) {
    if (name !== 'Content-Length') head += `${inOneLine(name)}: ${inOneLine(value)}\r\n`;
  }
  const { body } = message;
  const bytes = encodeText(`${head}Content-Length: ${body.length}\r\n\r\n`);
  if (body.length === 0) return bytes;
  const whole = new Uint8Array(bytes.length + body.length);
  whole.set(bytes);
  whole.set(body, bytes.length);
  return whole;
}

function startLine(message: SipMessage): string {
  if (message.type === 'response') {
    return `SIP/2.0 ${message.status} ${inOneLine(message.reason)}\r\n`;
  }
  return `${inOneWord(message.method)} ${inOneWord(message.uri)} SIP/2.0\r\n`;
}

function inOneLine(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, ' ') : text;
}

/** The parts of a request line are separated by spaces. */
function inOneWord(text: string): string {
  return /\s/.test(text) ? text.replace(/\s/g, '%20') : text;
}
