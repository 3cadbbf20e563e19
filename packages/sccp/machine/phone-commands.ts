/**
 * What a user does with a phone, as messages to the call manager. A key that is not live cannot be
 * pressed, as on a real phone; `force` sends it all the same, as a hostile phone would.
 */
import { fail, ok, type Result, unreachable } from '@conclave/base';
import { SequenceFlag, SoftKeyEvent, Stimulus } from '../wire/enumerations.ts';
import type { BodyInput, MessageName } from '../wire/types.ts';
import { type ConferenceListScreen, type ListRow, userCallData } from './conference-list-screen.ts';
import { focusOf, liveSoftkeys, type Screen, type ShownCall, withoutList } from './phone-screen.ts';

/** A softkey as the phone shows it, and the event that it sends. */
export type PhoneSoftkey = ReturnType<typeof liveSoftkeys>[number];

export type PhoneCommand =
  /** Lifts the handset, or answers `call`. */
  | { readonly type: 'off-hook'; readonly line?: number; readonly call?: number }
  | { readonly type: 'on-hook'; readonly call?: number }
  /** One key of the keypad: `0`-`9`, `*`, `#`, `A`-`D`, `+`. */
  | { readonly type: 'digit'; readonly digit: string; readonly call?: number }
  /** All digits in one message, as a phone does that was dialled while idle. */
  | { readonly type: 'enbloc'; readonly digits: string; readonly line?: number }
  /** A softkey by its label, its event's name or number. */
  | {
      readonly type: 'softkey';
      readonly key: string;
      readonly call?: number;
      readonly force?: boolean;
    }
  | { readonly type: 'line'; readonly line: number }
  /** A button beside the screen, by the name of its stimulus. */
  | { readonly type: 'button'; readonly button: keyof typeof Stimulus; readonly line?: number }
  /** A row of the list on the screen, by its name or its place from 0. */
  | { readonly type: 'list-row'; readonly row: string | number; readonly force?: boolean }
  /** A key of the list, with a row selected when it acts on one. */
  | { readonly type: 'list-key'; readonly key: string; readonly row?: string }
  /** Closes the list on the screen. */
  | { readonly type: 'close-list' };

export type OutgoingMessage = {
  [N in MessageName]: { readonly name: N; readonly body: BodyInput<N> };
}[MessageName];

export interface CommandStep {
  readonly screen: Screen;
  readonly messages: readonly OutgoingMessage[];
}

export type CommandError =
  | 'key-not-live'
  | 'no-such-key'
  | 'no-list'
  | 'no-such-row'
  | 'not-offered'
  | 'unknown-url';

/** The digits that one message takes. */
const ENBLOC_MAX = 24;

/** In the order of `KeyPadButton`. */
const DIGITS = '0123456789ABCD*#+';

/** URLs of a list's keys that the phone itself knows: act on the selected row, close the list. */
const SELECT = 'SoftKey:Select';
const EXIT = 'SoftKey:Exit';

/** Gives the messages of a command, or says why the phone cannot do it. */
export function runCommand(
  screen: Screen,
  command: PhoneCommand,
): Result<CommandStep, CommandError> {
  switch (command.type) {
    case 'off-hook': {
      const call = command.call ?? 0;
      return sends(screen, message('OffHook', at(command.line ?? lineOf(screen, call), call)));
    }
    case 'on-hook': {
      const call = command.call ?? focusOf(screen)?.reference ?? 0;
      return sends(screen, message('OnHook', at(lineOf(screen, call), call)));
    }
    case 'digit':
      return pressDigit(screen, command.digit, command.call);
    case 'enbloc': {
      const body = { calledParty: command.digits, lineInstance: command.line ?? 1 };
      if (command.digits.length > ENBLOC_MAX) return fail('no-such-key', 'the number is too long');
      return sends(screen, message('EnblocCall', body));
    }
    case 'softkey':
      return pressSoftkey(screen, command);
    case 'line':
      return sends(screen, stimulus('Line', command.line));
    case 'button':
      return sends(screen, stimulus(command.button, command.line ?? 0));
    case 'list-row':
      return chooseRow(screen, command.row, command.force === true);
    case 'list-key':
      return pressListKey(screen, command.key, command.row);
    case 'close-list':
      return ok({ screen: withoutList(screen), messages: [] });
    default:
      return unreachable(command);
  }
}

/** The event of a name such as `Confrn`, whatever its case, or of its number; undefined for neither. */
export function softkeyEventOf(wanted: string): number | undefined {
  const name = wanted.trim().toLowerCase();
  if (/^\d{1,3}$/.test(name)) return Number(name);
  return Object.entries(SoftKeyEvent).find(([each]) => each.toLowerCase() === name)?.[1];
}

/** The live keys as text, such as `Hold, EndCall (call 17)`. */
export function describeLiveSoftkeys(screen: Screen): string {
  const places = keyPlaces(screen, undefined).filter(({ keys }) => keys.length > 0);
  if (places.length === 0) return 'none';
  return places
    .map(({ keys, call }) => {
      const labels = keys.map(({ label }) => label).join(', ');
      return call ? `${labels} (call ${call.reference})` : labels;
    })
    .join('; ');
}

interface KeyPlace {
  readonly keys: readonly PhoneSoftkey[];
  /** Absent for the idle phone. */
  readonly call?: ShownCall;
}

