import { DEFAULT_PARAMETERS, initialState, type State, step } from '@conclave/core';
import { expect, test } from 'vitest';
import { stateFromJson, stateToJson } from './state-json.ts';

/* Goal: a state that went through JSON is the same state, and the rules go on with it. */

const PHONE = {
  model: '7961G',
  firmware: '9.4(2)',
  protocol: 'SCCP',
  securityMode: 'encrypted',
} as const;

function house(): State {
  const phones = ['1001', '1002'].map((number) => ({
    ...PHONE,
    name: `SEP00000000${number}`,
    lines: [{ index: 1, directoryNumber: number, partition: '', displayName: number, label: '' }],
  }));
  const empty = initialState(
    {
      clusterId: 'test',
      mixedMode: true,
      phones: new Map(phones.map((phone) => [phone.name, phone])),
      bridges: new Map(),
      groups: new Map(),
      lists: new Map(),
      meetMeNumbers: [],
      parameters: DEFAULT_PARAMETERS,
    },
    7,
  );
  const registered = phones.reduce((state, { name }) => {
    const registration = {
      name,
      signalling: 'tls-encrypted',
      sinceMs: 0,
      address: '192.0.2.1',
      codecs: ['pcmu'],
    } as const;
    return step(state, { type: 'phone-registered', registration }, 1).state;
  }, empty);
  return step(
    registered,
    { type: 'phone', device: 'SEP000000001001', action: { type: 'dial', digits: '1002' } },
    2,
  ).state;
}

test('a state is the same after JSON, maps included', () => {
  const captures = new Map([['SEP000000001002', 2]]);
  const state: State = { ...house(), captures };
  expect(state.legs.size).toBe(2);
  expect(stateFromJson(stateToJson(state))).toEqual(state);
});

test('the rules go on with it as with the original', () => {
  const state = house();
  const event = { type: 'phone', device: 'SEP000000001002', action: { type: 'off-hook' } } as const;
  expect(step(stateFromJson(stateToJson(state)), event, 3)).toEqual(step(state, event, 3));
});
