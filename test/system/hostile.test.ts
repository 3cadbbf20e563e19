import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bridge, startBridge } from '@conclave/bridge';
import { type CallManager, startCallManager } from '@conclave/callmanager';
import { explainConference } from '@conclave/core';
import { Phone } from '@conclave/phone';
import { KeyStore } from '@conclave/pki';
import { encodeMessage, MESSAGES, type MessageName, specOf } from '@conclave/sccp';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

/*
 * Goal: whatever arrives on a connection costs at most that connection; a running conference keeps its
 * lock and its audio. Method: three encrypted phones confer through all of it.
 */

const data = mkdtempSync(join(tmpdir(), 'conclave-hostile-'));
const TONES = [400, 600, 800];
let manager: CallManager;
let bridge: Bridge;
const phones: Phone[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  manager = await startCallManager({
    dataDirectory: data,
    host: '127.0.0.1',
    sccpPort: 0,
    sccpTlsPort: 0,
    logLevel: 'silent',
    news: () => {},
  });
  const keys = new KeyStore(data);
  bridge = await startBridge({
    name: 'CFB-SECURE',
    host: '127.0.0.1',
    port: manager.sccpTlsPort,
    tls: keys.readDevice('bridges', 'CFB-SECURE'),
    sessions: 4,
    parties: 8,
    protocolVersion: 20,
  });
  for (const [index, toneHz] of TONES.entries()) {
    const name = `SEP00000000100${index + 1}`;
    phones.push(
      await Phone.start({
        name,
        mode: 'encrypted',
        host: '127.0.0.1',
        port: manager.sccpTlsPort,
        tls: keys.readDevice('phones', name),
        toneHz,
        autoAnswer: index > 0,
      }),
    );
  }
  await until(() => manager.engine.state.bridges.size === 1, 'the bridge');
  const [host] = phones;
  if (!host) throw new Error('there is a host');
  host.offHook();
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1002');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.press('Confrn');
  await host.waitFor(({ focus }) => focus?.state === 'OffHook', 'dial tone');
  host.dial('1003');
  await host.waitFor(({ focus }) => focus?.state === 'Connected', 'the answer');
  await host.press('Confrn');
  await undisturbed();
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await undisturbed();
});

afterAll(async () => {
  for (const phone of phones) await phone.stop();
  bridge.close();
  await manager.close();
  rmSync(data, { recursive: true });
});

describe('frames', () => {
  test.each([
    ['a giant length', Buffer.from('ffffffff0000000001000000', 'hex')],
    ['a length of nothing', Buffer.from('000000000000000001000000', 'hex')],
    ['a short RegisterReq', Buffer.from('0800000000000000010000000000000000', 'hex')],
    ['HTTP', Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n')],
    ['TLS on the clear port', Buffer.from('16030100c8010000c40303', 'hex')],
  ])('%s: the connection is closed, with an alarm', async (_what, bytes) => {
    const before = manager.alarms.list().length;
    const socket = await opened();
    socket.write(bytes);
    if (!_what.startsWith('TLS')) {
      await closed(socket);
      expect(
        manager.alarms
          .list()
          .slice(before)
          .map((each) => each.name),
      ).toContain('MalformedMessage');
    }
  });

  test('random bytes, in random pieces', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }),
        async (pieces) => {
          const socket = await opened();
          for (const piece of pieces) socket.write(piece);
          socket.end();
          await closed(socket);
        },
      ),
      { numRuns: 60 },
    );
  });

  test('every message before registration', async () => {
    for (const name of Object.keys(MESSAGES) as MessageName[]) {
      const socket = await opened();
      socket.write(encodeMessage(name, {}, 20));
      socket.end();
      await closed(socket);
    }
  });

  test('two hundred that say nothing', async () => {
    await Promise.all(Array.from({ length: 200 }, () => opened()));
  });
});

