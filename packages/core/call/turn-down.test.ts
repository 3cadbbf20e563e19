import { CoreWorld, type PhoneSpec } from '@conclave/testkit';
import { expect, test } from 'vitest';
import type { Parameters } from '../configuration.ts';
import { explainRefusal } from '../explain.ts';

/* Goal: whatever is turned down on a phone is kept with its rule, and what could be done about it. */

test('LST-05: only the controller removes', () => {
  const world = cast();
  world.confer('A', 'B', 'C');
  world.press('B', 'rm-last-conf');
  expect(latest(world)).toEqual({
    device: 'B',
    operation: 'remove',
    text: 'key-not-active',
    rules: ['LST-05'],
    fixes: ['Enable Advanced Ad Hoc Conference.'],
  });
});

test('RES-03: a model without the conference list', () => {
  const world = cast([{ name: 'C', mode: 'encrypted', model: '7911G' }]);
  world.confer('A', 'B', 'C');
  world.press('C', 'conf-list');
  expect(latest(world)).toMatchObject({ operation: 'list', rules: ['RES-03'] });
});

test('JOI-01: Join needs calls that can be joined', () => {
  const world = cast();
  world.act('A', { type: 'off-hook' });
  world.press('A', 'join');
  expect(latest(world)).toMatchObject({ operation: 'join', rules: ['JOI-01'] });
});

test('BRG-08: a conference that is full', () => {
  const world = cast([], { maximumAdHocConference: 3 });
  world.confer('A', 'B', 'C');
  world.add('A', 'D');
  expect(latest(world)).toEqual({
    device: 'A',
    operation: 'conference',
    text: 'exceeds-maximum-parties',
    rules: ['BRG-08'],
    fixes: ['Raise the parameter Maximum Ad Hoc Conference.'],
  });
});

test('HLD-01: nobody is added from a call that is not connected', () => {
  const world = cast();
  world.act('A', { type: 'off-hook' });
  world.press('A', 'confrn');
  expect(latest(world)).toMatchObject({ operation: 'conference', rules: ['HLD-01'] });
});

test.each([
  ['transfer', 'STA-09'],
  ['park', 'INT-01'],
] as const)('%s of what is not connected: %s', (key, rule) => {
  const world = cast();
  world.act('A', { type: 'off-hook' });
  world.press('A', key);
  expect(latest(world)).toMatchObject({ device: 'A', operation: key, rules: [rule] });
});

test.each([
  ['TIP-02', { settings: { builtInBridge: false } }, {}, ['Switch the built-in bridge of T on.']],
  ['SEC-19', {}, { firmware: '8.2(1)' }, ['Upgrade S to firmware 8.3 or later.']],
  ['RES-04', { model: '7962G' }, {}, []],
] as const)('%s: a barge that cannot be', (rule, target, barger, fixes) => {
  const settings = { builtInBridge: true };
  const world = cast([
    { name: 'T', mode: 'encrypted', number: '1100', settings, ...target },
    { name: 'S', mode: 'encrypted', number: '1100', ...barger },
  ]);
  world.call('A', 'T');
  world.press('S', 'barge');
  expect(latest(world)).toMatchObject({ device: 'S', operation: 'barge', rules: [rule], fixes });
});

test('STA-11: the list takes a weak party out, a minimum never lets it in', () => {
  const world = cast([{ name: 'N', mode: 'nonsecure' }]);
  world.confer('A', 'B', 'C', 'N');
  world.press('A', 'conf-list');
  const row = world.lists.get('A')?.rows.find((each) => each.name === 'N');
  const [id] = world.state.conferences.keys();
  const chosen = { conference: id ?? 0, remove: row?.leg ?? 0 };
  expect(world.icon('B')).toBe('nonsecure');
  world.act('A', { type: 'list-choice', ...chosen });
  expect([world.icon('B'), world.icon('N')]).toEqual(['encrypted', 'none']);
  world.act('D', { type: 'off-hook' });
  world.press('D', 'meet-me');
  world.dial('D', '5001');
  world.act('N', { type: 'off-hook' });
  world.dial('N', '5001');
  expect(latest(world)).toMatchObject({ device: 'N', operation: 'meet-me' });
  expect([world.icon('D'), world.icon('N')]).toEqual(['encrypted', 'none']);
});

test('MTM-02: what the level was measured against is part of the proof, and decides nothing', () => {
  const world = cast([{ name: 'N', mode: 'nonsecure' }]);
  world.act('N', { type: 'off-hook' });
  world.press('N', 'meet-me');
  world.dial('N', '5002');
  const refusal = world.state.refusals.at(-1);
  expect(refusal?.limits[0]).toMatchObject({ rule: 'MTM-02', level: 'encrypted' });
  expect(latest(world)).toMatchObject({ operation: 'meet-me', rules: ['D-01'] });
});

/** The last refusal, as it is explained. */
function latest(world: CoreWorld): object | undefined {
  const refusal = world.state.refusals.at(-1);
  if (!refusal) return undefined;
  const { device, operation, text } = refusal;
  const { rules, fixes } = explainRefusal(refusal);
  return { device, operation, text, rules, fixes };
}

function cast(others: readonly PhoneSpec[] = [], parameters: Partial<Parameters> = {}): CoreWorld {
  const names = ['A', 'B', 'C', 'D'].filter((name) => !others.some((each) => each.name === name));
  return new CoreWorld({
    phones: [...names.map((name) => ({ name, mode: 'encrypted' as const })), ...others],
    bridges: [{ name: 'SB', secure: true }],
    parameters,
  });
}
