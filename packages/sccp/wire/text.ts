/**
 * Texts on the wire: one byte a character, so that display codes (`0x80 n`) survive. Names of people
 * are UTF-8; callers convert them with `utf8ToWire` and `wireToUtf8`.
 */

/** At most `max` bytes; a cut never falls inside a UTF-8 sequence. */
export function encodeText(text: string, max: number): Uint8Array {
  const bytes = Uint8Array.from(text, (char) => char.charCodeAt(0) & 0xff);
  if (bytes.length <= max) return bytes;
  let end = max;
  while (end > 0 && isContinuation(bytes[end])) end -= 1;
  return bytes.subarray(0, end);
}

/** Up to the first NUL, or all of it for data. */
export function decodeText(bytes: Uint8Array, whole: boolean): string {
  const end = whole ? -1 : bytes.indexOf(0);
  let text = '';
  for (const byte of end < 0 ? bytes : bytes.subarray(0, end)) text += String.fromCharCode(byte);
  return text;
}

/** A person's text as bytes in a string. */
export function utf8ToWire(text: string): string {
  return decodeText(new TextEncoder().encode(text), true);
}

/** Bytes in a string as a person's text; what is no UTF-8 stays as it is. */
export function wireToUtf8(wire: string): string {
  try {
    const bytes = Uint8Array.from(wire, (char) => char.charCodeAt(0) & 0xff);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return wire;
  }
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
