/** What a script can wait for or expect of a phone. */
import {
  type ConferenceListScreen,
  liveSoftkeys,
  ownCallsOf,
  remoteCallsOf,
  type Screen,
  type ShownCall,
  Tone,
} from '@conclave/sccp';
import { findCall } from './find-call.ts';
import type { MediaCounters } from './media-counters.ts';
import type { Phone } from './phone.ts';

/** As much of a phone as conditions look at. */
export type Seen = Pick<
  Phone,
  'screen' | 'focus' | 'icon' | 'iconOf' | 'registration' | 'version' | 'statistics' | 'counters'
> & { readonly audio: Pick<Phone['audio'], 'hears'> };

export interface Condition {
  /** The words of the script. */
  readonly text: string;
  readonly holds: (phone: Seen) => boolean;
}

type Holds = (phone: Seen) => boolean;

interface ConditionKind {
  readonly usage: string;
  readonly help: string;
  /** What the words after the first one mean, or what is wrong with them. */
  readonly make: (words: readonly string[]) => Holds | string;
}

const ICONS = ['lock', 'shield', 'call', 'none'];

const LIST_ICONS = ['lock', 'shield', 'call', 'held', 'ringing', 'none'];

/** By `CallSecurityStatus` of the wire. */
const LEVELS = ['unknown', 'nonsecure', 'authenticated', 'encrypted'];

/** Tones that are listened for when a script asks for *only* some. */
const TONES_HZ: readonly number[] = Array.from({ length: 17 }, (_, index) => 300 + index * 100);

/** Tones that telephones carry and that are no number of seconds. */
const TONE_MIN_HZ = 100;
const TONE_MAX_HZ = 3900;

/** States of a call that were not to be: its user hears a tone and reads why. */
const FAILED = ['Busy', 'Congestion', 'InvalidNumber'];

export const CONDITIONS: Readonly<Record<string, ConditionKind>> = {
  registered: plain('registered', 'the phone is registered', (phone) => isRegistered(phone)),
  unregistered: plain('unregistered', 'it is not any more', (phone) => !isRegistered(phone)),
  idle: plain('idle', 'the phone has no call', ({ screen }) => ownCallsOf(screen).length === 0),
  calls: {
    usage: 'calls N',
    help: 'the phone has N calls',
    make: number('calls', ({ screen }) => ownCallsOf(screen).length),
  },
  dialtone: inState('dialtone', 'OffHook', 'a call is off hook and can be dialled'),
  proceeding: inState('proceeding', 'Proceed', 'the number is taken'),
  ringout: inState('ringout', 'RingOut', 'the other side rings'),
  ringing: inState('ringing', 'RingIn', 'a call comes in'),
  connected: inState('connected', 'Connected', 'a call is connected'),
  held: inState('held', 'Hold', 'a call is on hold'),
  busy: inState('busy', 'Busy', 'the other side is busy'),
  reorder: inState('reorder', 'Congestion', 'the call failed'),
  'remote-in-use': plain('remote-in-use', 'another phone of the line is in a call', ({ screen }) =>
    remoteCallsOf(screen).some(({ state }) => state !== 'Hold'),
  ),
  'remote-held': plain(
    'remote-held',
    'another phone of the line holds a call, which can be resumed here',
    ({ screen }) => remoteCallsOf(screen).some(({ state }) => state === 'Hold'),
  ),
  selected: plain(
    'selected',
    'the call in focus is marked',
    ({ focus }) => focus?.selected === true,
  ),
  invalid: inState('invalid', 'InvalidNumber', 'the number is none'),
  icon: {
    usage: 'icon ICON',
    help: `of the call in focus: ${ICONS.join(', ')}`,
    make: oneOf('icon', ICONS, ({ icon }) => icon),
  },
  level: {
    usage: 'level LEVEL',
    help: `that the phone was told, whatever it can draw: ${LEVELS.join(', ')}`,
    make: oneOf('level', LEVELS, ({ focus }) => LEVELS[focus?.security ?? 0]),
  },
  with: {
    usage: 'with TEXT',
    help: 'name or number of the other side; a conference is called Conference',
    make: text('with', ({ focus }) => [`${focus?.otherName ?? ''} ${focus?.otherNumber ?? ''}`]),
  },
  prompt: {
    usage: 'prompt TEXT',
    help: 'the prompt of the call in focus, or of the idle phone, contains TEXT',
    make: text('prompt', ({ screen, focus }) => [focus?.prompt ?? screen.prompt]),
  },
  notify: {
    usage: 'notify TEXT',
    help: 'a message such as "Device Not Authorized" was shown, now or before',
    make: text('notify', ({ screen }) => [screen.notify, ...screen.notices]),
  },
  refused: {
    usage: 'refused [TEXT]',
    help: 'a call failed or a message was shown; with TEXT in what the phone says',
    make: refused,
  },
  key: {
    usage: 'key LABEL',
    help: 'the softkey is live, on any call',
    make: word('key', (phone, label) => hasKey(phone.screen, label)),
  },
  hears: {
    usage: 'hears HZ ...',
    help: 'these tones sound; also: hears only HZ ..., hears nothing',
    make: hears,
  },
  'not-hears': {
    usage: 'not-hears HZ ...',
    help: 'none of these tones sounds',
    make: (words) => {
      const tones = tonesOf(words);
      if (typeof tones === 'string') return `not-hears needs ${tones}`;
      return (phone) => phone.audio.hears(tones).length === 0;
    },
  },
  media: {
    usage: 'media srtp|rtp|none',
    help: 'what the phone sends in the call in focus',
    make: oneOf('media', ['srtp', 'rtp', 'none'], (phone) => phone.statistics()?.sent ?? 'none'),
  },
  clean: plain(
    'clean',
    'no packet failed authentication, was replayed or malformed',
    (phone) => failuresOf(phone.counters()) === 0,
  ),
  tone: {
    usage: 'tone NAME',
    help: 'the phone plays this tone to its user, such as ReorderTone',
    make: tone((phone, wanted) =>
      [...phone.screen.calls.values()].some((call) => call.tone === wanted),
    ),
  },
  toned: {
    usage: 'toned NAME',
    help: 'the phone has played this tone, such as Zip or BeepBonk, now or before',
    make: tone(({ screen }, wanted) => screen.tones.some((each) => each.tone === wanted)),
  },
  version: {
    usage: 'version N',
    help: 'the negotiated SCCP version',
    make: number('version', (phone) => phone.version),
  },
  list: {
    usage: 'list [WHAT]',
    help: 'the list is on the screen; WHAT is rows N, icon ICON, has NAME [ICON], no NAME, first NAME, last NAME or key LABEL',
    make: list,
  },
};

