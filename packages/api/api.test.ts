/*
 * Goal: nobody does more than his role, nothing is half done, and every refusal names the field and the rule.
 * Method: the whole API over a store of plain maps, asked in the process; the OpenAPI document says which
 * routes there are.
 */
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, test } from 'vitest';
import { CERTIFICATE, CERTIFICATES, CONFERENCE, METRICS } from './api-samples.ts';
import { makeApi } from './api-server.ts';
import type { LiveConference } from './live-ports.ts';
import { openApiText } from './openapi-text.ts';
import { hashPassword } from './password.ts';
import type { Account, ApiPorts, AuditEntry, Configuration, Fault, Token } from './ports.ts';
import { ROLES, type Role } from './roles.ts';

const PASSWORD = 'a good long password';
const POOL = { name: 'Default' };
const NUMBER = {
  pattern: '5000',
  partition: '',
  description: '',
  minimumSecurityLevel: 'encrypted',
};

let hash: string;
let app: FastifyInstance;
let trail: AuditEntry[];
let configuration: Configuration;
let faults: readonly Fault[];
let failures: number;
let conferences: LiveConference[];
let locks: boolean[];
let asked: object[];
let nowMs: number;

beforeEach(async () => {
  hash ??= await hashPassword(PASSWORD);
  const accounts = new Map<string, Account>(
    ROLES.map((role) => [role, { name: role, role, passwordHash: hash }]),
  );
  const tokens = new Map<string, Token>();
  trail = [];
  configuration = { devicePools: [POOL], meetMeNumbers: [] };
  faults = [];
  failures = 0;
  conferences = [CONFERENCE];
  locks = [];
  asked = [];
  nowMs = 1_000_000;
  let count = 0;
  const ports: ApiPorts = {
    accounts: {
      account: async (name) => accounts.get(name),
      accounts: async () => [...accounts.values()],
      putAccount: async (account) => void accounts.set(account.name, account),
      removeAccount: async (name) => accounts.delete(name),
      tokenOf: async (wanted) => [...tokens.values()].find((each) => each.hash === wanted),
      tokens: async (user) => [...tokens.values()].filter((each) => each.user === user),
      putToken: async (token) => void tokens.set(token.id, token),
      removeToken: async (user, id) => tokens.get(id)?.user === user && tokens.delete(id),
      audit: async (entry) => void trail.push(entry),
      auditTrail: async () => trail.toReversed(),
    },
    configuration: {
      read: async () => configuration,
      change: async (edit) => {
        const next = edit(configuration);
        if (faults.length === 0) configuration = next;
        return faults;
      },
      digest: (user, password) => ({ user, md5: `hash of ${password}` }),
    },
    // Asked in `device-routes.test.ts`.
    captures: {
      running: () => [],
      start: (device) => (device === 'SEPX' ? 'It is not there.' : undefined),
      stop: async (device) => device === 'SEPA',
      files: async () => [{ file: '01-02-2026.pkt', sizeBytes: 7 }],
      packets: async (file) => (file === '01-02-2026.pkt' ? Uint8Array.of(1, 2) : undefined),
      keys: async () => undefined,
    },
    devices: { waiting: () => [], act: () => {} },
    // Asked in `system-routes.test.ts`.
    system: {} as ApiPorts['system'],
    certificates: CERTIFICATES,
    setup: { steps: async () => [] },
    services: { list: () => [], act: () => {} },
    whatIf: { try: async () => ({ type: 'tried', steps: [] }) },
    records: {
      search: async (kind, filter, page) => {
        asked.push({ kind, filter, page });
        return { records: [{ callSecuredStatus: 2, comment: 'x' }], next: '7:3' };
      },
      async *export(kind, _filter, format) {
        yield `${kind} as ${format}`;
      },
      timelines: async () => [{ file: 'a.timeline', levels: ['encrypted'], signedBy: 'us' }],
      timeline: async (file) => (file === 'a.timeline' ? 'chain' : undefined),
    },
    live: {
      report: () => ({ devices: [], calls: [], refusals: [] }),
      conferences: () => conferences,
      remedies: (id) => (id === 7 ? { keeping: { changes: ['Wait.'] } } : undefined),
      mute: (conference, leg) => conference === 7 && leg === 3,
      lock: (conference, locked) => {
        locks.push(locked);
        return conference === 7;
      },
      alarms: () => [],
      eject: (conference, leg) => conference === 7 && leg === 3,
      onChange: () => () => {},
    },
    limit: { isOver: () => failures >= 3, failed: () => void failures++ },
    nowMs: () => nowMs,
    token: () => `token${String(++count).padStart(30, '0')}`,
    isReady: () => true,
    metrics: () => METRICS,
  };
  app = await makeApi(ports);
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
  const url = `/api/v1${path}`;
  return await app.inject({
    method,
    url,
    headers: { cookie, ...headers },
    ...(payload && { payload }),
  });
}

test('docs/reference/openapi.json is what the schemas say; if not, write-openapi.ts makes it so', async () => {
  const file = new URL('../../docs/reference/openapi.json', import.meta.url);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(JSON.parse(await openApiText()));
});

describe('who may', () => {
  test('every route of the document refuses whoever has not logged in, but the log-in itself', async () => {
    const { paths = {} } = (await ask('auditor', 'GET', '/openapi.json')).json();
    const routes = Object.entries<Record<string, object>>(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => [method.toUpperCase(), path] as const),
    );
    expect(routes.length).toBeGreaterThan(60);
    for (const [method, path] of routes) {
      const url = path.replaceAll(/\{\w+\}/g, '1');
      const { statusCode } = await app.inject({ method: method as 'GET', url, payload: {} });
      const isLogin = method === 'POST' && path === '/api/v1/session';
      expect([method, path, statusCode]).toEqual([method, path, isLogin ? 400 : 401]);
    }
  });

  test('what does not exist is not told from what does, before the log-in', async () => {
    const { statusCode } = await app.inject({ url: '/api/v1/phones/SEP1' });
    expect(statusCode).toBe((await app.inject({ url: '/api/v1/nothing' })).statusCode);
    expect((await ask('read-only', 'GET', '/meetMeNumbers/1')).statusCode).toBe(404);
  });

  test.each([
    ['administrator', 'POST', '/meetMeNumbers', 201],
    ['read-only', 'POST', '/meetMeNumbers', 403],
    ['auditor', 'POST', '/meetMeNumbers', 403],
    ['packet-sniffer', 'GET', '/phones', 403],
    ['packet-sniffer', 'GET', '/captureFiles', 200],
    ['packet-sniffer', 'GET', '/captureFiles/01-02-2026.pkt', 200],
    ['packet-sniffer', 'DELETE', '/captures/SEPA', 403],
    ['administrator', 'DELETE', '/captures/SEPA', 204],
    ['administrator', 'DELETE', '/captures/SEPB', 404],
    ['administrator', 'GET', '/captureFiles', 403],
    ['administrator', 'GET', '/captureFiles/01-02-2026.pkt', 403],
    ['administrator', 'GET', '/captureFiles/01-02-2026.pkt/keys', 403],
    ['auditor', 'GET', '/captureFiles/01-02-2026.pkt/keys', 403],
    ['cti', 'GET', '/conferences', 200],
    ['read-only', 'GET', '/users', 403],
    ['administrator', 'GET', '/users', 200],
    ['administrator', 'GET', '/audit', 403],
    ['auditor', 'GET', '/audit', 200],
    ['read-only', 'POST', '/conferences/7/eject', 403],
  ] as const)('%s: %s %s is %s', async (role, method, path, status) => {
    const payload = path.startsWith('/conf') ? { leg: 3 } : NUMBER;
    const options = method === 'POST' ? { payload } : {};
    expect((await ask(role, method, path, options)).statusCode).toBe(status);
  });

  test('a session ends by itself, by log-out, and when its user changes', async () => {
    const cookie = String((await login('administrator')).headers['set-cookie']).split(';')[0] ?? '';
    const own = async (others: Record<string, string> = {}) =>
      (await app.inject({ url: '/api/v1/session', headers: { cookie, ...others } })).statusCode;
    expect(await own()).toBe(200);
    nowMs += 20 * 60_000;
    // A page that is open and asks by itself is nobody's presence.
    expect(await own({ 'x-conclave-by-itself': '1' })).toBe(200);
    nowMs += 11 * 60_000;
    expect(await own()).toBe(401);
  });

  test('the cookie is for our pages only, and a page of another site changes nothing', async () => {
    const set = String((await login('administrator')).headers['set-cookie']);
    expect(set).toMatch(/^__Host-.*Secure; HttpOnly; SameSite=Strict$/);
    const headers = { origin: 'https://evil.example', host: 'pbx.example' };
    const payload = NUMBER;
    const { statusCode } = await ask('administrator', 'POST', '/meetMeNumbers', {
      payload,
      headers,
    });
    expect(statusCode).toBe(403);
    expect(configuration.meetMeNumbers).toEqual([]);
  });

  test('a token does what its owner may, until it is taken back', async () => {
    const made = (await ask('read-only', 'POST', '/tokens', { payload: { label: 'wall' } })).json();
    const headers = { authorization: `Bearer ${made.token}` };
    const live = async () => (await app.inject({ url: '/api/v1/conferences', headers })).statusCode;
    expect(await live()).toBe(200);
    expect((await app.inject({ url: '/api/v1/users', headers })).statusCode).toBe(403);
    expect((await ask('auditor', 'DELETE', `/tokens/${made.id}`)).statusCode).toBe(404);
    expect((await ask('read-only', 'DELETE', `/tokens/${made.id}`)).statusCode).toBe(204);
    expect(await live()).toBe(401);
  });
});

