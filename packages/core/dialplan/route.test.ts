import { expect, test } from 'vitest';
import {
  type Configuration,
  DEFAULT_PARAMETERS,
  type MeetMeNumber,
  type PhoneConfiguration,
} from '../configuration.ts';
import { type Route, routeOf } from './route.ts';

/* Goal: digits lead where the dial plan says, as soon as they can and not sooner. */

const CONFIGURATION: Configuration = {
  clusterId: 'StandAloneCluster',
  mixedMode: true,
  phones: new Map(
    [
      phone('P1', '1001'),
      phone('P2', '1002', '1001'),
      phone('P3', '10'),
      phone('P4', '5005'),
      phone('P5', '+4912'),
    ].map((each) => [each.name, each]),
  ),
  bridges: new Map(),
  groups: new Map(),
  lists: new Map(),
  meetMeNumbers: [
    { pattern: '500X', minimum: 'nonsecure' },
    { pattern: '5001', minimum: 'encrypted' },
    { pattern: '50[0-3]X', minimum: 'authenticated' },
    { pattern: '502X', minimum: 'encrypted' },
  ],
  parameters: DEFAULT_PARAMETERS,
};

test.each([
  ['1002', 'line P2/1'],
  ['+4912', 'line P5/1'],
  ['', 'incomplete'],
  ['1', 'incomplete'],
  ['100', 'incomplete'],
  ['5', 'incomplete'],
  ['+', 'incomplete'],
  ['2', 'none'],
  ['10010', 'none'],
  ['1003', 'none'],
  ['*', 'none'],
])('the digits %j lead to: %s', (digits, expected) => {
  expect(routed(digits)).toBe(expected);
});

test('HLD-03: a number on several phones is one shared line: all of them are targets', () => {
  expect(routed('1001')).toBe('line P1/1 P2/2');
});

test('a number that others begin with is complete, but more digits may follow', () => {
  expect(routed('10')).toBe('line P3/1');
  expect(routeOf(CONFIGURATION, '10').more).toBe(true);
  expect(routeOf(CONFIGURATION, '1002').more).toBe(false);
});

test('a line is reached before a meet-me number', () => {
  expect(routed('5005')).toBe('line P4/1');
});

test('MTM-01: of two ranges the narrower is meant, whatever their order', () => {
  const { route } = routeOf(CONFIGURATION, '5021');
  expect(route).toMatchObject({ type: 'meet-me', number: { minimum: 'encrypted' } });
});

test('MTM-01: an exact meet-me number is taken before a range, wherever it is listed', () => {
  expect(routed('5001')).toBe('meet-me 5001');
  const reversed = { ...CONFIGURATION, meetMeNumbers: CONFIGURATION.meetMeNumbers.toReversed() };
  expect(describeRoute(routeOf(reversed, '5001').route)).toBe('meet-me 5001');
});

test('MML-03: a number of a range leads to the range', () => {
  expect(routed('5009')).toBe('meet-me 500X');
  expect(routed('5033')).toBe('meet-me 50[0-3]X');
  expect(routed('5043')).toBe('none');
});

test('without phones and numbers nothing leads anywhere', () => {
  const empty = { ...CONFIGURATION, phones: new Map(), meetMeNumbers: [] };
  expect(routeOf(empty, '1')).toEqual({ route: { type: 'none' }, more: false });
});

function routed(digits: string): string {
  return describeRoute(routeOf(CONFIGURATION, digits).route);
}

function describeRoute(route: Route): string {
  switch (route.type) {
    case 'line':
      return [
        'line',
        ...route.targets.map(({ phone: { name }, line }) => `${name}/${line.index}`),
      ].join(' ');
    case 'meet-me':
      return `meet-me ${numberOf(route.number)}`;
    default:
      return route.type;
  }
}

function numberOf({ pattern }: MeetMeNumber): string {
  return pattern;
}

function phone(name: string, ...numbers: readonly string[]): PhoneConfiguration {
  return {
    name,
    model: '7961G',
    firmware: '9.4(2)',
    protocol: 'SCCP',
    securityMode: 'encrypted',
    lines: numbers.map((directoryNumber, index) => ({
      index: index + 1,
      directoryNumber,
      partition: '',
      displayName: name,
      label: directoryNumber,
    })),
  };
}
