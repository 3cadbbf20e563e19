import type { ConferenceList, Level } from '@conclave/core';
import { decodeMessage, encodeMessage, FrameReader, wireToUtf8 } from '@conclave/sccp';
import { CoreWorld } from '@conclave/testkit';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conferenceListXml, listChoice } from './conference-list-xml.ts';
import { phoneMessages } from './sccp-phone.ts';

/*
 * Goal: a phone shows the list that the rules gave, whatever the parties are called. Method: the
 * document goes over the wire in its pieces and is read back by a small strict reader of XML that
 * shares no code with the writer.
 */

const DATA_MAX = 2000;
const ROWS_MAX = 32;

interface Row {
  readonly name: string;
  readonly icon: string;
  readonly url: string;
}

interface Document {
  readonly title: string;
  readonly titleIcon: string;
  readonly rows: readonly Row[];
  readonly keys: readonly string[];
}

describe('the list', () => {
  test('LST-01, LST-02: the title has the level of all, each row that of its party', () => {
    const read = readBack(
      list({
        level: 'nonsecure',
        rows: [
          row({ leg: 30, name: 'Grace Hopper', level: 'nonsecure' }),
          row({ leg: 20, name: 'Alan Turing', level: 'authenticated' }),
          row({ leg: 10, name: 'Ada Lovelace', level: 'encrypted', controller: true }),
        ],
      }),
    );
    expect(read.titleIcon).toBe('Resource:Icon.Connected');
    expect(read.rows.map(({ name, icon }) => [name, icon])).toEqual([
      ['Grace Hopper', 'Resource:Icon.Connected'],
      ['Alan Turing', 'Resource:Icon.AuthenticatedCall'],
      ['Ada Lovelace *', 'Resource:Icon.SecureCall'],
    ]);
  });

  test.each([
    ['unknown', 'Resource:Icon.Connected'],
    ['nonsecure', 'Resource:Icon.Connected'],
    ['authenticated', 'Resource:Icon.AuthenticatedCall'],
    ['encrypted', 'Resource:Icon.SecureCall'],
  ] as const)('LST-03, D-08: the level %s has the icon %s', (level, icon) => {
    const read = readBack(list({ level, rows: [row({ level })] }));
    expect([read.titleIcon, read.rows[0]?.icon]).toEqual([icon, icon]);
  });

  test('LST-03: a held party has the icon of holding, whatever its level', () => {
    for (const level of ['nonsecure', 'encrypted'] as const) {
      const read = readBack(list({ rows: [row({ level, held: true })] }));
      expect(read.rows[0]?.icon).toBe('Resource:AnimatedIcon.Hold');
    }
  });

  test('LST-04, LST-05: only who may remove has the key to remove', () => {
    expect(readBack(list({ mayRemove: true })).keys).toEqual(['Update', 'Exit', 'Remove']);
    expect(readBack(list({ mayRemove: false })).keys).toEqual(['Update', 'Exit']);
  });

  test('a party without a name is shown by its number', () => {
    expect(readBack(list({ rows: [row({ name: '', number: '1001' })] })).rows[0]?.name).toBe(
      '1001',
    );
  });

  test('LST-06: in a conference of A, then B, then C the list is C, B, A, and A is marked', () => {
    const world = new CoreWorld({
      phones: ['P1', 'P2', 'P3'].map((name) => ({ name, mode: 'encrypted' })),
      bridges: [{ name: 'SB', secure: true }],
    });
    world.confer('P1', 'P2', 'P3');
    world.press('P2', 'conf-list');
    const shown = world.lists.get('P2');
    if (!shown) throw new Error('P2 has no list');
    const read = readBack(shown);
    expect(read.titleIcon).toBe('Resource:Icon.SecureCall');
    expect(read.rows).toHaveLength(3);
    expect(read.rows.map((each) => each.name.endsWith(' *'))).toEqual([false, false, true]);
    expect(read.rows.map((each) => each.icon)).toEqual(Array(3).fill('Resource:Icon.SecureCall'));
  });

  test('a phone takes 32 rows: of more parties the newest are shown', () => {
    const rows = Array.from({ length: 40 }, (_, index) =>
      row({ leg: index + 1, name: `P${index}` }),
    );
    const read = readBack(list({ rows }));
    expect(read.rows.map((each) => each.name)).toEqual(
      rows.slice(0, ROWS_MAX).map((each) => each.name),
    );
  });
});

