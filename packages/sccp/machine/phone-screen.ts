/**
 * What a phone shows, from nothing but the messages it gets: calls, prompts, softkeys, the conference
 * list. Pure: the next screen follows from the last one and a message.
 */
import { renderDisplayText } from '../wire/display-codes.ts';
import { CallState, LampMode, RingMode, SequenceFlag } from '../wire/enumerations.ts';
import { wireToUtf8 } from '../wire/text.ts';
import type { AnyMessage, Message } from '../wire/types.ts';
import { type ConferenceListScreen, parseConferenceList } from './conference-list-screen.ts';

export interface ShownCall {
  readonly reference: number;
  readonly line: number;
  /** Such as `Connected`; see `CallState`. */
  readonly state: string;
  /** Call security status of the wire: 0 untold, 1 not authenticated, 2 authenticated, 3 encrypted. */
  readonly security: number;
  readonly inbound: boolean;
  readonly otherName: string;
  readonly otherNumber: string;
  readonly prompt: string;
  readonly softkeySet: number;
  readonly softkeyMask: number;
  /** Number of the tone that plays; absent for none. */
  readonly tone?: number;
}

export interface SoftkeyTemplate {
  readonly labels: readonly { readonly label: string; readonly event: number }[];
  /** Template indices, 1-based, of each set; 0 for an empty place. */
  readonly sets: readonly (readonly number[])[];
}

export interface Screen {
  readonly calls: ReadonlyMap<number, ShownCall>;
  readonly template: SoftkeyTemplate;
  readonly idleSet: number;
  readonly idleMask: number;
  readonly lines: ReadonlyMap<number, { readonly number: string; readonly name: string }>;
  readonly notify: string;
  /** Every notify text since the start, newest last; a text may be gone from the screen again. */
  readonly notices: readonly string[];
  readonly ringing: boolean;
  readonly lamps: ReadonlyMap<number, number>;
  readonly list?: ConferenceListScreen;
  /** A list that is still coming, by its transaction. */
  readonly parts?: { readonly transaction: number; readonly data: string };
}

/** Notices kept. */
const NOTICES_MAX = 50;

/** Parts of a list beyond this are dropped: a hostile server must not fill a phone. */
const LIST_SIZE_MAX = 64 * 1024;

/** Calls that a phone keeps track of. */
const CALLS_MAX = 64;

export const BLANK_SCREEN: Screen = {
  calls: new Map(),
  template: { labels: [], sets: [] },
  idleSet: 0,
  idleMask: 0xffff_ffff,
  lines: new Map(),
  notify: '',
  notices: [],
  ringing: false,
  lamps: new Map(),
};

const STATE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(CallState).map(([name, value]) => [value, name]),
);

/** The screen after a message; the same object when it changes nothing. */
export function screenAfter(screen: Screen, message: AnyMessage): Screen {
  switch (message.name) {
    case 'CallState':
      return callState(screen, message.body);
    case 'CallInfo':
    case 'CallInfoV2':
      return callInfo(screen, message.body);
    case 'DisplayPromptStatus':
    case 'DisplayPromptStatusV2':
      return patchCall(screen, message.body, { prompt: textOf(message.body.promptStatus) });
    case 'ClearPromptStatus':
      return patchCall(screen, message.body, { prompt: '' });
    case 'StartTone':
      return patchCall(screen, message.body, { tone: message.body.tone });
    case 'StopTone':
      return stopTone(screen, message.body.callReference);
    case 'SelectSoftKeys':
      return selectSoftkeys(screen, message.body);
    default:
      return deviceScreen(screen, message);
  }
}

/** The labels and events of the keys that are live now for a call, or, without one, for the idle phone. */
export function liveSoftkeys(
  { template, idleSet, idleMask }: Screen,
  call?: ShownCall,
): readonly { readonly label: string; readonly event: number }[] {
  const set = template.sets[call ? call.softkeySet : idleSet] ?? [];
  const mask = call ? call.softkeyMask : idleMask;
  return set.flatMap((index, place) => {
    const key = index > 0 && (mask & (1 << place)) !== 0 ? template.labels[index - 1] : undefined;
    return key && key.label !== '' ? [key] : [];
  });
}

