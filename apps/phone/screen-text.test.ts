import {
  BLANK_SCREEN,
  type ShownCall,
  SoftKeyEvent,
  SoftKeySet,
  standardSoftKeySets,
  standardSoftKeyTemplate,
  validKeyMask,
} from '@conclave/sccp';
import { expect, test } from 'vitest';
import { formatPhone, type ShownPhone } from './screen-text.ts';

/* Goal: the text shows what the screen shows, where the screen shows it. */

test.each([
  [SoftKeySet.ConnConf, [], 'lock', 'ConfList [lock]'],
  [SoftKeySet.ConnConf, [], 'none', 'ConfList'],
  [SoftKeySet.ConnConf, [SoftKeyEvent.ConfList], 'shield', 'Confrn [shield]'],
  [SoftKeySet.Connected, [], 'lock', 'Confrn'],
] as const)(
  'ICO-03: in set %i without %j the icon %s makes the key %j',
  (set, without, icon, key) => {
    const keys = keysOf(phoneWith(set, without, icon));
    expect(keys).toContain(key);
    const icons = keys.filter((each) => each.includes('['));
    expect(icons).toEqual(key.includes('[') ? [key] : []);
  },
);

function keysOf(phone: ShownPhone): readonly string[] {
  const rows = formatPhone(phone)
    .split('\n')
    .map((row) => row.slice(2, -2).trimEnd());
  const from = rows.findIndex((row) => row.startsWith('keys: '));
  return rows.slice(from, -1).join('').slice('keys: '.length).split('  ');
}

function phoneWith(
  set: number,
  without: readonly number[],
  icon: 'lock' | 'shield' | 'none',
): ShownPhone {
  const call: ShownCall = {
    reference: 7,
    line: 1,
    state: 'Connected',
    security: 3,
    inbound: false,
    otherName: 'Conference',
    otherNumber: '',
    dialed: '',
    prompt: '',
    softkeySet: set,
    softkeyMask: validKeyMask(set, without),
    selected: false,
    remote: false,
  };
  const names = new Map<number, string>(
    Object.entries(SoftKeyEvent).map(([name, event]) => [event, name]),
  );
  const definition = standardSoftKeyTemplate().softKeyTemplate?.definition ?? [];
  const labels = definition.map(({ softKeyEvent: event = 0 }) => ({
    label: names.get(event) ?? '',
    event,
  }));
  const sets = (standardSoftKeySets().softKeySets?.definition ?? []).map(
    ({ softKeyTemplateIndex = [] }) => softKeyTemplateIndex,
  );
  return {
    name: 'SEP000000000001',
    model: '7961G',
    screen: { ...BLANK_SCREEN, calls: new Map([[7, call]]), template: { labels, sets } },
    focus: call,
    icon,
    iconOf: () => icon,
    registration: 'registered',
    closedBecause: undefined,
  };
}
