import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeWav, SAMPLE_RATE_HZ, ToneGenerator } from '@conclave/audio';
import { type RunningSystem, startSystem } from '@conclave/conclave';
import { MusicServer } from '@conclave/music';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { afterEach, describe, expect, test } from 'vitest';
import { ALL_TONES_HZ, call, confer, House, icons, isIn, until } from './house.ts';

/*
 * Goal: who is held hears the operator's file, as protected as his call; a secure conference hears none.
 * Method: real sockets and processes; the file is a tone that no phone plays.
 */

const MUSIC_HZ = 2200;
const OTHER_MUSIC_HZ = 2600;
const ALL_HZ = [...ALL_TONES_HZ, MUSIC_HZ, OTHER_MUSIC_HZ];

let house: House | undefined;
let system: RunningSystem | undefined;
const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  await house?.close();
  house = undefined;
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

describe('a call', () => {
  test.each([
    ['encrypted', '1002', 'srtp', 'lock'],
    ['nonsecure', '1005', 'rtp', 'call'],
  ] as const)('whose held party is %s: music over %s, until it is taken back', async (...row) => {
    const [, number, media, icon] = row;
    house = await open();
    const server = await house.music();
    const ada = await house.phone('1001');
    const held = await house.phone(number);
    await call(ada, held);
    await hears(held, [400]);
    await ada.press('Hold');
    await hears(held, [MUSIC_HZ]);
    await hears(ada, []);
    expect(held.statistics()).toMatchObject({ received: media, sent: 'none' });
    expect(server.status().streams).toMatchObject([{ kind: media }]);
    await icons([held], icon);
    await ada.press('Resume');
    await hears(held, [400]);
    await hears(ada, [held.options.toneHz ?? 0]);
    await until(() => server.status().streams.length === 0, 'the end of the music');
    await icons([ada, held], icon);
  });

  test('the server goes while it plays: silence, and the call is there when it is taken back', async () => {
    house = await open();
    const server = await house.music();
    const [ada, alan] = await house.phones('1001', '1002');
    if (!ada || !alan) throw new Error('the cast is complete');
    await call(ada, alan);
    await ada.press('Hold');
    await hears(alan, [MUSIC_HZ]);
    server.close();
    await hears(alan, []);
    expect(isIn(alan, 'Connected')).toBe(true);
    await ada.press('Resume');
    await hears(alan, [400]);
    await icons([ada, alan], 'lock');
    expect(house.manager.alarms.list().map(({ name }) => name)).toContain('MusicOutOfService');
  });
});

describe('a conference', () => {
  test('INT-01, D-11: a secure one hears no music though it is not suppressed, and stays secure', async () => {
    house = await open({ 'Suppress MOH to Conference Bridge': 'False' });
    const server = await house.music();
    await house.bridge('CFB-SECURE');
    const [ada, alan, grace] = await house.phones('1001', '1002', '1003');
    if (!ada || !alan || !grace) throw new Error('the cast is complete');
    await confer(ada, alan, grace);
    await icons([ada, alan, grace], 'lock');
    await grace.press('Hold');
    await hears(ada, [600]);
    await hears(alan, [400]);
    expect(server.status().streams).toEqual([]);
    await icons([ada, alan], 'lock');
  });

  test.each([
    ['on a secure bridge: SRTP', 'CFB-SECURE', ['1001', '1002', '1005'], 'srtp'],
    ['on a nonsecure bridge: RTP', 'CFB-PLAIN', ['1005', '1007', '1004'], 'rtp'],
  ] as const)('INT-01: a nonsecure one hears music %s', async (_, bridge, cast, media) => {
    house = await open({ 'Suppress MOH to Conference Bridge': 'False' });
    const server = await house.music();
    await house.bridge(bridge);
    const [one, two, three] = await house.phones(...cast);
    if (!one || !two || !three) throw new Error('the cast is complete');
    const toneOf = (phone: Phone): number => phone.options.toneHz ?? 0;
    await confer(one, two, three);
    await hears(one, [toneOf(two), toneOf(three)]);
    await two.press('Hold');
    await hears(one, [toneOf(three), MUSIC_HZ]);
    await hears(three, [toneOf(one), MUSIC_HZ]);
    expect(server.status().streams).toMatchObject([{ kind: media }]);
    await two.press('Resume');
    await hears(one, [toneOf(two), toneOf(three)]);
    expect(server.status().streams).toEqual([]);
  });

  test('INT-01: it is suppressed unless the parameter says otherwise', async () => {
    house = await open();
    const server = await house.music();
    await house.bridge('CFB-PLAIN');
    const [hedy, emile, claude] = await house.phones('1005', '1007', '1004');
    if (!hedy || !emile || !claude) throw new Error('the cast is complete');
    await confer(hedy, emile, claude);
    await emile.press('Hold');
    await hears(hedy, [1000]);
    expect(server.status().streams).toEqual([]);
  });
});

