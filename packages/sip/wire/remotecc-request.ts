/**
 * What enterprise phones ask in the bodies of REFER and REGISTER: keys that were pressed, registration of all
 * lines, their options, and answers to documents that they showed.
 *
 * Source: [doc] and [observed] public documents and traces of the dialect. Phones name dialogs from where they
 * stand: their local tag is our remote one.
 */
import { fail, ok, type Result } from '@conclave/base';
import { parseNumber } from './characters.ts';
import { parseTokenWithParameters } from './fields.ts';
import { type BodyPart, partsOf } from './multipart.ts';
import { decodeText } from './text.ts';
import { childOf, childText, parseXml, type XmlElement } from './xml.ts';

export const REMOTECC_REQUEST = 'application/x-cisco-remotecc-request+xml';
export const REMOTECC_RESPONSE = 'application/x-cisco-remotecc-response+xml';

/** A document to be shown, or what the user chose in one. */
export const REMOTECC_DOCUMENT = 'application/x-cisco-remotecc-cm+xml';

/** Refer-To of a phone that asks whether it may come back to this server: 202 lets it. */
export const TOKEN_REGISTRATION = 'urn:x-cisco-remotecc:token-registration';

/** As the phone sees it. */
export interface DialogName {
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
}

const SOFTKEYS = [
  'CallBack',
  'Cancel',
  'ConfDetails',
  'Conference',
  'ConfList',
  'DirTrfr',
  'HLog',
  'IDivert',
  'Join',
  'MCID',
  'Park',
  'ParkMonitor',
  'Privacy',
  'QRT',
  'RmLastConf',
  'Select',
  'StartRecording',
  'StopRecording',
  'Unselect',
] as const;

export type RemoteSoftkey = (typeof SOFTKEYS)[number];

export type RemoteccRequest =
  | {
      readonly type: 'softkey';
      readonly key: RemoteSoftkey;
      /** The call that it is about. */
      readonly dialog?: DialogName;
      /** `Conference`: the other call. */
      readonly consultation?: DialogName;
    }
  /** One registration is to stand for all lines. */
  | { readonly type: 'register-all' }
  | { readonly type: 'options'; readonly options: PhoneOptions }
  /** What the user chose in a document. */
  | {
      readonly type: 'data';
      readonly applicationId: number;
      readonly transactionId: number;
      readonly conference: number;
      readonly data: string;
    }
  /** Nothing that we know. */
  | { readonly type: 'other'; readonly name: string };

export interface PhoneOptions {
  /** Requests that may come in one message. */
  readonly combineMax?: number;
  readonly usages: readonly PhoneUsage[];
  /** Such as `joinreq`. */
  readonly flags: readonly string[];
}

/** An event package and what for: `dialog` for `shared line`, `presence` for `blf speed dial`. */
export interface PhoneUsage {
  readonly event: string;
  readonly usage: string;
  /** NOTIFY without subscription. */
  readonly isUnsolicited: boolean;
  readonly isSubscribed: boolean;
}

export type RemoteccError = 'bad-multipart' | 'bad-xml';

/** In the order of the body; parts of other types are passed over. */
export function parseRemotecc(
  message: BodyPart,
): Result<readonly RemoteccRequest[], RemoteccError> {
  const parts = partsOf(message);
  if (!parts.ok) return fail('bad-multipart');
  const requests: RemoteccRequest[] = [];
  for (const { headers, body } of parts.value) {
    const type = parseTokenWithParameters(headers.get('Content-Type') ?? '')?.token;
    if (type === REMOTECC_DOCUMENT) giveData(requests, decodeText(body));
    if (type !== REMOTECC_REQUEST) continue;
    const root = parseXml(decodeText(body));
    if (!root.ok || root.value.name !== 'x-cisco-remotecc-request') return fail('bad-xml');
    requests.push(...root.value.children.map(requestOf));
  }
  return ok(requests);
}

function requestOf(element: XmlElement): RemoteccRequest {
  switch (element.name) {
    case 'softkeyeventmsg':
      return softkeyOf(element);
    case 'bulkregisterreq':
      return { type: 'register-all' };
    case 'optionsind':
      return { type: 'options', options: optionsOf(element) };
    case 'datapassthroughreq':
      return {
        type: 'data',
        applicationId: numberIn(element, 'applicationid'),
        transactionId: numberIn(element, 'transactionid'),
        conference: numberIn(element, 'confid'),
        data: '',
      };
    default:
      return { type: 'other', name: element.name };
  }
}

function softkeyOf(element: XmlElement): RemoteccRequest {
  const said = childText(element, 'softkeyevent') ?? '';
  const key = SOFTKEYS.find((each) => each.toLowerCase() === said.toLowerCase());
  if (!key) return { type: 'other', name: said };
  const dialog = dialogOf(childOf(element, 'dialogid'));
  const consultation = dialogOf(childOf(element, 'consultdialogid'));
  return { type: 'softkey', key, ...(dialog && { dialog }), ...(consultation && { consultation }) };
}

function dialogOf(element: XmlElement | undefined): DialogName | undefined {
  const callId = childText(element, 'callid');
  const localTag = childText(element, 'localtag');
  const remoteTag = childText(element, 'remotetag');
  if (callId === undefined || localTag === undefined || remoteTag === undefined) return undefined;
  return { callId, localTag, remoteTag };
}

function optionsOf(element: XmlElement): PhoneOptions {
  const max = childOf(element, 'combine')?.attributes.get('max');
  const combineMax = max === undefined ? undefined : parseNumber(max, 100);
  const isUsage = ({ attributes }: XmlElement): boolean => attributes.has('usage');
  const others = element.children.filter(({ name }) => name !== 'combine');
  return {
    ...(combineMax !== undefined && { combineMax }),
    usages: others.filter(isUsage).map((each) => ({
      event: each.name,
      usage: each.attributes.get('usage') ?? '',
      isUnsolicited: childOf(each, 'unot') !== undefined,
      isSubscribed: childOf(each, 'sub') !== undefined,
    })),
    flags: others.filter((each) => !isUsage(each)).map(({ name }) => name),
  };
}

/** 0 where there is none, as phones write it too. */
function numberIn(element: XmlElement, name: string): number {
  return parseNumber(childText(element, name) ?? '', 2 ** 32 - 1) ?? 0;
}

/** What the user chose stands in the part behind the request. */
function giveData(requests: RemoteccRequest[], data: string): void {
  const last = requests.at(-1);
  if (last?.type === 'data') requests[requests.length - 1] = { ...last, data: data.trim() };
}
