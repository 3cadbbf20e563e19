import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { meetMe } from '../../system/house.ts';
import { ClientHouse, sipPhone } from './client-house.ts';
import { until } from './client-process.ts';
import { bodyOf, requestsOf } from './sip-trace.ts';

/*
 * Goal: an enterprise SIP phone registers, has its keys, and is told the level of the conference in
 * Call-Info and in the list of parties. Method: sipp plays the phone, as traces of one show it.
 */

const DEVICE = 'SEP0000000022AA';

let house: ClientHouse;

beforeAll(async () => {
  house = await ClientHouse.open({
    parameters: { 'Compute status for non-secure meet-me': 'True' },
    phones: [sipPhone(DEVICE, '2201')],
  });
  await house.house.bridge('CFB-SECURE');
});

afterEach(() => house.rest());

afterAll(() => house.close());

test('an 8861 registers in bulk, joins by its MeetMe key, and is told every level (ICO-01, LST-01)', async () => {
  const phone = await house.sipp(
    '2201',
    {
      scenario: 'enterprise',
      outOfCall: 'outside',
      values: {
        device: DEVICE,
        mac: '0000000022aa',
        to: '5000',
        profile: 'RTP/SAVP',
        crypto: `a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:${'A'.repeat(40)}`,
      },
    },
    DEVICE,
  );
  const { engine } = house.house.manager;
  await until(() => engine.state.conferences.size === 1, 'the conference');
  const list = (): string =>
    requestsOf(phone.trace, 'REFER', 'received')
      .map(bodyOf)
      .find((body) => body.includes('IconFileMenu')) ?? '';
  await until(
    () => list() !== '',
    'the list of parties',
    () => JSON.stringify(phone.trace),
  );
  expect(list()).toMatch(/<Title IconIndex="3">/);
  expect(list()).toContain('Client 2201');
  const clear = await house.desk('1005');
  await meetMe(clear, '5000');
  await phone.succeeds();
});
