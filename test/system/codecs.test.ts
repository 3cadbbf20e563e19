import type { Bridge } from '@conclave/bridge';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { add, confer, House, hangUp, hearing, icons } from './house.ts';

/*
 * Goal: phones of G.722 and of G.711 hear each other, in calls and in conferences (BRG-08). Method: a
 * real call manager, a bridge and phones on real sockets; each phone plays its own tone.
 */

let house: House;

beforeAll(async () => {
  house = await House.open();
});
afterEach(() => house.empty());
afterAll(() => house.close());

describe('G.722', () => {
  let bridge: Bridge;

  beforeEach(async () => {
    bridge = await house.bridge();
  });

  test('two wide phones: their call and their legs are wide, a third one is served as he is', async () => {
    const ada = await house.phone('1001', { codec: 'g722' });
    const alan = await house.phone('1002', { codec: 'g722' });
    const grace = await house.phone('1003', { codec: 'pcma' });
    await confer(ada, alan, grace);
    await hearing([ada, alan, grace]);
    await icons([ada, alan, grace], 'lock');
    expect(await codecsAt(bridge)).toEqual([16_000, 'G722', 'G722', 'PCMA']);
    const hedy = await house.phone('1006');
    await add(ada, hedy);
    await hearing([ada, alan, grace, hedy]);
    await hangUp(ada);
    await hangUp(alan);
    // Two are left: they talk to each other.
    await hearing([grace, hedy]);
  });
});

async function codecsAt(bridge: Bridge): Promise<readonly (string | number)[]> {
  const { conferences } = await bridge.status();
  return conferences.flatMap(({ mixerRateHz, legs }) => [
    mixerRateHz,
    ...legs.map(({ codec }) => codec).toSorted(),
  ]);
}
