/** What a step can say that a phone or another device does: one table for reader, schema and errors. */
import type { Softkey } from '@conclave/core';
import type { CallName, Deed, Destination } from '../scenario.ts';
import { SOFTKEY_LABELS } from '../simulation/live-softkeys.ts';
import { type Names, NUMBER } from './names.ts';
import { anyLevel } from './phone-shape.ts';
import { plainWord } from './shape.ts';

/** A word for a phone or a number. */
const WHO = "[A-Za-z0-9*#][\\w'*#-]*";
const WHOS = `${WHO}(?:(?: *, *| +and +)${WHO})*`;
const CALL = `(?:conference [1-9]|${WHO})`;

export interface Verb {
  /** As the documentation and error messages write it. */
  readonly usage: string;
  readonly does: string;
  /** Absent: of phones. */
  readonly of?: 'any device';
  readonly pattern: RegExp;
  /** The deed, or what is wrong with it. */
  readonly read: (found: Words, actor: string, names: Names) => Deed | string;
}

type Words = Readonly<Record<string, string | undefined>>;

/** A key on one call: `hold`, `hold B`, `hold conference`. */
function key(words: string, softkey: Softkey, does: string): Verb {
  return {
    usage: `${words} [CALL]`,
    does,
    pattern: pattern(`${words}(?: (?<call>${CALL}))?`),
    read: ({ call }, phone, names) => {
      const name = call === undefined ? undefined : callName(call, names);
      if (typeof name === 'string') return name;
      return { type: 'press', phone, key: softkey, ...(name && { call: name }) };
    },
  };
}

function device(words: string, type: 'lose' | 'register', does: string): Verb {
  return {
    usage: words,
    does,
    of: 'any device',
    pattern: pattern(words),
    read: (_found, actor) => ({ type, device: actor }),
  };
}

