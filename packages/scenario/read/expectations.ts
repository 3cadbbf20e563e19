/** What must be seen, as a scenario says it. */
import type {
  CallName,
  CallWants,
  ConferenceName,
  ConferenceWants,
  Expectation,
  ListWants,
  RowWants,
  Wanted,
} from '../scenario.ts';
import { type CallStateName, type Icon, RECORD_COLUMNS, type RecordColumn } from '../snapshot.ts';
import { type Names, NUMBER } from './names.ts';
import { anyLevel, level } from './phone-shape.ts';
import {
  choice,
  fields,
  flag,
  type JsonSchema,
  join,
  listOf,
  mapped,
  type Shape,
  shortOr,
  text,
  wholeNumber,
  wrong,
} from './shape.ts';
import type { Entry, Fault, Node } from './tree.ts';
import { callName } from './verbs.ts';

const ICONS = { lock: 'lock', shield: 'shield', none: 'none' } as const;

const STATES: Readonly<Record<string, CallStateName>> = {
  connected: 'connected',
  hold: 'hold',
  'ring-in': 'ring-in',
  'ring-out': 'ring-out',
  'off-hook': 'off-hook',
  proceed: 'proceed',
  busy: 'busy',
  congestion: 'congestion',
  'invalid-number': 'invalid-number',
  'remote-in-use': 'remote-in-use',
};

/** Words that people use as well. */
const OTHER_STATES: Readonly<Record<string, CallStateName>> = {
  held: 'hold',
  ringing: 'ring-in',
  calling: 'ring-out',
  dialing: 'off-hook',
};

const icon: Shape<Icon> = choice(ICONS);

const ICON_WORD = alternatives(ICONS);
const STATE_WORD = alternatives({ ...STATES, ...OTHER_STATES });

/** `lock`, `connected`, `lock hold` or `lock with B`; `idle` is no call at all. */
const brief: Shape<CallWants | 'idle'> = {
  allowed:
    `idle, or an icon (${Object.keys(ICONS).join(', ')}), a state ` +
    `(${Object.keys({ ...STATES, ...OTHER_STATES }).join(', ')}) and with WHOM, in this order`,
  schema: {
    type: 'string',
    pattern:
      `^(?:idle|(?:${ICON_WORD})(?:[ ,]+(?:${STATE_WORD}))?(?:[ ,]+with \\S+)?` +
      `|(?:${STATE_WORD})(?:[ ,]+with \\S+)?|with \\S+)$`,
  },
  read(node, at, faults) {
    const said = node.kind === 'text' ? node.text : '';
    if (/^idle$/i.test(said)) return 'idle';
    const found = BRIEF.exec(said)?.groups;
    if (!found || said === '') {
      return wrong(node, at, `${JSON.stringify(said)}: must be ${this.allowed}`, faults);
    }
    const state = found.state?.toLowerCase() ?? '';
    const known = STATES[state] ?? OTHER_STATES[state];
    return {
      ...(found.icon && { icon: found.icon.toLowerCase() as Icon }),
      ...(known && { state: known }),
      ...(found.other && { with: found.other }),
    };
  },
};

const BRIEF = new RegExp(
  `^(?:(?<icon>${ICON_WORD})(?:[ ,]+|$))?(?:(?<state>${STATE_WORD})(?:[ ,]+|$))?(?:with (?<other>\\S+))?$`,
  'i',
);

