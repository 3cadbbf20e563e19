/*
 * Goal: who may log in is changed by one after the other, somebody is always left who can let others in, and no
 * password is told. Method: the API over a map of accounts, asked in the process.
 */
import type { FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeApi } from './api-server.ts';
import { hashPassword, isPassword } from './password.ts';
import type { Account, ApiPorts, AuditEntry } from './ports.ts';
import { ROLES, type Role } from './roles.ts';

const PASSWORD = 'a good long password';

let hash: string;
let app: FastifyInstance;
let trail: AuditEntry[];
let failures: number;

beforeEach(async () => {
  hash ??= await hashPassword(PASSWORD);
  const all = new Map<string, Account>(
    ROLES.map((role) => [role, { name: role, role, passwordHash: hash }]),
  );
  trail = [];
  failures = 0;
  let count = 0;
  const accounts: Partial<ApiPorts['accounts']> = {
    account: async (name) => all.get(name),
    accounts: async () => [...all.values()],
    putAccount: async (account) => void all.set(account.name, account),
    removeAccount: async (name) => all.delete(name),
    audit: async (entry) => void trail.push(entry),
  };
  const ports: Partial<ApiPorts> = {
    accounts: accounts as ApiPorts['accounts'],
    limit: { isOver: () => failures >= 3, failed: () => void failures++ },
    nowMs: () => 1_000_000,
    token: () => `token${String(++count).padStart(30, '0')}`,
  };
  app = await makeApi(ports as ApiPorts);
});

describe('the door', () => {
  test('a wrong password and an unknown user look alike, and both are counted', async () => {
    const wrong = await login('administrator', 'something else');
    const unknown = await login('nobody', 'something else');
    expect([wrong.statusCode, wrong.body]).toEqual([unknown.statusCode, unknown.body]);
    await login('nobody', 'x');
    const { statusCode } = await login('administrator');
    expect(statusCode).toBe(429);
  });

  test('passwords are kept as scrypt, and none is the other', async () => {
    const other = await hashPassword(PASSWORD);
    expect(other).toMatch(/^scrypt\$32768\$8\$1\$/);
    expect(other).not.toBe(await hashPassword(PASSWORD));
    expect(await isPassword(PASSWORD, other)).toBe(true);
    expect(await isPassword('something else', other)).toBe(false);
    expect(await isPassword(PASSWORD, undefined)).toBe(false);
  });

  test('the last administrator can neither be removed nor lowered', async () => {
    const removed = await ask('administrator', 'DELETE', '/users/administrator');
    expect(removed.statusCode).toBe(422);
    const payload = { role: 'read-only' };
    const lowered = await ask('administrator', 'PUT', '/users/administrator', { payload });
    expect(lowered.statusCode).toBe(422);
  });
});

describe('users', () => {
  test('two administrators who remove each other at once: one stays', async () => {
    const payload = { name: 'grace', role: 'administrator', password: PASSWORD };
    await ask('administrator', 'POST', '/users', { payload });
    const answers = await Promise.all([
      ask('administrator', 'DELETE', '/users/administrator'),
      ask('administrator', 'DELETE', '/users/grace'),
    ]);
    expect(answers.filter(({ statusCode }) => statusCode === 204)).toHaveLength(1);
  });

  test('one’s own password is changed by who knows it; other sessions end, this one goes on', async () => {
    const cookieOf = (answer: { headers: Record<string, unknown> }) =>
      String(answer.headers['set-cookie']).split(';')[0] ?? '';
    const other = cookieOf(await login('cti'));
    const change = async (password: string, newPassword: string) =>
      await ask('cti', 'PUT', '/session/password', { payload: { password, newPassword } });
    const wrong = await change('not this one', 'another long password');
    expect([wrong.statusCode, wrong.json().faults[0].field]).toEqual([422, 'password']);
    expect(failures).toBe(1);
    expect((await change(PASSWORD, 'short')).statusCode).toBe(400);
    const changed = await change(PASSWORD, 'another long password');
    expect(changed.statusCode).toBe(204);
    const session = async (cookie: string) =>
      (await app.inject({ url: '/api/v1/session', headers: { cookie } })).statusCode;
    expect(await session(other)).toBe(401);
    expect(await session(cookieOf(changed))).toBe(200);
    expect((await login('cti')).statusCode).toBe(401);
    expect((await login('cti', 'another long password')).statusCode).toBe(200);
    expect(JSON.stringify(trail)).not.toContain('long password');
  });

  test('a user who has been changed meanwhile is not changed by who has not seen it', async () => {
    const version = String((await ask('administrator', 'GET', '/users/cti')).headers.etag);
    const put = async (role: Role) =>
      (
        await ask('administrator', 'PUT', '/users/cti', {
          payload: { role },
          headers: { 'if-match': version },
        })
      ).statusCode;
    expect(await put('read-only')).toBe(200);
    expect(await put('auditor')).toBe(412);
    expect((await ask('administrator', 'GET', '/users/cti')).json().role).toBe('read-only');
  });
});

async function login(user: string, password = PASSWORD) {
  return await app.inject({ method: 'POST', url: '/api/v1/session', payload: { user, password } });
}

async function ask(
  role: Role,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  { payload, headers = {} }: { payload?: object; headers?: Record<string, string> } = {},
) {
  const cookie = String((await login(role)).headers['set-cookie']).split(';')[0] ?? '';
  return await app.inject({
    method,
    url: `/api/v1${path}`,
    headers: { cookie, ...headers },
    ...(payload && { payload }),
  });
}
