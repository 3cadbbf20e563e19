/**
 * Turns a SIP message into one that a clumsy or hostile peer might send: the same seed and message give
 * the same bytes on every machine. It knows the form of messages, not our parser, and writes one byte
 * a character.
 */
import { Prng } from '../sim/prng.ts';
import { COMPACT, FRAGMENTS, NUMBERS } from './sip-fragments.ts';

/** A message as text: `head` is lines without their ends. */
interface Draft {
  start: string;
  lines: string[];
  body: string;
}

type Operator = (draft: Draft, chance: Prng, others: readonly Uint8Array[]) => void;

/** Messages stay below this, whatever the operators do; just above what a reader has to take. */
const SIZE_MAX = 400_000;

/** Operators for one message; more would leave nothing of its form. */
const OPERATORS_MAX = 5;

const OPERATORS: readonly Operator[] = [
  duplicateLine,
  dropLine,
  moveLine,
  borrowLine,
  renameLine,
  foldLine,
  repeatLine,
  hugeValue,
  hugeList,
  manyParameters,
  changeNumber,
  changeNumber,
  insertFragment,
  insertFragment,
  insertFragment,
  nest,
  removeSpan,
  repeatSpan,
  changeBytes,
  changeStart,
  changeBodyLine,
  wrapInParts,
];

/**
 * `message`, mutated. `others` lend lines to it. Content-Length is set right afterwards in three of
 * four cases, so that what is behind the framing is reached too.
 */
export function mutate(
  seed: number,
  message: Uint8Array,
  others: readonly Uint8Array[] = [],
): Uint8Array {
  const chance = new Prng(seed);
  const draft = operated(message, chance, others);
  if (chance.chance(0.75)) correctLength(draft);
  const text = [draft.start, ...draft.lines].join('\r\n');
  return cut(`${text}\r\n\r\n${draft.body}`, chance);
}

/** The same for lines that are no message, such as a session description. */
export function mutateLines(
  seed: number,
  text: Uint8Array,
  others: readonly Uint8Array[] = [],
): Uint8Array {
  const chance = new Prng(seed);
  const { start, lines } = operated(text, chance, others);
  return cut([start, ...lines].join('\r\n'), chance);
}

function operated(text: Uint8Array, chance: Prng, others: readonly Uint8Array[]): Draft {
  const draft = draftOf(text);
  for (let left = chance.between(1, OPERATORS_MAX); left > 0; left--) {
    chance.pick(OPERATORS)?.(draft, chance, others);
  }
  return draft;
}

function cut(text: string, chance: Prng): Uint8Array {
  const whole = text.slice(0, SIZE_MAX);
  return bytesOf(chance.chance(0.05) ? whole.slice(0, chance.between(0, whole.length)) : whole);
}

function draftOf(message: Uint8Array): Draft {
  const text = Buffer.from(message).toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const head = end < 0 ? text : text.slice(0, end);
  const [start = '', ...lines] = head.split('\r\n');
  return { start, lines, body: end < 0 ? '' : text.slice(end + 4) };
}

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

function correctLength(draft: Draft): void {
  draft.lines = draft.lines.filter((line) => !/^(?:content-length|l)[ \t]*:/i.test(line));
  draft.lines.push(`Content-Length: ${draft.body.length}`);
}

function duplicateLine(draft: Draft, chance: Prng): void {
  const line = chance.pick(draft.lines) ?? 'X: y';
  draft.lines.splice(chance.between(0, draft.lines.length), 0, line);
}

function dropLine(draft: Draft, chance: Prng): void {
  draft.lines.splice(chance.between(0, draft.lines.length), 1);
}

function moveLine(draft: Draft, chance: Prng): void {
  const [line] = draft.lines.splice(chance.between(0, draft.lines.length - 1), 1);
  if (line !== undefined) draft.lines.splice(chance.between(0, draft.lines.length), 0, line);
}

function borrowLine(draft: Draft, chance: Prng, others: readonly Uint8Array[]): void {
  const other = chance.pick(others);
  if (!other) return;
  const { start, lines, body } = draftOf(other);
  const what = chance.next();
  if (what < 0.1) draft.start = start;
  else if (what < 0.2) draft.body = body;
  else draft.lines.splice(chance.between(0, draft.lines.length), 0, chance.pick(lines) ?? '');
}

