import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, startBridge } from '@conclave/bridge';
import { type CallManager, startCallManager } from '@conclave/callmanager';
import { type MusicServer, startMusicServer } from '@conclave/music';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { SAMPLE_CONFIGURATION, type StoredConfiguration } from '@conclave/store';
import { type CapturedSegment, pcapOf } from '@conclave/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * Goal: tshark, with the TLS keys, reads a whole conference of an encrypted phone, of the bridge and of
 * the music server as we mean it, with nothing malformed or unknown; and no SRTP key is ever seen on a clear connection.
 * Method: proxies between the devices and the call manager keep the bytes, and the call manager gives
 * its TLS key log, as it does for tests only.
 */

const SCCP = 12_000;
const SCCP_TLS = 12_443;

/** The third phone has the line of the first one on its second button. */
const SHARING: StoredConfiguration = {
  ...SAMPLE_CONFIGURATION,
  phones: SAMPLE_CONFIGURATION.phones.map((phone) => ({
    ...phone,
    ...{ builtInBridge: 'on' as const, privacy: 'off' as const },
    lines: phone.lines.flatMap((line) =>
      line.directoryNumber === '1003'
        ? [line, { ...line, index: 2, directoryNumber: '1001', label: '1001' }]
        : [line],
    ),
  })),
};

const folder = mkdtempSync(join(tmpdir(), 'conclave-capture-'));
const keyLog: Buffer[] = [];
const segments: CapturedSegment[] = [];
const closing: (() => unknown)[] = [];
let manager: CallManager;
let bridge: Bridge;
let music: MusicServer;
let text = '';

beforeAll(async () => {
  const data = join(folder, 'data');
  manager = await startCallManager({
    dataDirectory: data,
    host: '127.0.0.1',
    sccpPort: 0,
    sccpTlsPort: 0,
    logLevel: 'silent',
    news: () => {},
    onKeyLog: (line) => keyLog.push(line),
  });
  await manager.store.writeConfiguration(SHARING);
  await manager.reload();
  const clear = await proxy(manager.sccpPort, SCCP);
  const secure = await proxy(manager.sccpTlsPort, SCCP_TLS);
  const keys = new KeyStore(data);
  bridge = await startBridge({
    name: 'CFB-SECURE',
    host: '127.0.0.1',
    port: secure,
    tls: keys.readDevice('bridges', 'CFB-SECURE'),
    sessions: 4,
    parties: 8,
    protocolVersion: 20,
  });
  music = await startMusicServer({
    name: 'MOH-1',
    host: '127.0.0.1',
    port: secure,
    tls: keys.readDevice('music-servers', 'MOH-1'),
    streamsMax: 4,
    protocolVersion: 20,
    file: join(data, 'music', 'sample.wav'),
  });
  const modes = ['encrypted', 'encrypted', 'encrypted', 'authenticated', 'nonsecure'] as const;
  const phones: Phone[] = [];
  for (const [index, mode] of modes.entries()) {
    const name = `SEP00000000100${index + 1}`;
    phones.push(
      await Phone.start({
        name,
        mode,
        host: '127.0.0.1',
        port: mode === 'nonsecure' ? clear : secure,
        ...(mode !== 'nonsecure' && { tls: keys.readDevice('phones', name) }),
        autoAnswer: index > 0,
        protocolVersion: [20, 22, 17, 11, 20][index] ?? 20,
      }),
    );
  }
  await story(phones);
  for (const phone of phones) await phone.stop();
  bridge.close();
  music.close();
  const anybody = (): boolean => {
    const { phones: still, bridges, musics } = manager.engine.state;
    return still.size + bridges.size + musics.size > 0;
  };
  while (anybody()) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await manager.close();
  text = dissect();
});

afterAll(async () => {
  for (const close of closing) await close();
  rmSync(folder, { recursive: true });
});

