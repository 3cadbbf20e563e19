/*
 * Goal: devices are sent away by who may change the configuration, and only those that are configured. Method: the API
 * over one bridge, asked in the process with tokens.
 */
import { expect, test } from 'vitest';
import { makeApi } from './api-server.ts';
import type { Account, ApiPorts } from './ports.ts';
import type { Role } from './roles.ts';
import { hashOf } from './sessions.ts';

test('ADM-08: a configured device is reset, restarted, or takes over what is saved; no other', async () => {
  const acted: string[] = [];
  const act = async (role: Role, path: string) => {
    const app = await makeApi(ports(acted));
    const headers = { authorization: `Bearer ${tokenOf(role)}` };
    return (await app.inject({ method: 'POST', url: `/api/v1/devices/${path}`, headers }))
      .statusCode;
  };
  expect(await act('read-only', 'CFB-1/reset')).toBe(403);
  expect(await act('administrator', 'CFB-2/reset')).toBe(404);
  expect(await act('administrator', 'CFB-1/explode')).toBe(400);
  expect(acted).toEqual([]);
  for (const action of ['reset', 'restart', 'apply']) {
    expect(await act('administrator', `CFB-1/${action}`)).toBe(204);
  }
  expect(acted).toEqual(['reset CFB-1', 'restart CFB-1', 'apply CFB-1']);
});

function tokenOf(role: Role): string {
  return `token-of-the-${role}-and-more`;
}

function ports(acted: string[]): ApiPorts {
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
      audit: async () => {},
    },
    configuration: { read: async () => ({ bridges: [{ name: 'CFB-1' }] }) },
    devices: {
      act: (name: string, action: string) => void acted.push(`${action} ${name}`),
    },
  } as object as ApiPorts;
}
