import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  type Fault,
  faultsOf,
  parameterFault,
  SAMPLE_CONFIGURATION,
  SERVICE_PARAMETERS,
  Store,
  type StoredBridge,
  type StoredConfiguration,
  type StoredMeetMeNumber,
  type StoredPhone,
  ValidationError,
} from './index.ts';

/* Goal: what is stored is what was given, or nothing was stored and each fault is named. */

const GROUP = SAMPLE_CONFIGURATION.mediaResourceGroups[0]?.name ?? '';
const LIST = SAMPLE_CONFIGURATION.mediaResourceLists[0]?.name ?? '';

let folder = '';
let file = '';
let open: Store[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'store-'));
  file = join(folder, 'conclave.db');
  open = [];
});

afterEach(async () => {
  await Promise.all(open.map((store) => store.close()));
  rmSync(folder, { recursive: true, force: true });
});

test('before anything was stored there is no configuration', async () => {
  expect(await (await opened()).readConfiguration()).toBeUndefined();
});

test('the sample has no fault and comes back as it went in', async () => {
  expect(faultsOf(SAMPLE_CONFIGURATION)).toEqual([]);
  for (const where of [':memory:', file]) {
    const store = await opened(where);
    await store.writeConfiguration(SAMPLE_CONFIGURATION);
    const read = canonical(await store.readConfiguration());
    expect(read).toMatchObject(canonical(SAMPLE_CONFIGURATION));
  }
});

test("operator's edits survive a re-open, and what they took away stays away", async () => {
  const edited: StoredConfiguration = {
    ...SAMPLE_CONFIGURATION,
    cluster: { id: 'Paris-1', securityMode: 'nonsecure' },
    phones: [phone({ mediaResourceList: 'MRGL-OTHER' }), sip()],
    bridges: [bridge({ description: 'Bridge "β"; DROP TABLE device' })],
    mediaResourceGroups: [
      { name: 'MRG-B', members: ['CFB-SECURE'] },
      { name: 'MRG-A', members: [] },
    ],
    mediaResourceLists: [
      { name: 'MRGL-OTHER', groups: ['MRG-B', 'MRG-A'] },
      { name: 'MRGL-EMPTY', groups: [] },
    ],
    meetMeNumbers: [meetMe({ pattern: '10[0-5]0', partition: 'P1' }), meetMe({ partition: 'P2' })],
    serviceParameters: { 'Advanced Ad Hoc Conference Enabled': 'True' },
  };
  const first = await opened();
  await first.writeConfiguration(SAMPLE_CONFIGURATION);
  await first.writeConfiguration(edited);
  await first.close();
  open = [];
  expect(canonical(await (await opened()).readConfiguration())).toMatchObject(canonical(edited));
});

test('SEC-09, D-03: the groups of a list keep their order', async () => {
  const names = ['Z', 'A', 'M', 'B'];
  const store = await opened();
  await store.writeConfiguration({
    ...SAMPLE_CONFIGURATION,
    phones: [],
    mediaResourceGroups: names.toSorted().map((name) => ({ name, members: [] })),
    mediaResourceLists: [{ name: 'L', groups: names }],
  });
  expect((await store.readConfiguration())?.mediaResourceLists).toEqual([
    { name: 'L', groups: names },
  ]);
});

