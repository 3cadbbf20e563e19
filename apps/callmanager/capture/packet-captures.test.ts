import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimClock } from '@conclave/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { RegisteredDevice } from '../station-hub.ts';
import { PacketCaptures } from './packet-captures.ts';
import { fileNameOf, SealedFiles } from './sealed-files.ts';

/* Goal: the rules know of a capture before it holds anything and until it holds nothing more. */

const NOW = Date.UTC(2026, 1, 3, 12);

const PHONE = {
  ...{ name: 'P', address: '10.0.0.7', localAddress: '10.0.0.1', version: 20 },
} as unknown as RegisteredDevice;

const MESSAGE = { name: 'KeepAliveAck', body: {} } as const;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-captures-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('INT-12: what is said while the rules take in the capture is not kept; the end is told last', async () => {
  const { captures, told, files } = stage();
  told.mockImplementationOnce(() => captures.heard(PHONE, 'sent', MESSAGE));
  expect(captures.start('P', 5)).toBeUndefined();
  expect(captures.running()).toMatchObject([{ device: 'P', packets: 0 }]);
  captures.heard(PHONE, 'sent', MESSAGE);
  expect(captures.running()).toMatchObject([{ device: 'P', packets: 1 }]);
  const ending = captures.stop('P');
  captures.heard(PHONE, 'sent', MESSAGE);
  expect(told).toHaveBeenCalledTimes(1);
  expect(await ending).toBe(true);
  expect(told.mock.calls.map(([{ active }]) => active)).toEqual([true, false]);
  const kept = await files.read(fileNameOf(NOW), 'packets');
  expect(await captures.stop('P')).toBe(false);
  expect(kept?.length).toBeGreaterThan(50);
  expect(kept?.length).toBeLessThan(200);
});

test('a capture ends by itself when its time is over', async () => {
  const { captures, told, clock } = stage();
  captures.start('P', 5);
  clock.runUntil(NOW + 4 * 60_000, () => {});
  expect(captures.isRunning('P')).toBe(true);
  clock.runUntil(NOW + 5 * 60_000, () => {});
  await vi.waitFor(() => expect(told).toHaveBeenLastCalledWith(ends('P')));
  expect(captures.running()).toEqual([]);
});

test('a disk that takes nothing ends all captures with an alarm', async () => {
  const { captures, told, raised, files, clock } = stage();
  vi.spyOn(files, 'append').mockRejectedValue(new Error('ENOSPC: no space left on device'));
  captures.start('P', 5);
  captures.start('Q', 5);
  captures.heard(PHONE, 'received', MESSAGE);
  clock.runUntil(NOW + 1_000, () => {});
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(ends('Q')));
  expect(told).toHaveBeenCalledWith(ends('P'));
  expect(raised.mock.calls).toEqual([
    [expect.objectContaining({ name: 'PacketCaptureEnded', reason: 'disk' })],
  ]);
});

test('the file of a day has a greatest size: captures end there', async () => {
  const { captures, told, raised, clock } = stage({ maximumBytes: 100 });
  captures.start('P', 5);
  captures.heard(PHONE, 'received', MESSAGE);
  clock.runUntil(NOW + 1_000, () => {});
  await vi.waitFor(() => expect(told).toHaveBeenCalledWith(ends('P')));
  expect(raised.mock.calls[0]).toMatchObject([{ reason: 'full' }]);
});

test('what waits for a slow disk is bounded, and what is left out is counted', () => {
  const { captures, files } = stage();
  vi.spyOn(files, 'append').mockReturnValue(new Promise(() => {}));
  captures.start('P', 5);
  for (let count = 0; count < 20_000; count += 1) captures.heard(PHONE, 'sent', MESSAGE);
  const [{ packets, dropped } = { packets: 0, dropped: 0 }] = captures.running();
  expect(packets + dropped).toBe(20_000);
  expect(packets).toBeLessThan(15_000);
  expect(dropped).toBeGreaterThan(0);
});

test('what an operator tells of is not ended by us', () => {
  const { captures, told } = stage({ isTold: true });
  expect(captures.start('P', 5)).toMatch(/^An operator says/);
  expect(told).not.toHaveBeenCalled();
});

test('a message that cannot be written again costs the capture this message, and nobody anything', () => {
  const { captures } = stage();
  captures.start('P', 5);
  captures.heard(PHONE, 'received', { name: 'no such message', body: {} } as never);
  expect(captures.running()).toMatchObject([{ packets: 0, dropped: 1 }]);
});

function ends(device: string): object {
  return { type: 'capture', device, active: false };
}

function stage({ maximumBytes = 1 << 20, isTold = false } = {}) {
  const files = new SealedFiles(join(folder, 'pktCap'), join(folder, 'captures.key'));
  const told = vi.fn<(event: { readonly active?: boolean }) => void>();
  const raised = vi.fn();
  const clock = new SimClock(NOW);
  const captures = new PacketCaptures({
    ...{ clock, files, raise: raised, isEnabled: () => true, faultOf: () => undefined },
    happen: (event) => told(event as { active?: boolean }),
    isTold: () => isTold,
    maximumFileBytes: () => maximumBytes,
  });
  return { captures, told, raised, files, clock };
}
