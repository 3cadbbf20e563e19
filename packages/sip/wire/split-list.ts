/** Takes header values apart at commas or semicolons that are not inside quotes or angle brackets. */
import { BACKSLASH, QUOTE, trimBlanks } from './characters.ts';

const OPEN = 0x3c;
const CLOSE = 0x3e;

/** The values of a comma-separated list, trimmed; empty ones are left away, as RFC 3261 permits. */
export function splitList(value: string): readonly string[] {
  if (!value.includes(',')) {
    const only = trimBlanks(value);
    return only === '' ? [] : [only];
  }
  return splitAt(value, ',').filter((part) => part !== '');
}

/** The trimmed parts between `separator`, a single character; always at least one. */
export function splitAt(value: string, separator: string): readonly string[] {
  if (!value.includes('"') && !value.includes('<')) {
    return value.split(separator).map((part) => trimBlanks(part));
  }
  const wanted = separator.charCodeAt(0);
  const parts: string[] = [];
  let from = 0;
  let quoted = false;
  let bracketed = false;
  for (let at = 0; at < value.length; at++) {
    const code = value.charCodeAt(at);
    if (quoted) {
      if (code === BACKSLASH) at++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN) bracketed = true;
    else if (code === CLOSE) bracketed = false;
    else if (code === wanted && !bracketed) {
      parts.push(trimBlanks(value, from, at));
      from = at + 1;
    }
  }
  parts.push(trimBlanks(value, from));
  return parts;
}