const RULES: readonly [
  rule: string,
  change: Partial<StoredConfiguration>,
  field: string,
  words: RegExp,
][] = [
  ['cluster id', { cluster: { id: 'a b', securityMode: 'mixed' } }, 'cluster.id', /1 to 50/],
  [
    'cluster security mode',
    { cluster: { id: 'a', securityMode: wrong('secure') } },
    'cluster.securityMode',
    /nonsecure or mixed/,
  ],
  [
    'phone name',
    { phones: [phone({ name: 'SEP00000000100g' })] },
    'phones[SEP00000000100g].name',
    /SEP and twelve/,
  ],
  [
    'phone security mode',
    { phones: [phone({ securityMode: wrong('secret') })] },
    'phones[SEP00000000AAAA].securityMode',
    /nonsecure, authenticated, encrypted/,
  ],
  [
    'phone protocol',
    { phones: [phone({ protocol: wrong('H.323') })] },
    'phones[SEP00000000AAAA].protocol',
    /SCCP or SIP/,
  ],
  ['phone model', { phones: [phone({ model: '' })] }, 'phones[SEP00000000AAAA].model', /empty/],
  [
    'phone list',
    { phones: [phone({ mediaResourceList: 'NONE' })] },
    'phones[SEP00000000AAAA].mediaResourceList',
    /no list NONE/,
  ],
  ['phone lines', { phones: [phone({ lines: [] })] }, 'phones[SEP00000000AAAA].lines', /a line/],
  [
    'line number',
    { phones: [phone({ lines: [line({ directoryNumber: '10 01' })] })] },
    'phones[SEP00000000AAAA].lines[1].directoryNumber',
    /1 to 32/,
  ],
  [
    'line index',
    { phones: [phone({ lines: [line({ index: 43 })] })] },
    'phones[SEP00000000AAAA].lines.index',
    /1 to 42/,
  ],
  [
    'two lines on one button',
    { phones: [phone({ lines: [line({}), line({ directoryNumber: '9' })] })] },
    'phones[SEP00000000AAAA].lines',
    /one line/,
  ],
  [
    'TIP-18: bridge name',
    { ...resourceless(), bridges: [bridge({ name: 'a-name-too-long1' })] },
    'bridges[a-name-too-long1].name',
    /TIP-18/,
  ],
  [
    'bridge type',
    { bridges: [bridge({ type: 'Toaster', securityMode: 'nonsecure' })] },
    'bridges[CFB-SECURE].type',
    /must be one of/,
  ],
  [
    'bridge security mode',
    { bridges: [bridge({ securityMode: wrong('authenticated') })] },
    'bridges[CFB-SECURE].securityMode',
    /nonsecure or encrypted/,
  ],
  [
    'BRG-02',
    { bridges: [bridge({ type: 'Cisco Conference Bridge Software' })] },
    'bridges[CFB-SECURE].securityMode',
    /BRG-02/,
  ],
  [
    'BRG-01',
    { bridges: [bridge({ type: 'Cisco IOS Conference Bridge' })] },
    'bridges[CFB-SECURE].securityMode',
    /BRG-01/,
  ],
  [
    'TIP-18: a bridge named as a bridge in another case',
    { bridges: [bridge({}), bridge({ name: 'cfb-secure' })] },
    '[CFB-SECURE].name',
    /TIP-18/,
  ],
  [
    'TIP-18: a bridge named as a phone',
    { phones: [phone({})], bridges: [bridge({}), bridge({ name: 'SEP00000000AAAA' })] },
    '[SEP00000000AAAA].name',
    /TIP-18/,
  ],
  [
    'MML-03: pattern',
    { meetMeNumbers: [meetMe({ pattern: '10[0-5' })] },
    'meetMeNumbers[10[0-5].pattern',
    /MML-03/,
  ],
  [
    'MML-03: description characters',
    { meetMeNumbers: [meetMe({ description: 'a <b>' })] },
    'meetMeNumbers[5000].description',
    /50 characters/,
  ],
  [
    'MML-04: level',
    { meetMeNumbers: [meetMe({ minimumSecurityLevel: wrong('secret') })] },
    'meetMeNumbers[5000].minimumSecurityLevel',
    /nonsecure, authenticated, encrypted/,
  ],
  [
    'MML-03: pattern and partition twice',
    { meetMeNumbers: [meetMe({}), meetMe({ description: 'again' })] },
    'meetMeNumbers[5000]',
    /unique/,
  ],
  [
    'group member',
    { mediaResourceGroups: [{ name: GROUP, members: ['GONE'] }] },
    `mediaResourceGroups[${GROUP}]`,
    /no .* GONE/,
  ],
  [
    'group of a list',
    { mediaResourceLists: [{ name: LIST, groups: ['GONE'] }] },
    `mediaResourceLists[${LIST}]`,
    /no group GONE/,
  ],
  [
    'group twice',
    {
      mediaResourceGroups: [
        { name: GROUP, members: [] },
        { name: GROUP, members: [] },
      ],
    },
    `mediaResourceGroups[${GROUP}]`,
    /unique/,
  ],
  [
    'list twice',
    {
      mediaResourceLists: [
        { name: LIST, groups: [] },
        { name: LIST, groups: [] },
      ],
    },
    `mediaResourceLists[${LIST}]`,
    /unique/,
  ],
  [
    'service parameter name',
    { serviceParameters: { 'Coffee Machine': 'True' } },
    'serviceParameters[Coffee Machine]',
    /no service parameter/,
  ],
  [
    'service parameter range',
    { serviceParameters: { 'Maximum Ad Hoc Conference': '65' } },
    'serviceParameters[Maximum Ad Hoc Conference]',
    /3 to 64/,
  ],
];

