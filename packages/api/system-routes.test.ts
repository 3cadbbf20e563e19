/*
 * Goal: what holds for the whole cluster is changed by who has seen it and may, wholly or not at all.
 * Method: the API over two plain values, asked in the process with tokens.
 */
import { beforeEach, expect, test } from 'vitest';
import { makeApi } from './api-server.ts';
import type { Account, ApiPorts, AuditEntry, Fault } from './ports.ts';
import type { Role } from './roles.ts';
import { hashOf } from './sessions.ts';
import type { Cluster, ParameterValues, SystemPort } from './system-ports.ts';

const PRESETS = { 'Party Entrance Tone': 'False', 'Maximum Ad Hoc Conference': '4' };

let values: ParameterValues;
let cluster: Cluster;
let faults: readonly Fault[];
let trail: AuditEntry[];

beforeEach(() => {
  values = {};
  cluster = { id: 'London', securityMode: 'nonsecure' };
  faults = [];
  trail = [];
});

test('parameters have their service, default, help, range and whether they are in force', async () => {
  const [first] = (await ask('read-only', 'GET', '/parameters')).json();
  expect(first).toEqual({
    name: 'Party Entrance Tone',
    service: 'Cisco CallManager',
    value: 'False',
    default: 'False',
    help: 'A tone.',
    range: 'True, False',
    choices: ['True', 'False'],
    inForce: true,
  });
});

test('several parameters are set together, by who has seen them as they are', async () => {
  const { headers } = await ask('administrator', 'GET', '/parameters');
  const version = String(headers.etag);
  const body = { 'Party Entrance Tone': 'True' };
  const put = async (role: Role, seen?: string) =>
    (await ask(role, 'PUT', '/parameters', { body, ...(seen && { version: seen }) })).statusCode;
  expect(await put('read-only', version)).toBe(403);
  expect(await put('administrator')).toBe(428);
  expect(values).toEqual({});
  expect(await put('administrator', version)).toBe(200);
  expect(values).toEqual(body);
  expect(await put('administrator', version)).toBe(412);
  expect(trail.at(-2)).toMatchObject({ action: 'PUT /api/v1/parameters', outcome: 'done' });
});

test('one parameter is set, and set back to its default; one that is unknown is named', async () => {
  const set = (name: string, body: object) =>
    ask('administrator', 'PUT', `/parameters/${encodeURIComponent(name)}`, { body });
  expect((await set('Party Entrance Tone', { value: 'True' })).json().value).toBe('True');
  expect((await set('Party Entrance Tone', {})).json().value).toBe('False');
  expect((await set('Colour', { value: 'red' })).statusCode).toBe(404);
  faults = [{ field: 'serviceParameters[Party Entrance Tone]', rule: 'must be True or False' }];
  const refused = await set('Party Entrance Tone', { value: 'x' });
  expect([refused.statusCode, refused.json().faults]).toEqual([422, faults]);
});

test('the cluster is put into mixed mode by who has seen it as it is', async () => {
  const version = String((await ask('administrator', 'GET', '/cluster')).headers.etag);
  const body = { id: 'London', securityMode: 'mixed' };
  const done = await ask('administrator', 'PUT', '/cluster', { body, version });
  expect([done.statusCode, cluster.securityMode]).toEqual([200, 'mixed']);
  expect((await ask('administrator', 'PUT', '/cluster', { body, version })).statusCode).toBe(412);
  const wrong = { ...body, securityMode: 'secret' };
  const answer = await ask('administrator', 'PUT', '/cluster', { body: wrong, version });
  expect([answer.statusCode, answer.json().faults[0].field]).toEqual([400, 'securityMode']);
});

test('advice is given to who may read the configuration', async () => {
  expect((await ask('auditor', 'GET', '/warnings')).json()).toEqual([
    { field: 'cluster.securityMode', rule: 'is nonsecure' },
  ]);
  expect((await ask('cti', 'GET', '/warnings')).statusCode).toBe(403);
});

async function ask(
  role: Role,
  method: 'GET' | 'PUT',
  path: string,
  { body, version }: { body?: object; version?: string } = {},
) {
  const app = await makeApi(ports());
  return await app.inject({
    method,
    url: `/api/v1${path}`,
    headers: {
      authorization: `Bearer ${tokenOf(role)}`,
      ...(version !== undefined && { 'if-match': version }),
    },
    ...(body && { payload: body }),
  });
}

function tokenOf(role: Role): string {
  return `token-of-the-${role}-and-more`;
}

function ports(): ApiPorts {
  const roles: readonly Role[] = ['administrator', 'read-only', 'auditor', 'cti'];
  const changed = <T>(edit: (before: T) => T, before: T, keep: (after: T) => void) => {
    const after = edit(before);
    if (faults.length === 0) keep(after);
    return faults;
  };
  const system: SystemPort = {
    parameters: async () =>
      Object.entries(PRESETS).map(([name, preset]) => ({
        name,
        service: 'Cisco CallManager',
        value: values[name] ?? preset,
        default: preset,
        help: 'A tone.',
        range: 'True, False',
        choices: ['True', 'False'],
        inForce: true,
      })),
    changeParameters: async (edit) =>
      changed(edit, values, (after) => {
        values = after;
      }),
    cluster: async () => cluster,
    changeCluster: async (edit) =>
      changed(edit, cluster, (after) => {
        cluster = after;
      }),
    warnings: async () => [{ field: 'cluster.securityMode', rule: 'is nonsecure' }],
  };
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
      audit: async (entry: AuditEntry) => void trail.push(entry),
    },
    system,
  } as object as ApiPorts;
}
