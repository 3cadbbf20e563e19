import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type CompleteConfiguration,
  completed,
  EMPTY_CONFIGURATION,
  mediaResourceListOf,
  type StoredBridge,
  type StoredConfiguration,
  type StoredLine,
  type StoredPhone,
} from './configuration.ts';
import { ValidationError } from './fault.ts';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import { Store } from './store.ts';

/*
 * Goal: what is stored is what was given, whole or not at all, and it stays. Method: real files;
 * round trips of the sample and of configurations made at random; a process that is killed.
 */

const { mediaResourceList: _list, ...WITHOUT_LIST } = phoneOf('SEP000000001001');

/** Few names, so that objects of one configuration meet again in the next. */
const SOME: fc.Arbitrary<readonly string[]> = fc.subarray(['A', 'B', 'C', 'D']);

/** Valid configurations whose objects come, go and change what they refer to. */
const CONFIGURATION: fc.Arbitrary<CompleteConfiguration> = fc
  .record({
    phones: SOME,
    bridges: SOME,
    musicServers: SOME,
    groups: SOME,
    lists: SOME,
    pools: SOME,
    meetMe: SOME,
    park: SOME,
    seed: fc.nat(1_000),
    parameters: fc.dictionary(
      fc.constantFrom('Maximum Ad Hoc Conference', 'Maximum MeetMe Conference Unicast'),
      fc.integer({ min: 3, max: 64 }).map(String),
    ),
  })
  .map(({ phones, bridges, musicServers, groups, lists, pools, meetMe, ...given }) => {
    const { park, seed, parameters } = given;
    const among = <T>(values: readonly T[], salt: number): T | undefined =>
      values[(seed + salt) % (values.length + 1)];
    const place = (salt: number): Pick<StoredPhone, 'devicePool' | 'location'> => ({
      devicePool: among(pools, salt) ?? 'Default',
      location: among(['Attic', 'Cellar'], salt) ?? 'Hub_None',
    });
    return {
      cluster: { id: `C${seed % 3}`, securityMode: seed % 2 === 0 ? 'mixed' : 'nonsecure' },
      devicePools: ['Default', ...pools].map((name, salt) => withList(name, among(lists, salt))),
      locations: ['Attic', 'Cellar', 'Hub_None'].map((name) => ({ name })),
      commonDeviceConfigurations: pools.map((name) => ({
        name,
        ...(seed % 2 && { userLocale: name }),
      })),
      phones: phones.map((letter, salt) => ({
        ...WITHOUT_LIST,
        ...place(salt),
        ...withList(`SEP00000000000${letter}`, among(lists, salt)),
        model: `${seed}`,
        ...(seed % 2 === 0 && { builtInBridge: 'on' }),
        ...(seed % 3 === 0 && { privacy: 'off', protectedDevice: true }),
        ...(seed % 5 === 0 && { mediaPath: 'mtp' }),
        lines: [line(1, seed % 7), line(2, 7 + (seed % 5))],
      })),
      bridges: bridges.map((letter, salt) => ({
        ...bridgeOf('CFB-PLAIN'),
        ...place(salt + 1),
        // Now and then a bridge has the name that a phone had.
        name: phones.includes(letter) || seed % 3 > 0 ? letter : `SEP00000000000${letter}`,
        description: `${seed}`,
      })),
      musicServers: musicServers.map((letter, salt) => ({
        ...place(salt + 2),
        // Or a music server the one that a bridge had.
        name: bridges.includes(letter) || seed % 5 > 0 ? `M${letter}` : letter,
        securityMode: seed % 2 === 0 ? 'encrypted' : 'nonsecure',
        description: `${seed}`,
      })),
      mediaResourceGroups: groups.map((name) => ({ name, members: [] })),
      mediaResourceLists: lists.map((name, salt) => ({
        name,
        groups: salt % 2 === 0 ? groups : groups.toReversed(),
      })),
      meetMeNumbers: meetMe.map((_letter, salt) => ({
        pattern: `50${salt}`,
        partition: seed % 2 === 0 ? '' : 'P',
        description: `${seed}`,
        minimumSecurityLevel: seed % 3 === 0 ? 'encrypted' : 'nonsecure',
      })),
      parkNumbers: park.map((_letter, salt) => ({
        pattern: `71${salt}`,
        partition: '',
        description: `${seed}`,
      })),
      sipTrunks: [],
      routes: [],
      directoryNumbers: [],
      otherFields: [],
      serviceParameters: parameters,
    } satisfies CompleteConfiguration;
  })
  .map((configuration) => ({
    ...configuration,
    mediaResourceGroups: configuration.mediaResourceGroups.map((group, salt) => ({
      ...group,
      members: [...configuration.bridges, ...configuration.musicServers]
        .map(({ name }) => name)
        .slice(salt),
    })),
  }));

