/** Quoted strings. [rfc] RFC 3261 §25.1. */
import { endOfQuoted, QUOTE } from './characters.ts';

/** The text in the quotes without its escapes; a value that is not one quoted string as it is. */
export function unquote(value: string): string {
  if (!isQuoted(value)) return value;
  const inner = value.slice(1, -1);
  return inner.includes('\\') ? inner.replace(/\\(.)/gsu, '$1') : inner;
}

/** In quotes, with what must be escaped escaped. */
export function quote(text: string): string {
  return `"${/["\\]/.test(text) ? text.replace(/["\\]/g, '\\$&') : text}"`;
}

/** Whether all of `value` is one quoted string. */
export function isQuoted(value: string): boolean {
  return value.charCodeAt(0) === QUOTE && endOfQuoted(value, 0) === value.length;
}
