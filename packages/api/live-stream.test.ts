/*
 * Goal: who may no longer look on sees nothing further, and an open stream keeps nobody logged in. Method: the API on a
 * port of this machine; the stream's timers and the clock are the test's.
 */
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { makeApi } from './api-server.ts';
import { hashPassword } from './password.ts';
import type { Account, ApiPorts, Token } from './ports.ts';
import { hashOf } from './sessions.ts';

const PASSWORD = 'a good long password';
const TOKEN = 't'.repeat(24);
const OWN: Token = { id: '1', user: 'ada', label: 'wall', hash: hashOf(TOKEN), createdMs: 0 };

let app: FastifyInstance;
let url: string;
let account: Account | undefined;
let token: Token | undefined;
let nowMs: number;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  account = { name: 'ada', role: 'cti', passwordHash: await hashPassword(PASSWORD) };
  token = OWN;
  nowMs = 1_000_000;
  app = await makeApi({
    accounts: { account: async () => account, tokenOf: async () => token, audit: async () => {} },
    live: { conferences: () => [], onChange: () => () => {} },
    limit: { isOver: () => false, failed: () => {} },
    nowMs: () => nowMs,
    token: () => 's'.repeat(40),
  } as unknown as ApiPorts);
  url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api/v1`;
});

afterEach(async () => {
  vi.useRealTimers();
  app.server.closeAllConnections();
  await app.close();
});

test('it keeps nobody logged in, and ends with its session', async () => {
  const answer = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ user: 'ada', password: PASSWORD }),
  });
  const stream = await open({ cookie: answer.headers.get('set-cookie')?.split(';')[0] ?? '' });
  nowMs += 20 * 60_000;
  await vi.advanceTimersByTimeAsync(6_000);
  expect(stream.isOpen()).toBe(true);
  nowMs += 11 * 60_000;
  await stream.hasEnded();
});

const TAKE_AWAY: Readonly<Record<string, () => void>> = {
  'its token': () => {
    token = undefined;
  },
  'its user': () => {
    account = undefined;
  },
  'what its user may': () => {
    if (account) account = { ...account, role: 'no role that there is' as Account['role'] };
  },
};

test.each(Object.entries(TAKE_AWAY))('it ends with %s', async (_, takeAway) => {
  const stream = await open({ authorization: `Bearer ${TOKEN}` });
  await vi.advanceTimersByTimeAsync(6_000);
  expect(stream.isOpen()).toBe(true);
  takeAway();
  await stream.hasEnded();
});

async function open(headers: Record<string, string>) {
  const { status, body } = await fetch(`${url}/live`, { headers });
  expect(status).toBe(200);
  let isOpen = true;
  const ended = drain(body).finally(() => {
    isOpen = false;
  });
  return {
    isOpen: () => isOpen,
    hasEnded: async () => {
      await vi.advanceTimersByTimeAsync(6_000);
      await ended;
    },
  };
}

/** Until it ends or is cut. */
async function drain(body: ReadableStream | null): Promise<void> {
  const reader = body?.getReader();
  const next = async () => await reader?.read().catch(() => undefined);
  for (let got = await next(); got && !got.done; got = await next());
}
