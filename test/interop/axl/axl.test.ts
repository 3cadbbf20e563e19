/*
 * Goal: tools that administer CUCM by AXL administer this, and what they may not or cannot do changes nothing.
 * Method: the public client `cisco-axl`, unmodified, with its own copies of CUCM's schemas, against a whole
 * call manager over HTTPS.
 */
import { join } from 'node:path';
import { hashPassword, type Role } from '@conclave/api';
import type { CompleteConfiguration } from '@conclave/store';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { House, until } from '../../system/house.ts';
import { AxlClient } from './axl-client.ts';

const PASSWORD = 'a good long password';
const UUID = /^\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}$/;

let house: House;
let client: AxlClient;

beforeAll(async () => {
  house = await House.open();
  const passwordHash = await hashPassword(PASSWORD);
  const roles: Readonly<Record<string, Role>> = {
    ada: 'administrator',
    rob: 'read-only',
    sue: 'packet-sniffer',
  };
  for (const [name, role] of Object.entries(roles)) {
    await house.manager.store.accounts.putAccount({ name, role, passwordHash });
  }
  client = clientOf();
});

afterAll(async () => {
  client.close();
  await house.close();
});

describe('the client itself', () => {
  test.each(['11.0', '15.0'])('with the schema of %s', async (version) => {
    const other = clientOf({ version });
    expect(await other.ask('getCCMVersion', {})).toEqual({
      componentVersion: { version: `${version}.1.0-1` },
    });
    const tags = { searchCriteria: { name: '%' }, returnedTags: { name: '' } };
    expect(await other.ask('listDevicePool', tags)).toMatchObject({
      devicePool: [{ name: 'Default' }],
    });
    other.close();
  });

  test.each([
    'listConferenceBridge',
    'listMeetMe',
    'listMediaResourceGroup',
    'listMediaResourceList',
    'listDevicePool',
    'listLocation',
    'listCommonDeviceConfig',
    'listPhone',
    'listLine',
    'listSipTrunk',
    'listServiceParameter',
  ])('%s with all the empty tags that it makes of its schema', async (operation) => {
    const tags = await client.tagsOf(operation);
    const found = await client.ask(operation, tags);
    const stored = await configuration();
    const counts: Readonly<Record<string, number>> = {
      listConferenceBridge: stored.bridges.length,
      listMeetMe: stored.meetMeNumbers.length,
      listPhone: stored.phones.length,
      listSipTrunk: 0,
    };
    const [objects = []] = Object.values(found ?? {}) as unknown[][];
    expect(objects.length).toBe(counts[operation] ?? objects.length);
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
    expect(await stored('bridges', 'CFB-AXL')).toMatchObject({
      type: bridge.product,
      securityMode: 'encrypted',
    });
    const found = await client.ask('getConferenceBridge', { uuid });
    expect(found).toMatchObject({
      conferenceBridge: {
        ...bridge,
        attributes: { uuid },
        commonDeviceConfigName: null,
        devicePoolName: { attributes: { uuid: expect.stringMatching(UUID) }, value: 'Default' },
        locationName: { value: 'Hub_None' },
      },
    });
    const group = { name: 'MRG-CONF', addMembers: { member: { deviceName: 'CFB-AXL' } } };
    await client.ask('updateMediaResourceGroup', group);
    const change = { name: 'CFB-AXL', newName: 'CFB-TWO', description: 'changed' };
    expect(await client.ask('updateConferenceBridge', change)).toBe(uuid);
    expect(await stored('bridges', 'CFB-TWO')).toMatchObject({
      description: 'changed',
      securityMode: 'encrypted',
    });
    expect(await stored('mediaResourceGroups', 'MRG-CONF')).toHaveProperty('members', [
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
    expect(await stored('bridges', 'CFB-TWO')).toBeUndefined();
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
    await house.bridge('CFB-PLAIN');
    const registered = () => house.manager.engine.state.bridges.has('CFB-PLAIN');
    await client.ask('applyConferenceBridge', { name: 'CFB-PLAIN' });
    expect(registered()).toBe(true);
    await client.ask('resetConferenceBridge', { name: 'CFB-PLAIN' });
    await until(() => !registered(), 'reset');
    await until(registered, 'back');
  });

  test('what cannot be is refused by name and not half stored', async () => {
    const before = await configuration();
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
    expect(await configuration()).toEqual(before);
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
    expect(await stored('mediaResourceLists', 'MRGL-TWO')).toHaveProperty('groups', [
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
      commonDeviceConfig: { softkeyTemplateName: 'Standard User', userLocale: null },
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
    expect(await stored('devicePools', 'DP-TWO')).toMatchObject({
      region: 'South',
      mediaResourceList: 'MRGL-TWO',
    });
    await client.ask('resetDevicePool', { name: 'DP-TWO' });
    await client.ask('removeDevicePool', { name: 'DP-TWO' });
    await client.ask('removeMediaResourceList', { name: 'MRGL-TWO' });
    await client.ask('removeMediaResourceGroup', { name: 'MRG-TWO' });
    await client.ask('removeLocation', { name: 'Cellar' });
    await client.ask('removeCommonDeviceConfig', { name: 'Usual' });
    expect((await configuration()).otherFields).toEqual([]);
  });
});

describe('phones and lines', () => {
  const phone = {
    name: 'SEP00000000AAAA',
    description: 'Desk & <chair>',
    product: 'Cisco 7961',
    class: 'Phone',
    protocol: 'SCCP',
    protocolSide: 'User',
    devicePoolName: 'Default',
    commonPhoneConfigName: 'Standard Common Phone Profile',
    locationName: 'Hub_None',
    useTrustedRelayPoint: 'Default',
    securityProfileName: 'Cisco 7961 - Standard SCCP Encrypted Profile',
    phoneTemplateName: 'Standard 7961 SCCP',
    primaryPhoneName: '',
    builtInBridgeStatus: 'On',
    packetCaptureMode: 'None',
    certificateOperation: 'No Pending Operation',
    deviceMobilityMode: 'Default',
    lines: {
      line: [
        {
          index: '1',
          label: 'Desk',
          display: 'Ada',
          dirn: { pattern: '8100', routePartitionName: '' },
        },
      ],
    },
  };

  test('a line waits for its phone; both are found, changed and removed', async () => {
    const line = {
      pattern: '8100',
      description: 'Desk',
      usage: 'Device',
      routePartitionName: '',
      alertingName: 'Ada',
    };
    const uuid = await client.ask('addLine', { line });
    const phoneUuid = await client.ask('addPhone', { phone });
    expect(await stored('phones', phone.name)).toEqual({
      name: phone.name,
      description: phone.description,
      model: '7961',
      firmware: '',
      protocol: 'SCCP',
      securityMode: 'encrypted',
      devicePool: 'Default',
      location: 'Hub_None',
      userLocale: 'English_United_States',
      builtInBridge: 'on',
      lines: [
        { index: 1, directoryNumber: '8100', partition: '', displayName: 'Ada', label: 'Desk' },
      ],
    });
    expect(await client.ask('getPhone', { name: phone.name })).toMatchObject({
      phone: {
        attributes: { uuid: phoneUuid },
        description: phone.description,
        product: phone.product,
        securityProfileName: phone.securityProfileName,
        commonPhoneConfigName: phone.commonPhoneConfigName,
        userLocale: 'English United States',
        lines: {
          line: [
            {
              index: '1',
              label: 'Desk',
              dirn: { attributes: { uuid }, pattern: '8100', routePartitionName: null },
            },
          ],
        },
      },
    });
    const second = { dirn: { pattern: '8101', routePartitionName: 'P' } };
    await client.ask('updatePhone', { name: phone.name, addLines: { line: [second] } });
    expect(await client.ask('updateLine', { pattern: '8100', newPattern: '8105' })).toBe(uuid);
    expect(await client.ask('getLine', { uuid })).toMatchObject({
      line: { pattern: '8105', alertingName: 'Ada' },
    });
    expect(await stored('phones', phone.name)).toMatchObject({
      lines: [{ directoryNumber: '8105' }, { index: 2, directoryNumber: '8101', partition: 'P' }],
    });
    const lines = { searchCriteria: { pattern: '81%' }, returnedTags: { pattern: '' } };
    expect(await client.ask('listLine', lines)).toMatchObject({
      line: [{ pattern: '8101' }, { pattern: '8105' }],
    });
    await client.ask('resetLine', { pattern: '8105' });
    await client.ask('removeLine', { pattern: '8101', routePartitionName: 'P' });
    const last = await client.faultOf('removeLine', { pattern: '8105' });
    expect(messageOf(last)).toContain('must have a line');
    await client.ask('removePhone', { uuid: phoneUuid });
    await client.ask('removeLine', { uuid });
    expect((await configuration()).directoryNumbers).toEqual([]);
  });

  test('what would promise too much is refused: capture, profiles that are not there, parts', async () => {
    const faults: readonly (readonly [object, string])[] = [
      [{ packetCaptureMode: 'Batch Processing Mode' }, 'packetCaptureMode: can only be None'],
      [{ securityProfileName: 'Ours' }, 'The specified PhoneSecurityProfile Ours was not found'],
      [{ digestUser: 'ada' }, 'digestUser: a new user needs a password'],
      [{ speeddials: { speeddial: { dirn: '1', index: '1' } } }, 'Invalid value for speeddials'],
      [{ name: 'Kitchen' }, 'Invalid value for name'],
      [{ lines: { line: [] } }, 'Invalid value for lines: must have a line'],
    ];
    for (const [change, message] of faults) {
      const fault = await client.faultOf('addPhone', { phone: { ...phone, ...change } });
      expect(messageOf(fault)).toContain(message);
    }
    expect(await stored('phones', phone.name)).toBeUndefined();
  });

  test('a registered phone is reset by its name, its line and as a device', async () => {
    const name = 'SEP000000001001';
    const resets: readonly (readonly [string, object])[] = [
      ['resetPhone', { name }],
      ['restartLine', { pattern: '1001' }],
      ['doDeviceReset', { deviceName: name, isHardReset: 'true' }],
    ];
    for (const [operation, tags] of resets) {
      const phone = await house.phone('1001');
      expect(await client.ask(operation, tags)).toMatch(UUID);
      await phone.waitFor(({ closedBecause }) => closedBecause !== undefined, operation);
      expect(phone.closedBecause).toContain('reset');
      await until(() => !house.manager.engine.state.phones.has(name), operation);
    }
  });
});

describe('SIP trunks', () => {
  test('are added, found, changed and removed', async () => {
    const trunk = {
      name: 'TRUNK-AXL',
      description: '',
      product: 'SIP Trunk',
      class: 'Trunk',
      protocol: 'SIP',
      protocolSide: 'Network',
      devicePoolName: 'Default',
      locationName: 'Hub_None',
      securityProfileName: 'Secure SIP Trunk Profile',
      sipProfileName: 'Standard SIP Profile',
      presenceGroupName: 'Standard Presence group',
      srtpAllowed: 'true',
      destinations: {
        destination: [{ addressIpv4: '192.0.2.7', port: '5061', sortOrder: '1' }],
      },
      callingAndCalledPartyInfoFormat: 'Deliver DN only in connected party',
    };
    const uuid = await client.ask('addSipTrunk', { sipTrunk: trunk });
    expect(await stored('sipTrunks', 'TRUNK-AXL')).toMatchObject({
      transport: 'TLS',
      srtpAllowed: true,
      destinations: [{ host: '192.0.2.7', port: 5061 }],
    });
    expect(await client.ask('getSipTrunk', { uuid })).toMatchObject({
      sipTrunk: {
        name: 'TRUNK-AXL',
        securityProfileName: 'Secure SIP Trunk Profile',
        sipProfileName: 'Standard SIP Profile',
        srtpAllowed: expect.anything(),
        destinations: { destination: [{ addressIpv4: '192.0.2.7', port: '5061', sortOrder: '1' }] },
      },
    });
    const clear = { name: 'TRUNK-AXL', securityProfileName: 'Non Secure SIP Trunk Profile' };
    expect(messageOf(await client.faultOf('updateSipTrunk', clear))).toContain(
      'Invalid value for srtpAllowed: needs transport TLS',
    );
    const more = { destination: { addressIpv4: '192.0.2.8', sortOrder: '2' } };
    await client.ask('updateSipTrunk', {
      ...clear,
      srtpAllowed: 'false',
      addDestinations: more,
    });
    expect(await stored('sipTrunks', 'TRUNK-AXL')).toMatchObject({
      transport: 'TCP',
      destinations: [{ host: '192.0.2.7', port: 5061 }, { host: '192.0.2.8' }],
    });
    await client.ask('restartSipTrunk', { uuid });
    await client.ask('removeSipTrunk', { uuid });
    expect(await stored('sipTrunks', 'TRUNK-AXL')).toBeUndefined();
  });
});

describe('service parameters', () => {
  const named = {
    processNodeName: 'EnterpriseWideData',
    name: 'Maximum Ad Hoc Conference',
    service: 'Cisco CallManager',
  };
  // To this client a tag `value` is the text of what it is in, unless that one is in a `value` itself.
  const valued = (value: string) => ({ value: { ...named, value } });

  test('are found, and changed within their range', async () => {
    await client.ask('updateServiceParameter', valued('12'));
    expect(await client.ask('getServiceParameter', named)).toMatchObject({
      serviceParameter: { ...named, value: '12', valueType: 'long' },
    });
    const bad = await client.faultOf('updateServiceParameter', valued('1000'));
    expect(messageOf(bad)).toContain('Maximum Ad Hoc Conference: must be');
    const missing = await client.faultOf('getServiceParameter', { ...named, name: 'None' });
    expect(missing).toMatchObject({ detail: { axlError: { axlcode: '5007' } } });
    const { maximumAdHocConference } = house.manager.engine.state.configuration.parameters;
    expect(maximumAdHocConference).toBe(12);
  });
});

describe('who may what', () => {
  const add = { location: { name: 'By nobody' } };
  const list = { searchCriteria: { name: '%' }, returnedTags: { name: '' } };

  test('read-only lists and changes nothing; a packet sniffer does not even list', async () => {
    const reader = clientOf({ user: 'rob' });
    expect(await reader.ask('listLocation', list)).toHaveProperty('location');
    expect(messageOf(await reader.faultOf('addLocation', add))).toBe(
      'The role read-only may not do this.',
    );
    expect(messageOf(await reader.faultOf('resetPhone', { name: 'SEP000000001001' }))).toBe(
      'The role read-only may not do this.',
    );
    reader.close();
    const sniffer = clientOf({ user: 'sue' });
    expect(messageOf(await sniffer.faultOf('listLocation', list))).toContain('may not');
    sniffer.close();
  });

  test('a wrong password, a user that is not there: the same words, and both in the audit log', async () => {
    for (const wrong of [{ password: 'a wrong long password' }, { user: 'nobody' }]) {
      const stranger = clientOf(wrong);
      expect(messageOf(await stranger.faultOf('addLocation', add))).toBe(
        'The user or the password is wrong.',
      );
      stranger.close();
    }
    expect(await stored('locations', 'By nobody')).toBeUndefined();
  });

  test('an operation that is not here says so', async () => {
    const fault = await client.faultOf('executeSQLQuery', { sql: 'select * from device' });
    expect(messageOf(fault)).toBe('There is no operation executeSQLQuery here.');
  });

  test('changes and refusals are in the audit log, readings are not', async () => {
    await client.ask('addLocation', { location: { name: 'Audited' } });
    await client.ask('removeLocation', { name: 'Audited' });
    const trail = await house.manager.store.accounts.auditTrail(1_000);
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

function clientOf(options: { user?: string; password?: string; version?: string } = {}): AxlClient {
  return new AxlClient({
    port: house.manager.apiPort,
    ca: join(house.data, 'pki', 'ca', 'ca.pem'),
    password: PASSWORD,
    ...options,
  });
}

async function configuration(): Promise<CompleteConfiguration> {
  const found = await house.manager.store.readConfiguration();
  if (!found) throw new Error('nothing is stored');
  return found;
}

async function stored(
  kind: 'bridges' | 'phones' | 'sipTrunks' | 'devicePools' | 'locations' | Lists,
  name: string,
): Promise<unknown> {
  const objects: readonly { readonly name: string }[] = (await configuration())[kind];
  return objects.find((each) => each.name === name);
}

type Lists = 'mediaResourceGroups' | 'mediaResourceLists';

function messageOf(fault: unknown): string {
  return String((fault as { faultstring?: string }).faultstring ?? JSON.stringify(fault));
}
