import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseConferenceList, userCallData } from './conference-list-screen.ts';

/* Goal: a phone reads a list as it was meant, and nothing that a server sends can harm it. */

test('LST-01, LST-02: title, rows and keys are read, each with its icon', () => {
  const read = parseConferenceList(
    menu({
      icon: 1,
      rows:
        item(3, 'Ada Lovelace *', 'UserCallData:1:1:9:5:7') +
        item(2, 'Alan Turing', 'UserCallData:1:1:9:5:8'),
      keys:
        '<SoftKeyItem><Name>Remove</Name><Position>4</Position>' +
        '<URL>SoftKey:Select</URL></SoftKeyItem>',
    }),
  );
  expect(read).toEqual({
    title: 'Conferee List',
    icon: 'call',
    rows: [
      { name: 'Ada Lovelace', icon: 'lock', controller: true, url: 'UserCallData:1:1:9:5:7' },
      { name: 'Alan Turing', icon: 'shield', controller: false, url: 'UserCallData:1:1:9:5:8' },
    ],
    softkeys: [{ name: 'Remove', url: 'SoftKey:Select' }],
  });
});

test.each([
  [0, 'none'],
  [1, 'call'],
  [2, 'shield'],
  [3, 'lock'],
  [4, 'ringing'],
  [5, 'held'],
  [6, 'none'],
  [99, 'none'],
])('LST-03: the icon %i is %s', (index, icon) => {
  const read = parseConferenceList(menu({ icon: index, rows: item(index, 'A', '') }));
  expect([read?.icon, read?.rows[0]?.icon]).toEqual([icon, icon]);
});

test.each(['-1', '1.5', 'lock', '3 3', '', '__proto__', 'NaN'])(
  'LST-03: the icon %j is none, never a lock',
  (index) => {
    expect(parseConferenceList(menu({ rows: item(index, 'A', '') }))?.rows[0]?.icon).toBe('none');
  },
);

test('a title without an icon shows none', () => {
  const xml = '<CiscoIPPhoneIconMenu><Title>Conferee List</Title></CiscoIPPhoneIconMenu>';
  expect(parseConferenceList(xml)).toEqual({
    title: 'Conferee List',
    icon: 'none',
    rows: [],
    softkeys: [],
  });
});

test('what is escaped comes out once, not twice', () => {
  const read = parseConferenceList(
    menu({ rows: item(1, '&lt;b&gt; &amp;lt; &quot;&apos;&amp;amp;', '') }),
  );
  expect(read?.rows[0]?.name).toBe('<b> &lt; "\'&amp;');
});

test('a phone takes 32 rows', () => {
  const rows = Array.from({ length: 40 }, (_, index) => item(1, `P${index}`, '')).join('');
  const read = parseConferenceList(menu({ rows }));
  expect(read?.rows).toHaveLength(32);
  expect(read?.rows.at(-1)?.name).toBe('P31');
});

test.each([
  '',
  'hello',
  '<CiscoIPPhoneText><Title>x</Title></CiscoIPPhoneText>',
  '<CiscoIPPhoneIconFileMenu></CiscoIPPhoneIconFileMenu>',
  '<Title>x</Title>',
])('the document %j is no list', (xml) => {
  expect(parseConferenceList(xml)).toBeUndefined();
});

test('elements that are never closed or empty give empty rows, not a crash', () => {
  const read = parseConferenceList(menu({ rows: '<MenuItem><Name>A<MenuItem></MenuItem>' }));
  expect(read?.rows.map((row) => row.name)).toEqual(['', '']);
});

test('no text throws, and no text gives too many rows', () => {
  const scraps = fc.constantFrom(
    '<MenuItem>',
    '</MenuItem>',
    '<Name>',
    '</Name>',
    '<IconIndex>',
    '</IconIndex>',
    '<Title IconIndex="3">',
    '<Title>',
    '</Title>',
    '<CiscoIPPhoneIconFileMenu>',
    '<SoftKeyItem>',
    '</SoftKeyItem>',
    '<URL>',
    '</URL>',
    '&amp;',
    '3',
    'Ada *',
    '<',
  );
  fc.assert(
    fc.property(fc.array(scraps, { maxLength: 120, size: 'max' }), (parts) => {
      const read = parseConferenceList(parts.join(''));
      if (read) expect(read.rows.length).toBeLessThanOrEqual(32);
    }),
    { numRuns: 500 },
  );
});

test('LST-04: the URL of a row is taken apart into what goes back to the call manager', () => {
  expect(userCallData('UserCallData:1:2:99:5:7')).toEqual({
    applicationId: 1,
    lineInstance: 2,
    callReference: 99,
    transactionId: 5,
    data: '7',
  });
  expect(userCallData('UserCallData:1:2:99:5:a:b')?.data).toBe('a:b');
  expect(userCallData('UserCallData:1:2:99:5:')?.data).toBe('');
});

test.each([
  '',
  'SoftKey:Exit',
  'http://example.com/',
  'UserCallData:1:2:99:5',
  'UserCallData:x:2:99:5:7',
  'UserCallData:-1:2:99:5:7',
  ' UserCallData:1:2:99:5:7',
])('the URL %j goes nowhere', (url) => {
  expect(userCallData(url)).toBeUndefined();
});

function menu({ icon = 1, rows = '', keys = '' }): string {
  return (
    '<?xml version="1.0" encoding="UTF-8"?>' +
    `<CiscoIPPhoneIconFileMenu><Title IconIndex="${icon}">Conferee List</Title>` +
    `<Prompt>Make Your Selection</Prompt>${rows}${keys}</CiscoIPPhoneIconFileMenu>`
  );
}

function item(icon: number | string, name: string, url: string): string {
  return (
    `<MenuItem><IconIndex>${icon}</IconIndex><Name>${name}</Name>` + `<URL>${url}</URL></MenuItem>`
  );
}
