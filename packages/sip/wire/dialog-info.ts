/**
 * The dialog event package's document: who uses a shared line, and whether a phone's receiver is lifted.
 * Source: [rfc] RFC 4235 §4.
 */
import { fail, ok, type Result } from '@conclave/base';
import { parseNumber } from './characters.ts';
import { childOf, childText, formatXml, parseXml, type XmlElement, type XmlSource } from './xml.ts';

const STATES = ['trying', 'proceeding', 'early', 'confirmed', 'terminated'] as const;

export type DialogInfoState = (typeof STATES)[number];

export interface DialogInfo {
  /** One more with each document of a subscription. */
  readonly version: number;
  readonly isFull: boolean;
  /** URI of the line. */
  readonly entity: string;
  readonly dialogs: readonly DialogEntry[];
}

export interface DialogEntry {
  readonly id: string;
  /** Absent where the dialog is nobody's business. */
  readonly dialog?: {
    readonly callId: string;
    readonly localTag: string;
    readonly remoteTag: string;
  };
  readonly direction?: 'initiator' | 'recipient';
  readonly state: DialogInfoState;
  readonly local?: DialogParty;
  readonly remote?: DialogParty;
}

export interface DialogParty {
  readonly uri: string;
  readonly displayName?: string;
  /** Plays nothing of the dialog: it holds. */
  readonly isHolding?: boolean;
}

export function formatDialogInfo({ version, isFull, entity, dialogs }: DialogInfo): string {
  return formatXml({
    name: 'dialog-info',
    attributes: {
      xmlns: 'urn:ietf:params:xml:ns:dialog-info',
      version: String(version),
      state: isFull ? 'full' : 'partial',
      entity,
    },
    content: dialogs.map(dialogSource),
  });
}

/** Dialogs in a state that nobody knows are left out. */
export function parseDialogInfo(text: string): Result<DialogInfo, 'bad-dialog-info'> {
  const parsed = parseXml(text);
  const root = parsed.ok && parsed.value.name === 'dialog-info' ? parsed.value : undefined;
  const version = parseNumber(root?.attributes.get('version') ?? '', 2 ** 32 - 1);
  if (!root || version === undefined) return fail('bad-dialog-info');
  return ok({
    version,
    isFull: root.attributes.get('state') === 'full',
    entity: root.attributes.get('entity') ?? '',
    dialogs: root.children.flatMap((each) => (each.name === 'dialog' ? dialogOf(each) : [])),
  });
}

function dialogSource({ id, dialog, direction, state, local, remote }: DialogEntry): XmlSource {
  return {
    name: 'dialog',
    attributes: {
      id,
      ...(dialog && {
        'call-id': dialog.callId,
        'local-tag': dialog.localTag,
        'remote-tag': dialog.remoteTag,
      }),
      ...(direction && { direction }),
    },
    content: [
      { name: 'state', content: state },
      ...(local ? [partySource('local', local)] : []),
      ...(remote ? [partySource('remote', remote)] : []),
    ],
  };
}

function partySource(name: string, { uri, displayName, isHolding }: DialogParty): XmlSource {
  const rendering = {
    name: 'param',
    attributes: { pname: '+sip.rendering', pval: isHolding === true ? 'no' : 'yes' },
  };
  return {
    name,
    content: [
      {
        name: 'identity',
        ...(displayName !== undefined && { attributes: { display: displayName } }),
        content: uri,
      },
      {
        name: 'target',
        attributes: { uri },
        ...(isHolding !== undefined && { content: [rendering] }),
      },
    ],
  };
}

function dialogOf(element: XmlElement): readonly DialogEntry[] {
  const { attributes } = element;
  const state = STATES.find((each) => each === childText(element, 'state'));
  const callId = attributes.get('call-id');
  const [localTag, remoteTag] = [attributes.get('local-tag'), attributes.get('remote-tag')];
  const direction = attributes.get('direction');
  const [local, remote] = ['local', 'remote'].map((name) => partyOf(childOf(element, name)));
  if (!state) return [];
  return [
    {
      id: attributes.get('id') ?? '',
      ...(callId !== undefined &&
        localTag !== undefined &&
        remoteTag !== undefined && { dialog: { callId, localTag, remoteTag } }),
      ...((direction === 'initiator' || direction === 'recipient') && { direction }),
      state,
      ...(local && { local }),
      ...(remote && { remote }),
    },
  ];
}

function partyOf(element: XmlElement | undefined): DialogParty | undefined {
  const identity = childOf(element, 'identity');
  const target = childOf(element, 'target');
  const uri = identity?.text || target?.attributes.get('uri');
  if (uri === undefined) return undefined;
  const displayName = identity?.attributes.get('display');
  const rendering = target?.children.find(
    ({ attributes }) => attributes.get('pname') === '+sip.rendering',
  );
  const value = rendering?.attributes.get('pval');
  return {
    uri,
    ...(displayName !== undefined && { displayName }),
    ...(value !== undefined && { isHolding: value === 'no' }),
  };
}