let folder: string;
let file: string;
let store: Store;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'conclave-store-'));
  file = join(folder, 'conclave.sqlite');
  store = await Store.open(file);
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('the whole configuration', () => {
  test('there is none at first', async () => {
    expect(await store.readConfiguration()).toBeUndefined();
  });

  test('the sample comes back as it went in', async () => {
    await store.writeConfiguration(SAMPLE_CONFIGURATION);
    expect(await store.readConfiguration()).toEqual(ordered(completed(SAMPLE_CONFIGURATION)));
  });

  test('any configuration over any other comes back as it went in', async () => {
    await fc.assert(
      fc.asyncProperty(CONFIGURATION, CONFIGURATION, async (one, other) => {
        const memory = await Store.open(':memory:');
        for (const configuration of [one, other, one]) {
          await memory.writeConfiguration(configuration);
          expect(await memory.readConfiguration()).toEqual(ordered(configuration));
        }
        await memory.close();
      }),
      { numRuns: 60 },
    );
  });

  test('one that breaks a rule changes nothing and names field and rule', async () => {
    await store.writeConfiguration(SAMPLE_CONFIGURATION);
    const before = await store.readConfiguration();
    const writing = store.writeConfiguration({
      ...SAMPLE_CONFIGURATION,
      cluster: { id: 'Other', securityMode: 'mixed' },
      serviceParameters: { 'Maximum Ad Hoc Conference': '2' },
    });
    await expect(writing).rejects.toThrow(ValidationError);
    await expect(writing).rejects.toMatchObject({
      code: 'CONFIGURATION',
      field: 'serviceParameters[Maximum Ad Hoc Conference]',
      message: 'serviceParameters[Maximum Ad Hoc Conference]: must be a whole number from 3 to 64',
    });
    expect(await store.readConfiguration()).toEqual(before);
  });

  test('one of the wrong shape is refused the same way', async () => {
    const writing = store.writeConfiguration({ phones: 7 } as unknown as StoredConfiguration);
    await expect(writing).rejects.toMatchObject({
      faults: [
        { field: 'cluster', rule: 'is missing' },
        { field: 'phones', rule: 'must be a list' },
      ],
    });
  });

  test('what devices refer to is kept when it is left away, and made for devices', async () => {
    const complete = completed(SAMPLE_CONFIGURATION);
    const { devicePools: _pools, locations: _locations, ...others } = complete;
    const { commonDeviceConfigurations: _common, ...rest } = others;
    const pool = { name: 'Branch', mediaResourceList: 'MRGL-DEFAULT' };
    await store.writeConfiguration({
      ...rest,
      devicePools: [{ name: 'Default' }, pool],
      locations: [{ name: 'Hub_None' }, { name: 'Attic' }],
    });
    const bridges = rest.bridges.map((bridge) => ({
      ...bridge,
      devicePool: 'New',
      commonDeviceConfiguration: 'Common',
    }));
    await store.writeConfiguration({ ...rest, bridges });
    expect(await store.readConfiguration()).toMatchObject({
      devicePools: [pool, { name: 'Default' }, { name: 'New' }],
      locations: [{ name: 'Attic' }, { name: 'Hub_None' }],
      commonDeviceConfigurations: [{ name: 'Common' }],
    });
  });
});

