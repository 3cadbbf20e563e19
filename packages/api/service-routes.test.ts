/*
 * Goal: services are acted on by who may change the configuration, after the answer is out, and never so that nobody
 * could reach them any more. Method: the API over a supervisor of words, asked in the process with tokens.
 */
import { expect, test } from 'vitest';
import { makeApi } from './api-server.ts';
import type { Account, ApiPorts } from './ports.ts';
import type { Role } from './roles.ts';
import { hashOf } from './sessions.ts';

test('Control Centre: a service is started, stopped, restarted by an administrator, and it is on record', async () => {
  const done: string[] = [];
  const act = async (role: Role, path: string) => {
    const app = await makeApi(ports(done));
    const headers = { authorization: `Bearer ${tokenOf(role)}` };
    const url = `/api/v1/services/${path}`;
    return (await app.inject({ method: 'POST', url, headers })).statusCode;
  };
  expect(await act('read-only', 'CFB-1/stop')).toBe(403);
  expect(await act('administrator', 'CFB-2/stop')).toBe(404);
  expect(await act('administrator', 'CFB-1/explode')).toBe(400);
  expect(await act('administrator', 'call manager/stop')).toBe(422);
  expect(done.filter((each) => !each.startsWith('audit'))).toEqual([]);
  done.length = 0;
  expect(await act('administrator', 'CFB-1/stop')).toBe(202);
  expect(await act('administrator', 'call%20manager/restart')).toBe(202);
  // What restarts the call manager comes after the entry: afterwards nobody could write it.
  expect(done).toEqual(['audit', 'stop CFB-1', 'audit', 'restart call manager']);
});

function tokenOf(role: Role): string {
  return `token-of-the-${role}-and-more`;
}

function ports(done: string[]): ApiPorts {
  const roles: readonly Role[] = ['administrator', 'read-only'];
  return {
    nowMs: () => 0,
    accounts: {
      account: async (name: string): Promise<Account> => ({
        name,
        role: name as Role,
        passwordHash: '',
      }),
      tokenOf: async (hash: string) => {
        const user = roles.find((role) => hashOf(tokenOf(role)) === hash);
        return user && { id: user, user, label: '', hash, createdMs: 0 };
      },
      audit: async () => void done.push('audit'),
    },
    services: {
      list: () => [
        { name: 'call manager', kind: 'call-manager', state: 'running', sinceMs: 0 },
        { name: 'CFB-1', kind: 'bridge', state: 'running', sinceMs: 0 },
      ],
      act: (name: string, action: string) => void done.push(`${action} ${name}`),
    },
  } as object as ApiPorts;
}