/** Where a key may be live: on the call in focus, on the others, newest first, and on the idle phone. */
function keyPlaces(screen: Screen, only: number | undefined): readonly KeyPlace[] {
  const focus = focusOf(screen);
  const calls = [...screen.calls.values()].toReversed();
  const places: KeyPlace[] = calls
    .toSorted((one, other) => Number(other === focus) - Number(one === focus))
    .map((call) => ({ keys: liveSoftkeys(screen, call), call }));
  if (only !== undefined) return places.filter(({ call }) => call?.reference === only);
  return [...places, { keys: liveSoftkeys(screen) }];
}

function pressSoftkey(
  screen: Screen,
  command: Extract<PhoneCommand, { type: 'softkey' }>,
): Result<CommandStep, CommandError> {
  const event = softkeyEventOf(command.key);
  const name = command.key.trim().toLowerCase();
  for (const { keys, call } of keyPlaces(screen, command.call)) {
    const key = keys.find((each) => each.event === event || each.label.toLowerCase() === name);
    if (key) return sends(screen, softkey(key.event, call?.line ?? 1, call?.reference ?? 0));
  }
  if (!command.force) {
    return fail('key-not-live', `live softkeys: ${describeLiveSoftkeys(screen)}`);
  }
  if (event === undefined) return fail('no-such-key', command.key);
  const call = command.call ?? focusOf(screen)?.reference ?? 0;
  return sends(screen, softkey(event, lineOf(screen, call), call));
}

function pressDigit(
  screen: Screen,
  digit: string,
  wanted: number | undefined,
): Result<CommandStep, CommandError> {
  const kpButton = DIGITS.indexOf(digit.toUpperCase());
  if (digit.length !== 1 || kpButton < 0) return fail('no-such-key', `there is no key ${digit}`);
  const call = wanted ?? focusOf(screen)?.reference ?? 0;
  return sends(screen, message('KeypadButton', { kpButton, ...at(lineOf(screen, call), call) }));
}

/** Opens a row, as a person does with the Remove key; `force` does so without being offered it. */
function chooseRow(
  screen: Screen,
  wanted: string | number,
  force: boolean,
): Result<CommandStep, CommandError> {
  const { list } = screen;
  if (!list) return fail('no-list', 'no list is on the screen');
  const row = typeof wanted === 'number' ? list.rows[wanted] : findRow(list, wanted);
  if (!row) return fail('no-such-row', `rows: ${list.rows.map(({ name }) => name).join(', ')}`);
  const isOffered = list.softkeys.some(({ url }) => url === SELECT);
  if (!isOffered && !force) return notOffered(list, 'Remove');
  return openUrl(screen, row.url);
}

function pressListKey(
  screen: Screen,
  wanted: string,
  row: string | undefined,
): Result<CommandStep, CommandError> {
  const { list } = screen;
  if (!list) return fail('no-list', 'no list is on the screen');
  const key = list.softkeys.find(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (!key) return notOffered(list, wanted);
  if (key.url === EXIT) return ok({ screen: withoutList(screen), messages: [] });
  if (key.url === SELECT) return chooseRow(screen, row ?? list.rows[0]?.name ?? '', false);
  return openUrl(screen, key.url);
}

/** The row that a person means: of this name, else the first that begins with it or contains it. */
function findRow({ rows }: ConferenceListScreen, wanted: string): ListRow | undefined {
  const name = wanted.trim().toLowerCase();
  if (name === '') return undefined;
  return (
    rows.find((row) => row.name.toLowerCase() === name) ??
    rows.find((row) => row.name.toLowerCase().startsWith(name)) ??
    rows.find((row) => row.name.toLowerCase().includes(name))
  );
}

function notOffered(
  { softkeys }: ConferenceListScreen,
  key: string,
): Result<CommandStep, CommandError> {
  const keys = softkeys.map(({ name }) => name).join(', ');
  return fail('not-offered', `no ${key} key on the list; its keys: ${keys}`);
}

/** Sends what a URL says, in the words of the message that brought the list. */
function openUrl(screen: Screen, url: string): Result<CommandStep, CommandError> {
  const answer = userCallData(url);
  const origin = screen.listOrigin;
  if (!answer || !origin) {
    return fail('unknown-url', `this phone cannot open ${JSON.stringify(url)}`);
  }
  const { data, ...place } = answer;
  const common = { ...place, dataLength: data.length, xmldata: data };
  if (!origin.version1) {
    return sends(screen, message('DeviceToUserData', { deviceToUserData: common }));
  }
  return sends(
    screen,
    message('DeviceToUserDataVersion1', {
      deviceToUserDataVersion1: {
        ...common,
        sequenceFlag: SequenceFlag.Sequence_Last,
        conferenceId: origin.conferenceId,
        appInstanceID: origin.appInstanceID,
        routingID: origin.routingID,
      },
    }),
  );
}

function sends(screen: Screen, sent: OutgoingMessage): Result<CommandStep, CommandError> {
  return ok({ screen, messages: [sent] });
}

function message<N extends MessageName>(name: N, body: BodyInput<N>): OutgoingMessage {
  return { name, body } as OutgoingMessage;
}

function softkey(event: number, line: number, call: number): OutgoingMessage {
  return message('SoftKeyEvent', { softKeyEvent: event, ...at(line, call) });
}

function stimulus(button: keyof typeof Stimulus, line: number): OutgoingMessage {
  return message('Stimulus', { stimulus: Stimulus[button], lineInstance: line });
}

function at(
  lineInstance: number,
  callReference: number,
): { readonly lineInstance: number; readonly callReference: number } {
  return { lineInstance, callReference };
}

function lineOf(screen: Screen, call: number): number {
  return screen.calls.get(call)?.line || 1;
}
