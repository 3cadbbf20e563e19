import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  completed,
  DEFAULT_SIP_REALM,
  EMPTY_CONFIGURATION,
  type StoredConfiguration,
  type StoredPhone,
  type StoredSipTrunk,
} from './configuration.ts';
import { parseConfiguration } from './configuration-shape.ts';
import { digestOf } from './digest.ts';
import { Store } from './store.ts';
import { faultsOf } from './validation.ts';
import { warningsOf } from './warnings.ts';

/*
 * Goal: SIP phones, trunks and routes are stored as given, but for passwords, of which there is no
 * trace; every rule about them is reported with its field. Method: one valid configuration, with one
 * thing changed in each row.
 */

const PASSWORD = 'correct horse battery staple';
const PHONE = {
  name: 'ADA-LAPTOP',
  model: 'Third-party SIP Device',
  protocol: 'SIP',
  standardClient: true,
  securityMode: 'encrypted',
  digest: { user: 'ada', password: PASSWORD },
  lines: [{ index: 1, directoryNumber: '3001' }],
};
const TRUNK = {
  name: 'TO-PARIS',
  destinations: [{ host: 'paris.example.org' }, { host: '192.0.2.7', port: 5_061 }],
  transport: 'TLS',
  srtpAllowed: true,
};
const GIVEN = {
  cluster: { id: 'C', securityMode: 'mixed' },
  phones: [PHONE],
  sipTrunks: [TRUNK],
  routes: [{ pattern: '8XXX', trunk: 'TO-PARIS' }],
  serviceParameters: { 'Conference Factory Number': '5900' },
};

/** Valid; few names, so that objects of one meet again in the next. */
const CONFIGURATION: fc.Arbitrary<StoredConfiguration> = fc
  .record({ phones: fc.subarray(['A', 'B']), trunks: fc.subarray(['A']), seed: fc.nat(420) })
  .map(({ phones, trunks, seed }) => ({
    ...EMPTY_CONFIGURATION,
    cluster: {
      id: 'C',
      securityMode: 'mixed',
      ...(seed % 4 < 2 && { sipRealm: realmOf(seed) }),
    },
    phones: phones
      .filter((letter) => seed % 4 === 0 || letter === 'A' || trunks.length === 0)
      .map((letter) => phoneOf(letter, seed)),
    sipTrunks: trunks.map((letter) => trunkOf(letter, seed)),
    routes: trunks.flatMap((letter) =>
      [`${seed}`, '9X'].map((pattern) => ({
        pattern,
        partition: '',
        description: `${seed}`,
        trunk: trunkOf(letter, seed).name,
      })),
    ),
  }));

test('what is stored of a password is HA1 in the realm of the cluster (RFC 7616 §3.4.2)', async () => {
  const store = await Store.open(':memory:');
  const parsed = parseConfiguration(GIVEN);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  await store.writeConfiguration(parsed.configuration);
  const stored = await store.readConfiguration();
  const secret = `ada:conclave:${PASSWORD}`;
  expect(stored?.phones[0]?.digest).toEqual({
    user: 'ada',
    realm: 'conclave',
    md5: createHash('md5').update(secret).digest('hex'),
    sha256: createHash('sha256').update(secret).digest('hex'),
  });
  expect(JSON.stringify(stored)).not.toContain(PASSWORD);
  await store.close();
});

test('an export is imported again without the password', () => {
  const first = parseConfiguration(GIVEN);
  if (!first.ok) throw new Error('the configuration is valid');
  expect(parseConfiguration(first.configuration)).toEqual(first);
  expect(faultsOf(first.configuration)).toEqual([]);
});

test('objects come, go and change what they refer to, and are stored as given', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(CONFIGURATION, { minLength: 2, maxLength: 4 }), async (all) => {
      const store = await Store.open(':memory:');
      for (const each of all) {
        await store.writeConfiguration(each);
        expect(await store.readConfiguration()).toEqual(completed(each));
      }
      await store.close();
    }),
    { numRuns: 50 },
  );
});