/** The condition, or a sentence that says what is wrong with the words. */
export function parseCondition(words: readonly string[]): Condition | string {
  const [first = '', ...rest] = words;
  if (first === 'not') {
    const inner = parseCondition(rest);
    if (typeof inner === 'string') return inner;
    return { text: words.join(' '), holds: (phone) => !inner.holds(phone) };
  }
  if (first === 'on') return conditionOn(words);
  const kind = Object.hasOwn(CONDITIONS, first) ? CONDITIONS[first] : undefined;
  if (!kind) {
    const known = Object.keys(CONDITIONS).join(', ');
    return `${first || 'nothing'} is no condition: ${known}, not, on`;
  }
  const made = kind.make(rest);
  return typeof made === 'string' ? made : { text: words.join(' '), holds: made };
}

/** `on PARTY CONDITION`: as if the call with this party were the only one. */
function conditionOn(words: readonly string[]): Condition | string {
  const [, party = '', ...rest] = words;
  const inner = parseCondition(rest);
  if (typeof inner === 'string') return party === '' ? 'on needs a party, and a condition' : inner;
  return {
    text: words.join(' '),
    holds: (phone) => {
      const call = findCall(phone.screen, party, [...phone.screen.calls.values()]);
      return call !== undefined && inner.holds(lookingAt(phone, call));
    },
  };
}

function lookingAt(phone: Seen, call: ShownCall): Seen {
  return {
    screen: { ...phone.screen, calls: new Map([[call.reference, call]]) },
    focus: call,
    icon: phone.iconOf(call),
    iconOf: (each) => phone.iconOf(each),
    registration: phone.registration,
    version: phone.version,
    statistics: (reference = call.reference) => phone.statistics(reference),
    counters: () => phone.counters(),
    audio: phone.audio,
  };
}

function plain(usage: string, help: string, holds: Holds): ConditionKind {
  return {
    usage,
    help,
    make: (words) => (words.length === 0 ? holds : `${usage} needs nothing after it`),
  };
}

function inState(usage: string, state: string, help: string): ConditionKind {
  return plain(usage, help, ({ screen }) =>
    ownCallsOf(screen).some((call) => call.state === state),
  );
}

function number(name: string, shown: (phone: Seen) => number): ConditionKind['make'] {
  return (words) => {
    const [wanted = ''] = words;
    if (words.length !== 1 || !/^\d+$/.test(wanted)) return `${name} needs one number`;
    return (phone) => shown(phone) === Number(wanted);
  };
}

function oneOf(
  name: string,
  values: readonly string[],
  shown: (phone: Seen) => string | undefined,
): ConditionKind['make'] {
  return (words) => {
    const [wanted = ''] = words;
    if (words.length !== 1 || !values.includes(wanted)) {
      return `${name} needs one of ${values.join(', ')}`;
    }
    return (phone) => shown(phone) === wanted;
  };
}