function renameLine(draft: Draft, chance: Prng): void {
  changeLine(draft, chance, (line) => {
    const [name = '', ...rest] = line.split(':');
    const renamed = [
      COMPACT[name.toLowerCase()] ?? name,
      name.toUpperCase(),
      `${name} \t`,
      ` ${name}`,
      `${name}\0`,
      '',
    ];
    return [chance.pick(renamed), ...rest].join(':');
  });
}

function foldLine(draft: Draft, chance: Prng): void {
  const folds = ['\r\n ', '\r\n\t', '\n', '\r', '\r\n', '\r\n\r\n', '\r\n \r\n '];
  changeLine(draft, chance, (line) => insert(line, chance, chance.pick(folds) ?? ''));
}

function repeatLine(draft: Draft, chance: Prng): void {
  const line = chance.pick(draft.lines) ?? 'X: y';
  const times = chance.pick([2, 50, 255, 256, 257, 1000]) ?? 2;
  draft.lines.push(...repeated(line, times));
}

function hugeValue(draft: Draft, chance: Prng): void {
  const unit =
    chance.pick(['a', '"', '\\', '<', ' ', ';', '%41', '\x80', '[', 'é', '=', '@']) ?? '';
  const times = chance.pick([100, 1000, 65_400, 65_536, 70_000]) ?? 100;
  changeLine(draft, chance, (line) => insert(line, chance, unit.repeat(times)));
}

function hugeList(draft: Draft, chance: Prng): void {
  changeLine(draft, chance, (line) => {
    const colon = line.indexOf(':') + 1;
    const times = chance.pick([2, 40, 500]) ?? 2;
    return line.slice(0, colon) + repeated(line.slice(colon), times).join(',');
  });
}

function manyParameters(draft: Draft, chance: Prng): void {
  const times = chance.pick([2, 99, 101, 2000]) ?? 2;
  const name = chance.pick(['tag', 'branch', 'p', 'lr', 'expires', 'q', '']) ?? '';
  const numbered = chance.chance(0.5);
  const all = Array.from({ length: times }, (_, index) => `;${name}${numbered ? index : ''}=1`);
  changeLine(draft, chance, (line) => line + all.join(''));
}

function changeNumber(draft: Draft, chance: Prng): void {
  changeSomewhere(draft, chance, (text) => {
    const found = chance.pick([...text.matchAll(/\d+/g)]);
    if (!found) return text;
    const end = found.index + found[0].length;
    return text.slice(0, found.index) + (chance.pick(NUMBERS) ?? '') + text.slice(end);
  });
}

function insertFragment(draft: Draft, chance: Prng): void {
  const fragment = chance.pick(FRAGMENTS) ?? '';
  changeSomewhere(draft, chance, (text) => insert(text, chance, fragment));
}

/** Something put into itself: quotes, brackets, comments, escapes. */
function nest(draft: Draft, chance: Prng): void {
  const pairs = [
    ['"', '"'],
    ['<', '>'],
    ['(', ')'],
    ['[', ']'],
    ['\\"', '\\"'],
    ['<a>', '</a>'],
  ];
  const [open = '', close = ''] = chance.pick(pairs) ?? [];
  const depth = chance.pick([1, 2, 50, 5000]) ?? 1;
  changeSomewhere(draft, chance, (text) => {
    const [from, to] = spanOf(text, chance);
    const inner = text.slice(from, to);
    return text.slice(0, from) + open.repeat(depth) + inner + close.repeat(depth) + text.slice(to);
  });
}

function removeSpan(draft: Draft, chance: Prng): void {
  changeSomewhere(draft, chance, (text) => {
    const [from, to] = spanOf(text, chance);
    return text.slice(0, from) + text.slice(to);
  });
}

function repeatSpan(draft: Draft, chance: Prng): void {
  const times = chance.pick([2, 3, 200]) ?? 2;
  changeSomewhere(draft, chance, (text) => {
    const [from, to] = spanOf(text, chance);
    const span = repeated(text.slice(from, to), times).join('');
    return text.slice(0, from) + span + text.slice(to);
  });
}

