import { describe, expect, test } from 'vitest';
import { encodeMessage } from './codec.ts';
import { renderDisplayText } from './display-codes.ts';
import { SoftKeyEvent, SoftKeySet, SoftKeyTemplateIndex } from './enumerations.ts';
import {
  softKeyLabel,
  standardSoftKeySets,
  standardSoftKeyTemplate,
  validKeyMask,
} from './softkey-templates.ts';

/* Goal: the keys that a phone shows are those the mask says, by way of template and sets. */

const keys = standardSoftKeyTemplate().softKeyTemplate?.definition ?? [];
const sets = standardSoftKeySets().softKeySets?.definition ?? [];

describe('template', () => {
  test('fills its 32 places, each event once, each label in English', () => {
    expect(keys).toHaveLength(32);
    expect(new Set(keys.map((key) => key.softKeyEvent)).size).toBe(32);
    for (const { softKeyLabel: label = '' } of keys) {
      expect(label.length).toBeLessThan(16);
      expect(renderDisplayText(label)).toMatch(/^[A-Za-z<]+$/);
    }
  });

  test('has the vendor order, except for RmLstC and cBarge', () => {
    for (const [name, index] of Object.entries(SoftKeyTemplateIndex)) {
      if (['Monitor', 'Empty', 'CBarge'].includes(name)) continue;
      const event = keys[index - 1]?.softKeyEvent ?? 0;
      expect(nameOf(event).toLowerCase()).toBe(name.toLowerCase());
    }
    expect(keys[18]?.softKeyEvent).toBe(SoftKeyEvent.RmLstC);
    expect(keys[30]?.softKeyEvent).toBe(SoftKeyEvent.cBarge);
  });

  test('labels are display codes, but for a word that has none', () => {
    expect(softKeyLabel(SoftKeyEvent.Confrn)).toBe('\x80\x0d');
    expect(softKeyLabel(SoftKeyEvent.Dial)).toBe('Dial');
  });
});

describe('sets', () => {
  test.each([
    // set, disabled, what a phone shows
    [SoftKeySet.OnHook, [], 'NewCall MeetMe'],
    [SoftKeySet.Connected, [], 'Hold EndCall Transfer Confrn Park Select Join DirTrfr'],
    [
      SoftKeySet.Connected,
      [SoftKeyEvent.Confrn, SoftKeyEvent.Park],
      'Hold EndCall Transfer Select Join DirTrfr',
    ],
    [SoftKeySet.OnHold, [], 'Resume NewCall EndCall Select Join DirTrfr'],
    [SoftKeySet.RingIn, [], 'Answer'],
    [SoftKeySet.OffHook, [], 'EndCall MeetMe NewCall'],
    [
      SoftKeySet.ConnConf,
      [],
      'Hold EndCall Confrn ConfList RmLstC Transfer Park Select Join DirTrfr',
    ],
    [
      SoftKeySet.ConnConf,
      [SoftKeyEvent.ConfList],
      'Hold EndCall Confrn RmLstC Transfer Park Select Join DirTrfr',
    ],
    [SoftKeySet.InUseHint, [], 'NewCall Barge cBarge'],
    [SoftKeySet.RingOut, [SoftKeyEvent.Transfer], 'EndCall'],
    [99, [], ''],
  ])('set %i without %j shows %s', (set, disabled, shown) => {
    const mask = validKeyMask(set, disabled);
    const live = eventsOf(set).filter((_, place) => (mask >> place) & 1);
    expect(live.map(nameOf).join(' ')).toBe(shown);
  });

  test('every index points into the template, and its information follows it', () => {
    for (const { softKeyTemplateIndex = [], softKeyInfoIndex = [] } of sets) {
      expect(softKeyTemplateIndex.length).toBeLessThanOrEqual(16);
      for (const [place, index] of softKeyTemplateIndex.entries()) {
        expect(keys[index - 1]).toBeDefined();
        expect(softKeyInfoIndex[place]).toBe(index + 300);
      }
    }
  });

  test('both bodies fit their messages', () => {
    expect(encodeMessage('SoftKeyTemplateRes', standardSoftKeyTemplate(), 20)).toHaveLength(664);
    expect(encodeMessage('SoftKeySetRes', standardSoftKeySets(), 20)).toHaveLength(792);
  });
});

function eventsOf(set: number): readonly number[] {
  return (sets[set]?.softKeyTemplateIndex ?? []).map((index) => keys[index - 1]?.softKeyEvent ?? 0);
}

function nameOf(event: number): string {
  return Object.entries(SoftKeyEvent).find(([, number]) => number === event)?.[0] ?? `${event}`;
}