test('everything is read, nothing is malformed or unknown', () => {
  const names = [
    ...['RegisterReq', 'RegisterAck', 'CapabilitiesRes', 'ButtonTemplateRes', 'SoftKeyTemplateRes'],
    ...['SoftKeyEvent', 'KeypadButton', 'CallState', 'CallInfoV2', 'DisplayPromptStatusV2'],
    ...['OpenReceiveChannel', 'OpenReceiveChannelAck', 'StartMediaTransmission'],
    ...['CreateConferenceReq', 'CreateConferenceRes', 'AddParticipantReq', 'AddParticipantRes'],
    ...['DropParticipantReq', 'AuditParticipantReq', 'AuditParticipantRes', 'DeleteConferenceReq'],
    ...['CallSelectStatRes', 'ConnectionStatisticsReq', 'ConnectionStatisticsRes'],
    ...['UserToDeviceDataVersion1', 'DisplayNotifyV2', 'UnregisterReq'],
  ];
  expect(names.filter((name) => !text.includes(`Message ID: ${name} (`))).toEqual([]);
  const bad = frames()
    .flatMap((frame) => frame.slice(frame.indexOf('Skinny Client Control Protocol')).split('\n'))
    .filter((line) => /Malformed|Expert Info \((?:Error|Warn)|Unknown/.test(line))
    // An empty place of a softkey set is 0, which the analyser has no name for.
    .filter((line) => !/softKey(?:Template|Info)Index: Unknown \(0x0+\)/.test(line))
    // Before the call is connected no level is told.
    .filter((line) => !/callSecurityStatus: Unknown \(0/.test(line));
  expect(bad).toEqual([]);
});

test('the music server registers as one, is told to play, and is never asked to listen', () => {
  const registers = frames().find((frame) => frame.includes('DeviceName: MOH-1'));
  expect(registers).toContain('Device Type: MusicOnHold');
  const port = /Src Port: (\d+)/.exec(registers ?? '')?.[1];
  const its = frames().filter((frame) => new RegExp(`Port: ${port}\\b`).test(frame));
  const names = its.flatMap((frame) =>
    [...frame.matchAll(/Message ID: (\w+) \(/g)].map((match) => match[1]),
  );
  // The answer to its goodbye may come when it listens no more.
  expect(names.filter((name) => name !== 'UnregisterAck')).toEqual([
    ...['RegisterReq', 'RegisterAck', 'CapabilitiesReq', 'CapabilitiesRes'],
    'MediaResourceNotification',
    // The encrypted party, the nonsecure one, the first while the host consults the third, and then
    // when it is parked.
    ...['StartMediaTransmission', 'StartMediaTransmissionAck', 'StopMediaTransmission'],
    ...['StartMediaTransmission', 'StartMediaTransmissionAck', 'StopMediaTransmission'],
    ...['StartMediaTransmission', 'StartMediaTransmissionAck', 'StopMediaTransmission'],
    ...['StartMediaTransmission', 'StartMediaTransmissionAck', 'StopMediaTransmission'],
    'UnregisterReq',
  ]);
  const starts = its.filter((frame) => frame.includes('StartMediaTransmission (')).join('\n');
  expect([...starts.matchAll(/algorithmID: (\w+)/g)].map((match) => match[1])).toEqual([
    'CCM_AES_CM_128_HMAC_SHA1_32',
    'NO_ENCRYPTION',
    'CCM_AES_CM_128_HMAC_SHA1_32',
    'CCM_AES_CM_128_HMAC_SHA1_32',
  ]);
  // Who hears it in clear is told whence it comes.
  const told = frames().filter((frame) => /sourceIpAddr[^\n]*127\.0\.0\.1/.test(frame));
  expect(told.some((frame) => frame.includes('Message ID: OpenReceiveChannel ('))).toBe(true);
});

test('the levels that phones were told, in order, were those of the story', () => {
  const told = [...text.matchAll(/callSecurityStatus: (\w+)/g)].map((match) => match[1]);
  for (const level of ['Encrypted', 'Authenticated', 'NotAuthenticated']) {
    expect(told).toContain(level);
  }
});

test('HLD-03: a call of another phone of the line is shown as such, and can be barged', () => {
  expect(text).toMatch(/callState: CallRemoteMultiline \(/);
  expect(text).toMatch(/softKeySetIndex: In Use Hint/);
  expect(text).toMatch(/callSelectStat: 1/);
});

test('SEC-03: SRTP keys travel only inside TLS', () => {
  const key = / key: \d+| algorithmID: CCM/;
  const clear = frames().filter((frame) => frame.includes(`Port: ${SCCP}\n`));
  expect(clear.length).toBeGreaterThan(5);
  expect(
    clear.filter((frame) => key.test(frame.replace(/algorithmID: NO_ENCRYPTION/g, ''))),
  ).toEqual([]);
  expect(frames().some((frame) => frame.includes(`Port: ${SCCP_TLS}\n`) && key.test(frame))).toBe(
    true,
  );
});

/** tshark's text of each frame that has SCCP in it. */
function frames(): readonly string[] {
  return text
    .split(/^Frame \d+:/m)
    .filter((frame) => frame.includes('Skinny Client Control Protocol'));
}

async function story(phones: readonly Phone[]): Promise<void> {
  const [host, first, third, weak, clear] = phones;
  if (!host || !first || !third || !weak || !clear) throw new Error('the cast is complete');
  await holdMusic(host, first);
  await holdMusic(host, clear);
  host.offHook();
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1002');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  for (const [number, icon] of [
    ['1003', 'lock'],
    ['1004', 'shield'],
    ['1005', 'call'],
  ] as const) {
    await host.press('Confrn');
    await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
    host.dial(number);
    await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
    await host.press('Confrn');
    await host.waitFor((phone) => phone.icon === icon && phone.screen.calls.size === 1, icon);
  }
  await host.press('ConfList');
  await host.waitFor(({ screen }) => screen.list?.rows.length === 5, 'the list');
  await clear.press('EndCall');
  await host.waitFor(({ icon }) => icon === 'shield', 'the shield');
  await host.press('Hold');
  await host.press('Resume');
  await host.press('RmLstC');
  await host.waitFor(({ icon }) => icon === 'lock', 'the lock');
  for (const phone of phones.slice(0, 3)) {
    if (phone.focus) await phone.press('EndCall').catch(() => {});
  }
  await host.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
  await bargeAndPark(host, first, third);
  await weak.press('MeetMe');
  await weak.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  weak.dial('5002');
  await weak.waitFor(({ screen }) => screen.notices.length > 0, 'the refusal');
}

/** The third phone barges the call of the first one, which selects it, and then parks it. */
async function bargeAndPark(host: Phone, other: Phone, third: Phone): Promise<void> {
  host.offHook();
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1002');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await third.waitFor(({ focus }) => focus?.state === 'CallRemoteMultiline', 'the call elsewhere');
  await third.barge();
  await third.waitFor(({ icon }) => icon === 'lock', 'the lock');
  await third.hangUp();
  await host.press('Select');
  await host.park();
  await third.call('7100');
  await third.waitFor(({ icon }) => icon === 'lock', 'the lock');
  await third.hangUp();
  for (const phone of [host, other, third]) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
  }
}

/** A call whose other party hears music for a while. */
async function holdMusic(host: Phone, party: Phone): Promise<void> {
  host.offHook();
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial(party.name.slice(-4));
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.press('Hold');
  const sent = (): number => music.status().streams[0]?.packetsSent ?? 0;
  await party.waitFor(() => sent() > 0, 'the music');
  await host.press('Resume');
  await party.waitFor(() => sent() === 0, 'the end of the music');
  await host.press('EndCall');
  for (const phone of [host, party]) {
    await phone.waitFor(({ screen }) => screen.calls.size === 0, 'the end');
  }
}

/** Hands bytes on and keeps them, as if captured on `shownPort`. */
async function proxy(target: number, shownPort: number): Promise<number> {
  const server: Server = createServer((device) => {
    const sourcePort = device.remotePort ?? 0;
    const upstream = connect(target, '127.0.0.1');
    const toServer = { sourcePort, destinationPort: shownPort };
    const toDevice = { sourcePort: shownPort, destinationPort: sourcePort };
    device.on('data', (payload) => {
      segments.push({ ...toServer, payload: Buffer.from(payload) });
      upstream.write(payload);
    });
    upstream.on('data', (payload) => {
      segments.push({ ...toDevice, payload: Buffer.from(payload) });
      device.write(payload);
    });
    for (const [one, other] of [
      [device, upstream],
      [upstream, device],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.end());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

function dissect(): string {
  const pcap = join(folder, 'live.pcap');
  const keys = join(folder, 'keys.log');
  writeFileSync(pcap, pcapOf(segments.flatMap(cut)));
  writeFileSync(keys, Buffer.concat(keyLog));
  return execFileSync(
    'tshark',
    [
      ...['-r', pcap, '-o', `tls.keylog_file:${keys}`, '-d', `tls.port==${SCCP_TLS},skinny`],
      ...['-d', `tcp.port==${SCCP},skinny`, '-V'],
    ],
    { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'ignore'] },
  );
}

/** IPv4 packets hold at most 65,535 octets. */
function cut(segment: CapturedSegment): readonly CapturedSegment[] {
  const parts: CapturedSegment[] = [];
  for (let at = 0; at < segment.payload.length; at += 16_000) {
    parts.push({ ...segment, payload: segment.payload.subarray(at, at + 16_000) });
  }
  return parts;
}
