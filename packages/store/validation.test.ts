import { describe, expect, test } from 'vitest';
import type {
  StoredBridge,
  StoredConfiguration,
  StoredLine,
  StoredMeetMeNumber,
  StoredMusicServer,
  StoredPhone,
} from './configuration.ts';
import { SAMPLE_CONFIGURATION } from './sample-configuration.ts';
import { faultsOf } from './validation.ts';

/*
 * Goal: every rule, with the field and the words it is reported in. Method: the sample, which is
 * valid, with one thing changed in each row.
 */

test('the sample keeps every rule', () => {
  expect(faultsOf(SAMPLE_CONFIGURATION)).toEqual([]);
});

describe('cluster', () => {
  test.each([
    [{ id: '' }, 'cluster.id', 'must be 1 to 50'],
    [{ id: 'a b' }, 'cluster.id', 'must be 1 to 50'],
    [{ id: 'x'.repeat(51) }, 'cluster.id', 'must be 1 to 50'],
    [{ securityMode: 'secure' as 'mixed' }, 'cluster.securityMode', 'must be nonsecure or mixed'],
  ])('%j', (change, field, rule) => {
    const cluster = { ...SAMPLE_CONFIGURATION.cluster, ...change };
    expectFault({ ...SAMPLE_CONFIGURATION, cluster }, field, rule);
  });
});

describe('phones', () => {
  test.each<[Partial<StoredPhone>, string, string]>([
    [{ name: 'SEP00000000100' }, 'name', 'must be SEP and twelve hexadecimal digits'],
    [{ name: 'SEP00000000100g' }, 'name', 'must be SEP and twelve hexadecimal digits'],
    [{ name: 'sep00000000100a' }, 'name', 'must be SEP and twelve hexadecimal digits'],
    [{ securityMode: 'secure' as 'encrypted' }, 'securityMode', 'must be one of: nonsecure, auth'],
    [{ protocol: 'MGCP' as 'SIP' }, 'protocol', 'must be SCCP or SIP'],
    [{ model: '' }, 'model', 'must not be empty'],
    [{ model: 'x'.repeat(33) }, 'model', 'must be at most 32 characters'],
    [{ firmware: 'x'.repeat(33) }, 'firmware', 'must be at most 32 characters'],
    [{ userLocale: '' }, 'userLocale', 'must not be empty'],
    [{ description: 'x'.repeat(129) }, 'description', 'must be at most 128 characters'],
    [{ devicePool: '' }, 'devicePool', 'must name a device pool'],
    [{ location: '' }, 'location', 'must name a location'],
    [{ mediaResourceList: 'NONE' }, 'mediaResourceList', 'there is no list NONE'],
    [{ lines: [] }, 'lines', 'must have a line'],
    [{ lines: [line(1, '1001'), line(1, '1002')] }, 'lines', 'each button has one line'],
    [{ lines: [line(1, '1001'), line(2, '1001')] }, 'lines', '1001 is on two buttons'],
    [{ lines: [line(0, '1001')] }, 'lines.index', 'must be a whole number from 1 to 42'],
    [{ lines: [line(43, '1001')] }, 'lines.index', 'must be a whole number from 1 to 42'],
    [{ lines: [line(1, '')] }, 'lines[1].directoryNumber', 'must be 1 to 32 of 0-9 * # +'],
    [{ lines: [line(1, '10a')] }, 'lines[1].directoryNumber', 'must be 1 to 32 of 0-9 * # +'],
    [{ lines: [line(1, '1'.repeat(33))] }, 'lines[1].directoryNumber', 'must be 1 to 32'],
    [{ lines: [line(1, '1', { partition: 'a/b' })] }, 'lines[1].partition', 'must be at most 50'],
    [
      { lines: [line(1, '1', { displayName: 'x'.repeat(31) })] },
      'lines[1].displayName',
      'must be at most 30',
    ],
    [{ lines: [line(1, '1', { label: 'x'.repeat(31) })] }, 'lines[1].label', 'must be at most 30'],
  ])('%j', (change, field, rule) => {
    const phone = { ...firstPhone(), ...change };
    const phones = [phone, ...SAMPLE_CONFIGURATION.phones.slice(1)];
    expectFault({ ...SAMPLE_CONFIGURATION, phones }, `phones[${phone.name}].${field}`, rule);
  });

  test('an unlisted model, unknown firmware and a shared line are allowed (PHN-08)', () => {
    const phone = {
      ...firstPhone(),
      name: 'SEPABCDEF012345',
      model: 'Third-party',
      firmware: '',
      lines: [line(1, '1001'), line(2, '1001', { partition: 'Other' }), line(42, '*99#')],
    };
    const phones = [...SAMPLE_CONFIGURATION.phones, phone];
    expect(faultsOf({ ...SAMPLE_CONFIGURATION, phones })).toEqual([]);
  });
});