function changeBytes(draft: Draft, chance: Prng): void {
  changeSomewhere(draft, chance, (text) => {
    const at = chance.between(0, text.length);
    const bytes = String.fromCharCode(...chance.bytes(chance.between(1, 4)));
    return text.slice(0, at) + bytes + text.slice(at + bytes.length);
  });
}

function changeStart(draft: Draft, chance: Prng): void {
  const starts = [
    draft.start.replace(/ .* /, ` ${chance.pick(FRAGMENTS) ?? ''} `),
    draft.start.replace('2.0', chance.pick(NUMBERS) ?? ''),
    `SIP/2.0 ${chance.pick(NUMBERS) ?? ''} OK`,
    draft.start.replaceAll(' ', '  '),
    `\r\n\r\n${draft.start}`,
    draft.start.toLowerCase(),
    '',
  ];
  draft.start = chance.pick(starts) ?? '';
}

/** Lines of SDP come twice, not at all, or somewhere else. */
function changeBodyLine(draft: Draft, chance: Prng): void {
  const lines = draft.body.split('\r\n');
  const at = chance.between(0, lines.length - 1);
  const line = lines[at] ?? '';
  const [count, added] = chance.pick([
    [0, [line]],
    [1, []],
    [1, [line.slice(0, 2) + repeated(line.slice(2), 30).join('')]],
    [0, repeated(line, 300)],
    [1, [line.replace(/^./, chance.pick(['m', 'a', 'c', 'v', 't', 'z', '']) ?? '')]],
  ] as const) ?? [0, []];
  lines.splice(at, count, ...added);
  draft.body = lines.join(chance.chance(0.1) ? '\n' : '\r\n');
}

function wrapInParts(draft: Draft, chance: Prng): void {
  const depth = chance.pick([1, 2, 40, 400]) ?? 1;
  const same = chance.chance(0.3);
  const siblings = chance.pick([0, 1, 40]) ?? 0;
  let type = 'application/sdp';
  for (let level = 0; level < depth && draft.body.length < SIZE_MAX; level++) {
    const boundary = same ? 'b' : `b${level}`;
    const part = `--${boundary}\r\nContent-Type: ${type}\r\n\r\n${draft.body}\r\n`;
    const more = `--${boundary}\r\n\r\nx\r\n`.repeat(siblings);
    draft.body = `${part}${more}--${boundary}${chance.chance(0.95) ? '--' : ''}\r\n`;
    type = `multipart/mixed;boundary=${chance.chance(0.5) ? boundary : `"${boundary}"`}`;
  }
  draft.lines = draft.lines.filter((line) => !/^(?:content-type|c)[ \t]*:/i.test(line));
  draft.lines.push(`Content-Type: ${type}`);
}

/** As often as asked, unless it were too much. */
function repeated(text: string, times: number): readonly string[] {
  const most = Math.ceil(SIZE_MAX / (text.length + 1));
  return new Array<string>(Math.min(times, most)).fill(text);
}

function changeLine(draft: Draft, chance: Prng, change: (line: string) => string): void {
  const at = chance.between(0, draft.lines.length - 1);
  const line = draft.lines[at];
  if (line !== undefined) draft.lines[at] = change(line).slice(0, SIZE_MAX);
}

/** Mostly in a header, at times in the start line or in the body. */
function changeSomewhere(draft: Draft, chance: Prng, change: (text: string) => string): void {
  const where = chance.next();
  if (where < 0.1) draft.start = change(draft.start).slice(0, SIZE_MAX);
  else if (where < 0.3) draft.body = change(draft.body).slice(0, SIZE_MAX);
  else changeLine(draft, chance, change);
}

function insert(text: string, chance: Prng, added: string): string {
  const at = chance.between(0, text.length);
  return text.slice(0, at) + added + text.slice(at);
}

/** Bounds of a short piece of it; at times of all of it. */
function spanOf(text: string, chance: Prng): readonly [from: number, to: number] {
  if (chance.chance(0.1)) return [0, text.length];
  const from = chance.between(0, text.length);
  return [from, Math.min(text.length, from + chance.between(1, 12))];
}
