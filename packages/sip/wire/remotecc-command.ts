/**
 * What enterprise phones are told in the bodies of REFER, and how their requests are answered.
 *
 * Source: [doc] and [observed] public documents and traces of the dialect; what those leave open is in
 * `enterprise-uncertain.ts`.
 */
import { assert, unreachable } from '@conclave/base';
import { Headers } from './headers.ts';
import { type BodyPart, formatMultipart } from './multipart.ts';
import {
  type DialogName,
  type PhoneOptions,
  REMOTECC_DOCUMENT,
  REMOTECC_REQUEST,
} from './remotecc-request.ts';
import { encodeText } from './text.ts';
import { formatXml, type XmlSource } from './xml.ts';

export type RemoteccCommand =
  /** Text, which may hold display codes, for so many seconds; of a call, or of the phone. */
  | {
      readonly type: 'status-line';
      readonly text: string;
      readonly seconds: number;
      readonly dialog?: DialogName;
    }
  | {
      readonly type: 'tone';
      readonly tone: 'DtZipZip' | 'DtBeepBonk';
      /** Who hears it: the user, or everybody in the call. */
      readonly direction: 'user' | 'all';
      readonly dialog?: DialogName;
    }
  /** Takes a call out of hold. */
  | { readonly type: 'retrieve'; readonly dialog: DialogName }
  /** Shows a document; what the user chooses in it comes back with these numbers. */
  | {
      readonly type: 'document';
      readonly applicationId: number;
      readonly transactionId: number;
      readonly conference: number;
      /** XML, written as it is. */
      readonly document: string;
    }
  /** Whether the phone is logged in to its hunt groups. */
  | { readonly type: 'hunt-groups'; readonly isLoggedIn: boolean }
  /** Lamps and forwarding of lines, after registration and when they change. */
  | { readonly type: 'lines'; readonly lines: readonly LineUpdate[] };

export interface LineUpdate {
  /** From 1. */
  readonly line: number;
  readonly messages: { readonly unheard: number; readonly heard: number };
  /** Where all calls go; '' for nowhere. */
  readonly forwardTo: string;
  readonly forwardsToVoicemail: boolean;
}

export interface RemoteccBody {
  readonly contentType: string;
  readonly body: Uint8Array;
}

/**
 * The body of a REFER. `contentId` names it in Refer-To (`cid:`) and Content-Id, and bounds its parts: a
 * token that nobody could guess.
 */
export function formatCommands(
  commands: readonly RemoteccCommand[],
  contentId: string,
): RemoteccBody {
  const parts = commands.flatMap(partsOfCommand);
  const [only, more] = parts;
  if (only && !more) return { contentType: REMOTECC_REQUEST, body: only.body };
  const whole = formatMultipart(parts, contentId);
  assert(whole.ok, 'a boundary that nobody can guess is in no part');
  return whole.value;
}

/** `options`: those that we serve, in the answer to a REGISTER that names the phone's. */
export function formatRemoteccResponse(code: number, options?: PhoneOptions): string {
  const content = [leaf('code', code), ...(options ? [optionsSource(options)] : [])];
  return formatXml({
    name: 'x-cisco-remotecc-response',
    content: [{ name: 'response', content }],
  });
}

function partsOfCommand(command: RemoteccCommand): readonly BodyPart[] {
  const xml = formatXml({ name: 'x-cisco-remotecc-request', content: [sourceOf(command)] });
  const request = partOf(REMOTECC_REQUEST, xml);
  if (command.type !== 'document') return [request];
  return [request, partOf(REMOTECC_DOCUMENT, command.document)];
}

function partOf(type: string, text: string): BodyPart {
  return { headers: Headers.of([['Content-Type', type]]), body: encodeText(text) };
}

function sourceOf(command: RemoteccCommand): XmlSource {
  switch (command.type) {
    case 'status-line':
      return {
        name: 'statuslineupdatereq',
        content: [
          leaf('action', 'notify_display'),
          ...dialogSource(command.dialog),
          leaf('statustext', command.text),
          leaf('displaytimeout', command.seconds),
          leaf('linenumber', 0),
          leaf('priority', 1),
        ],
      };
    case 'tone': {
      const { dialog, tone, direction } = command;
      const content = [
        ...dialogSource(dialog),
        leaf('tonetype', tone),
        leaf('direction', direction),
      ];
      return { name: 'playtonereq', content };
    }
    case 'retrieve':
      return { name: 'holdretrievereq', content: dialogSource(command.dialog) };
    case 'document':
      return {
        name: 'datapassthroughreq',
        content: [
          leaf('applicationid', command.applicationId),
          leaf('transactionid', command.transactionId),
          leaf('stationsequence', 'StationSequenceLast'),
          leaf('displaypriority', 2),
          leaf('appinstance', 0),
          leaf('routingid', 0),
          leaf('confid', command.conference),
        ],
      };
    case 'hunt-groups':
      return { name: 'hlogupdate', content: [leaf('status', command.isLoggedIn ? 'on' : 'off')] };
    case 'lines':
      return { name: 'bulkupdate', content: command.lines.map(lineSource) };
    default:
      return unreachable(command);
  }
}

function lineSource({ line, messages, forwardTo, forwardsToVoicemail }: LineUpdate): XmlSource {
  const { unheard, heard } = messages;
  return {
    name: 'contact',
    attributes: { line: String(line) },
    content: [
      leaf('mwi', unheard > 0 ? 'yes' : 'no'),
      {
        name: 'emwi',
        content: [{ name: 'voice-msg', attributes: { new: String(unheard), old: String(heard) } }],
      },
      {
        name: 'cfwdallupdate',
        content: [
          leaf('fwdaddress', forwardTo),
          leaf('tovoicemail', forwardsToVoicemail ? 'on' : 'off'),
        ],
      },
    ],
  };
}

function optionsSource({ combineMax, usages, flags }: PhoneOptions): XmlSource {
  const combine: XmlSource = {
    name: 'combine',
    attributes: { max: String(combineMax) },
    content: [{ name: 'remotecc', content: [{ name: 'status' }] }, { name: 'service-control' }],
  };
  return {
    name: 'optionsind',
    content: [
      ...(combineMax === undefined ? [] : [combine]),
      ...usages.map(({ event, usage, isUnsolicited, isSubscribed }) => ({
        name: event,
        attributes: { usage },
        content: [
          ...(isUnsolicited ? [{ name: 'unot' }] : []),
          ...(isSubscribed ? [{ name: 'sub' }] : []),
        ],
      })),
      ...flags.map((name) => ({ name })),
    ],
  };
}

export function dialogSource(dialog: DialogName | undefined): readonly XmlSource[] {
  if (!dialog) return [];
  const content = [
    leaf('callid', dialog.callId),
    leaf('localtag', dialog.localTag),
    leaf('remotetag', dialog.remoteTag),
  ];
  return [{ name: 'dialogid', content }];
}

function leaf(name: string, content: string | number): XmlSource {
  return { name, content: String(content) };
}
