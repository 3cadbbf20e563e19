/** What a script can wait for or expect of a phone. */
import { liveSoftkeys } from '@conclave/sccp';
import type { Phone } from './phone.ts';

export interface Condition {
  /** The words of the script. */
  readonly text: string;
  readonly holds: (phone: Phone) => boolean;
}

type Maker = (words: readonly string[]) => ((phone: Phone) => boolean) | string;

const ICONS = ['lock', 'shield', 'call', 'none'];

/** Tones that are listened for when a script asks for *only* some. */
const TONES_HZ: readonly number[] = Array.from({ length: 17 }, (_, index) => 300 + index * 100);

/** Call states by the word of the script. */
const STATES: Readonly<Record<string, string>> = {
  dialtone: 'OffHook',
  ringing: 'RingIn',
  ringout: 'RingOut',
  connected: 'Connected',
  held: 'Hold',
  busy: 'Busy',
  reorder: 'Congestion',
  invalid: 'InvalidNumber',
};

const MAKERS: Readonly<Record<string, Maker>> = {
  idle: () => (phone) => phone.screen.calls.size === 0,
  registered: () => (phone) => phone.closedBecause === undefined,
  unregistered: () => (phone) => phone.closedBecause !== undefined,
  calls: ([count]) => {
    if (!/^\d+$/.test(count ?? '')) return 'calls needs a number';
    return (phone) => phone.screen.calls.size === Number(count);
  },
  icon: ([icon]) => {
    if (!ICONS.includes(icon ?? '')) return `icon needs one of ${ICONS.join(', ')}`;
    return (phone) => phone.icon === icon;
  },
  prompt: (words) => text(words, 'prompt', (phone) => phone.focus?.prompt ?? ''),
  notify: (words) => text(words, 'notify', (phone) => phone.screen.notices.join('\n')),
  with: (words) =>
    text(words, 'with', (phone) => `${phone.focus?.otherName} ${phone.focus?.otherNumber}`),
  hears: (words) => hears(words),
  media: ([kind]) => {
    if (!['srtp', 'rtp', 'none'].includes(kind ?? '')) return 'media needs srtp, rtp or none';
    return (phone) => (phone.statistics()?.sent ?? 'none') === kind;
  },
  key: ([label]) => {
    if (label === undefined) return 'key needs a label';
    return (phone) => hasKey(phone, label);
  },
  list: (words) => list(words),
};

export const CONDITION_WORDS: readonly string[] = [
  ...Object.keys(STATES),
  ...Object.keys(MAKERS),
  'not',
];

/** The condition, or a sentence that says what is wrong with the words. */
export function parseCondition(words: readonly string[]): Condition | string {
  const [first = '', ...rest] = words;
  const condition = words.join(' ');
  if (first === 'not') {
    const inner = parseCondition(rest);
    if (typeof inner === 'string') return inner;
    return { text: condition, holds: (phone) => !inner.holds(phone) };
  }
  const state = STATES[first];
  if (state !== undefined) {
    return {
      text: condition,
      holds: (phone) => [...phone.screen.calls.values()].some((call) => call.state === state),
    };
  }
  const made = MAKERS[first]?.(rest);
  if (made === undefined)
    return `${first || 'nothing'} is no condition: ${CONDITION_WORDS.join(', ')}`;
  return typeof made === 'string' ? made : { text: condition, holds: made };
}

function text(
  words: readonly string[],
  name: string,
  shown: (phone: Phone) => string,
): ((phone: Phone) => boolean) | string {
  const wanted = words.join(' ').toLowerCase();
  if (wanted === '') return `${name} needs a text`;
  return (phone) => shown(phone).toLowerCase().includes(wanted);
}

/** `hears 400 600` at least these, `hears only 400` these and no other, `hears nothing`. */
function hears(words: readonly string[]): ((phone: Phone) => boolean) | string {
  const only = words[0] === 'only' || words[0] === 'nothing';
  const wanted = (only ? words.slice(1) : words).map(Number);
  if (wanted.some((tone) => !Number.isFinite(tone)) || (!only && wanted.length === 0)) {
    return 'hears needs tones in Hz, "only" and tones, or "nothing"';
  }
  return (phone) => {
    const found = phone.audio.hears([...new Set([...(only ? TONES_HZ : []), ...wanted])]);
    const all = wanted.every((tone) => found.includes(tone));
    return all && (!only || found.length === wanted.length);
  };
}

/** `list has NAME [ICON]`, `list icon ICON`, `list rows N`. */
function list(words: readonly string[]): ((phone: Phone) => boolean) | string {
  const [what, value = '', icon] = words;
  if (what === 'rows') return (phone) => phone.screen.list?.rows.length === Number(value);
  if (what === 'icon') return (phone) => phone.screen.list?.icon === value;
  if (what !== 'has' || value === '') return 'list needs: has NAME [ICON], icon ICON, or rows N';
  const wanted = value.toLowerCase();
  return (phone) =>
    phone.screen.list?.rows.some(
      (row) => row.name.toLowerCase().includes(wanted) && (icon === undefined || row.icon === icon),
    ) ?? false;
}

function hasKey(phone: Phone, label: string): boolean {
  const wanted = label.toLowerCase();
  return [undefined, ...phone.screen.calls.values()].some((call) =>
    liveSoftkeys(phone.screen, call).some((key) => key.label.toLowerCase() === wanted),
  );
}