describe('objects', () => {
  test('are added, read, changed by who has seen them, and removed', async () => {
    const payload = NUMBER;
    const made = await ask('administrator', 'POST', '/meetMeNumbers', { payload });
    expect([made.statusCode, made.json()]).toEqual([201, NUMBER]);
    const again = await ask('administrator', 'POST', '/meetMeNumbers', { payload });
    expect(again.statusCode).toBe(409);
    const etag = String((await ask('read-only', 'GET', '/meetMeNumbers/5000')).headers.etag);
    const changed = { ...NUMBER, description: 'board' };
    const put = async (headers: Record<string, string>) =>
      (await ask('administrator', 'PUT', '/meetMeNumbers/5000', { payload: changed, headers }))
        .statusCode;
    expect(await put({})).toBe(428);
    // The database gives an object's fields in an order of its own: that is no other version.
    const [stored] = configuration.meetMeNumbers ?? [];
    const turned = Object.fromEntries(Object.entries(stored ?? {}).reverse());
    configuration = { ...configuration, meetMeNumbers: [turned] };
    expect(await put({ 'if-match': etag })).toBe(200);
    // Somebody else has the old version on his screen.
    expect(await put({ 'if-match': etag })).toBe(412);
    const fresh = String((await ask('read-only', 'GET', '/meetMeNumbers/5000')).headers.etag);
    const gone = await ask('administrator', 'DELETE', '/meetMeNumbers/5000', {
      headers: { 'if-match': fresh },
    });
    expect(gone.statusCode).toBe(204);
    expect(configuration.meetMeNumbers).toEqual([]);
  });

  test.each([
    [{ ...NUMBER, minimumSecurityLevel: 'top' }, 'minimumSecurityLevel'],
    [{ ...NUMBER, colour: 'red' }, 'colour'],
    [{ partition: '', description: '', minimumSecurityLevel: 'encrypted' }, 'pattern'],
    [{ ...NUMBER, pattern: 5000 }, 'pattern'],
  ])('a wrong shape names the field: %o', async (payload, field) => {
    const answer = await ask('administrator', 'POST', '/meetMeNumbers', { payload });
    expect(answer.statusCode).toBe(400);
    expect(answer.json().faults.map((each: Fault) => each.field)).toContain(field);
  });

  test('a broken rule names field and rule, and nothing is stored', async () => {
    faults = [{ field: 'meetMeNumbers[5000].pattern', rule: 'overlaps 50XX (MML-03)' }];
    const answer = await ask('administrator', 'POST', '/meetMeNumbers', { payload: NUMBER });
    expect([answer.statusCode, answer.json().faults]).toEqual([422, faults]);
    expect(configuration.meetMeNumbers).toEqual([]);
  });

  test('too large and malformed bodies are refused', async () => {
    const cookie = String((await login('administrator')).headers['set-cookie']).split(';')[0] ?? '';
    const headers = { cookie, 'content-type': 'application/json' };
    const url = '/api/v1/meetMeNumbers';
    const send = async (payload: string) =>
      (await app.inject({ method: 'POST', url, headers, payload })).statusCode;
    expect(await send('{'.repeat(300_000))).toBe(413);
    expect(await send('{"pattern":')).toBe(400);
  });

  test('a password goes in and nothing of it comes out', async () => {
    const trunk = {
      ...{ name: 'PARIS', description: '', devicePool: 'Default', location: 'Hub_None' },
      ...{ destinations: [{ host: 'paris.example' }], transport: 'TLS', srtpAllowed: true },
      ...{ trustSecurityStatus: false, onNet: false },
      digest: { user: 'us', password: 'secret' },
    };
    const made = await ask('administrator', 'POST', '/sipTrunks', { payload: trunk });
    expect(made.json().digest).toEqual({ user: 'us' });
    expect(JSON.stringify(configuration.sipTrunks)).toContain('hash of secret');
    const { digest: _out, ...rest } = trunk;
    const headers = { 'if-match': String(made.headers.etag) };
    const payload = { ...rest, onNet: true, digest: { user: 'us' } };
    const kept = await ask('administrator', 'PUT', '/sipTrunks/PARIS', { payload, headers });
    expect(kept.statusCode).toBe(200);
    expect(JSON.stringify(configuration.sipTrunks)).toContain('hash of secret');
    expect(JSON.stringify(trail)).not.toContain('secret');
  });
});