test.each(RULES)(
  'refused, by field and rule, and nothing changes: %s',
  async (_rule, change, field, words) => {
    const store = await opened();
    await store.writeConfiguration(SAMPLE_CONFIGURATION);
    const before = await store.readConfiguration();
    const error = await refused(store, {
      ...SAMPLE_CONFIGURATION,
      ...resourcelessFor(change),
      ...change,
    });
    expect(error.code).toBe('CONFIGURATION');
    expect(error.faults).toHaveLength(1);
    expect(error.faults[0]?.field.toLowerCase()).toContain(field.toLowerCase());
    expect(error.faults[0]?.rule).toMatch(words);
    expect(error.message).toContain(error.faults[0]?.field);
    expect(await store.readConfiguration()).toEqual(before);
  },
);

test('every fault is told at once', async () => {
  const store = await opened();
  const error = await refused(store, {
    ...SAMPLE_CONFIGURATION,
    cluster: { id: '', securityMode: 'mixed' },
    meetMeNumbers: [meetMe({ pattern: '', description: 'x'.repeat(51) })],
  });
  expect(error.faults).toHaveLength(3);
  expect(error.message.split('\n')).toHaveLength(3);
  expect(await store.readConfiguration()).toBeUndefined();
});

test('BRG-02: only the enhanced bridge can be encrypted, all can be nonsecure', () => {
  const types = [
    ['Cisco Conference Bridge Software', 1],
    ['Cisco Conference Bridge Hardware', 1],
    ['Cisco IOS Conference Bridge', 1],
    ['Cisco IOS Enhanced Conference Bridge', 0],
  ] as const;
  for (const [type, count] of types) {
    expect(faultsWith({ bridges: [bridge({ type })] })).toHaveLength(count);
    expect(faultsWith({ bridges: [bridge({ type, securityMode: 'nonsecure' })] })).toEqual([]);
  }
});

test.each([
  ['5000', true],
  ['10[0-5]0', true],
  ['5[013]X', true],
  ['XXXX', true],
  ['*5#', true],
  ['1'.repeat(32), true],
  ['1'.repeat(33), false],
  ['', false],
  ['50 00', false],
  ['50[]', false],
  ['50[0-5', false],
  ['500a', false],
  ['5000\n', false],
])('MML-03: the meet-me pattern %j is accepted: %s', (pattern, accepted) => {
  const numbers = { meetMeNumbers: [meetMe({ pattern })], parkNumbers: [] };
  expect(faultsWith(numbers)).toHaveLength(accepted ? 0 : 1);
});

test('MML-03: a description has at most 50 characters, none of them " % & < >', () => {
  const faults = (description: string): number =>
    faultsWith({ meetMeNumbers: [meetMe({ description })] }).length;
  expect(faults('x'.repeat(50))).toBe(0);
  expect(faults('x'.repeat(51))).toBe(1);
  for (const char of '"%&<>') expect([char, faults(`a${char}b`)]).toEqual([char, 1]);
  expect(faults("Ada's room; 50 - é")).toBe(0);
});

test('MML-03: one pattern may be in two partitions', () => {
  const twice = [meetMe({ partition: 'P1' }), meetMe({ partition: 'P2' })];
  expect(faultsWith({ meetMeNumbers: twice })).toEqual([]);
});

test('every default of a service parameter is a value that it can have', () => {
  for (const { name, default: value } of SERVICE_PARAMETERS) {
    expect([name, parameterFault(name, value)]).toEqual([name, undefined]);
    expect(parameterFault(name, 'nonsense')).toBeDefined();
    expect(parameterFault(name, '') === undefined).toBe(value === '');
  }
  for (const value of ['1e1', '0x10', ' 5', '5.0', '-5', 'Infinity']) {
    expect([value, parameterFault('Maximum Ad Hoc Conference', value)]).not.toContain(undefined);
  }
});