describe('the sample is for the first start only', () => {
  test('it has what the demonstration needs', () => {
    const { phones, bridges, meetMeNumbers, mediaResourceLists } = SAMPLE_CONFIGURATION;
    const modes = phones.map(({ lines, model, securityMode }) =>
      [lines[0]?.directoryNumber, model, securityMode].join(' '),
    );
    expect(modes).toEqual([
      '1001 7961G encrypted',
      '1002 7975G encrypted',
      '1003 7965G encrypted',
      '1004 7961G authenticated',
      '1005 7961G nonsecure',
      '1006 7945G encrypted',
      '1007 7912 nonsecure',
      '1008 7942 encrypted',
    ]);
    expect(phones.every(({ name, lines }) => name.endsWith(lines[0]?.directoryNumber ?? '-'))).toBe(
      true,
    );
    expect(bridges.map(({ name, securityMode }) => `${name} ${securityMode}`)).toEqual([
      'CFB-SECURE encrypted',
      'CFB-PLAIN nonsecure',
    ]);
    expect(mediaResourceLists).toEqual([{ name: 'MRGL-DEFAULT', groups: ['MRG-CONF'] }]);
    expect(meetMeNumbers.map((each) => `${each.pattern} ${each.minimumSecurityLevel}`)).toEqual([
      '5000 nonsecure',
      '5001 authenticated',
      '5002 encrypted',
      '51[0-9]0 encrypted',
    ]);
  });

  test('what the operator changed survives the next start', async () => {
    await store.seedConfiguration(SAMPLE_CONFIGURATION);
    await store.bridges.update({ ...bridgeOf('CFB-PLAIN'), description: 'mine' });
    await store.phones.remove('SEP000000001008');
    await store.setServiceParameter('Maximum Ad Hoc Conference', '5');
    await store.close();
    store = await Store.open(file);
    const found = await store.seedConfiguration(SAMPLE_CONFIGURATION);
    expect(found.phones).toHaveLength(SAMPLE_CONFIGURATION.phones.length - 1);
    expect(found.serviceParameters['Maximum Ad Hoc Conference']).toBe('5');
    expect(await store.bridges.find('CFB-PLAIN')).toMatchObject({ description: 'mine' });
  });

  test('an operator who removed everything is not given it again', async () => {
    await store.seedConfiguration(SAMPLE_CONFIGURATION);
    await store.writeConfiguration(EMPTY_CONFIGURATION);
    expect(await store.seedConfiguration(SAMPLE_CONFIGURATION)).toEqual(EMPTY_CONFIGURATION);
  });
});