const ROW = /^(?<name>[\w' -]+?) *(?<star>\*)?(?: +(?<icon>lock|shield|none|held))?$/i;

/** `B lock`, `B* held` or only `B`; the star is the controller's. */
const row: Shape<RowWants> = {
  allowed: 'a row such as B lock, B* held or Conference shield',
  schema: { type: 'string', pattern: "^[\\w' -]+\\*?(?: +(?:lock|shield|none|held))?$" },
  read(node, at, faults) {
    const said = node.kind === 'text' ? node.text : '';
    const found = ROW.exec(said)?.groups;
    if (!found) return wrong(node, at, `must be ${this.allowed}`, faults);
    const { name = '', star, icon: shown } = found;
    return {
      name: /^conference$/i.test(name) ? 'Conference' : name,
      ...(star && { controller: true }),
      ...(shown && { icon: shown.toLowerCase() as Icon | 'held' }),
    };
  },
};

interface ListSpec {
  readonly icon: Icon;
  readonly rows: readonly RowWants[];
}

const list: Shape<ListWants> = {
  ...shortOr<ListWants>(
    listOrNone(),
    mapped(
      fields<ListSpec>({ icon, rows: listOf(row) }),
      (found): ListWants => ({ shown: true, ...found }),
    ),
  ),
};

const keys = listOf(text('the label of a key such as Confrn'));
const rule = text('a ledger id such as SEC-04');
const shownText = text('a text that a phone shows, in English');

const callWants: Shape<CallWants> = fields<Required<CallWants>>({
  icon,
  state: choice({ ...STATES, ...OTHER_STATES }),
  with: text("a phone's name, a number, or conference"),
  prompt: shownText,
  text: shownText,
  tone: choice(
    Object.fromEntries(
      'dial alerting busy reorder hold zip zip-zip beep-bonk secure nonsecure'
        .split(' ')
        .map((tone) => [tone, tone]),
    ),
  ),
  media: choice({ srtp: 'srtp', rtp: 'rtp' } as const),
  music: flag,
  offers: keys,
  offersNot: keys,
  list,
  calls: wholeNumber(0, 20),
  registered: flag,
  why: rule,
});

const ofPhone: Shape<CallWants | 'idle'> = shortOr<CallWants | 'idle'>(brief, callWants);

const conferenceWhole: Shape<ConferenceWants> = fields<Required<ConferenceWants>>({
  kind: choice({ 'ad-hoc': 'ad-hoc', 'meet-me': 'meet-me' } as const),
  level: anyLevel,
  bridge: text('the name of a bridge'),
  secure: flag,
  minimum: level,
  number: text('digits', NUMBER),
  members: listOf(text('names of phones, or Conference')),
  held: listOf(text('names of phones')),
  controller: text('the name of a phone, or nobody'),
  links: wholeNumber(0, 20),
  music: flag,
  why: rule,
});

/** A conference in its short form is its level; `none` is no conference. */
const conference: Shape<ConferenceWants> = shortOr(
  mapped(anyLevel, (found): ConferenceWants => ({ level: found })),
  conferenceWhole,
);

/** Short names for the columns that matter most. */
const COLUMN_NAMES: Readonly<Record<string, RecordColumn>> = {
  calling: 'callingPartyNumber',
  called: 'finalCalledPartyNumber',
  originalCalled: 'originalCalledPartyNumber',
  lastRedirect: 'lastRedirectDn',
  from: 'origDeviceName',
  to: 'destDeviceName',
  origCause: 'origCause_value',
  destCause: 'destCause_value',
  origOnBehalfOf: 'origCallTerminationOnBehalfOf',
  destOnBehalfOf: 'destCallTerminationOnBehalfOf',
  redirectOnBehalfOf: 'lastRedirectRedirectOnBehalfOf',
  redirectReason: 'lastRedirectRedirectReason',
  joinOnBehalfOf: 'joinOnBehalfOf',
  secured: 'callSecuredStatus',
  conferenceSecured: 'conferenceSecuredStatus',
  conferenceLowest: 'conferenceLowestSecuredStatus',
  comment: 'comment',
};

const COLUMN_KEYS: readonly string[] = [
  ...new Set([...Object.keys(COLUMN_NAMES), ...RECORD_COLUMNS]),
];

const recordFields = fields<Record<string, string>>(
  Object.fromEntries(COLUMN_KEYS.map((key) => [key, text('a text or a number')])),
);

const record = mapped(recordFields, (found): Wanted => {
  const values = Object.entries(found).map(([key, value]) => [
    COLUMN_NAMES[key] ?? key,
    columnValue(COLUMN_NAMES[key] ?? key, value ?? ''),
  ]);
  return { type: 'record', values: Object.fromEntries(values) };
});

const KEYWORDS: Readonly<Record<string, Shape<readonly Wanted[]>>> = {
  conferences: mapped(wholeNumber(0, 100), (count): readonly Wanted[] => [
    { type: 'conferences', count },
  ]),
  refused: {
    allowed: 'true, false, or the text that is shown',
    schema: { type: ['boolean', 'string'] },
    read(node, at, faults) {
      if (node.kind !== 'text') return wrong(node, at, `must be ${this.allowed}`, faults);
      if (/^(?:true|false)$/i.test(node.text)) {
        return [{ type: 'refused', refused: /^true$/i.test(node.text) }];
      }
      return [{ type: 'refused', refused: true, text: node.text }];
    },
  },
  cause: mapped(listOf(wholeNumber(0, 999_999_999)), (causes): readonly Wanted[] =>
    causes.map((cause) => ({ type: 'cause', cause })),
  ),
  record: listOf(record),
  why: mapped(listOf(rule), (rules): readonly Wanted[] =>
    rules.map((each) => ({ type: 'why', rule: each })),
  ),
};

const KEYS_ALLOWED = `a phone such as A or A, B or A with B; all; conference, conference 2, \
conference of A; ${Object.keys(KEYWORDS).join('; ')}`;

/** The value of `expect`: keys and what is wanted of each, or a list of such. */
export function readExpectations(
  node: Node,
  at: string,
  { names, faults }: { readonly names: Names; readonly faults: Fault[] },
): readonly Expectation[] {
  if (node.kind === 'list') {
    return node.items.flatMap((item) => readExpectations(item, at, { names, faults }));
  }
  if (node.kind !== 'map') {
    wrong(node, at, `must be keys and values; a key is ${KEYS_ALLOWED}`, faults);
    return [];
  }
  return node.entries.flatMap((entry, index) => {
    // In braces, `{A, B: lock}` gives A no value of its own: it has the next one.
    const value = node.entries.slice(index).find((each) => each.value.kind !== 'nothing')?.value;
    const wanted = readEntry(entry, value ?? entry.value, join(at, entry.key), names, faults);
    return wanted.map((each) => ({
      line: entry.line,
      said: `${entry.key}: ${value ? brevity(value) : ''}`,
      ...each,
    }));
  });
}

const expectationSchema: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(KEYWORDS).map(([key, shape]) => [key, shape.schema]),
  ),
  patternProperties: {
    '^conference(?: [1-9][0-9]*| of .+)?$': conference.schema,
    "^(?!(?:conference|conferences|refused|cause|record|why)$|conference )[A-Za-z][\\w', -]*$": {
      anyOf: [ofPhone.schema, { type: 'null' }],
    },
  },
  additionalProperties: false,
};