describe('a registered phone that misbehaves', () => {
  test('every message of the table, with every number wrong: nobody else notices', async () => {
    const register = await registered();
    const before = { ...manager.engine.state.counters };
    for (const name of Object.keys(MESSAGES) as MessageName[]) {
      if (specOf(name).from === 'server') continue;
      if (name === 'UnregisterReq' || name === 'RegisterReq') continue;
      const frame = encodeMessage(name, {}, 20);
      // Numbers that point at somebody else's legs, parties and conferences.
      for (let number = 1; number < 60; number += 1) {
        const copy = Uint8Array.from(frame);
        for (let at = 12; at + 4 <= Math.min(copy.length, 60); at += 4) copy[at] = number;
        register.write(copy);
      }
    }
    await undisturbed();
    expect(manager.engine.state.counters.failedAllocations).toBe(before.failedAllocations);
  });

  test('a name that is in use cannot be taken over in clear text', async () => {
    const before = manager.alarms.list().length;
    const socket = await opened();
    socket.write(encodeMessage('RegisterReq', { sid: { DeviceName: 'SEP000000001001' } }, 20));
    await closed(socket);
    const alarms = manager.alarms.list().slice(before);
    expect(alarms.find((each) => each.name === 'DeviceRegistrationRejected')).toMatchObject({
      device: 'SEP000000001001',
    });
  });

  test('a phone that floods keys and never reads is cut off', async () => {
    const socket = await registered();
    socket.pause();
    const key = encodeMessage('SoftKeyTemplateReq', {}, 20);
    const burst = Buffer.concat(Array.from({ length: 200 }, () => key));
    for (let count = 0; count < 100 && !socket.destroyed; count += 1) {
      if (!socket.write(burst)) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => !manager.engine.state.phones.has('SEP000000001005'), 'the end of the phone');
  });
});

test('garbage and clear audio at the bridge’s ports are counted, never mixed', async () => {
  const { conferences } = await bridge.status();
  const ports = conferences.flatMap(({ legs }) => legs.map((leg) => leg.port));
  expect(ports).toHaveLength(3);
  const { createSocket } = await import('node:dgram');
  const intruder = createSocket('udp4');
  for (const port of ports) {
    for (let count = 0; count < 30; count += 1) {
      const packet = randomBytes(182);
      packet.set([0x80, 0]);
      intruder.send(packet, port);
    }
  }
  await until(async () => {
    const legs = (await bridge.status()).conferences.flatMap((each) => each.legs);
    return legs.every((leg) => leg.unauthenticated >= 30);
  }, 'the packets to be counted');
  await until(
    () => manager.alarms.list().some((each) => each.name === 'MediaAuthenticationFailures'),
    'the alarm',
  );
  const { state } = manager.engine;
  const [id = 0] = state.conferences.keys();
  await until(
    () => JSON.stringify(explainConference(manager.engine.state, id)).includes('and not mixed'),
    'the explanation to tell of it',
  );
  expect(explainConference(manager.engine.state, id)?.level).toBe('encrypted');
  intruder.close();
});

/** The lock on all three, and each hears exactly the others. */
async function undisturbed(): Promise<void> {
  for (const [index, phone] of phones.entries()) {
    const others = TONES.filter((_, at) => at !== index);
    await phone.waitFor(
      ({ icon, audio }) => icon === 'lock' && same(audio.hears(TONES), others),
      `the lock, and ${others} Hz`,
    );
  }
}

async function opened(): Promise<Socket> {
  const socket = connect(manager.sccpPort, '127.0.0.1');
  sockets.push(socket);
  socket.on('error', () => {});
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  return socket;
}

/** A nonsecure phone of the sample, by hand. */
async function registered(): Promise<Socket> {
  const socket = await opened();
  socket.on('data', () => {});
  socket.write(
    encodeMessage(
      'RegisterReq',
      { sid: { DeviceName: 'SEP000000001005' }, deviceType: 30_018, protocolVer: 20 },
      20,
    ),
  );
  socket.write(encodeMessage('CapabilitiesRes', { caps: [{ payloadCapability: 4 }] }, 20));
  await until(() => manager.engine.state.phones.has('SEP000000001005'), 'the registration');
  return socket;
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (socket.closed) return;
  await new Promise<void>((resolve) => socket.once('close', () => resolve()));
}

async function until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function same(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((each) => other.includes(each));
}
