/**
 * The enterprise dialect where our sources are thin: shapes that one public driver is known to use with real
 * phones, and that no document of the maker and no trace confirms. Nothing else may depend on what is
 * here being right, and everything that depends on it goes through here.
 *
 * Source: [inferred] from descriptions of that driver's messages. Not known at all, and so not here: the
 * parameters of the INVITE with Join that opens a phone's built-in bridge for barge, the body of INFO
 * `x-cisco-conference`, and how a shared line's privacy and level are told in dialog events.
 */
import { dialogSource } from './remotecc-command.ts';
import type { DialogName } from './remotecc-request.ts';
import { formatXml } from './xml.ts';

/** Tells a phone that the calls that its user selected have been joined. */
export function formatJoinComplete(dialog: DialogName): string {
  const content = [
    ...dialogSource(dialog),
    { name: 'feature', content: 'Join' },
    { name: 'status', content: 'Complete' },
  ];
  return formatXml({
    name: 'x-cisco-remotecc-request',
    content: [{ name: 'notifyreq', content }],
  });
}

export interface DoNotDisturb {
  readonly isOn: boolean;
  readonly option: 'callreject' | 'ringeroff';
}

export function formatDoNotDisturb({ isOn, option }: DoNotDisturb): string {
  const content = [
    { name: 'state', content: isOn ? 'enable' : 'disable' },
    { name: 'option', content: option },
  ];
  return formatXml({
    name: 'x-cisco-remotecc-request',
    content: [{ name: 'dndupdate', content }],
  });
}

export interface ParkedCall {
  /** One more with each document. */
  readonly version: number;
  /** The number where the call waits. */
  readonly number: string;
  readonly host: string;
  readonly event: 'parked' | 'retrieved' | 'forwarded' | 'abandoned' | 'error';
}

/** What becomes of a call that was parked by ParkMonitor. The namespaces are misspelt as phones expect them. */
export function formatParkMonitor({ version, number, host, event }: ParkedCall): string {
  const identity = {
    name: 'identity',
    attributes: { display: '' },
    content: `sip:${number}@${host}`,
  };
  return formatXml({
    name: 'dialog-info',
    attributes: {
      xmlns: 'urn:ietf:parmams:xml:ns:dialog-info',
      'xmlns:call': 'urn:x-cisco:parmams:xml:ns:dialog-info:dialog:callinfo-dialog',
      version: String(version),
      state: 'full',
      entity: `${number}@${host}`,
    },
    content: [
      {
        name: 'dialog',
        attributes: { id: number },
        content: [
          { name: 'state', content: event === 'parked' ? 'confirmed' : 'terminated' },
          { name: 'call:park', content: [{ name: 'event', content: event }] },
          { name: 'local', content: [identity] },
          { name: 'remote', content: [identity] },
        ],
      },
    ],
  });
}
