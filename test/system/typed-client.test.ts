/*
 * Goal: the typed client does over HTTPS what its types say, and says what was refused. Method: a whole call
 * manager, whose certificate is verified.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { ConclaveClient, type MeetMeNumber, RequestFault } from '@conclave/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { House } from './house.ts';

const TOKEN = 'a-token-of-forty-letters-that-nobody-knows';

let house: House;
let client: ConclaveClient;

beforeAll(async () => {
  house = await House.open();
  const { accounts } = house.manager.store;
  await accounts.putAccount({ name: 'ada', role: 'administrator', passwordHash: '' });
  const hash = createHash('sha256').update(TOKEN).digest('hex');
  await accounts.putToken({ id: '1', user: 'ada', label: 'test', hash, createdMs: 0 });
  client = clientWith(TOKEN);
});

afterAll(async () => await house.close());

const NUMBER: MeetMeNumber = {
  pattern: '59[0-5]0',
  partition: 'Board rooms',
  description: 'by the client',
  minimumSecurityLevel: 'encrypted',
};

test('an object is added, found, changed with its version and removed', async () => {
  expect((await client.ask('POST /meetMeNumbers', { body: NUMBER })).result).toEqual(NUMBER);
  const path = { key: '59[0-5]0/Board rooms' };
  const { result, version } = await client.ask('GET /meetMeNumbers/{key}', { path });
  const body = { ...result, minimumSecurityLevel: 'authenticated' } as const;
  await client.ask('PUT /meetMeNumbers/{key}', { path, body, version });
  const stale = client.ask('PUT /meetMeNumbers/{key}', { path, body: result, version });
  await expect(stale).rejects.toMatchObject({ status: 412, code: 'changed' });
  const found = await client.ask('GET /meetMeNumbers', { query: { find: 'board' } });
  expect(found.result).toEqual([body]);
  const now = await client.ask('GET /meetMeNumbers/{key}', { path });
  await client.ask('DELETE /meetMeNumbers/{key}', { path, version: now.version });
  expect((await client.ask('GET /meetMeNumbers', {})).result).not.toContainEqual(body);
});

test('what breaks a rule is refused with the field and the rule', async () => {
  const fault = await client
    .ask('POST /meetMeNumbers', { body: { ...NUMBER, pattern: '59[' } })
    .catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(RequestFault);
  expect(fault).toMatchObject({
    status: 422,
    code: 'breaks-rules',
    faults: [{ field: 'meetMeNumbers[59[].pattern', rule: expect.stringContaining('MML-03') }],
  });
});

test('without a token nothing is told', async () => {
  const answer = clientWith(undefined).ask('GET /phones', {});
  await expect(answer).rejects.toMatchObject({ status: 401, code: 'not-logged-in' });
});

function clientWith(token: string | undefined): ConclaveClient {
  const url = `https://127.0.0.1:${house.manager.apiPort}/`;
  return new ConclaveClient({ url, ...(token && { token }), fetch: fetchOver });
}

/** As `fetch` does it, believing our private authority. */
async function fetchOver(
  input: Parameters<typeof fetch>[0],
  init: RequestInit = {},
): Promise<Response> {
  const ca = readFileSync(join(house.data, 'pki', 'ca', 'ca.pem'));
  const { method = 'GET', headers, body } = init;
  const own = headers as Record<string, string>;
  return await new Promise((resolve, reject) => {
    const sent = request(String(input), { ca, method, headers: own }, async (response) => {
      let text = '';
      for await (const chunk of response) text += String(chunk);
      const { statusCode: status = 0, headers: given } = response;
      const etag = given.etag;
      const answer = status === 204 ? null : text;
      resolve(new Response(answer, { status, headers: etag === undefined ? {} : { etag } }));
    });
    sent.on('error', reject).end(body);
  });
}