export const expectationsSchema: JsonSchema = {
  anyOf: [expectationSchema, { type: 'array', items: expectationSchema }],
};

function readEntry(
  entry: Entry,
  value: Node,
  at: string,
  names: Names,
  faults: Fault[],
): readonly Wanted[] {
  const { key } = entry;
  const keyword = Object.hasOwn(KEYWORDS, key) ? KEYWORDS[key] : undefined;
  if (keyword) return keyword.read(value, at, faults) ?? [];
  if (/^conference\b/i.test(key)) return readConference(entry, value, at, names, faults);
  const wants = ofPhone.read(value, at, faults);
  const { phones, call, fault } = phonesMeant(key, names);
  if (fault !== undefined) {
    wrong(entry, at, fault, faults);
    return [];
  }
  return phones.flatMap((phone): readonly Wanted[] => {
    if (wants === undefined) return [];
    if (wants === 'idle') return phone === undefined ? [] : [{ type: 'idle', phone }];
    return [{ type: 'phone', ...(phone && { phone }), ...(call && { call }), wants }];
  });
}

/** Several phones, each undefined for all of them; a phrase such as `A with B` names a call. */
function phonesMeant(
  key: string,
  names: Names,
): { phones: readonly (string | undefined)[]; call?: CallName; fault?: string } {
  const [who = '', other] = key.split(/ with /i);
  const called = other === undefined ? undefined : callName(other.trim(), names);
  if (typeof called === 'string') return { phones: [], fault: called };
  const words = who.split(/ *, *| and /).map((word) => word.trim());
  const phones = words.map((word) => (/^all$/i.test(word) ? undefined : word));
  const stranger = phones.find((phone) => phone !== undefined && !names.phones.includes(phone));
  if (stranger !== undefined) {
    const there = names.phones.join(', ') || 'none';
    return {
      phones: [],
      fault: `there is no phone ${stranger} (${there}); a key is ${KEYS_ALLOWED}`,
    };
  }
  return { phones, ...(called && { call: called }) };
}

function readConference(
  { key, ...place }: Entry,
  value: Node,
  at: string,
  names: Names,
  faults: Fault[],
): readonly Wanted[] {
  if (value.kind === 'text' && /^none$/i.test(value.text) && key === 'conference') {
    return [{ type: 'conferences', count: 0 }];
  }
  const wants = conference.read(value, at, faults);
  const which = conferenceMeant(key, names);
  if (which === 'unknown') {
    wrong(place, at, `is no conference; say conference, conference 2 or conference of A`, faults);
    return [];
  }
  return wants ? [{ type: 'conference', ...(which && { which }), wants }] : [];
}

function conferenceMeant(key: string, names: Names): ConferenceName | 'unknown' | undefined {
  const word = /^conference(?: of)? (.+)$/i.exec(key)?.[1];
  if (word === undefined) return /^conference$/i.test(key) ? undefined : 'unknown';
  if (names.phones.includes(word)) return { type: 'of', phone: word };
  if (/^[1-9]\d?$/.test(word)) return { type: 'nth', nth: Number(word) };
  return NUMBER.test(word) ? { type: 'number', number: word } : 'unknown';
}

/** Rows in order, or `none` for no list on the screen. */
function listOrNone(): Shape<ListWants> {
  const rows = listOf(row);
  return {
    allowed: `none, or ${rows.allowed}`,
    schema: { anyOf: [{ const: 'none' }, rows.schema] },
    read(node, at, faults) {
      if (node.kind === 'text' && /^none$/i.test(node.text)) return { shown: false };
      const found = rows.read(node, at, faults);
      return found && { shown: true, rows: found };
    },
  };
}

/** Levels in records may be written as words. */
function columnValue(column: string, value: string): string {
  if (!/Status$/.test(column)) return value;
  const words: Readonly<Record<string, string>> = {
    nonsecure: '0',
    authenticated: '1',
    encrypted: '2',
  };
  return words[value.toLowerCase()] ?? value;
}

/** How an expectation reads in a message. */
function brevity(node: Node): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'list':
      return `[${node.items.map(brevity).join(', ')}]`;
    case 'map':
      return `{${node.entries.map((each) => `${each.key}: ${brevity(each.value)}`).join(', ')}}`;
    case 'nothing':
      return '';
  }
}

function alternatives(words: object): string {
  return Object.keys(words).join('|');
}