export const VERBS: readonly Verb[] = [
  {
    usage: 'call WHO',
    does: 'goes off hook and dials; the phone that is called answers',
    pattern: pattern(`call (?<who>${WHO})`),
    read: ({ who = '' }, phone, names) =>
      withDestination(who, names, (to) => ({ type: 'call', phone, to })),
  },
  {
    usage: 'off hook [on line N]',
    does: 'lifts the handset: a dial tone',
    pattern: pattern('off hook(?: on line (?<line>[1-9]))?'),
    read: ({ line }, phone) => ({
      type: 'off-hook',
      phone,
      ...(line !== undefined && { line: Number(line) }),
    }),
  },
  {
    usage: 'on hook',
    does: 'puts the handset down',
    pattern: pattern('on hook'),
    read: (_found, phone) => ({ type: 'on-hook', phone }),
  },
  {
    usage: 'dial WHO',
    does: 'dials; nobody answers by itself',
    pattern: pattern(`dial (?<who>${WHO})`),
    read: ({ who = '' }, phone, names) =>
      withDestination(who, names, ({ number }) => ({ type: 'dial', phone, digits: number })),
  },
  key('answer', 'answer', 'answers the call that rings'),
  key('hang up', 'end-call', 'presses EndCall'),
  key('hold', 'hold', 'puts the call on hold'),
  key('resume', 'resume', 'resumes the held call, also one that another phone of the line holds'),
  {
    usage: 'conference WHO, WHO ...',
    does: 'adds each: Confrn, the number, an answer, Confrn; without a call it calls the first',
    pattern: pattern(`conference (?<whos>${WHOS})`),
    read: ({ whos = '' }, phone, names) => {
      const found = listed(whos).map((who) => destination(who, names));
      const fault = found.find((each) => typeof each === 'string');
      if (typeof fault === 'string') return fault;
      return { type: 'conference', phone, who: found as Destination[] };
    },
  },
  key('select', 'select', 'marks the call with Select, or takes the mark off'),
  {
    usage: 'join [CALL, CALL ...]',
    does: 'marks these calls with Select and presses Join on the one it is in',
    pattern: pattern(`join(?: (?<calls>${CALL}(?:(?: *, *| +and +)${CALL})*))?`),
    read: ({ calls }, phone, names) => together('join', phone, { calls, names }),
  },
  {
    usage: 'transfer WHO',
    does: 'Trnsfer, the number, an answer, Trnsfer: a consultative transfer',
    pattern: pattern(`transfer (?<who>${WHO})`),
    read: ({ who = '' }, phone, names) =>
      withDestination(who, names, (to) => ({ type: 'transfer', phone, to, blind: false })),
  },
  {
    usage: 'blind transfer WHO',
    does: 'Trnsfer, the number, Trnsfer: the target rings and has yet to answer',
    pattern: pattern(`blind transfer (?<who>${WHO})`),
    read: ({ who = '' }, phone, names) =>
      withDestination(who, names, (to) => ({ type: 'transfer', phone, to, blind: true })),
  },
  {
    usage: 'direct transfer [CALL, CALL ...]',
    does: 'marks these calls with Select and presses DirTrfr on the one it is in',
    pattern: pattern(`direct transfer(?: (?<calls>${CALL}(?:(?: *, *| +and +)${CALL})*))?`),
    read: ({ calls }, phone, names) => together('direct-transfer', phone, { calls, names }),
  },
  {
    usage: 'meet-me NUMBER',
    does: 'goes off hook, presses MeetMe and dials the number',
    pattern: pattern('meet me (?<number>[0-9*#]+)'),
    read: ({ number = '' }, phone) => ({ type: 'meet-me', phone, digits: number }),
  },
  {
    usage: 'barge [PHONE]',
    does: 'presses Barge on the call that another phone of its line is in',
    pattern: pattern(`barge(?: (?<owner>${WHO}))?`),
    read: ({ owner }, phone, names) => bargeDeed('barge', phone, { owner, names }),
  },
  {
    usage: 'cbarge [PHONE]',
    does: 'presses cBarge on the call that another phone of its line is in',
    pattern: pattern(`c barge(?: (?<owner>${WHO}))?`),
    read: ({ owner }, phone, names) => bargeDeed('cbarge', phone, { owner, names }),
  },
  key('park', 'park', 'parks the call'),
  {
    usage: 'retrieve [NUMBER]',
    does: 'dials the park number, or the one that was given out last',
    pattern: pattern('retrieve(?: (?<number>[0-9*#]+))?'),
    read: ({ number }, phone) => ({
      type: 'retrieve',
      phone,
      ...(number !== undefined && { digits: number }),
    }),
  },
  key('list', 'conf-list', 'presses ConfList: the conference list comes to its screen'),
  key('remove last', 'rm-last-conf', 'presses RmLstC'),
  {
    usage: 'remove WHO',
    does: 'removes a party, or `conference` for a linked one, through the conference list',
    pattern: pattern(`remove (?<who>${WHO})`),
    read: ({ who = '' }, phone, names) => {
      const conference = plainWord(who) === 'conference';
      const found = conference ? 'Conference' : (phoneNamed(who, names) ?? who);
      return { type: 'remove', phone, row: found };
    },
  },
  {
    usage: 'press KEY [on CALL]',
    does: 'presses any one key, by its label, such as Confrn',
    pattern: pattern(`press (?<key>[A-Za-z<][\\w<-]*)(?: on (?<call>${CALL}))?`),
    read: ({ key: label = '', call }, phone, names) => {
      const softkey = KEYS.get(plainWord(label));
      if (!softkey) return `there is no key ${label}; keys are ${LABELS.join(', ')}`;
      const name = call === undefined ? undefined : callName(call, names);
      if (typeof name === 'string') return name;
      return { type: 'press', phone, key: softkey, ...(name && { call: name }) };
    },
  },
  {
    usage: 'announcement starts|stops',
    does: 'the annunciator plays a precedence tone to the phone, or ends it',
    pattern: pattern('announcement (?<what>starts?|stops?)'),
    read: ({ what = '' }, phone) => ({ type: 'announcement', phone, active: /^start/i.test(what) }),
  },
  {
    usage: 'remote holds | remote resumes | remote is LEVEL',
    does: 'the party behind the trunk or gateway holds, resumes, or is now of this level',
    pattern: pattern('remote (?:(?<hold>holds?)|(?<resume>resumes?)|is (?<level>\\w+))'),
    read: ({ hold, level }, phone) => {
      if (hold) return { type: 'remote', phone, level: 'unknown' };
      const node = {
        kind: 'text',
        text: level ?? 'encrypted',
        value: '',
        line: 0,
        column: 0,
      } as const;
      const found = anyLevel.read(node, '', []);
      return found ? { type: 'remote', phone, level: found } : `a level is ${anyLevel.allowed}`;
    },
  },
  {
    usage: 'capture starts|stops',
    does: 'a packet capture runs on the device, or ends',
    of: 'any device',
    pattern: pattern('capture (?<what>starts?|stops?)'),
    read: ({ what = '' }, actor) => ({
      type: 'capture',
      device: actor,
      active: /^start/i.test(what),
    }),
  },
  device('fail', 'lose', 'loses its connection to the call manager'),
  device('return', 'register', 'registers again'),
  device('unregister', 'lose', 'the same as fail'),
  device('register', 'register', 'the same as return'),
];

/** Other ways to say the same. */
const ALIASES: readonly (readonly [RegExp, string])[] = [
  [/^(?:hang ?up|ends? ?call)\b/i, 'hang up'],
  [/^add\b/i, 'conference'],
  [/^(?:conf ?list|conference list)\b/i, 'list'],
  [/^(?:rm ?lst ?c|remove last party|remove last participant)\b/i, 'remove last'],
  [/^meet ?me\b/i, 'meet me'],
  [/^c ?barges?\b/i, 'c barge'],
  [/^dir ?trfr\b/i, 'direct transfer'],
  [/^consult(?:ative)? transfer\b/i, 'transfer'],
];