function word(
  name: string,
  holds: (phone: Seen, wanted: string) => boolean,
): ConditionKind['make'] {
  return (words) => {
    const [wanted] = words;
    if (wanted === undefined || words.length > 1) return `${name} needs one word`;
    return (phone) => holds(phone, wanted);
  };
}

function text(name: string, shown: (phone: Seen) => readonly string[]): ConditionKind['make'] {
  return (words) => {
    const wanted = words.join(' ');
    if (wanted === '') return `${name} needs a text`;
    return (phone) => shown(phone).some((each) => contains(each, wanted));
  };
}

function refused(words: readonly string[]): Holds {
  const wanted = words.join(' ');
  return ({ screen }) => {
    const calls = [...screen.calls.values()];
    if (wanted === '') {
      return screen.notices.length > 0 || calls.some(({ state }) => FAILED.includes(state));
    }
    const said = [screen.prompt, screen.notify, ...screen.notices, ...calls.map((c) => c.prompt)];
    return said.some((each) => contains(each, wanted));
  };
}

function tone(holds: (phone: Seen, wanted: number) => boolean): ConditionKind['make'] {
  return (words) => {
    const [wanted = ''] = words;
    const number = Object.entries(Tone).find(([name]) => isSame(name, wanted))?.[1];
    if (words.length !== 1 || number === undefined) return 'tone needs a name such as ReorderTone';
    return (phone) => holds(phone, number);
  };
}

function hears(words: readonly string[]): Holds | string {
  const [first, ...rest] = words;
  if (first === 'nothing' && rest.length === 0) {
    return (phone) => phone.audio.hears(TONES_HZ).length === 0;
  }
  const only = first === 'only';
  const tones = tonesOf(only ? rest : words);
  if (typeof tones === 'string') return `hears needs ${tones}, "only" and tones, or "nothing"`;
  return (phone) => {
    const found = phone.audio.hears([...new Set([...(only ? TONES_HZ : []), ...tones])]);
    const all = tones.every((tone) => found.includes(tone));
    return all && (!only || found.length === tones.length);
  };
}

function tonesOf(words: readonly string[]): readonly number[] | string {
  const tones = words.flatMap((each) => each.split(',')).map(Number);
  const possible = tones.every((tone) => tone >= TONE_MIN_HZ && tone <= TONE_MAX_HZ);
  return tones.length > 0 && possible
    ? [...new Set(tones)]
    : `tones of ${TONE_MIN_HZ} to ${TONE_MAX_HZ} Hz`;
}

const LIST_FAULT =
  'list needs nothing, or: rows N, icon ICON, has NAME [ICON], no NAME, first NAME, last NAME, key LABEL';

function list(words: readonly string[]): Holds | string {
  const [what, value, ...more] = words;
  const made = what === undefined ? () => true : listTest(what, value ?? '', more);
  if (!made) return LIST_FAULT;
  return ({ screen }) => screen.list !== undefined && made(screen.list);
}

function listTest(
  what: string,
  value: string,
  more: readonly string[],
): ((shown: ConferenceListScreen) => boolean) | undefined {
  const [icon, ...rest] = more;
  if (value === '' || rest.length > 0 || (icon !== undefined && what !== 'has')) return undefined;
  const named = (name: string | undefined): boolean => contains(name ?? '', value);
  switch (what) {
    case 'rows':
      return /^\d+$/.test(value) ? ({ rows }) => rows.length === Number(value) : undefined;
    case 'icon':
      return LIST_ICONS.includes(value) ? (shown) => shown.icon === value : undefined;
    case 'has':
      if (icon !== undefined && !LIST_ICONS.includes(icon)) return undefined;
      return ({ rows }) =>
        rows.some((row) => named(row.name) && (icon === undefined || row.icon === icon));
    case 'no':
      return ({ rows }) => !rows.some((row) => named(row.name));
    case 'first':
      return ({ rows }) => named(rows[0]?.name);
    case 'last':
      return ({ rows }) => named(rows.at(-1)?.name);
    case 'key':
      return ({ softkeys }) => softkeys.some((key) => isSame(key.name, value));
    default:
      return undefined;
  }
}

function isRegistered({ registration }: Seen): boolean {
  return registration === 'registered';
}

function hasKey(screen: Screen, label: string): boolean {
  return [undefined, ...screen.calls.values()].some((call) =>
    liveSoftkeys(screen, call).some((key) => isSame(key.label, label)),
  );
}

function failuresOf({ unauthenticated, replayed, malformed }: MediaCounters): number {
  return unauthenticated + replayed + malformed;
}

function contains(shown: string, wanted: string): boolean {
  return shown.toLowerCase().includes(wanted.toLowerCase());
}

function isSame(shown: string, wanted: string): boolean {
  return shown.toLowerCase() === wanted.toLowerCase();
}
