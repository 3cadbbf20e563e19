/** What a first start begins with: two bridges, a music server, eight phones of every kind, meet-me numbers. */
import type { StoredConfiguration, StoredPhone } from './configuration.ts';

const LIST = 'MRGL-DEFAULT';

export const SAMPLE_CONFIGURATION: StoredConfiguration = {
  cluster: { id: 'StandAloneCluster', securityMode: 'mixed' },
  phones: [
    phone('1001', 'Ada Lovelace', { model: '7961G', securityMode: 'encrypted' }),
    phone('1002', 'Alan Turing', { model: '7975G', securityMode: 'encrypted' }),
    phone('1003', 'Grace Hopper', { model: '7965G', securityMode: 'encrypted' }),
    phone('1004', 'Claude Shannon', { model: '7961G', securityMode: 'authenticated' }),
    phone('1005', 'Hedy Lamarr', { model: '7961G', securityMode: 'nonsecure' }),
    phone('1006', 'Joan Clarke', { model: '7945G', securityMode: 'encrypted' }),
    phone('1007', 'Emile Baudot', { model: '7912', securityMode: 'nonsecure' }),
    phone('1008', 'Agner Erlang', { model: '7942', securityMode: 'encrypted' }),
  ],
  bridges: [
    {
      name: 'CFB-SECURE',
      type: 'Cisco IOS Enhanced Conference Bridge',
      securityMode: 'encrypted',
      description: 'Secure conference bridge on this machine',
      devicePool: 'Default',
      commonDeviceConfiguration: '',
      location: 'Hub_None',
    },
    {
      name: 'CFB-PLAIN',
      type: 'Cisco IOS Enhanced Conference Bridge',
      securityMode: 'nonsecure',
      description: 'Nonsecure conference bridge on this machine',
      devicePool: 'Default',
      commonDeviceConfiguration: '',
      location: 'Hub_None',
    },
  ],
  // In no group: the default list, after every phone's own, finds it.
  musicServers: [
    {
      name: 'MOH-1',
      securityMode: 'encrypted',
      description: 'Music on hold on this machine',
      devicePool: 'Default',
      location: 'Hub_None',
    },
  ],
  mediaResourceGroups: [{ name: 'MRG-CONF', members: ['CFB-SECURE', 'CFB-PLAIN'] }],
  mediaResourceLists: [{ name: LIST, groups: ['MRG-CONF'] }],
  meetMeNumbers: [
    meetMe('5000', 'nonsecure', 'Open to everybody'),
    meetMe('5001', 'authenticated', 'Authenticated phones'),
    meetMe('5002', 'encrypted', 'Encrypted phones'),
    meetMe('51[0-9]0', 'encrypted', 'Ten rooms for encrypted phones'),
  ],
  parkNumbers: [{ pattern: '710[0-9]', partition: '', description: 'Parked calls' }],
  sipTrunks: [],
  routes: [],
  serviceParameters: {
    'Maximum Ad Hoc Conference': '16',
    'Maximum MeetMe Conference Unicast': '32',
  },
};

function phone(
  number: string,
  displayName: string,
  kind: Pick<StoredPhone, 'model' | 'securityMode'>,
): StoredPhone {
  return {
    name: `SEP00000000${number}`,
    firmware: '9.4(2)',
    protocol: 'SCCP',
    description: displayName,
    devicePool: 'Default',
    location: 'Hub_None',
    userLocale: 'English_United_States',
    mediaResourceList: LIST,
    lines: [{ index: 1, directoryNumber: number, partition: '', displayName, label: number }],
    ...kind,
  };
}

function meetMe(
  pattern: string,
  minimumSecurityLevel: 'nonsecure' | 'authenticated' | 'encrypted',
  description: string,
): StoredConfiguration['meetMeNumbers'][number] {
  return { pattern, partition: '', description, minimumSecurityLevel };
}
