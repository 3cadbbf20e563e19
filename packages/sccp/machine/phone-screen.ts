/**
 * What a phone shows, from nothing but the messages it gets: calls, prompts, softkeys, the conference
 * list. Pure: the next screen follows from the last one and a message.
 */
import {
  CallState,
  LampMode,
  RingMode,
  SequenceFlag,
  SpeakerMode,
  Tone,
} from '../wire/enumerations.ts';
import { wireToUtf8 } from '../wire/text.ts';
import type { AnyMessage, Message } from '../wire/types.ts';
import { type ConferenceListScreen, parseConferenceList } from './conference-list-screen.ts';
import { renderPhoneText } from './phone-text.ts';

/** A text that was shown for a while, and what is under it. */
export interface PassingText {
  readonly before: string;
  /** For how long it was to be shown. */
  readonly shownMs: number;
  readonly untilMs: number;
}

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
  /** Digits that the call manager took. */
  readonly dialed: string;
  readonly prompt: string;
  /** Present while the prompt is one that goes away by itself. */
  readonly passingPrompt?: PassingText | undefined;
  readonly softkeySet: number;
  readonly softkeyMask: number;
  /** Number of the tone that plays; absent for none, and for tones that play once. */
  readonly tone?: number;
  /** Marked with the key Select. */
  readonly selected: boolean;
  /**
   * Another phone of the shared line has the call: it has been in use remotely or on hold ever since
   * it is shown. Keys on it act from here; it is no call of this phone.
   */
  readonly remote: boolean;
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
  /** The prompt of the phone itself, beside those of its calls. */
  readonly prompt: string;
  readonly passingPrompt?: PassingText | undefined;
  readonly notify: string;
  /** When the notify text goes away by itself; Infinity for never. */
  readonly notifyUntilMs: number;
  /** Every notify text since the start, newest last; a text may be gone from the screen again. */
  readonly notices: readonly string[];
  /** Every tone since the start, newest last, whether it plays still or not. */
  readonly tones: readonly { readonly tone: number; readonly call: number }[];
  readonly ringing: boolean;
  readonly speaker: boolean;
  readonly lamps: ReadonlyMap<number, number>;
  readonly list?: ConferenceListScreen;
  /** Where the list came from, and so where answers go. */
  readonly listOrigin?: ListOrigin;
  /** Lists received so far, so that a new one can be told from the old one. */
  readonly listCount: number;
  /** A list that is still coming, by its transaction. */
  readonly parts?: { readonly transaction: number; readonly data: string };
}

/** Names of the message that brought a list, as its answer repeats them. */
export interface ListOrigin {
  /** Whether the answer is `DeviceToUserDataVersion1`. */
  readonly version1: boolean;
  readonly callReference: number;
  readonly conferenceId: number;
  readonly appInstanceID: number;
  readonly routingID: number;
}

/** Notices kept, and tones. */
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
  prompt: '',
  notify: '',
  notifyUntilMs: Number.POSITIVE_INFINITY,
  notices: [],
  tones: [],
  ringing: false,
  speaker: false,
  lamps: new Map(),
  listCount: 0,
};

/** Tones that end by themselves. */
const SINGLE_TONES: ReadonlySet<number> = new Set([
  Tone.Zip,
  Tone.ZipZip,
  Tone.BeepBonk,
  Tone.SecureWarningTone,
  Tone.NonSecureWarningTone,
]);

/** States in which another phone's call is shown. */
const REMOTE_STATES: ReadonlySet<string> = new Set(['CallRemoteMultiline', 'Hold']);

const STATE_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(CallState).map(([name, value]) => [value, name]),
);

/**
 * The screen after a message; the same object when it changes nothing. `nowMs` matters for texts that
 * go away by themselves; see `screenAt`.
 */
export function screenAfter(screen: Screen, message: AnyMessage, nowMs = 0): Screen {
  switch (message.name) {
    case 'CallState':
      return callState(screen, message.body);
    case 'CallInfo':
    case 'CallInfoV2':
      return callInfo(screen, message.body);
    case 'DisplayPromptStatus':
    case 'DisplayPromptStatusV2':
      return prompted(screen, message.body, nowMs);
    case 'ClearPromptStatus':
      return prompted(screen, { ...message.body, promptStatus: '', timeOutValue: 0 }, nowMs);
    case 'DialedNumber':
      return patchCall(screen, message.body, { dialed: message.body.dialedNumber });
    case 'StartTone':
      return startTone(screen, message.body);
    case 'StopTone':
      return stopTone(screen, message.body.callReference);
    case 'CallSelectStatRes':
      return patchCall(screen, message.body, { selected: message.body.callSelectStat !== 0 });
    case 'SelectSoftKeys':
      return selectSoftkeys(screen, message.body);
    default:
      return deviceScreen(screen, message, nowMs);
  }
}

