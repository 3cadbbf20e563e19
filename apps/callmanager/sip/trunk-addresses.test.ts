import { fail, ok, type Result } from '@conclave/base';
import type { ResolvedTarget, ServiceTarget } from '@conclave/net';
import type { Flow } from '@conclave/sip';
import { expect, test } from 'vitest';
import { TrunkAddresses } from './trunk-addresses.ts';

/* Goal: a trunk whose host has a name is known by the addresses that the name has, now and later. */

const BY_NAME: ServiceTarget = { host: 'pbx.example.org', transport: 'udp' };
const LITERAL: ServiceTarget = { host: '192.0.2.7', transport: 'udp', port: 5070 };

test('a literal address needs nobody: over UDP with its port, on connections from any', () => {
  const { addresses, asked } = desk();
  addresses.follow([LITERAL]);
  expect(asked).toEqual([]);
  expect(addresses.isFrom(LITERAL, flowOf('192.0.2.7', 5070))).toBe(true);
  expect(addresses.isFrom(LITERAL, flowOf('192.0.2.7', 5060))).toBe(false);
  expect(addresses.isFrom(LITERAL, { ...flowOf('192.0.2.7', 40_000), transport: 'tcp' })).toBe(
    true,
  );
});

test('a name is looked up, and looked up again; while there is no answer the last one holds', async () => {
  const house = desk();
  const { addresses, asked } = house;
  house.answer = [{ address: '192.0.2.8', port: 5062, transport: 'udp' }];
  addresses.follow([BY_NAME, LITERAL]);
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5062))).toBe(false);
  await settled();
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5062))).toBe(true);
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5060))).toBe(false);
  house.answer = undefined;
  house.ring();
  await settled();
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5062))).toBe(true);
  house.answer = [{ address: '192.0.2.9', port: 5060, transport: 'udp' }];
  house.ring();
  await settled();
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5062))).toBe(false);
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.9', 5060))).toBe(true);
  expect(asked).toEqual(['pbx.example.org', 'pbx.example.org', 'pbx.example.org']);
});

test('what is followed no more is forgotten, even if an answer is on its way', async () => {
  const house = desk();
  const { addresses } = house;
  house.answer = [{ address: '192.0.2.8', port: 5060, transport: 'udp' }];
  addresses.follow([BY_NAME]);
  addresses.follow([]);
  await settled();
  expect(addresses.isFrom(BY_NAME, flowOf('192.0.2.8', 5060))).toBe(false);
});

interface Desk {
  readonly addresses: TrunkAddresses;
  readonly asked: string[];
  answer: readonly ResolvedTarget[] | undefined;
  ring: () => void;
}

function desk(): Desk {
  const asked: string[] = [];
  const house: { answer: Desk['answer']; ring: () => void } = { answer: undefined, ring: () => {} };
  const addresses = new TrunkAddresses({
    clock: {
      nowMs: () => 0,
      timer: (ring) => {
        house.ring = ring;
        return { set: () => {} };
      },
    },
    resolve: async ({ host }): Promise<Result<readonly ResolvedTarget[]>> => {
      asked.push(host);
      return house.answer ? ok(house.answer) : fail('unreachable');
    },
  });
  return Object.assign(house, { addresses, asked });
}

/** Promises have been kept. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

function flowOf(host: string, port: number): Flow {
  return {
    id: 'x',
    transport: 'udp',
    remote: { host, port },
    local: { host: '192.0.2.1', port: 5060 },
  };
}
