import type { Bridge } from '@conclave/bridge';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { meetMe } from '../../system/house.ts';
import { ClientHouse, toneOf } from './client-house.ts';
import { until } from './client-process.ts';

/*
 * Goal: an unmodified client's G.722 is wide in a conference with another one, beside a phone of G.711.
 * Method: baresip with its own G.722; one plays a tone above what 8 kHz hold.
 */

const WIDE_HZ = 5200;

let house: ClientHouse;
let bridge: Bridge;

beforeAll(async () => {
  house = await ClientHouse.open({
    parameters: { 'Compute status for non-secure meet-me': 'True' },
  });
  bridge = await house.house.bridge('CFB-SECURE');
});

afterEach(() => house.rest());

afterAll(() => house.close());

test('two baresips and an SCCP phone: wide between the two, narrow for the third', async () => {
  const desk = await house.desk('1001');
  const one = await house.baresip('2001', { wideband: true, toneHz: WIDE_HZ });
  const other = await house.baresip('2002', { wideband: true });
  await meetMe(desk, '5000');
  for (const client of [one, other]) await client.dial('sip:5000@127.0.0.1');
  const [low, high] = [toneOf('2002'), WIDE_HZ];
  const candidates = [400, low, 3000, high];
  await until(
    () => String(other.heard(candidates)) === String([400, high]),
    'the wide tone and the desk',
    () => `${other.heard(candidates)}`,
  );
  await until(
    () => String(one.heard(candidates)) === String([400, low]),
    'the two narrow tones',
    () => `${one.heard(candidates)}`,
  );
  await desk.waitFor(({ audio }) => String(audio.hears([low, 3000])) === String([low]), 'one tone');
  await desk.waitFor(({ icon }) => icon === 'lock', 'the lock');
  // Both report over SRTCP, and answer our reports (RFC 3550 §6.4.1).
  const reports = async (): Promise<readonly number[]> => {
    const { conferences } = await bridge.status();
    const legs = conferences.flatMap((conference) => conference.legs);
    return legs
      .filter(({ codec }) => codec === 'G722')
      .map(({ reportsReceived }) => reportsReceived);
  };
  await vi.waitFor(
    async () => expect((await reports()).filter((count) => count > 0)).toHaveLength(2),
    { timeout: 20_000, interval: 100 },
  );
});
