import { askAdmin, type SystemReport } from '@conclave/callmanager';
import type { Phone } from '@conclave/phone';
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, call, confer, House, hangUp, hearing, hears, icons, isIn } from './house.ts';

/*
 * Goal: barge, cBarge, transfer, park, join and the shared line on real sockets: what phones show, and
 * who hears whom. 1002 and 1004 (authenticated) and 1005 (nonsecure) have the line of 1001.
 */

const SHARING = ['1002', '1004', '1005'];

let house: House;

beforeAll(async () => {
  house = await House.open({
    configuration: {
      phones: SAMPLE_CONFIGURATION.phones.map((phone) => {
        const number = phone.name.slice(-4);
        const features = { builtInBridge: 'on', privacy: 'off' } as const;
        if (!SHARING.includes(number)) return { ...phone, ...features };
        const lines = phone.lines.map((line) => ({ ...line, directoryNumber: '1001' }));
        return { ...phone, ...features, lines };
      }),
    },
    parameters: { 'Advanced Ad Hoc Conference Enabled': 'True' },
  });
});
beforeEach(async () => {
  await house.bridge();
});
afterEach(() => house.empty());
afterAll(() => house.close());

describe('the line that is shared', () => {
  test('SEC-16, SEC-17, SEC-18: barge: all three have the lock, and each hears the others', async () => {
    const [target, barger, other] = await threeOf('1001', '1002', '1003');
    await call(target, other);
    await barger.waitFor(({ screen }) => screen.calls.size === 1, 'the call elsewhere');
    await barger.waitFor(({ focus }) => focus?.prompt === 'In Use Remote', 'the prompt');
    await barger.barge();
    await icons([target, barger, other], 'lock');
    await barger.waitFor(({ focus }) => focus?.prompt === 'To Barge 1001', 'the prompt');
    await hearing([target, barger, other]);
    expect(barger.statistics()).toMatchObject({ sent: 'srtp', received: 'srtp' });
    await barger.hangUp();
    await hearing([target, other]);
    await icons([target, other], 'lock');
  });

  test('SEC-19, BAR-03: a nonsecure barger takes the lock away, and gives it back by leaving', async () => {
    const [target, barger, other] = await threeOf('1001', '1005', '1003');
    await call(target, other);
    await barger.waitFor(({ screen }) => screen.calls.size === 1, 'the call elsewhere');
    await barger.barge();
    await icons([target, barger, other], 'call');
    await hearing([target, barger, other]);
    await barger.hangUp();
    await icons([target, other], 'lock');
  });

  test('CBG-01, CBG-03: cBarge: a conference with the lower level', async () => {
    const [target, barger, other] = await threeOf('1001', '1004', '1003');
    await call(target, other);
    await barger.waitFor(({ screen }) => screen.calls.size === 1, 'the call elsewhere');
    await barger.cbarge();
    await icons([target, barger, other], 'shield');
    await hearing([target, barger, other]);
  });

  test('STA-07, HLD-03: a held conference leg is resumed on another phone', async () => {
    const [holder, other, third] = await threeOf('1001', '1003', '1006');
    const elsewhere = await house.phone('1004');
    await confer(other, holder, third);
    await holder.press('Hold');
    await icons([other, third], 'lock');
    await elsewhere.waitFor(({ screen }) => screen.calls.size === 1, 'the held call');
    await elsewhere.press('Resume');
    await icons([other, third, elsewhere], 'shield');
    await hearing([other, third, elsewhere]);
    await holder.waitFor(({ focus }) => focus?.state === 'CallRemoteMultiline', 'in use elsewhere');
  });
});

test('STA-09: a conference leg is transferred to a phone that has no lock', async () => {
  const [host, member, third] = await threeOf('1001', '1003', '1006');
  const target = await house.phone('1008');
  await confer(host, member, third);
  await member.transfer();
  await member.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  member.dial('1008');
  await answer(target);
  await member.waitFor((p) => isIn(p, 'Connected'), 'the answer');
  await member.transfer();
  await icons([host, third, target], 'shield');
  await hearing([host, third, target]);
  await member.waitFor(({ screen }) => screen.calls.size === 0, 'an idle phone');
});

test('a parked call is retrieved', async () => {
  const [one, other, third] = await threeOf('1001', '1003', '1006');
  await call(one, other);
  await one.park();
  await one.waitFor(({ screen }) => screen.calls.size === 0, 'an idle phone');
  expect(one.screen.notices).toContain('Call Park At 7100');
  expect((await asked<SystemReport>('/status')).parked).toMatchObject([
    { number: '7100', by: { device: one.name, number: '1001' } },
  ]);
  third.offHook();
  await third.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  third.dial('7100');
  await icons([other, third], 'lock');
  await hears(other, [third]);
});

test('TIP-02: a barge without a built-in bridge is refused, with its proof', async () => {
  const phones = SAMPLE_CONFIGURATION.phones.map((phone) => ({
    ...phone,
    ...{ builtInBridge: 'off', privacy: 'off' },
    ...(phone.name.endsWith('1002') && {
      lines: phone.lines.map((line) => ({ ...line, directoryNumber: '1001' })),
    }),
  }));
  const before = await house.manager.store.readConfiguration();
  if (!before) throw new Error('the house is configured');
  await house.manager.store.writeConfiguration({ ...before, phones } as StoredConfiguration);
  await house.manager.reload();
  const [target, barger, other] = await threeOf('1001', '1002', '1003');
  await call(target, other);
  await barger.waitFor(({ screen }) => screen.calls.size === 1, 'the call elsewhere');
  const shown = barger.focus?.reference;
  await barger.press('Barge', { force: true });
  await barger.waitFor(
    ({ focus }) => focus?.prompt === 'No Conference Bridge Available',
    'why not',
  );
  expect(barger.focus?.reference).toBe(shown);
  await icons([target, other], 'lock');
  await hearing([target, other]);
  const refusals = await asked<SystemReport['refusals']>('/refusals');
  expect(refusals.at(-1)).toMatchObject({
    device: barger.name,
    operation: 'barge',
    why: { rules: ['TIP-02'], sentence: `The built-in bridge of ${target.name} is off.` },
  });
  await house.manager.store.writeConfiguration(before);
  await house.manager.reload();
});

test('JOI-01: two calls of one phone become a conference', async () => {
  const [host, one, other] = await threeOf('1001', '1003', '1006');
  await call(host, one);
  await host.press('Hold');
  await host.press('NewCall');
  await host.waitFor((p) => isIn(p, 'OffHook'), 'dial tone');
  host.dial('1006');
  await answer(other);
  await host.select('1003');
  await host.join('1006');
  await icons([host, one, other], 'lock');
  await hearing([host, one, other]);
  await hangUp(other);
});

/** What the running call manager answers an operator. */
async function asked<T>(path: string): Promise<T> {
  return (await askAdmin(house.data, 'GET', path))?.body as T;
}

async function threeOf(
  ...numbers: readonly [string, string, string]
): Promise<[Phone, Phone, Phone]> {
  const [one, two, three] = numbers;
  return [await house.phone(one), await house.phone(two), await house.phone(three)];
}
