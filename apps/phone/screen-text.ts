/** A phone's screen for people: as a box of text, in one line, and as plain data for JSON. */
import { liveSoftkeys, type ShownCall, SoftKeyEvent, SoftKeySet, Tone } from '@conclave/sccp';
import type { Phone } from './phone.ts';

/** Columns inside of the box. */
const WIDTH = 66;

/** As much of a phone as its screen shows. */
export type ShownPhone = Pick<
  Phone,
  'name' | 'model' | 'screen' | 'focus' | 'icon' | 'iconOf' | 'registration' | 'closedBecause'
>;

const TONES: ReadonlyMap<number, string> = new Map(
  Object.entries(Tone).map(([name, number]) => [number, name]),
);

/** The screen in a box. */
export function formatPhone(phone: ShownPhone): string {
  const { screen, focus } = phone;
  const calls = [...screen.calls.values()];
  const body = [
    headOf(phone),
    ...calls.map((call) => callText(phone, call)),
    focus?.prompt || screen.prompt,
    screen.notify === '' ? '' : `! ${screen.notify}`,
    ...listText(phone),
    screen.ringing ? '(rings)' : '',
    ...calls.flatMap(({ tone }) =>
      tone === undefined ? [] : [`(tone ${TONES.get(tone) ?? tone})`],
    ),
    `keys: ${keysWithIcon(phone, focus).join('  ') || 'none'}`,
  ];
  const rows = body.filter((row) => row !== '').flatMap(wrapped);
  return [
    `${`+-- ${phone.name} ${phone.model} `.padEnd(WIDTH + 3, '-')}+`,
    ...rows.map((row) => `| ${row.padEnd(WIDTH)} |`),
    `+${'-'.repeat(WIDTH + 2)}+`,
  ].join('\n');
}

/** The screen in one line that begins with this name. */
export function describePhone(phone: ShownPhone, name: string): string {
  const { screen } = phone;
  const calls = [...screen.calls.values()].map((call) => {
    const other = call.otherName || call.otherNumber;
    const prompt = call.prompt === '' ? '' : ` "${call.prompt}"`;
    return `${stateOf(call)}${other === '' ? '' : ` ${other}`} [${phone.iconOf(call)}]${prompt}`;
  });
  const notify = screen.notify === '' ? '' : `, says "${screen.notify}"`;
  return `${name} ${stateText(phone)}: ${calls.join('; ') || 'idle'}${notify}`;
}

/** The screen as data without maps: what `--json` prints. */
export function screenFacts(phone: ShownPhone): Readonly<Record<string, unknown>> {
  const { screen, focus } = phone;
  return {
    registration: phone.registration,
    icon: phone.icon,
    ...(focus && { focus: focus.reference }),
    calls: [...screen.calls.values()].map((call) => ({
      reference: call.reference,
      line: call.line,
      state: call.state,
      icon: phone.iconOf(call),
      security: call.security,
      inbound: call.inbound,
      name: call.otherName,
      number: call.otherNumber,
      dialed: call.dialed,
      prompt: call.prompt,
      softkeys: keysOf(phone, call),
      ...(call.selected && { selected: true }),
      ...(call.remote && { remote: true }),
      ...(call.tone !== undefined && { tone: TONES.get(call.tone) ?? call.tone }),
    })),
    softkeys: keysOf(phone, undefined),
    prompt: screen.prompt,
    notify: screen.notify,
    ringing: screen.ringing,
    tones: screen.tones.map(({ tone, call }) => ({ tone: TONES.get(tone) ?? tone, call })),
    speaker: screen.speaker,
    lines: [...screen.lines].map(([index, line]) => ({ index, ...line })),
    ...(screen.list && { list: screen.list }),
  };
}

function headOf(phone: ShownPhone): string {
  const lines = [...phone.screen.lines.values()].map(({ number, name }) => `${number} ${name}`);
  const state = phone.registration === 'registered' ? '' : `(${stateText(phone)})`;
  return [lines.join(', '), state].filter((part) => part !== '').join('  ');
}

function stateText({ registration, closedBecause = '' }: ShownPhone): string {
  if (registration === 'registered' || registration === 'registering') return registration;
  return closedBecause === '' ? 'not registered' : `not registered: ${closedBecause}`;
}

function callText(phone: ShownPhone, call: ShownCall): string {
  const { otherName, otherNumber } = call;
  const party = [otherName, otherNumber === otherName ? '' : otherNumber]
    .filter((part) => part !== '')
    .join(' ');
  const to = party === '' ? call.dialed : `${call.inbound ? 'from' : 'to'} ${party}`;
  const mark = call.reference === phone.focus?.reference ? '>' : ' ';
  const chosen = call.selected ? ' (selected)' : '';
  const icon = iconText(phone.iconOf(call));
  return `${mark} ${stateOf(call).padEnd(10)} ${to} ${icon}`.trimEnd() + chosen;
}

/** Other phones' calls have words of their own. */
function stateOf({ state, remote }: ShownCall): string {
  if (!remote) return state;
  return state === 'Hold' ? 'Held there' : 'In use';
}

function listText({ screen: { list } }: ShownPhone): readonly string[] {
  if (!list) return [];
  return [
    `= ${list.title} ${iconText(list.icon)}`,
    ...list.rows.map(
      ({ name, icon, controller }) => `  - ${name}${controller ? ' *' : ''} ${iconText(icon)}`,
    ),
    `  ${list.softkeys.map(({ name }) => name).join('  ')}`,
  ].map((row) => row.trimEnd());
}

function iconText(icon: string): string {
  return icon === 'none' ? '' : `[${icon}]`;
}

function keysOf({ screen }: ShownPhone, call: ShownCall | undefined): readonly string[] {
  return liveSoftkeys(screen, call).map(({ label }) => label);
}

/** In a conference its icon stands by the conference key, the list's before the one that adds (ICO-03). */
function keysWithIcon(phone: ShownPhone, call: ShownCall | undefined): readonly string[] {
  const keys = liveSoftkeys(phone.screen, call);
  if (call?.softkeySet !== SoftKeySet.ConnConf) return keys.map(({ label }) => label);
  const wanted = [SoftKeyEvent.ConfList, SoftKeyEvent.Confrn];
  const marked = wanted.find((event) => keys.some((key) => key.event === event));
  const icon = iconText(phone.iconOf(call));
  return keys.map(({ label, event }) => (event === marked ? `${label} ${icon}`.trimEnd() : label));
}

function wrapped(row: string): readonly string[] {
  const rows: string[] = [];
  for (let at = 0; at < row.length; at += WIDTH) rows.push(row.slice(at, at + WIDTH));
  return rows;
}
