/** Classes of characters and the small scanning helpers of the SIP grammar. [rfc] RFC 3261 §25.1. */

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;

const TOKEN = tableOf("-.!%*_+`'~");

/** One or more token characters. */
export function isToken(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (TOKEN[text.charCodeAt(at)] !== 1) return false;
  return text.length > 0;
}

export function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

export function isDigits(text: string): boolean {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > 0;
}

/** Without the spaces and tabs at both ends; unlike `trim`, other characters stay. */
export function trimBlanks(text: string, from = 0, to: number = text.length): string {
  let start = from;
  let end = to;
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Where the quoted string that begins at `at` ends, after its quote; -1 if it does not end. */
export function endOfQuoted(text: string, at: number): number {
  for (let index = at + 1; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === BACKSLASH) index++;
    else if (code === QUOTE) return index + 1;
  }
  return -1;
}

/** A whole number of at most `max`; leading zeros do no harm; undefined for anything else. */
export function parseNumber(text: string, max: number): number | undefined {
  if (!isDigits(text)) return undefined;
  const value = Number(text);
  return value <= max ? value : undefined;
}

/** A table that has 1 for letters, digits and `marks`. */
export function tableOf(marks: string): Uint8Array {
  const table = new Uint8Array(128);
  for (let code = 0; code < 128; code++) {
    const char = String.fromCharCode(code);
    if (/[A-Za-z0-9]/.test(char) || marks.includes(char)) table[code] = 1;
  }
  return table;
}
