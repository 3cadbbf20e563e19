import { DEFAULT_PARAMETERS, initialState } from '@conclave/core';
import { expect, test } from 'vitest';
import { circumstanceOf } from './circumstance.ts';

/* Goal: only what makes sense becomes an event; all else is a clear error. */

const PHONE = {
  name: 'SEP000000001001',
  model: '7961G',
  firmware: '9.4(2)',
  protocol: 'SCCP',
  securityMode: 'encrypted',
  lines: [],
} as const;

const empty = initialState(
  {
    clusterId: 'test',
    mixedMode: true,
    phones: new Map([[PHONE.name, PHONE]]),
    bridges: new Map([['CFB', { name: 'CFB', type: '', securityMode: 'encrypted' }]]),
    groups: new Map(),
    lists: new Map(),
    meetMeNumbers: [],
    parameters: DEFAULT_PARAMETERS,
  },
  1,
);

const REGISTRATION = {
  name: PHONE.name,
  signalling: 'tls-encrypted',
  sinceMs: 0,
  address: '127.0.0.1',
  codecs: ['pcmu'],
} as const;

const state = { ...empty, phones: new Map([[PHONE.name, REGISTRATION]]) };

test.each([
  { type: 'capture', device: PHONE.name, active: true },
  { type: 'capture', device: 'CFB', active: false },
  { type: 'announcement', device: PHONE.name, active: true },
])('%o is an event', (body) => {
  expect(circumstanceOf(body, state)).toEqual(body);
});

test.each([
  [undefined, /type must be/],
  [{ type: 'clock' }, /type must be/],
  [{ type: 'capture', active: true }, /no such device/],
  [{ type: 'capture', device: 'SEPX', active: true }, /no such device .* SEPX/],
  [{ type: 'announcement', device: 'CFB', active: true }, /no such device/],
  [{ type: 'capture', device: 'CFB', active: 'yes' }, /active must be/],
])('%o is refused', (body, fault) => {
  expect(() => circumstanceOf(body, state)).toThrow(fault);
});

test('nothing is played to a phone that is not there, but a capture may wait for it', () => {
  const told = (type: string, active: boolean): unknown =>
    circumstanceOf({ type, device: PHONE.name, active }, empty);
  expect(() => told('announcement', true)).toThrow('is not registered');
  expect(told('announcement', false)).toMatchObject({ active: false });
  expect(told('capture', true)).toMatchObject({ active: true });
});
