/*
 * Goal: who is nobody learns and changes nothing, and what is no proper request costs a fault and no more.
 * Method: the routes over plain values, asked in the process; the client of others is in `test/interop/axl`.
 */
import type { FastifyInstance } from 'fastify';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeApi } from '../api-server.ts';
import { hashPassword } from '../password.ts';
import type { Account, ApiPorts, AuditEntry, Configuration } from '../ports.ts';

const PASSWORD = 'a good long password';
const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const AXL = 'http://www.cisco.com/AXL/API/14.0';
const ADD = '<x:addLocation><location><name>Attic</name></location></x:addLocation>';

let hash: string;
let accounts: Map<string, Account>;
let configuration: Configuration;
let trail: AuditEntry[];
let failures: number;
let limit: number;
let broken: Error | undefined;
let app: FastifyInstance;

beforeEach(async () => {
  hash ??= await hashPassword(PASSWORD);
  accounts = new Map([['ada', { name: 'ada', role: 'administrator', passwordHash: hash }]]);
  configuration = { locations: [{ name: 'Hub_None' }] };
  trail = [];
  failures = 0;
  limit = 10;
  broken = undefined;
  const ports: Pick<ApiPorts, 'accounts' | 'configuration' | 'limit' | 'nowMs'> = {
    accounts: {
      account: async (name: string) => accounts.get(name),
      audit: async (entry: AuditEntry) => void trail.push(entry),
    } as ApiPorts['accounts'],
    configuration: {
      read: async () => configuration,
      change: async (edit) => {
        if (broken) throw broken;
        configuration = edit(configuration);
        return [];
      },
      digest: () => ({}),
    },
    limit: {
      isOver: () => failures >= limit,
      failed: () => {
        failures += 1;
      },
    },
    nowMs: () => 1_000_000,
  };
  app = await makeApi(ports as ApiPorts);
});

describe('who is nobody', () => {
  test.each([
    ['without a word', {}],
    ['with a wrong password', { authorization: basic('ada', 'a wrong long password') }],
    ['who has the name of nobody', { authorization: basic('eve', PASSWORD) }],
    ['with a token', { authorization: 'Bearer 0123456789012345678901234567890' }],
    ['with a session of the pages', { cookie: '__Host-conclave=0123456789' }],
    ['with half a header', { authorization: 'Basic ' }],
    ['with what is no name and password', { authorization: `Basic ${btoa('ada')}` }],
  ])('%s is asked who he is, whatever he sends', async (_who, headers) => {
    for (const content of [ADD, '<x:noSuchThing/>', '<!DOCTYPE a>', '<']) {
      const answer = await ask(content, { authorization: '', ...headers });
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
      expect(answer.body).toMatch(/Give a user and a password\.|user or the password is wrong\./);
    }
    expect(configuration).toEqual({ locations: [{ name: 'Hub_None' }] });
    expect(trail.map(({ outcome, user }) => [outcome, user])).toEqual(
      Array.from({ length: 4 }, () => ['refused', '']),
    );
  });

  test('and guesses is not heard any more, even with the right password', async () => {
    limit = 1;
    expect((await ask(ADD, { authorization: basic('ada', 'guess') })).statusCode).toBe(401);
    expect((await ask(ADD)).statusCode).toBe(429);
    expect(configuration).toEqual({ locations: [{ name: 'Hub_None' }] });
  });

  test('uses no browser that is logged in elsewhere', async () => {
    const answer = await ask(ADD, { origin: 'https://evil.example', host: 'conclave.example' });
    expect([answer.statusCode, trail[0]?.outcome]).toEqual([403, 'refused']);
  });
});

test('a password that was right is known, one that was changed is not', async () => {
  const list = '<x:listLocation><searchCriteria/></x:listLocation>';
  for (const _time of [1, 2]) expect((await ask(list)).statusCode).toBe(200);
  const passwordHash = await hashPassword('another long password');
  accounts.set('ada', { name: 'ada', role: 'administrator', passwordHash });
  expect((await ask(list)).statusCode).toBe(401);
});

