import { readdirSync, readlinkSync } from 'node:fs';
import { isNativeBuilt, type MediaPath, openMediaIo } from '@conclave/media-io';
import { readClips } from '@conclave/resource';
import type { BridgeCommand } from '@conclave/sccp';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { MediaPlane } from './media-plane.ts';

/*
 * Goal: whatever a call manager asks in whatever order, nothing throws, the audit is the truth, the
 * limits hold, and nothing stays open. Method: random commands against the simplest model, a map of
 * sets; sockets are real.
 */

const LIMITS = { conferencesMax: 2, partiesMax: 3 };

const PATHS: readonly MediaPath[] = isNativeBuilt() ? ['portable', 'native'] : ['portable'];

/** Of the test runner. */
const SOCKETS_BEFORE = socketCount();

describe.each(PATHS)('%s', (path) => {
  test('any commands in any order: the audit agrees with a map of sets, and the end is the end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyCommand(), { maxLength: 40 }), async (commands) => {
        const plane = planeOf(path);
        const model = new Map<number, Set<number>>();
        await socketsAre(0);
        for (const command of commands) {
          await plane.carryOut(command);
          plane.tick();
          apply(model, command);
          for (const conferenceId of [1, 2, 3]) {
            const answer = await plane.carryOut({ type: 'audit-participants', conferenceId });
            const members = model.get(conferenceId);
            expect(answer).toEqual({
              type: 'participants-audited',
              conferenceId,
              callReferences: members && [...members],
            });
          }
        }
        const parties = [...model.values()].reduce((sum, { size }) => sum + size, 0);
        // One for the media, and one for its RTCP where the next port is free.
        await socketsAre(parties, 2 * parties);
        expect(plane.close()).toBe(model.size);
        await socketsAre(0);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  test('keys are wiped as soon as they have been used, and when there is nobody to use them', async () => {
    const plane = planeOf(path);
    await plane.carryOut({ type: 'create-conference', conferenceId: 1, reservedParticipants: 3 });
    await plane.carryOut(add(1, 1));
    for (const callReference of [1, 2]) {
      const open = receive({ conferenceId: 1, callReference, passThroughPartyId: 5 }, true);
      const start = transmit({ conferenceId: 1, callReference, passThroughPartyId: 5 }, true);
      for (const command of [open, start]) {
        await plane.carryOut(command);
        expect('key' in command && command.key?.key).toEqual(new Uint8Array(16));
        expect('key' in command && command.key?.salt).toEqual(new Uint8Array(14));
      }
    }
    expect(JSON.stringify(plane.status())).not.toContain('key');
    plane.close();
  });

  test('a participant who is being added when signalling is lost is not there', async () => {
    const plane = planeOf(path);
    await plane.carryOut({ type: 'create-conference', conferenceId: 1, reservedParticipants: 3 });
    const adding = plane.carryOut(add(1, 1));
    plane.close();
    expect(await adding).toMatchObject({ type: 'participant-added', result: 2 });
    expect(plane.status()).toEqual([]);
    await socketsAre(0);
    expect(
      await plane.carryOut({ type: 'create-conference', conferenceId: 1, reservedParticipants: 3 }),
    ).toMatchObject({ result: 1 });
  });

  test('no more places are reserved than there are', async () => {
    const plane = planeOf(path);
    await plane.carryOut({ type: 'create-conference', conferenceId: 1, reservedParticipants: 99 });
    expect(plane.status()[0]?.reserved).toBe(LIMITS.partiesMax);
    plane.close();
  });

  test('names follow ChangeParticipantReq', async () => {
    const plane = planeOf(path);
    await plane.carryOut({ type: 'create-conference', conferenceId: 1, reservedParticipants: 3 });
    await plane.carryOut(add(1, 1));
    const change = { conferenceId: 1, callReference: 1, name: 'Ada', number: '1001' };
    await plane.carryOut({ type: 'change-participant', ...change });
    expect(plane.status()[0]?.legs[0]).toMatchObject({ callReference: 1, name: 'Ada' });
    plane.close();
  });
});

/** What the commands mean. */
function apply(model: Map<number, Set<number>>, command: BridgeCommand): void {
  switch (command.type) {
    case 'create-conference':
      if (model.size < LIMITS.conferencesMax && !model.has(command.conferenceId)) {
        model.set(command.conferenceId, new Set());
      }
      return;
    case 'delete-conference':
      model.delete(command.conferenceId);
      return;
    case 'add-participant': {
      const members = model.get(command.conferenceId);
      if (members && members.size < LIMITS.partiesMax) members.add(command.callReference);
      return;
    }
    case 'drop-participant':
      model.get(command.conferenceId)?.delete(command.callReference);
      return;
    default:
  }
}

function anyCommand(): fc.Arbitrary<BridgeCommand> {
  const conferenceId = fc.integer({ min: 1, max: 3 });
  const participant = fc.record({ conferenceId, callReference: fc.integer({ min: 1, max: 5 }) });
  const channel = fc.record({
    conferenceId,
    callReference: fc.integer({ min: 1, max: 5 }),
    passThroughPartyId: fc.integer({ min: 0, max: 2 }),
  });
  return fc.oneof(
    { weight: 3, arbitrary: conferenceId.map(create) },
    {
      weight: 8,
      arbitrary: participant.map((each) => add(each.conferenceId, each.callReference)),
    },
    fc.tuple(channel, fc.boolean()).map(([each, isSecure]) => receive(each, isSecure)),
    fc.tuple(channel, fc.boolean()).map(([each, isSecure]) => transmit(each, isSecure)),
    channel.map((each): BridgeCommand => ({ type: 'close-receive', ...each })),
    channel.map((each): BridgeCommand => ({ type: 'stop-transmit', ...each })),
    participant.map((each): BridgeCommand => ({ type: 'drop-participant', ...each })),
    participant.map(
      (each): BridgeCommand => ({ type: 'change-participant', ...each, name: 'x', number: '' }),
    ),
    conferenceId.map((id): BridgeCommand => ({ type: 'delete-conference', conferenceId: id })),
    conferenceId.map(
      (id): BridgeCommand => ({
        type: 'modify-conference',
        conferenceId: id,
        reservedParticipants: 2,
      }),
    ),
    fc.constant<BridgeCommand>({ type: 'audit-conference' }),
    fc.constant<BridgeCommand>({
      type: 'connection-statistics',
      callReference: 1,
      directoryNumber: '',
      processingMode: 0,
    }),
  );
}

function create(conferenceId: number): BridgeCommand {
  return { type: 'create-conference', conferenceId, reservedParticipants: 3 };
}

function add(conferenceId: number, callReference: number): BridgeCommand {
  return { type: 'add-participant', conferenceId, callReference, name: '', number: '' };
}

interface Channel {
  readonly conferenceId: number;
  readonly callReference: number;
  readonly passThroughPartyId: number;
}

function receive(channel: Channel, isSecure: boolean): BridgeCommand {
  return {
    type: 'open-receive',
    ...channel,
    payloadType: 0,
    packetMs: 20,
    ...(isSecure && { key: key() }),
  };
}

function transmit(channel: Channel, isSecure: boolean): BridgeCommand {
  return {
    type: 'start-transmit',
    ...channel,
    payloadType: 8,
    packetMs: 20,
    // The discard port: nobody hears, and nobody complains that we can hear.
    remote: { address: '127.0.0.1', port: 9 },
    ...(isSecure && { key: key() }),
  };
}

function key(): {
  readonly suite: 'AES_CM_128_HMAC_SHA1_80';
  readonly key: Uint8Array;
  readonly salt: Uint8Array;
} {
  return {
    suite: 'AES_CM_128_HMAC_SHA1_80',
    key: new Uint8Array(16).fill(1),
    salt: new Uint8Array(14).fill(2),
  };
}

function planeOf(path: MediaPath): MediaPlane {
  return new MediaPlane({
    clips: readClips('en'),
    onDigit: () => {},
    ...LIMITS,
    address: '127.0.0.1',
    io: openMediaIo(path),
    onTrouble: fail,
  });
}

/** A handle is counted until the loop has closed it. */
async function socketsAre(least: number, most: number = least): Promise<void> {
  await vi.waitFor(
    () => {
      expect(socketCount() - SOCKETS_BEFORE).toBeGreaterThanOrEqual(least);
      expect(socketCount() - SOCKETS_BEFORE).toBeLessThanOrEqual(most);
    },
    { timeout: 10_000, interval: 1 },
  );
}

function socketCount(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith('socket:');
    } catch {
      return false;
    }
  }).length;
}

function fail(text: string): void {
  throw new Error(text);
}
