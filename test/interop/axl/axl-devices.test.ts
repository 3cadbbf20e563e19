/*
 * Goal: phones, lines, trunks and parameters are administered by AXL as in CUCM. Method: that of `axl.test.ts`.
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
    expect(await axl.stored('phones', phone.name)).toEqual({
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
              dirn: { attributes: { uuid }, pattern: '8100' },
            },
          ],
        },
      },
    });
    const second = { dirn: { pattern: '8101', routePartitionName: 'P' } };
    await client.ask('updatePhone', { name: phone.name, addLines: { line: [second] } });
    expect(await client.ask('updateLine', { pattern: '8100', newPattern: '8105' })).toBe(uuid);
    expect(await client.ask('getLine', { uuid })).toMatchObject({
      line: {
        pattern: '8105',
        alertingName: 'Ada',
        associatedDevices: { device: [phone.name] },
      },
    });
    expect(await axl.stored('phones', phone.name)).toMatchObject({
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
    expect((await axl.configuration()).directoryNumbers).toEqual([]);
  });

  test('what get gives, add takes: copies of a phone, a bridge, a pool', async () => {
    const copies: readonly (readonly [object: string, element: string, name: string])[] = [
      ['Phone', 'phone', 'SEP000000001004'],
      ['ConferenceBridge', 'conferenceBridge', 'CFB-SECURE'],
      ['DevicePool', 'devicePool', 'Default'],
    ];
    for (const [object, element, name] of copies) {
      const found = (await client.ask(`get${object}`, { name })) as Record<string, object>;
      const copy = {
        ...found[element],
        name: name === 'Default' ? 'Copy' : name.replace(/.$/, 'C'),
      };
      const uuid = await client.ask(`add${object}`, { [element]: copy });
      const again = (await client.ask(`get${object}`, { uuid })) as Record<string, object>;
      expect(again[element]).toEqual({ ...copy, attributes: { uuid } });
      await client.ask(`remove${object}`, { uuid });
    }
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
    expect(await axl.stored('phones', phone.name)).toBeUndefined();
  });

  test('a registered phone is reset by its name, its line and as a device', async () => {
    const name = 'SEP000000001001';
    const resets: readonly (readonly [string, object])[] = [
      ['resetPhone', { name }],
      ['restartLine', { pattern: '1001' }],
      ['doDeviceReset', { deviceName: name, isHardReset: 'true' }],
    ];
    for (const [operation, tags] of resets) {
      const phone = await axl.house.phone('1001');
      expect(await client.ask(operation, tags)).toMatch(UUID);
      await phone.waitFor(({ closedBecause }) => closedBecause !== undefined, operation);
      expect(phone.closedBecause).toContain('reset');
      await until(() => !axl.house.manager.engine.state.phones.has(name), operation);
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
    expect(await axl.stored('sipTrunks', 'TRUNK-AXL')).toMatchObject({
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
    expect(await axl.stored('sipTrunks', 'TRUNK-AXL')).toMatchObject({
      transport: 'TCP',
      destinations: [{ host: '192.0.2.7', port: 5061 }, { host: '192.0.2.8' }],
    });
    await client.ask('restartSipTrunk', { uuid });
    await client.ask('removeSipTrunk', { uuid });
    expect(await axl.stored('sipTrunks', 'TRUNK-AXL')).toBeUndefined();
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
    const { maximumAdHocConference } = axl.house.manager.engine.state.configuration.parameters;
    expect(maximumAdHocConference).toBe(12);
  });
});