test('what a trunk need not say: no keys, no trust, off the net (TRK-03, D-19)', () => {
  const parsed = parseConfiguration({
    ...GIVEN,
    sipTrunks: [{ name: 'TO-PARIS', destinations: [{ host: '192.0.2.7' }] }],
  });
  expect(parsed).toMatchObject({
    configuration: {
      sipTrunks: [
        { transport: 'TCP', srtpAllowed: false, trustSecurityStatus: false, onNet: false },
      ],
    },
  });
});

test('TIP-06: a SIP trunk that is trusted is warned of', () => {
  const parsed = parseConfiguration({
    ...GIVEN,
    sipTrunks: [
      { ...TRUNK, trustSecurityStatus: true },
      { ...TRUNK, name: 'OTHER' },
    ],
  });
  if (!parsed.ok) throw new Error('the configuration is valid');
  expect(warningsOf(parsed.configuration)).toEqual([
    {
      field: 'sipTrunks[TO-PARIS].trustSecurityStatus',
      rule: expect.stringContaining('TIP-06'),
    },
  ]);
});

test('a nonsecure configuration whose trunk needs another transport for keys says why (SEC-03)', () => {
  expectFault(
    { sipTrunks: [{ ...TRUNK, transport: 'TCP' }] },
    'sipTrunks[TO-PARIS].srtpAllowed',
    'needs transport TLS',
  );
});

describe('phones', () => {
  const phone = (change: object): object => ({ phones: [{ ...PHONE, ...change }] });
  test.each<[object, string, string]>([
    [{ name: 'ADA LAPTOP' }, 'name', 'must be 1 to 15 letters'],
    [{ name: '..' }, 'name', 'must be 1 to 15 letters'],
    [{ standardClient: false }, 'name', 'must be SEP and twelve'],
    [{ protocol: 'SCCP' }, 'standardClient', 'is for phones with protocol SIP'],
    [{ protocol: 'SCCP' }, 'digest', 'is for phones with protocol SIP'],
    [{ securityMode: 'nonsecure', digest: undefined }, 'digest', 'is missing'],
    [{ digest: { user: 'ada' } }, 'digest', 'needs a password'],
    [{ digest: { user: 'ada', password: '' } }, 'digest.password', 'must be 1 to 128'],
    [{ digest: { user: 'a:b', password: 'x' } }, 'digest.user', 'must be 1 to 64'],
    [{ digest: { user: 'ada', realm: 'old', password: 'x' } }, 'digest', 'for the realm old'],
    [{ digest: { user: 'ada', md5: 'x', sha256: 'y' } }, 'digest', 'needs a password'],
  ])('%j', (change, field, rule) => {
    expectFault(phone(change), `phones[${nameOf(change)}].${field}`, rule);
  });

  test('two phones have two users', () => {
    const other = { ...PHONE, name: 'B', lines: [{ index: 1, directoryNumber: '3002' }] };
    expectFault({ phones: [PHONE, other] }, 'phones[B].digest.user', 'is the user of another');
  });

  test('another realm of the cluster asks for the passwords again', () => {
    const first = parseConfiguration(GIVEN);
    if (!first.ok) throw new Error('the configuration is valid');
    const { phones, cluster } = first.configuration;
    const change = { phones, cluster: { ...cluster, sipRealm: 'example.org' } };
    expectFault(change, 'phones[ADA-LAPTOP].digest', 'give the password again');
  });
});