function deviceScreen(screen: Screen, message: AnyMessage): Screen {
  switch (message.name) {
    case 'SoftKeyTemplateRes': {
      const labels = message.body.softKeyTemplate.definition.map((each) => ({
        label: renderDisplayText(each.softKeyLabel),
        event: each.softKeyEvent,
      }));
      return { ...screen, template: { ...screen.template, labels } };
    }
    case 'SoftKeySetRes': {
      const sets = message.body.softKeySets.definition.map((each) => each.softKeyTemplateIndex);
      return { ...screen, template: { ...screen.template, sets } };
    }
    case 'LineStatRes':
    case 'LineStatV2Res': {
      const { lineNumber, lineDirNumber, lineFullyQualifiedDisplayName } = message.body;
      const line = { number: lineDirNumber, name: wireToUtf8(lineFullyQualifiedDisplayName) };
      return { ...screen, lines: new Map(screen.lines).set(lineNumber, line) };
    }
    case 'DisplayNotify':
    case 'DisplayNotifyV2':
    case 'DisplayPriNotify':
    case 'DisplayPriNotifyV2':
      return notified(screen, textOf(message.body.notify));
    case 'ClearNotify':
    case 'ClearPriNotify':
      return { ...screen, notify: '' };
    case 'SetRinger':
      return { ...screen, ringing: message.body.ringMode !== RingMode.RingOff };
    case 'SetLamp': {
      const lamps = new Map(screen.lamps);
      if (message.body.lampMode === LampMode.Off) lamps.delete(message.body.stimulusInstance);
      else lamps.set(message.body.stimulusInstance, message.body.lampMode);
      return { ...screen, lamps };
    }
    case 'UserToDeviceData':
      return listPart(screen, {
        ...message.body.userToDeviceData,
        sequenceFlag: SequenceFlag.Sequence_Last,
      });
    case 'UserToDeviceDataVersion1':
      return listPart(screen, message.body.userToDeviceDataVersion1);
    default:
      return screen;
  }
}

function callState(screen: Screen, body: Message<'CallState'>['body']): Screen {
  const state = STATE_NAMES.get(body.callState) ?? `State${body.callState}`;
  if (state !== 'OnHook' && state !== 'Idle') return patchCall(screen, body, { state });
  const calls = new Map(screen.calls);
  calls.delete(body.callReference);
  const { list, ...rest } = screen;
  return { ...rest, calls, ...(list && calls.size > 0 && { list }) };
}

function callInfo(
  screen: Screen,
  body: Message<'CallInfo'>['body'] | Message<'CallInfoV2'>['body'],
): Screen {
  const inbound = body.callType === 1;
  return patchCall(screen, body, {
    security: body.callSecurityStatus,
    inbound,
    otherName: textOf(inbound ? body.callingPartyName : body.calledPartyName),
    otherNumber: inbound ? body.callingParty : body.calledParty,
  });
}

function selectSoftkeys(screen: Screen, body: Message<'SelectSoftKeys'>['body']): Screen {
  if (body.callReference !== 0 && screen.calls.has(body.callReference)) {
    return patchCall(screen, body, {
      softkeySet: body.softKeySetIndex,
      softkeyMask: body.validKeyMask,
    });
  }
  return { ...screen, idleSet: body.softKeySetIndex, idleMask: body.validKeyMask };
}

function stopTone(screen: Screen, reference: number): Screen {
  const call = screen.calls.get(reference);
  if (!call) return screen;
  const { tone: _stopped, ...rest } = call;
  return { ...screen, calls: new Map(screen.calls).set(reference, rest) };
}

function patchCall(
  screen: Screen,
  place: { readonly lineInstance: number; readonly callReference: number },
  patch: Partial<ShownCall>,
): Screen {
  const known = screen.calls.get(place.callReference);
  if (place.callReference === 0 || (!known && screen.calls.size >= CALLS_MAX)) return screen;
  // Only a state begins a call on the screen; what comes for one that has ended is ignored.
  if (!known && patch.state === undefined) return screen;
  const call: ShownCall = {
    reference: place.callReference,
    line: place.lineInstance,
    state: 'Unknown',
    security: 0,
    inbound: false,
    otherName: '',
    otherNumber: '',
    prompt: '',
    softkeySet: 0,
    softkeyMask: 0,
    ...known,
    ...patch,
  };
  return { ...screen, calls: new Map(screen.calls).set(call.reference, call) };
}

function notified(screen: Screen, text: string): Screen {
  return {
    ...screen,
    notify: text,
    notices: [...screen.notices, text].slice(-NOTICES_MAX),
  };
}

/** Parts belong together by their transaction; an interrupted list is forgotten when another begins. */
function listPart(
  { parts, ...screen }: Screen,
  body: {
    readonly transactionId: number;
    readonly sequenceFlag: number;
    readonly xmldata: string;
  },
): Screen {
  const goesOn =
    parts?.transaction === body.transactionId && body.sequenceFlag !== SequenceFlag.Sequence_First;
  const data = (goesOn ? parts.data : '') + body.xmldata;
  if (data.length > LIST_SIZE_MAX) return screen;
  if (body.sequenceFlag !== SequenceFlag.Sequence_Last) {
    return { ...screen, parts: { transaction: body.transactionId, data } };
  }
  const list = parseConferenceList(wireToUtf8(data));
  return { ...screen, ...(list && { list }) };
}

function textOf(wire: string): string {
  return wireToUtf8(renderDisplayText(wire));
}