describe('the answer', () => {
  test('LST-04: the URL of a row comes back as the removal of that very party', () => {
    const rows = [row({ leg: 7 }), row({ leg: 4_294_967_295 })];
    const read = readBack(list({ conference: 99, rows }));
    for (const [index, each] of rows.entries()) {
      expect(listChoice(99, dataOf(read.rows[index]?.url ?? ''))).toEqual({
        type: 'list-choice',
        conference: 99,
        remove: each.leg,
      });
    }
  });

  test('the key Update asks for the list again, and removes nobody', () => {
    const xml = conferenceListXml(list({}), { line: 1, transaction: 5 });
    const url =
      /<Name>Update<\/Name><Position>1<\/Position><URL>([^<]*)<\/URL>/.exec(xml)?.[1] ?? '';
    expect(listChoice(9, dataOf(url))).toEqual({ type: 'list-choice', conference: 9 });
  });

  test('URLs name the application, line, conference and transaction', () => {
    const [first] = readBack(list({ conference: 99, rows: [row({ leg: 7 })] }), 3, 5).rows;
    expect(first?.url).toBe('UserCallData:1:3:99:5:7');
  });

  test.each(['', 'Exit', '-1', '1e3', '7x', '0x7', ' ', '12345678901', 'Update:', 'Remove'])(
    'the data %j is no choice',
    (data) => {
      expect(listChoice(9, data)).toBeUndefined();
    },
  );

  test('padding of the wire around the data does not matter', () => {
    const choice = { type: 'list-choice', conference: 9, remove: 7 };
    expect(listChoice(9, '7\0\0\0')).toEqual(choice);
    expect(listChoice(9, ' 7 ')).toEqual(choice);
    expect(listChoice(9, 'UserCallData:1:1:9:5:7')).toEqual(choice);
  });

  test('whatever a phone sends is a choice of this conference or none', () => {
    fc.assert(
      fc.property(fc.string(), (data) => {
        const choice = listChoice(9, data);
        if (!choice) return;
        expect(choice.conference).toBe(9);
        if (choice.remove !== undefined) expect(Number.isSafeInteger(choice.remove)).toBe(true);
      }),
    );
  });
});

describe('over the wire', () => {
  test('any list with any names comes back as it is, in pieces of at most 2000 bytes', () => {
    const text = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...`<>&"' *;]/`, '\0', '\n', '\x80', 'é', '中', '😀'),
        fc.constantFrom(...'aB1 '),
      ),
      maxLength: 60,
    });
    const rows = fc.array(
      fc.record({
        leg: fc.integer({ min: 1, max: 0xffff_ffff }),
        name: text,
        number: fc.constantFrom('1001', '1002'),
        level: fc.constantFrom<Level>('unknown', 'nonsecure', 'authenticated', 'encrypted'),
        held: fc.boolean(),
        controller: fc.boolean(),
        conference: fc.constant(false),
      }),
      { maxLength: ROWS_MAX },
    );
    fc.assert(
      fc.property(rows, (given) => {
        const shown = list({ rows: given });
        const names = given.map((each) => {
          const plain = each.name.replace(/[ *]+$/, '') || each.number;
          const name = [...plain].filter((char) => char >= ' ').join('');
          return `${name}${each.controller ? ' *' : ''}`;
        });
        const read = readBack(shown);
        expect(read.rows.map((each) => each.name)).toEqual(names);
        expect(read.keys).toEqual(['Update', 'Exit']);
        expect(read.title).toBe('Conferee List');
      }),
    );
  });

  test('a name cannot close its element, add a row or change an icon', () => {
    const name = '</Name></MenuItem><MenuItem><IconIndex>3</IconIndex><Name>Bank &amp; Co';
    const read = readBack(list({ rows: [row({ name, level: 'nonsecure' })] }));
    expect(read.rows).toEqual([expect.objectContaining({ name, icon: 'Resource:Icon.Connected' })]);
  });

  test('pieces are marked first, more and last; one alone is last', () => {
    const flags = (count: number): readonly number[] =>
      pieces(
        list({
          rows: Array.from({ length: count }, (_, leg) => row({ leg, name: 'x'.repeat(60) })),
        }),
      ).map((piece) => piece.flag);
    expect(flags(1)).toEqual([2]);
    expect(flags(12)).toEqual([0, 2]);
    expect(flags(32)).toEqual([0, ...Array(flags(32).length - 2).fill(1), 2]);
    expect(flags(32).length).toBeGreaterThan(2);
  });
});