const LABELS = [...SOFTKEY_LABELS.values()];

/** How phone guides call keys whose label is another word here. */
const GUIDE_LABELS: readonly (readonly [Softkey, string])[] = [
  ['transfer', 'Trnsfer'],
  ['confrn', 'Conference'],
  ['rm-last-conf', 'RmLast'],
];

const KEYS: ReadonlyMap<string, Softkey> = new Map(
  [...SOFTKEY_LABELS, ...GUIDE_LABELS].flatMap(([softkey, label]) => [
    [plainWord(label), softkey] as const,
    [plainWord(softkey), softkey] as const,
  ]),
);

/** What `words` has the actor do, or what is wrong with them. */
export function deedOf(words: string, actor: string, names: Names): Deed | string {
  const said = plainSentence(words);
  const isPhone = names.phones.includes(actor);
  for (const verb of VERBS) {
    const found = verb.pattern.exec(said);
    if (!found) continue;
    if (!isPhone && verb.of !== 'any device')
      return `${actor} is no phone and cannot ${verb.usage}`;
    return verb.read(found.groups ?? {}, actor, names);
  }
  const possible = VERBS.filter((verb) => isPhone || verb.of === 'any device');
  const allowed = possible.map((verb) => verb.usage).join('; ');
  return `${JSON.stringify(words)} is nothing that ${actor} can do; it can: ${allowed}`;
}

/** `calls B` is `call B`. */
const THIRD_PERSON =
  /^((?:blind |direct )?(?:call|hold|resume|answer|join|transfer|barge|park|dial|remove|select|hang|conference|retrieve|add|list|unregister|register|fail|return))s\b/i;

/** One blank between words, hyphens of verbs as blanks, little words left out. */
function plainSentence(words: string): string {
  let said = words.trim().replace(/\s+/g, ' ');
  said = said.replace(/^(off|on|meet|hang|conf)-/i, '$1 ').replace(/^(blind|direct)-/i, '$1 ');
  said = said.replace(THIRD_PERSON, '$1').replace(/^presses /i, 'press ');
  for (const [pattern, word] of ALIASES) said = said.replace(pattern, word);
  return said.replace(
    /^((?:blind |direct )?(?:call|conference|transfer|hold|resume|select|join|answer|hang up|barge|c barge|park)) (?:to|with|in|from|the call with|the) /i,
    '$1 ',
  );
}

function pattern(words: string): RegExp {
  return new RegExp(`^${words}$`, 'i');
}

function listed(words: string): readonly string[] {
  return words.split(/ *, *| +and +/i);
}

function together(
  type: 'join' | 'direct-transfer',
  phone: string,
  { calls, names }: { readonly calls: string | undefined; readonly names: Names },
): Deed | string {
  const found = (calls === undefined ? [] : listed(calls)).map((each) => callName(each, names));
  const fault = found.find((each) => typeof each === 'string');
  return typeof fault === 'string' ? fault : { type, phone, calls: found as CallName[] };
}

function bargeDeed(
  type: 'barge' | 'cbarge',
  phone: string,
  { owner, names }: { readonly owner: string | undefined; readonly names: Names },
): Deed | string {
  if (owner === undefined) return { type, phone };
  const found = phoneNamed(owner, names);
  return found === undefined ? noPhone(owner, names) : { type, phone, owner: found };
}

function withDestination(who: string, names: Names, use: (to: Destination) => Deed): Deed | string {
  const to = destination(who, names);
  return typeof to === 'string' ? to : use(to);
}

/** A phone by its name, or a number; a number that is a phone's line means that phone. */
function destination(who: string, names: Names): Destination | string {
  const phone = phoneNamed(who, names);
  if (phone !== undefined) return { text: phone, number: names.numbers.get(phone) ?? '', phone };
  if (!NUMBER.test(who)) return noPhone(who, names);
  const owner = [...names.numbers].find(([, number]) => number === who)?.[0];
  return { text: who, number: who, ...(owner !== undefined && { phone: owner }) };
}

export function callName(word: string, names: Names): CallName | string {
  const nth = /^conference ([1-9])$/i.exec(word)?.[1];
  if (nth !== undefined) return { type: 'conference', nth: Number(nth) };
  if (/^(?:latest|last)$/i.test(word)) return { type: 'latest' };
  if (/^conference$/i.test(word)) return { type: 'with', party: 'conference' };
  const party = phoneNamed(word, names) ?? (NUMBER.test(word) ? word : undefined);
  return party === undefined ? noPhone(word, names) : { type: 'with', party };
}

function phoneNamed(word: string, { phones }: Names): string | undefined {
  return phones.find((each) => each === word);
}

function noPhone(word: string, { phones }: Names): string {
  return `there is no phone ${word}; there are ${phones.join(', ') || 'none'}`;
}
