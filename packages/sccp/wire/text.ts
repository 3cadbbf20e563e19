/**
 * Texts on the wire: one byte a character, so that display codes (`0x80 n`) survive.
 *
 * Nothing here converts between character sets unasked: names of people are UTF-8 on the wire, and
 * callers convert them with `utf8ToWire` and `wireToUtf8`.
 */

/** First bytes of the two-byte display codes. In UTF-8 neither begins a character of two bytes. */
const DISPLAY_PREFIXES: ReadonlySet<number> = new Set([0x80, 0x1e]);

/** Stands for characters that a caller forgot to convert: better seen than cut at a stray NUL. */
const UNCONVERTED = 0x3f;

/** At most `max` bytes; a cut falls neither inside a UTF-8 sequence nor inside a display code. */
export function encodeText(text: string, max: number): Uint8Array {
  const bytes = Uint8Array.from(text, (char) => byteOf(char));
  if (bytes.length <= max) return bytes;
  let end = 0;
  for (let next = unitSizeAt(bytes, 0); next <= max; next = end + unitSizeAt(bytes, end))
    end = next;
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
    const bytes = Uint8Array.from(wire, (char) => byteOf(char));
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return wire;
  }
}

function byteOf(char: string): number {
  const code = char.charCodeAt(0);
  return code > 0xff ? UNCONVERTED : code;
}

/** Bytes that stand or fall together from `at` on; at least 1. */
function unitSizeAt(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (DISPLAY_PREFIXES.has(first)) return 2;
  const size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 1;
  const rest = bytes.subarray(at + 1, at + size);
  // A lead byte without its continuation is no UTF-8; each byte then stands alone.
  return rest.length === size - 1 && rest.every((byte) => (byte & 0xc0) === 0x80) ? size : 1;
}