test.each([
  ['a document type', `<!DOCTYPE a>${envelope(ADD)}`, 'Document types'],
  ['no XML', '<', 'no XML'],
  ['nothing', '', 'no XML'],
  ['SOAP 1.2', envelope(ADD).replace(SOAP, 'http://www.w3.org/2003/05/soap-envelope'), 'SOAP 1.1'],
  ['no body', `<s:Envelope xmlns:s="${SOAP}"/>`, 'one request'],
  ['two requests', envelope(ADD + ADD), 'one request'],
  ['an old version', envelope(ADD).replace('14.0', '8.5'), 'AXL version 8.5 is not served'],
  ['no operation of ours', envelope('<x:wipePhone/>'), 'There is no operation wipePhone here.'],
  ['one that every object has', envelope('<x:constructor/>'), 'There is no operation constructor'],
  ['no object', envelope('<x:addLocation/>'), 'Invalid value for location: is missing'],
  [
    'an element that is misspelt',
    envelope(ADD.replace('</name>', '</name><decription>x</decription>')),
    'Invalid value for decription',
  ],
  [
    'another name for what is not there',
    envelope('<x:updateLocation><name>A</name><newName>B</newName></x:updateLocation>'),
    'Item not valid: The specified Location A was not found',
  ],
  ['too much', envelope(ADD.replace('Attic', 'A'.repeat(300_000))), 'too large'],
])('%s is a fault and changes nothing', async (_what, payload, message) => {
  const answer = await send(payload);
  expect(answer.statusCode).toBe(500);
  expect(answer.headers['content-type']).toContain('text/xml');
  expect(answer.body).toContain(message);
  expect(configuration).toEqual({ locations: [{ name: 'Hub_None' }] });
});

test('what is no XML by its own word is not read', async () => {
  const answer = await send(envelope(ADD), { 'content-type': 'text/plain' });
  expect([answer.statusCode, configuration.locations?.length]).toEqual([500, 1]);
});

test('a list that is too long is asked for in parts, as of CUCM', async () => {
  const locations = Array.from({ length: 2_001 }, (_each, index) => ({ name: `L${index}` }));
  configuration = { locations };
  const list = (rest: string) => ask(`<x:listLocation><searchCriteria/>${rest}</x:listLocation>`);
  expect((await list('')).body).toContain('Total rows matched: 2001 rows');
  const part = await list('<returnedTags><name/></returnedTags><skip>2000</skip><first>9</first>');
  expect(part.body.match(/<name>L\d+<\/name>/g)).toEqual(['<name>L999</name>']);
});

test('of our own mistakes nothing is told', async () => {
  broken = new Error('disk at /secret/path is full');
  const answer = await ask(ADD);
  expect(answer.statusCode).toBe(500);
  expect(answer.body).toContain('<faultcode>soapenv:Server</faultcode>');
  expect(answer.body + JSON.stringify(trail)).not.toContain('secret');
});

test('the answer is in the version that was asked, and escapes what it repeats', async () => {
  const content = ADD.replace('Attic', '&lt;A&amp;B&gt;');
  const payload = envelope(content).replace('14.0', '10.5');
  const answer = await send(payload, { soapaction: '"CUCM:DB ver=10.5 addLocation"' });
  expect(answer.body).toMatch(
    /<ns:addLocationResponse xmlns:ns="http:\/\/www\.cisco\.com\/AXL\/API\/10\.5"><return>\{[0-9A-F-]{36}\}</,
  );
  expect(configuration.locations).toContainEqual({ name: '<A&B>' });
  const list = await ask(
    '<x:listLocation><searchCriteria><name>%&amp;%</name></searchCriteria></x:listLocation>',
  );
  expect(list.body).toContain('<name>&#60;A&#38;B&#62;</name>');
});

function basic(user: string, password: string): string {
  return `Basic ${btoa(`${user}:${password}`)}`;
}

function envelope(content: string): string {
  return `<s:Envelope xmlns:s="${SOAP}" xmlns:x="${AXL}"><s:Header/><s:Body>${content}</s:Body></s:Envelope>`;
}

function ask(content: string, headers: Readonly<Record<string, string>> = {}) {
  return send(envelope(content), headers);
}

function send(payload: string, headers: Readonly<Record<string, string>> = {}) {
  const own = { 'content-type': 'text/xml', authorization: basic('ada', PASSWORD), ...headers };
  return app.inject({ method: 'POST', url: '/axl/', payload, headers: own });
}
