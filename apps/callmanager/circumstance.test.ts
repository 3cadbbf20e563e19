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

const { configuration } = initialState(
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

test.each([
  { type: 'capture', device: PHONE.name, active: true },
  { type: 'capture', device: 'CFB', active: false },
  { type: 'announcement', device: PHONE.name, active: true },
])('%o is an event', (body) => {
  expect(circumstanceOf(body, configuration)).toEqual(body);
});

test.each([
  [undefined, /type must be/],
  [{ type: 'clock' }, /type must be/],
  [{ type: 'capture', active: true }, /no such device/],
  [{ type: 'capture', device: 'SEPX', active: true }, /no such device .* SEPX/],
  [{ type: 'announcement', device: 'CFB', active: true }, /no such device/],
  [{ type: 'capture', device: 'CFB', active: 'yes' }, /active must be/],
])('%o is refused', (body, fault) => {
  expect(() => circumstanceOf(body, configuration)).toThrow(fault);
});
