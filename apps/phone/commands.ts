/** What a phone can be told to do, by the words of a script or of the prompt. */
import type { Phone } from './phone.ts';

interface Command {
  readonly usage: string;
  readonly help: string;
  /** How many words may follow. */
  readonly words: readonly [least: number, most: number];
  readonly run: (phone: Phone, words: readonly string[]) => Promise<void> | void;
}

const softkey = (label: string, help: string): Command => ({
  usage: label.toLowerCase(),
  help,
  words: [0, 0],
  run: (phone) => phone.press(label),
});

export const COMMANDS: Readonly<Record<string, Command>> = {
  call: {
    usage: 'call NUMBER',
    help: 'go off-hook, wait for the dial tone, dial',
    words: [1, 1],
    run: async (phone, [number = '']) => {
      phone.offHook();
      await dialWhenReady(phone, number);
    },
  },
  dial: {
    usage: 'dial DIGITS',
    help: 'wait for the dial tone and press the digits',
    words: [1, 1],
    run: (phone, [digits = '']) => dialWhenReady(phone, digits),
  },
  keys: {
    usage: 'keys DIGITS',
    help: 'press the digits now, whatever the phone shows',
    words: [1, 1],
    run: (phone, [digits = '']) => phone.dial(digits),
  },
  offhook: {
    usage: 'offhook',
    help: 'lift the handset',
    words: [0, 0],
    run: (phone) => phone.offHook(),
  },
  onhook: {
    usage: 'onhook',
    help: 'put the handset down',
    words: [0, 0],
    run: (phone) => phone.onHook(),
  },
  answer: softkey('Answer', 'softkey Answer'),
  hangup: softkey('EndCall', 'softkey EndCall'),
  newcall: softkey('NewCall', 'softkey NewCall'),
  hold: softkey('Hold', 'softkey Hold'),
  resume: softkey('Resume', 'softkey Resume'),
  confrn: softkey('Confrn', 'softkey Confrn: begin to add a party, or bring the calls together'),
  conflist: softkey('ConfList', 'softkey ConfList: show the conference list'),
  rmlstc: softkey('RmLstC', 'softkey RmLstC: remove the party that joined last'),
  meetme: {
    usage: 'meetme NUMBER',
    help: 'softkey MeetMe, then the number: begin a meet-me conference',
    words: [1, 1],
    run: async (phone, [number = '']) => {
      await phone.press('MeetMe');
      await dialWhenReady(phone, number);
    },
  },
  add: {
    usage: 'add NUMBER',
    help: 'Confrn, dial, wait for the answer, Confrn again, wait for the conference',
    words: [1, 1],
    run: async (phone, [number = '']) => {
      await phone.press('Confrn');
      await dialWhenReady(phone, number);
      await phone.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
      await phone.press('Confrn');
      await phone.waitFor(({ focus }) => focus?.otherName === 'Conference', 'the conference');
    },
  },
  press: {
    usage: 'press LABEL',
    help: 'any softkey by its label',
    words: [1, 1],
    run: (phone, [label = '']) => phone.press(label),
  },
  remove: {
    usage: 'remove NAME',
    help: 'choose Remove for this party on the conference list',
    words: [1, 8],
    run: async (phone, words) => {
      await phone.waitFor(({ screen }) => screen.list !== undefined, 'the conference list');
      phone.removeFromList(words.join(' '));
    },
  },
  update: {
    usage: 'update',
    help: 'choose Update on the conference list',
    words: [0, 0],
    run: (phone) => phone.updateList(),
  },
  screen: {
    usage: 'screen',
    help: 'show what the phone shows',
    words: [0, 0],
    run: () => {},
  },
  statistics: {
    usage: 'statistics',
    help: 'show the media figures of the call',
    words: [0, 0],
    run: () => {},
  },
  stop: {
    usage: 'stop',
    help: 'unregister',
    words: [0, 0],
    run: (phone) => phone.stop(),
  },
  drop: {
    usage: 'drop',
    help: 'lose the connection without a word',
    words: [0, 0],
    run: (phone) => phone.drop(),
  },
  register: {
    usage: 'register',
    help: 'register (with register=no in the declaration, or after stop)',
    words: [0, 0],
    run: () => {},
  },
  refused: {
    usage: 'refused [TEXT]',
    help: 'try to register and expect to be refused, with this text',
    words: [0, 16],
    run: () => {},
  },
};

/** What is wrong with the words; undefined when they are a command. */
export function isCommand(words: readonly string[]): string | undefined {
  const [verb = '', ...rest] = words;
  const command = COMMANDS[verb];
  if (!command) {
    return `${verb || 'nothing'} is no command: ${Object.keys(COMMANDS).join(', ')}, wait, expect`;
  }
  const [least, most] = command.words;
  return rest.length >= least && rest.length <= most ? undefined : `expected: ${command.usage}`;
}

/** Does what the words say, which `isCommand` has accepted. */
export async function runCommand(phone: Phone, words: readonly string[]): Promise<void> {
  const [verb = '', ...rest] = words;
  await COMMANDS[verb]?.run(phone, rest);
}

async function dialWhenReady(phone: Phone, digits: string): Promise<void> {
  await phone.waitFor(({ focus }) => focus?.state === 'OffHook', 'the dial tone');
  phone.dial(digits);
}