describe('objects one at a time', () => {
  beforeEach(async () => {
    await store.seedConfiguration(SAMPLE_CONFIGURATION);
  });

  test('add, find, list, update, remove', async () => {
    const phone = { ...phoneOf('SEP000000001001'), name: 'SEP0000000020AA' };
    await store.phones.add(phone);
    expect(await store.phones.find(phone.name)).toEqual(phone);
    const changed = { ...phone, securityMode: 'authenticated' as const, lines: [] };
    await expect(store.phones.update(changed)).rejects.toThrow('must have a line');
    await store.phones.update({ ...changed, lines: phone.lines });
    expect(await store.phones.list()).toContainEqual({ ...changed, lines: phone.lines });
    await store.phones.remove(phone.name);
    expect(await store.phones.find(phone.name)).toBeUndefined();
  });

  test('a collection of each kind', async () => {
    await store.devicePools.add({ name: 'Branch', mediaResourceList: 'MRGL-DEFAULT' });
    await store.locations.add({ name: 'Attic' });
    const phone = { ...phoneOf('SEP000000001001'), devicePool: 'Branch', location: 'Attic' };
    await store.phones.update(phone);
    await store.bridges.add({ ...bridgeOf('CFB-PLAIN'), name: 'CFB-3' });
    await store.mediaResourceGroups.add({ name: 'MRG-2', members: ['CFB-3'] });
    await store.mediaResourceLists.update({ name: 'MRGL-DEFAULT', groups: ['MRG-2', 'MRG-CONF'] });
    await store.meetMeNumbers.add({
      pattern: '60XX',
      partition: 'P',
      description: '',
      minimumSecurityLevel: 'encrypted',
    });
    await store.meetMeNumbers.remove('5000');
    await store.setCluster({ id: 'Other', securityMode: 'nonsecure' });
    await store.close();
    store = await Store.open(file);
    const found = await store.readConfiguration();
    expect(found).toMatchObject({
      cluster: { id: 'Other', securityMode: 'nonsecure' },
      devicePools: [{ name: 'Branch', mediaResourceList: 'MRGL-DEFAULT' }, { name: 'Default' }],
      mediaResourceLists: [{ name: 'MRGL-DEFAULT', groups: ['MRG-2', 'MRG-CONF'] }],
    });
    expect(await store.phones.find('SEP000000001001')).toEqual(phone);
    expect((await store.meetMeNumbers.list()).map(({ pattern }) => pattern)).toEqual([
      '5001',
      '5002',
      '51[0-9]0',
      '60XX',
    ]);
    expect(await store.meetMeNumbers.find('60XX/P')).toBeDefined();
  });

  test.each<[string, (to: Store) => Promise<void>, string, string]>([
    [
      'TIP-18: a bridge with the name of a phone',
      (to) => to.bridges.add({ ...bridgeOf('CFB-PLAIN'), name: 'sep000000001001' }),
      'bridges[sep000000001001].name',
      'is already the name of the phone SEP000000001001 (TIP-18)',
    ],
    [
      'a bridge that exists',
      (to) => to.bridges.add(bridgeOf('CFB-PLAIN')),
      'bridges[CFB-PLAIN]',
      'exists already',
    ],
    [
      'BRG-02: an encrypted software bridge',
      (to) =>
        to.bridges.update({
          ...bridgeOf('CFB-SECURE'),
          type: 'Cisco Conference Bridge Software',
        }),
      'bridges[CFB-SECURE].securityMode',
      'only a Cisco IOS Enhanced Conference Bridge can be encrypted (BRG-01, BRG-02)',
    ],
    [
      'a bridge that a group needs',
      (to) => to.bridges.remove('CFB-PLAIN'),
      'mediaResourceGroups[MRG-CONF]',
      'there is no conference bridge or music-on-hold server CFB-PLAIN',
    ],
    [
      'a list that phones need',
      (to) => to.mediaResourceLists.remove('MRGL-DEFAULT'),
      'phones[SEP000000001001].mediaResourceList',
      'there is no list MRGL-DEFAULT',
    ],
    [
      'a pool that devices need',
      (to) => to.devicePools.remove('Default'),
      'phones[SEP000000001001].devicePool',
      'there is no device pool Default',
    ],
    [
      'a phone that is not there',
      (to) => to.phones.remove('SEP0000000020AA'),
      'phones[SEP0000000020AA]',
      'does not exist',
    ],
    [
      'an update of what is not there',
      (to) => to.locations.update({ name: 'Attic' }),
      'locations[Attic]',
      'does not exist',
    ],
    [
      'a parameter out of range',
      (to) => to.setServiceParameter('Maximum Ad Hoc Conference', '65'),
      'serviceParameters[Maximum Ad Hoc Conference]',
      'must be a whole number from 3 to 64',
    ],
  ])('%s is refused, and nothing changes', async (_name, change, field, rule) => {
    const before = await store.readConfiguration();
    await expect(change(store)).rejects.toMatchObject({ code: 'CONFIGURATION', field });
    await expect(change(store)).rejects.toThrow(`${field}: ${rule}`);
    expect(await store.readConfiguration()).toEqual(before);
  });

  test('a parameter set to undefined has its default again', async () => {
    await store.setServiceParameter('Party Entrance Tone', 'True');
    await store.setServiceParameter('Party Entrance Tone', undefined);
    expect((await store.readConfiguration())?.serviceParameters).toEqual(
      SAMPLE_CONFIGURATION.serviceParameters,
    );
  });

  test('a name may pass from a phone to a bridge in one change', async () => {
    const name = 'SEP000000001008';
    await store.changeConfiguration((before) => ({
      ...before,
      phones: before.phones.filter((phone) => phone.name !== name),
      bridges: [...before.bridges, { ...bridgeOf('CFB-PLAIN'), name }],
      mediaResourceGroups: [{ name: 'MRG-CONF', members: [name] }],
    }));
    expect(await store.bridges.find(name)).toBeDefined();
    expect(await store.phones.find(name)).toBeUndefined();
  });

  test('an edit that throws stores nothing', async () => {
    const before = await store.readConfiguration();
    const changing = store.changeConfiguration(() => {
      throw new Error('changed my mind');
    });
    await expect(changing).rejects.toThrow('changed my mind');
    expect(await store.readConfiguration()).toEqual(before);
  });

  test('edits that are made at once are made one after another', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_each, index) => store.locations.add({ name: `L${index}` })),
    );
    expect(await store.locations.list()).toHaveLength(21);
  });
});

