/**
 * Hosts: names, IPv4 and IPv6 addresses, and a port. Hosts are kept in small letters and IPv6 addresses
 * without brackets. [rfc] RFC 3261 §25.1, RFC 5118, RFC 5954.
 */
import { parseNumber, trimBlanks } from './characters.ts';

export interface HostPort {
  /** A name, an IPv4 address, or an IPv6 address without brackets. */
  readonly host: string;
  readonly port?: number | undefined;
}

const PORT_MAX = 65_535;

/** Reads `host[:port]`, blanks around the colon allowed. An IPv6 address needs its brackets. */
export function parseHostPort(text: string): HostPort | undefined {
  const hostEnd = text.startsWith('[') ? text.indexOf(']') + 1 : colonOrEnd(text);
  const host = parseHost(trimBlanks(text, 0, hostEnd));
  const rest = trimBlanks(text, hostEnd);
  if (host === undefined) return undefined;
  if (rest === '') return { host };
  const port = parseNumber(trimBlanks(rest, 1), PORT_MAX);
  return rest.startsWith(':') && port !== undefined ? { host, port } : undefined;
}

export function formatHostPort({ host, port }: HostPort): string {
  return port === undefined ? formatHost(host) : `${formatHost(host)}:${port}`;
}

/** With brackets around an IPv6 address. */
export function formatHost(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** A name, an IPv4 address, or an IPv6 address in brackets. */
export function parseHost(text: string): string | undefined {
  if (text.startsWith('[')) {
    const inner = text.slice(1, -1);
    return text.endsWith(']') ? parseIpv6(inner) : undefined;
  }
  return isHostName(text) ? text.toLowerCase() : undefined;
}

/**
 * An IPv6 address in small letters, undefined if it is none. The grammar of RFC 3261 permits a third
 * colon in front of an IPv4 address; it is taken and not repeated (RFC 5118 §4.10).
 */
export function parseIpv6(text: string): string | undefined {
  const address = text.toLowerCase().replace(/:::(?=[\d.]+$)/, '::');
  return ipv6Words(address) ? address : undefined;
}

/** Whether both are the same host, however an IPv6 address is written. */
export function sameHost(a: string, b: string): boolean {
  if (a === b) return true;
  const [one, other] = [ipv6Words(a.toLowerCase()), ipv6Words(b.toLowerCase())];
  if (one && other) return one.every((word, index) => word === other[index]);
  return a.toLowerCase() === b.toLowerCase();
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.', 5);
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 255);
}

function colonOrEnd(text: string): number {
  const colon = text.indexOf(':');
  return colon < 0 ? text.length : colon;
}

/** Letters, digits, hyphens and dots; underscores too, as many networks have them. */
function isHostName(text: string): boolean {
  return text.length <= 255 && /^[a-z0-9_][a-z0-9_.-]*$/i.test(text) && !text.includes('..');
}

/** The eight words of an IPv6 address; undefined if it is none. */
function ipv6Words(text: string): readonly number[] | undefined {
  if (!text.includes(':') || text.length > 45) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [head, tail] = [
    wordsOf(halves[0] ?? '', halves.length === 1),
    wordsOf(halves[1] ?? '', true),
  ];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1) return missing === 0 ? head : undefined;
  return missing > 0 ? [...head, ...new Array<number>(missing).fill(0), ...tail] : undefined;
}

/** Words between colons; the last may be an IPv4 address if this is the end of the address. */
function wordsOf(text: string, atEnd: boolean): readonly number[] | undefined {
  if (text === '') return [];
  const words: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (atEnd && index === parts.length - 1 && isIpv4(part)) {
      const [a = 0, b = 0, c = 0, d = 0] = part.split('.').map(Number);
      words.push((a << 8) | b, (c << 8) | d);
    } else if (/^[0-9a-f]{1,4}$/.test(part)) words.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return words;
}
