/**
 * Reads a session description. Lenient where phones are: bare line feeds, missing `s=` and `t=`, unknown
 * lines; strict about what decides where media goes. Source: [rfc] RFC 8866 §5, §9.
 */
import { fail, ok, type Result } from '@conclave/base';
import {
  type Attribute,
  type ConnectionData,
  MEDIA_SECTIONS_MAX,
  type MediaDescription,
  NO_TIMING,
  type Origin,
  SDP_BYTES_MAX,
  SDP_LINES_MAX,
  type SessionDescription,
} from './description.ts';

export type DescriptionError =
  | 'too-long'
  | 'bad-line'
  | 'bad-origin'
  | 'bad-connection'
  | 'bad-media';

/** A session or a section that is being read. */
interface Draft {
  connection?: ConnectionData;
  readonly attributes: Attribute[];
}

interface Reading {
  origin?: Origin;
  name: string;
  timing?: string;
  readonly session: Draft;
  readonly media: (Draft & Omit<MediaDescription, keyof Draft>)[];
}

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/** No error text repeats a line: it may hold a key. */
export function parseDescription(bytes: Uint8Array): Result<SessionDescription, DescriptionError> {
  if (bytes.length > SDP_BYTES_MAX) return fail('too-long');
  const lines = DECODER.decode(bytes).split(/\r\n|\n|\r/, SDP_LINES_MAX + 1);
  if (lines.length > SDP_LINES_MAX) return fail('too-long');
  const reading: Reading = { name: '-', session: { attributes: [] }, media: [] };
  for (const line of lines) {
    const error = line === '' ? undefined : readLine(reading, line);
    if (error) return fail(error);
  }
  const { origin, name, timing = NO_TIMING, session, media } = reading;
  return origin ? ok({ origin, name, timing, ...session, media }) : fail('bad-origin');
}

function readLine(reading: Reading, line: string): DescriptionError | undefined {
  if (line[1] !== '=') return 'bad-line';
  const value = line.slice(2);
  const section = reading.media.at(-1) ?? reading.session;
  switch (line[0]) {
    case 'v':
      return value.trim() === '0' ? undefined : 'bad-line';
    case 'o': {
      const origin = parseOrigin(value);
      if (origin) reading.origin = origin;
      return origin ? undefined : 'bad-origin';
    }
    case 's':
      reading.name = value;
      return;
    case 'c': {
      const connection = parseConnection(value);
      if (connection) section.connection = connection;
      return connection ? undefined : 'bad-connection';
    }
    case 't':
      if (/^\d{1,20} \d{1,20}$/.test(value)) reading.timing ??= value;
      return;
    case 'm': {
      const parsed = parseMedia(value);
      if (!parsed || reading.media.length >= MEDIA_SECTIONS_MAX) return 'bad-media';
      reading.media.push({ ...parsed, attributes: [] });
      return;
    }
    case 'a':
      section.attributes.push(parseAttribute(value));
      return;
    default:
      return;
  }
}

function parseOrigin(value: string): Origin | undefined {
  const [username, sessionId, version, net, family, address, more] = value.trim().split(/ +/);
  if (username === undefined || address === undefined || more !== undefined) return undefined;
  if (!/^\d{1,20}$/.test(sessionId ?? '') || !/^\d{1,20}$/.test(version ?? '')) return undefined;
  const connection = parseConnection(`${net} ${family} ${address}`);
  if (!connection) return undefined;
  return { username, sessionId: sessionId ?? '', version: version ?? '', connection };
}

function parseConnection(value: string): ConnectionData | undefined {
  const [net, family, address = '', more] = value.trim().split(/ +/);
  const isKnown = family === 'IP4' || family === 'IP6';
  if (net !== 'IN' || !isKnown || more !== undefined) return undefined;
  const [host = ''] = address.split('/');
  return /^[\w.:%-]{1,255}$/.test(host) ? { family, address: host } : undefined;
}

function parseMedia(value: string): Omit<MediaDescription, 'attributes'> | undefined {
  const [media = '', port = '', protocol = '', ...formats] = value.trim().split(/ +/);
  const number = Number(/^(\d{1,5})(\/\d{1,5})?$/.exec(port)?.[1] ?? Number.NaN);
  // Those of a section that is refused go into our answer: no more than makes sense.
  if (!/^[\w.!#$%&'*+`^{|}~-]{1,64}$/.test(media) || !(number <= 65_535)) return undefined;
  if (!/^[\w.!#$%&'*+`^{|}~/-]{1,64}$/.test(protocol) || formats.length === 0) return undefined;
  if (!formats.every((each) => /^[\x21-\x7e]{1,64}$/.test(each))) return undefined;
  return { media: media.toLowerCase(), port: number, protocol, formats };
}

function parseAttribute(value: string): Attribute {
  const colon = value.indexOf(':');
  if (colon < 0) return { name: value.trim() };
  return { name: value.slice(0, colon), value: value.slice(colon + 1).trim() };
}