describe('trunks and routes', () => {
  test.each<[object, string, string]>([
    [{ name: 'TO PARIS' }, 'name', 'must be 1 to 15 letters'],
    [{ transport: 'SCTP' }, 'transport', 'must be one of: UDP, TCP, TLS'],
    [{ destinations: [] }, 'destinations', 'must be 1 to 16'],
    [{ destinations: [{ host: 'a b' }] }, 'destinations[a b].host', 'must be an address'],
    [{ destinations: [{ host: 'a', port: 0 }] }, 'destinations[a].port', 'must be 1 to 65535'],
    [
      { transport: 'UDP', srtpAllowed: false, trustSecurityStatus: true },
      'trustSecurityStatus',
      'needs transport TLS',
    ],
    [{ certificateName: '*' }, 'certificateName', 'must be a name'],
    [{ devicePool: '' }, 'devicePool', 'must name a device pool'],
    [{ digest: { user: 'us', password: 'x' } }, 'digest.realm', 'must be 1 to 64'],
  ])('%j', (change, field, rule) => {
    const trunk = { ...TRUNK, ...change };
    expectFault({ sipTrunks: [trunk] }, `sipTrunks[${trunk.name}].${field}`, rule);
  });

  test('TIP-18: a trunk has no name of another device', () => {
    expectFault(
      { sipTrunks: [TRUNK, { ...TRUNK, name: 'ada-laptop' }] },
      'sipTrunks[ada-laptop].name',
      'is already the name of the phone ADA-LAPTOP',
    );
  });

  test.each<[object, string, string]>([
    [{ pattern: '8Y', trunk: 'TO-PARIS' }, 'routes[8Y].pattern', 'must be digits, X or ranges'],
    [{ pattern: '8X', trunk: 'TO-ROME' }, 'routes[8X].trunk', 'there is no SIP trunk TO-ROME'],
    [{ pattern: '8XXX', trunk: 'TO-PARIS' }, 'routes[8XXX]', 'must be unique'],
  ])('%j', (route, field, rule) => {
    expectFault({ routes: [...GIVEN.routes, route] }, field, rule);
  });

  test('the conference factory has a number of its own', () => {
    const serviceParameters = { 'Conference Factory Number': '3001' };
    const field = 'serviceParameters[Conference Factory Number]';
    expectFault({ serviceParameters }, field, '3001 is a line');
  });
});

function phoneOf(letter: string, seed: number): StoredPhone {
  const line = { index: 1, partition: '', displayName: '', label: '' };
  return {
    name: `SEP00000000000${letter}`,
    model: '8845',
    firmware: '',
    protocol: 'SIP',
    securityMode: 'encrypted',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    ...(seed % 2 === 0 && { standardClient: true }),
    ...(seed % 3 > 0 && {
      digest: digestOf({ user: letter, realm: realmOf(seed), password: `${seed % 5}` }),
    }),
    lines: [{ ...line, directoryNumber: `300${letter.charCodeAt(0)}` }],
  };
}

function trunkOf(letter: string, seed: number): StoredSipTrunk {
  const hosts = ['192.0.2.1', 'pbx.example.org', '2001:db8::1'];
  return {
    // Now and then a trunk has the name that a phone had.
    name: seed % 4 === 0 ? `T${letter}` : `SEP00000000000${letter === 'A' ? 'B' : 'A'}`,
    description: `${seed}`,
    devicePool: 'Default',
    location: 'Hub_None',
    destinations: hosts
      .slice(seed % 3)
      .map((host) => ({ host, ...(seed % 2 === 0 && { port: 5_060 + (seed % 5) }) })),
    transport: 'TLS',
    srtpAllowed: seed % 2 === 0,
    trustSecurityStatus: seed % 3 === 0,
    onNet: seed % 5 === 0,
    ...(seed % 2 === 1 && { certificateName: 'pbx.example.org' }),
    ...(seed % 7 < 4 && { digest: digestOf({ user: 'us', realm: 'them', password: `${seed}` }) }),
  };
}

function realmOf(seed: number): string {
  return seed % 4 < 2 ? `r${seed % 4}` : DEFAULT_SIP_REALM;
}

/** Exactly where it says; GIVEN itself has no fault. */
function expectFault(change: object, field: string, rule: string): void {
  const given = { ...GIVEN, ...change };
  const parsed = parseConfiguration(given);
  const faults = parsed.ok ? faultsOf(parsed.configuration) : parsed.faults;
  expect(faults).toContainEqual({ field, rule: expect.stringContaining(rule) });
}

function nameOf(change: object): string {
  return 'name' in change ? String(change.name) : PHONE.name;
}
