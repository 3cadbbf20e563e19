import { expect, test } from 'vitest';
import { ALARMS_MAX, type Alarm, AlarmLog } from './alarm.ts';
import { ALARM_CATALOGUE, alarmDefinition } from './alarm-catalogue.ts';
import { createLog, MemoryLog } from './log.ts';

/* Goal: an alarm is kept, logged and told to listeners; the list is bounded and says what it lost. */

test('an alarm is in the list and in the log, with its device and reason (BRG-04)', () => {
  const { alarms, memory } = world();
  const alarm: Alarm = {
    ...anAlarm(7),
    device: 'CFB-SECURE',
    facts: { issuer: 'Other CA', masterKey: 'never' },
  };
  alarms.raise(alarm);
  expect(alarms.list()).toEqual([alarm]);
  expect(memory.records()).toMatchObject([
    {
      level: 'error',
      msg: 'The issuer is unknown.',
      alarm: {
        name: 'TlsPeerRejected',
        severity: 'error',
        device: 'CFB-SECURE',
        reason: 'unknown-issuer',
        facts: { issuer: 'Other CA', masterKey: '[redacted]' },
      },
    },
  ]);
});

test.each([
  ['critical', 'fatal'],
  ['error', 'error'],
  ['warning', 'warn'],
  ['notice', 'info'],
  ['informational', 'info'],
] as const)('severity %s is log level %s', (severity, level) => {
  const { alarms, memory } = world();
  alarms.raise({ ...anAlarm(0), severity });
  expect(memory.records()[0]?.level).toBe(level);
});

test('the list keeps the latest and counts what it dropped; the counts keep everything', () => {
  const { alarms } = world();
  for (let at = 0; at < ALARMS_MAX + 5; at += 1) alarms.raise(anAlarm(at));
  expect(alarms.list()).toHaveLength(ALARMS_MAX);
  expect(alarms.list()[0]?.atMs).toBe(5);
  expect(alarms.dropped).toBe(5);
  expect(alarms.counts().get('TlsPeerRejected')).toBe(ALARMS_MAX + 5);
});

test('a list once taken does not change', () => {
  const { alarms } = world();
  alarms.raise(anAlarm(1));
  const list = alarms.list();
  alarms.raise(anAlarm(2));
  expect(list).toHaveLength(1);
});

test('listeners hear every alarm until they leave; one that throws does not deafen the next', () => {
  const { alarms, memory } = world();
  const heard: number[] = [];
  alarms.onAlarm(() => {
    throw new Error('console is gone');
  });
  const leave = alarms.onAlarm(({ atMs }) => heard.push(atMs));
  alarms.raise(anAlarm(1));
  leave();
  alarms.raise(anAlarm(2));
  expect(heard).toEqual([1]);
  expect(memory.text).toContain('console is gone');
});

test('the catalogue is sorted, without doubles, and every entry says what to do', () => {
  const names = ALARM_CATALOGUE.map((definition) => definition.name);
  expect(names).toEqual([...new Set(names)].toSorted());
  for (const { meaning, action } of ALARM_CATALOGUE) {
    expect(meaning).toMatch(/^[A-Z].*\.$/);
    expect(action).toMatch(/^[A-Z].*\.$/);
  }
  expect(alarmDefinition('TlsPeerRejected')?.severity).toBe('error');
  expect(alarmDefinition('Nonsense')).toBeUndefined();
});

function world(): { readonly alarms: AlarmLog; readonly memory: MemoryLog } {
  const memory = new MemoryLog();
  return { alarms: new AlarmLog(createLog('test', 'info', memory)), memory };
}

function anAlarm(atMs: number): Alarm {
  return {
    atMs,
    severity: 'error',
    name: 'TlsPeerRejected',
    reason: 'unknown-issuer',
    text: 'The issuer is unknown.',
  };
}