describe('conference bridges', () => {
  test.each<[string, Partial<StoredBridge>, string, string]>([
    ['16 characters (TIP-18)', { name: 'CFB-456789012345' }, 'name', 'must be 1 to 15 letters'],
    ['no name', { name: '' }, 'name', 'must be 1 to 15 letters'],
    ['a space', { name: 'CFB 1' }, 'name', 'must be 1 to 15 letters'],
    ['a dot, when encrypted', { name: 'CFB.1' }, 'name', 'must have no dot when encrypted'],
    ['an unknown type', { type: 'Bridge' }, 'type', 'must be one of: Cisco Conference Bridge Sof'],
    [
      'a mode of phones',
      { securityMode: 'authenticated' as 'encrypted' },
      'securityMode',
      'must be nonsecure or encrypted',
    ],
    [
      'BRG-02: encrypted software bridge',
      { type: 'Cisco Conference Bridge Software' },
      'securityMode',
      'only a Cisco IOS Enhanced Conference Bridge can be encrypted (BRG-01, BRG-02)',
    ],
    [
      'BRG-01: encrypted IOS bridge',
      { type: 'Cisco IOS Conference Bridge' },
      'securityMode',
      'only a Cisco IOS Enhanced Conference Bridge can be encrypted (BRG-01, BRG-02)',
    ],
    ['no device pool (ADM-06)', { devicePool: '' }, 'devicePool', 'must name a device pool'],
    ['a long text', { description: 'x'.repeat(129) }, 'description', 'must be at most 128'],
    [
      'a long common device configuration',
      { commonDeviceConfiguration: 'x'.repeat(129) },
      'commonDeviceConfiguration',
      'must be at most 128',
    ],
  ])('%s', (_name, change, field, rule) => {
    const bridge: StoredBridge = { ...aBridge('CFB-NEW'), securityMode: 'encrypted', ...change };
    const bridges = [...SAMPLE_CONFIGURATION.bridges, bridge];
    expectFault({ ...SAMPLE_CONFIGURATION, bridges }, `bridges[${bridge.name}].${field}`, rule);
  });

  test.each([
    'Cisco Conference Bridge Software',
    'Cisco Conference Bridge Hardware',
    'Cisco IOS Conference Bridge',
    'Cisco IOS Enhanced Conference Bridge',
  ])('a nonsecure %s is allowed, with a dot in its name and 15 characters', (type) => {
    const bridges = [...SAMPLE_CONFIGURATION.bridges, { ...aBridge('CFB.56789012345'), type }];
    expect(faultsOf({ ...SAMPLE_CONFIGURATION, bridges })).toEqual([]);
  });
});

describe('music-on-hold servers', () => {
  const server: StoredMusicServer = {
    name: 'MOH-NEW',
    securityMode: 'encrypted',
    description: '',
    devicePool: 'Default',
    location: 'Hub_None',
  };

  test.each<[string, Partial<StoredMusicServer>, string, string]>([
    ['16 characters', { name: 'MOH-456789012345' }, 'name', 'must be 1 to 15 letters'],
    ['a dot, when encrypted', { name: 'MOH.1' }, 'name', 'must have no dot when encrypted'],
    [
      'a mode of phones',
      { securityMode: 'authenticated' as 'encrypted' },
      'securityMode',
      'must be nonsecure or encrypted',
    ],
    ['a long text', { description: 'x'.repeat(129) }, 'description', 'must be at most 128'],
    ['no device pool', { devicePool: '' }, 'devicePool', 'must name a device pool'],
    [
      'the name of a bridge (TIP-18)',
      { name: 'CFB-PLAIN' },
      'name',
      'is already the name of the conf',
    ],
    [
      'the name of another',
      { name: 'moh-1' },
      'name',
      'is already the name of the music-on-hold server MOH-1 (TIP-18)',
    ],
  ])('%s', (_name, change, field, rule) => {
    const musicServers = [...(SAMPLE_CONFIGURATION.musicServers ?? []), { ...server, ...change }];
    const at = `musicServers[${change.name ?? server.name}].${field}`;
    expectFault({ ...SAMPLE_CONFIGURATION, musicServers }, at, rule);
  });

  test('one may be in a group, with bridges', () => {
    const mediaResourceGroups = [{ name: 'MRG-CONF', members: ['CFB-SECURE', 'MOH-NEW'] }];
    const changed = { ...SAMPLE_CONFIGURATION, musicServers: [server], mediaResourceGroups };
    expect(faultsOf(changed)).toEqual([]);
  });
});