test('a phone without a list of its own has that of its pool (SEC-10)', () => {
  const { mediaResourceList: own = '', ...phone } = phoneOf('SEP000000001001');
  const pools = [{ name: 'Default', mediaResourceList: 'POOL' }];
  const configuration = { ...SAMPLE_CONFIGURATION, devicePools: pools };
  expect(mediaResourceListOf(configuration, { ...phone, mediaResourceList: own })).toBe(own);
  expect(mediaResourceListOf(configuration, phone)).toBe('POOL');
  expect(mediaResourceListOf(SAMPLE_CONFIGURATION, phone)).toBeUndefined();
});

test('a process that is killed loses nothing that it was told is stored', async () => {
  await store.seedConfiguration(SAMPLE_CONFIGURATION);
  const code = `
    import { Store } from ${JSON.stringify(new URL('./store.ts', import.meta.url).href)};
    const store = await Store.open(${JSON.stringify(file)});
    for (let value = 3; ; value = value === 64 ? 3 : value + 1) {
      await store.setServiceParameter('Maximum Ad Hoc Conference', String(value));
      await new Promise((resolve) => process.stdout.write(value + '\\n', resolve));
    }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let told = 0;
  for await (const line of createInterface(child.stdout)) {
    told = Number(line);
    if (told === 23) child.kill('SIGKILL');
  }
  await ended;
  const found = (await store.readConfiguration())?.serviceParameters['Maximum Ad Hoc Conference'];
  // The next one may have been stored before the word of it got through.
  expect([told, told === 64 ? 3 : told + 1]).toContain(Number(found));
});

function withList(
  name: string,
  list: string | undefined,
): { readonly name: string; readonly mediaResourceList?: string } {
  return list === undefined ? { name } : { name, mediaResourceList: list };
}

function line(index: number, number: number): StoredLine {
  const directoryNumber = String(2_000 + number);
  return { index, directoryNumber, partition: '', displayName: '', label: directoryNumber };
}

function phoneOf(name: string): StoredPhone {
  const phone = SAMPLE_CONFIGURATION.phones.find((each) => each.name === name);
  if (!phone) throw new Error(`${name} is not in the sample`);
  return phone;
}

function bridgeOf(name: string): StoredBridge {
  const bridge = SAMPLE_CONFIGURATION.bridges.find((each) => each.name === name);
  if (!bridge) throw new Error(`${name} is not in the sample`);
  return bridge;
}

/** As the store gives it: everything in order of name. */
function ordered(configuration: CompleteConfiguration): CompleteConfiguration {
  const byName = <T extends { readonly name: string }>(objects: readonly T[]): readonly T[] =>
    objects.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return {
    ...configuration,
    devicePools: byName(configuration.devicePools),
    locations: byName(configuration.locations),
    phones: byName(configuration.phones).map((phone) => ({
      ...phone,
      lines: phone.lines.toSorted((one, other) => one.index - other.index),
    })),
    bridges: byName(configuration.bridges),
    musicServers: byName(configuration.musicServers),
    mediaResourceGroups: byName(configuration.mediaResourceGroups).map((group) => ({
      ...group,
      members: group.members.toSorted(),
    })),
    mediaResourceLists: byName(configuration.mediaResourceLists),
    meetMeNumbers: configuration.meetMeNumbers.toSorted((one, other) =>
      `${one.pattern}/${one.partition}` < `${other.pattern}/${other.partition}` ? -1 : 1,
    ),
  };
}
