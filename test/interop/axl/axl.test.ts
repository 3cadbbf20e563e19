/*
 * Goal: tools that administer CUCM by AXL administer this. Method: the public client `cisco-axl`, unmodified,
 * with its own copies of CUCM's schemas, against a whole call manager over HTTPS.
 */
import { join } from 'node:path';
import { hashPassword } from '@conclave/api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House } from '../../system/house.ts';
import { AxlClient } from './axl-client.ts';

const PASSWORD = 'a good long password';

let house: House;
let client: AxlClient;

beforeAll(async () => {
  house = await House.open();
  const passwordHash = await hashPassword(PASSWORD);
  const { accounts } = house.manager.store;
  await accounts.putAccount({ name: 'ada', role: 'administrator', passwordHash });
  client = clientOf();
});

afterAll(async () => {
  client.close();
  await house.close();
});

test('the version is that of the schema', async () => {
  expect(await client.ask('getCCMVersion', {})).toEqual({
    componentVersion: { version: '14.0.1.0-1' },
  });
});

describe('conference bridges', () => {
  test('are listed', async () => {
    const tags = { searchCriteria: { name: 'CFB-%' }, returnedTags: { name: '', product: '' } };
    expect(await client.ask('listConferenceBridge', tags)).toEqual({
      conferenceBridge: ['CFB-PLAIN', 'CFB-SECURE'].map((name) => ({
        attributes: { uuid: expect.stringMatching(/^\{[0-9A-F-]{36}\}$/) },
        name,
        product: 'Cisco IOS Enhanced Conference Bridge',
      })),
    });
  });
});

function clientOf(options: { user?: string; password?: string; version?: string } = {}): AxlClient {
  return new AxlClient({
    port: house.manager.apiPort,
    ca: join(house.data, 'pki', 'ca', 'ca.pem'),
    password: PASSWORD,
    ...options,
  });
}
