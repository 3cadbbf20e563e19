/** What a phone can be told to do, by the words of a script or of the prompt. */
import { SoftKeyEvent } from '@conclave/sccp';
import type { Phone } from './phone.ts';
import { readSamples } from './sound.ts';

interface Command {
  readonly usage: string;
  readonly help: string;
  /** How many words may follow. */
  readonly words: readonly [least: number, most: number];
  /** Absent for what the script itself does. */
  readonly run?: (phone: Phone, words: readonly string[]) => Promise<void> | void;
}

export const COMMANDS: Readonly<Record<string, Command>> = {
  call: one('call NUMBER', 'lift the handset, wait for the dial tone, dial', (phone, number) =>
    phone.call(number),
  ),
  dial: one('dial DIGITS', 'wait for the dial tone and press the digits', (phone, digits) =>
    phone.dialWhenReady(digits),
  ),
  enbloc: one('enbloc NUMBER', 'send the whole number at once, from an idle phone', (phone, to) =>
    phone.enbloc(to),
  ),
  keys: one('keys DIGITS', 'press the digits now, whatever the phone shows', (phone, digits) =>
    phone.dial(digits),
  ),
  offhook: none('offhook', 'lift the handset', (phone) => phone.offHook()),
  onhook: none('onhook', 'put the handset down', (phone) => phone.onHook()),
  answer: none('answer', 'answer the call that rings', (phone) => phone.answer()),
  hangup: named('hangup', 'end the call in focus', (phone, party) => phone.hangUp(party)),
  newcall: none('newcall', 'softkey NewCall', (phone) => phone.press('NewCall')),
  hold: named('hold', 'hold the call that is connected', (phone, party) => phone.hold(party)),
  resume: named(
    'resume',
    'take back the call that is on hold, or one that another phone of the line holds',
    (phone, party) => phone.resume(party),
  ),
  confrn: named(
    'confrn',
    'softkey Confrn: begin to add a party, or bring the calls together',
    (phone, party) => phone.confrn(party),
  ),
  transfer: named(
    'transfer',
    'softkey Transfer: begin a transfer, or complete it',
    (phone, party) => phone.transfer(party),
  ),
  select: named('select', 'softkey Select: mark a call, or unmark it', (phone, party) =>
    phone.select(party),
  ),
  join: named('join', 'softkey Join: this call and the marked ones become one', (phone, party) =>
    phone.join(party),
  ),
  dirtrfr: named(
    'dirtrfr',
    'softkey DirTrfr: bring this call and the marked one together, without the phone',
    (phone, party) => phone.directTransfer(party),
  ),
  park: named('park', 'softkey Park: leave the call at a number', (phone, party) =>
    phone.park(party),
  ),
  barge: named(
    'barge',
    'softkey Barge: enter the call of another phone of the line by its built-in bridge',
    (phone, party) => phone.barge(party),
  ),
  cbarge: named(
    'cbarge',
    'softkey cBarge: make a conference of the call of another phone of the line',
    (phone, party) => phone.cbarge(party),
  ),
  add: one(
    'add NUMBER',
    'Confrn, dial, wait for the answer, Confrn again, wait for the conference',
    (phone, number) => phone.add(number),
  ),
  meetme: one(
    'meetme NUMBER',
    'softkey MeetMe, then the number: begin a meet-me conference',
    (phone, number) => phone.meetMe(number),
  ),
  conflist: none('conflist', 'show the conference list', (phone) => phone.confList()),
  update: none('update', 'choose Update on the conference list', (phone) => phone.updateList()),
  remove: {
    usage: 'remove NAME',
    help: 'remove this party by the conference list',
    words: [1, 8],
    run: (phone, words) => phone.remove(words.join(' ')),
  },
  'force-remove': {
    usage: 'force-remove NAME',
    help: 'the same without being offered it, as a hostile phone would',
    words: [1, 8],
    run: (phone, words) => phone.removeFromList(words.join(' '), { force: true }),
  },
  exit: none('exit', 'close the conference list', (phone) => phone.listKey('Exit')),
  rmlstc: none('rmlstc', 'softkey RmLstC: remove the party that joined last', (phone) =>
    phone.rmLstC(),
  ),
  press: one('press LABEL', 'any softkey by its label', (phone, label) => phone.press(label)),
  force: one(
    'force LABEL',
    'send a softkey that is not live, as a hostile phone would',
    (phone, label) => phone.press(label, { force: true }),
  ),
  line: one('line N', 'press a line button', (phone, line) => phone.line(Number(line))),
  tone: {
    usage: 'tone HZ [DBOV]',
    help: 'say this tone from now on, at this level (-20)',
    words: [1, 2],
    run: (phone, [hz, level]) =>
      phone.audio.say({
        toneHz: Number(hz),
        ...(level !== undefined && { levelDbov: Number(level) }),
      }),
  },
  play: one('play FILE', 'play a WAV file from now on, over and over', (phone, file) =>
    phone.audio.say({ play: readSamples(file) }),
  ),
  silence: none('silence', 'say nothing from now on', (phone) => phone.audio.say({})),
  screen: none('screen', 'show what the phone shows'),
  statistics: none('statistics', 'show the media figures of the call and of the phone'),
  register: {
    usage: 'register [fails TEXT]',
    help: 'register (with register=no in the declaration, or after stop), or be refused with TEXT',
    words: [0, 16],
  },
  refused: {
    usage: 'refused [TEXT]',
    help: 'the same as register fails',
    words: [0, 16],
  },
  stop: none('stop', 'unregister', (phone) => phone.stop()),
  drop: none('drop', 'lose the connection without a word', (phone) => phone.drop()),
};

