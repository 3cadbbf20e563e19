/**
 * The conference event package's document, always in full, with the level of the conference and of each
 * member in a namespace of its own. Names are hostile input: they are escaped, and what XML cannot hold is
 * left out. Source: [rfc] RFC 4575 §5.
 */
import { escapeXml } from './xml.ts';

/** Namespace of `<level>`, which stands in `<conference-state>` and `<endpoint>`. */
export const SECURITY_NAMESPACE = 'urn:conclave:params:xml:ns:security';

export interface ConferenceInfo {
  /** URI of the conference. */
  readonly entity: string;
  /** One more with each document of a subscription. */
  readonly version: number;
  readonly subject: string;
  readonly level: string;
  readonly isActive: boolean;
  readonly users: readonly ConferenceUser[];
}

export interface ConferenceUser {
  /** URI of the user. */
  readonly entity: string;
  /** URI of its device: unique in the conference. */
  readonly endpoint: string;
  readonly displayText: string;
  readonly level: string;
  readonly status: 'connected' | 'on-hold' | 'pending' | 'disconnecting' | 'muted-via-focus';
}

/** Of the audio, as the member sends and receives it. linphone 5.1 ends at once where it is absent. */
const MEDIA_STATUS: Readonly<Record<ConferenceUser['status'], string>> = {
  connected: 'sendrecv',
  'muted-via-focus': 'recvonly',
  'on-hold': 'inactive',
  pending: 'inactive',
  disconnecting: 'inactive',
};

export function formatConferenceInfo(info: ConferenceInfo): string {
  const { entity, version, subject, level, isActive, users } = info;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<conference-info xmlns="urn:ietf:params:xml:ns:conference-info"' +
      ` xmlns:sec="${SECURITY_NAMESPACE}"` +
      ` entity="${escapeXml(entity)}" state="full" version="${version}">`,
    ` <conference-description><subject>${escapeXml(subject)}</subject></conference-description>`,
    ` <conference-state><user-count>${users.length}</user-count>` +
      `<active>${isActive}</active><sec:level>${escapeXml(level)}</sec:level></conference-state>`,
    ' <users>',
    ...users.map(formatUser),
    ' </users>',
    '</conference-info>',
  ];
  return `${lines.join('\n')}\n`;
}

function formatUser({ entity, endpoint, displayText, level, status }: ConferenceUser): string {
  return [
    `  <user entity="${escapeXml(entity)}" state="full">`,
    `   <display-text>${escapeXml(displayText)}</display-text>`,
    `   <endpoint entity="${escapeXml(endpoint)}" state="full">`,
    `    <status>${status}</status>`,
    `    <media id="1"><type>audio</type><status>${MEDIA_STATUS[status]}</status></media>`,
    `    <sec:level>${escapeXml(level)}</sec:level>`,
    '   </endpoint>',
    '  </user>',
  ].join('\n');
}