/** The screen at a time: without the texts whose time is over; the same object when none is. */
export function screenAt(screen: Screen, nowMs: number): Screen {
  if (nowMs < screenDeadlineMs(screen)) return screen;
  const calls = new Map(
    [...screen.calls].map(([reference, call]) => [reference, withoutPassed(call, nowMs)]),
  );
  const isNotifyOver = nowMs >= screen.notifyUntilMs;
  return {
    ...withoutPassed(screen, nowMs),
    calls,
    ...(isNotifyOver && { notify: '', notifyUntilMs: Number.POSITIVE_INFINITY }),
  };
}

/** When the next text goes away by itself; Infinity for never. */
export function screenDeadlineMs(screen: Screen): number {
  const prompts = [screen, ...screen.calls.values()];
  return Math.min(
    screen.notifyUntilMs,
    ...prompts.map(({ passingPrompt }) => passingPrompt?.untilMs ?? Number.POSITIVE_INFINITY),
  );
}

/**
 * The call that keys belong to: one that is going on, else one that rings, else the newest; what other
 * phones of the line have comes last.
 */
export function focusOf(screen: Screen): ShownCall | undefined {
  const calls = ownCallsOf(screen);
  return (
    calls.findLast((call) => call.state !== 'Hold' && call.state !== 'RingIn') ??
    calls.findLast((call) => call.state === 'RingIn') ??
    calls.at(-1) ??
    remoteCallsOf(screen).at(-1)
  );
}

/** The phone's own calls, oldest first. */
export function ownCallsOf({ calls }: Screen): readonly ShownCall[] {
  return [...calls.values()].filter(({ remote }) => !remote);
}