test('CDR: call ids of a run begin where no earlier run has been', async () => {
  const firsts: number[] = [];
  for (let run = 0; run < 4; run += 1) {
    const store = await Store.open(file);
    firsts.push(await store.reserveCallIds());
    await store.close();
  }
  expect(firsts[0]).toBe(1);
  for (const [index, first] of firsts.entries()) {
    if (index > 0) expect(first).toBeGreaterThan(firsts[index - 1] ?? 0);
  }
});

test('CDR: whatever call ids a run has noted, the next run begins after them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 100_000 }), { maxLength: 6 }), async (noted) => {
      const store = await Store.open(':memory:');
      const first = await store.reserveCallIds();
      for (const used of noted) await store.noteCallId(first + used);
      const next = await store.reserveCallIds();
      await store.close();
      expect(next).toBeGreaterThan(Math.max(first, ...noted.map((used) => first + used)));
    }),
    { numRuns: 30 },
  );
});

test('call ids do not begin anew with a new configuration', async () => {
  const store = await opened();
  const first = await store.reserveCallIds();
  await store.writeConfiguration(SAMPLE_CONFIGURATION);
  expect(await store.reserveCallIds()).toBeGreaterThan(first);
});

test('a file that is no database is refused by name', async () => {
  writeFileSync(file, 'this is not a database, it is a text '.repeat(100));
  await expect(Store.open(file)).rejects.toMatchObject({ code: 'STORE' });
  await expect(Store.open(file)).rejects.toThrow(file);
});

async function opened(where = file): Promise<Store> {
  const store = await Store.open(where);
  open.push(store);
  return store;
}

async function refused(store: Store, bad: StoredConfiguration): Promise<ValidationError> {
  const error = await store.writeConfiguration(bad).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ValidationError) return error;
  throw new Error(`no ValidationError but ${String(error)}`);
}

function faultsWith(change: Partial<StoredConfiguration>): readonly Fault[] {
  return faultsOf({ ...SAMPLE_CONFIGURATION, ...resourceless(), ...change });
}

/** No groups and lists, and no phones that name one. */
function resourceless(): Partial<StoredConfiguration> {
  return { phones: [], mediaResourceGroups: [], mediaResourceLists: [] };
}

/** A change of bridges leaves nothing that names the others. */
function resourcelessFor(change: Partial<StoredConfiguration>): Partial<StoredConfiguration> {
  return change.bridges ? resourceless() : change.mediaResourceLists ? { phones: [] } : {};
}

function phone(change: Partial<StoredPhone>): StoredPhone {
  return {
    name: 'SEP00000000AAAA',
    model: '7961G',
    firmware: '9.4(2)',
    protocol: 'SCCP',
    securityMode: 'encrypted',
    description: 'A phone',
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    lines: [line({})],
    ...change,
  };
}

function sip(): StoredPhone {
  const lines = [line({}), line({ index: 2, directoryNumber: '+4912345' })];
  return phone({ name: 'SEP00000000BBBB', protocol: 'SIP', lines });
}

function line(change: Partial<StoredPhone['lines'][number]>): StoredPhone['lines'][number] {
  return {
    index: 1,
    directoryNumber: '1001',
    partition: '',
    displayName: 'Ada Lovelace',
    label: '1001',
    ...change,
  };
}

function bridge(change: Partial<StoredBridge>): StoredBridge {
  return {
    name: 'CFB-SECURE',
    type: 'Cisco IOS Enhanced Conference Bridge',
    securityMode: 'encrypted',
    description: '',
    devicePool: 'Default',
    commonDeviceConfiguration: '',
    location: 'Hub_None',
    ...change,
  };
}

function meetMe(change: Partial<StoredMeetMeNumber>): StoredMeetMeNumber {
  return {
    pattern: '5000',
    partition: '',
    description: '',
    minimumSecurityLevel: 'nonsecure',
    ...change,
  };
}

/** A value that an import can bring but the types do not allow. */
function wrong(text: string): never {
  return text as never;
}

/** Sets have no order: sorted by name, so that only what matters is compared. */
function canonical(configuration: StoredConfiguration | undefined): object {
  if (!configuration) return {};
  const byName = <T extends { readonly name: string }>(items: readonly T[]): readonly T[] =>
    items.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return {
    ...configuration,
    phones: byName(configuration.phones),
    bridges: byName(configuration.bridges),
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