/** Softkeys without a command of their own, by their name in small letters. */
const SOFTKEYS: ReadonlyMap<string, string> = new Map(
  Object.keys(SoftKeyEvent).map((name) => [name.toLowerCase(), name]),
);

/** What is wrong with the words; undefined when they are a command. */
export function faultOfCommand(words: readonly string[]): string | undefined {
  const [verb = '', ...rest] = words;
  const command = commandOf(verb);
  if (!command) {
    const known = Object.keys(COMMANDS).join(', ');
    return `${verb || 'nothing'} is no command: ${known}, wait, expect, keeps`;
  }
  const [least, most] = command.words;
  const fits = rest.length >= least && rest.length <= most;
  const isPlain = verb !== 'register' || rest.length === 0 || rest[0] === 'fails';
  const isNumber = !['line', 'tone'].includes(verb) || rest.every((each) => isNumeric(each));
  return fits && isPlain && isNumber ? undefined : `expected: ${command.usage}`;
}

/** Does what the words say, which `faultOfCommand` has found no fault with. */
export async function runCommand(phone: Phone, words: readonly string[]): Promise<void> {
  const [verb = '', ...rest] = words;
  await commandOf(verb)?.run?.(phone, rest);
}

function commandOf(verb: string): Command | undefined {
  if (Object.hasOwn(COMMANDS, verb)) return COMMANDS[verb];
  const softkey = SOFTKEYS.get(verb);
  return softkey === undefined
    ? undefined
    : none(verb, `softkey ${softkey}`, (phone) => phone.press(softkey));
}

function none(usage: string, help: string, run?: (phone: Phone) => Promise<void> | void): Command {
  return { usage, help, words: [0, 0], ...(run && { run }) };
}

/** For a call that may be named by its other party. */
function named(
  verb: string,
  help: string,
  run: (phone: Phone, party: string | undefined) => Promise<void>,
): Command {
  return {
    usage: `${verb} [PARTY]`,
    help,
    words: [0, 8],
    run: (phone, words) => run(phone, words.length === 0 ? undefined : words.join(' ')),
  };
}

function one(
  usage: string,
  help: string,
  run: (phone: Phone, word: string) => Promise<void> | void,
): Command {
  return { usage, help, words: [1, 1], run: (phone, [word = '']) => run(phone, word) };
}

function isNumeric(text: string): boolean {
  return Number.isFinite(Number(text));
}