function list(change: Partial<ConferenceList>): ConferenceList {
  const because = 'Every party is encrypted.';
  return {
    conference: 99,
    level: 'encrypted',
    because,
    mayRemove: false,
    rows: [row({})],
    ...change,
  };
}

function row(change: Partial<ConferenceList['rows'][number]>): ConferenceList['rows'][number] {
  return {
    leg: 10,
    name: 'Ada Lovelace',
    number: '1001',
    level: 'encrypted',
    held: false,
    controller: false,
    conference: false,
    ...change,
  };
}

/** The data that a phone sends for a `UserCallData` URL. */
function dataOf(url: string): string {
  return /^UserCallData:\d+:\d+:\d+:\d+:(.*)$/s.exec(url)?.[1] ?? '';
}

/** The document's pieces as the phone gets them. */
function pieces(
  shown: ConferenceList,
  line = 1,
  transaction = 5,
): readonly { readonly flag: number; readonly data: string }[] {
  const effect = { type: 'conference-list', device: 'P1', leg: 10, line, list: shown } as const;
  const reader = new FrameReader();
  return phoneMessages(effect, { version: 20, transaction }).map(({ name, body }) => {
    const frames = reader.push(encodeMessage(name, body, 20));
    const [frame] = frames.ok ? frames.value : [];
    const decoded = frame && decodeMessage(frame, 20);
    if (!decoded?.ok || decoded.value.name !== 'UserToDeviceDataVersion1') throw new Error(name);
    const { sequenceFlag, dataLength, xmldata } = decoded.value.body.userToDeviceDataVersion1;
    expect(dataLength).toBe(xmldata.length);
    expect(dataLength).toBeLessThanOrEqual(DATA_MAX);
    return { flag: sequenceFlag, data: xmldata };
  });
}

function readBack(shown: ConferenceList, line = 1, transaction = 5): Document {
  const joined = pieces(shown, line, transaction).map((piece) => piece.data);
  return readDocument(wireToUtf8(joined.join('')));
}

/** Reads exactly what a list may be made of and throws at anything else. */
function readDocument(xml: string): Document {
  let rest = xml;
  const eat = (pattern: RegExp): RegExpExecArray | undefined => {
    const found = new RegExp(`^${pattern.source}`, 's').exec(rest);
    if (found) rest = rest.slice(found[0].length);
    return found ?? undefined;
  };
  const must = (pattern: RegExp): RegExpExecArray => {
    const found = eat(pattern);
    if (!found) throw new Error(`${pattern} is not at ${rest.slice(0, 80)}`);
    return found;
  };
  must(/<\?xml version="1\.0" encoding="UTF-8"\?><CiscoIPPhoneIconFileMenu>/);
  const title = must(/<Title IconIndex="(\d)">([^<]*)<\/Title>/);
  must(/<Prompt>[^<]*<\/Prompt>/);
  const items: { index: string; name: string; url: string }[] = [];
  const item =
    /<MenuItem><IconIndex>(\d)<\/IconIndex><Name>([^<>]*)<\/Name><URL>([^<>]*)<\/URL><\/MenuItem>/;
  for (let found = eat(item); found; found = eat(item)) {
    items.push({ index: found[1] ?? '', name: plain(found[2] ?? ''), url: plain(found[3] ?? '') });
  }
  const keys: string[] = [];
  const key =
    /<SoftKeyItem><Name>([^<>]*)<\/Name><Position>\d<\/Position><URL>[^<>]*<\/URL><\/SoftKeyItem>/;
  for (let found = eat(key); found; found = eat(key)) keys.push(found[1] ?? '');
  const icons = new Map<string, string>();
  const icon = /<IconItem><Index>(\d)<\/Index><URL>([^<>]*)<\/URL><\/IconItem>/;
  for (let found = eat(icon); found; found = eat(icon)) icons.set(found[1] ?? '', found[2] ?? '');
  must(/<\/CiscoIPPhoneIconFileMenu>$/);
  const iconAt = (index: string): string => icons.get(index) ?? `no icon ${index}`;
  return {
    title: plain(title[2] ?? ''),
    titleIcon: iconAt(title[1] ?? ''),
    rows: items.map(({ index, name, url }) => ({ name, url, icon: iconAt(index) })),
    keys,
  };
}

function plain(text: string): string {
  return text.replace(/&(\w+);|&/g, (_, entity: string | undefined) => {
    const found = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }[entity ?? ''];
    if (found === undefined) throw new Error(`${entity} is no entity`);
    return found;
  });
}