test('TIP-15: a music server with the certificate of another device is refused', async () => {
  house = await open();
  const { manager, keys, musicFile } = house;
  const refused = Promise.withResolvers<string>();
  const server = new MusicServer({
    ...{ name: 'MOH-1', host: '127.0.0.1', port: manager.sccpTlsPort, protocolVersion: 20 },
    tls: keys.readDevice('bridges', 'CFB-SECURE'),
    streamsMax: 1,
    file: musicFile,
    onEvent: (event) => event.type === 'failed' && refused.resolve(event.reason),
  });
  cleanups.push(() => server.close());
  await server.start();
  expect(await refused.promise).toBe('Certificate name mismatch');
  expect(manager.engine.state.musics.size).toBe(0);
  expect(manager.alarms.list()).toContainEqual(
    expect.objectContaining({ name: 'DeviceRegistrationRejected', device: 'MOH-1' }),
  );
});

test('the whole system as an operator starts it: its own melody, then the file put in its place', async () => {
  const data = mkdtempSync(join(tmpdir(), 'conclave-hold-'));
  cleanups.push(() => rmSync(data, { recursive: true }));
  const ports = [
    'CM_SCCP_PORT',
    'CM_SCCP_TLS_PORT',
    'CM_SIP_PORT',
    'CM_SIP_TLS_PORT',
    'CM_API_PORT',
  ];
  Object.assign(process.env, Object.fromEntries(ports.map((name) => [name, '0'])), {
    CM_HOST: '127.0.0.1',
  });
  const lines: string[] = [];
  system = startSystem({ dataDirectory: data, print: (line) => lines.push(line) });
  cleanups.push(() => system?.stop());
  const { sccpTlsPort } = await system.ready;
  expect(lines).toContainEqual(expect.stringMatching(/registered +MOH-1 +music on hold, secure/));
  const keys = new KeyStore(data);
  const [ada, alan] = await Promise.all(
    ['SEP000000001001', 'SEP000000001002'].map((name) =>
      Phone.start({
        ...{ name, mode: 'encrypted', host: '127.0.0.1', port: sccpTlsPort, record: true },
        tls: keys.readDevice('phones', name),
      }),
    ),
  );
  if (!ada || !alan) throw new Error('the cast is complete');
  cleanups.push(() => Promise.all([ada.stop(), alan.stop()]));
  await call(ada, alan);
  await ada.press('Hold');
  await alan.waitFor(({ audio }) => audio.recording.some((sample) => sample > 1_000), 'a melody');
  expect(alan.statistics()).toMatchObject({ received: 'srtp' });
  writeTone(join(data, 'music', 'sample.wav'), OTHER_MUSIC_HZ);
  await hears(alan, [OTHER_MUSIC_HZ]);
  writeFileSync(join(data, 'music', 'sample.wav'), 'no music');
  await until(
    () => lines.some((line) => /ALARM MusicFileUnusable: MOH-1: .* no WAV file/.test(line)),
    'the alarm',
  );
  await hears(alan, [OTHER_MUSIC_HZ]);
  await icons([alan], 'lock');
});

async function open(parameters: Readonly<Record<string, string>> = {}): Promise<House> {
  const opened = await House.open({ parameters });
  mkdirSync(dirname(opened.musicFile));
  writeTone(opened.musicFile, MUSIC_HZ);
  return opened;
}

function writeTone(path: string, frequencyHz: number): void {
  const samples = new Int16Array(SAMPLE_RATE_HZ);
  new ToneGenerator({ frequenciesHz: [frequencyHz], levelDbov: -20 }).write(samples);
  writeFileSync(path, encodeWav(samples));
}

/** The phone hears exactly these. */
async function hears(phone: Phone, tonesHz: readonly number[]): Promise<void> {
  await phone.waitFor(
    ({ audio }) =>
      audio
        .hears(ALL_HZ)
        .toSorted((a, b) => a - b)
        .join() === tonesHz.toSorted((a, b) => a - b).join(),
    `the tones ${tonesHz.join(', ') || 'of nobody'}`,
  );
}