describe('a device name is unique over the whole device table (TIP-18)', () => {
  test.each([
    ['another bridge', 'CFB-PLAIN', 'is already the name of the conference bridge CFB-PLAIN'],
    ['the case does not matter', 'cfb-plain', 'is already the name of the conference bridge CFB-'],
    ['a phone', 'SEP000000001001', 'is already the name of the phone SEP000000001001 (TIP-18)'],
    ['a phone in lower case', 'sep000000001001', 'is already the name of the phone SEP000000001'],
  ])('%s', (_name, name, rule) => {
    const bridges = [...SAMPLE_CONFIGURATION.bridges, aBridge(name)];
    expectFault({ ...SAMPLE_CONFIGURATION, bridges }, `bridges[${name}].name`, rule);
  });
});

describe('media resources', () => {
  test.each<[string, Partial<StoredConfiguration>, string, string]>([
    [
      'a member that is not there',
      { mediaResourceGroups: [{ name: 'MRG-CONF', members: ['CFB-SECURE', 'NONE'] }] },
      'mediaResourceGroups[MRG-CONF]',
      'there is no conference bridge or music-on-hold server NONE',
    ],
    [
      'a phone as a member',
      { mediaResourceGroups: [{ name: 'MRG-CONF', members: ['SEP000000001001'] }] },
      'mediaResourceGroups[MRG-CONF]',
      'there is no conference bridge or music-on-hold server SEP000000001001',
    ],
    [
      'a member twice',
      { mediaResourceGroups: [{ name: 'MRG-CONF', members: ['CFB-SECURE', 'CFB-SECURE'] }] },
      'mediaResourceGroups[MRG-CONF]',
      'CFB-SECURE is a member twice',
    ],
    [
      'a group twice',
      {
        mediaResourceGroups: [
          { name: 'MRG-CONF', members: [] },
          { name: 'MRG-CONF', members: [] },
        ],
      },
      'mediaResourceGroups[MRG-CONF]',
      'names must be unique',
    ],
    [
      'a group without a name',
      {
        mediaResourceGroups: [
          ...SAMPLE_CONFIGURATION.mediaResourceGroups,
          { name: '', members: [] },
        ],
      },
      'mediaResourceGroups[].name',
      'must be 1 to 50 letters',
    ],
    [
      'a list of a group that is not there',
      { mediaResourceLists: [{ name: 'MRGL-DEFAULT', groups: ['NONE'] }] },
      'mediaResourceLists[MRGL-DEFAULT]',
      'there is no group NONE',
    ],
    [
      'a list with a group twice',
      { mediaResourceLists: [{ name: 'MRGL-DEFAULT', groups: ['MRG-CONF', 'MRG-CONF'] }] },
      'mediaResourceLists[MRGL-DEFAULT]',
      'MRG-CONF is in it twice',
    ],
    [
      'a device pool with a list that is not there',
      { devicePools: [{ name: 'Default', mediaResourceList: 'NONE' }] },
      'devicePools[Default].mediaResourceList',
      'there is no list NONE',
    ],
    [
      'devices of a pool that is not listed',
      { devicePools: [{ name: 'Other' }] },
      'bridges[CFB-SECURE].devicePool',
      'there is no device pool Default',
    ],
    [
      'devices of a location that is not listed',
      { locations: [{ name: 'Other' }] },
      'phones[SEP000000001001].location',
      'there is no location Hub_None',
    ],
    [
      'a device pool in a region that cannot be a name',
      { devicePools: [{ name: 'Default', region: '' }] },
      'devicePools[Default].region',
      'must be 1 to 50 letters',
    ],
    [
      'a bridge with a common device configuration that is not listed',
      {
        commonDeviceConfigurations: [],
        bridges: SAMPLE_CONFIGURATION.bridges.map((bridge) => ({
          ...bridge,
          commonDeviceConfiguration: 'Common',
        })),
      },
      'bridges[CFB-SECURE].commonDeviceConfiguration',
      'there is no common device configuration Common',
    ],
    [
      'a location twice',
      { locations: [{ name: 'Hub_None' }, { name: 'Hub_None' }] },
      'locations[Hub_None]',
      'names must be unique',
    ],
  ])('%s', (_name, change, field, rule) => {
    expectFault({ ...SAMPLE_CONFIGURATION, ...change }, field, rule);
  });
});