describe('what is kept and told', () => {
  test('every change, and every refusal of one, with who and from where', async () => {
    await ask('administrator', 'POST', '/meetMeNumbers', { payload: NUMBER });
    await ask('read-only', 'POST', '/meetMeNumbers', { payload: NUMBER });
    const entries = trail.filter(({ action }) => action.includes('meetMeNumbers'));
    expect(entries.map(({ user, outcome }) => [user, outcome])).toEqual([
      ['administrator', 'done'],
      ['read-only', 'refused'],
    ]);
    expect(entries[0]?.detail).toContain('5000');
  });

  test('figures for Prometheus, health and readiness', async () => {
    expect((await app.inject({ url: '/health' })).json()).toEqual({ status: 'up' });
    expect((await app.inject({ url: '/ready' })).statusCode).toBe(200);
    expect((await app.inject({ url: '/metrics' })).statusCode).toBe(401);
    const made = (await ask('read-only', 'POST', '/tokens', { payload: { label: 'p' } })).json();
    const headers = { authorization: `Bearer ${made.token}` };
    const { body } = await app.inject({ url: '/metrics', headers });
    expect(body.split('\n')).toEqual([
      '# HELP conclave_conferences Conferences by level',
      '# TYPE conclave_conferences gauge',
      'conclave_conferences{level="encrypted"} 1',
      'conclave_conferences{level="say \\"\\\\\\n\\""} 2',
      '',
    ]);
  });

  test('a party is taken out by who may', async () => {
    const payload = { leg: 3 };
    expect((await ask('cti', 'POST', '/conferences/7/eject', { payload })).statusCode).toBe(204);
    expect((await ask('cti', 'POST', '/conferences/8/eject', { payload })).statusCode).toBe(404);
  });

  test('a conference is told whole, with the proof of its level to the last limit', async () => {
    expect((await ask('read-only', 'GET', '/conferences/7')).json()).toEqual(CONFERENCE);
    expect((await ask('read-only', 'GET', '/conferences')).json()).toEqual([CONFERENCE]);
    expect((await ask('read-only', 'GET', '/conferences/9')).statusCode).toBe(404);
    const remedies = await ask('read-only', 'GET', '/conferences/7/remedies');
    expect(remedies.json()).toEqual({ keeping: { changes: ['Wait.'] } });
    expect((await ask('read-only', 'GET', '/conferences/9/remedies')).statusCode).toBe(404);
  });

  test('certificates are listed, fetched and changed by who may, with a fault for what is wrong', async () => {
    expect((await ask('auditor', 'GET', '/certificates')).json()).toEqual([CERTIFICATE]);
    expect((await ask('auditor', 'GET', '/certificates/CFB-1')).body).toBe('PEM');
    expect((await ask('administrator', 'GET', '/certificates/CFB-1/request')).body).toBe('CSR');
    const status = async (
      method: 'GET' | 'POST' | 'PUT' | 'DELETE',
      path: string,
      payload?: object,
    ) => (await ask('administrator', method, path, { ...(payload && { payload }) })).statusCode;
    expect(await status('POST', '/certificates/CFB-1/reissue')).toBe(204);
    expect(await status('POST', '/certificates/CFB-2/reissue')).toBe(404);
    expect(await status('PUT', '/certificates/CFB-1', { certificate: 'good' })).toBe(204);
    expect(await status('PUT', '/certificates/CFB-1', { certificate: 'bad' })).toBe(422);
    expect(await status('PUT', '/certificates/CFB-2', { certificate: 'good' })).toBe(404);
    expect(await status('POST', '/trust', { name: 'a', certificate: 'good' })).toBe(204);
    expect(await status('POST', '/trust', { name: '../a', certificate: 'good' })).toBe(400);
    expect(await status('DELETE', '/trust/a.pem')).toBe(204);
    expect(await status('DELETE', '/trust/..%2Fa.pem')).toBe(400);
    const payload = { name: 'a', certificate: 'old' };
    const refused = await ask('administrator', 'POST', '/trust', { payload });
    expect(refused.json().faults).toEqual([{ field: 'validity', rule: 'ended' }]);
    expect((await ask('auditor', 'POST', '/certificates/CFB-1/reissue')).statusCode).toBe(403);
  });

  test('records are searched, exported and downloaded by who may read them, and by nobody else', async () => {
    const query = '/records/calls?level=2&conferenceLevel=1&number=10&from=5&most=20&after=9:1';
    const answer = await ask('auditor', 'GET', query);
    expect(answer.json()).toEqual({
      records: [{ callSecuredStatus: 2, comment: 'x' }],
      next: '7:3',
    });
    expect(asked).toEqual([
      {
        kind: 'calls',
        filter: { level: 2, conferenceLevel: 1, number: '10', fromMs: 5 },
        page: { most: 20, after: '9:1' },
      },
    ]);
    const file = await ask('administrator', 'GET', '/records/quality/export?format=csv');
    expect([file.body, file.headers['content-disposition']]).toEqual([
      'quality as csv',
      'attachment; filename="quality.csv"',
    ]);
    expect((await ask('auditor', 'GET', '/records/timelines')).json()).toEqual([
      { file: 'a.timeline', levels: ['encrypted'], signedBy: 'us' },
    ]);
    expect((await ask('auditor', 'GET', '/records/timelines/a.timeline')).body).toBe('chain');
    expect((await ask('auditor', 'GET', '/records/timelines/b.timeline')).statusCode).toBe(404);
    for (const path of ['/records/calls', '/records/calls/export', '/records/timelines']) {
      expect([path, (await ask('read-only', 'GET', path)).statusCode]).toEqual([path, 403]);
    }
  });

  test.each([
    'level=3',
    'from=yesterday',
    'most=501',
    'most=0',
    'after=../x',
    'sql=1',
    'format=exe',
  ])('a question that makes no sense is refused: %s', async (question) => {
    const path = question.startsWith('format') ? '/records/calls/export' : '/records/calls';
    expect((await ask('auditor', 'GET', `${path}?${question}`)).statusCode).toBe(400);
  });

  test('who may control mutes and locks; nobody else does', async () => {
    const mute = { payload: { leg: 3, muted: true } };
    const lock = { payload: { locked: true } };
    expect((await ask('cti', 'POST', '/conferences/7/mute', mute)).statusCode).toBe(204);
    expect(
      (await ask('cti', 'POST', '/conferences/7/mute', { payload: { leg: 3 } })).statusCode,
    ).toBe(400);
    expect((await ask('cti', 'POST', '/conferences/7/lock', lock)).statusCode).toBe(204);
    for (const path of ['/conferences/7/mute', '/conferences/7/lock', '/conferences/7/eject']) {
      expect(
        (await ask('auditor', 'POST', path, path.endsWith('mute') ? mute : lock)).statusCode,
      ).toBe(403);
    }
    expect(locks).toEqual([true]);
  });
});
