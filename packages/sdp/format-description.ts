/** Writes a session description. Source: [rfc] RFC 8866 §5. */
import type { Attribute, ConnectionData, SessionDescription } from './description.ts';

const ENCODER = new TextEncoder();

export function formatDescription(description: SessionDescription): Uint8Array {
  const { origin, name, connection, timing, attributes, media } = description;
  const { username, sessionId, version } = origin;
  const lines = [
    'v=0',
    `o=${username} ${sessionId} ${version} ${formatConnection(origin.connection)}`,
    `s=${name}`,
    ...(connection ? [`c=${formatConnection(connection)}`] : []),
    `t=${timing}`,
    ...attributes.map(formatAttribute),
  ];
  for (const each of media) {
    lines.push(`m=${each.media} ${each.port} ${each.protocol} ${each.formats.join(' ')}`);
    if (each.connection) lines.push(`c=${formatConnection(each.connection)}`);
    lines.push(...each.attributes.map(formatAttribute));
  }
  return ENCODER.encode(`${lines.join('\r\n')}\r\n`);
}

function formatConnection({ family, address }: ConnectionData): string {
  return `IN ${family} ${address}`;
}

function formatAttribute({ name, value }: Attribute): string {
  return value === undefined ? `a=${name}` : `a=${name}:${value}`;
}