describe('meet-me numbers (MML-03, MML-04)', () => {
  test.each(['6000', '10[0-5]0', '61[0-9]0', '5X', '*5[13579]#', '[0-46-9]', '0'.repeat(32)])(
    '%s is a pattern',
    (pattern) => {
      expect(faultsOf(withMeetMe({ pattern }))).toEqual([]);
    },
  );

  test.each([
    '',
    '5a',
    '5 0',
    '10[5-0]0',
    '10[3-3]0',
    '10[]0',
    '10[-5]0',
    '10[0-]0',
    '10[1-3-5]0',
    '10[0-50',
    '1[X]',
    '[[1]]',
    '0'.repeat(33),
    '5!',
    '5.',
  ])('%j is none', (pattern) => {
    const field = `meetMeNumbers[${pattern}].pattern`;
    expectFault(withMeetMe({ pattern }), field, 'must be digits, X or ranges such as 10[0-5]0');
  });

  test.each<[Partial<StoredMeetMeNumber>, string, string]>([
    [{ description: 'x'.repeat(51) }, 'description', 'must be at most 50 characters without " % &'],
    [{ description: 'a "b"' }, 'description', 'must be at most 50 characters without " % & < >'],
    [{ description: '100 %' }, 'description', 'must be at most 50 characters'],
    [{ description: 'a & b' }, 'description', 'must be at most 50 characters'],
    [{ description: '<b' }, 'description', 'must be at most 50 characters'],
    [{ description: 'b>' }, 'description', 'must be at most 50 characters'],
    [{ partition: 'x'.repeat(51) }, 'partition', 'must be at most 50'],
    [
      { minimumSecurityLevel: 'high' as 'encrypted' },
      'minimumSecurityLevel',
      'must be one of: nonsecure, authenticated, encrypted',
    ],
    [{ pattern: '1001' }, 'pattern', 'is a line of SEP000000001001 (MML-03)'],
  ])('%j', (change, field, rule) => {
    const pattern = change.pattern ?? '7000';
    expectFault(withMeetMe({ pattern, ...change }), `meetMeNumbers[${pattern}].${field}`, rule);
  });

  test('50 characters are allowed, and one number in two partitions', () => {
    const configuration = withMeetMe({
      pattern: '5000',
      partition: 'P',
      description: 'x'.repeat(50),
    });
    expect(faultsOf(configuration)).toEqual([]);
    expect(faultsOf(withMeetMe({ pattern: '1001', partition: 'P' }))).toEqual([]);
  });

  test('a pattern twice in a partition is refused', () => {
    const rule = 'pattern and partition must be unique (MML-03)';
    expectFault(withMeetMe({ pattern: '5000' }), 'meetMeNumbers[5000]', rule);
  });
});

describe('service parameters', () => {
  test.each([
    ['Maximum Ad Hoc Conference', '2', 'must be a whole number from 3 to 64'],
    ['Maximum Ad Hoc Conference', '65', 'must be a whole number from 3 to 64'],
    ['Advanced Ad Hoc Conference Enabled', 'true', 'must be True or False'],
    ['Media Security Policy', 'None', 'must be one of: Best effort, Enforce'],
    ['Maximum Fun', '1', 'there is no service parameter "Maximum Fun"'],
  ])('%s = %s', (name, value, rule) => {
    const configuration = { ...SAMPLE_CONFIGURATION, serviceParameters: { [name]: value } };
    expectFault(configuration, `serviceParameters[${name}]`, rule);
  });
});