/** What other phones of its lines have, oldest first. */
export function remoteCallsOf({ calls }: Screen): readonly ShownCall[] {
  return [...calls.values()].filter(({ remote }) => remote);
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

function deviceScreen(screen: Screen, message: AnyMessage, nowMs: number): Screen {
  switch (message.name) {
    case 'SoftKeyTemplateRes': {
      const labels = message.body.softKeyTemplate.definition.map((each) => ({
        label: renderPhoneText(each.softKeyLabel),
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
      const line = { number: lineDirNumber, name: renderPhoneText(lineFullyQualifiedDisplayName) };
      return { ...screen, lines: new Map(screen.lines).set(lineNumber, line) };
    }
    case 'DisplayNotify':
    case 'DisplayNotifyV2':
    case 'DisplayPriNotify':
    case 'DisplayPriNotifyV2':
      return notified(screen, message.body, nowMs);
    case 'ClearNotify':
    case 'ClearPriNotify':
      return { ...screen, notify: '', notifyUntilMs: Number.POSITIVE_INFINITY };
    case 'SetSpeakerMode':
      return { ...screen, speaker: message.body.speakerMode === SpeakerMode.On };
    case 'SetRinger':
      return { ...screen, ringing: message.body.ringMode !== RingMode.RingOff };
    case 'SetLamp': {
      const lamps = new Map(screen.lamps);
      if (message.body.lampMode === LampMode.Off) lamps.delete(message.body.stimulusInstance);
      else lamps.set(message.body.stimulusInstance, message.body.lampMode);
      return { ...screen, lamps };
    }
    case 'UserToDeviceData':
      return listPart(
        screen,
        {
          ...message.body.userToDeviceData,
          sequenceFlag: SequenceFlag.Sequence_Last,
          conferenceId: 0,
          appInstanceID: 0,
          routingID: 0,
        },
        false,
      );
    case 'UserToDeviceDataVersion1':
      return listPart(screen, message.body.userToDeviceDataVersion1, true);
    default:
      return screen;
  }
}

function callState(screen: Screen, body: Message<'CallState'>['body']): Screen {
  const state = STATE_NAMES.get(body.callState) ?? `State${body.callState}`;
  if (state !== 'OnHook' && state !== 'Idle') return patchCall(screen, body, { state });
  const calls = new Map(screen.calls);
  calls.delete(body.callReference);
  return calls.size > 0 ? { ...screen, calls } : withoutList({ ...screen, calls });
}

/** The list goes when its user closes it, and with the last call. */
export function withoutList(screen: Screen): Screen {
  const { list: _list, listOrigin: _origin, ...rest } = screen;
  return rest;
}

function callInfo(
  screen: Screen,
  body: Message<'CallInfo'>['body'] | Message<'CallInfoV2'>['body'],
): Screen {
  const inbound = body.callType === 1;
  return patchCall(screen, body, {
    security: body.callSecurityStatus,
    inbound,
    otherName: renderPhoneText(inbound ? body.callingPartyName : body.calledPartyName),
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

function startTone(screen: Screen, body: Message<'StartTone'>['body']): Screen {
  const { tone, callReference } = body;
  const tones = [...screen.tones, { tone, call: callReference }].slice(-NOTICES_MAX);
  const told = { ...screen, tones };
  return SINGLE_TONES.has(tone) ? told : patchCall(told, body, { tone });
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
  const state = patch.state ?? known?.state ?? '';
  const call: ShownCall = {
    reference: place.callReference,
    line: place.lineInstance,
    state: 'Unknown',
    security: 0,
    inbound: false,
    otherName: '',
    otherNumber: '',
    dialed: '',
    prompt: '',
    softkeySet: 0,
    softkeyMask: 0,
    selected: false,
    ...known,
    ...patch,
    remote: (known?.remote ?? true) && REMOTE_STATES.has(state),
  };
  return { ...screen, calls: new Map(screen.calls).set(call.reference, call) };
}

/** A prompt with a time stands on the one before it, which then comes back. */
function prompted(
  screen: Screen,
  body: {
    readonly lineInstance: number;
    readonly callReference: number;
    readonly promptStatus: string;
    readonly timeOutValue: number;
  },
  nowMs: number,
): Screen {
  const prompt = renderPhoneText(body.promptStatus);
  const over = (shown: Pick<ShownCall, 'prompt' | 'passingPrompt'>): Partial<ShownCall> => {
    if (body.timeOutValue === 0) return { prompt, passingPrompt: undefined };
    const before = shown.passingPrompt?.before ?? shown.prompt;
    const shownMs = body.timeOutValue * 1000;
    return { prompt, passingPrompt: { before, shownMs, untilMs: nowMs + shownMs } };
  };
  if (body.callReference === 0) return { ...screen, ...over(screen) };
  const call = screen.calls.get(body.callReference);
  return call ? patchCall(screen, body, over(call)) : screen;
}

function withoutPassed<T extends Pick<ShownCall, 'prompt' | 'passingPrompt'>>(
  shown: T,
  nowMs: number,
): T {
  const { passingPrompt } = shown;
  if (!passingPrompt || nowMs < passingPrompt.untilMs) return shown;
  return { ...shown, prompt: passingPrompt.before, passingPrompt: undefined };
}

function notified(
  screen: Screen,
  body: { readonly notify: string; readonly timeOutValue: number },
  nowMs: number,
): Screen {
  const notify = renderPhoneText(body.notify);
  const shownMs = body.timeOutValue === 0 ? Number.POSITIVE_INFINITY : body.timeOutValue * 1000;
  return {
    ...screen,
    notify,
    notifyUntilMs: nowMs + shownMs,
    notices: [...screen.notices, notify].slice(-NOTICES_MAX),
  };
}

/** Parts belong together by their transaction; an interrupted list is forgotten when another begins. */
function listPart(
  { parts, ...screen }: Screen,
  body: Omit<ListOrigin, 'version1'> & {
    readonly transactionId: number;
    readonly sequenceFlag: number;
    readonly xmldata: string;
  },
  version1: boolean,
): Screen {
  const goesOn =
    parts?.transaction === body.transactionId && body.sequenceFlag !== SequenceFlag.Sequence_First;
  const data = (goesOn ? parts.data : '') + body.xmldata;
  if (data.length > LIST_SIZE_MAX) return screen;
  if (body.sequenceFlag !== SequenceFlag.Sequence_Last) {
    return { ...screen, parts: { transaction: body.transactionId, data } };
  }
  const list = parseConferenceList(wireToUtf8(data));
  if (!list) return screen;
  const { callReference, conferenceId, appInstanceID, routingID } = body;
  const listOrigin = { callReference, conferenceId, appInstanceID, routingID, version1 };
  return { ...screen, list, listOrigin, listCount: screen.listCount + 1 };
}
