/*
 * Goal: what an administrator changes over HTTPS is in force at once, and what goes on is seen within a second.
 * Method: a whole call manager with a bridge and phones; its certificate is verified as any client would.
 */
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import { hashPassword } from '@conclave/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from './house.ts';

const PASSWORD = 'a good long password';

let house: House;
let ca: Buffer;

beforeAll(async () => {
  house = await House.open();
  ca = readFileSync(join(house.data, 'pki', 'ca', 'ca.pem'));
  const passwordHash = await hashPassword(PASSWORD);
  const { accounts } = house.manager.store;
  await accounts.putAccount({ name: 'ada', role: 'administrator', passwordHash });
});

afterAll(async () => await house.close());

test('a meet-me number that is added over HTTPS can be dialled, and one that breaks a rule is not kept', async () => {
  const cookie = await login();
  const number = {
    pattern: '5999',
    partition: '',
    description: 'board',
    minimumSecurityLevel: 'encrypted',
  };
  const made = await ask('POST', '/meetMeNumbers', { cookie, body: number });
  expect([made.status, made.body]).toEqual([201, number]);
  const { meetMeNumbers } = house.manager.engine.state.configuration;
  expect(meetMeNumbers).toContainEqual({ pattern: '5999', minimum: 'encrypted' });
  const bad = await ask('POST', '/meetMeNumbers', { cookie, body: { ...number, pattern: '59[' } });
  expect(bad.status).toBe(422);
  expect(JSON.stringify(bad.body)).toContain('meetMeNumbers[59[].pattern');
  expect((await ask('GET', '/meetMeNumbers/59%5B', { cookie })).status).toBe(404);
});

test('a conference is told as a stream: it begins, and why it has its level', async () => {
  await house.bridge();
  const cookie = await login();
  const events = stream(cookie);
  const phone = await house.phone('1001');
  await phone.meetMe('5999');
  const told = await events.next((text) => text.includes('"level":"encrypted"'));
  expect(told).toContain('event: conference');
  expect(told).toContain('"why"');
  await phone.hangUp();
  await events.next((text) => text.includes('event: ended'));
  events.close();
});

async function login(): Promise<string> {
  const answer = await ask('POST', '/session', { body: { user: 'ada', password: PASSWORD } });
  expect(answer.status).toBe(200);
  return String(answer.headers['set-cookie']).split(';')[0] ?? '';
}

interface Asked {
  readonly cookie?: string;
  readonly body?: object;
}

function open(method: string, path: string, { cookie, body }: Asked): Promise<IncomingMessage> {
  const headers = {
    ...(cookie && { cookie }),
    ...(body && { 'content-type': 'application/json' }),
  };
  const port = house.manager.apiPort;
  const options = { host: '127.0.0.1', port, ca, method, path: `/api/v1${path}`, headers };
  return new Promise((resolve, reject) => {
    const sent = request(options, resolve).on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}

async function ask(method: string, path: string, asked: Asked) {
  const response = await open(method, path, asked);
  let text = '';
  for await (const chunk of response) text += String(chunk);
  const { statusCode: status, headers } = response;
  return { status, headers, body: text === '' ? undefined : JSON.parse(text) };
}

/** The events of `/live`, one after the other. */
function stream(cookie: string) {
  const received: string[] = [];
  let wake = Promise.withResolvers<void>();
  const opened = open('GET', '/live', { cookie }).then((response) => {
    response.on('data', (chunk) => {
      received.push(...String(chunk).split('\n\n'));
      wake.resolve();
    });
    return response;
  });
  return {
    next: async (isWanted: (text: string) => boolean): Promise<string> => {
      await opened;
      for (;;) {
        const found = received.find(isWanted);
        if (found !== undefined) return found;
        wake = Promise.withResolvers();
        await wake.promise;
      }
    },
    close: () => void opened.then((response) => response.destroy()),
  };
}