test('every fault is reported, not the first one only', () => {
  const faults = faultsOf({
    ...withMeetMe({ pattern: 'x' }),
    cluster: { id: '', securityMode: 'mixed' },
    serviceParameters: { 'Maximum Ad Hoc Conference': '1' },
  });
  expect(faults.map(({ field }) => field)).toEqual([
    'cluster.id',
    'meetMeNumbers[x].pattern',
    'serviceParameters[Maximum Ad Hoc Conference]',
  ]);
});

/** One fault, of this field, whose rule begins like this. */
test.each([
  ['7x', 'pattern', 'must be digits'],
  ['1001', 'pattern', 'is a line of'],
])('a park number %s: %s %s', (pattern, field, rule) => {
  const parkNumbers = [{ pattern, partition: '', description: '' }];
  expectFault({ ...SAMPLE_CONFIGURATION, parkNumbers }, `parkNumbers[${pattern}].${field}`, rule);
});

test.each([
  ['100[0-3]', 'has numbers in common with the line 1001'],
  ['XXXX', 'has numbers in common with the line 1001'],
  ['500X', 'has numbers in common with the meet-me number 5000'],
  ['5[01]50', 'has numbers in common with the meet-me number 51[0-9]0'],
])('a call parked in %s could not be retrieved everywhere: %s', (pattern, rule) => {
  const parkNumbers = [{ pattern, partition: '', description: '' }];
  expectFault({ ...SAMPLE_CONFIGURATION, parkNumbers }, `parkNumbers[${pattern}].pattern`, rule);
});

test('ranges for parking that are beside each other, or in other partitions, are accepted', () => {
  const parkNumbers = [
    { pattern: '71[0-4]X', partition: '', description: '' },
    { pattern: '71[5-9]X', partition: '', description: '' },
    { pattern: '71[0-9]XX', partition: '', description: '' },
    { pattern: '100X', partition: 'Parking', description: '' },
  ];
  expect(faultsOf({ ...SAMPLE_CONFIGURATION, parkNumbers })).toEqual([]);
});

test('a number is for parking or for meeting, not for both', () => {
  const parkNumbers = [{ pattern: '5000', partition: '', description: '' }];
  const rule = 'pattern and partition must be unique';
  expectFault({ ...SAMPLE_CONFIGURATION, parkNumbers }, 'meetMeNumbers[5000]', rule);
});

test.each([
  ['builtInBridge', 'yes'],
  ['privacy', 'True'],
  ['mediaPath', 'direct'],
])('what a phone does with its calls: %s cannot be %s', (field, value) => {
  const [first, ...others] = SAMPLE_CONFIGURATION.phones;
  const phones = [{ ...first, [field]: value }, ...others] as StoredConfiguration['phones'];
  expectFault(
    { ...SAMPLE_CONFIGURATION, phones },
    `phones[${first?.name}].${field}`,
    'must be one of',
  );
});

function expectFault(configuration: StoredConfiguration, field: string, rule: string): void {
  const fault = faultsOf(configuration).find((each) => each.field === field);
  expect(fault, JSON.stringify(faultsOf(configuration))).toBeDefined();
  expect(fault?.rule.slice(0, rule.length)).toBe(rule);
}

function withMeetMe(change: Partial<StoredMeetMeNumber>): StoredConfiguration {
  const number: StoredMeetMeNumber = {
    pattern: '7000',
    partition: '',
    description: '',
    minimumSecurityLevel: 'nonsecure',
    ...change,
  };
  const meetMeNumbers = [...SAMPLE_CONFIGURATION.meetMeNumbers, number];
  return { ...SAMPLE_CONFIGURATION, meetMeNumbers };
}

function aBridge(name: string): StoredBridge {
  return {
    name,
    type: 'Cisco IOS Enhanced Conference Bridge',
    securityMode: 'nonsecure',
    description: name,
    devicePool: 'Default',
    commonDeviceConfiguration: '',
    location: 'Hub_None',
  };
}

function firstPhone(): StoredPhone {
  const [phone] = SAMPLE_CONFIGURATION.phones;
  if (!phone) throw new Error('the sample has phones');
  return phone;
}

function line(
  index: number,
  directoryNumber: string,
  change: Partial<StoredLine> = {},
): StoredLine {
  return { index, directoryNumber, partition: '', displayName: '', label: '', ...change };
}
