/*
 * Goal: tools that administer CUCM by AXL administer this, and what they may not or cannot do changes nothing.
 * Method: the public client `cisco-axl`, unmodified, with its own copies of CUCM's schemas, against a whole
 * call manager over HTTPS.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { until } from '../../system/house.ts';
import type { AxlClient } from './axl-client.ts';
import { AxlHouse, messageOf, UUID } from './axl-house.ts';

let axl: AxlHouse;
let client: AxlClient;

beforeAll(async () => {
  axl = await AxlHouse.open();
  ({ client } = axl);
});

afterAll(async () => await axl.close());

describe('the client itself', () => {
  test.each(['11.0', '15.0'])('with the schema of %s', async (version) => {
    const other = axl.clientOf({ version });
    expect(await other.ask('getCCMVersion', {})).toEqual({
      componentVersion: { version: `${version}.1.0-1` },
    });
    const tags = { searchCriteria: { name: '%' }, returnedTags: { name: '' } };
    expect(await other.ask('listDevicePool', tags)).toMatchObject({
      devicePool: [{ name: 'Default' }],
    });
    other.close();
  });

  test.each(['listPhone', 'listMeetMe', 'listSipTrunk'])(
    '%s with all the empty tags that it makes of its schema',
    async (operation) => {
      const tags = await client.tagsOf(operation);
      const found = await client.ask(operation, tags);
      const stored = await axl.configuration();
      const counts: Readonly<Record<string, number>> = {
        listMeetMe: stored.meetMeNumbers.length,
        listPhone: stored.phones.length,
        listSipTrunk: 0,
      };
      const [objects = []] = Object.values(found ?? {}) as unknown[][];
      expect(objects.length).toBe(counts[operation]);
    },
  );
});

describe('the skeletons that the client makes of its schema, filled in as its readme says', () => {
  const line = { index: '1', dirn: { pattern: '8300' } };
  test.each([
    ['MeetMe', { pattern: '8200', minimumSecurityLevel: 'Encrypted' }],
    ['DevicePool', { name: 'DP', regionName: 'Default' }],
    ['Location', { name: 'Loft' }],
    ['CommonDeviceConfig', { name: 'CDC' }],
    ['ConferenceBridge', { name: 'CFB-NEW', product: 'Cisco IOS Enhanced Conference Bridge' }],
    ['MediaResourceGroup', { name: 'MRG-NEW', members: { member: { deviceName: 'CFB-NEW' } } }],
    ['Line', { pattern: '8300', usage: 'Device' }],
    ['Phone', { name: 'SEP00000000BBBB', product: 'Cisco 7975', lines: { line } }],
  ])('a %s is added, and updated with nothing', async (object, filled) => {
    const element = object.charAt(0).toLowerCase() + object.slice(1);
    const tags = (await client.tagsOf(`add${object}`)) as Record<string, object>;
    const uuid = await client.ask(`add${object}`, { [element]: { ...tags[element], ...filled } });
    expect(uuid).toMatch(UUID);
    const found = await client.ask(`get${object}`, { uuid });
    const skeleton = await client.tagsOf(`update${object}`);
    expect(await client.ask(`update${object}`, { ...skeleton, uuid })).toBe(uuid);
    expect(await client.ask(`get${object}`, { uuid })).toEqual(found);
  });

  test('and removed', async () => {
    await client.ask('removePhone', { name: 'SEP00000000BBBB' });
    await client.ask('removeMediaResourceGroup', { name: 'MRG-NEW' });
    const skeleton = await client.tagsOf('removeConferenceBridge');
    await client.ask('removeConferenceBridge', { ...skeleton, name: 'CFB-NEW' });
    expect(await axl.stored('bridges', 'CFB-NEW')).toBeUndefined();
  });
});

describe('conference bridges', () => {
  const bridge = {
    name: 'CFB-AXL',
    description: 'by AXL',
    product: 'Cisco IOS Enhanced Conference Bridge',
    devicePoolName: 'Default',
    locationName: 'Hub_None',
    securityProfileName: 'Encrypted Conference Bridge',
    useTrustedRelayPoint: 'Default',
  };

  test('are added as the procedure has it (SUP-07), found, changed, named anew and removed', async () => {
    const uuid = await client.ask('addConferenceBridge', { conferenceBridge: bridge });
    expect(uuid).toMatch(UUID);
    expect(await axl.stored('bridges', 'CFB-AXL')).toMatchObject({
      type: bridge.product,
      securityMode: 'encrypted',
    });
    const found = await client.ask('getConferenceBridge', { uuid });
    expect(found).toMatchObject({
      conferenceBridge: {
        ...bridge,
        attributes: { uuid },
        devicePoolName: { attributes: { uuid: expect.stringMatching(UUID) }, value: 'Default' },
        locationName: { value: 'Hub_None' },
      },
    });
    const group = { name: 'MRG-CONF', addMembers: { member: { deviceName: 'CFB-AXL' } } };
    await client.ask('updateMediaResourceGroup', group);
    const change = { name: 'CFB-AXL', newName: 'CFB-TWO', description: 'changed' };
    expect(await client.ask('updateConferenceBridge', change)).toBe(uuid);
    expect(await axl.stored('bridges', 'CFB-TWO')).toMatchObject({
      description: 'changed',
      securityMode: 'encrypted',
    });
    expect(await axl.stored('mediaResourceGroups', 'MRG-CONF')).toHaveProperty('members', [
      'CFB-PLAIN',
      'CFB-SECURE',
      'CFB-TWO',
    ]);
    const used = await client.faultOf('removeConferenceBridge', { name: 'CFB-TWO' });
    expect(messageOf(used)).toContain('MRG-CONF');
    await client.ask('updateMediaResourceGroup', {
      name: 'MRG-CONF',
      removeMembers: { member: [{ deviceName: 'CFB-TWO' }] },
    });
    expect(await client.ask('removeConferenceBridge', { uuid })).toBe(uuid);
    expect(await axl.stored('bridges', 'CFB-TWO')).toBeUndefined();
  });

  test('are listed by wildcard, from one on and so many', async () => {
    const list = async (tags: object) =>
      (await client.ask('listConferenceBridge', {
        searchCriteria: { name: 'cfb-%' },
        returnedTags: { name: '' },
        ...tags,
      })) as { conferenceBridge?: { name: string }[] } | null;
    const names = (found: Awaited<ReturnType<typeof list>>) =>
      found?.conferenceBridge?.map(({ name }) => name);
    expect(names(await list({}))).toEqual(['CFB-PLAIN', 'CFB-SECURE']);
    expect(names(await list({ skip: '1' }))).toEqual(['CFB-SECURE']);
    expect(names(await list({ first: '1' }))).toEqual(['CFB-PLAIN']);
    expect(names(await list({ searchCriteria: { name: '%sec%' } }))).toEqual(['CFB-SECURE']);
    expect(await list({ searchCriteria: { name: 'FB-%' } })).toBeUndefined();
  });

  test('a registered one is sent away by reset and comes back', async () => {
    await axl.house.bridge('CFB-PLAIN');
    const registered = () => axl.house.manager.engine.state.bridges.has('CFB-PLAIN');
    await client.ask('applyConferenceBridge', { name: 'CFB-PLAIN' });
    expect(registered()).toBe(true);
    await client.ask('resetConferenceBridge', { name: 'CFB-PLAIN' });
    await until(() => !registered(), 'reset');
    await until(registered, 'back');
  });

  test('what cannot be is refused by name and not half stored', async () => {
    const before = await axl.configuration();
    const faults: readonly (readonly [object, number, string])[] = [
      [{ ...bridge, product: 'Toaster' }, 5003, 'Invalid value for product: must be one of'],
      [{ ...bridge, name: 'CFB-SECURE' }, -239, 'duplicate value'],
      [{ ...bridge, devicePoolName: 'Nowhere' }, 5003, 'Invalid value for devicePoolName'],
      [{ ...bridge, securityProfileName: 'Half' }, 5003, 'securityProfileName: must be one of'],
      [{ ...bridge, srtpAllowed: 'true' }, 5003, 'Invalid value for srtpAllowed'],
      [{ ...bridge, password: 'secret' }, 5003, 'Invalid value for password: is not served'],
      [{ ...bridge, addresses: { address: '192.0.2.1' } }, 5003, 'Invalid value for addresses'],
    ];
    for (const [conferenceBridge, code, message] of faults) {
      const fault = await client.faultOf('addConferenceBridge', { conferenceBridge });
      expect(fault).toMatchObject({
        faultcode: 'soapenv:Client',
        detail: { axlError: { axlcode: String(code), request: 'addConferenceBridge' } },
      });
      expect(messageOf(fault)).toContain(message);
    }
    expect(await axl.configuration()).toEqual(before);
  });
});

describe('meet-me numbers (MML-03, MML-04)', () => {
  test('are added, found by pattern and partition, changed and removed', async () => {
    const number = {
      pattern: '77[0-5]0',
      description: 'rooms',
      routePartitionName: 'P',
      minimumSecurityLevel: 'Authenticated',
    };
    const uuid = await client.ask('addMeetMe', { meetMe: number });
    const named = { pattern: '77[0-5]0', routePartitionName: 'P' };
    expect(await client.ask('getMeetMe', named)).toMatchObject({
      meetMe: { ...number, attributes: { uuid }, usage: 'Conference' },
    });
    const change = { ...named, newPattern: '78[0-5]0', minimumSecurityLevel: 'Encrypted' };
    expect(await client.ask('updateMeetMe', change)).toBe(uuid);
    const again = await client.ask('addMeetMe', { meetMe: number });
    expect(again).not.toBe(uuid);
    expect(await client.ask('getMeetMe', { uuid })).toMatchObject({
      meetMe: { pattern: '78[0-5]0', minimumSecurityLevel: 'Encrypted' },
    });
    const missing = await client.faultOf('getMeetMe', { pattern: '77[0-5]0' });
    expect(missing).toMatchObject({ detail: { axlError: { axlcode: '5007' } } });
    expect(messageOf(missing)).toBe('Item not valid: The specified MeetMe 77[0-5]0 was not found');
    for (const each of [uuid, again]) await client.ask('removeMeetMe', { uuid: each });
    const bad = { meetMe: { ...number, pattern: '77[' } };
    expect(messageOf(await client.faultOf('addMeetMe', bad))).toContain(
      'Invalid value for pattern: must be digits',
    );
  });
});

describe('media resource lists, device pools, locations and common device configurations', () => {
  test('refer to each other, and follow each other’s names', async () => {
    await client.ask('addMediaResourceGroup', {
      mediaResourceGroup: {
        name: 'MRG-AXL',
        description: 'kept',
        multicast: 'false',
        members: { member: [{ deviceName: 'CFB-PLAIN' }, { deviceName: 'MOH-1' }] },
      },
    });
    await client.ask('addMediaResourceList', {
      mediaResourceList: {
        name: 'MRGL-AXL',
        members: {
          member: [
            { mediaResourceGroupName: 'MRG-CONF', order: '1' },
            { mediaResourceGroupName: 'MRG-AXL', order: '0' },
          ],
        },
      },
    });
    await client.ask('addDevicePool', {
      devicePool: {
        name: 'DP-AXL',
        dateTimeSettingName: 'CMLocal',
        callManagerGroupName: 'Default',
        mediaResourceListName: 'MRGL-AXL',
        regionName: 'Default',
        srstName: 'Disable',
        aarNeighborhoodName: '',
      },
    });
    await client.ask('addLocation', {
      location: {
        name: 'Attic',
        withinAudioBandwidth: '0',
        betweenLocations: { betweenLocation: { locationName: 'Hub_None', weight: '50' } },
      },
    });
    await client.ask('addCommonDeviceConfig', {
      commonDeviceConfig: { name: 'Common', softkeyTemplateName: 'Standard User' },
    });
    await client.ask('updateMediaResourceGroup', { name: 'MRG-AXL', newName: 'MRG-TWO' });
    await client.ask('updateMediaResourceList', { name: 'MRGL-AXL', newName: 'MRGL-TWO' });
    expect(await axl.stored('mediaResourceLists', 'MRGL-TWO')).toHaveProperty('groups', [
      'MRG-TWO',
      'MRG-CONF',
    ]);
    expect(await client.ask('getDevicePool', { name: 'DP-AXL' })).toMatchObject({
      devicePool: { mediaResourceListName: { value: 'MRGL-TWO' }, srstName: 'Disable' },
    });
    expect(await client.ask('getMediaResourceGroup', { name: 'MRG-TWO' })).toMatchObject({
      mediaResourceGroup: {
        description: 'kept',
        members: {
          member: [{ deviceName: { value: 'CFB-PLAIN' } }, { deviceName: { value: 'MOH-1' } }],
        },
      },
    });
    expect(await client.ask('getMediaResourceList', { name: 'MRGL-TWO' })).toMatchObject({
      mediaResourceList: { members: { member: [{ order: '0' }, { order: '1' }] } },
    });
    expect(await client.ask('getCommonDeviceConfig', { name: 'Common' })).toMatchObject({
      commonDeviceConfig: { softkeyTemplateName: 'Standard User' },
    });
    expect(await client.ask('getLocation', { name: 'Attic' })).toMatchObject({
      location: { withinAudioBandwidth: '0' },
    });
    await client.ask('updateLocation', { name: 'Attic', newName: 'Cellar' });
    await client.ask('updateCommonDeviceConfig', { name: 'Common', newName: 'Usual' });
    await client.ask('updateDevicePool', {
      name: 'DP-AXL',
      newName: 'DP-TWO',
      regionName: 'South',
    });
    expect(await axl.stored('devicePools', 'DP-TWO')).toMatchObject({
      region: 'South',
      mediaResourceList: 'MRGL-TWO',
    });
    await client.ask('resetDevicePool', { name: 'DP-TWO' });
    await client.ask('removeDevicePool', { name: 'DP-TWO' });
    await client.ask('removeMediaResourceList', { name: 'MRGL-TWO' });
    await client.ask('removeMediaResourceGroup', { name: 'MRG-TWO' });
    await client.ask('removeLocation', { name: 'Cellar' });
    await client.ask('removeCommonDeviceConfig', { name: 'Usual' });
    expect((await axl.configuration()).otherFields).toEqual([]);
  });
});

describe('who may what', () => {
  const add = { location: { name: 'By nobody' } };
  const list = { searchCriteria: { name: '%' }, returnedTags: { name: '' } };

  test('read-only lists and changes nothing; a packet sniffer does not even list', async () => {
    const reader = axl.clientOf({ user: 'rob' });
    expect(await reader.ask('listLocation', list)).toHaveProperty('location');
    expect(messageOf(await reader.faultOf('addLocation', add))).toBe(
      'The role read-only may not do this.',
    );
    expect(messageOf(await reader.faultOf('resetPhone', { name: 'SEP000000001001' }))).toBe(
      'The role read-only may not do this.',
    );
    reader.close();
    const sniffer = axl.clientOf({ user: 'sue' });
    expect(messageOf(await sniffer.faultOf('listLocation', list))).toContain('may not');
    sniffer.close();
  });

  test('a wrong password, a user that is not there: the same words, and both in the audit log', async () => {
    for (const wrong of [{ password: 'a wrong long password' }, { user: 'nobody' }]) {
      const stranger = axl.clientOf(wrong);
      expect(messageOf(await stranger.faultOf('addLocation', add))).toBe(
        'The user or the password is wrong.',
      );
      stranger.close();
    }
    expect(await axl.stored('locations', 'By nobody')).toBeUndefined();
  });

  test('an operation that is not here says so', async () => {
    const fault = await client.faultOf('executeSQLQuery', { sql: 'select * from device' });
    expect(messageOf(fault)).toBe('There is no operation executeSQLQuery here.');
  });

  test('changes and refusals are in the audit log, readings are not', async () => {
    await client.ask('addLocation', { location: { name: 'Audited' } });
    await client.ask('removeLocation', { name: 'Audited' });
    const trail = await axl.house.manager.store.accounts.auditTrail(1_000);
    const of = (action: string, outcome: string) =>
      trail.filter((each) => each.action === action && each.outcome === outcome);
    expect(of('AXL addLocation', 'done')[0]).toMatchObject({
      user: 'ada',
      from: '127.0.0.1',
      detail: expect.stringContaining('<name>Audited</name>'),
    });
    expect(of('AXL addLocation', 'refused').map(({ detail }) => detail)).toContain(
      'The role read-only may not do this.',
    );
    expect(of('AXL request', 'refused').map(({ detail }) => detail)).toContain(
      'The user or the password is wrong.',
    );
    expect(of('AXL listLocation', 'done')).toEqual([]);
  });
});
