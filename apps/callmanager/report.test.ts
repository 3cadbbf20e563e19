import { CoreWorld } from '@conclave/testkit';
import { expect, test } from 'vitest';
import { reportOf } from './report.ts';

/* Goal: whatever goes on is in the report, under the names of the devices that it concerns. */

const FEATURES = { builtInBridge: true, privacy: false };

function world(): CoreWorld {
  return new CoreWorld({
    phones: [
      { name: 'P1', mode: 'encrypted', number: '1001', settings: FEATURES },
      { name: 'P2', mode: 'encrypted' },
      { name: 'P3', mode: 'nonsecure', number: '1001', settings: FEATURES },
      { name: 'P4', mode: 'encrypted' },
    ],
    bridges: [{ name: 'SB', secure: true }],
    parameters: { packetCaptureEnable: true },
  });
}

test('SEC-19: a shared line in use, then barged by a phone that is nonsecure', () => {
  const w = world();
  w.call('P1', 'P2');
  expect(reportOf(w.state)).toMatchObject({
    sharedLines: [{ device: 'P3', line: 1, number: '1001', of: 'P1', held: false }],
    barges: [],
  });
  w.press('P3', 'barge');
  expect(reportOf(w.state).barges).toMatchObject([{ device: 'P3', on: 'P1', level: 'nonsecure' }]);
});

test('a parked call is under its number, with who parked it', () => {
  const w = world();
  w.call('P1', 'P2');
  w.press('P1', 'park');
  const [parked] = reportOf(w.state).parked;
  expect(parked).toMatchObject({ by: { device: 'P1', number: '1001' } });
  expect(w.state.parked.has(parked?.number ?? '')).toBe(true);
});

test('INT-05, INT-12: captures and announcements are there for as long as they last', () => {
  const w = world();
  for (const type of ['capture', 'announcement'] as const) {
    w.happen({ type, device: 'P2', active: true });
  }
  const on = [{ device: 'P2', sinceMs: w.nowMs }];
  expect(reportOf(w.state)).toMatchObject({ captures: on, announcements: on });
  for (const type of ['capture', 'announcement'] as const) {
    w.happen({ type, device: 'P2', active: false });
  }
  expect(reportOf(w.state)).toMatchObject({ captures: [], announcements: [] });
});

test('SEC-13: a refusal has its operation, its device and the proof', () => {
  const w = world();
  w.happen({ type: 'device-unregistered', device: 'SB' });
  w.call('P1', 'P2');
  w.press('P3', 'cbarge');
  const [refusal] = reportOf(w.state).refusals;
  expect(refusal).toMatchObject({ device: 'P3', operation: 'conference' });
  expect(refusal?.why.limits.map(({ rule }) => rule)).toContain('SEC-13');
});

test('CHN-01: linked conferences name each other', () => {
  const w = new CoreWorld({
    phones: ['A', 'B', 'C', 'D', 'E'].map((name) => ({ name, mode: 'encrypted' })),
    bridges: [{ name: 'SB', secure: true }],
    parameters: { advancedAdHocConference: true },
  });
  w.confer('A', 'B', 'C');
  w.press('C', 'hold');
  w.confer('C', 'D', 'E');
  const held = [...w.state.legs.values()].find(({ device }) => device === 'C');
  w.press('C', 'select', held?.id);
  w.press('C', 'join');
  const [one, other] = reportOf(w.state).conferences;
  expect([one?.links, other?.links]).toEqual([[other?.id], [one?.id]]);
});
