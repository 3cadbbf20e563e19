import type { BridgeAnswer, BridgeCommand } from '@conclave/sccp';
import { afterEach, expect, test } from 'vitest';
import { MediaFarm } from './media-farm.ts';

/*
 * Goal: several threads are one plane: conferences are spread, places are counted once, and audits and
 * totals are of all of them. Method: real threads, commands as a call manager gives them.
 */

const farms: MediaFarm[] = [];

afterEach(() => {
  for (const farm of farms.splice(0)) farm.close();
});

test('BRG-07: all places can be taken, no more, and a place that is free is taken again', async () => {
  const farm = open(3, 4);
  const results: unknown[] = [];
  for (const id of [1, 2, 3, 4, 5]) results.push(resultOf(await farm.carryOut(create(id))));
  expect(results).toEqual([0, 0, 0, 0, 1]);
  expect(resultOf(await farm.carryOut(create(2)))).toBe(2);
  await farm.carryOut({ type: 'delete-conference', conferenceId: 3 });
  expect(resultOf(await farm.carryOut(create(5)))).toBe(0);
  expect(await idsOf(farm)).toEqual([1, 2, 4, 5]);
});

test('a new conference goes where the fewest are; whoever asks finds it', async () => {
  const farm = open(2, 8);
  await farm.carryOut(create(1));
  for (const callReference of [1, 2, 3, 4]) await farm.carryOut(add(1, callReference));
  for (const id of [2, 3, 4]) {
    await farm.carryOut(create(id));
    expect(resultOf(await farm.carryOut(add(id, 10 + id)))).toBe(0);
  }
  expect(await farm.carryOut({ type: 'audit-participants', conferenceId: 4 })).toMatchObject({
    callReferences: [14],
  });
  expect(await farm.carryOut({ type: 'audit-participants', conferenceId: 9 })).toMatchObject({
    callReferences: undefined,
  });
  expect(await farm.carryOut(statistics(12))).toMatchObject({ callReference: 12, packetsSent: 0 });
  const { conferences } = await farm.status();
  // Those of one thread stand together: the first has the large conference alone.
  expect(conferences.map(({ conferenceId }) => conferenceId)).toEqual([1, 2, 3, 4]);
  expect(conferences.map(({ legs }) => legs.length)).toEqual([4, 1, 1, 1]);
});

test('a key is wiped as soon as it is on its way', async () => {
  const farm = open(1, 1);
  await farm.carryOut(create(1));
  await farm.carryOut(add(1, 1));
  const key = {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key: new Uint8Array(16).fill(1),
    salt: new Uint8Array(14).fill(2),
  } as const;
  const channel = { conferenceId: 1, callReference: 1, passThroughPartyId: 5 };
  const opening = farm.carryOut({
    type: 'open-receive',
    ...channel,
    payloadType: 0,
    packetMs: 20,
    key,
  });
  expect([...key.key, ...key.salt].every((byte) => byte === 0)).toBe(true);
  expect(await opening).toMatchObject({ type: 'receive-opened', status: 0 });
  expect((await farm.status()).conferences[0]?.legs[0]).toMatchObject({ receives: 'srtp' });
});

test('the end is the end: what was asked is not answered, and the next registration is empty', async () => {
  const farm = open(2, 2);
  await farm.carryOut(create(1));
  const asked = farm.carryOut(create(2));
  expect(farm.end()).toBe(1);
  await expect(asked).rejects.toThrow('have ended');
  begin(farm, 2);
  expect(await idsOf(farm)).toEqual([]);
  expect(resultOf(await farm.carryOut(create(1)))).toBe(0);
});

function open(threads: number, conferencesMax: number): MediaFarm {
  const farm = new MediaFarm(threads);
  farms.push(farm);
  begin(farm, conferencesMax);
  return farm;
}

function begin(farm: MediaFarm, conferencesMax: number): void {
  farm.begin(
    { conferencesMax, partiesMax: 8, address: '127.0.0.1', language: 'en' },
    {
      digit: () => {},
      failures: () => {},
      trouble: (text) => {
        throw new Error(text);
      },
    },
  );
}

function create(conferenceId: number): BridgeCommand {
  return { type: 'create-conference', conferenceId, reservedParticipants: 3 };
}

function add(conferenceId: number, callReference: number): BridgeCommand {
  return { type: 'add-participant', conferenceId, callReference, name: '', number: '' };
}

function statistics(callReference: number): BridgeCommand {
  return { type: 'connection-statistics', callReference, directoryNumber: '', processingMode: 0 };
}

function resultOf(answer: BridgeAnswer | undefined): unknown {
  return answer && 'result' in answer ? answer.result : undefined;
}

async function idsOf(farm: MediaFarm): Promise<readonly number[]> {
  const answer = await farm.carryOut({ type: 'audit-conference' });
  if (answer?.type !== 'conferences-audited') throw new Error('conferences are told');
  return answer.conferences.map(({ conferenceId }) => conferenceId).sort();
}
