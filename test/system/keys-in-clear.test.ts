import { readdirSync, readFileSync, statSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Phone } from '@conclave/phone';
import { MediaChannel } from '@conclave/phone';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { add, confer, House, hangUp, hearing, icons, until } from './house.ts';

/*
 * Goal: the keys of a call are nowhere but inside TLS and in the memory of the two ends (SEC-03): not
 * one byte string of them on any wire, and none on the disk. Method: every byte that passes between
 * devices and call manager is kept, and searched for the keys that the phones were really given.
 */

interface Recording {
  readonly port: number;
  readonly bytes: () => Buffer;
  readonly close: () => void;
}

let house: House;
let clear: Recording;
let secure: Recording;
const secrets = new Map<string, Buffer>();

beforeAll(async () => {
  collectSecrets();
  house = await House.open();
  clear = await record(house.manager.sccpPort);
  secure = await record(house.manager.sccpTlsPort);
  await house.bridge();
  await house.bridge('CFB-PLAIN');
  const phones: Phone[] = [];
  for (const number of ['1001', '1002', '1003']) {
    phones.push(await house.phone(number, { port: secure.port }));
  }
  const hedy = await house.phone('1005', { port: clear.port });
  // A mixed conference, a hold, a leave: keys come and go.
  await confer(...phones);
  await icons(phones, 'lock');
  const [ada, alan] = phones;
  if (!ada || !alan) throw new Error('the cast is complete');
  await add(ada, hedy);
  await icons([...phones, hedy], 'call');
  await alan.press('Hold');
  await alan.press('Resume');
  await hearing([...phones, hedy]);
  await hangUp(hedy);
  await icons(phones, 'lock');
});

afterAll(async () => {
  vi.restoreAllMocks();
  await house.close();
  clear.close();
  secure.close();
});

test('the keys of every stream were seen, and all differ', () => {
  // Two-party calls, the conference, a consultation and a resumed stream.
  expect(secrets.size).toBeGreaterThan(16);
});

test('the search finds a key, however it is written', () => {
  const [[name, secret] = ['', Buffer.alloc(0)]] = secrets;
  const hex = secret.toString('hex');
  for (const text of [hex, hex.toUpperCase(), secret.toString('base64'), [...secret].join(',')]) {
    expect(found(Buffer.from(`key=${text};`))).toEqual([name]);
  }
  expect(found(Buffer.concat([Buffer.from('SRTP'), secret, Buffer.from('!')]))).toEqual([name]);
});

test('SEC-03: no key and no salt is on a clear connection, in any writing', () => {
  const bytes = clear.bytes();
  // It is the right connection: the phone was told where to send, and its name is in it.
  expect(bytes.includes('SEP000000001005')).toBe(true);
  expect(found(bytes)).toEqual([]);
});

test('SEC-03: no key and no salt can be read off a TLS connection', () => {
  const bytes = secure.bytes();
  expect(bytes.length).toBeGreaterThan(10_000);
  expect(bytes.includes('Ada Lovelace')).toBe(false);
  expect(found(bytes)).toEqual([]);
});

test('keys never reach the disk, nor do alarms and the report name them', async () => {
  // The snapshot of calls in progress is the file that is nearest to the keys.
  const snapshot = join(house.data, 'cdr', 'calls-in-progress.json');
  await until(() => readdirSync(join(house.data, 'cdr')).length > 1, 'the snapshot');
  expect(readFileSync(snapshot).length).toBeGreaterThan(10);
  const files = readdirSync(house.data, { recursive: true, encoding: 'utf8' })
    .map((name) => join(house.data, name))
    .filter((name) => statSync(name).isFile());
  expect(files.some((name) => name.endsWith('.sqlite'))).toBe(true);
  for (const name of files) expect([name, ...found(readFileSync(name))]).toEqual([name]);
  expect(found(Buffer.from(JSON.stringify(house.manager.alarms.list())))).toEqual([]);
  const state = JSON.stringify([...house.manager.engine.state.connections]);
  expect(found(Buffer.from(state))).toEqual([]);
});

/** Which secrets are in these bytes: as they are, in hexadecimal, in base 64 or as a list. */
function found(bytes: Buffer): readonly string[] {
  const text = bytes.toString('latin1').toLowerCase();
  return [...secrets].flatMap(([name, secret]) => {
    const writings = [
      secret.toString('hex'),
      [...secret].join(','),
      secret.toString('base64').replace(/=+$/, '').slice(0, -1).toLowerCase(),
    ];
    const there = bytes.includes(secret) || writings.some((writing) => text.includes(writing));
    return there ? [name] : [];
  });
}

/** Keeps a copy of each key and salt that a phone is given, at the moment it is given. */
function collectSecrets(): void {
  const keep = (info: { readonly key: Uint8Array; readonly salt: Uint8Array }): void => {
    for (const secret of [info.key, info.salt]) {
      if (secret.some((byte) => byte !== 0)) {
        const copy = Buffer.from(Uint8Array.from(secret));
        secrets.set(copy.toString('hex').slice(0, 8), copy);
      }
    }
  };
  const { openReceive, startTransmit } = MediaChannel.prototype;
  vi.spyOn(MediaChannel.prototype, 'openReceive').mockImplementation(function (
    this: MediaChannel,
    ...words
  ) {
    keep(words[1]);
    return openReceive.apply(this, words);
  });
  vi.spyOn(MediaChannel.prototype, 'startTransmit').mockImplementation(function (
    this: MediaChannel,
    ...words
  ) {
    keep(words[1]);
    startTransmit.apply(this, words);
  });
}

/** Hands bytes on, both ways, and keeps them. */
async function record(target: number): Promise<Recording> {
  const chunks: Buffer[] = [];
  const server = createServer((device) => {
    const upstream = connect(target, '127.0.0.1');
    for (const [from, to] of [
      [device, upstream],
      [upstream, device],
    ] as const) {
      from.on('data', (chunk: Buffer) => {
        chunks.push(Buffer.from(chunk));
        to.write(chunk);
      });
      from.on('error', () => {});
      from.on('close', () => to.end());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    bytes: () => Buffer.concat(chunks),
    close: () => server.close(),
  };
}
