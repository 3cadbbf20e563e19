/**
 * Texts from the wire as a person reads them on the phone: UTF-8, and display codes in English.
 *
 * A byte 0x80 begins a display code unless it continues a UTF-8 character: `C3 80` is a letter,
 * `80 34` is the word for a conference. A byte that is neither is shown as Latin-1, as old phones do.
 */
import { renderDisplayText } from '../wire/display-codes.ts';

/** Lead bytes and the number of continuation bytes that follow them [rfc] RFC 3629 §3. */
const LEADS = [
  { from: 0xc2, to: 0xdf, rest: 1 },
  { from: 0xe0, to: 0xef, rest: 2 },
  { from: 0xf0, to: 0xf4, rest: 3 },
] as const;

/** `wire` has one character for each byte. Control characters are left out. */
export function renderPhoneText(wire: string): string {
  let text = '';
  let at = 0;
  while (at < wire.length) {
    const code = wire.charCodeAt(at);
    const size = utf8SizeAt(wire, at);
    if (size > 1) {
      text += utf8Of(wire.slice(at, at + size));
      at += size;
    } else if (code === 0x80 || code === 0x1e) {
      text += renderDisplayText(wire.slice(at, at + 2));
      at += 2;
    } else {
      if (code >= 0x20 || code === 0x0a || code === 0x09) text += wire.charAt(at);
      at += 1;
    }
  }
  return text;
}

function utf8SizeAt(wire: string, at: number): number {
  const code = wire.charCodeAt(at);
  const lead = LEADS.find(({ from, to }) => code >= from && code <= to);
  if (!lead || at + lead.rest >= wire.length) return 1;
  for (let index = at + 1; index <= at + lead.rest; index += 1) {
    if (wire.charCodeAt(index) >> 6 !== 2) return 1;
  }
  return lead.rest + 1;
}

/** What has the form of UTF-8 and is none still (a surrogate, an overlong form) is shown as marks. */
function utf8Of(bytes: string): string {
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
  );
}
